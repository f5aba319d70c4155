"""Weights as they are."""

from gridfolio.qstrader.portcon.optimiser.optimiser import PortfolioOptimiser


class FixedWeightPortfolioOptimiser(PortfolioOptimiser):
    """Returns the weights it is given."""

    def __init__(self, data_handler=None):
        self.data_handler = data_handler

    def __call__(self, dt, initial_weights):
        return initial_weights
