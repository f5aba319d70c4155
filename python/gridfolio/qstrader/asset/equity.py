"""Shares and funds."""

from gridfolio.qstrader.asset.asset import Asset


class Equity(Asset):
    """A share or a fund."""

    def __init__(self, name, symbol, tax_exempt=True):
        self.cash_like = False
        self.name = name
        self.symbol = symbol
        self.tax_exempt = tax_exempt

    def __repr__(self):
        return f"Equity(name='{self.name}', symbol='{self.symbol}', tax_exempt={self.tax_exempt})"
