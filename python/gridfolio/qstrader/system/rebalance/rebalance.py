"""The interface of rebalance schedules."""

from __future__ import annotations

import datetime


class Rebalance:
    """A schedule.

    Attributes
    ----------
    rebalances : list of timestamp
        When the strategy decides.
    """

    rebalances: list[datetime.datetime]
