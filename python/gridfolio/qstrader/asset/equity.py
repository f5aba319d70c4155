"""Shares and funds."""

from __future__ import annotations

from gridfolio.qstrader.asset.asset import Asset


class Equity(Asset):
    """A share or a fund."""

    def __init__(self, name: str, symbol: str, tax_exempt: bool = True) -> None:
        self.cash_like = False
        self.name = name
        self.symbol = symbol
        self.tax_exempt = tax_exempt

    def __repr__(self) -> str:
        return f"Equity(name='{self.name}', symbol='{self.symbol}', tax_exempt={self.tax_exempt})"
