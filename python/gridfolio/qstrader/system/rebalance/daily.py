"""Every weekday."""

from __future__ import annotations

import datetime
from typing import Optional

from gridfolio import _gridfolio
from gridfolio.qstrader._time import CLOSE, DAY, OPEN, seconds, timestamp
from gridfolio.qstrader.system.rebalance.rebalance import Rebalance


def stamps(
    name: str, weekday: Optional[str], start: datetime.datetime, end: datetime.datetime, pre_market: bool
) -> list[datetime.datetime]:
    """The timestamps of a schedule, at the open if ``pre_market``, else at the close."""
    days = _gridfolio.rebalance_days(name, weekday, seconds(start), seconds(end))
    time = OPEN if pre_market else CLOSE
    return [timestamp(day * DAY + time) for day in days]


class DailyRebalance(Rebalance):
    """Monday to Friday, holidays included."""

    def __init__(self, start_date: datetime.datetime, end_date: datetime.datetime, pre_market: bool = False) -> None:
        self.start_date = start_date
        self.end_date = end_date
        self.market_time = "14:30:00" if pre_market else "21:00:00"
        self.rebalances = stamps("daily", None, start_date, end_date, pre_market)
