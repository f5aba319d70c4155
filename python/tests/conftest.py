"""Fixtures and data that the tests share."""

import datetime
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gridfolio

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"


def pytest_configure(config):
    config.addinivalue_line("markers", "newest: only with the newest Python: slow, or the same with every Python")


def pytest_runtest_logreport(report):
    """Reports a test to `crates/python/tests/suite.rs`: its outcome, its name and a reason."""
    path = os.environ.get("GRIDFOLIO_TEST_REPORT")
    is_over = report.when == "call" or report.outcome != "passed"
    if path is None or not is_over:
        return
    reason = report.longrepr[2] if report.skipped and isinstance(report.longrepr, tuple) else ""
    name = f"{os.environ['GRIDFOLIO_TEST_NAME']}: {report.nodeid.rsplit('/', 1)[-1]}"
    line = "\t".join([report.outcome, name, reason.removeprefix("Skipped: ").replace("\n", " ")])
    with open(path, "a") as file:
        file.write(line + "\n")


def pytest_collectreport(report):
    """Reports a module that is skipped as a whole."""
    if report.skipped:
        report.when = "call"
        pytest_runtest_logreport(report)


def weekdays(first, n):
    """The first `n` weekdays from a date."""
    day, days = datetime.date.fromisoformat(first), []
    while len(days) < n:
        if day.weekday() < 5:
            days.append(day)
        day += datetime.timedelta(days=1)
    return days


def write_csv(path, days, open_, close):
    """Writes bars in Yahoo's layout."""
    rows = [f"{d},{o!r},{o!r},{o!r},{c!r},{c!r},100" for d, o, c in zip(days, open_.tolist(), close.tolist())]
    path.write_text("Date,Open,High,Low,Close,Adj Close,Volume\n" + "\n".join(rows) + "\n")


def random_prices(seed, n):
    """Opens and closes of a random walk, in cents."""
    numbers = np.random.default_rng(seed)
    close = np.round(100 * np.exp(np.cumsum(numbers.normal(0.0002, 0.012, n))), 2)
    open_ = np.round(np.concatenate([[100.0], close[:-1]]) * (1 + numbers.normal(0, 0.002, n)), 2)
    return open_, close


@pytest.fixture(scope="session", autouse=True)
def ledger(tmp_path_factory):
    """A ledger of trials for the tests, apart from the user's own."""
    place = tmp_path_factory.mktemp("ledger")
    os.environ["GRIDFOLIO_LEDGER"] = str(place)
    return place


@pytest.fixture(scope="session")
def prices_dir(tmp_path_factory):
    """The files of four symbols: 600 weekdays from 2015-01-01."""
    place = tmp_path_factory.mktemp("prices")
    for seed, symbol in enumerate(["AAA", "BBB", "CCC", "DDD"]):
        write_csv(place / f"{symbol}.csv", weekdays("2015-01-01", 600), *random_prices(seed, 600))
    return place


@pytest.fixture(scope="session")
def market(prices_dir):
    """The prices of `prices_dir`."""
    return gridfolio.Market.from_folder(prices_dir)


@pytest.fixture
def strategy():
    """The two of four assets with the highest momentum, monthly."""
    return gridfolio.Strategy(
        name="momentum",
        start="2015-01-01",
        end="2017-03-31",
        assets=["AAA", "BBB", "CCC", "DDD"],
        alpha={"model": "top-n-momentum", "lookback": 60, "top_n": 2},
        schedule="end-of-month",
        cash_buffer=0.01,
    )


@pytest.fixture(scope="session")
def shared():
    """The reference material beside the project."""
    if not SHARED.is_dir():
        pytest.skip("the reference material is not beside the project")
    return SHARED


@pytest.fixture(scope="session")
def qstrader_python():
    """A Python interpreter with QSTrader itself."""
    python = os.environ.get("QSTRADER_PYTHON")
    if python is None:
        pytest.skip("QSTrader is not installed in an environment of its own")
    return python


@pytest.fixture(scope="session")
def qstrader_examples():
    """The folder of QSTrader's example scripts."""
    examples = os.environ.get("QSTRADER_EXAMPLES")
    if examples is None:
        pytest.skip("QSTrader's source distribution cannot be downloaded")
    return Path(examples)


def run_script(script, *arguments, cwd, data=None, python=sys.executable, module="gridfolio.qstrader"):
    """Runs a script under `python -m gridfolio.qstrader`, or under QSTrader when `module` is None."""
    environment = {**os.environ, "MPLBACKEND": "Agg", "TZ": "UTC"}
    if data is not None:
        environment["QSTRADER_CSV_DATA_DIR"] = str(data)
    command = [python, *([] if module is None else ["-m", module]), str(script), *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
