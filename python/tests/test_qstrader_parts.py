"""QSTrader's classes one by one, against goldens of QSTrader's modules or its documented semantics."""

import gzip
import json
import math

import pytest

import gridfolio
from conftest import run_script
from gridfolio.qstrader import settings
from gridfolio.qstrader.alpha_model.alpha_model import AlphaModel
from gridfolio.qstrader.alpha_model.fixed_signals import FixedSignalsAlphaModel
from gridfolio.qstrader.alpha_model.single_signal import SingleSignalAlphaModel
from gridfolio.qstrader.asset.cash import Cash
from gridfolio.qstrader.asset.equity import Equity
from gridfolio.qstrader.asset.universe.dynamic import DynamicUniverse
from gridfolio.qstrader.asset.universe.static import StaticUniverse
from gridfolio.qstrader.broker.fee_model.fee_model import FeeModel
from gridfolio.qstrader.broker.fee_model.percent_fee_model import PercentFeeModel
from gridfolio.qstrader.data.backtest_data_handler import BacktestDataHandler
from gridfolio.qstrader.data.daily_bar_csv import CSVDailyBarDataSource
from gridfolio.qstrader.portcon.optimiser.equal_weight import EqualWeightPortfolioOptimiser
from gridfolio.qstrader.portcon.optimiser.fixed_weight import FixedWeightPortfolioOptimiser
from gridfolio.qstrader.signals.momentum import MomentumSignal
from gridfolio.qstrader.signals.signals_collection import SignalsCollection
from gridfolio.qstrader.signals.sma import SMASignal
from gridfolio.qstrader.signals.vol import VolatilitySignal
from gridfolio.qstrader.statistics.json_statistics import JSONStatistics
from gridfolio.qstrader.system.rebalance.buy_and_hold import BuyAndHoldRebalance
from gridfolio.qstrader.system.rebalance.daily import DailyRebalance
from gridfolio.qstrader.system.rebalance.end_of_month import EndOfMonthRebalance
from gridfolio.qstrader.system.rebalance.weekly import WeeklyRebalance
from gridfolio.qstrader.trading.backtest import BacktestTradingSession
from test_qstrader_examples import close

pd = pytest.importorskip("pandas")
settings.set_print_events(False)


def at(text):
    return pd.Timestamp(text, tz="UTC")


def unit(shared, name):
    with gzip.open(shared / "oracle" / "golden" / "unit" / f"{name}.json.gz") as file:
        return json.load(file)


def test_schedules_are_qstrader_s(shared):
    checked = 0
    for case in unit(shared, "calendars"):
        start, end, pre = at(case["start"]), at(case["end"]), case["pre_market"]
        schedules = {
            "daily": lambda: DailyRebalance(start, end, pre),
            "weekly": lambda: WeeklyRebalance(start, end, case["weekday"], pre),
            "eom": lambda: EndOfMonthRebalance(start, end, pre),
            "buy_and_hold": lambda: BuyAndHoldRebalance(start),
        }
        for name, made in schedules.items():
            if case[name] and "ok" in case[name]:
                stamps = [str(stamp).replace("+00:00", "") for stamp in made().rebalances]
                assert stamps == case[name]["ok"], (name, case["start"], case["end"])
                checked += 1
    assert checked > 200


def test_signals_of_appended_prices_are_qstrader_s(shared):
    start, universe = at("2020-01-01"), StaticUniverse(["EQ:A"])
    for case in unit(shared, "signals")[:-1]:
        lookbacks = case["lookbacks"]
        made = [kind(start, universe, lookbacks) for kind in (SMASignal, MomentumSignal, VolatilitySignal)]
        for price, expected in zip(case["prices"], case["sma_mom_vol"]):
            for signal, values in zip(made, expected):
                signal.append("EQ:A", price)
                for lookback, value in zip(lookbacks, values):
                    assert signal("EQ:A", lookback) == pytest.approx(value, abs=1e-12, nan_ok=True)
    with pytest.raises(ValueError, match="Unable to append non-positive price"):
        made[0].append("EQ:A", 0.0)


