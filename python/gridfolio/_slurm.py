"""A sweep on a Slurm cluster. Its tasks run the Python interpreter that planned it."""

from __future__ import annotations

import os
import shlex
import sys
from typing import Any, Mapping, Optional, Union

from gridfolio import _gridfolio, _toml
from gridfolio._progress import ProgressBar
from gridfolio.errors import StrategyError, UsageError
from gridfolio.model import class_path
from gridfolio.strategy import Strategy

_LAUNCHER = """\
#!/bin/sh
# Starts gridfolio in the Python interpreter that planned the sweep.
PYTHONPATH={path}${{PYTHONPATH:+:$PYTHONPATH}}
# The alpha models of the sweep may be run: it was planned with them.
GRIDFOLIO_TRUST={trust}
export PYTHONPATH GRIDFOLIO_TRUST
exec {python} -m gridfolio "$@"
"""


def complete(
    strategy: Strategy,
    overrides: list[str],
    prices: Optional[_gridfolio.Market],
    out: Union[str, os.PathLike[str], None],
    fresh: bool,
    settings: Optional[Mapping[str, Any]],
    force: bool,
    progress: ProgressBar,
) -> _gridfolio.Sweep:
    """Plans a sweep, submits its shards and waits for all of them."""
    if out is None:
        raise UsageError("a sweep on a cluster requires a folder that all nodes see\n hint: pass it as `out`")
    own = strategy._strategy
    classes = [] if strategy._model is None else [class_path(strategy._model)]
    _check_importable(own)
    out = os.path.abspath(out)
    launcher = os.path.join(out, "program", "python-gridfolio")
    # Where `cluster.toml` is looked for.
    folders = list(dict.fromkeys(os.path.dirname(os.path.abspath(path)) for path in (own.file, out)))
    slurm = _toml.table("slurm", settings or {})
    submission = _gridfolio.plan_on_slurm(
        own, overrides, prices, out, fresh, slurm, folders, launcher, force, classes
    )
    os.makedirs(os.path.dirname(launcher), exist_ok=True)
    _gridfolio.write_file(launcher, _launcher(classes).encode())
    os.chmod(launcher, 0o755)
    submission.complete(progress.show)
    return submission.sweep


def _launcher(classes: list[str]) -> str:
    """The script of a task, with the folders from which this process imports modules."""
    prefixes = {os.path.realpath(prefix) for prefix in (sys.prefix, sys.base_prefix)}
    folders = dict.fromkeys(os.path.abspath(entry) for entry in sys.path if os.path.isdir(entry or "."))
    own = [folder for folder in folders if not any(_is_below(folder, prefix) for prefix in prefixes)]
    return _LAUNCHER.format(
        path=shlex.quote(":".join(own)), python=shlex.quote(sys.executable), trust=shlex.quote(",".join(["1", *classes]))
    )


def _is_below(folder: str, prefix: str) -> bool:
    return os.path.commonpath([os.path.realpath(folder), prefix]) == prefix


def _check_importable(strategy: _gridfolio.Strategy) -> None:
    named = strategy.python_model()
    if named is not None and named[0].startswith("__main__:"):
        name = named[0].partition(":")[2]
        raise StrategyError(
            f"the alpha model `{name}` is defined in this script or notebook, from which no node can import it\n hint: "
            f"move it to a file on the share, such as `my_models.py`, and import it from there, or name it: "
            f"`alpha=\"my_models:{name}\"`"
        )
