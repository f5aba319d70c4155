"""``python -m gridfolio.qstrader SCRIPT [args]``: runs a script written for QSTrader, unchanged.

During the run ``import qstrader...`` imports gridfolio's modules, whether or not QSTrader is installed.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import pkgutil
import runpy
import sys
from types import ModuleType
from typing import Optional, Sequence

from gridfolio.errors import Error
from gridfolio.qstrader import _lazy

_OURS = "gridfolio.qstrader"


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds ``qstrader.x`` in ``gridfolio.qstrader.x``."""

    def find_spec(
        self, fullname: str, path: Optional[Sequence[str]] = None, target: Optional[ModuleType] = None
    ) -> Optional[importlib.machinery.ModuleSpec]:
        if fullname != "qstrader" and not fullname.startswith("qstrader."):
            return None
        ours = _OURS + fullname[len("qstrader") :]
        try:
            found = importlib.util.find_spec(ours)
        except ModuleNotFoundError:
            found = None
        if found is None or ours.rpartition(".")[2].startswith("_"):
            raise ModuleNotFoundError(
                f"`{fullname}` is not covered by gridfolio.qstrader; covered are {', '.join(_covered())}",
                name=fullname,
            )
        return importlib.machinery.ModuleSpec(fullname, self, is_package=found.submodule_search_locations is not None)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return importlib.import_module(_OURS + spec.name[len("qstrader") :])

    def exec_module(self, module: ModuleType) -> None:
        pass


def _covered() -> list[str]:
    package = importlib.import_module(_OURS)
    walked = pkgutil.walk_packages(package.__path__, "qstrader.")
    return [m.name for m in walked if not m.ispkg and not m.name.rpartition(".")[2].startswith("_")]


def main() -> int:
    """Runs the script of ``sys.argv`` and returns the exit code."""
    if len(sys.argv) < 2 or sys.argv[1] in ("-h", "--help"):
        print("usage: python -m gridfolio.qstrader SCRIPT [args]", file=sys.stderr)
        return 0 if len(sys.argv) > 1 else 2
    script = sys.argv[1]
    if not os.path.exists(script):
        print(f"error: there is no script `{script}`\n hint: check the spelling of the path", file=sys.stderr)
        return 2
    sys.argv = sys.argv[1:]
    sys.path[0] = os.path.dirname(os.path.abspath(script))
    sys.meta_path.insert(0, _Finder())
    for name in [name for name in sys.modules if name == "qstrader" or name.startswith("qstrader.")]:
        del sys.modules[name]
    _lazy.install()
    try:
        runpy.run_path(script, run_name="__main__")
    except Error as error:
        import traceback

        # Only the script's own lines: those of the package do not help.
        lines = [line for line in traceback.extract_tb(error.__traceback__) if line.filename == script]
        for line in lines:
            print(f'  File "{line.filename}", line {line.lineno}, in {line.name}\n    {line.line}', file=sys.stderr)
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
