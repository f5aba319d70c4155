#!/usr/bin/env python3
"""Runs QSTrader 0.3.0 on the cases of `cases.toml` and writes what it does to `goldens.json`.

    python3 -m venv venv && venv/bin/pip install qstrader==0.3.0 pandas==2.3.3 numpy==2.4.6 pytz
    TZ=UTC PYTHONHASHSEED=0 venv/bin/python make.py

The prices are made here, too, with whole numbers only, so that they are the same everywhere. Their
decimals have few digits: pandas 2 and 3 read them alike.
"""
import datetime
import json
import math
import operator
import pathlib
import tomllib
import warnings

warnings.simplefilter("ignore")

import pandas as pd
import pytz
from qstrader import settings
from qstrader.alpha_model.alpha_model import AlphaModel
from qstrader.alpha_model.fixed_signals import FixedSignalsAlphaModel
from qstrader.alpha_model.single_signal import SingleSignalAlphaModel
from qstrader.asset.equity import Equity
from qstrader.asset.universe.dynamic import DynamicUniverse
from qstrader.asset.universe.static import StaticUniverse
from qstrader.broker.fee_model.percent_fee_model import PercentFeeModel
from qstrader.broker.fee_model.zero_fee_model import ZeroFeeModel
from qstrader.broker.portfolio.portfolio import Portfolio
from qstrader.data.backtest_data_handler import BacktestDataHandler
from qstrader.data.daily_bar_csv import CSVDailyBarDataSource
from qstrader.portcon.optimiser.equal_weight import EqualWeightPortfolioOptimiser
from qstrader.risk_model.risk_model import RiskModel
from qstrader.signals.momentum import MomentumSignal
from qstrader.signals.signals_collection import SignalsCollection
from qstrader.signals.sma import SMASignal
from qstrader.signals.vol import VolatilitySignal
from qstrader.statistics.json_statistics import JSONStatistics
from qstrader.trading.backtest import BacktestTradingSession

HERE = pathlib.Path(__file__).parent
PRICES = HERE / "prices"
SERIES = {"equity_curve", "returns", "cum_returns", "drawdowns", "target_allocations"}
HOLIDAYS = {"2020-01-20", "2020-02-17", "2020-04-10", "2020-05-25", "2020-07-03", "2020-09-07", "2020-11-26"}

# Symbol: first price in units of the last decimal, decimals, largest change per day in basis points
# of each of four draws, drift in basis points.
ASSETS = {
    "ALPHA": (10000, 2, 60, 4),
    "BRAVO": (5000, 2, 120, 2),
    "CHARLIE": (25000, 2, 40, -3),
    "DIVIDEND": (8000, 2, 70, 3),
    "ENTRANT": (3000, 2, 100, 6),
    "GAPS": (7000, 2, 90, 0),
    "BLANKS": (4500, 2, 80, 1),
    "FLAT": (10000, 2, 0, 0),
    "FLATTER": (10000, 2, 0, 0),
    "PENNY": (5120, 4, 250, 5),
    "DEAR": (15000000, 2, 50, 3),
}


