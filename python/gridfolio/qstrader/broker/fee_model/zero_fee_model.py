"""No fees."""

from gridfolio.qstrader.broker.fee_model.fee_model import FeeModel


class ZeroFeeModel(FeeModel):
    """Trading costs nothing."""

    def _calc_commission(self, asset, quantity, consideration, broker=None):
        return 0.0

    def _calc_tax(self, asset, quantity, consideration, broker=None):
        return 0.0

    def calc_total_cost(self, asset, quantity, consideration, broker=None):
        """Currency units: none."""
        return 0.0
