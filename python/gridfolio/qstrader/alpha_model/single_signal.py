"""The same signal for each asset."""

from __future__ import annotations

import datetime
from typing import Any

from gridfolio.qstrader.alpha_model.alpha_model import AlphaModel
from gridfolio.qstrader.asset.universe.universe import Universe


class SingleSignalAlphaModel(AlphaModel):
    """Returns the same signal for each asset of the universe.

    Parameters
    ----------
    universe : Universe
        The assets.
    signal : float, optional
        The signal.
    data_handler : optional
        Accepted and not used, as in QSTrader.
    """

    def __init__(self, universe: Universe, signal: float = 1.0, data_handler: Any = None) -> None:
        self.universe = universe
        self.signal = signal
        self.data_handler = data_handler

    def __call__(self, dt: datetime.datetime) -> dict[str, float]:
        return {asset: self.signal for asset in self.universe.get_assets(dt)}
