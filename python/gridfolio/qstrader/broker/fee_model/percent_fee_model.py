"""Fees proportional to the traded value."""

from __future__ import annotations

from typing import Any

from gridfolio.qstrader.broker.fee_model.fee_model import FeeModel


class PercentFeeModel(FeeModel):
    """Commission and tax as fractions of the traded value.

    Parameters
    ----------
    commission_pct, tax_pct : float, optional
        Fractions, whatever the names say: 0.001 is ten basis points.
    """

    def __init__(self, commission_pct: float = 0.0, tax_pct: float = 0.0) -> None:
        self.commission_pct = commission_pct
        self.tax_pct = tax_pct

    def _calc_commission(self, asset: Any, quantity: float, consideration: float, broker: Any = None) -> float:
        return self.commission_pct * abs(consideration)

    def _calc_tax(self, asset: Any, quantity: float, consideration: float, broker: Any = None) -> float:
        return self.tax_pct * abs(consideration)

    def calc_total_cost(self, asset: Any, quantity: float, consideration: float, broker: Any = None) -> float:
        commission = self._calc_commission(asset, quantity, consideration, broker)
        return commission + self._calc_tax(asset, quantity, consideration, broker)
