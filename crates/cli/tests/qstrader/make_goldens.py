#!/usr/bin/env python3
"""Runs QSTrader 0.3.0 on the strategies beside this file and writes what it does to NAME.json.

    python -m venv venv && venv/bin/pip install qstrader==0.3.0 pandas==2.3.3 numpy==2.4.6 pytz
    TZ=UTC PYTHONHASHSEED=0 venv/bin/python make_goldens.py

The strategies are gridfolio's own files; only what QSTrader can do is understood here.
"""
import datetime
import json
import math
import operator
import pathlib
import tomllib

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
from qstrader.signals.momentum import MomentumSignal
from qstrader.signals.signals_collection import SignalsCollection
from qstrader.signals.sma import SMASignal
from qstrader.signals.vol import VolatilitySignal
from qstrader.statistics.json_statistics import JSONStatistics
from qstrader.trading.backtest import BacktestTradingSession

HERE = pathlib.Path(__file__).parent
DATA = HERE.parents[3] / "examples" / "data"
SERIES = {"equity_curve", "returns", "cum_returns", "drawdowns", "target_allocations"}


def moment(value, clock):
    if isinstance(value, datetime.datetime):
        return pd.Timestamp(value.astimezone(datetime.timezone.utc)).tz_convert(pytz.UTC)
    return pd.Timestamp(f"{value} {clock}", tz=pytz.UTC)


class Ranked(AlphaModel):
    """The signal-driven models that gridfolio can name, written for QSTrader."""

    def __init__(self, alpha, universe, signals):
        self.alpha, self.universe, self.signals = alpha, universe, signals

    def __call__(self, now):
        weights = {asset: 0.0 for asset in self.universe.get_assets(now)}
        model = self.alpha["model"]
        if self.signals.warmup < self.alpha.get("lookback", self.alpha.get("slow")):
            return weights
        signal = self.signals["signal"]
        if model == "top-n-momentum":
            momenta = {a: signal(a, self.alpha["lookback"]) for a in signal.assets}
            ranked = sorted(momenta.items(), key=operator.itemgetter(1), reverse=True)
            for asset, _ in ranked[: self.alpha["top_n"]]:
                weights[asset] = 1.0 / self.alpha["top_n"]
        elif model == "momentum-weighted":
            for asset in weights:
                weights[asset] = float(signal(asset, self.alpha["lookback"]))
        elif model == "sma-crossover":
            for asset in weights:
                above = signal(asset, self.alpha["fast"]) > signal(asset, self.alpha["slow"])
                weights[asset] = 1.0 / len(weights) if above else 0.0
        elif model == "inverse-volatility":
            for asset in weights:
                volatility = float(signal(asset, self.alpha["lookback"]))
                weights[asset] = 1.0 / volatility if volatility > 0.0 else 0.0
        return weights


def session(file):
    backtest, alpha, portfolio = file["backtest"], file["alpha"], file["portfolio"]
    start, end = moment(backtest["start"], "14:30:00"), moment(backtest["end"], "23:59:59")
    symbols = file["universe"]["assets"]
    enters = file["universe"].get("enters", {})
    if enters:
        dates = {s: moment(enters[s], "00:00:00") if s in enters else start for s in symbols}
        universe = DynamicUniverse({f"EQ:{s}": date for s, date in dates.items()})
    else:
        universe = StaticUniverse([f"EQ:{s}" for s in symbols])
    source = CSVDailyBarDataSource(str(DATA), Equity, csv_symbols=symbols)
    handler = BacktestDataHandler(universe, data_sources=[source])
    kinds = {
        "top-n-momentum": (MomentumSignal, ["lookback"]),
        "momentum-weighted": (MomentumSignal, ["lookback"]),
        "sma-crossover": (SMASignal, ["fast", "slow"]),
        "inverse-volatility": (VolatilitySignal, ["lookback"]),
    }
    signals = None
    if alpha["model"] in kinds:
        kind, keys = kinds[alpha["model"]]
        signal = kind(start, universe, lookbacks=[alpha[key] for key in keys])
        signals = SignalsCollection({"signal": signal}, handler)
        model = Ranked(alpha, universe, signals)
    elif alpha["model"] == "fixed-weights":
        model = FixedSignalsAlphaModel({f"EQ:{s}": w for s, w in alpha["weights"].items()})
    else:
        model = SingleSignalAlphaModel(universe, signal=alpha.get("signal", 1.0))
    fees = file.get("costs", {}).get("fees")
    keywords = {}
    if "weekday" in file["rebalance"]:
        keywords["rebalance_weekday"] = file["rebalance"]["weekday"].upper()
    long_only = portfolio.get("sizing", "long-only") == "long-only"
    if long_only:
        keywords["cash_buffer_percentage"] = portfolio["cash_buffer"]
    else:
        keywords["gross_leverage"] = portfolio["gross_leverage"]
    burn_in = backtest.get("burn_in")
    return BacktestTradingSession(
        start,
        end,
        universe,
        model,
        signals=signals,
        initial_cash=backtest.get("initial_cash", 1e6),
        rebalance=file["rebalance"]["schedule"].replace("-", "_"),
        long_only=long_only,
        fee_model=ZeroFeeModel()
        if fees is None
        else PercentFeeModel(commission_pct=fees["commission"], tax_pct=fees.get("tax", 0.0)),
        burn_in_dt=None if burn_in is None else moment(burn_in, "14:30:00"),
        data_handler=handler,
        **keywords,
    )


def main():
    settings.set_print_events(False)
    transact = Portfolio.transact_asset
    for path in sorted(HERE.glob("*.toml")):
        transactions = []

        def recorded(portfolio, fill):
            transact(portfolio, fill)
            row = [str(fill.dt), fill.asset.removeprefix("EQ:"), float(fill.quantity)]
            transactions.append(row + [float(fill.price), float(fill.commission)])

        Portfolio.transact_asset = recorded
        run = session(tomllib.loads(path.read_text()))
        run.run()
        curve = run.get_equity_curve()
        equity = [[str(date), float(value)] for date, value in curve["Equity"].items()]
        allocations = run.get_target_allocations()
        statistics = JSONStatistics(equity_curve=curve, target_allocations=allocations)
        block = statistics.statistics["strategy"]
        block = {key: value for key, value in block.items() if key not in SERIES}
        numbers = (block[key] for key in ("sharpe", "sortino", "cagr"))
        assert all(math.isfinite(number) for number in numbers), path
        golden = {"transactions": transactions, "equity_curve": equity, "statistics": block}
        text = json.dumps(golden, indent=None, separators=(",", ":"), default=float)
        path.with_suffix(".json").write_text(text.replace("],[", "],\n[") + "\n")
        print(path.stem, len(transactions), "transactions", equity[-1])


if __name__ == "__main__":
    main()
