"""The latest prices of each asset."""

from __future__ import annotations

from collections import deque
from typing import Sequence


class AssetPriceBuffers:
    """A bounded queue of prices for each asset and lookback, under the key ``ASSET_LOOKBACK``.

    Parameters
    ----------
    assets : list of str
        The assets.
    lookbacks : list of int, optional
        The lengths of the queues.
    """

    def __init__(self, assets: list[str], lookbacks: Sequence[int] = [12]) -> None:  # noqa: B006 (QSTrader's signature)
        self.assets = assets
        self.lookbacks = lookbacks
        self.prices: dict[str, deque[float]] = {}
        for asset in assets:
            self._create(asset)

    @staticmethod
    def _asset_lookback_key(asset: str, lookback: int) -> str:
        return f"{asset}_{lookback}"

    def _create(self, asset: str) -> None:
        for lookback in self.lookbacks:
            self.prices[self._asset_lookback_key(asset, lookback)] = deque(maxlen=lookback)

    def add_asset(self, asset: str) -> None:
        """Adds queues for a new asset."""
        if asset in self.assets:
            raise ValueError(f'Unable to add asset "{asset}" since it already exists in this price buffer.')
        self._create(asset)

    def append(self, asset: str, price: float) -> None:
        """Adds a price, in currency units, to each queue of an asset."""
        if price <= 0.0:
            raise ValueError(
                f'Unable to append non-positive price of "{price:0.2f}" to metrics buffer for Asset "{asset}".'
            )
        if self._asset_lookback_key(asset, self.lookbacks[0]) not in self.prices:
            self._create(asset)
        for lookback in self.lookbacks:
            self.prices[self._asset_lookback_key(asset, lookback)].append(price)
