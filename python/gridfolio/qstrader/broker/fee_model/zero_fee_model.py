"""No fees."""

from __future__ import annotations

from typing import Any

from gridfolio.qstrader.broker.fee_model.fee_model import FeeModel


class ZeroFeeModel(FeeModel):
    """Trades cost nothing."""

    def _calc_commission(self, asset: Any, quantity: float, consideration: float, broker: Any = None) -> float:
        return 0.0

    def _calc_tax(self, asset: Any, quantity: float, consideration: float, broker: Any = None) -> float:
        return 0.0

    def calc_total_cost(self, asset: Any, quantity: float, consideration: float, broker: Any = None) -> float:
        return 0.0
