"""What came out of a backtest."""

from __future__ import annotations

import base64
import html
import json
import os
from typing import TYPE_CHECKING, Any, Optional, Union

import numpy as np

from gridfolio import _gridfolio

if TYPE_CHECKING:
    import pandas as pd


class Backtest:
    """One backtest and its result. Tables are pandas objects; pandas is imported when one is asked
    for. ``equity`` and ``dates`` are NumPy arrays and need none."""

    def __init__(self, run: _gridfolio.Run) -> None:
        """Made by ``Strategy.run`` and by ``show``."""
        self._run = run
        self._told: Optional[dict] = None

    @property
    def name(self) -> str:
        """The strategy's name."""
        return self._run.name

    @property
    def dates(self) -> np.ndarray:
        """The day of each recorded close, ``datetime64[D]``."""
        return self._run.days().view("datetime64[D]")

    @property
    def equity(self) -> np.ndarray:
        """Equity at each recorded close, in currency units."""
        return self._run.equity()

    @property
    def equity_curve(self) -> pd.Series:
        """Equity at each recorded close, in currency units, by date."""
        return _series("equity", self._run.days(), self._run.equity())

    @property
    def cash_curve(self) -> pd.Series:
        """Cash at each recorded close, in currency units, by date."""
        return _series("cash", self._run.days(), self._run.cash())

    @property
    def benchmark_equity_curve(self) -> Optional[pd.Series]:
        """The benchmark's equity by date; ``None`` without a benchmark."""
        benchmark = self._run.benchmark()
        return None if benchmark is None else _series("benchmark", *benchmark)

    @property
    def transactions(self) -> pd.DataFrame:
        """A row per trade, in order: ``timestamp`` (UTC), ``asset``, ``quantity`` (shares, negative when
        sold), ``price`` (slippage and spread included) and ``commission``, in currency units."""
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
        """A row per decision, by date, with a column per asset: target weights before sizing. NaN where
        an asset was neither in the universe nor held nor named."""
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
        """The textbook statistics of the strategy, as in ``statistics.json``: ``returns``, ``risk``,
        ``ratios`` and more. Undefined numbers are ``None``."""
        return self._document()["statistics"]["strategy"]

    @property
    def benchmark_statistics(self) -> Optional[dict[str, Any]]:
        """The same of the benchmark."""
        return self._document()["statistics"]["benchmark"]

    @property
    def relative_statistics(self) -> Optional[dict[str, Any]]:
        """The strategy against its benchmark: beta, alpha, tracking error and others."""
        return self._document()["statistics"]["relative"]

    @property
    def provenance(self) -> dict[str, Any]:
        """How the result came about: conventions, dates, costs, holdings, warnings."""
        return self._document()["run"]

    @property
    def warnings(self) -> list[str]:
        """What a careful reader should know."""
        return self.provenance["warnings"]

    def _document(self) -> dict:
        if self._told is None:
            self._told = json.loads(self._run.summary_json())
        return self._told

    def summary(self) -> str:
        """What the command line prints."""
        return self._run.summary()

    def write(self, dir: Union[str, os.PathLike[str]]) -> None:
        """Writes ``statistics.json``, ``tearsheet.html``, ``equity_curve.csv``, ``transactions.csv`` and
        ``target_allocations.csv`` into a folder, each of them whole or not at all."""
        self._run.write(os.fspath(dir))

    def tearsheet(self, path: Union[str, os.PathLike[str]]) -> None:
        """Writes the tear sheet, a page of HTML that needs nothing else."""
        _gridfolio.write_file(os.fspath(path), self._run.tearsheet())

    def plot(self, ax: Any = None) -> Any:
        """Draws the wealth of the strategy and its benchmark with matplotlib; returns the axes."""
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
        # As an image, so that its style is not the notebook's.
        picture = base64.b64encode(self._run.growth_svg()).decode()
        image = f'<img alt="growth" style="max-width: 100%" src="data:image/svg+xml;base64,{picture}">'
        return f"{image}<pre>{html.escape(self.summary())}</pre>"


def _dates(days: np.ndarray) -> pd.DatetimeIndex:
    import pandas as pd

    return pd.DatetimeIndex(days.view("datetime64[D]"), name="date")


def _series(name: str, days: np.ndarray, values: np.ndarray) -> pd.Series:
    import pandas as pd

    return pd.Series(values, index=_dates(days), name=name)
