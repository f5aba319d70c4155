"""Statistics as a JSON file."""

import json
import math

from gridfolio import _gridfolio
from gridfolio.errors import StrategyError
from gridfolio.qstrader import _lazy, settings
from gridfolio.qstrader._frames import add_columns, curve_of, days_of

_QUANTILES = ("min", "lq", "med", "uq", "max")
_MILLISECONDS = 86_400_000


class JSONStatistics:
    """The statistics of an equity curve, and of a benchmark's, in QSTrader's layout: ``statistics``
    and ``to_file()``.

    Two things are otherwise: dates are midnight UTC whatever the machine's time zone, and an undefined
    number is ``null`` in the file, where QSTrader writes ``NaN``, which is no JSON.
    """

    def __init__(
        self,
        equity_curve,
        target_allocations,
        strategy_id=None,
        strategy_name=None,
        benchmark_curve=None,
        benchmark_id=None,
        benchmark_name=None,
        periods=252,
        output_filename="statistics.json",
    ):
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

    def _create_full_statistics(self):
        strategy = _block(self.equity_curve, self.periods)
        strategy["target_allocations"] = _allocations(self.target_allocations)
        full = {"strategy": strategy}
        if self.benchmark_curve is not None:
            full["benchmark"] = _block(self.benchmark_curve, self.periods)
        for name in ("strategy_id", "strategy_name", "benchmark_id", "benchmark_name"):
            if getattr(self, name) is not None:
                full[name] = getattr(self, name)
        return full

    def to_file(self):
        """Writes the file, whole or not at all."""
        if settings.PRINT_EVENTS:
            print(f'Outputting JSON results to "{self.output_filename}"...')
        text = json.dumps(_finite(self.statistics), allow_nan=False)
        _gridfolio.write_file(self.output_filename, text.encode())


def statistics_of(frame, periods):
    """Days, equity and the engine's statistics of a frame with the column `Equity`."""
    days, equity = curve_of(frame)
    told = _gridfolio.statistics(equity, days, periods)
    if told is None:
        raise StrategyError("the equity curve is empty: nothing was recorded between start (or burn-in) and end")
    return days, equity, told


def _block(frame, periods):
    days, equity, told = statistics_of(frame, periods)
    add_columns(frame, {"Returns": told["returns"], "CumReturns": told["cum_returns"]})
    stamps = (days * _MILLISECONDS).tolist()

    def series(values):
        return [(stamp, 0.0 if value != value else value) for stamp, value in zip(stamps, values.tolist())]

    years = [year for year, _ in told["yearly"]]
    by_month = sorted(told["monthly"], key=lambda row: (row[1], row[0]))
    quantiles = [told[f"{period}_quantiles"] for period in ("daily", "monthly", "yearly")]
    return {
        "equity_curve": series(equity),
        "returns": series(told["returns"]),
        "cum_returns": series(told["cum_returns"]),
        "monthly_agg_returns": [((year, month), value) for year, month, value in told["monthly"]],
        "monthly_agg_returns_hc": [[m - 1, years.index(y), 100.0 * value] for y, m, value in by_month],
        "yearly_agg_returns": told["yearly"],
        "yearly_agg_returns_hc": [100.0 * value for _, value in told["yearly"]],
        "returns_quantiles": {
            period: dict(zip(_QUANTILES, five)) for period, five in zip(("daily", "monthly", "yearly"), quantiles)
        },
        "returns_quantiles_hc": [[100.0 * value for value in five] for five in quantiles],
        "drawdowns": series(told["drawdowns"]),
        **{
            name: told[name]
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


def _allocations(frame):
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


def _finite(value):
    """The same with None for what is no number; most of it is shared."""
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
