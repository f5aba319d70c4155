"""Daily prices, from files or from frames in memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Optional, Union

import numpy as np
import numpy.typing as npt

from gridfolio import _gridfolio
from gridfolio.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

# The names of columns in common sources of data, in lower case.
_NAMES = {
    "date": ("date", "datetime", "time", "timestamp", "index", "observation_date"),
    "open": ("open",),
    "close": ("close",),
    "adj": ("adj close", "adj_close", "adjclose", "adjusted_close", "adjusted close"),
    "dividends": ("dividends", "divcash", "dividend_amount", "dividend"),
    "splits": ("stock splits", "stock_splits", "splitfactor", "split_coefficient", "splits"),
    "gains": ("capital gains", "capital_gains"),
}

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
    ) -> Market:
        """Reads the files of a folder, one per symbol: CSV in the layout of Yahoo, Stooq or yfinance,
        Parquet or Arrow.

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
            symbols = [symbols] if isinstance(symbols, str) else list(symbols)
        if rates is not None:
            rates = [rates] if isinstance(rates, str) else list(rates)
        return cls(_gridfolio.Market.load(os.fspath(dir), symbols, rates, adjusted))

    @classmethod
    def from_frames(
        cls,
        frames: Union[Mapping[str, Any], pd.DataFrame],
        *,
        rates: Optional[Mapping[str, Any]] = None,
        adjusted: bool = True,
    ) -> Market:
        """Takes bars from frames in memory.

        Columns are found by name, in any case: ``Date`` (or the index of a pandas frame), ``Open``,
        ``Close`` and, if present, ``Adj Close``. Timestamps with a time zone count as the local day.

        Parameters
        ----------
        frames : mapping of str to frame, or pandas.DataFrame
            A frame per symbol: a pandas or polars DataFrame, an Arrow table, an object with
            ``__arrow_c_stream__``, or a mapping of column names to arrays. Or a single pandas frame with two
            levels of columns, as yfinance downloads several symbols.
        rates : mapping of str to series, optional
            Series beside the prices, such as rates of interest in per cent a year: a pandas Series with an
            index of dates, or a frame with a column of dates and one of values. NaN is a day without a value.
        adjusted : bool, optional
            Whether prices are adjusted for splits and dividends, by the column ``Adj Close``. If not, dividends
            and splits are booked as they happened: those of the columns ``Dividends`` and ``Stock Splits``
            (or Tiingo's and Alpha Vantage's), or those that follow from ``Close`` and ``Adj Close``.

        Returns
        -------
        Market

        Raises
        ------
        DataError
            If a column is missing or not numeric, a date cannot be parsed, or dates do not increase.

        Examples
        --------
        >>> market = gridfolio.Market.from_frames({"SPY": frame})
        >>> market = gridfolio.Market.from_frames({"SPY": frame}, rates={"DTB3": bills})
        >>> market = gridfolio.Market.from_frames(yfinance.download(["SPY", "AGG"], auto_adjust=False))
        """
        columns = [(str(symbol), *_columns(symbol, frame, adjusted)) for symbol, frame in _by_symbol(frames)]
        return cls(_with_rates(_gridfolio.Market.of_columns(columns, adjusted), rates))

    @classmethod
    def from_closes(cls, closes: Any, opens: Any = None, *, rates: Optional[Mapping[str, Any]] = None) -> Market:
        """Takes wide frames of adjusted prices: a column per symbol, a row per day.

        Parameters
        ----------
        closes : frame
            The closes, in any form that ``from_frames`` takes.
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
            If a column is not numeric, dates do not increase, or opens and closes differ in their dates or
            symbols.

        Examples
        --------
        >>> market = gridfolio.Market.from_closes(pd.read_csv("closes.csv", index_col="Date"))
        """
        closes = _readable(closes)
        days = _days("the closes", closes)
        opens = closes if opens is None else _readable(opens)
        if not np.array_equal(days, _days("the opens", opens)):
            raise DataError("opens and closes have different dates\n hint: give both for the same days")
        names = [name for name in _names(closes) if not _is_date(name)]
        columns = []
        for name in names:
            close = _numbers(name, "close", _column(closes, name))
            if name not in _names(opens):
                raise DataError(f"`{name}` has closes but no opens")
            open_ = _numbers(name, "open", _column(opens, name))
            columns.append((str(name), days, open_, close, None, None, None, None))
        return cls(_with_rates(_gridfolio.Market.of_columns(columns, True), rates))

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


def _by_symbol(frames: Any) -> Iterable[tuple[str, Any]]:
    """The frame of each symbol."""
    if isinstance(frames, Mapping):
        return frames.items()
    columns: Any = getattr(frames, "columns", None)
    if getattr(columns, "nlevels", 1) != 2:
        raise DataError(
            f"expected a frame per symbol, got one `{type(frames).__name__}`\n hint: write "
            "`Market.from_frames({\"SPY\": frame})`, or `Market.from_closes(frame)` for a column per symbol"
        )
    # One level holds the names of prices, the other the symbols.
    prices = {name for names in _NAMES.values() for name in names}
    level = 0 if any(str(name).lower() in prices for name in columns.get_level_values(1)) else 1
    symbols = dict.fromkeys(columns.get_level_values(level))
    # A row is empty on days on which only other symbols were traded.
    return [(symbol, frames.xs(symbol, axis=1, level=level).dropna(how="all")) for symbol in symbols]