class Random:
    """A linear congruential generator; its upper bits."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % n


def sessions():
    day, days = datetime.date(2020, 1, 2), []
    while day.year == 2020:
        if day.weekday() < 5 and str(day) not in HOLIDAYS:
            days.append(day)
        day += datetime.timedelta(days=1)
    return days


def make_prices():
    PRICES.mkdir(exist_ok=True)
    for number, (symbol, (first, decimals, spread, drift)) in enumerate(ASSETS.items()):
        random, close, lines = Random(number + 1), first, ["Date,Open,Close,Adj Close"]
        text = lambda price: f"{price // 10**decimals}.{price % 10**decimals:0{decimals}d}"
        for row, day in enumerate(sessions()):
            step = lambda size: sum(random.below(2 * size + 1) - size for _ in range(4))
            open_ = max(1, close * (10000 + step(spread // 4)) // 10000)
            close = max(1, close * (10000 + drift + step(spread)) // 10000)
            # Two dividends: prices before them are lowered by one percent each.
            factor = 10000 - 100 * ((row < 60) + (row < 180)) if symbol == "DIVIDEND" else 10000
            adjusted = f"{close * factor // 10**decimals // 10000}.{close * factor % 10**(decimals + 4):0{decimals + 4}d}"
            adjusted = adjusted if factor != 10000 else text(close)
            cells = [text(open_), text(close), adjusted]
            if symbol == "ENTRANT" and day < datetime.date(2020, 6, 15):
                continue
            if symbol == "GAPS" and (row % 17 == 5 or 100 <= row < 108):
                continue
            if symbol == "BLANKS" and row % 13 == 6:
                cells = ["", "", ""]
            lines.append(",".join([str(day), *cells]))
        (PRICES / f"{symbol}.csv").write_text("\n".join(lines) + "\n")


def moment(value, clock):
    if isinstance(value, datetime.datetime):
        return pd.Timestamp(value.astimezone(datetime.timezone.utc)).tz_convert(pytz.UTC)
    return pd.Timestamp(f"{value} {clock}", tz=pytz.UTC)


def named(weights):
    return {f"EQ:{symbol}": weight for symbol, weight in weights.items()}


class Model(AlphaModel):
    """The models that gridfolio can name and QSTrader leaves to its users."""

    def __init__(self, alpha, universe, signals):
        self.alpha, self.universe, self.signals = alpha, universe, signals

    def __call__(self, now):
        weights = {asset: 0.0 for asset in self.universe.get_assets(now)}
        model, alpha = self.alpha["model"], self.alpha
        if model == "equal-weight":
            return {asset: 1.0 / len(weights) for asset in weights}
        if model == "scheduled-weights":
            current = {}
            for row in alpha["table"]:
                if moment(row["from"], "00:00:00") <= now:
                    current = named(row["weights"])
            return current
        if self.signals.warmup < alpha.get("lookback", alpha.get("slow")):
            return weights
        signal = self.signals["signal"]
        if model == "top-n-momentum":
            momenta = {a: signal(a, alpha["lookback"]) for a in signal.assets}
            ranked = sorted(momenta.items(), key=operator.itemgetter(1), reverse=True)
            for asset, _ in ranked[: alpha["top_n"]]:
                weights[asset] = 1.0 / alpha["top_n"]
        elif model == "momentum-weighted":
            for asset in weights:
                weights[asset] = float(signal(asset, alpha["lookback"]))
        elif model == "sma-crossover":
            for asset in weights:
                if signal(asset, alpha["fast"]) > signal(asset, alpha["slow"]):
                    weights[asset] = 1.0 / len(weights)
                elif alpha.get("short"):
                    weights[asset] = -1.0 / len(weights)
        elif model == "inverse-volatility":
            for asset in weights:
                volatility = float(signal(asset, alpha["lookback"]))
                weights[asset] = 1.0 / volatility if volatility > 0.0 else 0.0
        return weights


class Risk(RiskModel):
    def __init__(self, risk):
        self.risk = risk

    def __call__(self, now, weights):
        if self.risk["model"] == "cap":
            return {asset: min(weight, self.risk["max_weight"]) for asset, weight in weights.items()}
        if self.risk["model"] == "scale":
            return {asset: weight * self.risk["factor"] for asset, weight in weights.items()}
        least = self.risk["min_weight"]
        return {asset: weight if weight >= least else 0.0 for asset, weight in weights.items()}


SIGNALS = {
    "top-n-momentum": (MomentumSignal, ["lookback"]),
    "momentum-weighted": (MomentumSignal, ["lookback"]),
    "sma-crossover": (SMASignal, ["fast", "slow"]),
    "inverse-volatility": (VolatilitySignal, ["lookback"]),
}


def session(case):
    backtest, alpha, portfolio = case["backtest"], case["alpha"], case["portfolio"]
    start, end = moment(backtest["start"], "14:30:00"), moment(backtest["end"], "23:59:59")
    symbols, enters = case["universe"]["assets"], case["universe"].get("enters", {})
    if enters:
        dates = {s: moment(enters[s], "00:00:00") if s in enters else start for s in symbols}
        universe = DynamicUniverse({f"EQ:{s}": date for s, date in dates.items()})
    else:
        universe = StaticUniverse([f"EQ:{s}" for s in symbols])
    adjusted = case.get("data", {}).get("adjusted", True)
    source = CSVDailyBarDataSource(str(PRICES), Equity, adjust_prices=adjusted, csv_symbols=symbols)
    handler = BacktestDataHandler(universe, data_sources=[source])
    signals = None
    if alpha["model"] in SIGNALS:
        kind, keys = SIGNALS[alpha["model"]]
        signal = kind(start, universe, lookbacks=[alpha[key] for key in keys])
        signals = SignalsCollection({"signal": signal}, handler)
    if alpha["model"] == "fixed-weights":
        model = FixedSignalsAlphaModel(named(alpha["weights"]))
    elif alpha["model"] == "single-signal":
        model = SingleSignalAlphaModel(universe, signal=alpha.get("signal", 1.0))
    else:
        model = Model(alpha, universe, signals)
    keywords = {}
    if "weekday" in case["rebalance"]:
        keywords["rebalance_weekday"] = case["rebalance"]["weekday"].upper()
    long_only = portfolio.get("sizing", "long-only") == "long-only"
    if long_only:
        keywords["cash_buffer_percentage"] = portfolio["cash_buffer"]
    else:
        keywords["gross_leverage"] = portfolio["gross_leverage"]
    fees = case.get("costs", {}).get("fees")
    risk, burn_in = case.get("risk"), backtest.get("burn_in")
    run = BacktestTradingSession(
        start,
        end,
        universe,
        model,
        risk_model=None if risk is None else Risk(risk),
        signals=signals,
        initial_cash=backtest.get("initial_cash", 1e6),
        rebalance=case["rebalance"]["schedule"].replace("-", "_"),
        long_only=long_only,
        fee_model=ZeroFeeModel()
        if fees is None
        else PercentFeeModel(commission_pct=fees["commission"], tax_pct=fees["tax"]),
        burn_in_dt=None if burn_in is None else moment(burn_in, "14:30:00"),
        data_handler=handler,
        **keywords,
    )
    construction = run.qts.portfolio_construction_model
    # QSTrader 0.3.0 accepts a risk model and never calls it.
    if risk is not None and isinstance(case["conventions"], dict):
        construction.risk_model = Risk(risk)
    if portfolio.get("optimiser") == "equal-weight":
        construction.optimiser = EqualWeightPortfolioOptimiser(
            scale=portfolio.get("scale", 1.0), data_handler=handler
        )
    return run


def plain(value):
    """Numbers that JSON lacks become strings."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (bool, str, int)) or value is None:
        return value
    value = float(value)
    return value if math.isfinite(value) else str(value)


