"""Sweeps of Python alpha models on a Slurm cluster: a real one, on this machine."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import gridfolio
from conftest import ROOT
from my_models import TopMomentum
from test_model import strategy_of

pytest.importorskip("pandas")

HERE = Path(__file__).parent
SCRIPT = ROOT / "crates" / "cli" / "tests" / "slurm" / "cluster"
AXES = {"alpha.parameters.lookback": range(20, 101, 20), "alpha.parameters.top_n": [1, 2]}

# The packages that the nodes need. Copying all of the environment would be slow.
PACKAGES = ["gridfolio", "numpy", "numpy.libs", "pandas", "pandas.libs", "dateutil", "six.py", "pytz", "tzdata"]

SWEEP = """
import gridfolio
from my_models import TopMomentum

strategy = gridfolio.Strategy(
    name="momentum", start="2015-01-01", end="2017-03-31", assets=["AAA", "BBB", "CCC", "DDD"], alpha=TopMomentum,
    parameters={"lookback": 60}, schedule="end-of-month", data="/sharedfs/work/prices",
)
axes = {"alpha.parameters.lookback": range(20, 101, 20), "alpha.parameters.top_n": [1, 2]}
if __name__ == "__main__":
    gridfolio.sweep(strategy, axes, out="/sharedfs/work/here")
    settings = {"tasks": 3, "cpus_per_task": 2, "share_lag": 3}
    for _ in range(2):  # the second time, all shards exist
        results = gridfolio.sweep(strategy, axes, out="/sharedfs/work/there", on="slurm", slurm=settings, force=True)
        assert len(results) == 10 and results["error"].isna().all()
        assert results.show(3).equity[-1] == results["final_equity"][3]
"""


class Cluster:
    """Four machines; each sees the folder `share` as /sharedfs."""

    def __init__(self, place):
        self.place, self.share = place, place / "shared"

    def run(self, *command):
        # The daemons keep the streams open, so the output goes to a file: a pipe would never end.
        output = self.place.with_suffix(".output")
        with output.open("w+") as out:
            environment = {**os.environ, "CLUSTER": str(self.place)}
            done = subprocess.run(
                [SCRIPT, *command], env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
            )
            out.seek(0)
            text = out.read()
        output.unlink()
        assert done.returncode == 0, text
        return text


@pytest.fixture(scope="module")
def cluster(prices_dir):
    asked = subprocess.run([SCRIPT, "possible"], env={**os.environ, "CLUSTER": "/nowhere"}, capture_output=True, text=True)
    missing = asked.stdout.strip() or asked.stderr.strip()
    if missing:
        pytest.skip(f"needs Slurm: {missing} is missing")
    # The users of the daemons cannot read pytest's own folders.
    made = Cluster(Path(tempfile.gettempdir()) / f"gridfolio-slurm-python-{os.getpid()}")
    try:
        made.run("up")
        made.run("on", "01", "-r", os.path.realpath(sys.executable), "-m", "venv", "--without-pip", "/sharedfs/venv")
        installed = Path(gridfolio.__file__).parents[1]
        (there,) = made.share.glob("venv/lib/python*/site-packages")
        for path in (installed / name for name in PACKAGES):
            if path.is_dir():
                shutil.copytree(path, there / path.name, ignore=shutil.ignore_patterns("tests"))
            elif path.exists():
                shutil.copy(path, there)
        work = made.share / "work"
        shutil.copytree(prices_dir, work / "prices")
        shutil.copy(HERE / "my_models.py", work)
        (work / "sweep.py").write_text(SWEEP)
        yield made
    finally:
        made.run("down")


def test_a_cluster_writes_the_bytes_of_one_machine_for_a_python_model(cluster):
    cluster.run("on", "01", "-r", "/sharedfs/venv/bin/python", "/sharedfs/work/sweep.py")
    here, there = cluster.share / "work" / "here", cluster.share / "work" / "there"
    assert (there / "results.parquet").read_bytes() == (here / "results.parquet").read_bytes()
    notes = [json.loads(note.read_text()) for note in (there / "workers").glob("*.json")]
    assert {note["host"] for note in notes} <= {"node02", "node03", "node04"}
    # Each task has two processes, one for each of its cores.
    assert len({note["task"] for note in notes}) == 3 < len(notes)
    assert sum(len(note["shards"]) for note in notes) == len(list((there / "shards").iterdir()))


class InNoModule:
    """A model of the main module, which no node can import."""

    def weights(self, as_of):
        return {}


InNoModule.__module__ = "__main__"


@pytest.mark.parametrize(
    "keywords, error, message",
    [
        ({}, gridfolio.UsageError, "requires a folder that all nodes see\n hint: pass it as `out`"),
        ({"on": "pbs"}, gridfolio.UsageError, "`on` is 'pbs'; it must be `slurm`"),
        ({"on": None, "slurm": {"mem": "2G"}}, gridfolio.UsageError, 'add `on="slurm"`'),
        ({"on": None, "force": True}, gridfolio.UsageError, 'add `on="slurm"`'),
        ({"slurm": {"partitoin": "x"}, "out": "x"}, gridfolio.UsageError, "unknown key `partitoin`(.|\n)*`partition`"),
        ({"out": "x"}, gridfolio.ClusterError, "hint:"),
    ],
)
def test_an_invalid_submission_is_an_error_and_leaves_no_file(market, tmp_path, monkeypatch, keywords, error, message):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))  # no Slurm
    strategy = strategy_of(TopMomentum, parameters={"lookback": 60})
    with pytest.raises(error, match=message):
        gridfolio.sweep(strategy, AXES, market, **{"on": "slurm", **keywords})
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_no_node_can_import_is_an_error(market, tmp_path):
    with pytest.raises(gridfolio.StrategyError, match="`InNoModule` is defined in this script or notebook"):
        gridfolio.sweep(strategy_of(InNoModule), AXES, market, out=tmp_path, on="slurm")


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_terminated_worker_leaves_no_half_shard(market, tmp_path, processes):
    strategy = strategy_of("my_models:Waits")
    gridfolio._gridfolio.plan_sweep(
        strategy._strategy, ['sweep.axes={ "portfolio.cash_buffer" = [0.1, 0.2] }'], market._prices, str(tmp_path), False, 1, []
    )
    command = [sys.executable, "-m", "gridfolio", "worker", str(tmp_path), "--shards", "0-1", "--threads", processes, "--trust"]
    process = subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "asked\n"
    process.terminate()
    _, error = process.communicate(timeout=60)
    assert process.returncode == 6 and "error: interrupted" in error
    assert list((tmp_path / "shards").iterdir()) == []
