"""Cash."""

from __future__ import annotations

from gridfolio.qstrader.asset.asset import Asset


class Cash(Asset):
    """Cash in a currency."""

    def __init__(self, currency: str = "USD") -> None:
        self.cash_like = True
        self.currency = currency
