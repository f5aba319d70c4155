"""A single rebalance at the start."""

from __future__ import annotations

import datetime

from gridfolio.qstrader._time import DAY, seconds, timestamp
from gridfolio.qstrader.system.rebalance.rebalance import Rebalance


class BuyAndHoldRebalance(Rebalance):
    """The start; if that is on a weekend, the following Monday at the same time of day."""

    def __init__(self, start_dt: datetime.datetime) -> None:
        self.start_dt = start_dt
        self.rebalances = self._generate_rebalances()

    def _is_business_day(self) -> bool:
        return self.start_dt.weekday() < 5

    def _generate_rebalances(self) -> list[datetime.datetime]:
        if self._is_business_day():
            return [self.start_dt]
        return [timestamp(seconds(self.start_dt) + DAY * (7 - self.start_dt.weekday()))]
