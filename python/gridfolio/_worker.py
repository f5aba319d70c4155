"""Computes shards of a sweep's folder, as a task on a node does; outcomes are exit codes."""

from __future__ import annotations

import multiprocessing
import multiprocessing.process
import signal
import sys
from typing import List, Tuple

from gridfolio import _gridfolio
from gridfolio.errors import ClusterError, DataError, Error, StrategyError, UsageError

# The exit codes of the command line.
_USAGE, _STRATEGY, _DATA, _OUTPUT, _INTERRUPTED, _CLUSTER = 2, 3, 4, 5, 6, 7
_CODES = {UsageError: _USAGE, StrategyError: _STRATEGY, DataError: _DATA, ClusterError: _CLUSTER}

#: Whether the alpha models of a folder may be run, and the classes that may in any case.
Trust = Tuple[bool, List[str]]


def trust_of(said: str) -> Trust:
    """What ``GRIDFOLIO_TRUST`` says: ``1`` and classes as ``module:Class``, separated by commas."""
    entries = [entry for entry in said.split(",") if entry]
    return "1" in entries, [entry for entry in entries if entry != "1"]


def failed(error: Error) -> int:
    """Prints an error and returns its exit code."""
    print(f"error: {error}", file=sys.stderr)
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), _OUTPUT)


def compute(dir: str, shards: set[int], threads: int, task: str, restart: int, trust: Trust) -> int:
    """Computes shards in this process and returns the exit code."""
    # SIGTERM announces a time limit or `scancel`; as after Ctrl-C, completed shards are kept.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _gridfolio.Sweep.work(dir, shards, threads, task, restart, *trust)
    except Error as error:
        return failed(error)
    except KeyboardInterrupt:
        print("error: interrupted\n hint: completed shards are kept; the same command computes the rest", file=sys.stderr)
        return _INTERRUPTED
    return 0


def _process(dir: str, shards: set[int], threads: int, task: str, restart: int, trust: Trust) -> None:
    sys.exit(compute(dir, shards, threads, task, restart, trust))


def compute_in_processes(dir: str, shards: set[int], n: int, task: str, restart: int, trust: Trust) -> int:
    """Computes shards in ``n`` processes, since an interpreter runs one Python model at a time, and
    returns the exit code."""
    context = multiprocessing.get_context("spawn")
    ordered = sorted(shards)
    parts = [set(ordered[first::n]) for first in range(min(n, len(ordered)))]
    processes: list[multiprocessing.process.BaseProcess] = []
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for part in parts:
            processes.append(context.Process(target=_process, args=(dir, part, 1, task, restart, trust)))
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
    # The code of a killed process is negative.
    return max((abs(process.exitcode or 0) for process in processes), default=0)
