"""Measures the cost of the Python package: CPU seconds of whole processes, the minimum of a few runs.

    python python/benchmarks/costs.py --qstrader PYTHON --command GRIDFOLIO --scripts DIR --prices DIR

--qstrader: an interpreter with QSTrader 0.3.0; --scripts: a folder with the tutorial's `sixty_forty.py` and
QSTrader's `momentum_taa.py`; --prices: their CSV files; --command: the program of the command line. Measurements
whose options are missing are left out. No test depends on them.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import gridfolio

ROOT = Path(__file__).resolve().parents[2]


def processor_seconds(command, environment, runs):
    """The minimum of the user and system time of a process and its children."""
    least = float("inf")
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as place:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(command, cwd=place, env=environment, check=True, stdout=subprocess.DEVNULL)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
        least = min(least, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return least


# Runs a script as `python -m gridfolio.qstrader` does, without drawing the tear sheet.
UNDRAWN = """
import sys
from gridfolio.qstrader.__main__ import main
from gridfolio.qstrader.statistics.tearsheet import TearsheetStatistics
TearsheetStatistics.plot_results = lambda self, filename=None: None
sys.exit(main())
"""


def scripts(arguments):
    """Compares the same scripts under QSTrader and under gridfolio, as whole processes."""
    environment = {**os.environ, "MPLBACKEND": "Agg", "QSTRADER_CSV_DATA_DIR": str(arguments.prices)}
    for name in ("sixty_forty.py", "momentum_taa.py"):
        script = arguments.scripts / name
        if not script.exists():
            continue
        theirs = processor_seconds([arguments.qstrader, script], environment, 1)
        ours = processor_seconds([sys.executable, "-m", "gridfolio.qstrader", script], environment, 5)
        undrawn = processor_seconds([sys.executable, "-c", UNDRAWN, script], environment, 5)
        print(
            f"{name}: QSTrader {theirs:.2f} s, gridfolio {ours:.3f} s, {theirs / ours:.1f} times; without drawing the "
            f"tear sheet {undrawn:.3f} s, {theirs / undrawn:.1f} times"
        )


def sweeps(arguments):
    """Compares the same sweep from Python and from the command line. The difference of two sizes leaves out the
    start of the interpreter."""
    strategy = ROOT / "examples" / "sector_momentum.toml"

    def seconds(n, by_command):
        axes = 'sweep.axes={ "alpha.lookback" = { from = 21, to = 252 }, "backtest.initial_cash" = [%s] }'
        overrides = axes % ", ".join(str(1e6 + i) for i in range(n))
        if by_command:
            command = [arguments.command, "sweep", strategy, "--out", "out", "--quiet", "--threads", "1", "--set", overrides]
        else:
            code = (
                "import gridfolio; s = gridfolio.Strategy.from_toml(%r); gridfolio.sweep(s, {'alpha.lookback': range(21, 253), "
                "'backtest.initial_cash': [1e6 + i for i in range(%d)]}, out='out', workers=1)" % (str(strategy), n)
            )
            command = [sys.executable, "-c", code]
        return processor_seconds(command, dict(os.environ), 3)

    short, long = 4, 84
    command = seconds(long, True) - seconds(short, True)
    python = seconds(long, False) - seconds(short, False)
    trials = 232 * (long - short)
    print(f"{trials} trials: command line {command:.2f} s, Python {python:.2f} s, {python / command - 1:+.1%}")


class Trivial:
    """Holds the first asset."""

    def weights(self, as_of):
        return {"EQUITY": 1.0}


def callbacks():
    """The overhead of a trivial Python model per decision, relative to the same weights in the engine."""
    market = gridfolio.Market.from_folder(ROOT / "examples" / "data")

    def least(alpha):
        strategy = gridfolio.Strategy(
            start="2014-01-02", end="2023-12-29", assets=["EQUITY", "BONDS"], alpha=alpha, schedule="daily"
        )
        times = []
        for _ in range(50):
            start = time.process_time()
            backtest = strategy.run(market)
            times.append(time.process_time() - start)
        return min(times), len(backtest.equity)

    engine, n = least({"model": "fixed-weights", "weights": {"EQUITY": 1.0}})
    python, _ = least(Trivial())
    model, as_of = Trivial(), None
    start = time.process_time()
    for _ in range(n):
        model.weights(as_of)
    own = time.process_time() - start
    print(f"a trivial Python model: {(python - engine - own) / n * 1e6:.2f} us per decision on top of its own Python")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    # Absolute paths, since the processes run in other folders.
    parser.add_argument("--qstrader", type=os.path.abspath, help="an interpreter with QSTrader 0.3.0")
    parser.add_argument("--command", type=os.path.abspath, help="the program `gridfolio`")
    parser.add_argument("--scripts", type=lambda path: Path(path).absolute())
    parser.add_argument("--prices", type=lambda path: Path(path).absolute())
    arguments = parser.parse_args()
    callbacks()
    if arguments.command:
        sweeps(arguments)
    if arguments.qstrader and arguments.scripts and arguments.prices:
        scripts(arguments)


if __name__ == "__main__":
    main()
