"""A day of each week."""

from gridfolio.qstrader.system.rebalance.daily import stamps
from gridfolio.qstrader.system.rebalance.rebalance import Rebalance


class WeeklyRebalance(Rebalance):
    """The same weekday of each week, ``MON`` to ``FRI`` in any case; holidays are not known."""

    def __init__(self, start_date, end_date, weekday, pre_market=False):
        self.start_date = start_date
        self.end_date = end_date
        self.weekday = self._set_weekday(weekday)
        self.pre_market_time = "14:30:00" if pre_market else "21:00:00"
        self.rebalances = stamps("weekly", self.weekday, start_date, end_date, pre_market)

    @staticmethod
    def _set_weekday(weekday):
        weekday = weekday.upper()
        if weekday not in ("MON", "TUE", "WED", "THU", "FRI"):
            raise ValueError(
                f"Provided weekday keyword '{weekday}' is not recognised or not a valid weekday."
            )
        return weekday
