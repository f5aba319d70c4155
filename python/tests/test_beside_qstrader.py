"""Random strategies with alpha models of their own, run by QSTrader itself and by gridfolio."""

import json
from pathlib import Path

import pytest

from conftest import run_script
from test_qstrader_examples import close

pytest.importorskip("pandas")

HERE = Path(__file__).parent
CASES = 36


@pytest.mark.newest
def test_random_strategies_agree_to_the_bit(qstrader_python, prices_dir, tmp_path):
    recorded, script, seeds = HERE / "recorded.py", HERE / "random_strategy.py", range(CASES)
    theirs = run_script(
        recorded, "theirs.json", script, *seeds, cwd=tmp_path, data=prices_dir, python=qstrader_python, module=None
    )
    assert theirs.returncode == 0, theirs.stderr
    ours = run_script(recorded, "ours.json", script, *seeds, cwd=tmp_path, data=prices_dir)
    assert ours.returncode == 0, ours.stderr
    ours, theirs = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("ours", "theirs"))
    assert len(ours) == len(theirs) == CASES
    assert all("gridfolio/qstrader/trading" in our["module"] for our in ours)
    assert not any("gridfolio/qstrader/trading" in their["module"] for their in theirs)
    for seed, (our, their) in enumerate(zip(ours, theirs)):
        for name in ("equity_curve", "target_allocations_raw", "rebalances", "final"):
            assert our[name] == their[name], (seed, name)
        close(our["stats"], their["stats"], f"seed {seed}")
    # The draws are worth something: there are trades, and not all end alike.
    assert len({session["final"]["equity"] for session in theirs}) > CASES * 3 // 4
