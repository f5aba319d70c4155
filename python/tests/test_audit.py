"""The look-ahead audit of models written in Python: models with look-ahead fail it, others pass."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gridfolio
from my_models import TopMomentum

pd = pytest.importorskip("pandas")

ASSETS = ["AAA", "BBB", "CCC", "DDD"]

DAILY = """
[data]
dir = "{dir}"
[backtest]
start = 2015-01-01
end = 2017-03-31
[universe]
assets = ["AAA", "BBB", "CCC", "DDD"]
[alpha]
model = "python"
class = "{model}"
[rebalance]
schedule = "daily"
"""


def strategy_of(alpha, **keywords):
    keywords = {"schedule": "daily", "cash_buffer": 0.01, **keywords}
    return gridfolio.Strategy(start="2015-01-01", end="2017-03-31", assets=ASSETS, alpha=alpha, **keywords)


class PastTheEnd(gridfolio.AlphaModel):
    """Reads the engine's price table past the end of its view."""

    def weights(self, as_of):
        seen = as_of.closes("AAA")
        beyond = np.lib.stride_tricks.as_strided(seen, shape=(len(seen) + 1,), writeable=False)
        return {"AAA": 1.0 if beyond[-1] > seen[-1] else 0.0}


class Precomputed:
    """Trades on a column that looks one day ahead, as after a misplaced `shift(-1)`."""

    def __init__(self, market):
        closes = market.bars("AAA")["close"]
        self.signal = (closes.shift(-1) > closes).to_dict()

    def weights(self, as_of):
        return {"AAA": 1.0 if self.signal.get(pd.Timestamp(as_of.date)) else 0.0}


class ReadsAFile:
    """Reads future prices from the price file."""

    def __init__(self, path):
        closes = pd.read_csv(path, index_col="Date")["Close"]
        self.signal = (closes.shift(-1) > closes).to_dict()

    def weights(self, as_of):
        return {"AAA": 1.0 if self.signal.get(str(as_of.date)) else 0.0}


class Bound:
    """What `closes` the model was made with."""

    def __init__(self, closes):
        self.signal = (closes.shift(-1) > closes).to_dict()

    weights = Precomputed.weights


def test_an_honest_model_passes(market):
    audit = strategy_of(TopMomentum, parameters={"lookback": 60, "top_n": 2}).audit(market)
    assert audit.passed
    assert len(audit.details["dates"]) == 100
    assert audit.details["follows_prices"]
    assert audit.details["files_read"] == []
    assert repr(audit).startswith("strategy: look-ahead audit\npassed: at 100 dates, nothing before changed")


def test_a_python_model_has_the_audit_of_the_same_built_in_model(strategy, market):
    ours = strategy_of(
        TopMomentum, parameters={"lookback": 60, "top_n": 2}, schedule="end-of-month", name="momentum"
    ).audit(market)
    native = strategy.audit(market)
    assert ours.details["variations"] == native.details["variations"]
    assert ours.variations.loc["as it is", "sharpe"] == pytest.approx(
        strategy.run(market).statistics["ratios"]["sharpe"]
    )


def test_a_model_that_reads_past_the_end_of_its_view_fails_the_audit(market):
    audit = strategy_of(PastTheEnd).audit(market)
    assert not audit.passed
    # A changed future price changes the sign of the next return about half of the time.
    assert 20 < len(audit.details["future_altered"]) < 80
    first = audit.details["future_cut_off"][0]["difference"]
    assert (first["what"], first["asset"], first["before"], first["after"]) == ("weight", "AAA", 1.0, 0.0)
    assert "the weight of `AAA` is 0 instead of 1" in audit.summary()


def test_a_signal_computed_from_future_prices_fails_the_audit(market):
    audit = strategy_of(Precomputed(market)).audit(market, model=Precomputed)
    assert not audit.passed
    assert len(audit.details["future_altered"]) > 20


def test_a_model_that_ignores_the_prices_of_the_run_is_not_proven(market):
    model = Bound(market.bars("AAA")["close"])
    audit = strategy_of(model).audit(market)
    assert audit.answer == "not proven"
    reached = "`Bound.signal`, which holds values to 2017-04-19"
    assert audit.details["data_reached"] == [reached]
    assert f"not proven: the model reads {reached} and cannot be cut off" in audit.summary()
    assert audit.details["foresight"]["correlation"] > 0.5
    assert not audit.details["follows_prices"]
    assert "the model's weights are the same on any prices" in audit.summary()


FUT = None


class OfAGlobal:
    """Mixes a table of its own with the prices, so that its weights follow both."""

    def weights(self, as_of):
        tomorrow = FUT.get(pd.Timestamp(as_of.date), 0.0)
        return {"AAA": 1.0 if tomorrow > 0 and as_of.price("AAA") > 0 else 0.0}


def made_of(table, kind):
    """The same table where a model may have it."""
    if kind == "closure":

        class Model:
            def weights(self, as_of):
                return {"AAA": float(len(table) > 0)}

        return Model()
    if kind == "default":

        class Model:
            def weights(self, as_of, table=table):
                return {"AAA": float(len(table) > 0)}

        return Model()
    if kind == "class attribute":
        return type("Model", (), {"table": table, "weights": lambda self, as_of: {"AAA": float(len(self.table) > 0)}})()
    if kind == "method of another object":
        return type("Model", (), {"helper": Bound(table), "weights": lambda self, as_of: {"AAA": 1.0}})()
    raise AssertionError(kind)


def test_a_table_in_a_global_is_not_proven(market, monkeypatch):
    returns = market.bars("AAA")["close"].pct_change().shift(-1)
    monkeypatch.setattr(sys.modules[__name__], "FUT", returns)
    audit = strategy_of(OfAGlobal).audit(market)
    assert audit.answer == "not proven"
    assert audit.summary().splitlines()[1] == (
        "not proven: the model reads `FUT`, which holds values to 2017-04-19 and cannot be cut off"
    )


