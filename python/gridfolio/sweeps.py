"""Many trials of a strategy."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import sys
import tempfile
import warnings
from typing import TYPE_CHECKING, Any, Mapping, Optional, Union

from gridfolio import _gridfolio, _toml
from gridfolio._progress import Meter
from gridfolio.errors import Error, UsageError
from gridfolio.market import Market
from gridfolio.strategy import Strategy

if TYPE_CHECKING:
    from gridfolio._frames import SweepResults

#: Trials in a shard when an alpha model is Python's: few, so that processes end together.
_PYTHON_SHARD = 4


def sweep(
    strategy: Strategy,
    axes: Optional[Mapping[str, Any]] = None,
    market: Optional[Market] = None,
    *,
    out: Union[str, os.PathLike[str], None] = None,
    fresh: bool = False,
    sampler: Optional[str] = None,
    trials: Optional[int] = None,
    seed: Optional[int] = None,
    where: Optional[str] = None,
    workers: int = 0,
    progress: Optional[bool] = None,
    on: Optional[str] = None,
    slurm: Optional[Mapping[str, Any]] = None,
) -> SweepResults:
    """Runs every combination of values on all cores and returns a row for each: a pandas DataFrame
    indexed by ``trial``, which can ``.show(trial)``.

        results = gridfolio.sweep(
            strategy, {"alpha.lookback": range(21, 253, 21), "alpha.top_n": [1, 2, 3]}, market
        )
        best = results.sort_values("sharpe", ascending=False)
        results.show(best.index[0]).equity_curve.plot()

    :param axes: the values of each dotted key of the strategy: a list, a ``range``, or a table
        ``{"from": 1, "to": 9, "step": 2}``. The last axis varies fastest. Without them, the strategy's
        own ``[sweep]``.
    :param market: the prices; those of the folder that the strategy names if not given.
    :param out: a folder for plan and results, in which an interrupted sweep goes on, and which
        ``gridfolio results`` reads; a temporary one if not given.
    :param fresh: delete the sweep that the folder holds.
    :param sampler: ``grid``, or ``random`` or ``sobol`` with ``trials`` and ``seed``.
    :param where: a condition over the axes, as in ``alpha.fast < alpha.slow``.
    :param workers: threads, or processes when an alpha model is Python's; 0 for one per core. The
        results do not depend on it.
    :param progress: show it; if not given, in terminals and notebooks.
    :param on: ``slurm`` for the nodes of a cluster, which have to see ``out``, this Python and the module of
        an alpha model of one's own. Ctrl-C stops the watching, not the jobs; the same call goes on.
    :param slurm: the settings of ``[slurm]`` in ``cluster.toml``, which go before those in the file.
    :raises StrategyError, DataError, UsageError, OutputError, ClusterError: in the words of the command line.

    A trial that fails is a row with its reason in the column ``error``. ``results.verdict()`` says whether
    the best trial is real, or luck; where progress is shown, so is the verdict.
    """
    own = strategy._strategy
    if own.python_model() is not None and strategy._model is not None and not isinstance(strategy._model, type):
        raise UsageError(
            "a sweep makes an alpha model for each trial: give the strategy its class, and the constructor's "
            "arguments as `parameters`"
        )
    overrides = _space(axes, sampler, trials, seed, where)
    prices = None if market is None else market._prices
    if on is not None:
        return _on_cluster(on, own, overrides, prices, out, fresh, slurm, progress)
    if slurm is not None:
        raise UsageError("settings of a cluster are given, and none is to be used\n hint: add `on=\"slurm\"`")
    folder = None
    if out is None:
        folder = tempfile.TemporaryDirectory(prefix="gridfolio-")
        out = os.path.join(folder.name, "sweep")
    is_python = own.python_model() is not None or '"python"' in " ".join(overrides)
    shard = _PYTHON_SHARD if is_python else None
    planned = _gridfolio.plan_sweep(own, overrides, prices, os.fspath(out), fresh, shard)
    with Meter(progress) as meter:
        if is_python:
            _compute_in_processes(planned, workers, meter)
            planned.run(1, None)
        else:
            planned.run(workers, meter.show)
    results = _results(planned, folder)
    # Also for whoever does not look: the ledger counts the tries.
    meter.say(results.verdict().summary())
    return results


def _on_cluster(
    on: str,
    strategy: _gridfolio.Strategy,
    overrides: list[str],
    prices: Optional[_gridfolio.Market],
    out: Any,
    fresh: bool,
    settings: Optional[Mapping[str, Any]],
    progress: Optional[bool],
) -> SweepResults:
    from gridfolio import _slurm

    if on != "slurm":
        raise UsageError(f"`on` cannot be {on!r}; it is `slurm`, or left out for this machine")
    with Meter(progress) as meter:
        planned = _slurm.complete(strategy, overrides, prices, out, fresh, settings, meter)
        planned.run(0, None)
    return _results(planned, None)


def open_sweep(dir: Union[str, os.PathLike[str]]) -> SweepResults:
    """The results in a sweep's folder, as ``sweep`` returns them."""
    return _results(_gridfolio.Sweep.open(os.fspath(dir)), None)


