"""Fees that are fractions of what is traded."""

from gridfolio.qstrader.broker.fee_model.fee_model import FeeModel


class PercentFeeModel(FeeModel):
    """Commission and tax as fractions: 0.001 is ten basis points."""

    def __init__(self, commission_pct=0.0, tax_pct=0.0):
        self.commission_pct = commission_pct
        self.tax_pct = tax_pct

    def _calc_commission(self, asset, quantity, consideration, broker=None):
        return self.commission_pct * abs(consideration)

    def _calc_tax(self, asset, quantity, consideration, broker=None):
        return self.tax_pct * abs(consideration)

    def calc_total_cost(self, asset, quantity, consideration, broker=None):
        """Currency units."""
        commission = self._calc_commission(asset, quantity, consideration, broker)
        return commission + self._calc_tax(asset, quantity, consideration, broker)
