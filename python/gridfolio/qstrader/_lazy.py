"""pandas, loaded when it is needed.

A script written for QSTrader imports pandas to write timestamps and to hand an equity curve from one
call to the next. Loading it takes longer than the backtest, so under ``python -m gridfolio.qstrader``
its name is there at once and its code is not: ``pd.Timestamp`` loads pandas' timestamps alone,
``pd.DataFrame(...)`` and equity curves are frames that make themselves when anybody looks into them, and
everything else loads all of pandas.
"""

import importlib.util
import sys
import types

_OPERATIONS = """
    __abs__ __add__ __and__ __array__ __bool__ __contains__ __copy__ __dataframe__ __deepcopy__ __delitem__
    __dir__ __eq__ __floordiv__ __ge__ __getitem__ __gt__ __iadd__ __imul__ __invert__ __isub__ __iter__
    __itruediv__ __le__ __len__ __lt__ __matmul__ __mod__ __mul__ __ne__ __neg__ __or__ __pos__ __pow__
    __radd__ __rand__ __repr__ __rfloordiv__ __rmatmul__ __rmod__ __rmul__ __ror__ __round__ __rpow__
    __rsub__ __rtruediv__ __rxor__ __setitem__ __str__ __sub__ __truediv__ __xor__
""".split()


class _Pandas(types.ModuleType):
    """pandas before it is loaded."""

    def __getattr__(self, name):
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
        # A part of pandas that is being imported, for `Timestamp`, looks itself up in the whole.
        part = sys.modules.get(f"pandas.{name}")
        if part is not None:
            return part
        return getattr(_load(self), name)


class _DataFrame:
    """`pd.DataFrame` before pandas is loaded."""

    def __call__(self, *args, **kwargs):
        empty = {} if not args and not kwargs else None
        return Frame(lambda: _real().DataFrame(*args, **kwargs), empty)

    def __instancecheck__(self, instance):
        return isinstance(instance, _real().DataFrame)

    def __subclasscheck__(self, subclass):
        return issubclass(subclass, _real().DataFrame)

    def __mro_entries__(self, bases):
        return (_real().DataFrame,)

    def __eq__(self, other):
        return other is self or other is _real().DataFrame

    def __hash__(self):
        return hash(_real().DataFrame)

    def __getattr__(self, name):
        return getattr(_real().DataFrame, name)


_DATA_FRAME = _DataFrame()


class Frame:
    """A DataFrame that is made when anybody looks into it."""

    __hash__ = None
    __slots__ = ("_make", "_columns", "_added", "_made")

    def __init__(self, make, columns):
        for name, value in (("_make", make), ("_columns", columns), ("_added", {}), ("_made", None)):
            object.__setattr__(self, name, value)

    @property
    def __class__(self):
        return _real().DataFrame

    def __getattr__(self, name):
        return getattr(_made(self), name)

    def __setattr__(self, name, value):
        setattr(_made(self), name, value)


def _delegate(name):
    def operation(self, *args, **kwargs):
        args = [_made(arg) if type(arg) is Frame else arg for arg in args]
        return getattr(_made(self), name)(*args, **kwargs)

    return operation


for _name in _OPERATIONS:
    setattr(Frame, _name, _delegate(_name))


def _made(frame):
    made = object.__getattribute__(frame, "_made")
    if made is None:
        made = object.__getattribute__(frame, "_make")()
        for name, values in object.__getattribute__(frame, "_added").items():
            made[name] = values
        object.__setattr__(frame, "_made", made)
    return made


def columns_of(frame):
    """The arrays of a frame that nobody has looked into; None of others."""
    if type(frame) is not Frame or object.__getattribute__(frame, "_made") is not None:
        return None
    return object.__getattribute__(frame, "_columns")


def add_columns(frame, columns):
    """Adds columns to a frame that nobody has looked into; says whether it was one."""
    if type(frame) is not Frame or object.__getattribute__(frame, "_made") is not None:
        return False
    object.__getattribute__(frame, "_added").update(columns)
    return True


def is_waiting():
    """Whether pandas is there by name only."""
    return type(sys.modules.get("pandas")) is _Pandas


def _load(module):
    module.__dict__.pop("Timestamp", None)
    module.__class__ = types.ModuleType
    module.__spec__.loader.exec_module(module)
    return module


def _real():
    module = sys.modules["pandas"]
    return _load(module) if type(module) is _Pandas else module


def install():
    """Puts the name of pandas where `import pandas` finds it, unless it is loaded or not there."""
    if "pandas" in sys.modules:
        return
    spec = importlib.util.find_spec("pandas")
    if spec is None or spec.loader is None:
        return
    module = importlib.util.module_from_spec(spec)
    module.__class__ = _Pandas
    sys.modules["pandas"] = module