def test_statistics_of_curves_are_qstrader_s(shared):
    def number(value):
        return {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}.get(value, value)

    for case in unit(shared, "statistics"):
        for name, periods in (("periods_252", 252), ("periods_12", 12)):
            if "ok" not in case[name]:
                continue
            index = [pd.Timestamp(day).date() for day in case["dates"]]
            curve = pd.DataFrame({"Equity": [number(value) for value in case["equity"]]}, index=index)
            made = JSONStatistics(curve, pd.DataFrame(), periods=periods).statistics["strategy"]
            expected = case[name]["ok"]
            for key in ("max_drawdown_duration", "max_drawdown", "cagr", "sharpe", "sortino", "annualised_vol"):
                theirs = number(expected[key])
                assert made[key] == pytest.approx(theirs, rel=1e-9, abs=1e-12, nan_ok=True), (case["kind"], key)
            assert list(curve.columns) == ["Equity", "Returns", "CumReturns"]


def test_prices_are_qstrader_s_and_nan_before_the_first_bar(shared):
    data = shared / "oracle" / "golden" / "data"
    for case in unit(shared, "prices"):
        source = CSVDailyBarDataSource(data / case["set"], Equity, case["adjust"], [case["symbol"]])
        days, _, _ = source._prices.columns(f"EQ:{case['symbol']}")
        first = pd.Timestamp(int(days[0]), unit="D", tz="UTC") + pd.Timedelta(hours=14, minutes=30)
        for time, expected in case["queries"]:
            price = source.get_bid(at(time), f"EQ:{case['symbol']}")
            if at(time) < first:
                assert math.isnan(price)
            else:
                expected = math.nan if expected == "NaN" else expected
                assert price == pytest.approx(expected, rel=1e-12, nan_ok=True), (case["symbol"], time)


def test_a_universe_holds_the_assets_that_have_joined():
    static = StaticUniverse(["EQ:A", "EQ:B"])
    assert static.get_assets(at("1990-01-01")) == ["EQ:A", "EQ:B"]
    dynamic = DynamicUniverse({"EQ:A": at("2020-01-02"), "EQ:B": None, "EQ:C": at("2020-01-01")})
    assert dynamic.get_assets(at("2020-01-01 00:00")) == ["EQ:C"]
    assert dynamic.get_assets(at("2020-01-02 00:00")) == ["EQ:A", "EQ:C"]


def test_fee_models_alpha_models_optimisers_and_assets_are_qstrader_s():
    fees = PercentFeeModel(commission_pct=0.001, tax_pct=0.005)
    assert fees.calc_total_cost("EQ:A", -100, -10_000) == 0.001 * 10_000 + 0.005 * 10_000
    assert FixedSignalsAlphaModel({"EQ:A": 0.5})(at("2020-01-01")) == {"EQ:A": 0.5}
    assert SingleSignalAlphaModel(StaticUniverse(["EQ:A"]), 0.3)(at("2020-01-01")) == {"EQ:A": 0.3}
    assert EqualWeightPortfolioOptimiser(scale=2.0)(None, {"EQ:A": 0.0, "EQ:B": 9.0}) == {"EQ:A": 1.0, "EQ:B": 1.0}
    assert FixedWeightPortfolioOptimiser()(None, {"EQ:A": 0.1}) == {"EQ:A": 0.1}
    assert repr(Equity("S", "SPY")) == "Equity(name='S', symbol='SPY', tax_exempt=True)"
    assert Cash().currency == "USD" and Cash().cash_like


def source_of(prices_dir, *symbols):
    return CSVDailyBarDataSource(prices_dir, Equity, csv_symbols=list(symbols))


