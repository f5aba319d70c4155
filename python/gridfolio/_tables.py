"""Tables of pandas, polars, Arrow, DuckDB and NumPy as columns. The engine finds out what each column is."""

from __future__ import annotations

import decimal
import numbers
from collections.abc import Mapping
from typing import Any, Optional, Union

import numpy as np
import numpy.typing as npt

from gridfolio import _gridfolio
from gridfolio.errors import DataError

_Array = npt.NDArray[Any]
_Dates = Union[list[str], tuple[npt.NDArray[np.int64], Optional[str]], npt.NDArray[np.int64]]

_MISSING = np.iinfo(np.int64).min


class Table:
    """The columns of a frame, an index among them, each with its names."""

    def __init__(self, columns: list[tuple[tuple[str, ...], Any]]) -> None:
        self.names = [names for names, _ in columns]
        self._columns = [column for _, column in columns]

    def levels(self) -> list[list[str]]:
        """The names of the columns, one list for each level."""
        n = max((len(names) for names in self.names), default=1)
        return [[names[level] if level < len(names) else "" for names in self.names] for level in range(n)]

    def is_number(self) -> list[bool]:
        return [_is_numeric(_array(column)) for column in self._columns]

    def dates(self, at: int, whose: str) -> _Dates:
        """The dates of a column, in the form in which the engine takes them."""
        return _dates(self._columns[at], whose)

    def numbers(self, at: int, whose: str) -> npt.NDArray[np.float64]:
        """The numbers of a column, NaN where one is missing."""
        values = _array(self._columns[at])
        name = next(name for name in (*self.names[at], "column"))
        if not _is_numeric(values):
            raise DataError(f"`{whose}`: the column `{name}` is not numeric: it holds {_kind(values)}")
        return np.ascontiguousarray(values.astype(np.float64))

    def texts(self, at: int) -> list[str]:
        return ["" if value is None else str(value) for value in _array(self._columns[at]).tolist()]


def table_of(frame: Any) -> Table:
    """The columns of a frame of any kind that is known."""
    frame = _readable(frame)
    if isinstance(frame, Mapping):
        return Table([((str(name),), column) for name, column in frame.items()])
    if hasattr(frame, "column_names"):  # Arrow
        return Table([((name,), frame.column(at)) for at, name in enumerate(frame.column_names)])
    if hasattr(frame, "iloc"):  # pandas
        return Table(_of_pandas(frame))
    if hasattr(frame, "columns") and hasattr(frame, "get_column"):  # polars
        return Table([((name,), frame.get_column(name)) for name in frame.columns])
    if hasattr(frame, "columns"):
        return Table([((str(name),), frame[name]) for name in frame.columns])
    raise DataError(
        f"a `{type(frame).__name__}` is not a frame\n hint: give a pandas or polars DataFrame, an Arrow table, a "
        "DuckDB relation, or a dict of arrays"
    )


def _of_pandas(frame: Any) -> list[tuple[tuple[str, ...], Any]]:
    index, columns = frame.index, frame.columns
    if getattr(index, "nlevels", 1) > 1:  # by symbol and date, as Alpaca has it
        return _of_pandas(frame.reset_index())
    n_levels = columns.nlevels
    named = [tuple(str(part) for part in name) if n_levels > 1 else (str(name),) for name in columns]
    table = [(names, frame.iloc[:, at]) for at, names in enumerate(named)]
    if type(index).__name__ == "RangeIndex":
        return table
    # The names of the levels stand above the index, as in a file.
    labels = ["" if name is None else str(name) for name in columns.names]
    if n_levels == 1:
        name = "" if index.name is None else str(index.name)
        # An index without a date's name is one all the same.
        is_date = type(index).__name__ == "DatetimeIndex" and (name,) not in named
        labels = ["Date" if is_date else name]
    return [(tuple(labels), index), *table]


def closes_of(frame: Any) -> tuple[Table, int]:
    """A frame with a column of closes per symbol, and which of its columns is the date."""
    if _is_series(frame):
        frame = frame.to_frame("close" if frame.name is None else str(frame.name))
    frame = _readable(frame)
    table = table_of(frame)
    if hasattr(frame, "iloc") and type(frame.index).__name__ != "RangeIndex":
        return table, 0
    found = _gridfolio.date_column([names[0] for names in table.names])
    if found is None:
        listed = ", ".join(f"`{names[0]}`" for names in table.names)
        raise DataError(f"the closes: no column `Date`; the columns are {listed}")
    return table, found


def _readable(frame: Any) -> Any:
    """The frame itself; a table for what only leads to one."""
    if hasattr(frame, "collect") and hasattr(frame, "collect_schema"):  # a lazy frame of polars
        return frame.collect()
    kind = type(frame)
    if kind.__module__.partition(".")[0] in ("duckdb", "_duckdb"):
        return _of_duckdb(frame)
    if kind.__name__ == "Series" and kind.__module__.startswith("polars"):
        raise DataError("a `Series` of polars has no dates\n hint: give a DataFrame with a column of dates")
    known = hasattr(frame, "columns") or hasattr(frame, "column_names") or isinstance(frame, Mapping)
    if known or not hasattr(frame, "__arrow_c_stream__"):
        return frame
    try:
        import pyarrow
    except ImportError:
        pass
    else:
        try:
            return pyarrow.table(frame)
        except pyarrow.ArrowException as error:
            raise DataError(f"a `{kind.__name__}` cannot be read as a table: {error}") from None
    try:
        import polars

        return polars.DataFrame(frame)
    except ImportError:
        raise DataError(
            f"reading a `{kind.__name__}` requires pyarrow or polars\n hint: install one of them"
        ) from None


