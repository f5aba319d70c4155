"""The simple moving average."""

from __future__ import annotations

from gridfolio import _gridfolio
from gridfolio.qstrader.signals.signal import Signal


class SMASignal(Signal):
    """The mean of the last ``lookback`` closes, or of as many as there are; NaN without closes."""

    def __call__(self, asset: str, lookback: int) -> float:
        closes = self._closes(asset, lookback)
        return _gridfolio.moving_average(list(closes)) if self._view is None else self._view.moving_average(asset, lookback)
