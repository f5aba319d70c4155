"""One number for every asset of the universe."""

from gridfolio.qstrader.alpha_model.alpha_model import AlphaModel


class SingleSignalAlphaModel(AlphaModel):
    """Gives the same signal to each asset of the universe."""

    def __init__(self, universe, signal=1.0, data_handler=None):
        self.universe = universe
        self.signal = signal
        self.data_handler = data_handler

    def __call__(self, dt):
        return {asset: self.signal for asset in self.universe.get_assets(dt)}
