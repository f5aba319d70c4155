"""The same weights at each rebalance."""

from gridfolio.qstrader.alpha_model.alpha_model import AlphaModel


class FixedSignalsAlphaModel(AlphaModel):
    """Returns its dict of weights whatever the universe says."""

    def __init__(self, signal_weights, universe=None, data_handler=None):
        self.signal_weights = signal_weights
        self.universe = universe
        self.data_handler = data_handler

    def __call__(self, dt):
        return self.signal_weights
