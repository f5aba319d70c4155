"""A universe that does not change."""

from gridfolio.qstrader.asset.universe.universe import Universe


class StaticUniverse(Universe):
    """The same assets at all times."""

    def __init__(self, asset_list):
        self.asset_list = asset_list

    def get_assets(self, dt):
        return self.asset_list
