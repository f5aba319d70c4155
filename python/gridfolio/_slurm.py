"""A sweep on a Slurm cluster: its tasks run this Python, wherever they are."""

from __future__ import annotations

import os
import shlex
import sys
from typing import Any, Mapping, Optional

from gridfolio import _gridfolio, _toml
from gridfolio._progress import Meter
from gridfolio.errors import StrategyError, UsageError

_LAUNCHER = """\
#!/bin/sh
# Starts gridfolio in the Python that has planned the sweep.
PYTHONPATH={path}${{PYTHONPATH:+:$PYTHONPATH}}
export PYTHONPATH
exec {python} -m gridfolio "$@"
"""


def complete(
    strategy: _gridfolio.Strategy,
    overrides: list[str],
    prices: Optional[_gridfolio.Market],
    out: Any,
    fresh: bool,
    settings: Optional[Mapping[str, Any]],
    meter: Meter,
) -> _gridfolio.Sweep:
    """Plans a sweep, submits its shards and waits until they are there."""
    if out is None:
        raise UsageError("a sweep on a cluster needs a folder that all nodes see: give it as `out`")
    _check_model(strategy)
    out = os.path.abspath(out)
    launcher = os.path.join(out, "program", "python-gridfolio")
    lines = [f"{_toml.key(key)} = {_toml.value(value)}" for key, value in (settings or {}).items()]
    text = "\n".join(["[slurm]", *lines]) + "\n"
    beside = dict.fromkeys(os.path.dirname(os.path.abspath(path)) for path in (strategy.file, out))
    submission = _gridfolio.plan_on_slurm(
        strategy, overrides, prices, out, fresh, text, list(beside), launcher
    )
    os.makedirs(os.path.dirname(launcher), exist_ok=True)
    _gridfolio.write_file(launcher, _launcher().encode())
    os.chmod(launcher, 0o755)
    submission.complete(meter.tell)
    return submission.sweep


def _launcher() -> str:
    """What is imported here by path is imported there by the same path."""
    ours = {os.path.realpath(prefix) for prefix in (sys.prefix, sys.base_prefix)}
    folders = dict.fromkeys(os.path.abspath(entry) for entry in sys.path if os.path.isdir(entry or "."))
    own = [folder for folder in folders if not any(_is_below(folder, prefix) for prefix in ours)]
    return _LAUNCHER.format(path=shlex.quote(":".join(own)), python=shlex.quote(sys.executable))


def _is_below(folder: str, prefix: str) -> bool:
    return os.path.commonpath([os.path.realpath(folder), prefix]) == prefix


def _check_model(strategy: _gridfolio.Strategy) -> None:
    named = strategy.python_model()
    if named is not None and named[0].startswith("__main__:"):
        name = named[0].partition(":")[2]
        raise StrategyError(
            f"`{name}` lives in this script or notebook, where no node finds it\n hint: put it into a file on the "
            f"share, as in `my_models.py`, and import it from there or name it, `alpha=\"my_models:{name}\"`"
        )
