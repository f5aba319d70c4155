"""Defers the import of pandas until it is needed.

A script written for QSTrader imports pandas to create timestamps and to pass an equity curve from one call
to the next. Importing pandas takes longer than the backtest. So under ``python -m gridfolio.qstrader`` the
module ``pandas`` exists at once but is not loaded: ``pd.Timestamp`` loads pandas' timestamps alone,
``pd.DataFrame(...)`` and equity curves are frames that are created at their first use, and everything else
loads all of pandas.
"""

from __future__ import annotations

import importlib.util
import sys
import types
from typing import Any, Callable, Mapping, Optional

_OPERATIONS = """
    __abs__ __add__ __and__ __array__ __bool__ __contains__ __copy__ __dataframe__ __deepcopy__ __delitem__
    __dir__ __eq__ __floordiv__ __ge__ __getitem__ __gt__ __iadd__ __imul__ __invert__ __isub__ __iter__
    __itruediv__ __le__ __len__ __lt__ __matmul__ __mod__ __mul__ __ne__ __neg__ __or__ __pos__ __pow__
    __radd__ __rand__ __repr__ __rfloordiv__ __rmatmul__ __rmod__ __rmul__ __ror__ __round__ __rpow__
    __rsub__ __rtruediv__ __rxor__ __setitem__ __str__ __sub__ __truediv__ __xor__
""".split()


class _Pandas(types.ModuleType):
    """pandas before it is loaded."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "Timestamp":
            try:
                from pandas._libs.tslibs.timestamps import Timestamp
            except ImportError:
                return getattr(_load(self), name)
            self.__dict__["Timestamp"] = Timestamp
            return Timestamp
        if name == "DataFrame":
            return _DATA_FRAME
        # While a submodule is imported for `Timestamp`, it looks itself up in the package.
        part = sys.modules.get(f"pandas.{name}")
        if part is not None:
            return part
        return getattr(_load(self), name)


class _DataFrame:
    """``pd.DataFrame`` before pandas is loaded."""

    def __call__(self, *args: Any, **kwargs: Any) -> Frame:
        empty: Optional[dict[str, Any]] = {} if not args and not kwargs else None
        return Frame(lambda: _real().DataFrame(*args, **kwargs), empty)

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, _real().DataFrame)

    def __subclasscheck__(self, subclass: type) -> bool:
        return issubclass(subclass, _real().DataFrame)

    def __mro_entries__(self, bases: tuple[object, ...]) -> tuple[type, ...]:
        return (_real().DataFrame,)

    def __eq__(self, other: object) -> bool:
        return other is self or other is _real().DataFrame

    def __hash__(self) -> int:
        return hash(_real().DataFrame)

    def __getattr__(self, name: str) -> Any:
        return getattr(_real().DataFrame, name)


_DATA_FRAME = _DataFrame()


class Frame:
    """A DataFrame that is created at its first use."""

    __hash__ = None  # type: ignore[assignment]
    __slots__ = ("_make", "_columns", "_added", "_made")

    def __init__(self, make: Callable[[], Any], columns: Optional[dict[str, Any]]) -> None:
        for name, value in (("_make", make), ("_columns", columns), ("_added", {}), ("_made", None)):
            object.__setattr__(self, name, value)

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return _real().DataFrame

    def __getattr__(self, name: str) -> Any:
        return getattr(_made(self), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(_made(self), name, value)


def _delegate(name: str) -> Callable[..., Any]:
    def operation(self: Frame, *args: Any, **kwargs: Any) -> Any:
        args = tuple(_made(arg) if type(arg) is Frame else arg for arg in args)
        return getattr(_made(self), name)(*args, **kwargs)

    return operation


for _name in _OPERATIONS:
    setattr(Frame, _name, _delegate(_name))


def _made(frame: Frame) -> Any:
    made = object.__getattribute__(frame, "_made")
    if made is None:
        made = object.__getattribute__(frame, "_make")()
        for name, values in object.__getattribute__(frame, "_added").items():
            made[name] = values
        object.__setattr__(frame, "_made", made)
    return made


def columns_of(frame: object) -> Optional[dict[str, Any]]:
    """The arrays of a frame that has not been created yet; ``None`` for any other object."""
    if type(frame) is not Frame or object.__getattribute__(frame, "_made") is not None:
        return None
    columns: Optional[dict[str, Any]] = object.__getattribute__(frame, "_columns")
    return columns


def add_columns(frame: object, columns: Mapping[str, Any]) -> bool:
    """Adds columns to a frame that has not been created yet; returns whether it was one."""
    if type(frame) is not Frame or object.__getattribute__(frame, "_made") is not None:
        return False
    object.__getattribute__(frame, "_added").update(columns)
    return True


def is_deferred() -> bool:
    """Whether the import of pandas is still deferred."""
    return type(sys.modules.get("pandas")) is _Pandas


def _load(module: types.ModuleType) -> types.ModuleType:
    module.__dict__.pop("Timestamp", None)
    module.__class__ = types.ModuleType
    spec = module.__spec__
    assert spec is not None and spec.loader is not None, "`install` checks this"
    spec.loader.exec_module(module)
    return module


def _real() -> Any:
    module = sys.modules["pandas"]
    return _load(module) if type(module) is _Pandas else module


def install() -> None:
    """Defers the import of pandas, unless it is loaded already or not installed."""
    if "pandas" in sys.modules:
        return
    spec = importlib.util.find_spec("pandas")
    if spec is None or spec.loader is None:
        return
    module = importlib.util.module_from_spec(spec)
    module.__class__ = _Pandas
    sys.modules["pandas"] = module
