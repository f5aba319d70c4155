"""The account at the end of a session, to look at."""

from types import SimpleNamespace

from gridfolio.errors import NotCovered


class Broker:
    """Has one portfolio. Nothing can be ordered from it."""

    def __init__(self, session, ran):
        self.account_id = session.account_name
        self.portfolios = {session.portfolio_id: Portfolio(session, ran)}

    def get_account_total_equity(self):
        """Equity by portfolio, and of all of them under ``master``, in currency units."""
        equities = {id: portfolio.total_equity for id, portfolio in self.portfolios.items()}
        return {**equities, "master": sum(equities.values())}

    def get_portfolio_total_equity(self, portfolio_id):
        """Currency units."""
        return self.portfolios[portfolio_id].total_equity

    def get_portfolio_cash_balance(self, portfolio_id):
        """Currency units."""
        return self.portfolios[portfolio_id].cash

    def get_portfolio_as_dict(self, portfolio_id):
        """Quantity, value and profits by asset."""
        return self.portfolios[portfolio_id].portfolio_to_dict()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise NotCovered(f"`{name}` of the broker is not covered: orders are the engine's")


class Portfolio:
    """Cash and positions at the end, in currency units."""

    def __init__(self, session, ran):
        positions, self.total_realised_pnl, self.total_unrealised_pnl = ran.positions()
        self.portfolio_id = session.portfolio_id
        self.name = session.portfolio_name
        self.cash = ran.cash
        positions = {told["asset"]: SimpleNamespace(**told) for told in positions}
        for position in positions.values():
            position.total_pnl = position.realised_pnl + position.unrealised_pnl
        self.pos_handler = SimpleNamespace(positions=positions)
        # One after another: Python's `sum` is a better one since 3.12, and gives other bits.
        self.total_market_value = 0.0
        for position in positions.values():
            self.total_market_value += position.market_value
        self.total_equity = self.total_market_value + self.cash
        self.total_pnl = self.total_realised_pnl + self.total_unrealised_pnl

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise NotCovered(f"`{name}` of the portfolio is not covered: there are its cash and its positions at the end")

    def portfolio_to_dict(self):
        """Quantity, value and profits by asset."""
        return {
            asset: {
                "quantity": position.net_quantity,
                "market_value": position.market_value,
                "unrealised_pnl": position.unrealised_pnl,
                "realised_pnl": position.realised_pnl,
                "total_pnl": position.total_pnl,
            }
            for asset, position in self.pos_handler.positions.items()
        }
