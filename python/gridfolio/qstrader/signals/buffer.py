"""The last prices of each asset."""

from collections import deque


class AssetPriceBuffers:
    """A bounded queue of prices for each asset and lookback, under the key ``ASSET_LOOKBACK``."""

    def __init__(self, assets, lookbacks=[12]):  # noqa: B006 (QSTrader's signature)
        self.assets = assets
        self.lookbacks = lookbacks
        self.prices = {}
        for asset in assets:
            self._create(asset)

    @staticmethod
    def _asset_lookback_key(asset, lookback):
        return f"{asset}_{lookback}"

    def _create(self, asset):
        for lookback in self.lookbacks:
            self.prices[self._asset_lookback_key(asset, lookback)] = deque(maxlen=lookback)

    def add_asset(self, asset):
        """Adds queues for an asset that has none."""
        if asset in self.assets:
            raise ValueError(f'Unable to add asset "{asset}" since it already exists in this price buffer.')
        self._create(asset)

    def append(self, asset, price):
        """Adds a price, in currency units, to each queue of an asset."""
        if price <= 0.0:
            raise ValueError(
                f'Unable to append non-positive price of "{price:0.2f}" to metrics buffer for Asset "{asset}".'
            )
        if self._asset_lookback_key(asset, self.lookbacks[0]) not in self.prices:
            self._create(asset)
        for lookback in self.lookbacks:
            self.prices[self._asset_lookback_key(asset, lookback)].append(price)


class SessionBuffers:
    """The same, in a session: the queues are looked up in the engine's history when they are asked
    for, so nothing is copied day by day."""

    def __init__(self, signal, view):
        self._signal = signal
        self._view = view
        self.lookbacks = signal.lookbacks
        self.prices = self

    @property
    def assets(self):
        return self._signal.assets

    def __getitem__(self, key):
        asset, _, lookback = key.rpartition("_")
        if not lookback.isdigit() or int(lookback) not in self.lookbacks or asset not in self.assets:
            raise KeyError(key)
        return self._signal._window(asset, int(lookback)).tolist()
