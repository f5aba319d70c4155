"""The broker account at the end of a session, read-only."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from gridfolio import _gridfolio
from gridfolio.errors import NotCovered


class Broker:
    """A broker with one portfolio. It takes no orders."""

    def __init__(self, account_name: str, portfolio: Portfolio) -> None:
        self.account_id = account_name
        self.portfolios = {portfolio.portfolio_id: portfolio}

    def get_account_total_equity(self) -> dict[str, float]:
        """Equity by portfolio, and their sum under ``master``, in currency units."""
        equities = {id: portfolio.total_equity for id, portfolio in self.portfolios.items()}
        return {**equities, "master": sum(equities.values())}

    def get_portfolio_total_equity(self, portfolio_id: str) -> float:
        """Equity in currency units."""
        return self.portfolios[portfolio_id].total_equity

    def get_portfolio_cash_balance(self, portfolio_id: str) -> float:
        """Cash in currency units."""
        return self.portfolios[portfolio_id].cash

    def get_portfolio_as_dict(self, portfolio_id: str) -> dict[str, dict[str, float]]:
        """Quantity, value and profits by asset."""
        return self.portfolios[portfolio_id].portfolio_to_dict()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NotCovered(f"`{name}` of the broker is not covered: the engine places all orders")


class Portfolio:
    """Cash and positions at the end of a session, in currency units."""

    def __init__(self, portfolio_id: str, name: str, ran: _gridfolio.Session) -> None:
        positions, self.total_realised_pnl, self.total_unrealised_pnl = ran.positions()
        self.portfolio_id = portfolio_id
        self.name = name
        self.cash = ran.cash
        by_asset = {values["asset"]: SimpleNamespace(**values) for values in positions}
        for position in by_asset.values():
            position.total_pnl = position.realised_pnl + position.unrealised_pnl
        self.pos_handler = SimpleNamespace(positions=by_asset)
        # A loop, not `sum`: since Python 3.12 `sum` compensates rounding errors, which gives other bits.
        self.total_market_value = 0.0
        for position in by_asset.values():
            self.total_market_value += position.market_value
        self.total_equity: float = self.total_market_value + self.cash
        self.total_pnl = self.total_realised_pnl + self.total_unrealised_pnl

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NotCovered(f"`{name}` of the portfolio is not covered: it has only the cash and positions at the end")

    def portfolio_to_dict(self) -> dict[str, dict[str, float]]:
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
