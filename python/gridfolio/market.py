"""Daily prices: from files, or from frames in memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Optional, Union

import numpy as np

from gridfolio import _gridfolio
from gridfolio.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

# What columns are called by the places that data come from.
_NAMES = {
    "date": ("date", "datetime", "time", "timestamp", "index"),
    "open": ("open",),
    "close": ("close",),
    "adj": ("adj close", "adj_close", "adjclose", "adjusted_close", "adjusted close"),
}


class Market:
    """Daily opens and closes of some symbols, in memory. Any number of backtests may share it."""

    def __init__(self, prices: _gridfolio.Market) -> None:
        """Use one of the ``from_...`` functions instead."""
        self._prices = prices

    @classmethod
    def from_csv(
        cls,
        dir: Union[str, os.PathLike[str]],
        symbols: Optional[Iterable[str]] = None,
        *,
        adjusted: bool = True,
    ) -> Market:
        """Reads the files of a folder: CSV as from Yahoo, Stooq or yfinance, Parquet or Arrow, one file
        per symbol.

        :param symbols: which; all files of the folder if not given.
        :param adjusted: whether opens and closes are adjusted for splits and dividends, by the column
            ``Adj Close``.
        :raises DataError: with every file that cannot be used, its line, and what to do.
        """
        if symbols is not None:
            symbols = [symbols] if isinstance(symbols, str) else list(symbols)
        return cls(_gridfolio.Market.load(os.fspath(dir), symbols, adjusted))

    @classmethod
    def from_frames(cls, frames: Union[Mapping[str, Any], pd.DataFrame], *, adjusted: bool = True) -> Market:
        """Takes one frame of bars per symbol: a pandas or polars DataFrame, an Arrow table (or anything
        with ``__arrow_c_stream__``), or a mapping from names to arrays; or one pandas frame with two levels
        of columns, as yfinance downloads several symbols.

        Columns are found by name, in any case: ``Open``, ``Close``, ``Date`` (or the index of a pandas
        frame), and ``Adj Close``, by which prices are adjusted when ``adjusted`` is true. Dates with a
        time zone are taken as the day at that place. Columns of doubles are read where they lie.

        :raises DataError: a missing column, a day that is no date, days that do not increase.
        """
        columns = [(str(symbol), *_columns(symbol, frame, adjusted)) for symbol, frame in _by_symbol(frames)]
        return cls(_gridfolio.Market.of_columns(columns))

    @classmethod
    def from_closes(cls, closes: Any, opens: Any = None) -> Market:
        """Takes a wide frame with a column per symbol and a row per day, prices already adjusted.

        :param opens: the same for opens; without it, one number makes a day's open and close.
        """
        closes = _readable(closes)
        days = _days("the closes", closes)
        opens = closes if opens is None else _readable(opens)
        if not np.array_equal(days, _days("the opens", opens)):
            raise DataError("the opens are of other days than the closes")
        names = [name for name in _names(closes) if not _is_date(name)]
        columns = []
        for name in names:
            close = _numbers(name, "close", _column(closes, name))
            if name not in _names(opens):
                raise DataError(f"`{name}` has closes and no opens")
            open_ = _numbers(name, "open", _column(opens, name))
            columns.append((str(name), days, open_, close, None))
        return cls(_gridfolio.Market.of_columns(columns))

    @property
    def symbols(self) -> list[str]:
        """The symbols, in the order in which they were given."""
        return self._prices.symbols

    @property
    def notices(self) -> list[str]:
        """What was put right when files were read, a sentence each."""
        return self._prices.notices

    def bars(self, symbol: str) -> pd.DataFrame:
        """The bars of a symbol, as they are used: a pandas frame of ``open`` and ``close`` by date."""
        import pandas as pd

        columns = self._prices.columns(symbol)
        if columns is None:
            raise DataError(f"`{symbol}` is not in the market data")
        days, open_, close = columns
        index = pd.DatetimeIndex(days.view("datetime64[D]"), name="date")
        return pd.DataFrame({"open": open_, "close": close}, index=index)

    def __reduce__(self) -> Any:
        columns = [(symbol, self._prices.columns(symbol)) for symbol in self.symbols]
        return (Market._read_again, ([(symbol, *three, None) for symbol, three in columns if three],))

    @classmethod
    def _read_again(cls, columns: list) -> Market:
        return cls(_gridfolio.Market.of_columns(columns))

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
            f"one `{type(frames).__name__}` is given where each symbol has its own\n hint: write "
            "`Market.from_frames({\"SPY\": frame})`, or `Market.from_closes(frame)` for a column per symbol"
        )
    # Symbols are in the level that has no prices' names.
    prices = {name for names in _NAMES.values() for name in names}
    level = 0 if any(str(name).lower() in prices for name in columns.get_level_values(1)) else 1
    symbols = dict.fromkeys(columns.get_level_values(level))
    # Where other symbols trade and this one does not there is an empty row.
    return [(symbol, frames.xs(symbol, axis=1, level=level).dropna(how="all")) for symbol in symbols]


def _columns(symbol: str, frame: Any, adjusted: bool) -> tuple:
    frame = _readable(frame)
    names = {str(name).strip().lower(): name for name in _names(frame)}

    def find(kind: str) -> Any:
        return next((_column(frame, names[n]) for n in _NAMES[kind] if n in names), None)

    open_, close, adj = find("open"), find("close"), find("adj") if adjusted else None
    for name, column in (("Open", open_), ("Close", close)):
        if column is None:
            raise DataError(f"`{symbol}`: no column `{name}`; it has {_listed(names.values())}")
    return (
        _days(f"`{symbol}`", frame),
        _numbers(symbol, "open", open_),
        _numbers(symbol, "close", close),
        None if adj is None else _numbers(symbol, "adj close", adj),
    )


def _readable(frame: Any) -> Any:
    """The frame itself, or, for what only speaks Arrow's C interface, a table of pyarrow or polars."""
    if hasattr(frame, "collect") and hasattr(frame, "collect_schema"):  # of polars, and lazy
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
        raise DataError(f"reading a `{kind}` needs pyarrow or polars; install one of them") from None


