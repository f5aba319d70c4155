"""A universe that assets join over time."""

from __future__ import annotations

import datetime
from typing import Mapping, Optional

from gridfolio.qstrader.asset.universe.universe import Universe


class DynamicUniverse(Universe):
    """Assets that join at given times.

    Parameters
    ----------
    asset_dates : dict of str to timestamp or None
        The time at which each asset joins; ``None`` for an asset that never does.
    """

    def __init__(self, asset_dates: Mapping[str, Optional[datetime.datetime]]) -> None:
        self.asset_dates = asset_dates

    def get_assets(self, dt: datetime.datetime) -> list[str]:
        dates = self.asset_dates.items()
        return [asset for asset, date in dates if date is not None and dt >= date]