def session(prices_dir, alpha, universe=None, **keywords):
    universe = StaticUniverse(["EQ:AAA", "EQ:BBB"]) if universe is None else universe
    handler = BacktestDataHandler(universe, data_sources=[source_of(prices_dir, "AAA", "BBB")])
    settled = {"rebalance": "end_of_month", "long_only": True, "cash_buffer_percentage": 0.01, "data_handler": handler}
    return BacktestTradingSession(
        at("2015-01-01 14:30"), at("2016-12-31 23:59"), universe, alpha, **{**settled, **keywords}
    )


def test_cash_and_positions_add_up_to_the_equity_after_commission(prices_dir):
    made = session(prices_dir, FixedSignalsAlphaModel({"EQ:AAA": 1.0, "EQ:BBB": 1.0}), fee_model=PercentFeeModel(0.001))
    made.run()
    portfolio = made.broker.portfolios["000001"]
    assert portfolio.total_equity == made.get_equity_curve()["Equity"].iloc[-1]
    positions = portfolio.pos_handler.positions.values()
    assert portfolio.total_market_value == sum(p.net_quantity * p.current_price for p in positions)
    paid = sum(commission for *_, commission, _ in made._session.trades())
    # The profit includes fees. It covers open positions only, and none was closed.
    assert portfolio.total_equity == pytest.approx(1e6 + portfolio.total_pnl, rel=1e-9)
    assert paid > 0


def test_weights_are_always_scaled_to_one(prices_dir):
    half = session(prices_dir, FixedSignalsAlphaModel({"EQ:AAA": 0.1, "EQ:BBB": 0.1}))
    whole = session(prices_dir, FixedSignalsAlphaModel({"EQ:AAA": 5.0, "EQ:BBB": 5.0}))
    half.run(), whole.run()
    assert half.get_equity_curve().equals(whole.get_equity_curve())


def test_buy_and_hold_that_starts_between_open_and_close_stays_in_cash(prices_dir):
    made = session(prices_dir, FixedSignalsAlphaModel({"EQ:AAA": 1.0}), rebalance="buy_and_hold")
    made.start_dt = at("2015-01-01 09:00")
    made.run()
    assert set(made.get_equity_curve()["Equity"]) == {1e6}


def test_target_allocations_are_those_in_force_at_each_date(prices_dir):
    made = session(prices_dir, FixedSignalsAlphaModel({"EQ:AAA": 0.6, "EQ:BBB": 0.4}), burn_in_dt=at("2015-06-15"))
    made.run()
    table = made.get_target_allocations()
    assert list(table.columns) == ["EQ:AAA", "EQ:BBB"]
    assert str(table.index[0]) == "2015-06-15" and table["EQ:AAA"].isna().sum() == 11
    assert table["EQ:BBB"].iloc[-1] == 0.4


class Looks(AlphaModel):
    def __init__(self, look):
        self.look = look

    def __call__(self, dt):
        return self.look(self, dt)


def test_a_price_after_the_decision_is_an_error_during_a_session(prices_dir):
    def look(alpha, dt):
        alpha.handler.get_asset_latest_mid_price(dt + pd.Timedelta(days=1), "EQ:AAA")

    alpha = Looks(look)
    made = session(prices_dir, alpha)
    alpha.handler = made.data_handler
    with pytest.raises(gridfolio.ModelError, match="is not known yet: it is in the future"):
        made.run()
    # After the run it is allowed.
    assert made.data_handler.get_asset_latest_mid_price(at("2016-12-30"), "EQ:AAA") > 0


def test_a_signal_that_would_read_the_future_in_qstrader_is_an_error(tmp_path, prices_dir):
    late = tmp_path / "prices"
    late.mkdir()
    (late / "AAA.csv").write_text((prices_dir / "AAA.csv").read_text())
    lines = (prices_dir / "BBB.csv").read_text().splitlines()
    (late / "BBB.csv").write_text("\n".join([lines[0], *lines[12:]]) + "\n")
    universe = StaticUniverse(["EQ:AAA", "EQ:BBB"])
    handler = BacktestDataHandler(universe, data_sources=[source_of(late, "AAA", "BBB")])
    start = at("2015-01-01 14:30")
    signals = SignalsCollection({"momentum": MomentumSignal(start, universe, [20])}, handler)
    alpha = Looks(lambda alpha, dt: {"EQ:AAA": signals["momentum"]("EQ:BBB", 20)})
    made = session(late, alpha, universe, signals=signals, data_handler=handler)
    with pytest.raises(gridfolio.ModelError, match="would take the last price of the file, which is the future"):
        made.run()


