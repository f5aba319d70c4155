"""The result of a backtest."""

from __future__ import annotations

import base64
import html
import json
import os
from typing import TYPE_CHECKING, Any, Callable, Optional, Union

import numpy as np
import numpy.typing as npt

from gridfolio import _gridfolio
from gridfolio.errors import ModelError

if TYPE_CHECKING:
    import pandas as pd


class Backtest:
    """The result of a backtest: the equity curve, trades and statistics.

    Returned by ``Strategy.run`` and ``SweepResults.show``. Curves and tables are pandas objects, and pandas
    is imported at their first use; ``equity`` and ``dates`` are NumPy arrays.

    Examples
    --------
    >>> backtest = strategy.run(market)
    >>> backtest.equity_curve.plot()
    >>> backtest.statistics["ratios"]["sharpe"]
    """

    def __init__(self, run: _gridfolio.Run, make: Optional[Callable[[], Any]] = None) -> None:
        self._run = run
        self._make = make
        self._parsed: Optional[dict[str, Any]] = None

    @property
    def name(self) -> str:
        """The strategy's name."""
        return self._run.name

    @property
    def dates(self) -> npt.NDArray[np.datetime64]:
        """The date of each recorded close, as ``datetime64[D]``."""
        return self._run.days().view("datetime64[D]")

    @property
    def equity(self) -> npt.NDArray[np.float64]:
        """Equity at each recorded close, in currency units."""
        return self._run.equity()

    @property
    def equity_curve(self) -> pd.Series[float]:
        """Equity at each recorded close, in currency units, by date."""
        return _series("equity", self._run.days(), self._run.equity())

    @property
    def cash_curve(self) -> pd.Series[float]:
        """Cash at each recorded close, in currency units, by date."""
        return _series("cash", self._run.days(), self._run.cash())

    @property
    def benchmark_equity_curve(self) -> Optional[pd.Series[float]]:
        """The benchmark's equity at each recorded close, in currency units, by date; ``None`` without a
        benchmark."""
        benchmark = self._run.benchmark()
        return None if benchmark is None else _series("benchmark", *benchmark)

    @property
    def transactions(self) -> pd.DataFrame:
        """The trades in chronological order, a row per trade.

        Returns
        -------
        pandas.DataFrame
            With the columns ``timestamp`` (UTC), ``asset``, ``quantity`` (shares, negative for sales),
            ``price`` (including slippage and spread) and ``commission``, both in currency units.
        """
        import pandas as pd

        seconds, assets, quantity, price, commission = self._run.transactions()
        symbols = np.array(self._run.symbols, dtype=object)
        return pd.DataFrame(
            {
                "timestamp": pd.to_datetime(seconds, unit="s", utc=True),
                "asset": symbols[assets],
                "quantity": quantity,
                "price": price,
                "commission": commission,
            }
        )

    @property
    def target_allocations(self) -> pd.DataFrame:
        """The target weights as they are traded, a row per decision.

        Returns
        -------
        pandas.DataFrame
            Fractions by date, with a column per asset. NaN for an asset that was not in the universe, not
            held, and without a weight of the model.
        """
        import pandas as pd

        days, assets, weights = self._run.target_allocations()
        symbols = self._run.symbols
        return pd.DataFrame(
            weights.reshape(len(days), len(assets)),
            index=_dates(days),
            columns=[symbols[asset] for asset in assets],
        )

    @property
    def holdings(self) -> dict[str, float]:
        """Shares held at the end, by symbol."""
        return dict(self._run.holdings)

    @property
    def statistics(self) -> dict[str, Any]:
        """The statistics of the strategy, as in ``statistics.json``: ``returns``, ``risk``, ``ratios`` and
        other groups. Undefined values are ``None``. See docs/statistics.md for the definitions."""
        statistics: dict[str, Any] = self._document()["statistics"]["strategy"]
        return statistics

    @property
    def benchmark_statistics(self) -> Optional[dict[str, Any]]:
        """The statistics of the benchmark; ``None`` without a benchmark."""
        statistics: Optional[dict[str, Any]] = self._document()["statistics"]["benchmark"]
        return statistics

    @property
    def relative_statistics(self) -> Optional[dict[str, Any]]:
        """The statistics relative to the benchmark, such as beta, alpha and tracking error; ``None`` without
        a benchmark."""
        statistics: Optional[dict[str, Any]] = self._document()["statistics"]["relative"]
        return statistics

    @property
    def provenance(self) -> dict[str, Any]:
        """The settings and data behind the result: conventions, dates, costs, holdings, warnings."""
        run: dict[str, Any] = self._document()["run"]
        return run

    @property
    def warnings(self) -> list[str]:
        """What to consider before trusting the result, a sentence each."""
        warnings: list[str] = self.provenance["warnings"]
        return warnings

    def _document(self) -> dict[str, Any]:
        if self._parsed is None:
            self._parsed = json.loads(self._run.summary_json())
        return self._parsed

    def summary(self) -> str:
        """The main statistics as text, as printed by ``gridfolio run``.

        Returns
        -------
        str
        """
        return self._run.summary()

    def timing_luck(self) -> dict[str, Any]:
        """How much of the result is the choice of its days: runs the strategy on the other days of its
        schedule, and from later starts.

        A model written in Python is run, too, some thirty times.

        Returns
        -------
        dict
            ``offsets`` (``None`` for the schedules ``daily``, ``buy-and-hold`` and ``on-dates``) and ``starts``
            (``None`` where less than two years are recorded). Each has ``rank``, the place by CAGR among ``n`` runs;
            ``cagr``, ``sharpe`` and ``final_equity``, with ``own``, ``low``, ``median`` and ``high``; and the
            ``runs``, a dict each. Empty of both for a trial of a sweep whose model is written in Python.

        Raises
        ------
        ModelError
            If an alpha model written in Python fails, or is an object that a run changes.

        Examples
        --------
        >>> luck = backtest.timing_luck()["offsets"]
        >>> luck["rank"], luck["n"]
        (5, 21)
        """
        found: dict[str, Any] = json.loads(self._run.timing_luck(self._make))
        for kind in found.values():
            if kind is not None and kind["runs"][kind["own"]]["final_equity"] != self.equity[-1]:
                raise ModelError(
                    "the alpha model gives another result when it is run again: it keeps what it learnt in the "
                    "first run\n hint: pass the class of the model, and its `parameters`, in place of an object"
                )
        return found

    def write(self, dir: Union[str, os.PathLike[str]]) -> None:
        """Writes the files of ``gridfolio run --out``: ``statistics.json``, ``tearsheet.html``,
        ``equity_curve.csv``, ``transactions.csv`` and ``target_allocations.csv``, and ``corporate_actions.csv`` where
        dividends or splits were booked. Each is replaced atomically.

        Parameters
        ----------
        dir : path
            The folder, created if it does not exist.

        Raises
        ------
        OutputError
            If a file cannot be written.

        Examples
        --------
        >>> backtest.write("result")
        """
        self._run.write(os.fspath(dir))

    def tearsheet(self, path: Union[str, os.PathLike[str]]) -> None:
        """Writes the tear sheet, a self-contained HTML page.

        Parameters
        ----------
        path : path
            The file, replaced if it exists.

        Raises
        ------
        OutputError
            If the file cannot be written.

        Examples
        --------
        >>> backtest.tearsheet("momentum.html")
        """
        _gridfolio.write_file(os.fspath(path), self._run.tearsheet())

    def plot(self, ax: Any = None) -> Any:
        """Plots the wealth of the strategy and its benchmark with matplotlib.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            The axes to draw on; by default those of a new figure.

        Returns
        -------
        matplotlib.axes.Axes

        Examples
        --------
        >>> ax = backtest.plot()
        >>> ax.set_yscale("log")
        """
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots()
        ax.plot(self.dates, self.equity / self._run.initial_cash, label=self.name)
        benchmark = self._run.benchmark()
        if benchmark is not None:
            days, equity = benchmark
            wealth = equity / self._run.initial_cash
            ax.plot(days.view("datetime64[D]"), wealth, label="benchmark", color="gray")
        ax.set_ylabel("wealth, starting capital = 1")
        ax.legend()
        return ax

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        # An image keeps the styles of the chart and the notebook apart.
        picture = base64.b64encode(self._run.growth_svg()).decode()
        image = f'<img alt="growth" style="max-width: 100%" src="data:image/svg+xml;base64,{picture}">'
        return f"{image}<pre>{html.escape(self.summary())}</pre>"


def _dates(days: npt.NDArray[np.int64]) -> pd.DatetimeIndex:
    import pandas as pd

    return pd.DatetimeIndex(days.view("datetime64[D]"), name="date")


def _series(name: str, days: npt.NDArray[np.int64], values: npt.NDArray[np.float64]) -> pd.Series[float]:
    import pandas as pd

    return pd.Series(values, index=_dates(days), name=name)
