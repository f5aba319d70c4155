"""Signals by name."""


class SignalsCollection:
    """The signals of a strategy. ``warmup`` counts the closes that they have seen."""

    def __init__(self, signals, data_handler):
        self.signals = signals
        self.data_handler = data_handler
        self.warmup = 0

    def __getitem__(self, signal):
        return self.signals[signal]

    def update(self, dt):
        """Shows a close to each signal by hand; a session does it by itself."""
        for signal in self.signals.values():
            signal.update_assets(dt)
        for signal in self.signals.values():
            for asset in signal.assets:
                signal.append(asset, self.data_handler.get_asset_latest_mid_price(dt, asset))
        self.warmup += 1
