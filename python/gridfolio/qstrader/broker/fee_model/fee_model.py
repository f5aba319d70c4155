"""The interface of fee models."""


class FeeModel:
    """Knows what a trade costs."""

    def _calc_commission(self, asset, quantity, consideration, broker=None):
        raise NotImplementedError("Should implement _calc_commission()")

    def _calc_tax(self, asset, quantity, consideration, broker=None):
        raise NotImplementedError("Should implement _calc_tax()")

    def calc_total_cost(self, asset, quantity, consideration, broker=None):
        raise NotImplementedError("Should implement calc_total_cost()")
