"""A page of figures, drawn with matplotlib."""

import re

import numpy as np

from gridfolio.qstrader import settings
from gridfolio.qstrader._frames import add_columns
from gridfolio.qstrader.statistics.json_statistics import statistics_of
from gridfolio.qstrader.statistics.statistics import Statistics

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

# Backends that show nothing.
_HEADLESS = {"agg", "cairo", "pdf", "pgf", "ps", "svg", "template"}


class TearsheetStatistics(Statistics):
    """Wealth, drawdowns, monthly and yearly returns and the main statistics of an equity curve, beside a
    benchmark's."""

    def __init__(self, strategy_equity, benchmark_equity=None, title=None, periods=252):
        self.strategy_equity = strategy_equity
        self.benchmark_equity = benchmark_equity
        self.title = title
        self.periods = periods

    def get_results(self, equity_df):
        """The statistics of an equity curve, as a dict; its frame gets the columns ``returns`` and
        ``cum_returns``."""
        import pandas as pd

        _, _, told = statistics_of(equity_df, self.periods)
        add_columns(equity_df, {"returns": told["returns"], "cum_returns": told["cum_returns"]})
        drawdowns = pd.Series(told["drawdowns"], index=equity_df.index, name="Drawdown")
        return {
            "sharpe": told["sharpe"],
            "drawdowns": drawdowns,
            "max_drawdown": told["max_drawdown"],
            "max_drawdown_pct": told["max_drawdown"],
            "max_drawdown_duration": told["max_drawdown_duration"],
            "equity": equity_df["Equity"],
            "returns": equity_df["returns"],
            "cum_returns": equity_df["cum_returns"],
        }

    def figure(self):
        """The page, a matplotlib figure."""
        from matplotlib.figure import Figure
        from matplotlib.gridspec import GridSpec

        strategy = _Side(self.strategy_equity, self.periods)
        benchmark = None if self.benchmark_equity is None else _Side(self.benchmark_equity, self.periods)
        figure = Figure(figsize=(16, 12), facecolor="0.97")
        figure.suptitle(self.title, y=0.94, weight="bold")
        grid = GridSpec(5, 3, wspace=0.25, hspace=0.5)
        _plot_wealth(figure.add_subplot(grid[:2, :]), strategy, benchmark)
        _plot_drawdowns(figure.add_subplot(grid[2, :]), strategy)
        _plot_months(figure.add_subplot(grid[3, :2]), strategy)
        _plot_years(figure.add_subplot(grid[3, 2]), strategy)
        _write_statistics(figure.add_subplot(grid[4, 0]), strategy, benchmark)
        return figure

    def plot_results(self, filename=None):
        """Shows the page, and saves it when a filename is given. Where nothing can be shown it is saved
        all the same, under a name made of its title."""
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
            # A smaller file would take a tenth of a second more.
            figure.savefig(name, pil_kwargs={"compress_level": 1})
            print(f"There is no display: the tearsheet was saved to {name}")
        elif not headless:
            _show(figure)


def _show(figure):
    import matplotlib.pyplot as plt

    # A figure that pyplot knows is shown by it.
    shown = plt.figure(figsize=figure.get_size_inches())
    manager = shown.canvas.manager
    manager.canvas.figure = figure
    figure.set_canvas(manager.canvas)
    plt.show()


class _Side:
    """The strategy or the benchmark."""

    def __init__(self, frame, periods):
        self.days, _, self.told = statistics_of(frame, periods)
        add_columns(frame, {"returns": self.told["returns"], "cum_returns": self.told["cum_returns"]})
        self.dates = self.days.view("datetime64[D]")
        self.wealth = self.told["cum_returns"]

    def rows(self):
        """What stands in the table."""
        told = self.told
        # QSTrader's tear sheet takes the sample deviation, and 252 sessions whatever the periods are.
        volatility = np.std(told["returns"], ddof=1) * np.sqrt(252)
        return [
            ("Total Return", f"{self.wealth[-1] - 1.0:.0%}", "black"),
            ("CAGR", f"{told['cagr']:.2%}", "black"),
            ("Sharpe Ratio", f"{told['sharpe']:.2f}", "black"),
            ("Sortino Ratio", f"{told['sortino']:.2f}", "black"),
            ("Annual Volatility", f"{volatility:.2%}", "black"),
            ("Max Daily Drawdown", f"{told['max_drawdown']:.2%}", "red"),
            ("Max Drawdown Duration (Days)", f"{told['max_drawdown_duration']:.0f}", "black"),
        ]