def _columns(symbol: str, frame: Any, adjusted: bool) -> tuple[Any, ...]:
    """Days, opens, closes, adjusted closes, dividends, splits and capital gains of a frame."""
    frame = _readable(frame)
    names = {str(name).strip().lower(): name for name in _names(frame)}

    def find(kind: str) -> Any:
        return next((_column(frame, names[n]) for n in _NAMES[kind] if n in names), None)

    open_, close, dividends = find("open"), find("close"), find("dividends")
    # They are the prices, or tell what no column of dividends does.
    adj = find("adj") if adjusted or dividends is None else None
    for name, column in (("Open", open_), ("Close", close)):
        if column is None:
            raise DataError(f"`{symbol}`: no column `{name}`; its columns are {_listed(names.values())}")
    return (
        _days(f"`{symbol}`", frame),
        _numbers(symbol, "open", open_),
        _numbers(symbol, "close", close),
        None if adj is None else _numbers(symbol, "adj close", adj),
        None if dividends is None else _numbers(symbol, "dividends", dividends),
        None if (splits := find("splits")) is None else _numbers(symbol, "stock splits", splits),
        None if (gains := find("gains")) is None else _numbers(symbol, "capital gains", gains),
    )


def _with_rates(prices: _gridfolio.Market, rates: Optional[Mapping[str, Any]]) -> _gridfolio.Market:
    if not rates:
        return prices
    return prices.with_rates([(str(name), *_observations(str(name), series)) for name, series in rates.items()])


def _observations(name: str, series: Any) -> tuple[_Days, _Floats]:
    """Days and values of a series."""
    whose = f"the series `{name}`"
    if not isinstance(series, Mapping) and hasattr(series, "to_frame") and hasattr(series, "index"):
        series = series.to_frame(name)  # a pandas Series
    frame = _readable(series)
    columns = [column for column in _names(frame) if not _is_date(column)]
    named = [column for column in columns if str(column) == name]
    if len(columns) != 1 and len(named) != 1:
        raise DataError(f"{whose}: expected one column of values, got {_listed(columns)}")
    column = columns[0] if len(columns) == 1 else named[0]
    return _days(whose, frame), _numbers(name, str(column), _column(frame, column))


def _readable(frame: Any) -> Any:
    """The frame itself; a pyarrow or polars table for an object that only has Arrow's C interface."""
    if hasattr(frame, "collect") and hasattr(frame, "collect_schema"):  # a lazy frame of polars
        return frame.collect()
    if hasattr(frame, "columns") or isinstance(frame, Mapping) or not hasattr(frame, "__arrow_c_stream__"):
        return frame
    try:
        import pyarrow

        return pyarrow.table(frame)
    except ImportError:
        pass
    try:
        import polars

        return polars.DataFrame(frame)
    except ImportError:
        kind = type(frame).__name__
        raise DataError(f"reading a `{kind}` requires pyarrow or polars\n hint: install one of them") from None


def _names(frame: Any) -> list[Any]:
    if hasattr(frame, "column_names"):  # Arrow
        return list(frame.column_names)
    if isinstance(frame, Mapping):
        return list(frame)
    if hasattr(frame, "columns"):
        return list(frame.columns)
    raise DataError(
        f"a `{type(frame).__name__}` is not a frame\n hint: give a pandas or polars DataFrame, an Arrow table, or a "
        "dict of arrays"
    )


def _column(frame: Any, name: Any) -> Any:
    if hasattr(frame, "column_names"):
        return frame.column(name)
    if list(_names(frame)).count(name) > 1:
        raise DataError(f"the frame has two columns `{name}`")
    return frame[name]


def _is_date(name: Any) -> bool:
    return str(name).strip().lower() in _NAMES["date"]


def _days(whose: str, frame: Any) -> _Days:
    """Days since 1970."""
    column = next((_column(frame, name) for name in _names(frame) if _is_date(name)), None)
    if column is None:
        column = getattr(frame, "index", None)
    if column is None or callable(column):
        raise DataError(f"{whose}: no column `Date`; the columns are {_listed(_names(frame))}")
    # The day of a timestamp is the local one, not that of UTC.
    if getattr(getattr(column, "dt", None), "tz", None) is not None:
        column = column.dt.tz_localize(None)
    elif getattr(column, "tz", None) is not None:
        column = column.tz_localize(None)
    elif hasattr(column, "dt") and hasattr(column.dt, "replace_time_zone") and _has_time_zone(column):
        column = column.dt.replace_time_zone(None)
    values = _array(column)
    try:
        days = values.astype("datetime64[D]")
    except (TypeError, ValueError) as error:
        raise DataError(f"{whose}: cannot parse the dates: {error}") from None
    if values.dtype.kind in "if" or np.isnat(days).any():
        raise DataError(f"{whose}: a date is missing or is a number")
    return np.ascontiguousarray(days.astype(np.int64))


def _has_time_zone(series: Any) -> bool:
    return getattr(series.dtype, "time_zone", None) is not None


def _numbers(symbol: str, name: str, column: Any) -> _Floats:
    values = _array(column)
    if values.dtype == np.float64:
        return values
    try:
        return values.astype(np.float64)
    except (TypeError, ValueError):
        raise DataError(f"`{symbol}`: the column `{name}` is not numeric") from None


def _array(column: Any) -> npt.NDArray[Any]:
    """The values of a column, without a copy where the layout allows it."""
    if hasattr(column, "to_pylist") and not hasattr(column, "chunks"):  # an Arrow array
        column = column.to_numpy(zero_copy_only=False)
    elif hasattr(column, "to_numpy"):
        column = column.to_numpy()
    return np.asarray(column)


def _listed(names: Iterable[Any]) -> str:
    return ", ".join(f"`{name}`" for name in names)
