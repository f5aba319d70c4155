"""Strategies and their backtests."""

import base64
import datetime
import json
import pickle
import subprocess
import sys
import threading
from xml.etree import ElementTree

import numpy as np
import pytest

import gridfolio
from my_models import TopMomentum

pd = pytest.importorskip("pandas")


def test_keywords_and_the_file_they_write_give_the_same_backtest(strategy, market, tmp_path):
    path = tmp_path / "momentum.toml"
    path.write_text(strategy.to_toml())
    read = gridfolio.Strategy.from_toml(path)
    assert read.to_toml() == strategy.to_toml()
    assert read.run(market).equity.tobytes() == strategy.run(market).equity.tobytes()


def test_curves_and_tables_are_pandas_objects(strategy, market):
    backtest = strategy.run(market)
    curve = backtest.equity_curve
    assert isinstance(curve, pd.Series) and isinstance(curve.index, pd.DatetimeIndex)
    assert curve.iloc[0] == 1_000_000.0
    trades = backtest.transactions
    assert list(trades.columns) == ["timestamp", "asset", "quantity", "price", "commission"]
    assert str(trades["timestamp"].dt.tz) == "UTC"
    # Cash plus holdings at the last closes is equity.
    last = {symbol: market.bars(symbol)["close"].loc[: curve.index[-1]].iloc[-1] for symbol in market.symbols}
    held = sum(quantity * last[symbol] for symbol, quantity in backtest.holdings.items())
    assert held + backtest.cash_curve.iloc[-1] == pytest.approx(curve.iloc[-1], rel=1e-12)
    weights = backtest.target_allocations
    assert set(weights.columns) == {"AAA", "BBB", "CCC", "DDD"}
    assert weights.iloc[-1].sum() == pytest.approx(1.0)
    assert backtest.statistics["returns"]["total"] == pytest.approx(curve.iloc[-1] / 1e6 - 1)


def test_write_leaves_the_files_of_the_command_line(strategy, market, tmp_path):
    strategy.run(market).write(tmp_path / "out")
    rows = (tmp_path / "out" / "equity_curve.csv").read_text().splitlines()[1:]
    assert [float(row.split(",")[1]) for row in rows] == strategy.run(market).equity.tolist()
    assert "strategy" in json.loads((tmp_path / "out" / "statistics.json").read_text())


def test_a_benchmark_has_a_curve_and_relative_statistics(strategy, market):
    backtest = strategy.replace({"benchmark.assets": {"AAA": 1.0}}).run(market)
    assert len(backtest.benchmark_equity_curve) == len(backtest.equity_curve)
    assert backtest.relative_statistics["beta"] is not None
    assert strategy.run(market).benchmark_equity_curve is None


def test_a_notebook_shows_the_growth_chart_and_the_summary(strategy, market):
    shown = strategy.replace({"benchmark.assets": {"AAA": 1.0}}).run(market)._repr_html_()
    image, _, summary = shown.partition("<pre>")
    assert summary.startswith("momentum")
    picture = base64.b64decode(image.partition("base64,")[2].partition('"')[0])
    labels = ["".join(text.itertext()) for text in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]
    assert {"momentum", "AAA", "2016"} <= set(labels)
    assert "top-n-momentum" in strategy._repr_html_()


