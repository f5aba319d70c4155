"""The events of a session as QSTrader prints them."""

from __future__ import annotations

import sys
from typing import Mapping, Sequence, Union

from gridfolio import _gridfolio
from gridfolio.qstrader._time import CLOSE, DAY, OPEN, date

_UTC = "+00:00"

#: An order: its asset and quantity.
Order = tuple[str, float]


def print_events(
    ran: _gridfolio.Session, initial_cash: float, decisions: Sequence[tuple[int, Mapping[str, float]]]
) -> None:
    """Writes the events of a completed session to the standard output, word for word as QSTrader."""
    submitted = _orders(ran)
    weights = dict(decisions)
    fills: dict[int, list[tuple[str, float, float, float, float]]] = {}
    for second, asset, quantity, price, commission, cash in ran.trades():
        fills.setdefault(second, []).append((asset, quantity, price, commission, cash))
    lines = ["Beginning backtest simulation..."]
    account = _Account(initial_cash)
    for day in ran.simulated_days().tolist():
        on = date(day).isoformat()
        for time, second, event in (
            (f"({on} 14:30:00{_UTC})", day * DAY + OPEN, "market_open"),
            (f"({on} 21:00:00{_UTC})", day * DAY + CLOSE, "market_close"),
        ):
            lines.append(f"{time} - {event}")
            decides, executes = second in weights, second in fills
            if not (decides or executes):
                continue
            if decides:
                lines.append(f"{time} - trading logic and rebalance")
                lines.append(f"{time} - target weights: {weights[second]}")
            # A buy-and-hold that decides at an open executes each order as it is submitted.
            if executes and decides:
                for fill in fills[second]:
                    asset, quantity = fill[:2]
                    lines.append(f"{time} - submitted order: {asset}, qty: {account.quantity(asset, quantity)}")
                    lines += account.executed(time, *fill)
                continue
            for fill in fills.get(second, []):
                lines += account.executed(time, *fill)
            if decides:
                for asset, quantity in submitted.get(second, []):
                    lines.append(f"{time} - submitted order: {asset}, qty: {account.quantity(asset, quantity)}")
    lines.append("Ending backtest simulation.\n")
    sys.stdout.write("\n".join(lines))


def _orders(ran: _gridfolio.Session) -> dict[int, list[Order]]:
    """The orders of each decision, filled later or never, sorted by asset."""
    times = sorted({second for second, *_ in ran.trades()})
    decided = [second for second, _ in ran.decisions()]
    orders: dict[int, list[Order]] = {}
    at = 0
    by_time: dict[int, list[Order]] = {}
    for second, asset, quantity, *_ in ran.trades():
        by_time.setdefault(second, []).append((asset, quantity))
    for second in times:
        while at + 1 < len(decided) and decided[at + 1] < second:
            at += 1
        orders[decided[at]] = sorted(by_time[second])
    if ran.open_orders():
        orders[decided[-1]] = ran.open_orders()
    return orders


class _Account:
    """Cash and shares after each event."""

    def __init__(self, cash: float) -> None:
        self.cash = cash
        self.shares: dict[str, Union[int, float]] = {}

    def quantity(self, asset: str, quantity: float) -> Union[int, float]:
        """A quantity as QSTrader prints it: a whole number until the first sale of a position."""
        return quantity if isinstance(self.shares.get(asset, 0), float) else int(quantity)

    def executed(self, time: str, asset: str, quantity: float, price: float, commission: float, cash: float) -> list[str]:
        """The lines about one trade; ``cash`` is what it leaves."""
        shown, held = self.quantity(asset, quantity), self.shares.get(asset, 0) + quantity
        if held == 0:
            self.shares.pop(asset, None)
        else:
            is_float = quantity < 0 or isinstance(self.shares.get(asset), float)
            self.shares[asset] = float(held) if is_float else int(held)
        consideration, cost = round(price * quantity), price * quantity + commission
        lines = []
        if consideration + commission > self.cash:
            lines.append(
                f"WARNING: Estimated transaction size of {consideration + commission:0.2f} exceeds available cash "
                f"of {self.cash:0.2f}. Transaction will still occur with a negative cash balance."
            )
        if cost > self.cash:
            lines.append(
                "WARNING: Not enough cash in the portfolio to carry out transaction. Transaction cost of "
                f"{cost} exceeds remaining cash of {self.cash}. Transaction will proceed with a negative cash balance."
            )
        self.cash = cash
        total = consideration + commission
        lines.append(
            f"{time} - executed order: {asset}, qty: {shown}, price: {price:0.2f}, consideration: "
            f"{consideration:0.2f}, commission: {commission:0.2f}, total: {total:0.2f}"
        )
        return lines