def _names(frame: Any) -> list:
    if hasattr(frame, "column_names"):  # Arrow
        return list(frame.column_names)
    if isinstance(frame, Mapping):
        return list(frame)
    if hasattr(frame, "columns"):
        return list(frame.columns)
    raise DataError(
        f"a `{type(frame).__name__}` is no frame; give a pandas or polars DataFrame, an Arrow table, or "
        "a dict of arrays"
    )


def _column(frame: Any, name: Any) -> Any:
    if hasattr(frame, "column_names"):
        return frame.column(name)
    if list(_names(frame)).count(name) > 1:
        raise DataError(f"the frame has two columns `{name}`")
    return frame[name]


def _is_date(name: Any) -> bool:
    return str(name).strip().lower() in _NAMES["date"]


def _days(whose: str, frame: Any) -> np.ndarray:
    """Days since 1970."""
    column = next((_column(frame, name) for name in _names(frame) if _is_date(name)), None)
    if column is None:
        column = getattr(frame, "index", None)
    if column is None or callable(column):
        raise DataError(f"{whose}: no column `Date`; it has {_listed(_names(frame))}")
    # The day at the place whose time zone it is, not in Greenwich.
    if getattr(getattr(column, "dt", None), "tz", None) is not None:
        column = column.dt.tz_localize(None)
    elif getattr(column, "tz", None) is not None:
        column = column.tz_localize(None)
    elif hasattr(column, "dt") and hasattr(column.dt, "replace_time_zone") and _is_zoned(column):
        column = column.dt.replace_time_zone(None)
    values = _array(column)
    try:
        days = values.astype("datetime64[D]")
    except (TypeError, ValueError) as error:
        raise DataError(f"{whose}: its dates cannot be read: {error}") from None
    if values.dtype.kind in "if" or np.isnat(days).any():
        raise DataError(f"{whose}: a date is missing or a number")
    return np.ascontiguousarray(days.astype(np.int64))


def _is_zoned(series: Any) -> bool:
    return getattr(series.dtype, "time_zone", None) is not None


def _numbers(symbol: str, name: str, column: Any) -> np.ndarray:
    values = _array(column)
    if values.dtype == np.float64:
        return values
    try:
        return values.astype(np.float64)
    except (TypeError, ValueError):
        raise DataError(f"`{symbol}`: the column `{name}` holds no numbers") from None


def _array(column: Any) -> np.ndarray:
    # Without a copy where the layout allows.
    if hasattr(column, "to_pylist") and not hasattr(column, "chunks"):  # an Arrow array
        return column.to_numpy(zero_copy_only=False)
    return np.asarray(column.to_numpy() if hasattr(column, "to_numpy") else column)


def _listed(names: Iterable[Any]) -> str:
    return ", ".join(f"`{name}`" for name in names)
