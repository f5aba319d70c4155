"""Writes Python values as TOML."""

from __future__ import annotations

import datetime
import json
import os
import re
from typing import Any, Mapping

from gridfolio.errors import StrategyError

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?")


def value(item: Any) -> str:
    """A value on one line. Raises ``StrategyError`` for a type that TOML does not have."""
    if isinstance(item, bool) or type(item).__name__ in ("bool_", "bool"):
        return "true" if item else "false"
    if isinstance(item, str):
        return string(item)
    if isinstance(item, datetime.datetime):
        utc: datetime.datetime = item if item.tzinfo is None else item.astimezone(datetime.timezone.utc)
        return utc.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(item, datetime.date):
        return item.isoformat()
    if isinstance(item, Mapping):
        pairs = (f"{key(name)} = {value(inner)}" for name, inner in item.items())
        return "{ " + ", ".join(pairs) + " }" if item else "{}"
    if hasattr(item, "items") and callable(item.items):  # a pandas Series
        return value(dict(item.items()))
    if isinstance(item, range):
        if len(item) == 0:
            return "[]"
        return f"{{ from = {item[0]}, to = {item[-1]}, step = {abs(item.step)} }}" if item.step > 0 else value(list(item))
    if hasattr(item, "dtype") and getattr(item, "ndim", 0) == 0:  # a NumPy scalar
        return value(item.item())
    if isinstance(item, float):
        return repr(item)
    if isinstance(item, int):
        return str(item)
    if hasattr(item, "__iter__"):
        return "[" + ", ".join(value(inner) for inner in item) + "]"
    raise StrategyError(
        f"a strategy cannot hold {item!r}\n hint: use numbers, booleans, strings, dates, lists and dicts"
    )


def moment(item: Any) -> str:
    """A date or date-time; a string must be one."""
    if isinstance(item, str):
        if not is_date(item.strip()):
            raise StrategyError(f"`{item}` is not a date\n hint: write it as in `2003-09-30`")
        text = item.strip()
        # TOML requires seconds.
        return text + ":00Z" if len(text) == 16 else text
    return value(item)


def moments(items: Any) -> str:
    """A table of dates or date-times."""
    pairs = (f"{key(name)} = {moment(inner)}" for name, inner in dict(items).items())
    return "{ " + ", ".join(pairs) + " }"


def dates(items: Any) -> str:
    """A list of dates."""
    return "[" + ", ".join(moment(item) for item in items) + "]"


def spells(items: Any) -> str:
    """Who is a member when: the path of a list, a mapping from symbols to lists of ``(from, to)``, or a frame
    with the columns ``symbol``, ``from`` and ``to``."""
    if isinstance(items, (str, os.PathLike)):
        return string(os.fspath(items))
    if not isinstance(items, Mapping):
        try:
            columns = [list(items[name]) for name in ("symbol", "from", "to")]
        except (KeyError, TypeError, IndexError):
            hint = "give the path of a list, a dict of spells, or a frame with the columns `symbol`, `from` and `to`"
            raise StrategyError(f"`members` cannot be {type(items).__name__}\n hint: {hint}") from None
        by_symbol: dict[str, list[tuple[Any, Any]]] = {}
        for symbol, begins, ends in zip(*columns):
            by_symbol.setdefault(symbol, []).append((begins, ends))
        items = {symbol: sorted(spells, key=lambda spell: str(spell[0])) for symbol, spells in by_symbol.items()}

    def spell(dates: Any) -> str:
        bounds = [dates] if isinstance(dates, (str, datetime.date)) else list(dates)
        given = bounds[:1] + [bound for bound in bounds[1:] if not _is_missing(bound)]
        return "[" + ", ".join(moment(bound) for bound in given) + "]"

    pairs = (f"{key(name)} = [{', '.join(spell(dates) for dates in own)}]" for name, own in items.items())
    return "{ " + ", ".join(pairs) + " }"


def _is_missing(bound: Any) -> bool:
    return bound is None or bound == "" or bound != bound  # NaN and NaT differ from themselves


def is_date(text: str) -> bool:
    """Whether a string is a date or a date-time."""
    return _DATE.fullmatch(text) is not None


def string(text: str) -> str:
    """A basic string. TOML's escapes are JSON's, except for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def key(name: Any) -> str:
    """A key, quoted where it must be."""
    text = str(name)
    return text if _BARE_KEY.fullmatch(text) else string(text)


def table(name: str, entries: Mapping[str, Any]) -> str:
    """A table with its header, a line per entry."""
    return "\n".join([f"[{name}]", *(entry(key, value) for key, value in entries.items())]) + "\n"


def entry(name: Any, item: Any) -> str:
    """One line of a table."""
    return f"{key(name)} = {value(item)}"
