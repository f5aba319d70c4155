"""Signals by name."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from gridfolio.qstrader.signals.signal import Signal

if TYPE_CHECKING:
    from gridfolio.qstrader.data.backtest_data_handler import BacktestDataHandler


class SignalsCollection:
    """The signals of a strategy.

    Parameters
    ----------
    signals : dict of str to Signal
        Signals by name.
    data_handler : BacktestDataHandler
        The source of prices for ``update``.

    Attributes
    ----------
    warmup : int
        The number of closes that the signals have received.
    """

    def __init__(self, signals: dict[str, Signal], data_handler: BacktestDataHandler) -> None:
        self.signals = signals
        self.data_handler = data_handler
        self.warmup = 0

    def __getitem__(self, signal: str) -> Signal:
        return self.signals[signal]

    def update(self, dt: datetime.datetime) -> None:
        """Adds the price at ``dt`` to each signal. A session does this by itself."""
        for signal in self.signals.values():
            signal.update_assets(dt)
        for signal in self.signals.values():
            for asset in signal.assets:
                signal.append(asset, self.data_handler.get_asset_latest_mid_price(dt, asset))
        self.warmup += 1
