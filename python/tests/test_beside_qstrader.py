"""Random strategies with their own alpha models, run by QSTrader itself and by gridfolio."""

import concurrent.futures
import json
from pathlib import Path

import pytest

from conftest import run_script
from test_qstrader_examples import close

pytest.importorskip("pandas")

HERE = Path(__file__).parent
CASES = 36


@pytest.mark.newest
def test_random_strategies_have_qstrader_s_results_to_the_bit(qstrader_python, prices_dir, tmp_path):
    recorded, script = HERE / "recorded.py", HERE / "random_strategy.py"

    def record(name, seeds, **how):
        done = run_script(recorded, f"{name}.json", script, *seeds, cwd=tmp_path, data=prices_dir, **how)
        assert done.returncode == 0, done.stderr
        return json.loads((tmp_path / f"{name}.json").read_text())

    # QSTrader takes minutes, so two processes share the seeds.
    halves = {"theirs-0": range(CASES // 2), "theirs-1": range(CASES // 2, CASES)}
    with concurrent.futures.ThreadPoolExecutor() as pool:
        running = [
            pool.submit(record, name, seeds, python=qstrader_python, module=None) for name, seeds in halves.items()
        ]
        theirs = [session for half in running for session in half.result()]
    ours = record("ours", range(CASES))
    assert len(ours) == len(theirs) == CASES
    assert all("gridfolio/qstrader/trading" in our["module"] for our in ours)
    assert not any("gridfolio/qstrader/trading" in their["module"] for their in theirs)
    for seed, (our, their) in enumerate(zip(ours, theirs)):
        for name in ("equity_curve", "target_allocations_raw", "rebalances", "final"):
            assert our[name] == their[name], (seed, name)
        close(our["stats"], their["stats"], f"seed {seed}")
    # The strategies differ: most end with a different equity.
    assert len({session["final"]["equity"] for session in theirs}) > CASES * 3 // 4
