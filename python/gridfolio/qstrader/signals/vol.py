"""Volatility."""

from __future__ import annotations

import datetime
from typing import Sequence

from gridfolio import _gridfolio
from gridfolio.qstrader.asset.universe.universe import Universe
from gridfolio.qstrader.signals.signal import Signal


class VolatilitySignal(Signal):
    """The standard deviation of the last ``lookback`` returns, or of as many as there are, annualised with 252
    sessions a year."""

    def __init__(self, start_dt: datetime.datetime, universe: Universe, lookbacks: Sequence[int]) -> None:
        super().__init__(start_dt, universe, [lookback + 1 for lookback in lookbacks])

    def __call__(self, asset: str, lookback: int) -> float:
        closes = self._closes(asset, lookback + 1)
        return _gridfolio.volatility(list(closes)) if self._view is None else self._view.volatility(asset, lookback)
