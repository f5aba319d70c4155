"""The interface of optimisers."""


class PortfolioOptimiser:
    """Turns weights into target weights."""

    def __call__(self, dt, initial_weights):
        raise NotImplementedError("Should implement __call__()")
