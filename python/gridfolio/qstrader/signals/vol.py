"""Volatility."""

from gridfolio import _gridfolio
from gridfolio.qstrader.signals.signal import Signal


class VolatilitySignal(Signal):
    """The standard deviation of the last ``lookback`` returns, or of as many as there are, over 252
    sessions a year."""

    def __init__(self, start_dt, universe, lookbacks):
        super().__init__(start_dt, universe, [lookback + 1 for lookback in lookbacks])

    def __call__(self, asset, lookback):
        closes = self._closes(asset, lookback + 1)
        return _gridfolio.volatility(closes) if self._view is None else self._view.volatility(asset, lookback)
