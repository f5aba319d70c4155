"""Fixed weights."""

from __future__ import annotations

import datetime
from typing import Any, Optional

from gridfolio.qstrader.alpha_model.alpha_model import AlphaModel
from gridfolio.qstrader.asset.universe.universe import Universe


class FixedSignalsAlphaModel(AlphaModel):
    """Returns the same weights at each rebalance, whatever the universe.

    Parameters
    ----------
    signal_weights : dict of str to float
        Weights by asset.
    universe, data_handler : optional
        Accepted and not used, as in QSTrader.
    """

    def __init__(
        self, signal_weights: dict[str, float], universe: Optional[Universe] = None, data_handler: Any = None
    ) -> None:
        self.signal_weights = signal_weights
        self.universe = universe
        self.data_handler = data_handler

    def __call__(self, dt: datetime.datetime) -> dict[str, float]:
        return self.signal_weights
