"""A tear sheet drawn with matplotlib."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Optional

import numpy as np
import numpy.typing as npt

from gridfolio.qstrader import settings
from gridfolio.qstrader._frames import add_columns
from gridfolio.qstrader.statistics.json_statistics import statistics_of
from gridfolio.qstrader.statistics.statistics import Statistics

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

# Backends without a display.
_HEADLESS = {"agg", "cairo", "pdf", "pgf", "ps", "svg", "template"}


class TearsheetStatistics(Statistics):
    """A tear sheet: wealth, drawdowns, monthly and yearly returns and the main statistics of an equity curve,
    beside those of a benchmark.

    Parameters
    ----------
    strategy_equity : pandas.DataFrame
        With the column ``Equity`` by date.
    benchmark_equity : pandas.DataFrame, optional
        The benchmark's equity, in the same form.
    title : str, optional
        The title.
    periods : int, optional
        Sessions per year.

    Examples
    --------
    >>> TearsheetStatistics(session.get_equity_curve(), title="Sixty-forty").plot_results("sixty_forty.png")
    """

    def __init__(
        self, strategy_equity: Any, benchmark_equity: Any = None, title: Optional[str] = None, periods: int = 252
    ) -> None:
        self.strategy_equity = strategy_equity
        self.benchmark_equity = benchmark_equity
        self.title = title
        self.periods = periods

    def get_results(self, equity_df: Any) -> dict[str, Any]:  # type: ignore[override]
        """The statistics of an equity curve.

        Parameters
        ----------
        equity_df : pandas.DataFrame
            With the column ``Equity`` by date. The columns ``returns`` and ``cum_returns`` are added to it.

        Returns
        -------
        dict
        """
        import pandas as pd

        _, _, statistics = statistics_of(equity_df, self.periods)
        add_columns(equity_df, {"returns": statistics["returns"], "cum_returns": statistics["cum_returns"]})
        drawdowns = pd.Series(statistics["drawdowns"], index=equity_df.index, name="Drawdown")
        return {
            "sharpe": statistics["sharpe"],
            "drawdowns": drawdowns,
            "max_drawdown": statistics["max_drawdown"],
            "max_drawdown_pct": statistics["max_drawdown"],
            "max_drawdown_duration": statistics["max_drawdown_duration"],
            "equity": equity_df["Equity"],
            "returns": equity_df["returns"],
            "cum_returns": equity_df["cum_returns"],
        }

    def figure(self) -> Figure:
        """The tear sheet as a matplotlib figure."""
        from matplotlib.figure import Figure
        from matplotlib.gridspec import GridSpec

        strategy = _Curve(self.strategy_equity, self.periods)
        benchmark = None if self.benchmark_equity is None else _Curve(self.benchmark_equity, self.periods)
        figure = Figure(figsize=(16, 12), facecolor="0.97")
        figure.suptitle(self.title or "", y=0.94, weight="bold")
        grid = GridSpec(5, 3, wspace=0.25, hspace=0.5)
        _plot_wealth(figure.add_subplot(grid[:2, :]), strategy, benchmark)
        _plot_drawdowns(figure.add_subplot(grid[2, :]), strategy)
        _plot_months(figure.add_subplot(grid[3, :2]), strategy)
        _plot_years(figure.add_subplot(grid[3, 2]), strategy)
        _write_statistics(figure.add_subplot(grid[4, 0]), strategy, benchmark)
        return figure

    def plot_results(self, filename: Optional[str] = None) -> None:
        """Shows the tear sheet, and saves it if a file is given. Without a display it is always saved, by
        default under a name made from the title.

        Parameters
        ----------
        filename : path, optional
            The file, in any format that matplotlib writes.
        """
        import matplotlib

        figure = self.figure()
        headless = matplotlib.get_backend().lower() in _HEADLESS
        if filename:
            if settings.PRINT_EVENTS:
                print(f"Saving tearsheet to {filename}")
            figure.savefig(filename)
        if settings.PRINT_EVENTS:
            print("Plotting the tearsheet...")
        if headless and not filename:
            name = re.sub(r"[^A-Za-z0-9]+", "_", self.title or "tearsheet").strip("_").lower() + ".png"
            # Better compression would take a tenth of a second more.
            figure.savefig(name, pil_kwargs={"compress_level": 1})
            print(f"There is no display: the tearsheet was saved to {name}")
        elif not headless:
            _show(figure)


def _show(figure: Figure) -> None:
    import matplotlib.pyplot as plt

    # pyplot only shows figures that it created.
    shown: Any = plt.figure(figsize=figure.get_size_inches())
    manager = shown.canvas.manager
    manager.canvas.figure = figure
    figure.set_canvas(manager.canvas)
    plt.show()


class _Curve:
    """The equity curve of the strategy or the benchmark, with its statistics."""

    def __init__(self, frame: Any, periods: int) -> None:
        self.days, _, self.statistics = statistics_of(frame, periods)
        add_columns(frame, {"returns": self.statistics["returns"], "cum_returns": self.statistics["cum_returns"]})
        self.dates = self.days.view("datetime64[D]")
        self.wealth: npt.NDArray[np.float64] = self.statistics["cum_returns"]

    def rows(self) -> list[tuple[str, str, str]]:
        """The rows of the table: name, value and colour."""
        statistics = self.statistics
        # As in QSTrader: the sample standard deviation, annualised with 252 sessions whatever `periods` is.
        volatility = np.std(statistics["returns"], ddof=1) * np.sqrt(252)
        return [
            ("Total Return", f"{self.wealth[-1] - 1.0:.0%}", "black"),
            ("CAGR", f"{statistics['cagr']:.2%}", "black"),
            ("Sharpe Ratio", f"{statistics['sharpe']:.2f}", "black"),
            ("Sortino Ratio", f"{statistics['sortino']:.2f}", "black"),
            ("Annual Volatility", f"{volatility:.2%}", "black"),
            ("Max Daily Drawdown", f"{statistics['max_drawdown']:.2%}", "red"),
            ("Max Drawdown Duration (Days)", f"{statistics['max_drawdown_duration']:.0f}", "black"),
        ]


def _year_axis(ax: Axes) -> None:
    import matplotlib.dates as mdates

    ax.xaxis.set_major_locator(mdates.YearLocator(1))
    ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
    ax.grid(linestyle=":")


def _plot_wealth(ax: Axes, strategy: _Curve, benchmark: Optional[_Curve]) -> None:
    _year_axis(ax)
    ax.plot(strategy.dates, strategy.wealth, lw=2, color="green", alpha=0.6, label="Strategy")
    if benchmark is not None:
        ax.plot(benchmark.dates, benchmark.wealth, lw=2, color="gray", alpha=0.6, label="Benchmark")
    ax.axhline(1.0, linestyle="--", color="black", lw=1)
    ax.set_ylabel("Cumulative returns")
    # Searching for the best place takes as long as all other drawing.
    ax.legend(loc="upper left")
    ax.margins(x=0)


def _plot_drawdowns(ax: Axes, strategy: _Curve) -> None:
    _year_axis(ax)
    ax.fill_between(strategy.dates, -100 * strategy.statistics["drawdowns"], color="red", alpha=0.3)
    ax.yaxis.set_major_formatter("{x:.0f}%")
    ax.set_title("Drawdown (%)", fontweight="bold")
    ax.margins(x=0)


def _plot_months(ax: Axes, strategy: _Curve) -> None:
    years = [year for year, _ in strategy.statistics["yearly"]]
    cells = np.zeros((len(years), 12))
    for year, month, value in strategy.statistics["monthly"]:
        cells[years.index(year), month - 1] = 100.0 * round(value, 3)
    limit = max(np.nanmax(np.abs(cells)), 1e-9)
    ax.imshow(cells, cmap="RdYlGn", vmin=-limit, vmax=limit, aspect="auto")
    _write_cells(ax, cells, 8 if len(years) < 12 else 5)
    ax.set_xticks(range(12), _MONTHS)
    ax.set_yticks(range(len(years)), [str(year) for year in years], fontsize=8 if len(years) < 12 else 5)
    ax.set_title("Monthly Returns (%)", fontweight="bold")


def _write_cells(ax: Axes, cells: npt.NDArray[np.float64], size: float) -> None:
    """Writes the number of each cell. All are outlines in a single collection: hundreds of text objects take
    as long as all other drawing."""
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path
    from matplotlib.textpath import TextPath
    from matplotlib.transforms import Affine2D

    words = [f"{value:0.1f}" for value in cells.flat]
    outlines = {}
    for word in set(words):
        outline: Any = TextPath((0, 0), word, size=size)
        centre = (outline.vertices.min(axis=0) + outline.vertices.max(axis=0)) / 2
        outlines[word] = Path(outline.vertices - centre, outline.codes)
    rows, columns = np.indices(cells.shape)
    ax.add_collection(
        PathCollection(
            [outlines[word] for word in words],
            offsets=np.column_stack([columns.flat, rows.flat]),
            offset_transform=ax.transData,
            transform=Affine2D().scale(ax.figure.dpi / 72.0),
            facecolors="black",
            linewidths=0,
        ),
        autolim=False,
    )


def _plot_years(ax: Axes, strategy: _Curve) -> None:
    years = [str(year) for year, _ in strategy.statistics["yearly"]]
    ax.bar(range(len(years)), [100.0 * value for _, value in strategy.statistics["yearly"]])
    ax.set_xticks(range(len(years)), years, rotation=90 if len(years) > 12 else 45)
    ax.yaxis.set_major_formatter("{x:.0f}%")
    ax.yaxis.grid(linestyle=":")
    ax.set_title("Yearly Returns (%)", fontweight="bold")


def _write_statistics(ax: Axes, strategy: _Curve, benchmark: Optional[_Curve]) -> None:
    columns = [("Strategy", "green", 7.5, strategy)]
    if benchmark is not None:
        columns.append(("Benchmark", "gray", 10.0, benchmark))
    for head, color, x, curve in columns:
        ax.text(x, 8.2, head, fontweight="bold", ha="right", fontsize=8, color=color)
        for row, (name, value, color) in enumerate(curve.rows()):
            if curve is strategy:
                ax.text(0.25, 6.9 - row, name, fontsize=8)
            ax.text(x, 6.9 - row, value, fontweight="bold", ha="right", fontsize=8, color=color)
    ax.set_title("Equity Curve", fontweight="bold")
    ax.set_xticks([])
    ax.set_yticks([])
    for side, spine in ax.spines.items():
        spine.set_visible(side in ("top", "bottom"))
        spine.set_linewidth(2.0)
    ax.axis((0, 10, 0, 10))