def _of_duckdb(relation: Any) -> Any:
    try:
        import pyarrow

        return pyarrow.table(relation)
    except ImportError:
        return dict(relation.fetchnumpy())


def _dates(column: Any, whose: str) -> _Dates:
    if hasattr(column, "type") and hasattr(column, "null_count"):  # Arrow
        column = _of_arrow(column)
        if isinstance(column, tuple):
            return column
    zone = _zone_of(column)
    if zone in ("UTC", "Etc/UTC", "GMT"):
        return _seconds(_array(_without_zone(column)), whose, "UTC")
    if zone is not None:
        # The day is the one at the exchange.
        return _seconds(_array(_without_zone(column)), whose, None)
    values = _array(column)
    if values.dtype.kind == "M":
        return _seconds(values, whose, None)
    if values.dtype.kind in "iu":
        return values.astype(np.int64)
    if values.dtype.kind == "f" and np.isfinite(values).all() and (values == np.floor(values)).all():
        return values.astype(np.int64)
    if values.dtype.kind in "OUST":
        items = values.tolist()
        if all(isinstance(item, str) for item in items):
            return [str(item) for item in items]
        try:
            return _seconds(np.asarray(items, dtype="datetime64[s]"), whose, None)
        except (TypeError, ValueError) as error:
            raise DataError(f"`{whose}`: cannot read the dates: {error}") from None
    raise DataError(f"`{whose}`: the dates are {_kind(values)}\n hint: give dates, time stamps or text")


def _of_arrow(column: Any) -> Any:
    kind = str(column.type)
    if not kind.startswith("timestamp["):
        return column
    unit, _, rest = kind[len("timestamp[") : -1].partition(",")
    zone = rest.partition("=")[2].strip() or None
    per_second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    counted = column.cast("int64").to_pylist()
    values = [_MISSING if value is None else value // per_second for value in counted]
    return np.asarray(values, dtype=np.int64), zone


def _zone_of(column: Any) -> Optional[str]:
    zone = getattr(getattr(column, "dt", None), "tz", None)
    if zone is None:
        zone = getattr(column, "tz", None)
    if zone is None:
        zone = getattr(getattr(column, "dtype", None), "time_zone", None)
    return None if zone is None else str(zone)


def _without_zone(column: Any) -> Any:
    """The same times of day, in no zone."""
    if getattr(getattr(column, "dt", None), "tz", None) is not None:
        return column.dt.tz_localize(None)
    if getattr(column, "tz", None) is not None:
        return column.tz_localize(None)
    return column.dt.replace_time_zone(None)


def _seconds(values: _Array, whose: str, zone: Optional[str]) -> tuple[npt.NDArray[np.int64], Optional[str]]:
    if values.dtype.kind != "M":
        raise DataError(f"`{whose}`: the dates are {_kind(values)}")
    missing = np.isnat(values)
    seconds = values.astype("datetime64[s]").astype(np.int64)
    return np.where(missing, _MISSING, seconds), zone


def _is_numeric(values: _Array) -> bool:
    if values.dtype.kind in "iuf":
        return True
    if values.dtype.kind != "O":
        return False
    known = (numbers.Real, decimal.Decimal)
    present = [value for value in values.tolist() if not _is_missing(value)]
    return all(isinstance(value, known) and not isinstance(value, bool) for value in present)


def _is_missing(value: Any) -> bool:
    return value is None or type(value).__name__ == "NAType"


def _kind(values: _Array) -> str:
    kinds = {"M": "time stamps", "m": "durations", "b": "flags", "U": "text", "S": "bytes", "T": "text"}
    if values.dtype.kind != "O":
        return kinds.get(values.dtype.kind, f"values of type {values.dtype}")
    first = next((value for value in values.tolist() if not _is_missing(value)), None)
    return {"str": "text", "date": "dates", "datetime": "time stamps", "Timestamp": "time stamps"}.get(
        type(first).__name__, f"values of type {type(first).__name__}"
    )


def _array(column: Any) -> _Array:
    """The values of a column, without a copy where the layout allows it."""
    if isinstance(column, np.ma.MaskedArray):  # DuckDB's nulls
        is_number = column.dtype.kind in "iuf"
        filled: Any = column.astype(np.float64 if is_number else object)
        return np.asarray(filled.filled(np.nan if is_number else None))
    kind = getattr(column, "dtype", None)
    if hasattr(kind, "na_value") and hasattr(column, "to_numpy") and str(kind).lower() in _NULLABLE:
        # Missing values of pandas' own types.
        return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))
    if hasattr(column, "to_pylist") and not hasattr(column, "chunks"):  # an Arrow array
        column = column.to_numpy(zero_copy_only=False)
    elif hasattr(column, "to_numpy"):
        column = column.to_numpy()
    return np.asarray(column)


_NULLABLE = {f"{kind}{bits}" for kind in ("int", "uint", "float") for bits in (8, 16, 32, 64)}


def frames_of(frames: Any) -> list[tuple[str, bool, Table]]:
    """Tables with the symbol that each is of; a table that names its symbols itself is of all of them."""
    if isinstance(frames, Mapping):
        return [(str(symbol), True, table_of(_framed(frame))) for symbol, frame in frames.items()]
    return [("the frame", False, table_of(frames))]


def _framed(frame: Any) -> Any:
    """A frame of closes for a series of them."""
    return frame.to_frame("Close") if _is_series(frame) else frame


def _is_series(frame: Any) -> bool:
    """Whether it is a Series of pandas."""
    return hasattr(frame, "to_frame") and hasattr(frame, "index") and not hasattr(frame, "columns")
