"""The interface of risk models."""


class RiskModel:
    """To derive from. QSTrader 0.3.0's session accepts a risk model and never calls it; so does this
    one."""

    def __call__(self, dt, weights):
        raise NotImplementedError("Should implement __call__()")