def _year_axis(ax):
    import matplotlib.dates as mdates

    ax.xaxis.set_major_locator(mdates.YearLocator(1))
    ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
    ax.grid(linestyle=":")


def _plot_wealth(ax, strategy, benchmark):
    _year_axis(ax)
    ax.plot(strategy.dates, strategy.wealth, lw=2, color="green", alpha=0.6, label="Strategy")
    if benchmark is not None:
        ax.plot(benchmark.dates, benchmark.wealth, lw=2, color="gray", alpha=0.6, label="Benchmark")
    ax.axhline(1.0, linestyle="--", color="black", lw=1)
    ax.set_ylabel("Cumulative returns")
    # Looking for the best place takes as long as all the rest.
    ax.legend(loc="upper left")
    ax.margins(x=0)


def _plot_drawdowns(ax, strategy):
    _year_axis(ax)
    ax.fill_between(strategy.dates, -100 * strategy.told["drawdowns"], color="red", alpha=0.3)
    ax.yaxis.set_major_formatter("{x:.0f}%")
    ax.set_title("Drawdown (%)", fontweight="bold")
    ax.margins(x=0)


def _plot_months(ax, strategy):
    years = [year for year, _ in strategy.told["yearly"]]
    cells = np.zeros((len(years), 12))
    for year, month, value in strategy.told["monthly"]:
        cells[years.index(year), month - 1] = 100.0 * round(value, 3)
    limit = max(np.nanmax(np.abs(cells)), 1e-9)
    ax.imshow(cells, cmap="RdYlGn", vmin=-limit, vmax=limit, aspect="auto")
    _write_cells(ax, cells, 8 if len(years) < 12 else 5)
    ax.set_xticks(range(12), _MONTHS)
    ax.set_yticks(range(len(years)), [str(year) for year in years], fontsize=8 if len(years) < 12 else 5)
    ax.set_title("Monthly Returns (%)", fontweight="bold")


def _write_cells(ax, cells, size):
    """The number in each cell. As outlines, all in one: hundreds of texts take as long as all the rest."""
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path
    from matplotlib.textpath import TextPath
    from matplotlib.transforms import Affine2D

    words = [f"{value:0.1f}" for value in cells.flat]
    outlines = {}
    for word in set(words):
        outline = TextPath((0, 0), word, size=size)
        middle = (outline.vertices.min(axis=0) + outline.vertices.max(axis=0)) / 2
        outlines[word] = Path(outline.vertices - middle, outline.codes)
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


def _plot_years(ax, strategy):
    years = [str(year) for year, _ in strategy.told["yearly"]]
    ax.bar(range(len(years)), [100.0 * value for _, value in strategy.told["yearly"]])
    ax.set_xticks(range(len(years)), years, rotation=90 if len(years) > 12 else 45)
    ax.yaxis.set_major_formatter("{x:.0f}%")
    ax.yaxis.grid(linestyle=":")
    ax.set_title("Yearly Returns (%)", fontweight="bold")


def _write_statistics(ax, strategy, benchmark):
    heads = [("Strategy", "green", 7.5, strategy)]
    if benchmark is not None:
        heads.append(("Benchmark", "gray", 10.0, benchmark))
    for head, color, x, side in heads:
        ax.text(x, 8.2, head, fontweight="bold", ha="right", fontsize=8, color=color)
        for row, (name, value, color) in enumerate(side.rows()):
            if side is strategy:
                ax.text(0.25, 6.9 - row, name, fontsize=8)
            ax.text(x, 6.9 - row, value, fontweight="bold", ha="right", fontsize=8, color=color)
    ax.set_title("Equity Curve", fontweight="bold")
    ax.set_xticks([])
    ax.set_yticks([])
    for side, spine in ax.spines.items():
        spine.set_visible(side in ("top", "bottom"))
        spine.set_linewidth(2.0)
    ax.axis([0, 10, 0, 10])
