"""Sweeps from Python."""

import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import textwrap
import time

import pytest

import gridfolio
from my_models import FailsLate, TopMomentum
from test_model import strategy_of

pd = pytest.importorskip("pandas")

AXES = {"alpha.lookback": range(20, 101, 20), "alpha.top_n": [1, 2]}


def test_each_row_is_the_backtest_of_its_values(strategy, market):
    results = gridfolio.sweep(strategy, AXES, market)
    assert isinstance(results, pd.DataFrame) and len(results) == 10
    assert results.axes_names == ["alpha.lookback", "alpha.top_n"]
    for trial, row in results.iterrows():
        settings = {name: int(row[name]) for name in AXES}
        equity = strategy.replace(settings).run(market).equity
        assert row["final_equity"] == equity[-1]
        assert results.show(trial).equity.tobytes() == equity.tobytes()


def test_sorted_and_filtered_results_can_show_a_trial(strategy, market):
    best = gridfolio.sweep(strategy, AXES, market).sort_values("sharpe", ascending=False).head(3)
    assert best.show(best.index[0]).equity[-1] == best["final_equity"].iloc[0]
    assert "lookback" in best.strategy_toml(best.index[0])


def test_pickled_results_can_show_a_trial_while_their_folder_exists(strategy, market, tmp_path):
    results = gridfolio.sweep(strategy, AXES, market, out=tmp_path / "sweep")
    copied = pickle.loads(pickle.dumps(results))
    pd.testing.assert_frame_equal(pd.DataFrame(results), pd.DataFrame(copied))
    assert copied.show(3).equity.tobytes() == results.show(3).equity.tobytes()
    shutil.rmtree(tmp_path / "sweep")
    with pytest.raises(gridfolio.UsageError, match="the folder of these results no longer exists"):
        pickle.loads(pickle.dumps(results)).show(3)
    # The sums that the verdict is computed from are in the file only.
    assert not [name for name in results.columns if name.startswith("fold_")]


def test_results_do_not_depend_on_workers_folder_or_source_of_prices(strategy, market, prices_dir, tmp_path):
    one = gridfolio.sweep(strategy, AXES, market, workers=1)
    two = gridfolio.sweep(strategy, AXES, market, workers=2, out=tmp_path / "sweep")
    pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(two))
    pd.testing.assert_frame_equal(pd.DataFrame(two), pd.DataFrame(gridfolio.open_sweep(tmp_path / "sweep")))
    # Prices from files give the same results as those in memory.
    named = strategy.replace({"data.dir": str(prices_dir)})
    pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(gridfolio.sweep(named, AXES)))


