"""Equal weights."""

from gridfolio.qstrader.portcon.optimiser.optimiser import PortfolioOptimiser


class EqualWeightPortfolioOptimiser(PortfolioOptimiser):
    """The same weight for every asset named, zero weights too; they sum to ``scale``."""

    def __init__(self, scale=1.0, data_handler=None):
        self.scale = scale
        self.data_handler = data_handler

    def __call__(self, dt, initial_weights):
        weight = self.scale * (1.0 / float(len(initial_weights)))
        return {asset: weight for asset in initial_weights}
