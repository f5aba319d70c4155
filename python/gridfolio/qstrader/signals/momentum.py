"""Momentum: the return over a holding period."""

from gridfolio import _gridfolio
from gridfolio.qstrader.signals.signal import Signal


class MomentumSignal(Signal):
    """The return over the last ``lookback`` sessions, or over as many as there are."""

    def __init__(self, start_dt, universe, lookbacks):
        super().__init__(start_dt, universe, [lookback + 1 for lookback in lookbacks])

    def __call__(self, asset, lookback):
        closes = self._closes(asset, lookback + 1)
        return _gridfolio.momentum(closes) if self._view is None else self._view.momentum(asset, lookback)