@pytest.mark.parametrize(
    "keywords, error, message",
    [
        ({"rebalance": "weekly"}, ValueError, "no specific weekday"),
        ({"rebalance": "weekly", "rebalance_weekday": "SUN"}, ValueError, "not recognised"),
        ({"rebalance": "hourly"}, ValueError, 'Unknown rebalance frequency "hourly"'),
        ({"cash_buffer_percentage": 1.5}, ValueError, "negative or above 100%"),
        ({"long_only": False}, ValueError, "no gross leverage"),
        ({"initial_cash": -1.0}, ValueError, "negative funds"),
        ({"submit_orders": False}, gridfolio.NotCovered, "`submit_orders`"),
        ({"fee_model": FeeModel()}, gridfolio.NotCovered, "fee model of type `FeeModel`"),
        ({"data_handler": object()}, gridfolio.NotCovered, "data handler of type `object`"),
    ],
)
def test_an_invalid_argument_is_an_error_with_its_name(prices_dir, keywords, error, message):
    with pytest.raises(error, match=message):
        session(prices_dir, FixedSignalsAlphaModel({"EQ:AAA": 1.0}), **keywords)


@pytest.mark.parametrize(
    "keywords, message",
    [
        ({"alpha": {"EQ:AAA": -1.0}}, "hint: give `long_only=False` and `gross_leverage`"),
        ({"alpha": {"EQ:AAA": math.nan}}, "hint: check what the alpha model returns"),
        ({"start": "2014-01-01 14:30"}, "set `start_dt` to that day or later, or let it join with a `DynamicUniverse`"),
        ({"start": "2010-01-01 14:30", "end": "2011-01-01"}, "drop it, or set `end_dt` later"),
        ({"burn_in_dt": at("2020-01-01")}, "hint: set `end_dt` to a weekday after"),
    ],
)
def test_hints_name_arguments_of_the_session(prices_dir, keywords, message):
    keywords = dict(keywords)
    made = session(prices_dir, FixedSignalsAlphaModel(keywords.pop("alpha", {"EQ:AAA": 1.0})), **{
        name: value for name, value in keywords.items() if name == "burn_in_dt"
    })
    made.start_dt, made.end_dt = at(keywords.get("start", "2015-01-01 14:30")), at(keywords.get("end", "2016-12-31 23:59"))
    with pytest.raises(gridfolio.Error, match=message) as raised:
        made.run()
    assert "[" not in str(raised.value) and "backtest." not in str(raised.value)


def test_a_part_that_is_not_covered_is_an_error_with_its_name(prices_dir):
    class Odd(StaticUniverse):
        def get_assets(self, dt):
            return self.asset_list[:1]

    made = session(prices_dir, FixedSignalsAlphaModel({"EQ:AAA": 1.0}), Odd(["EQ:AAA", "EQ:BBB"]))
    with pytest.raises(gridfolio.NotCovered, match="universe of type `Odd`"):
        made.run()
    with pytest.raises(gridfolio.NotCovered, match="`sim_engine`"):
        made.sim_engine
    ran = session(prices_dir, FixedSignalsAlphaModel({"EQ:AAA": 1.0}))
    ran.run()
    with pytest.raises(gridfolio.NotCovered, match="`submit_order` of the broker"):
        ran.broker.submit_order(None)
    with pytest.raises(gridfolio.NotCovered, match="`history_to_df` of the portfolio"):
        ran.broker.portfolios["000001"].history_to_df()
    with pytest.raises(ValueError, match="has not been run"):
        made.get_equity_curve()


