"""Timestamps as seconds since 1970 and back. Imports pandas' timestamps only when one is made."""

import datetime

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
DAY = 86_400
OPEN = 14 * 3600 + 30 * 60
CLOSE = 21 * 3600


def seconds(dt):
    """Seconds since 1970 of a timestamp; one without a time zone is taken as UTC."""
    if dt.tzinfo is None:
        dt = dt.replace(tzinfo=datetime.timezone.utc)
    delta = dt - _EPOCH
    return delta.days * DAY + delta.seconds


def utc():
    """pytz's UTC, as in QSTrader, or Python's own."""
    try:
        import pytz

        return pytz.UTC
    except ImportError:
        return datetime.timezone.utc


def timestamp(second):
    """The `pd.Timestamp` of a second, UTC."""
    import pandas as pd

    return pd.Timestamp(second, unit="s", tz=utc())


def date(day):
    """The date of a day since 1970."""
    return datetime.date.fromordinal(719_163 + int(day))
