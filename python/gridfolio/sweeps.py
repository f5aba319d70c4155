"""Sweeps: many trials of a strategy."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import tempfile
import warnings
from typing import TYPE_CHECKING, Any, Mapping, Optional, Sequence, Union

from gridfolio import _gridfolio, _slurm, _toml
from gridfolio._progress import ProgressBar
from gridfolio.errors import Error, UsageError
from gridfolio.market import Market
from gridfolio.model import class_path
from gridfolio.strategy import Strategy

if TYPE_CHECKING:
    from gridfolio._frames import SweepResults

#: Trials per shard of Python models. Small, so that all processes finish at about the same time.
_PYTHON_SHARD_SIZE = 4


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
    force: bool = False,
) -> SweepResults:
    """Runs all combinations of values, on all cores or on a Slurm cluster.

    A trial that fails is a row with the reason in the column ``error``; one that lost the whole account
    has the status ``ruined`` and the day in ``ruined_on``. Where progress is shown, so is the
    verdict: whether the best trial is real or luck.

    Parameters
    ----------
    strategy : Strategy
        The strategy whose values vary. A Python model must be a class.
    axes : mapping, optional
        The values of each key, by dotted key: a list, a ``range``, or a table
        ``{"from": 1, "to": 9, "step": 2}``. The last axis varies fastest. By default, the strategy's own
        ``[sweep]``.
    market : Market, optional
        The prices; by default those of the folder that the strategy names.
    out : path, optional
        The folder of the plan and the results, which resumes an interrupted sweep and is read by
        ``open_sweep`` and ``gridfolio results``. By default a temporary folder.
    fresh : bool, optional
        Delete the sweep in ``out`` first.
    sampler : str, optional
        ``grid``, ``random`` or ``sobol``; the latter two require ``trials``.
    trials : int, optional
        The number of draws.
    seed : int, optional
        The seed of the draws.
    where : str, optional
        A condition over the axes, as in ``alpha.fast < alpha.slow``.
    workers : int, optional
        Threads, or processes for Python models; 0 for one per core. The results do not depend on it.
    progress : bool, optional
        Whether to show progress; by default in terminals and notebooks.
    on : str, optional
        ``slurm`` for a cluster. Its nodes must see ``out``, this Python interpreter and the module of the
        alpha model. Ctrl-C stops waiting but does not cancel jobs; the same call waits for them again.
    slurm : mapping, optional
        Keys of ``[slurm]`` in ``cluster.toml``, which override that file.
    force : bool, optional
        Whether to submit even if the sweep would finish locally before the jobs start.

    Returns
    -------
    SweepResults
        A pandas DataFrame with a row per trial.

    Raises
    ------
    StrategyError
        If the strategy or an axis is invalid.
    DataError
        If prices are missing or invalid.
    UsageError
        If arguments contradict each other, or ``out`` holds another sweep.
    OutputError
        If ``out`` cannot be read or written.
    ClusterError
        If Slurm cannot be used, or a shard was lost too often.

    Examples
    --------
    >>> results = gridfolio.sweep(
    ...     strategy, {"alpha.lookback": range(21, 253, 21), "alpha.top_n": [1, 2, 3]}, market
    ... )
    >>> results.show(results["sharpe"].idxmax()).equity_curve.plot()
    >>> print(results.verdict())
    """
    own = strategy._strategy
    if own.python_model() is not None and strategy._model is not None and not isinstance(strategy._model, type):
        raise UsageError(
            "a sweep creates an alpha model for each trial, but `alpha` is an object\n hint: give the strategy its "
            "class, and the constructor's arguments as `parameters`"
        )
    overrides = _space(axes, sampler, trials, seed, where)
    prices = None if market is None else market._prices
    if on is not None:
        return _sweep_on(on, strategy, overrides, prices, out, fresh, slurm, force, progress)
    if slurm is not None or force:
        raise UsageError("`slurm` and `force` require `on=\"slurm\"`\n hint: add `on=\"slurm\"`, or leave them out")
    folder = None
    if out is None:
        folder = tempfile.TemporaryDirectory(prefix="gridfolio-")
        out = os.path.join(folder.name, "sweep")
    is_python = own.python_model() is not None or '"python"' in " ".join(overrides)
    shard_size = _PYTHON_SHARD_SIZE if is_python else None
    classes = [] if strategy._model is None else [class_path(strategy._model)]
    planned = _gridfolio.plan_sweep(own, overrides, prices, os.fspath(out), fresh, shard_size, classes)
    with ProgressBar(progress) as bar:
        if is_python:
            _compute_in_processes(planned, workers, bar)
            planned.run(1, None)
        else:
            planned.run(workers, bar.show_trials)
    results = _results(planned, folder)
    # Evaluated even if it is not shown: that enters the trials in the ledger.
    bar.write(results.verdict().summary())
    return results


def _sweep_on(
    on: str,
    strategy: Strategy,
    overrides: list[str],
    prices: Optional[_gridfolio.Market],
    out: Union[str, os.PathLike[str], None],
    fresh: bool,
    settings: Optional[Mapping[str, Any]],
    force: bool,
    progress: Optional[bool],
) -> SweepResults:
    if on != "slurm":
        raise UsageError(f"`on` is {on!r}; it must be `slurm`, or left out for this machine")
    with ProgressBar(progress) as bar:
        planned = _slurm.complete(strategy, overrides, prices, out, fresh, settings, force, bar)
        planned.run(0, None)
    return _results(planned, None)


def open_sweep(
    dir: Union[str, os.PathLike[str]], *, trust: bool = False, models: Sequence[type] = ()
) -> SweepResults:
    """Opens the results in a sweep's folder.

    A folder names the Python classes of its alpha models, and may come from elsewhere. They are not run
    unless it is said that they may be: then trials can be shown again.

    Parameters
    ----------
    dir : path
        The folder, given as ``out`` to ``sweep`` or as ``--out`` to ``gridfolio sweep``.
    trust : bool, optional
        Whether the folder may run any ``gridfolio.AlphaModel`` that it names and that can be imported.
    models : sequence of classes, optional
        Classes that it may run in any case.

    Returns
    -------
    SweepResults
        As returned by ``sweep``.

    Raises
    ------
    OutputError
        If the folder holds no results.

    Examples
    --------
    >>> results = gridfolio.open_sweep("momentum.sweep")
    """
    return _results(_gridfolio.Sweep.open(os.fspath(dir), trust, [class_path(model) for model in models]), None)


def _space(
    axes: Optional[Mapping[str, Any]],
    sampler: Optional[str],
    trials: Optional[int],
    seed: Optional[int],
    where: Optional[str],
) -> list[str]:
    """The arguments as overrides of the strategy's ``[sweep]``."""
    settings = {"sampler": sampler, "trials": trials, "seed": seed, "where": where}
    overrides = [f"sweep.{key}={_toml.value(value)}" for key, value in settings.items() if value is not None]
    if axes is not None:
        named = ", ".join(f"{_toml.string(path)} = {_toml.value(_values(path, values))}" for path, values in axes.items())
        overrides.insert(0, f"sweep.axes={{ {named} }}")
    return overrides