def test_a_file_without_adjusted_closes_is_an_error(tmp_path):
    (tmp_path / "AAA.csv").write_text("Date,Open,Close\n2020-01-02,1,1\n")
    with pytest.raises(ValueError, match="Unable to locate Adjusted Close"):
        source_of(tmp_path, "AAA")


@pytest.mark.parametrize(
    "line, message",
    [
        ("import qstrader.broker.simulated_broker", "`qstrader.broker.simulated_broker` is not covered by gridfolio"),
        ("from qstrader.statistics.performance import create_cagr", "`qstrader.statistics.performance` is not covered"),
    ],
)
def test_importing_a_module_that_is_not_covered_is_an_error_with_its_name(tmp_path, line, message):
    (tmp_path / "script.py").write_text(line + "\n")
    done = run_script("script.py", cwd=tmp_path)
    assert done.returncode != 0 and message in done.stderr and "qstrader.trading.backtest" in done.stderr


def test_a_script_has_its_arguments_its_folder_and_all_of_pandas(tmp_path, prices_dir):
    (tmp_path / "helper.py").write_text("NAME = 'here'\n")
    (tmp_path / "script.py").write_text(
        """
import sys
import pandas as pd
import helper
assert sys.argv == ["script.py", "-x", "1"] and helper.NAME == "here" and __name__ == "__main__"
start = pd.Timestamp("2015-01-01 14:30", tz="UTC")
assert isinstance(start, pd.Timestamp)
from qstrader.alpha_model.fixed_signals import FixedSignalsAlphaModel
from qstrader.asset.universe.static import StaticUniverse
from qstrader.trading.backtest import BacktestTradingSession
from qstrader import settings
settings.set_print_events(False)
session = BacktestTradingSession(
    start, pd.Timestamp("2016-01-01", tz="UTC"), StaticUniverse(["EQ:AAA"]), FixedSignalsAlphaModel({"EQ:AAA": 1.0}),
    rebalance="daily", long_only=True, cash_buffer_percentage=0.0,
)
session.run()
curve = session.get_equity_curve()
early = pd.DataFrame
assert len(curve) == 261 and curve["Equity"].iloc[0] == 1e6
assert isinstance(curve, pd.DataFrame) and isinstance(curve, early)
assert list(pd.concat([curve, curve * 2], axis=1).columns) == ["Equity", "Equity"]
assert pd.DataFrame(curve).shape == (261, 1) and (curve / 1e6).max().iloc[0] > 0
class Mine(early): pass
assert Mine({"a": [1]}).shape == (1, 1)
print("done")
"""
    )
    done = run_script("script.py", "-x", 1, cwd=tmp_path, data=prices_dir)
    assert done.stdout == "done\n", done.stderr


def test_timestamps_and_unused_frames_do_not_load_pandas(tmp_path):
    (tmp_path / "script.py").write_text(
        """
import sys
import pandas as pd
start, empty = pd.Timestamp("2015-01-01 14:30", tz="UTC"), pd.DataFrame()
assert str(start) == "2015-01-01 14:30:00+00:00" and "pandas.core.frame" not in sys.modules
assert empty.shape == (0, 0) and "pandas.core.frame" in sys.modules and type(start) is pd.Timestamp
"""
    )
    done = run_script("script.py", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_an_error_of_a_script_is_shown_with_its_line(tmp_path):
    (tmp_path / "script.py").write_text(
        "from qstrader.data.daily_bar_csv import CSVDailyBarDataSource\nCSVDailyBarDataSource('nowhere', None, csv_symbols=['A'])\n"
    )
    done = run_script("script.py", cwd=tmp_path)
    assert done.returncode == 1 and "script.py\", line 2" in done.stderr and "hint:" in done.stderr
    assert run_script("no.py", cwd=tmp_path).returncode == 2