def _space(
    axes: Optional[Mapping[str, Any]],
    sampler: Optional[str],
    trials: Optional[int],
    seed: Optional[int],
    where: Optional[str],
) -> list[str]:
    """The `[sweep]` of the arguments, as overrides of the strategy's."""
    settings = {"sampler": sampler, "trials": trials, "seed": seed, "where": where}
    overrides = [f"sweep.{key}={_toml.value(value)}" for key, value in settings.items() if value is not None]
    if axes is not None:
        named = ", ".join(f"{_toml.string(path)} = {_toml.value(_values(values))}" for path, values in axes.items())
        overrides.insert(0, f"sweep.axes={{ {named} }}")
    return overrides


def _values(values: Any) -> Any:
    if isinstance(values, (str, bytes)) or not (hasattr(values, "__iter__") or isinstance(values, range)):
        raise UsageError(f"the values of an axis are a list or a range, not {values!r}")
    return values


def _results(planned: _gridfolio.Sweep, folder: Any) -> SweepResults:
    from gridfolio._frames import SweepResults

    return SweepResults.of(planned, folder)


def _compute_in_processes(planned: _gridfolio.Sweep, workers: int, meter: Meter) -> None:
    """Hands shards to processes, each with an interpreter of its own, as they become free."""
    missing = planned.missing_shards()
    n = min(workers or _cores(), len(missing))
    total, done, failed = planned.n_numbers, 0, 0
    if n <= 1:
        for shard in missing:
            trials, bad = planned.compute_shard(shard)
            done, failed = done + trials, failed + bad
            meter.show(done, total, failed)
        return
    context: Any = multiprocessing.get_context(_start_method())
    processes, pipes = [], []
    try:
        with warnings.catch_warnings():
            # The workers touch nothing that a thread of this process could hold.
            warnings.simplefilter("ignore", DeprecationWarning)
            for _ in range(n):
                here, there = context.Pipe()
                process = context.Process(target=_work, args=(planned.dir, there), daemon=True)
                process.start()
                there.close()
                processes.append(process)
                pipes.append(here)
        waiting = list(reversed(missing))
        for pipe in pipes:
            pipe.send(waiting.pop())
        busy = list(pipes)
        while busy:
            answering: Any = multiprocessing.connection.wait(busy)
            for pipe in answering:
                try:
                    answer = pipe.recv()
                except EOFError:
                    raise Error("a worker process of the sweep has died") from None
                if isinstance(answer, BaseException):
                    raise answer
                done, failed = done + answer[0], failed + answer[1]
                meter.show(done, total, failed)
                if waiting:
                    pipe.send(waiting.pop())
                else:
                    pipe.send(None)
                    busy.remove(pipe)
        for process in processes:
            process.join()
    finally:
        for process in processes:
            if process.is_alive():
                process.terminate()
        for pipe in pipes:
            pipe.close()


def _work(dir: str, pipe: Any) -> None:
    """What a process does: the shards it is told, until it is told `None`."""
    import signal

    # Ctrl-C is the parent's to hear.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        planned = _gridfolio.Sweep.open(dir)
        while True:
            shard = pipe.recv()
            if shard is None:
                return
            pipe.send(planned.compute_shard(shard))
    except EOFError:
        return
    except Exception as error:
        pipe.send(Error(f"a worker process of the sweep failed: {error}"))


def _start_method() -> str:
    """Fresh interpreters, which import the model's module; where a class lives in a notebook or a shell,
    which nobody can import, copies of this one."""
    main = sys.modules.get("__main__")
    is_interactive = getattr(main, "__file__", None) is None and getattr(main, "__spec__", None) is None
    if is_interactive and "fork" in multiprocessing.get_all_start_methods():
        return "fork"
    return "spawn"


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
