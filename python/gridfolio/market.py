"""Daily prices, from files or from frames in memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Optional, Union

import numpy as np
import numpy.typing as npt

from gridfolio import _gridfolio
from gridfolio._tables import Table, closes_of, frames_of
from gridfolio.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

_Floats = npt.NDArray[np.float64]
_Days = npt.NDArray[np.int64]


class Market:
    """Daily opens and closes of a set of symbols, in memory, and series beside them, such as rates of
    interest. It is immutable; backtests may share it.

    Create it with ``from_folder``, ``from_frames`` or ``from_closes``.

    Examples
    --------
    >>> market = gridfolio.Market.from_folder("prices", ["SPY", "AGG"])
    >>> market.symbols
    ['SPY', 'AGG']
    """

    def __init__(self, prices: _gridfolio.Market) -> None:
        self._prices = prices

    @classmethod
    def from_folder(
        cls,
        dir: Union[str, os.PathLike[str]],
        symbols: Optional[Iterable[str]] = None,
        *,
        rates: Optional[Iterable[str]] = None,
        adjusted: bool = True,
        opens: Optional[str] = None,
        also: Optional[Iterable[str]] = None,
    ) -> Market:
        """Reads the files of a folder: CSV as vendors and programs write it, Parquet or Arrow, a file per symbol
        or of many symbols (docs/prices.md).

        Parameters
        ----------
        dir : path
            The folder.
        symbols : str or iterable of str, optional
            The symbols; by default those of all files.
        rates : str or iterable of str, optional
            The series to read beside the prices, such as rates of interest in per cent a year: ``DTB3`` is a
            file ``DTB3.csv`` with a column of dates and one of values, as FRED has it. By default all of the
            folder's when no symbols are given, and otherwise none.
        adjusted : bool, optional
            Whether prices are adjusted for splits and dividends, by the column ``Adj Close``. If not, dividends
            and splits are booked as they happened: those of the columns ``Dividends`` and ``Stock Splits``
            (or Tiingo's and Alpha Vantage's), or those that follow from ``Close`` and ``Adj Close``.
        opens : {"previous-close", "unused"}, optional
            What becomes of files that have closes and no opens: each open is the close before it, or all opens
            are missing, for strategies that are filled at closes. By default such files are an error.
        also : str or iterable of str, optional
            Symbols that strategies read and never trade (their ``also``): they are read too, and need no opens.

        Returns
        -------
        Market

        Raises
        ------
        DataError
            With every file that cannot be used, the line, and what to do.

        Examples
        --------
        >>> market = gridfolio.Market.from_folder("prices", ["SPY", "AGG"])
        """
        if symbols is not None:
            symbols = _names(symbols)
        if rates is not None:
            rates = _names(rates)
        return cls(_gridfolio.Market.load(os.fspath(dir), symbols, rates, adjusted, opens, _names(also)))

    @classmethod
    def from_frames(
        cls,
        frames: Any,
        *,
        rates: Optional[Mapping[str, Any]] = None,
        adjusted: bool = True,
        opens: Optional[str] = None,
        also: Optional[Iterable[str]] = None,
    ) -> Market:
        """Takes bars from frames in memory.

        Columns are found by the names that they have in files (docs/prices.md), dates may also be the index of a
        pandas frame, and rows may be in any order. Timestamps with a time zone count as the local day.

        Parameters
        ----------
        frames : mapping of str to frame, or a frame
            A frame per symbol: a pandas or polars DataFrame, a lazy frame, an Arrow table, a DuckDB relation, an
            object with ``__arrow_c_stream__``, or a mapping of column names to arrays. Or one frame of several
            symbols: with a column ``symbol`` or ``ticker``, or with two levels of columns, as yfinance
            downloads. A symbol without any price in it is left out, with a notice.
        rates : mapping of str to series, optional
            Series beside the prices, such as rates of interest in per cent a year: a pandas Series with an
            index of dates, or a frame with a column of dates and one of values. NaN is a day without a value.
        adjusted : bool, optional
            Whether prices are adjusted for splits and dividends, by the column ``Adj Close``. If not, dividends
            and splits are booked as they happened: those of the columns ``Dividends`` and ``Stock Splits``
            (or Tiingo's and Alpha Vantage's), or those that follow from ``Close`` and ``Adj Close``.
        opens : {"previous-close", "unused"}, optional
            What becomes of frames that have closes and no opens: each open is the close before it, or all opens
            are missing, for strategies that are filled at closes. By default such frames are an error.
        also : str or iterable of str, optional
            Those of the symbols that strategies read and never trade (their ``also``): they need no opens.

        Returns
        -------
        Market

        Raises
        ------
        DataError
            If a column is missing or not numeric, a date cannot be read, or two rows differ for one day.

        Examples
        --------
        >>> market = gridfolio.Market.from_frames({"SPY": frame})
        >>> market = gridfolio.Market.from_frames({"SPY": frame}, rates={"DTB3": bills})
        >>> market = gridfolio.Market.from_frames(yfinance.download(["SPY", "AGG"], auto_adjust=False))
        """
        tables = read_frames(frames)
        return cls(_with_rates(_gridfolio.Market.of_frames(tables, adjusted, opens, _names(also)), rates))

    @classmethod
    def from_closes(cls, closes: Any, opens: Any = None, *, rates: Optional[Mapping[str, Any]] = None) -> Market:
        """Takes wide frames of adjusted prices: a column per symbol, a row per day.

        Parameters
        ----------
        closes : frame
            The closes, in any form that ``from_frames`` takes, or a Series of pandas.
        opens : frame, optional
            The opens of the same symbols and days; by default each open is the close of the same day.
        rates : mapping of str to series, optional
            Series beside the prices, as for ``from_frames``.

        Returns
        -------
        Market

        Raises
        ------
        DataError
            If a column is not numeric, two rows differ for one day, or opens and closes differ in their dates or
            symbols.

        Examples
        --------
        >>> market = gridfolio.Market.from_closes(pd.read_csv("closes.csv", index_col="Date"))
        """
        prices = _closes(closes, "the closes")
        of_opens = prices if opens is None else _closes(opens, "the opens")
        columns = []
        for symbol in prices.symbols:
            if symbol not in of_opens.symbols:
                raise DataError(f"`{symbol}` has closes but no opens")
            days, _, close = _columns_of(prices, symbol)
            other_days, _, open_ = _columns_of(of_opens, symbol)
            if not np.array_equal(days, other_days):
                raise DataError("opens and closes have different dates\n hint: give both for the same days")
            columns.append((symbol, days, open_, close, None, None, None, None))
        return cls(_with_rates(_gridfolio.Market.of_columns(columns, True).joined(prices), rates))

    @property
    def symbols(self) -> list[str]:
        """The symbols, in the order in which they were given."""
        return self._prices.symbols

    @property
    def rates(self) -> list[str]:
        """The names of the series beside the prices."""
        return self._prices.rates

    @property
    def notices(self) -> list[str]:
        """The corrections made while files were read, a sentence each."""
        return self._prices.notices

    def bars(self, symbol: str) -> pd.DataFrame:
        """The bars of a symbol, as backtests use them.

        Parameters
        ----------
        symbol : str
            One of ``symbols``.

        Returns
        -------
        pandas.DataFrame
            The columns ``open`` and ``close``, in currency units, by date.

        Raises
        ------
        DataError
            If the symbol is unknown.

        Examples
        --------
        >>> market.bars("SPY")["close"].pct_change()
        """
        import pandas as pd

        columns = self._prices.columns(symbol)
        if columns is None:
            raise DataError(f"`{symbol}` is not in the market data")
        days, open_, close = columns
        index = pd.DatetimeIndex(days.view("datetime64[D]"), name="date")
        return pd.DataFrame({"open": open_, "close": close}, index=index)

    def __reduce__(self) -> Any:
        rates = [(name, self._prices.rate(name)) for name in self.rates]
        return (Market._unpickled, (self._prices.state(), [(name, *two) for name, two in rates if two]))

    @classmethod
    def _unpickled(cls, state: Any, rates: list[tuple[str, _Days, _Floats]]) -> Market:
        return cls(_gridfolio.Market.of_state(state).with_rates(rates))

    def __contains__(self, symbol: object) -> bool:
        return symbol in self.symbols

    def __len__(self) -> int:
        return len(self.symbols)

    def __repr__(self) -> str:
        shown = ", ".join(self.symbols[:5]) + (", ..." if len(self) > 5 else "")
        return f"<Market of {len(self)} symbols: {shown}>"


def _names(names: Union[str, Iterable[str], None]) -> list[str]:
    if names is None:
        return []
    return [names] if isinstance(names, str) else list(names)


def _with_rates(prices: _gridfolio.Market, rates: Optional[Mapping[str, Any]]) -> _gridfolio.Market:
    if not rates:
        return prices
    return prices.with_rates([(str(name), *_observations(str(name), series)) for name, series in rates.items()])


def _observations(name: str, series: Any) -> tuple[_Days, _Floats]:
    """Days and values of a series."""
    whose = f"the series `{name}`"
    table, date = closes_of(series)
    others = [at for at in range(len(table.names)) if at != date]
    named = [at for at in others if table.names[at][0] == name]
    if len(others) != 1 and len(named) != 1:
        listed = ", ".join(f"`{table.names[at][0]}`" for at in others)
        raise DataError(f"{whose}: expected one column of values, got {listed}")
    layout = _gridfolio.FrameLayout.of_closes([name, name], 0)
    read = (layout, whose, False, table.dates(date, whose), None, [table.numbers((named or others)[0], whose)])
    days, _, values = _columns_of(_gridfolio.Market.of_frames([read], False, "unused", []), name)
    return days, values


def _closes(frame: Any, whose: str) -> _gridfolio.Market:
    """The closes of a wide frame."""
    table, date = closes_of(frame)
    # Of a frame with two levels of columns the second names the symbols.
    names = [names[-1] or names[0] for names in table.names]
    layout = _gridfolio.FrameLayout.of_closes(names, date)
    return _gridfolio.Market.of_frames([_read(layout, whose, False, table)], False, "unused", [])


def read_frames(frames: Any, checked: bool = False) -> list[Any]:
    """What the engine takes of frames of bars."""
    tables = []
    for symbol, is_only, table in frames_of(frames):
        layout = _gridfolio.FrameLayout.of(table.levels(), table.is_number(), symbol, checked)
        if not is_only and not layout.names_symbols:
            raise DataError(
                f"expected a frame per symbol, got one `{type(frames).__name__}`\n hint: write "
                "`Market.from_frames({\"SPY\": frame})`, or `Market.from_closes(frame)` for a column per symbol"
            )
        tables.append(_read(layout, symbol, is_only, table))
    return tables


def _read(layout: _gridfolio.FrameLayout, symbol: str, is_only: bool, table: Table) -> Any:
    """What the engine takes of a table."""
    symbols = None if layout.symbol is None else table.texts(layout.symbol)
    values = [table.numbers(at, symbol) for at in layout.columns]
    return layout, symbol, is_only, table.dates(layout.date, symbol), symbols, values


def _columns_of(prices: _gridfolio.Market, symbol: str) -> tuple[_Days, _Floats, _Floats]:
    columns = prices.columns(symbol)
    if columns is None:
        raise DataError(f"`{symbol}` is not in the market data")
    return columns
