"""Converts equity curves and allocations to frames and back."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Mapping, Optional, Sequence

import numpy as np
import numpy.typing as npt

from gridfolio.qstrader import _lazy
from gridfolio.qstrader._time import date, day_of

if TYPE_CHECKING:
    import pandas as pd

Days = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def equity_frame(days: Days, equity: Floats) -> Any:
    """A frame with the column ``Equity`` by date."""

    def make() -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame({"Equity": equity}, index=pd.Index([date(day) for day in days.tolist()]))

    if _lazy.is_deferred():
        return _lazy.Frame(make, {"days": days, "Equity": equity})
    return make()


def curve_of(frame: Any) -> tuple[Days, Floats]:
    """Days since 1970 and equity of a frame with the column ``Equity``."""
    columns = _lazy.columns_of(frame)
    if columns is not None:
        return columns["days"], columns["Equity"]
    equity = np.ascontiguousarray(frame["Equity"].to_numpy(), dtype=np.float64)
    return days_of(frame.index), equity


def days_of(index: Any) -> Days:
    """Days since 1970 of an index of dates."""
    first = index[0] if len(index) else None
    if isinstance(first, datetime.date) and not isinstance(first, datetime.datetime):
        return np.array([day_of(day) for day in index], dtype=np.int64)
    if getattr(index, "tz", None) is not None:
        index = index.tz_localize(None)
    return np.asarray(index.to_numpy(), dtype="datetime64[D]").astype(np.int64)


def add_columns(frame: Any, columns: Mapping[str, Any]) -> None:
    """Adds columns to a frame of the caller, as QSTrader does."""
    if not _lazy.add_columns(frame, columns):
        for name, values in columns.items():
            frame[name] = values


def allocations_frame(
    days: Days, decisions: Sequence[tuple[int, Mapping[str, float]]], burn_in_dt: Optional[datetime.datetime]
) -> pd.DataFrame:
    """The weights in force at each date, a column per asset, from the end of the burn-in."""
    import pandas as pd

    rows = [weights for _, weights in decisions]
    if not rows:
        raise KeyError("None of ['Date'] are in the columns")
    decided = pd.Index([date(second // 86_400) for second, _ in decisions])
    frame = pd.DataFrame(rows, index=decided)
    frame = frame.reindex(index=[date(day) for day in days.tolist()], method="ffill")
    return frame if burn_in_dt is None else frame[burn_in_dt.date() :]
