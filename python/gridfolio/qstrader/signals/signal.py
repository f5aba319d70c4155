"""The base class of signals."""

from __future__ import annotations

import datetime
from typing import Optional, Sequence, Union

import numpy as np
import numpy.typing as npt

from gridfolio._gridfolio import AsOf
from gridfolio.errors import DataError, NotCovered
from gridfolio.qstrader.asset.universe.dynamic import DynamicUniverse
from gridfolio.qstrader.asset.universe.universe import Universe
from gridfolio.qstrader.signals.buffer import AssetPriceBuffers


class Signal:
    """Base class of signals: ``__call__(asset, lookback)`` returns a number from the asset's latest prices.

    Parameters
    ----------
    start_dt : timestamp
        The start of the session.
    universe : Universe
        The universe of the session.
    lookbacks : list of int
        The lookbacks for which the signal will be called, in sessions.
    """

    def __init__(self, start_dt: datetime.datetime, universe: Universe, lookbacks: Sequence[int]) -> None:
        self.start_dt = start_dt
        self.universe = universe
        self.lookbacks = lookbacks
        self.assets = self.universe.get_assets(start_dt)
        self.buffers: Union[AssetPriceBuffers, SessionBuffers] = AssetPriceBuffers(self.assets, lookbacks=lookbacks)
        # The market as known to a running session.
        self._view: Optional[AsOf] = None

    def append(self, asset: str, price: float) -> None:
        """Adds a price. A session does this by itself."""
        self.buffers.append(asset, price)

    def update_assets(self, dt: datetime.datetime) -> None:
        """Adds the assets that have joined the universe, in the order of their declaration."""
        self.assets.extend(asset for asset in self.universe.get_assets(dt) if asset not in self.assets)

    def __call__(self, asset: str, lookback: int) -> float:
        raise NotImplementedError("Should implement __call__()")

    def _enter(self, view: AsOf, assets: list[str]) -> None:
        """Reads a session's history from now on, as of the decision."""
        self._view = view
        self.assets = assets
        self.buffers = SessionBuffers(self)

    def _closes(self, asset: str, n: int) -> Union[list[float], npt.NDArray[np.float64]]:
        """The last ``n`` closes, or fewer if there have been fewer: those of a session, or as appended."""
        view = self._view
        if view is None:
            return list(self.buffers.prices[f"{asset}_{n}"])
        if n not in self.lookbacks or asset not in self.assets:
            raise KeyError(f"{asset}_{n}")
        closes = view.closes(asset, n)
        if len(closes) < min(n, view.closes_seen) and not isinstance(self.universe, DynamicUniverse):
            raise DataError(
                f"`{asset}` has {len(closes)} closes on {view.date}, and a signal needs {n}. QSTrader would take the "
                "last price of the file, which is the future\n hint: start later, or let the asset join with a "
                "`DynamicUniverse`"
            )
        return closes


class SessionBuffers:
    """The buffers of a signal in a session: read from the engine's history, so that no price is copied
    day by day."""

    def __init__(self, signal: Signal) -> None:
        self._signal = signal
        self.lookbacks = signal.lookbacks
        self.prices = self

    @property
    def assets(self) -> list[str]:
        """The assets in the universe."""
        return self._signal.assets

    def append(self, asset: str, price: float) -> None:
        """Not covered in a session."""
        raise NotCovered("`append` of a signal is not covered in a session: the session adds every close")

    def __getitem__(self, key: str) -> list[float]:
        asset, _, lookback = key.rpartition("_")
        if not lookback.isdigit():
            raise KeyError(key)
        return [float(close) for close in self._signal._closes(asset, int(lookback))]
