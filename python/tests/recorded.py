"""Runs a script, under gridfolio or under QSTrader itself, and records every session that it runs.

    python [-m gridfolio.qstrader] recorded.py OUT SCRIPT [args]

Floats are written so that reading them gives the same doubles.
"""

import json
import os
import runpy
import sys

import qstrader.trading.backtest as trading
from qstrader.statistics.json_statistics import JSONStatistics

sessions = []
run = trading.BacktestTradingSession.run


def recorded(session, *args, **kwargs):
    run(session, *args, **kwargs)
    sessions.append(session)


def positions(portfolio):
    names = (
        "net_quantity market_value unrealised_pnl realised_pnl total_pnl current_price avg_price buy_quantity "
        "sell_quantity avg_bought avg_sold buy_commission sell_commission"
    ).split()
    return {
        asset: {name: float(getattr(position, name)) for name in names}
        for asset, position in portfolio.pos_handler.positions.items()
    }


def plain(value):
    """A value as JSON, with NaN and infinities as strings, as in the goldens."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int) or hasattr(value, "item") and isinstance(value.item(), int):
        return int(value)
    value = float(value)
    if value != value:
        return "NaN"
    return value if abs(value) != float("inf") else "Infinity" if value > 0 else "-Infinity"


def result(session):
    """The equity curve, weights, schedule, account and statistics of a session."""
    curve = session.get_equity_curve()
    portfolio = session.broker.portfolios[session.portfolio_id]
    allocations = session.get_target_allocations() if session.target_allocations else None
    statistics = None
    if allocations is not None:
        statistics = JSONStatistics(equity_curve=curve.copy(), target_allocations=allocations).statistics["strategy"]
    return {
        "module": trading.__file__,
        "equity_curve": [[str(day), float(value)] for day, value in zip(curve.index, curve["Equity"])],
        "target_allocations_raw": [
            {("dt" if key == "Date" else key): (str(v) if key == "Date" else float(v)) for key, v in row.items()}
            for row in session.target_allocations
        ],
        "rebalances": [str(dt) for dt in session.rebalance_schedule],
        "final": {
            "cash": float(portfolio.cash),
            "equity": float(portfolio.total_equity),
            "realised": float(portfolio.total_realised_pnl),
            "unrealised": float(portfolio.total_unrealised_pnl),
            "positions": positions(portfolio),
        },
        "stats": statistics,
    }


if __name__ == "__main__":
    out, script = os.path.abspath(sys.argv[1]), sys.argv[2]
    sys.argv = sys.argv[2:]
    sys.path.insert(0, os.path.dirname(os.path.abspath(script)))
    trading.BacktestTradingSession.run = recorded
    runpy.run_path(script, run_name="__main__")
    with open(out, "w") as file:
        json.dump([plain(result(session)) for session in sessions], file)
