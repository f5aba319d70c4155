"""Computes shards of a sweep's folder, as a node of a cluster does, and says how it went by an exit code."""

import multiprocessing
import signal
import sys

from gridfolio import _gridfolio
from gridfolio.errors import ClusterError, DataError, Error, StrategyError, UsageError

# As the command line's.
_USAGE, _STRATEGY, _DATA, _OUTPUT, _INTERRUPTED, _CLUSTER = 2, 3, 4, 5, 6, 7
_CODES = {UsageError: _USAGE, StrategyError: _STRATEGY, DataError: _DATA, ClusterError: _CLUSTER}


def failed(error):
    """Says why, and gives the exit code."""
    print(f"error: {error}", file=sys.stderr)
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), _OUTPUT)


def compute(dir, shards, threads, task, restart):
    """Computes shards, and says how it went by an exit code."""
    # The end of a job's time, or `scancel`: as Ctrl-C, what is whole stays.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _gridfolio.Sweep.work(dir, shards, threads, task, restart)
    except Error as error:
        return failed(error)
    except KeyboardInterrupt:
        print("error: told to stop\n hint: shards that are done stay; the rest can be started again", file=sys.stderr)
        return _INTERRUPTED
    return 0


def _process(*given):
    sys.exit(compute(*given))


def compute_in_processes(dir, shards, n, task, restart):
    """One interpreter runs one Python model at a time, so each core gets its own."""
    context = multiprocessing.get_context("spawn")
    ordered = sorted(shards)
    parts = [set(ordered[first::n]) for first in range(min(n, len(ordered)))]
    processes = []
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for part in parts:
            processes.append(context.Process(target=_process, args=(dir, part, 1, task, restart)))
            processes[-1].start()
        for process in processes:
            process.join()
    except KeyboardInterrupt:
        started = [process for process in processes if process.pid is not None]
        for process in started:
            process.terminate()
        for process in started:
            process.join()
        return _INTERRUPTED
    # One that was killed has a negative code.
    return max((abs(process.exitcode) for process in processes), default=0)