def golden(case):
    transactions, transact = [], Portfolio.transact_asset

    def recorded(portfolio, fill):
        transact(portfolio, fill)
        row = [str(fill.dt)[:16], fill.asset.removeprefix("EQ:")]
        transactions.append(row + [fill.quantity, fill.price, fill.commission, portfolio.cash])

    Portfolio.transact_asset = recorded
    try:
        run = session(case)
        run.run()
    finally:
        Portfolio.transact_asset = transact
    curve = run.get_equity_curve()
    allocations = [
        [str(row["Date"])[:16], {k.removeprefix("EQ:"): v for k, v in row.items() if k != "Date"}]
        for row in run.target_allocations
    ]
    # QSTrader writes one row per decision; a decision with the same weights as the last says nothing new.
    changed = [row for at, row in enumerate(allocations) if at == 0 or row[1] != allocations[at - 1][1]]
    portfolio = run.broker.portfolios[run.portfolio_id]
    orders = list(run.broker.open_orders[run.portfolio_id].queue)
    try:
        statistics = JSONStatistics(equity_curve=curve, target_allocations=pd.DataFrame()).statistics["strategy"]
        statistics = {key: value for key, value in statistics.items() if key not in SERIES}
    except Exception:
        # Curves of one value and the like: QSTrader gives up.
        statistics = None
    return plain({
        "transactions": transactions,
        "first_day": str(curve.index[0])[:10],
        "equity": list(curve["Equity"]),
        "decisions": len(allocations),
        "allocations": changed,
        "cash": portfolio.cash,
        "open_orders": [[order.asset.removeprefix("EQ:"), order.quantity] for order in orders],
        "statistics": statistics,
    })


def main():
    settings.set_print_events(False)
    make_prices()
    file = tomllib.loads((HERE / "cases.toml").read_text())
    goldens = {}
    for name, changes in file["case"].items():
        goldens[name] = golden({**file["base"], **changes})
        print(name, len(goldens[name]["transactions"]), "transactions", goldens[name]["equity"][-1])
    text = json.dumps(goldens, separators=(",", ":"))
    (HERE / "goldens.json").write_text(text.replace("},\"", "},\n\"").replace("],[", "],\n[") + "\n")


if __name__ == "__main__":
    main()
