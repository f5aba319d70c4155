"""The simple moving average."""

from gridfolio import _gridfolio
from gridfolio.qstrader.signals.signal import Signal


class SMASignal(Signal):
    """The mean of the last ``lookback`` closes, or of as many as there are; NaN without any."""

    def __call__(self, asset, lookback):
        closes = self._closes(asset, lookback)
        if self._view is None:
            return _gridfolio.moving_average(closes)
        return self._view.moving_average(asset, lookback)
