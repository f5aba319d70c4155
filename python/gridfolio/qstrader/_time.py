"""Converts timestamps to seconds since 1970 and back. pandas is imported only to create one."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_EPOCH_ORDINAL = 719_163
DAY = 86_400
OPEN = 14 * 3600 + 30 * 60
CLOSE = 21 * 3600


def seconds(dt: datetime.datetime) -> int:
    """Seconds since 1970 of a timestamp; one without a time zone counts as UTC."""
    if dt.tzinfo is None:
        dt = dt.replace(tzinfo=datetime.timezone.utc)
    delta = dt - _EPOCH
    return delta.days * DAY + delta.seconds


def utc() -> datetime.tzinfo:
    """pytz's UTC, as in QSTrader, or Python's if pytz is not installed."""
    try:
        import pytz

        zone: datetime.tzinfo = pytz.UTC
        return zone
    except ImportError:
        return datetime.timezone.utc


def timestamp(second: int) -> pd.Timestamp:
    """The ``pd.Timestamp`` of a second since 1970, UTC."""
    import pandas as pd

    return pd.Timestamp(second, unit="s", tz=utc())


def date(day: int) -> datetime.date:
    """The date of a day since 1970."""
    return datetime.date.fromordinal(_EPOCH_ORDINAL + int(day))


def day_of(date: datetime.date) -> int:
    """The day since 1970 of a date."""
    return date.toordinal() - _EPOCH_ORDINAL
