"""Alpha models written in Python."""

import gc

import numpy as np
import pytest

import gridfolio
from my_models import FailsLate, TopMomentum

pd = pytest.importorskip("pandas")

ASSETS = ["AAA", "BBB", "CCC", "DDD"]


def strategy_of(alpha, **keywords):
    keywords = {"schedule": "end-of-month", "cash_buffer": 0.01, **keywords}
    return gridfolio.Strategy(start="2015-01-01", end="2017-03-31", assets=ASSETS, alpha=alpha, **keywords)


class Model:
    """Returns what `answer` returns."""

    def __init__(self, answer):
        self.answer = answer

    def weights(self, as_of):
        return self.answer(as_of)


def test_a_python_model_has_the_results_of_the_same_built_in_model(strategy, market):
    native = strategy.run(market)
    for alpha in (TopMomentum, "my_models:TopMomentum"):
        ours = strategy_of(alpha, parameters={"lookback": 60, "top_n": 2}).run(market)
        assert ours.equity.tobytes() == native.equity.tobytes()
        assert ours.transactions.equals(native.transactions)


def test_signals_are_computed_from_the_closes_seen(market):
    closes = {symbol: market.bars(symbol)["close"].to_numpy() for symbol in ASSETS}
    seen = []

    def answer(as_of):
        n = as_of.closes_seen
        for symbol in ASSETS:
            history = closes[symbol][:n]
            assert as_of.closes(symbol).tolist() == history.tolist()
            assert as_of.closes(symbol, 5).tolist() == history[-5:].tolist()
            assert as_of.price(symbol) == history[-1]
            if n > 20:
                assert as_of.momentum(symbol, 20) == pytest.approx(history[-1] / history[-21] - 1)
                assert as_of.moving_average(symbol, 20) == pytest.approx(history[-20:].mean())
                returns = history[-20:] / history[-21:-1] - 1
                assert as_of.volatility(symbol, 20) == pytest.approx(returns.std() * np.sqrt(252), rel=0.05)
        assert as_of.momenta(20).tolist() == [as_of.momentum(symbol, 20) for symbol in as_of.assets]
        assert as_of.prices().tolist() == [as_of.price(symbol) for symbol in as_of.assets]
        assert as_of.time.date() == as_of.date and as_of.time.hour == 21
        seen.append(as_of.date)
        return [0.25] * 4

    strategy_of(Model(answer)).run(market)
    assert len(seen) == 27 and seen == sorted(seen)


def test_a_view_of_closes_ends_at_the_decision_is_read_only_and_outlives_the_run(market):
    kept = []

    def answer(as_of):
        view = as_of.closes("AAA")
        assert not view.flags.writeable and not view.flags.owndata
        with pytest.raises(ValueError):
            view[0] = 1.0
        with pytest.raises(ValueError):
            view.flags.writeable = True
        # No later price can be reached through its base.
        assert not isinstance(view.base, np.ndarray)
        assert [name for name in dir(view.base) if not name.startswith("__")] == []
        kept.append((as_of, view, as_of.closes_seen))
        return {}

    strategy_of(Model(answer)).run(market)
    gc.collect()
    closes = market.bars("AAA")["close"].to_numpy()
    for as_of, view, seen in kept:
        assert as_of.closes_seen == seen == len(view)
        assert view.tolist() == closes[:seen].tolist()


def test_changing_future_prices_changes_no_earlier_equity(market):
    cut = 400
    bars = {symbol: market.bars(symbol) for symbol in ASSETS}
    for symbol, frame in bars.items():
        frame.iloc[cut:] *= 3.0
    other = gridfolio.Market.from_frames(bars)
    strategy = strategy_of(TopMomentum, parameters={"lookback": 60, "top_n": 2})
    ours, theirs = strategy.run(market).equity, strategy.run(other).equity
    assert ours[:cut].tobytes() == theirs[:cut].tobytes()
    assert ours[-1] != theirs[-1]


@pytest.mark.parametrize(
    "answer",
    [
        lambda as_of: {"AAA": 0.5, "BBB": 0.5},
        lambda as_of: [0.5, 0.5, 0.0, 0.0],
        lambda as_of: np.array([0.5, 0.5, 0.0, 0.0]),
        lambda as_of: pd.Series({"AAA": 0.5, "BBB": 0.5}),
        lambda as_of: {"AAA": np.float64(0.5), "BBB": np.float32(0.5)},
    ],
)
def test_weights_may_be_a_dict_a_list_an_array_or_a_series(market, answer):
    expected = strategy_of({"model": "fixed-weights", "weights": {"AAA": 0.5, "BBB": 0.5}}).run(market)
    assert strategy_of(Model(answer)).run(market).equity.tobytes() == expected.equity.tobytes()


