"""A universe that assets join."""

from gridfolio.qstrader.asset.universe.universe import Universe


class DynamicUniverse(Universe):
    """Assets with the date from which each is there; never, where that is None."""

    def __init__(self, asset_dates):
        self.asset_dates = asset_dates

    def get_assets(self, dt):
        dates = self.asset_dates.items()
        return [asset for asset, date in dates if date is not None and dt >= date]
