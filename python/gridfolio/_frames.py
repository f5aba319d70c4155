"""The table of a sweep's results. A module of its own, since it requires pandas."""

from __future__ import annotations

import json
import warnings
from typing import Any, Callable, Union

import pandas as pd

from gridfolio import _gridfolio
from gridfolio.backtest import Backtest
from gridfolio.errors import Error, UsageError
from gridfolio.verdict import Verdict


class _Source:
    """The sweep of results, and its folder if that is to be deleted with them."""

    def __init__(self, sweep: _gridfolio.Sweep, folder: object = None) -> None:
        self.sweep = sweep
        self.folder = folder

    def __reduce__(self) -> Any:
        # A copy in another process opens the folder again.
        return (_Source._opened, (self.sweep.dir, self.sweep.trust))

    @staticmethod
    def _opened(dir: str, trust: tuple[bool, list[str]]) -> Union[_Source, str]:
        """The source, or the folder's path if it no longer exists."""
        try:
            return _Source(_gridfolio.Sweep.open(dir, *trust))
        except Error:
            return dir


class SweepResults(pd.DataFrame):
    """The results of a sweep: a pandas DataFrame with a row per trial, indexed by its number.

    Returned by ``gridfolio.sweep`` and ``gridfolio.open_sweep``. The columns are the axes, the statistics
    (see docs/statistics.md), ``error``, the reason why a trial failed, and
    ``ruined_on``, the day on which it lost the whole account. Shares are fractions: a ``cagr``
    of 0.07 is 7 %. Sorted, filtered and sliced frames keep these methods.

    The sums over periods that the verdict is computed from, ``fold_1_sum`` and so on, are only in
    ``results.parquet``.

    Examples
    --------
    >>> results = gridfolio.sweep(strategy, {"alpha.lookback": range(21, 253, 21)}, market)
    >>> best = results.sort_values("sharpe", ascending=False)
    >>> best.show(best.index[0]).equity_curve.plot()
    """

    # Attributes that pandas copies to sorted, filtered and sliced frames.
    _metadata = ["_source"]
    _source: Union[_Source, str, None] = None

    @property
    def _constructor(self) -> Callable[..., SweepResults]:
        return SweepResults

    @classmethod
    def _of(cls, sweep: _gridfolio.Sweep, folder: object) -> SweepResults:
        """The results in a sweep's folder; ``folder`` is kept alive as long as they are."""
        columns = sweep.results()
        shown = {name: values for name, values in columns.items() if not name.startswith("fold_")}
        results = cls(pd.DataFrame(shown).set_index("trial"))
        object.__setattr__(results, "_source", _Source(sweep, folder))
        return results

    @property
    def _sweep(self) -> _gridfolio.Sweep:
        source = self._source
        if isinstance(source, _Source):
            return source.sweep
        if source is None:
            raise UsageError(
                "these rows have lost their sweep\n hint: use the frame that `sweep` or `open_sweep` returned"
            )
        raise UsageError(f"the folder of these results no longer exists: `{source}`\n hint: pass a folder as `out`")

    @property
    def axes_names(self) -> list[str]:
        """The columns that are axes, in order."""
        return self._sweep.axes()

    def verdict(self) -> Verdict:
        """Whether the best trial is real or luck, given all trials on these prices. See docs/overfitting.md.

        Returns
        -------
        Verdict

        Raises
        ------
        UsageError
            If the folder of the sweep no longer exists.
        OutputError
            If the folder or the ledger cannot be read.

        Examples
        --------
        >>> print(results.verdict())
        """
        text, details, notices = self._sweep.evaluate(0)
        for notice in notices:
            warnings.warn(notice, stacklevel=2)
        return Verdict(text, json.loads(details))

    def worlds(self, n: int = 200, *, threads: int = 0) -> Verdict:
        """Runs the sweep again in null worlds, as ``gridfolio worlds``, and evaluates its verdict again.

        In a null world the days of the prices, or blocks of 21 days, are in another order. Models written in Python
        run, too, one at a time, each on the prices of its world; what they read elsewhere is not shuffled. Worlds that
        are in the sweep's folder are not computed again.

        Parameters
        ----------
        n : int, optional
            How many worlds of each kind.
        threads : int, optional
            Threads; one per core if 0.

        Returns
        -------
        Verdict

        Raises
        ------
        UsageError
            If ``n`` is less than 1, the folder of the sweep no longer exists, or its models are not trusted.
        DataError
            If the prices cannot be shuffled.

        Examples
        --------
        >>> results.worlds(1000).details["worlds"]["p"]
        """
        if n < 1:
            raise UsageError(f"`n` is {n}; it must be 1 or more")
        self._sweep.compute_worlds(n, threads)
        return self.verdict()

    def show(self, trial: int) -> Backtest:
        """Runs a trial again and returns the complete result, equal to its row to the bit.

        Parameters
        ----------
        trial : int
            The number of the trial, its index in the frame.

        Returns
        -------
        Backtest

        Raises
        ------
        UsageError
            If there is no such trial, or the folder of the sweep no longer exists.
        StrategyError
            If the trial failed, or its alpha model is not deterministic.

        Examples
        --------
        >>> results.show(results["sharpe"].idxmax()).tearsheet("best.html")
        """
        return Backtest(self._sweep.show(int(trial)))

    def strategy_toml(self, trial: int) -> str:
        """The complete strategy file of a trial.

        Parameters
        ----------
        trial : int
            The number of the trial, its index in the frame.

        Returns
        -------
        str

        Raises
        ------
        UsageError
            If there is no such trial, or the folder of the sweep no longer exists.

        Examples
        --------
        >>> strategy = gridfolio.Strategy.from_text(results.strategy_toml(17))
        """
        return self._sweep.trial_toml(int(trial))
