"""One weekday of each week."""

from __future__ import annotations

import datetime

from gridfolio.qstrader.system.rebalance.daily import stamps
from gridfolio.qstrader.system.rebalance.rebalance import Rebalance


class WeeklyRebalance(Rebalance):
    """The same weekday of each week, ``MON`` to ``FRI`` in any case, holidays included."""

    def __init__(
        self, start_date: datetime.datetime, end_date: datetime.datetime, weekday: str, pre_market: bool = False
    ) -> None:
        self.start_date = start_date
        self.end_date = end_date
        self.weekday = self._set_weekday(weekday)
        self.pre_market_time = "14:30:00" if pre_market else "21:00:00"
        self.rebalances = stamps("weekly", self.weekday, start_date, end_date, pre_market)

    @staticmethod
    def _set_weekday(weekday: str) -> str:
        weekday = weekday.upper()
        if weekday not in ("MON", "TUE", "WED", "THU", "FRI"):
            raise ValueError(
                f"Provided weekday keyword '{weekday}' is not recognised or not a valid weekday."
            )
        return weekday
