"""The check of prices, as the command `gridfolio data check` makes it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Optional, Union

from gridfolio import _gridfolio
from gridfolio.errors import StrategyError
from gridfolio.market import read_frames
from gridfolio.strategy import Strategy

if TYPE_CHECKING:
    import pandas as pd


def check(prices: Any, symbols: Union[str, Iterable[str], None] = None) -> PriceCheck:
    """Looks for what would spoil a backtest: holes, wrong opens, splits that are not adjusted for and so on.

    Parameters
    ----------
    prices : path, Strategy or frames
        A folder of price files; a strategy, whose folder and symbols are checked, those of the benchmark too; or
        frames, as ``Market.from_frames`` takes them.
    symbols : str or iterable of str, optional
        Only these symbols of a folder; by default all.

    Returns
    -------
    PriceCheck

    Raises
    ------
    DataError
        If the folder cannot be listed, or the columns of a frame cannot be understood.
    StrategyError
        If the strategy names no folder.

    Examples
    --------
    >>> found = gridfolio.check("prices")
    >>> found.usable
    True
    >>> found.findings[["symbol", "kind", "what"]]
    """
    if isinstance(prices, Strategy):
        own = prices._strategy
        if own.data_dir is None:
            raise StrategyError(f"`{prices.name}` names no folder of prices\n hint: call `check` with the folder")
        prices, symbols = own.data_dir, own.symbols if symbols is None else symbols
    if isinstance(prices, (str, os.PathLike)):
        if symbols is not None:
            symbols = [symbols] if isinstance(symbols, str) else list(symbols)
        return PriceCheck(*_gridfolio.check_folder(os.fspath(prices), symbols))
    return PriceCheck(*_gridfolio.check_frames(read_frames(prices, checked=True)))


class PriceCheck:
    """The result of ``gridfolio.check``. ``print`` shows what the command line shows."""

    def __init__(self, found: str, text: str) -> None:
        self._details: dict[str, Any] = json.loads(found)
        self._text = text

    @property
    def usable(self) -> bool:
        """Whether any backtest on these prices can run. The findings are for the reader to judge."""
        return bool(self._details["usable"])

    @property
    def findings(self) -> pd.DataFrame:
        """What was found, a row per symbol and kind.

        Returns
        -------
        pandas.DataFrame
            With the columns ``symbol``, ``kind`` (see docs/prices.md), ``rows`` (how many), ``first`` (the day of the
            first), ``what``, ``effect`` (what it does to a backtest) and ``way_out``.
        """
        import pandas as pd

        rows = [
            {
                "symbol": symbol["symbol"],
                "kind": finding["kind"],
                "rows": finding["rows"],
                "first": finding["first"]["date"],
                "what": finding["what"],
                "effect": finding["effect"],
                "way_out": finding["way_out"],
            }
            for symbol in self._details["symbols"]
            for finding in symbol["findings"]
        ]
        frame = pd.DataFrame(rows, columns=["symbol", "kind", "rows", "first", "what", "effect", "way_out"])
        frame["first"] = pd.to_datetime(frame["first"])
        return frame

    @property
    def details(self) -> dict[str, Any]:
        """All of it, as ``gridfolio data check --json`` prints it."""
        return self._details

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        symbols = len(self._details["symbols"])
        findings = sum(len(symbol["findings"]) for symbol in self._details["symbols"])
        return f"PriceCheck({symbols} symbols, {findings} findings, usable={self.usable})"
