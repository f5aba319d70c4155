"""Equal weights."""

from __future__ import annotations

import datetime
from typing import Any, Mapping

from gridfolio.qstrader.portcon.optimiser.optimiser import PortfolioOptimiser


class EqualWeightPortfolioOptimiser(PortfolioOptimiser):
    """Returns equal weights for all assets that have a weight, zero weights included.

    Parameters
    ----------
    scale : float, optional
        The sum of the weights.
    data_handler : optional
        Accepted and not used, as in QSTrader.
    """

    def __init__(self, scale: float = 1.0, data_handler: Any = None) -> None:
        self.scale = scale
        self.data_handler = data_handler

    def __call__(self, dt: datetime.datetime, initial_weights: Mapping[str, float]) -> dict[str, float]:
        weight = self.scale * (1.0 / float(len(initial_weights)))
        return {asset: weight for asset in initial_weights}
