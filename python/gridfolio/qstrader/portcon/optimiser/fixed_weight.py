"""Unchanged weights."""

from __future__ import annotations

import datetime
from typing import Any, Mapping

from gridfolio.qstrader.portcon.optimiser.optimiser import PortfolioOptimiser


class FixedWeightPortfolioOptimiser(PortfolioOptimiser):
    """Returns the weights unchanged."""

    def __init__(self, data_handler: Any = None) -> None:
        self.data_handler = data_handler

    def __call__(self, dt: datetime.datetime, initial_weights: Mapping[str, float]) -> Mapping[str, float]:
        return initial_weights