def test_a_run_imports_neither_pandas_nor_matplotlib_nor_multiprocessing(prices_dir):
    code = f"""
import sys
import gridfolio
market = gridfolio.Market.from_folder({str(prices_dir)!r})
strategy = gridfolio.Strategy(start="2015-01-01", end="2016-01-01", assets=["AAA"], alpha="equal-weight", schedule="daily")
assert strategy.run(market).equity.shape == strategy.run(market).dates.shape
assert "pandas" not in sys.modules and "matplotlib" not in sys.modules and "multiprocessing" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"alpha.lookbak": 3}, "unknown key `lookbak`"),
        ({"alpha.top_n": 0}, "`alpha.top_n` is 0"),
        ({"backtest.end": "2014-01-01"}, "end"),
        ({"universe.assets": ["AAA", "ZZZ"]}, "`ZZZ`"),
    ],
)
def test_an_error_names_the_key_and_the_value(strategy, market, change, message):
    with pytest.raises((gridfolio.StrategyError, gridfolio.DataError), match=message):
        strategy.replace(change).run(market)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"alpha": None}, "`alpha` is None, which has no method `weights"),
        ({"alpha": dict}, "which has no method `weights"),
        ({"start": "01/02/2015"}, "`01/02/2015` is not a date\n hint: write it as in `2003-09-30`"),
        ({"schedule": "dayly"}, "did you mean `daily`"),
    ],
)
def test_an_invalid_keyword_is_an_error_with_a_hint(change, message):
    keywords = {"start": "2015-01-01", "end": "2016-01-01", "assets": ["AAA"], "alpha": "equal-weight", "schedule": "daily"}
    with pytest.raises(gridfolio.StrategyError, match=message):
        gridfolio.Strategy(**{**keywords, **change})


def test_a_market_of_the_wrong_type_is_an_error(strategy):
    for use in (strategy.run, strategy.audit):
        with pytest.raises(gridfolio.UsageError, match="`market` is a `str`, not a `Market`\n hint: create one"):
            use("prices")


def test_assets_may_be_a_single_string(market):
    strategy = gridfolio.Strategy(start="2015-01-01", end="2016-01-01", assets="AAA", alpha="equal-weight", schedule="daily")
    assert strategy.symbols == ["AAA"] and strategy.run(market).holdings.keys() == {"AAA"}


def test_a_pickled_strategy_gives_the_same_backtest(strategy, market):
    changed = strategy.replace({"alpha.top_n": 1})
    assert pickle.loads(pickle.dumps(changed)).run(market).equity.tobytes() == changed.run(market).equity.tobytes()


def test_other_threads_run_while_the_engine_does(strategy, market):
    # Python switches threads only after an hour, so the other thread runs only if the engine frees the lock.
    go, seen = threading.Lock(), []
    go.acquire()
    other = threading.Thread(target=lambda: (go.acquire(), seen.append(True)))
    interval = sys.getswitchinterval()
    other.start()
    sys.setswitchinterval(3600.0)
    try:
        go.release()
        for _ in range(10_000):
            strategy.run(market)
            if seen:
                break
    finally:
        sys.setswitchinterval(interval)
    assert seen
    other.join()


def test_running_a_strategy_without_prices_is_an_error(strategy):
    with pytest.raises(gridfolio.StrategyError, match="names no folder of prices"):
        strategy.run()


def test_dates_may_be_strings_dates_or_timestamps(strategy, market):
    made = [
        gridfolio.Strategy(start=start, end="2017-03-31", assets=["AAA"], alpha="equal-weight", schedule="daily")
        for start in ("2015-02-02", pd.Timestamp("2015-02-02 14:30", tz="UTC"), np.datetime64("2015-02-02").item())
    ]
    assert len({strategy.run(market).equity.tobytes() for strategy in made}) == 1


def test_timing_luck_is_that_of_statistics_json_and_of_the_same_model_in_python(market, tmp_path):
    keywords = {"start": "2015-01-01", "end": "2017-03-31", "assets": ["AAA", "BBB", "CCC", "DDD"], "schedule": "end-of-month"}
    # The first month has enough closes, which the engine knows of its own model only.
    parameters = {"lookback": 15, "top_n": 2}
    built_in = gridfolio.Strategy(alpha={"model": "top-n-momentum", **parameters}, **keywords)
    backtest = built_in.run(market)
    luck = backtest.timing_luck()
    assert (luck["offsets"]["n"], luck["offsets"]["runs"][2]["days"]) == (21, "day -3")
    assert luck["offsets"]["cagr"]["own"] == backtest.statistics["returns"]["cagr"]
    backtest.write(tmp_path)
    assert json.loads((tmp_path / "statistics.json").read_text())["detail"]["timing_luck"] == luck
    model = TopMomentum(**parameters)
    ours = gridfolio.Strategy(alpha=model, **keywords).run(market)
    assert ours.timing_luck()["offsets"]["runs"] == luck["offsets"]["runs"]


def test_a_model_that_a_run_changes_has_no_timing_luck(market):
    class Counts:
        asked = 0

        def weights(self, as_of):
            self.asked += 1
            return {"AAA": 1.0 if self.asked < 5 else 0.0}

    keywords = {"start": "2015-01-01", "end": "2017-03-31", "assets": ["AAA"], "schedule": "end-of-month"}
    backtest = gridfolio.Strategy(alpha=Counts(), **keywords).run(market)
    with pytest.raises(gridfolio.ModelError, match="another result when it is run again"):
        backtest.timing_luck()
    assert gridfolio.Strategy(alpha=Counts, **keywords).run(market).timing_luck()["offsets"]["n"] == 21


def test_dates_of_a_schedule_are_texts_or_dates(market):
    keywords = {"start": "2015-01-01", "end": "2017-03-31", "assets": ["AAA"], "alpha": "equal-weight"}
    dates = ["2015-02-02", datetime.date(2016, 2, 1)]
    backtest = gridfolio.Strategy(schedule="on-dates", dates=dates, **keywords).run(market)
    assert [str(day.date()) for day in backtest.target_allocations.index] == ["2015-02-02", "2016-02-01"]
