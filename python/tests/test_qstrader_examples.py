"""QSTrader's own scripts and the tutorial's, unchanged. The goldens are the results of QSTrader 0.3.0."""

import gzip
import json
import shutil
from pathlib import Path

import pytest

from conftest import run_script

pytest.importorskip("pandas")
pytest.importorskip("matplotlib")

HERE = Path(__file__).parent


def close(ours, theirs, path=""):
    """Asserts equality, of floats to 1e-12."""
    if isinstance(theirs, dict):
        assert list(ours) == list(theirs), path
        for key in theirs:
            close(ours[key], theirs[key], f"{path}.{key}")
    elif isinstance(theirs, list):
        assert len(ours) == len(theirs), path
        for index, (our, their) in enumerate(zip(ours, theirs)):
            close(our, their, f"{path}[{index}]")
    elif isinstance(theirs, float) and isinstance(ours, float):
        assert abs(ours - theirs) <= 1e-12, path
    else:
        assert ours == theirs, path


def golden(shared, name):
    with gzip.open(shared / "oracle" / "golden" / "examples" / f"{name}.json.gz") as file:
        return json.load(file)


def check(session, golden):
    """Asserts equal equity, allocations, cash and positions to the bit, and statistics to 1e-12."""
    assert session["equity_curve"] == golden["equity_curve"]
    assert session["target_allocations_raw"] == golden["target_allocations_raw"]
    ours, theirs = session["final"], golden["final"]
    for name in ("cash", "equity", "realised", "unrealised"):
        assert ours[name] == theirs[name], name
    assert list(ours["positions"]) == list(theirs["positions"])
    for asset, position in theirs["positions"].items():
        assert ours["positions"][asset] == {k: v for k, v in position.items() if k != "current_dt"}
    assert len(session["rebalances"]) == golden["rebalance_schedule_len"]
    assert session["rebalances"][-3:] == golden["rebalance_schedule_tail"]
    # The goldens store allocations as runs of equal weights.
    allocations = []
    for column in session["stats"].pop("target_allocations"):
        runs = []
        for stamp, weight in column["data"]:
            if runs and runs[-1][2] == weight:
                runs[-1][1] += 1
            else:
                runs.append([stamp, 1, weight])
        allocations.append({"name": column["name"], "runs": runs})
    session["stats"].pop("equity_curve")
    close({**session["stats"], "target_allocations": allocations}, golden["stats"])


@pytest.mark.parametrize(
    "script, data",
    [
        ("sixty_forty", "yahoo_2025_01"),
        ("sixty_forty_fees", "yahoo_2025_01"),
        ("buy_and_hold", "av_2020_12"),
        ("long_short", None),
        ("momentum_taa", "yahoo_2025_01"),
    ],
)
def test_an_example_has_qstrader_s_results_to_the_bit(qstrader_examples, shared, tmp_path, script, data):
    if data is None:
        # The prices of its benchmark are of another vintage.
        folder = tmp_path / "prices"
        shutil.copytree(shared / "data" / "yahoo_2020_12", folder)
        shutil.copy(shared / "data" / "yahoo_2025_01" / "SPY.csv", folder)
    else:
        folder = shared / "data" / data
    source = qstrader_examples / f"{script}.py"
    done = run_script(source, cwd=tmp_path, data=folder)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.glob("*.png")), "the tear sheet"
    done = run_script(HERE / "recorded.py", "out.json", source, cwd=tmp_path, data=folder)
    assert done.returncode == 0, done.stderr
    check(json.loads((tmp_path / "out.json").read_text())[0], golden(shared, script))


def tutorial_script(shared):
    text = (shared / "tutorial" / "raspberry-pi-cluster-part-4.txt").read_text()
    begin = text.index("The complete code is given below:") + len("The complete code is given below:")
    return text[begin : text.index("Once you have modified the file, copied across")]


@pytest.mark.parametrize(
    "name, data",
    [
        ("tutorial_2025_01", "yahoo_2025_01"),
        ("tutorial_2025_09", "yahoo_2025_09"),
        ("tutorial_emulated_2022_10", "emul_2022_10_03"),
    ],
)
def test_the_tutorial_s_script_writes_qstrader_s_file(shared, tmp_path, name, data):
    script = tmp_path / "sixty_forty.py"
    script.write_text(tutorial_script(shared))
    done = run_script(script, cwd=tmp_path, data=shared / "data" / data)
    assert done.returncode == 0, done.stderr
    (written,) = tmp_path.glob("sixty_forty_test_*.json")
    theirs = golden(shared, name)
    ours = json.loads(written.read_text())
    assert ours["strategy_name"] == "sixty_forty"
    ours = ours["strategy"]
    assert [value for _, value in ours["equity_curve"]] == [value for _, value in theirs["equity_curve"]]
    assert [ours["equity_curve"][0][0], ours["equity_curve"][-1][0]] == theirs["first_ms_last_ms"]
    # The script passes no allocations.
    assert ours.pop("target_allocations") == []
    expected = {name: value for name, value in theirs["stats"].items() if name != "target_allocations"}
    ours.pop("equity_curve")
    close(ours, expected)


@pytest.mark.newest
def test_events_are_printed_as_qstrader_prints_them(shared, qstrader_examples, qstrader_python, tmp_path):
    source, data = qstrader_examples / "sixty_forty_fees.py", shared / "data" / "yahoo_2025_01"
    ours = run_script(source, cwd=tmp_path, data=data)
    theirs = run_script(source, cwd=tmp_path, data=data, python=qstrader_python, module=None)
    assert theirs.returncode == 0, theirs.stderr
    lines = [line for line in ours.stdout.splitlines() if "There is no display" not in line]
    assert lines == theirs.stdout.splitlines()
