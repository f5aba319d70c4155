"""Statistics as a JSON file."""

from __future__ import annotations

import json
import math
import os
from typing import Any, Optional, Union

import numpy as np
import numpy.typing as npt

from gridfolio import _gridfolio
from gridfolio.errors import StrategyError
from gridfolio.qstrader import _lazy, settings
from gridfolio.qstrader._frames import Days, Floats, add_columns, curve_of, days_of

_QUANTILES = ("min", "lq", "med", "uq", "max")
_MILLISECONDS = 86_400_000


class JSONStatistics:
    """The statistics of an equity curve, and of a benchmark's, in QSTrader's layout.

    There are two differences: dates are midnight UTC whatever the time zone of the machine, and an undefined
    number is ``null`` in the file, where QSTrader writes ``NaN``, which is not valid JSON.

    Parameters
    ----------
    equity_curve : pandas.DataFrame
        With the column ``Equity`` by date. The columns ``Returns`` and ``CumReturns`` are added to it.
    target_allocations : pandas.DataFrame
        Weights by date, with a column per asset; may be empty.
    strategy_id, strategy_name, benchmark_id, benchmark_name : str, optional
        Labels for the file.
    benchmark_curve : pandas.DataFrame, optional
        The benchmark's equity, in the form of ``equity_curve``.
    periods : int, optional
        Sessions per year.
    output_filename : path, optional
        The file of ``to_file``.

    Attributes
    ----------
    statistics : dict
        The content of the file.

    Raises
    ------
    StrategyError
        If an equity curve is empty.

    Examples
    --------
    >>> JSONStatistics(session.get_equity_curve(), pd.DataFrame(), output_filename="statistics.json").to_file()
    """

    def __init__(
        self,
        equity_curve: Any,
        target_allocations: Any,
        strategy_id: Optional[str] = None,
        strategy_name: Optional[str] = None,
        benchmark_curve: Any = None,
        benchmark_id: Optional[str] = None,
        benchmark_name: Optional[str] = None,
        periods: int = 252,
        output_filename: Union[str, os.PathLike[str]] = "statistics.json",
    ) -> None:
        self.equity_curve = equity_curve
        self.target_allocations = target_allocations
        self.strategy_id = strategy_id
        self.strategy_name = strategy_name
        self.benchmark_curve = benchmark_curve
        self.benchmark_id = benchmark_id
        self.benchmark_name = benchmark_name
        self.periods = periods
        self.output_filename = output_filename
        self.statistics = self._create_full_statistics()

    def _create_full_statistics(self) -> dict[str, Any]:
        strategy = _block(self.equity_curve, self.periods)
        strategy["target_allocations"] = _allocations(self.target_allocations)
        full: dict[str, Any] = {"strategy": strategy}
        if self.benchmark_curve is not None:
            full["benchmark"] = _block(self.benchmark_curve, self.periods)
        for name in ("strategy_id", "strategy_name", "benchmark_id", "benchmark_name"):
            if getattr(self, name) is not None:
                full[name] = getattr(self, name)
        return full

    def to_file(self) -> None:
        """Writes the file atomically.

        Raises
        ------
        OutputError
            If the file cannot be written.
        """
        if settings.PRINT_EVENTS:
            print(f'Outputting JSON results to "{self.output_filename}"...')
        text = json.dumps(_finite(self.statistics), allow_nan=False)
        _gridfolio.write_file(self.output_filename, text.encode())


def statistics_of(frame: Any, periods: int) -> tuple[Days, Floats, dict[str, Any]]:
    """Days, equity and the engine's statistics of a frame with the column ``Equity``."""
    days, equity = curve_of(frame)
    statistics = _gridfolio.statistics(equity, days, periods)
    if statistics is None:
        raise StrategyError(
            "the equity curve is empty: nothing was recorded between the start or the burn-in and the end\n hint: set "
            "`end_dt` later"
        )
    return days, equity, statistics


def _block(frame: Any, periods: int) -> dict[str, Any]:
    """The statistics of one curve."""
    days, equity, statistics = statistics_of(frame, periods)
    add_columns(frame, {"Returns": statistics["returns"], "CumReturns": statistics["cum_returns"]})
    stamps = (days * _MILLISECONDS).tolist()

    def series(values: npt.NDArray[np.float64]) -> list[tuple[int, float]]:
        return [(stamp, 0.0 if value != value else value) for stamp, value in zip(stamps, values.tolist())]

    years = [year for year, _ in statistics["yearly"]]
    by_month = sorted(statistics["monthly"], key=lambda row: (row[1], row[0]))
    quantiles = [statistics[f"{period}_quantiles"] for period in ("daily", "monthly", "yearly")]
    return {
        "equity_curve": series(equity),
        "returns": series(statistics["returns"]),
        "cum_returns": series(statistics["cum_returns"]),
        "monthly_agg_returns": [((year, month), value) for year, month, value in statistics["monthly"]],
        "monthly_agg_returns_hc": [[m - 1, years.index(y), 100.0 * value] for y, m, value in by_month],
        "yearly_agg_returns": statistics["yearly"],
        "yearly_agg_returns_hc": [100.0 * value for _, value in statistics["yearly"]],
        "returns_quantiles": {
            period: dict(zip(_QUANTILES, five)) for period, five in zip(("daily", "monthly", "yearly"), quantiles)
        },
        "returns_quantiles_hc": [[100.0 * value for value in five] for five in quantiles],
        "drawdowns": series(statistics["drawdowns"]),
        **{
            name: statistics[name]
            for name in (
                "max_drawdown",
                "max_drawdown_duration",
                "mean_returns",
                "stdev_returns",
                "cagr",
                "annualised_vol",
                "sharpe",
                "sortino",
            )
        },
    }


def _allocations(frame: Any) -> list[dict[str, Any]]:
    """A series of weights per asset."""
    columns = _lazy.columns_of(frame)
    if columns == {}:
        return []
    stamps = (days_of(frame.index) * _MILLISECONDS).tolist() if len(frame.columns) else []
    return [
        {
            "name": name.replace("EQ:", ""),
            "data": [(stamp, 0.0 if weight != weight else weight) for stamp, weight in zip(stamps, frame[name].tolist())],
        }
        for name in frame.columns
    ]


def _finite(value: Any) -> Any:
    """A copy with ``None`` for numbers that JSON does not have; series without any are shared."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], tuple) and len(value[0]) == 2:
        finite = math.isfinite
        if all(isinstance(inner, float) and finite(inner) for _, inner in value):
            return value
    if isinstance(value, (list, tuple)):
        return [_finite(inner) for inner in value]
    return value
