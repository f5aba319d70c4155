"""A universe of fixed assets."""

from __future__ import annotations

import datetime

from gridfolio.qstrader.asset.universe.universe import Universe


class StaticUniverse(Universe):
    """The same assets at all times.

    Parameters
    ----------
    asset_list : list of str
        The assets, such as ``EQ:SPY``.
    """

    def __init__(self, asset_list: list[str]) -> None:
        self.asset_list = asset_list

    def get_assets(self, dt: datetime.datetime) -> list[str]:
        return self.asset_list
