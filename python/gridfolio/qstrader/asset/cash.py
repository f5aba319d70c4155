"""Cash."""

from gridfolio.qstrader.asset.asset import Asset


class Cash(Asset):
    """Cash of a currency."""

    def __init__(self, currency="USD"):
        self.cash_like = True
        self.currency = currency