def test_a_verdict_counts_all_trials_of_the_ledger(strategy, market, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("GRIDFOLIO_LEDGER", str(tmp_path / "ledger"))
    results = gridfolio.sweep(strategy, AXES, market, progress=True)
    verdict = results.verdict()
    assert "is it luck? " + verdict.light in verdict.summary()
    assert verdict.summary() in capsys.readouterr().err
    assert verdict.answer == verdict.details["answer"]
    assert [test["name"] for test in verdict.details["tests"] if not test["passed"]] == verdict.failed_tests
    assert verdict.details["trials"] == verdict.details["tried"] == 10
    assert len(list((tmp_path / "ledger").iterdir())) == 1
    # Other values on the same prices are further trials.
    more = gridfolio.sweep(strategy, {"alpha.lookback": [30, 50, 70]}, market).verdict()
    assert (more.details["trials"], more.details["tried"]) == (3, 13)
    # A Python model has the verdict of the same built-in model.
    python = strategy_of(TopMomentum, parameters={"lookback": 60, "top_n": 2}, name="momentum")
    axes = {name.replace("alpha.", "alpha.parameters."): values for name, values in AXES.items()}
    ours = gridfolio.sweep(python, axes, market, workers=2).verdict()
    assert ours.details["best"] == verdict.details["best"]
    # The windows name the parameters as the axes are called.
    for walk in (ours.details["walk_forward"], verdict.details["walk_forward"]):
        for window in walk["windows"]:
            window["parameters"] = [name.rpartition(".")[2] for name in window["parameters"]]
    assert ours.details["walk_forward"] == verdict.details["walk_forward"]


def test_random_trials_meet_the_condition(strategy, market):
    axes = {"alpha.lookback": range(5, 200), "alpha.top_n": [1, 2, 3]}
    results = gridfolio.sweep(strategy, axes, market, sampler="random", trials=50, seed=3, where="alpha.lookback < 50")
    assert (results["alpha.lookback"] < 50).all()


def test_a_python_model_has_the_results_of_the_same_built_in_model(strategy, market):
    engine = gridfolio.sweep(strategy, AXES, market)
    python = gridfolio.sweep(
        strategy_of(TopMomentum, parameters={"lookback": 60, "top_n": 2}, name="momentum"),
        {name.replace("alpha.", "alpha.parameters."): values for name, values in AXES.items()},
        market,
        workers=2,
    )
    assert python["final_equity"].tolist() == engine["final_equity"].tolist()
    assert python["digest"].tolist() == engine["digest"].tolist()
    assert python.show(3).equity.tobytes() == engine.show(3).equity.tobytes()


def test_a_failed_trial_is_a_row_with_the_last_lines_of_its_traceback(market):
    strategy = strategy_of(FailsLate, parameters={"after": 1})
    results = gridfolio.sweep(strategy, {"alpha.parameters.after": [100, 100_000]}, market)
    assert "RuntimeError: no weights after that many closes" in results["error"][0]
    assert "my_models.py, line" in results["error"][0]
    assert pd.isna(results["error"][1]) and results["final_equity"][1] == 1e6


def test_showing_a_trial_of_a_model_that_is_not_deterministic_is_an_error(market):
    results = gridfolio.sweep(strategy_of("my_models:Random"), {"portfolio.cash_buffer": [0.1]}, market, workers=1)
    with pytest.raises(gridfolio.StrategyError, match="the alpha model must be deterministic"):
        results.show(0)


def test_sweeping_an_object_is_an_error(market):
    strategy = strategy_of(TopMomentum(60))
    strategy.run(market)
    with pytest.raises(gridfolio.UsageError, match="hint: give the strategy its class"):
        gridfolio.sweep(strategy, {"alpha.parameters.lookback": [1]}, market)


def test_an_invalid_axis_or_another_plan_is_an_error(strategy, market, tmp_path):
    with pytest.raises(gridfolio.StrategyError, match="did you mean `alpha.lookback`"):
        gridfolio.sweep(strategy, {"alpha.lookbak": [1]}, market)
    with pytest.raises(gridfolio.UsageError, match="the axis `alpha.lookback` must be a list or a range, not 5"):
        gridfolio.sweep(strategy, {"alpha.lookback": 5}, market)
    gridfolio.sweep(strategy, AXES, market, out=tmp_path)
    with pytest.raises(gridfolio.UsageError, match="has changed|planned with"):
        gridfolio.sweep(strategy, {"alpha.lookback": [3]}, market, out=tmp_path)
    gridfolio.sweep(strategy, {"alpha.lookback": [3]}, market, out=tmp_path, fresh=True)


def test_a_model_of_a_script_or_a_shell_can_be_swept(prices_dir, tmp_path):
    code = textwrap.dedent(
        f"""
        import gridfolio

        class Half:
            def __init__(self, share):
                self.share = share

            def weights(self, as_of):
                return {{"AAA": self.share}}

        if __name__ == "__main__":
            market = gridfolio.Market.from_folder({str(prices_dir)!r})
            strategy = gridfolio.Strategy(
                start="2015-01-01", end="2016-01-01", assets=["AAA"], alpha=Half, parameters={{"share": 0.5}},
                schedule="end-of-month",
            )
            results = gridfolio.sweep(strategy, {{"alpha.parameters.share": [0.1 * i for i in range(10)]}}, market, workers=2)
            assert results["error"].isna().all() and results["final_equity"].nunique() == 10
            print("swept")
        """
    )
    (tmp_path / "script.py").write_text(code)
    for command in ([str(tmp_path / "script.py")], ["-c", code]):
        done = subprocess.run([sys.executable, *command], capture_output=True, text=True, timeout=120)
        assert done.stdout == "swept\n", done.stderr


def test_the_worker_command_computes_the_given_shards(market, tmp_path, monkeypatch):
    from gridfolio import _gridfolio

    strategy = strategy_of(TopMomentum, parameters={"lookback": 60})
    overrides = ['sweep.axes={ "alpha.parameters.lookback" = { from = 10, to = 120, step = 10 } }']
    _gridfolio.plan_sweep(strategy._strategy, overrides, market._prices, str(tmp_path), False, 4, [])
    here = os.path.dirname(__file__)
    for shards in ("0", "1-2"):
        command = [sys.executable, "-m", "gridfolio", "worker", str(tmp_path), "--shards", shards, "--trust"]
        subprocess.run(command, check=True, cwd=here)
    assert sorted(path.name for path in (tmp_path / "shards").iterdir()) == ["000000", "000001", "000002"]
    planned = _gridfolio.Sweep.open(str(tmp_path), True)
    assert planned.missing_shards() == []
    planned.run(1, None)
    assert len(gridfolio.open_sweep(tmp_path)) == 12
    unknown = [sys.executable, "-m", "gridfolio", "worker", str(tmp_path), "--shards", "7", "--trust"]
    done = subprocess.run(unknown, capture_output=True, text=True, cwd=here)
    assert done.returncode == 2 and "there is no shard 7" in done.stderr


@pytest.mark.parametrize("alpha", ["engine", "python"])
def test_an_interrupted_sweep_keeps_completed_shards_and_can_be_resumed(prices_dir, tmp_path, alpha):
    model = {
        "engine": 'alpha={"model": "top-n-momentum", "lookback": 5, "top_n": 1}, schedule="daily"',
        "python": 'alpha="my_models:TopMomentum", parameters={"lookback": 5}, schedule="daily"',
    }[alpha]
    axis = {"engine": "alpha.lookback", "python": "alpha.parameters.lookback"}[alpha]
    code = textwrap.dedent(
        f"""
        import gridfolio
        if __name__ == "__main__":
            strategy = gridfolio.Strategy(start="2015-01-01", end="2017-03-31", assets=["AAA", "BBB", "CCC"], {model})
            market = gridfolio.Market.from_folder({str(prices_dir)!r})
            print("go", flush=True)
            gridfolio.sweep(strategy, {{"{axis}": range(1, 300), "backtest.initial_cash": [1e6 + i for i in range(300)]}},
                            market, out={str(tmp_path / "sweep")!r})
        """
    )
    here = os.path.dirname(__file__)
    (tmp_path / "script.py").write_text(code)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([here, os.environ.get("PYTHONPATH", "")])}
    started = [sys.executable, str(tmp_path / "script.py")]
    process = subprocess.Popen(started, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    assert process.stdout.readline() == b"go\n"
    deadline = time.monotonic() + 60
    shards = tmp_path / "sweep" / "shards"
    while not (shards.is_dir() and any(shards.iterdir())) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert b"KeyboardInterrupt" in error and process.returncode != 0
    from gridfolio import _gridfolio

    planned = _gridfolio.Sweep.open(str(tmp_path / "sweep"), True)
    missing = planned.missing_shards()
    assert 0 < len(missing) < planned.n_numbers
    planned.compute_shard(missing[0])
    assert planned.missing_shards() == missing[1:]


class NotDerived:
    """Has weights and no base class."""

    def weights(self, as_of):
        return {as_of.assets[0]: 1.0}


def test_a_class_that_a_file_names_must_be_an_alpha_model(strategy, market):
    for named in ("subprocess:Popen", "os:system", "test_sweep:NotDerived"):
        with pytest.raises(gridfolio.StrategyError, match="must derive from it"):
            strategy_of(named).run(market)
    # A class that is passed is the caller's own.
    assert strategy_of(NotDerived).run(market).equity[-1] > 0
    assert len(gridfolio.sweep(strategy_of(NotDerived), {"portfolio.cash_buffer": [0.1, 0.2]}, market, workers=1)) == 2


def test_a_folder_runs_python_classes_only_when_it_is_trusted(market, tmp_path):
    axes = {"alpha.parameters.lookback": [20, 60]}
    out = tmp_path / "sweep"
    own = gridfolio.sweep(strategy_of(TopMomentum), axes, market, out=out, workers=1)
    opened = gridfolio.open_sweep(out)
    assert opened["final_equity"].tolist() == own["final_equity"].tolist()
    with pytest.raises(gridfolio.UsageError, match="runs the Python class `my_models:TopMomentum`"):
        opened.show(0)
    for trusted in ({"trust": True}, {"models": [TopMomentum]}):
        assert gridfolio.open_sweep(out, **trusted).show(0).equity[-1] == own["final_equity"][0]
    with pytest.raises(gridfolio.Error):
        gridfolio.open_sweep(out, models=[FailsLate]).show(0)
    shard = next((out / "shards").iterdir())
    shard.unlink()
    worker = [sys.executable, "-m", "gridfolio", "worker", str(out), "--shards", str(int(shard.name))]
    here = {**os.environ, "PYTHONPATH": os.path.dirname(__file__)}
    refused = subprocess.run(worker, env=here, capture_output=True, text=True)
    assert refused.returncode == 2 and "`my_models:TopMomentum`" in refused.stderr, refused.stderr
    assert not shard.exists()
    done = subprocess.run([*worker, "--trust"], env=here, capture_output=True, text=True)
    assert done.returncode == 0 and shard.exists(), done.stderr


def test_null_worlds_run_models_written_in_python(market, monkeypatch, tmp_path):
    monkeypatch.setenv("GRIDFOLIO_LEDGER", str(tmp_path / "ledger"))
    keywords = {"start": "2015-01-01", "end": "2017-03-31", "assets": ["AAA", "BBB", "CCC", "DDD"], "schedule": "end-of-month"}
    axes = {"lookback": [40, 80], "top_n": [1, 2]}
    own = gridfolio.Strategy(alpha=TopMomentum, parameters={"lookback": 60, "top_n": 2}, **keywords)
    built_in = gridfolio.Strategy(alpha={"model": "top-n-momentum", "lookback": 60, "top_n": 2}, **keywords)
    own_axes = {f"alpha.parameters.{key}": values for key, values in axes.items()}
    built_in_axes = {f"alpha.{key}": values for key, values in axes.items()}
    ours = gridfolio.sweep(own, own_axes, market, out=tmp_path / "ours")
    assert ours.verdict().details["worlds"] is None
    assert ours.worlds(25).details["worlds"]["worlds"] == 25
    gridfolio.sweep(built_in, built_in_axes, market, out=tmp_path / "theirs").worlds(25)

    def highest(sweep, shuffle):
        return json.loads((tmp_path / sweep / "worlds" / f"{shuffle}-000000.json").read_text())["highest"]

    # A world follows from the seed and its number, so that the same model does the same in it, to the bit.
    for shuffle in ["days", "blocks"]:
        assert highest("ours", shuffle) == highest("theirs", shuffle)
    with pytest.raises(gridfolio.UsageError, match="`n` is 0"):
        ours.worlds(0)
