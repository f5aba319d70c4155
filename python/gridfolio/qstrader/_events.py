"""What QSTrader tells of a run on the standard output, after the run."""

import sys

from gridfolio.qstrader._time import CLOSE, DAY, OPEN, date

_UTC = "+00:00"


def tell(session, ran):
    """Writes the events of a run, in QSTrader's words."""
    submitted = _orders(ran)
    weights = dict(session._full_weights())
    fills = {}
    for second, *fill in ran.trades():
        fills.setdefault(second, []).append(fill)
    lines = ["Beginning backtest simulation..."]
    account = _Account(session.initial_cash)
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
                decision = [f"{time} - trading logic and rebalance", f"{time} - target weights: {weights[second]}"]
                lines += decision
            # At an open of its own, a buy-and-hold executes each order as it is submitted.
            if executes and decides:
                for fill in fills[second]:
                    lines.append(f"{time} - submitted order: {fill[0]}, qty: {account.quantity(*fill[:2])}")
                    lines += account.executed(time, *fill)
                continue
            for fill in fills.get(second, []):
                lines += account.executed(time, *fill)
            if decides:
                for asset, quantity in submitted.get(second, []):
                    lines.append(f"{time} - submitted order: {asset}, qty: {account.quantity(asset, quantity)}")
    lines.append("Ending backtest simulation.\n")
    sys.stdout.write("\n".join(lines))


def _orders(ran):
    """The orders of each decision that were filled later, or never, by asset."""
    times = sorted({second for second, *_ in ran.trades()})
    decided = [second for second, _ in ran.decisions()]
    orders, at = {}, 0
    by_time = {}
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
    """Cash and shares as the run goes on."""

    def __init__(self, cash):
        self.cash = cash
        self.shares = {}

    def quantity(self, asset, quantity):
        """Shares as QSTrader writes them: whole numbers until the first sale of a position."""
        return quantity if isinstance(self.shares.get(asset, 0), float) else int(quantity)

    def executed(self, time, asset, quantity, price, commission, cash):
        """The lines about one trade, after which there is `cash`."""
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