@pytest.mark.parametrize("kind", ["closure", "default", "class attribute", "method of another object"])
def test_a_table_is_found_wherever_a_model_has_it(market, kind):
    model = made_of(market.bars("AAA")["close"], kind)
    reached = strategy_of(model).audit(market, dates=3).details["data_reached"]
    assert len(reached) == 1 and reached[0].endswith("which holds values to 2017-04-19"), reached


def test_what_ends_before_the_first_decision_is_no_future(market):
    early = market.bars("AAA")["close"].loc[:"2014-12-31"]
    late = market.bars("AAA")["close"]
    found = [strategy_of(made_of(table, "closure")).audit(market, dates=3).details["data_reached"] for table in (early, late)]
    assert found[0] == [] and len(found[1]) == 1


def test_arrays_without_dates_count_by_their_length(market):
    for array, n_found in [(np.ones(5), 0), (np.ones(500), 1), ([0.5] * 500, 1), ({"AAA": 0.5, "BBB": 0.5}, 0)]:
        reached = strategy_of(made_of(array, "closure")).audit(market, dates=3).details["data_reached"]
        assert len(reached) == n_found, array
    assert reached == [] or "values without dates" in reached[0]


def test_what_a_function_computes_from_the_prices_is_cut_off_with_them(market):
    class Average:
        def __init__(self, prices):
            self.average = prices.bars("AAA")["close"].rolling(20).mean()

        def weights(self, as_of):
            return {"AAA": 1.0 if as_of.price("AAA") > self.average.get(pd.Timestamp(as_of.date), 0.0) else 0.0}

    audit = strategy_of(Average(market)).audit(market, model=Average)
    assert audit.passed and audit.details["data_reached"] == []
    assert strategy_of(Average(market)).audit(market).answer == "not proven"


def test_a_model_that_reads_price_files_fails_the_audit(prices_dir, market):
    path = prices_dir / "AAA.csv"
    audit = strategy_of(ReadsAFile, parameters={"path": str(path)}).audit(market)
    assert not audit.passed
    assert audit.details["prices_read"] == [str(path)]
    assert f"failed: the model reads prices past the audit, from `{path}`" in audit.summary()


def test_a_model_that_reads_another_file_is_not_proven(tmp_path, market):
    path = tmp_path / "views.txt"
    path.write_text("0.25")

    class Views:
        def weights(self, as_of):
            share = float(path.read_text()) if as_of.price("AAA") > 100 else 0.0
            return {"AAA": share}

    audit = strategy_of(Views()).audit(market)
    assert audit.answer == "not proven" and not audit.passed
    assert f"not proven: the model reads `{path}`, which cannot be cut off" in audit.summary()
    assert audit.details["files_read"] == [str(path)]
    assert f"warning: the model read `{path}`" in audit.summary()


def test_the_state_of_an_object_does_not_carry_over_between_runs(market):
    class Every:
        def __init__(self):
            self.asked = 0

        def weights(self, as_of):
            self.asked += 1
            return {"AAA": 1.0 if self.asked % 5 == 0 and as_of.price("AAA") > 0 else 0.0}

    model = Every()
    audit = strategy_of(model).audit(market)
    assert audit.details["repeatable"] and audit.details["future_altered"] == []
    # It trades by a count, not by prices, which no audit can look into.
    assert audit.answer == "not proven"
    assert model.asked == 0


def test_a_model_with_unseeded_random_numbers_is_not_repeatable(market):
    class Chance:
        def weights(self, as_of):
            return {"AAA": np.random.default_rng().random()}

    audit = strategy_of(Chance()).audit(market)
    assert not audit.passed and not audit.details["repeatable"]
    assert "draw random numbers from a fixed seed" in audit.summary()


def test_the_exception_of_a_model_is_the_cause_of_the_error(market):
    class Fails:
        def weights(self, as_of):
            raise RuntimeError("no weights")

    with pytest.raises(gridfolio.ModelError, match="the alpha model failed on 2015-01-01") as raised:
        strategy_of(Fails()).audit(market)
    assert isinstance(raised.value.__cause__, RuntimeError)
    with pytest.raises(gridfolio.ModelError, match="the alpha model cannot be made") as raised:
        strategy_of(TopMomentum, parameters={"lookback": 5}).audit(market, model=lambda prices: 1 / 0)
    assert isinstance(raised.value.__cause__, ZeroDivisionError)


def test_ctrl_c_in_a_model_interrupts_the_audit(market):
    class Interrupted:
        asked = 0

        def weights(self, as_of):
            Interrupted.asked += 1
            if Interrupted.asked > 3000:
                raise KeyboardInterrupt
            return {"AAA": 1.0}

    with pytest.raises(KeyboardInterrupt):
        strategy_of(Interrupted()).audit(market)


def audited(folder, prices_dir, model, *arguments):
    (folder / "own.toml").write_text(DAILY.format(dir=prices_dir, model=model))
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    command = [sys.executable, "-m", "gridfolio", "audit", "own.toml", "--dates", "20", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_the_command_exits_with_1_when_it_finds_look_ahead(tmp_path, prices_dir):
    done = audited(tmp_path, prices_dir, "test_audit:PastTheEnd")
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("own: look-ahead audit\nfailed: at ")
    done = audited(tmp_path, prices_dir, "my_models:TopMomentum", "--set", "alpha.parameters.lookback=20", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["passed"]
    done = audited(tmp_path, prices_dir, "my_models:Nothing")
    assert done.returncode == 3 and "cannot import the alpha model `my_models:Nothing`" in done.stderr