def _values(path: str, values: Any) -> Any:
    if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
        raise UsageError(f"the values of the axis `{path}` must be a list or a range, not {values!r}")
    return values


def _results(planned: _gridfolio.Sweep, folder: object) -> SweepResults:
    from gridfolio._frames import SweepResults

    return SweepResults._of(planned, folder)


def _compute_in_processes(planned: _gridfolio.Sweep, workers: int, bar: ProgressBar) -> None:
    """Distributes shards over processes, each with its own interpreter."""
    missing = planned.missing_shards()
    n = min(workers or _cores(), len(missing))
    total, done, failed = planned.n_numbers, 0, 0
    if n <= 1:
        for shard in missing:
            trials, failures = planned.compute_shard(shard)
            done, failed = done + trials, failed + failures
            bar.show_trials(done, total, failed)
        return
    context: Any = multiprocessing.get_context(_start_method())
    processes, pipes = [], []
    try:
        with warnings.catch_warnings():
            # The warning about forking with threads does not apply: workers use no lock that a thread may hold.
            warnings.simplefilter("ignore", DeprecationWarning)
            for _ in range(n):
                ours, theirs = context.Pipe()
                process = context.Process(target=_work, args=(planned.dir, planned.trust, theirs), daemon=True)
                process.start()
                theirs.close()
                processes.append(process)
                pipes.append(ours)
        waiting = list(reversed(missing))
        for pipe in pipes:
            pipe.send(waiting.pop())
        busy = list(pipes)
        while busy:
            ready: Any = multiprocessing.connection.wait(busy)
            for pipe in ready:
                try:
                    answer = pipe.recv()
                except EOFError:
                    raise Error(
                        "a worker process of the sweep was killed\n hint: it may have run out of memory; use fewer "
                        "`workers`"
                    ) from None
                if isinstance(answer, BaseException):
                    raise answer
                done, failed = done + answer[0], failed + answer[1]
                bar.show_trials(done, total, failed)
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


def _work(dir: str, trust: tuple[bool, list[str]], pipe: Any) -> None:
    """The loop of a worker process: computes each shard it receives and ends on ``None``."""
    # The parent handles Ctrl-C.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        planned = _gridfolio.Sweep.open(dir, *trust)
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
    """``spawn``, whose new interpreters import the model's module; ``fork`` for a model defined in a
    notebook or shell, which cannot be imported."""
    main = sys.modules.get("__main__")
    is_interactive = getattr(main, "__file__", None) is None and getattr(main, "__spec__", None) is None
    if is_interactive and "fork" in multiprocessing.get_all_start_methods():
        return "fork"
    return "spawn"


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
