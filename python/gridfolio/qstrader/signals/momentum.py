"""The return over a lookback."""

from __future__ import annotations

import datetime
from typing import Sequence

from gridfolio import _gridfolio
from gridfolio.qstrader.asset.universe.universe import Universe
from gridfolio.qstrader.signals.signal import Signal


class MomentumSignal(Signal):
    """The return over the last ``lookback`` sessions, or over as many as there are."""

    def __init__(self, start_dt: datetime.datetime, universe: Universe, lookbacks: Sequence[int]) -> None:
        super().__init__(start_dt, universe, [lookback + 1 for lookback in lookbacks])

    def __call__(self, asset: str, lookback: int) -> float:
        closes = self._closes(asset, lookback + 1)
        return _gridfolio.momentum(list(closes)) if self._view is None else self._view.momentum(asset, lookback)
