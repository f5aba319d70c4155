"""Equity curves and allocations as frames, and back."""

import datetime

import numpy as np

from gridfolio.qstrader import _lazy
from gridfolio.qstrader._time import date


def equity_frame(days, equity):
    """A frame with the column `Equity` by date."""

    def make():
        import pandas as pd

        return pd.DataFrame({"Equity": equity}, index=pd.Index([date(day) for day in days.tolist()]))

    if _lazy.is_waiting():
        return _lazy.Frame(make, {"days": days, "Equity": equity})
    return make()


def curve_of(frame):
    """Days since 1970 and equity of a frame with the column `Equity`."""
    columns = _lazy.columns_of(frame)
    if columns is not None:
        return columns["days"], columns["Equity"]
    equity = np.ascontiguousarray(frame["Equity"].to_numpy(), dtype=np.float64)
    return days_of(frame.index), equity


def days_of(index):
    """Days since 1970 of an index of dates."""
    first = index[0] if len(index) else None
    if isinstance(first, datetime.date) and not isinstance(first, datetime.datetime):
        return np.array([day.toordinal() - 719_163 for day in index], dtype=np.int64)
    if getattr(index, "tz", None) is not None:
        index = index.tz_localize(None)
    return np.asarray(index.to_numpy(), dtype="datetime64[D]").astype(np.int64)


def add_columns(frame, columns):
    """Adds columns to a frame of the caller's, as QSTrader does."""
    if not _lazy.add_columns(frame, columns):
        for name, values in columns.items():
            frame[name] = values


def allocations_frame(days, decisions, burn_in_dt):
    """The weights in force at each date, a column per asset, from the burn-in on."""
    import pandas as pd

    rows = [weights for _, weights in decisions]
    if not rows:
        raise KeyError("None of ['Date'] are in the columns")
    decided = pd.Index([date(second // 86_400) for second, _ in decisions])
    frame = pd.DataFrame(rows, index=decided)
    frame = frame.reindex(index=[date(day) for day in days.tolist()], method="ffill")
    return frame if burn_in_dt is None else frame[burn_in_dt.date() :]
