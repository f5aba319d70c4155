"""The interface of fee models."""

from __future__ import annotations

from typing import Any


class FeeModel:
    """The cost of a trade, in currency units."""

    def _calc_commission(self, asset: Any, quantity: float, consideration: float, broker: Any = None) -> float:
        raise NotImplementedError("Should implement _calc_commission()")

    def _calc_tax(self, asset: Any, quantity: float, consideration: float, broker: Any = None) -> float:
        raise NotImplementedError("Should implement _calc_tax()")

    def calc_total_cost(self, asset: Any, quantity: float, consideration: float, broker: Any = None) -> float:
        """Commission and tax of a trade, in currency units."""
        raise NotImplementedError("Should implement calc_total_cost()")
