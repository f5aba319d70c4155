"""The last weekday of each month."""

from __future__ import annotations

import datetime

from gridfolio.qstrader.system.rebalance.daily import stamps
from gridfolio.qstrader.system.rebalance.rebalance import Rebalance


class EndOfMonthRebalance(Rebalance):
    """The last weekday of each month, holidays included."""

    def __init__(self, start_dt: datetime.datetime, end_dt: datetime.datetime, pre_market: bool = False) -> None:
        self.start_dt = start_dt
        self.end_dt = end_dt
        self.market_time = "14:30:00" if pre_market else "21:00:00"
        self.rebalances = stamps("end_of_month", None, start_dt, end_dt, pre_market)
