"""What all signals are."""

from gridfolio.errors import DataError
from gridfolio.qstrader.asset.universe.dynamic import DynamicUniverse
from gridfolio.qstrader.signals.buffer import AssetPriceBuffers, SessionBuffers


class Signal:
    """A number per asset, from its last prices. Derive from it and write ``__call__(asset, lookback)``."""

    def __init__(self, start_dt, universe, lookbacks):
        self.start_dt = start_dt
        self.universe = universe
        self.lookbacks = lookbacks
        self.assets = self.universe.get_assets(start_dt)
        self.buffers = AssetPriceBuffers(self.assets, lookbacks=lookbacks)
        # What a running session knows.
        self._view = None

    def append(self, asset, price):
        """Adds a price by hand; a session does it by itself."""
        self.buffers.append(asset, price)

    def update_assets(self, dt):
        """Adds the assets that have joined the universe, in the order of their declaration."""
        self.assets.extend(asset for asset in self.universe.get_assets(dt) if asset not in self.assets)

    def __call__(self, asset, lookback):
        raise NotImplementedError("Should implement __call__()")

    def _enter(self, view, assets):
        """Looks at a session's history, as of now."""
        self._view = view
        self.assets = assets
        self.buffers = SessionBuffers(self, view)

    def _window(self, asset, n):
        """The last `n` closes in a session, fewer when there have been fewer."""
        closes = self._view.closes(asset, n)
        if len(closes) < min(n, self._view.closes_seen) and not isinstance(self.universe, DynamicUniverse):
            raise DataError(
                f"`{asset}` has no price so far back: {n} closes are asked for on {self._view.date}, and it has "
                f"{len(closes)}. QSTrader would take the last price of the file, which is the future\n hint: "
                "start later, or let it join with a DynamicUniverse"
            )
        return closes

    def _closes(self, asset, n):
        """The last `n` closes, in a session or as appended by hand."""
        if self._view is not None and (n not in self.lookbacks or asset not in self.assets):
            raise KeyError(f"{asset}_{n}")
        if self._view is not None:
            return self._window(asset, n)
        return list(self.buffers.prices[f"{asset}_{n}"])
