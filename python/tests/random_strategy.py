"""Random strategies for QSTrader with their own alpha models. The seed determines the universe, schedule,
sizing, fees and signals.

    random_strategy.py SEED...
"""

import os
import random
import sys

import pandas as pd
import pytz
from qstrader import settings
from qstrader.alpha_model.alpha_model import AlphaModel
from qstrader.asset.equity import Equity
from qstrader.asset.universe.dynamic import DynamicUniverse
from qstrader.asset.universe.static import StaticUniverse
from qstrader.broker.fee_model.percent_fee_model import PercentFeeModel
from qstrader.broker.fee_model.zero_fee_model import ZeroFeeModel
from qstrader.data.backtest_data_handler import BacktestDataHandler
from qstrader.data.daily_bar_csv import CSVDailyBarDataSource
from qstrader.risk_model.risk_model import RiskModel
from qstrader.signals.momentum import MomentumSignal
from qstrader.signals.signals_collection import SignalsCollection
from qstrader.signals.sma import SMASignal
from qstrader.signals.vol import VolatilitySignal
from qstrader.trading.backtest import BacktestTradingSession

settings.set_print_events(False)


class Drawn(AlphaModel):
    """Holds the assets with the highest score, which is a signal or a price."""

    def __init__(self, draw, universe, signals, data_handler, lookback, shorts):
        self.universe, self.signals, self.data_handler = universe, signals, data_handler
        self.lookback, self.shorts = lookback, shorts
        self.kind = draw.choice(["momentum", "trend", "volatility", "price", "drift"])
        self.top = draw.randint(1, 3)
        self.partial = draw.random() < 0.3
        self.calls = 0

    def score(self, dt, asset):
        price = self.data_handler.get_asset_latest_mid_price(dt, asset)
        if self.kind == "momentum":
            return self.signals["momentum"](asset, self.lookback)
        if self.kind == "trend":
            return price / self.signals["sma"](asset, self.lookback) - 1.0
        if self.kind == "volatility":
            return 1.0 / (0.01 + self.signals["vol"](asset, self.lookback))
        if self.kind == "price":
            return -price
        return float((self.calls * 7919 + sum(map(ord, asset))) % 101) - 50.0

    def __call__(self, dt):
        self.calls += 1
        assets = self.universe.get_assets(dt)
        weights = {} if self.partial else {asset: 0.0 for asset in assets}
        if self.signals.warmup < self.lookback:
            return weights
        ranked = sorted(assets, key=lambda asset: self.score(dt, asset), reverse=True)
        for rank, asset in enumerate(ranked[: self.top]):
            weights[asset] = 1.0 / (rank + 1)
        if self.shorts:
            for asset in ranked[self.top :][-1:]:
                weights[asset] = -0.5
        return weights


class Half(RiskModel):
    """A risk model that would halve the weights: QSTrader 0.3.0 never calls it."""

    def __call__(self, dt, weights):
        return {asset: 0.5 * weight for asset, weight in weights.items()}


def at(day, time):
    return pd.Timestamp(f"{day} {time}", tz=pytz.UTC)


def session(seed):
    draw = random.Random(seed)
    symbols = draw.sample(["AAA", "BBB", "CCC", "DDD"], draw.randint(2, 4))
    assets = [f"EQ:{symbol}" for symbol in symbols]
    start = at(f"2015-0{draw.randint(1, 3)}-{draw.randint(10, 28)}", draw.choice(["14:30:00", "00:00:00", "21:00:00"]))
    end = at(f"2016-{draw.randint(1, 9):02}-{draw.randint(10, 28)}", draw.choice(["23:59:00", "00:00:00", "14:30:00"]))
    if draw.random() < 0.4:
        dates = {asset: start for asset in assets}
        dates[assets[-1]] = at(f"2015-{draw.randint(4, 9):02}-15", "00:00:00")
        universe = DynamicUniverse(dates)
    else:
        universe = StaticUniverse(assets)
    source = CSVDailyBarDataSource(os.environ["QSTRADER_CSV_DATA_DIR"], Equity, csv_symbols=symbols)
    handler = BacktestDataHandler(universe, data_sources=[source])
    lookback = draw.choice([5, 20, 63])
    signals = SignalsCollection(
        {
            "momentum": MomentumSignal(start, universe, lookbacks=[lookback]),
            "sma": SMASignal(start, universe, lookbacks=[lookback]),
            "vol": VolatilitySignal(start, universe, lookbacks=[lookback]),
        },
        handler,
    )
    long_only = draw.random() < 0.6
    keywords = {"cash_buffer_percentage": draw.choice([0.0, 0.01, 0.2])} if long_only else {
        "gross_leverage": draw.choice([0.5, 1.0, 2.5])
    }
    rebalance = draw.choice(["daily", "weekly", "end_of_month", "end_of_month"])
    if rebalance == "weekly":
        keywords["rebalance_weekday"] = draw.choice(["MON", "wed", "FRI"])
    if draw.random() < 0.5:
        keywords["fee_model"] = PercentFeeModel(commission_pct=0.001, tax_pct=draw.choice([0.0, 0.005]))
    else:
        keywords["fee_model"] = ZeroFeeModel()
    if draw.random() < 0.4:
        keywords["burn_in_dt"] = at("2015-06-01", draw.choice(["14:30:00", "21:00:00", "12:00:00"]))
    return BacktestTradingSession(
        start,
        end,
        universe,
        Drawn(draw, universe, signals, handler, lookback, not long_only),
        risk_model=Half() if draw.random() < 0.2 else None,
        signals=signals,
        initial_cash=draw.choice([1e6, 25_000.0, 3_333.33]),
        rebalance=rebalance,
        long_only=long_only,
        data_handler=handler,
        **keywords,
    )


if __name__ == "__main__":
    for seed in sys.argv[1:]:
        session(int(seed)).run()
