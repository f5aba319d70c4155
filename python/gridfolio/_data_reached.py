"""Finds the data that a model carries past the decision: tables and arrays that no audit can cut off."""

from __future__ import annotations

import datetime
import functools
import sys
import sysconfig
import types
from collections.abc import Mapping
from typing import Any, Iterator, Optional

#: Entries of a container that are looked at.
_MOST_ENTRIES = 1000

#: Objects that are looked at.
_MOST_OBJECTS = 20_000

#: How deep attributes and containers are followed.
_MOST_LEVELS = 12

#: Fewer values than this are parameters.
_FEWEST_VALUES = 24


def data_reached(
    model: Any, first_decision: datetime.date, n_decisions: int, *, attributes: bool = True
) -> list[str]:
    """What a model holds, or reads by the names in its code, that reaches past its first decision.

    Tables, series, arrays, mappings and lists count: those with dates if any is after the first decision, and
    those without dates if they hold about as many values as there are decisions. What is looked at: attributes,
    class attributes, global names in the code, closures, defaults, and the modules and functions of the user that
    these lead to. Installed packages are not searched.

    Parameters
    ----------
    model : object
        A class, an object or a function.
    first_decision : datetime.date
        The day of the first decision.
    n_decisions : int
        How many decisions there are.
    attributes : bool, optional
        Whether the object's own attributes count. Those of a model that is made from the prices of each run do
        not: they are cut off with the prices.

    Returns
    -------
    list of str
        For each, its name and what it holds: "`FUT`, which holds values to 2025-01-07".
    """
    search = _Search(first_decision, max(_FEWEST_VALUES, n_decisions // 2))
    search.follow(model, type(model).__name__ if not isinstance(model, type) else model.__name__, 0, attributes)
    return search.found


class _Search:
    def __init__(self, first_decision: datetime.date, most_values: int) -> None:
        self.first_decision = first_decision
        self.most_values = most_values
        self.found: list[str] = []
        self.seen: set[int] = set()
        self.kept: list[Any] = []  # Keeps the ids of `seen` from being used again.

    def follow(self, item: Any, name: str, level: int, attributes: bool = True) -> None:
        if level > _MOST_LEVELS or len(self.seen) > _MOST_OBJECTS or id(item) in self.seen:
            return
        if item is None or isinstance(item, (bool, int, float, complex, str, bytes, datetime.date, datetime.timedelta)):
            return
        self.seen.add(id(item))
        self.kept.append(item)
        reach = self._reach_of(item)
        if reach is not None:
            self.found.append(f"`{name}`, which holds {reach}")
            return
        if _is_table(item):
            return
        for inner, inner_name in self._inside(item, name, attributes):
            self.follow(inner, inner_name, level + 1)

    def _inside(self, item: Any, name: str, attributes: bool) -> Iterator[tuple[Any, str]]:
        if isinstance(item, Mapping):
            entries = list(item.items())[:_MOST_ENTRIES]
            yield from ((value, f"{name}[{key!r}]") for key, value in entries)
        elif isinstance(item, (list, tuple, set, frozenset)):
            yield from ((value, f"{name}[{at}]") for at, value in enumerate(list(item)[:_MOST_ENTRIES]))
        elif isinstance(item, functools.partial):
            yield item.func, name
            yield from ((value, f"{name}({key})") for key, value in item.keywords.items())
            yield from ((value, f"{name}({at})") for at, value in enumerate(item.args))
        elif isinstance(item, types.MethodType):
            yield item.__func__, name
            yield item.__self__, name.rpartition(".")[0] or name
        elif isinstance(item, types.FunctionType):
            yield from self._of_function(item)
        elif isinstance(item, (classmethod, staticmethod)):
            yield item.__func__, name
        elif isinstance(item, property):
            yield from ((part, name) for part in (item.fget, item.fset) if part is not None)
        elif isinstance(item, functools.cached_property):
            yield item.func, name
        elif isinstance(item, type):
            yield from self._of_class(item, name)
        elif not isinstance(item, types.ModuleType):
            yield from self._of_object(item, name, attributes)

    def _of_function(self, function: types.FunctionType) -> Iterator[tuple[Any, str]]:
        if _is_installed(function.__module__):
            return
        yield from _defaults(function)
        cells = zip(function.__code__.co_freevars, function.__closure__ or ())
        for name, cell in cells:
            try:
                yield cell.cell_contents, name
            except ValueError:  # Not filled yet.
                continue
        for name, attribute in vars(function).items():
            yield attribute, f"{function.__name__}.{name}"
        for name in _names(function.__code__):
            if name not in function.__globals__:
                continue
            value = function.__globals__[name]
            if isinstance(value, types.ModuleType):
                yield from _of_module(value, name, function.__code__)
            else:
                yield value, name

    def _of_class(self, made: type, name: str) -> Iterator[tuple[Any, str]]:
        for base in made.__mro__:
            if not _is_installed(base.__module__):
                yield from ((value, f"{name}.{key}") for key, value in list(vars(base).items()))

    def _of_object(self, item: Any, name: str, attributes: bool) -> Iterator[tuple[Any, str]]:
        if _is_installed(type(item).__module__) and not _is_plain(item):
            return
        yield type(item), name
        if attributes:
            yield from ((value, f"{name}.{key}") for key, value in list(getattr(item, "__dict__", {}).items()))
            for base in type(item).__mro__:
                slots = vars(base).get("__slots__", ())
                for slot in (slots,) if isinstance(slots, str) else slots:
                    if hasattr(item, slot):
                        yield getattr(item, slot), f"{name}.{slot}"

    def _reach_of(self, item: Any) -> Optional[str]:
        """What an item holds past the first decision, in words."""
        try:
            last, size = _last_day(item), _size(item)
        except Exception:  # An unusual table is not the audit's to fail on.
            return None
        if last is not None:
            return f"values to {last}" if last > self.first_decision else None
        if size is not None and size >= self.most_values:
            return f"{size:,} values without dates"
        return None


def _defaults(function: types.FunctionType) -> Iterator[tuple[Any, str]]:
    code = function.__code__
    defaults = function.__defaults__ or ()
    names = code.co_varnames[code.co_argcount - len(defaults) : code.co_argcount]
    yield from zip(defaults, names)
    yield from ((value, name) for name, value in (function.__kwdefaults__ or {}).items())


def _names(code: types.CodeType) -> list[str]:
    """The global names and attributes in some code, and in the functions within it."""
    names = list(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names += _names(constant)
    return names


def _of_module(module: types.ModuleType, name: str, code: types.CodeType) -> Iterator[tuple[Any, str]]:
    """The values of a user's module that some code names."""
    if not _is_installed(module.__name__):
        for attribute in _names(code):
            if attribute in vars(module):
                yield vars(module)[attribute], f"{name}.{attribute}"


def _is_plain(item: Any) -> bool:
    return isinstance(item, types.SimpleNamespace)


@functools.lru_cache(maxsize=None)
def _is_installed(module: Optional[str]) -> bool:
    """Whether a module is of Python, of gridfolio or of another package that is installed."""
    root = (module or "builtins").partition(".")[0]
    # Before Python 3.10 there is no list of the standard library; its modules are found by their place.
    standard = getattr(sys, "stdlib_module_names", sys.builtin_module_names)
    if root == "gridfolio" or root in standard:
        return True
    if root == "__main__":
        return False
    path = getattr(sys.modules.get(root), "__file__", None) or ""
    folders = (sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib", "platstdlib"))
    return "site-packages" in path or "dist-packages" in path or any(path.startswith(f"{one}/") for one in folders)


def _is_table(item: Any) -> bool:
    return hasattr(item, "dtype") or hasattr(item, "columns") or hasattr(item, "schema") or _is_market(item)


def _is_market(item: Any) -> bool:
    return type(item).__module__ == "gridfolio.market" and type(item).__name__ == "Market"


def _size(item: Any) -> Optional[int]:
    """The numbers in an array, a table, a list or a mapping without dates; ``None`` for anything else."""
    if isinstance(item, (list, tuple)):
        numbers = sum(1 for value in item if isinstance(value, float) or hasattr(value, "dtype"))
        return numbers if numbers == len(item) else None
    if isinstance(item, Mapping):
        values = list(item.values())
        numbers = sum(1 for value in values if isinstance(value, (int, float)) or hasattr(value, "dtype"))
        # A number for each symbol is no series.
        return numbers if numbers == len(values) and not any(isinstance(key, str) for key in item) else None
    shape = getattr(item, "shape", None)
    if isinstance(shape, tuple) and len(shape) > 0 and all(isinstance(side, int) for side in shape):
        size = 1
        for side in shape:
            size *= side
        return size
    rows = getattr(item, "num_rows", None)  # pyarrow
    return rows if isinstance(rows, int) else None


def _last_day(item: Any) -> Optional[datetime.date]:
    """The last day that an item has; ``None`` for one without dates."""
    if _is_market(item):
        days = [item.bars(symbol).index for symbol in item.symbols]
        return _latest(_day(index[-1]) for index in days if len(index) > 0)
    if isinstance(item, Mapping):
        return _latest(_day(key) for key in item)
    if isinstance(item, (list, tuple, set, frozenset)):
        return _latest(_latest_of_row(value) for value in item)
    if type(item).__module__.startswith("pandas"):
        return _of_pandas(item)
    if getattr(getattr(item, "dtype", None), "kind", "") == "M":  # NumPy's dates
        return _day(item.max()) if item.size else None
    names = getattr(getattr(item, "dtype", None), "names", None)  # records
    if names:
        return _latest(_last_day(item[name]) for name in names)
    return _of_columns(item)


def _latest_of_row(row: Any) -> Optional[datetime.date]:
    """The day that an entry of a list is, or has: a date, a row that begins with one, a mapping with one."""
    if isinstance(row, Mapping):
        return _latest(_day(value) for value in row.values())
    return _day(row[0] if isinstance(row, (list, tuple)) and row else row)


def _of_pandas(item: Any) -> Optional[datetime.date]:
    parts = [getattr(item, "index", item)]
    if hasattr(item, "columns"):
        parts += [item[column] for column in item.columns if item[column].dtype.kind in "MO"]
    elif hasattr(item, "dtype") and item.dtype.kind in "MO":
        parts.append(item)
    days = []
    for part in parts:
        levels = part.levels if hasattr(part, "levels") else [part]
        for level in levels:
            values = level.dropna() if hasattr(level, "dropna") else level
            if str(getattr(values, "dtype", "")).startswith("period"):
                values = values.to_timestamp(how="end")
            if len(values) and getattr(values, "dtype", None) is not None and values.dtype.kind in "MO":
                days.append(_latest(_day(value) for value in (values[-1:] if values.dtype.kind == "O" else [values.max()])))
    return _latest(days)


def _of_columns(item: Any) -> Optional[datetime.date]:
    """The last day in the columns of a polars or pyarrow table."""
    columns = getattr(item, "columns", None)
    if not isinstance(columns, list):
        return None
    days = []
    for column in columns:
        values = item[column] if isinstance(column, str) else column
        kind = str(getattr(values, "dtype", getattr(values, "type", ""))).lower()
        if kind.startswith(("date", "timestamp")):
            last = values.max() if hasattr(values, "max") else max((value for value in values.to_pylist() if value), default=None)
            days.append(_day(last))
    return _latest(days)


def _latest(days: Any) -> Optional[datetime.date]:
    return max((day for day in days if day is not None), default=None)


def _day(value: Any) -> Optional[datetime.date]:
    if isinstance(value, tuple) and value:
        value = value[0]
    if isinstance(value, datetime.datetime):  # pandas' timestamps are such
        return None if value != value else value.date()
    if isinstance(value, datetime.date):
        return value
    if isinstance(value, str) and len(value) >= 10:
        try:
            return datetime.date.fromisoformat(value[:10])
        except ValueError:
            return None
    if getattr(getattr(value, "dtype", None), "kind", "") == "M":
        made = value.astype("datetime64[D]").item()
        return made if isinstance(made, datetime.date) else None
    return None
