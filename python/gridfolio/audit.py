"""The look-ahead audit of a strategy, and what a model reads besides what it is handed."""

from __future__ import annotations

import copy
import html
import json
import os
import sys
import threading
from typing import TYPE_CHECKING, Any, Callable, Optional

from gridfolio import _gridfolio, _worker
from gridfolio.errors import Error, UsageError
from gridfolio.market import Market

if TYPE_CHECKING:
    import argparse

    import pandas as pd

    from gridfolio.strategy import Strategy


class Audit:
    """What ``Strategy.audit`` found. Printed, it is what the command line prints."""

    def __init__(self, passed: bool, text: str, details: dict[str, Any]) -> None:
        self.passed = passed
        """Whether no look-ahead was found."""
        self.details = details
        """Everything: dates, differences, variations, files that the model read."""
        self._text = text

    @property
    def variations(self) -> pd.DataFrame:
        """The backtest as it is, with old signals, late trades and other costs: a row for each."""
        import pandas as pd

        return pd.DataFrame(self.details["variations"]).set_index("change")

    def summary(self) -> str:
        """What the command line prints."""
        return self._text

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self._text)}</pre>"


def audited(
    strategy: Strategy, market: Market, model: Optional[Callable[[Market], Any]], dates: int
) -> Audit:
    """The audit of a strategy, with a new model for each run."""
    if dates < 1:
        raise UsageError(f"`dates` is {dates}; it must be 1 or more")

    def made(prices: _gridfolio.Market) -> Any:
        if model is not None:
            return model(Market(prices))
        found = strategy._made()
        # An object that was made before must not remember one run in the next.
        return copy.deepcopy(found) if found is strategy._model else found

    is_own = model is not None or strategy._strategy.python_model() is not None
    with _Reading() as reading:
        if model is None:
            strategy._made()  # What is wrong with its name or parameters is said as by `run`.
        found = _gridfolio.audit(strategy._strategy, market._prices, dates, made if is_own else None)
    folder = os.fspath(market._prices.dir)
    prices = [path for path in reading.files if folder and _is_within(path, folder)]
    passed, text, told = found.told(reading.files, prices)
    return Audit(passed, text, json.loads(told))


def add_command(commands: Any) -> None:
    """``python -m gridfolio audit``, among other commands."""
    command = commands.add_parser("audit", help="look for look-ahead in a strategy and its alpha model")
    command.add_argument("strategy", metavar="STRATEGY.toml", help="the strategy file")
    command.add_argument("--data", metavar="DIR", help="the folder of price files, in place of the file's")
    command.add_argument(
        "--set", metavar="KEY=VALUE", dest="overrides", action="append", default=[], help="change a key"
    )
    command.add_argument("--dates", metavar="N", type=int, default=100, help="how often the future is taken away")
    command.add_argument("--json", action="store_true", help="print everything that was found as JSON")


def execute(arguments: argparse.Namespace) -> int:
    """Does it, with the exit code of ``gridfolio audit``."""
    from gridfolio.strategy import Strategy

    try:
        read = _gridfolio.Strategy.from_file(arguments.strategy, arguments.overrides)
        market = None
        if arguments.data is not None:
            market = Market.from_csv(arguments.data, read.symbols, adjusted=read.adjusted)
        audit = Strategy._of(read).audit(market, dates=arguments.dates)
    except Error as error:
        return _worker.failed(error)
    print(json.dumps(audit.details, indent=2) if arguments.json else audit.summary().rstrip())
    return 0 if audit.passed else 1


class _Reading:
    """Notes the files that this thread opens for reading, other than code and what comes with Python
    and the system. Python sees what Python opens: not what pyarrow or polars read by themselves."""

    _now: Optional[_Reading] = None
    _hooked = False

    def __init__(self) -> None:
        self.files: list[str] = []
        self._thread = threading.get_ident()

    def __enter__(self) -> _Reading:
        # A hook cannot be taken away again, so there is one, and it sleeps.
        if not _Reading._hooked:
            sys.addaudithook(_opened)
            _Reading._hooked = True
        _Reading._now = self
        return self

    def __exit__(self, *_: object) -> None:
        _Reading._now = None

    def opened(self, path: str) -> None:
        known = (sys.prefix, sys.base_prefix, "/dev", "/etc", "/proc", "/sys", "/usr/share")
        path = os.path.abspath(path)
        is_code = path.endswith((".py", ".pyc", ".pyi", ".so", ".pyd", ".dll"))
        if not is_code and path not in self.files and not any(_is_within(path, dir) for dir in known):
            self.files.append(path)


def _opened(event: str, arguments: tuple) -> None:
    reading = _Reading._now
    if reading is None or event != "open" or reading._thread != threading.get_ident():
        return
    path, mode = arguments[0], arguments[1]
    if isinstance(path, (str, bytes)) and not (isinstance(mode, str) and mode[:1] in ("w", "x", "a")):
        reading.opened(os.fsdecode(path))


def _is_within(path: str, dir: str) -> bool:
    return os.path.realpath(path).startswith(os.path.join(os.path.realpath(dir), ""))