@pytest.mark.parametrize(
    "answer, message",
    [
        (lambda as_of: {"ZZZ": 1.0}, "`ZZZ`, which is not in the market data"),
        (lambda as_of: {"AAA": float("nan")}, "the weight of `AAA` on 2015-01-30.* is NaN"),
        (lambda as_of: {"AAA": -0.5}, "is -0.5, and a long-only portfolio holds no negative weights"),
        (lambda as_of: {"AAA": "much"}, "the weight of `AAA` is much, which is not a number"),
        (lambda as_of: {3: 1.0}, "a weight for 3, which is not a symbol"),
        (lambda as_of: [1.0], "returned 1 weights for 4 assets"),
        (lambda as_of: None, "returned <class 'NoneType'>; it must return a dict"),
        (lambda as_of: "AAA", "it must return a dict"),
        (lambda as_of: {"AAA": as_of.closes("AAA", -1)[0]}, "nothing after now can be seen"),
        (lambda as_of: {"AAA": as_of.price("ZZZ")}, "`ZZZ` is not in the market data"),
        (lambda as_of: {"AAA": 1 / 0}, "ZeroDivisionError: division by zero\n  at .*test_model.py, line"),
    ],
)
def test_invalid_weights_are_an_error_that_names_the_problem(market, answer, message):
    with pytest.raises(gridfolio.StrategyError, match=message):
        strategy_of(Model(answer)).run(market)


def test_the_exception_of_a_model_is_the_cause_of_the_error(market):
    with pytest.raises(gridfolio.ModelError, match="the alpha model failed on 2015-05-29") as raised:
        strategy_of(FailsLate, parameters={"after": 100}).run(market)
    assert isinstance(raised.value.__cause__, RuntimeError)
    assert raised.value.__cause__.__traceback__ is not None


def test_the_error_of_a_model_has_no_hint_to_run_it_from_python(market):
    with pytest.raises(gridfolio.ModelError) as raised:
        strategy_of(FailsLate, parameters={"after": 100}).run(market)
    assert "hint" not in str(raised.value)


def test_replace_can_change_the_class_of_the_model(market):
    class Nothing:
        def weights(self, as_of):
            return {}

    strategy = strategy_of(Nothing).replace({"alpha.class": "my_models:TopMomentum", "alpha.parameters": {"lookback": 60}})
    expected = strategy_of(TopMomentum, parameters={"lookback": 60}).run(market)
    assert strategy.run(market).equity.tobytes() == expected.equity.tobytes()


def test_ctrl_c_in_a_model_interrupts_the_run(market):
    def answer(as_of):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        strategy_of(Model(answer)).run(market)


def test_a_class_that_cannot_be_imported_is_an_error_with_its_name(market):
    with pytest.raises(gridfolio.StrategyError, match="cannot import the alpha model `my_models:Nothing`"):
        strategy_of("my_models:Nothing").run(market)


def test_a_model_reads_prices_that_are_never_traded(market, tmp_path):
    days = pd.DatetimeIndex(market.bars("AAA").index)
    fear = pd.DataFrame({"Close": np.arange(1.0, len(days) + 1)}, index=days)
    seen = []

    def answer(as_of):
        assert "FEAR" not in as_of.assets
        n = as_of.closes_seen
        assert as_of.closes("FEAR", 3).tolist() == [n - 2.0, n - 1.0, float(n)][-n:]
        assert as_of.price("FEAR") == n
        seen.append(as_of.date)
        return {"AAA": 1.0, "FEAR": 1.0}

    frames = {symbol: market.bars(symbol) for symbol in ASSETS}
    with pytest.raises(gridfolio.DataError, match="closes and no opens"):
        gridfolio.Market.from_frames({**frames, "FEAR": fear})
    prices = gridfolio.Market.from_frames({**frames, "FEAR": fear}, also="FEAR")
    backtest = strategy_of(Model(answer), also="FEAR").run(prices)
    assert len(seen) == 27
    assert set(backtest.transactions["asset"]) == {"AAA"}

    fear.to_csv(tmp_path / "FEAR.csv")
    for symbol in ASSETS:
        market.bars(symbol).to_csv(tmp_path / f"{symbol}.csv")
    folder = strategy_of(Model(answer), also=["FEAR"], data=tmp_path)
    assert folder.run().equity.tobytes() == backtest.equity.tobytes()
    read = gridfolio.Market.from_folder(tmp_path, ASSETS, also=["FEAR"])
    assert folder.run(read).equity.tobytes() == backtest.equity.tobytes()
