"""The Rust half of the package. Only `AsOf` is public: alpha models receive it."""

import datetime
import os
from typing import Any, Callable, Optional, Sequence, Union, final

import numpy as np
import numpy.typing as npt

VERSION: str

_Floats = npt.NDArray[np.float64]
_Days = npt.NDArray[np.int64]
_Path = Union[str, os.PathLike[str]]

@final
class AsOf:
    """The market as known at one decision. It holds nothing later.

    An instance is passed to ``AlphaModel.weights``.

    Examples
    --------
    >>> def weights(self, as_of):
    ...     rising = [a for a in as_of.assets if as_of.momentum(a, 126) > 0]
    ...     return {a: 1 / len(rising) for a in rising}
    """

    @property
    def date(self) -> datetime.date:
        """The day of the decision."""

    @property
    def time(self) -> datetime.datetime:
        """The time of the decision, UTC."""

    @property
    def assets(self) -> tuple[str, ...]:
        """The symbols in the universe at the decision, in the order that breaks ties."""

    @property
    def closes_seen(self) -> int:
        """The number of closes since the start of the simulation, including this one."""

    def price(self, symbol: str) -> float:
        """The latest price.

        Parameters
        ----------
        symbol : str
            Any symbol of the market.

        Returns
        -------
        float
            Currency units; NaN before the asset's first price.

        Raises
        ------
        KeyError
            If the symbol is not in the market data.
        """

    def prices(self) -> _Floats:
        """The latest price of each of ``assets``, in currency units."""

    def closes(self, symbol: str, n: Optional[int] = None) -> _Floats:
        """The history of closes, up to and including the decision.

        Parameters
        ----------
        symbol : str
            A symbol of the universe, or one of the strategy's ``also``; any other has no history.
        n : int, optional
            At most this many closes; by default all.

        Returns
        -------
        numpy.ndarray
            Closes in currency units, oldest first: a read-only view, not a copy.

        Raises
        ------
        KeyError
            If the symbol is not in the market data.
        ModelError
            If ``n`` is negative.
        """

    def momentum(self, symbol: str, lookback: int) -> float:
        """The return over the last ``lookback`` sessions, or over as many as there are.

        Parameters
        ----------
        symbol : str
            Any symbol of the market.
        lookback : int
            Sessions.

        Returns
        -------
        float
            A fraction: 0.07 is 7 %.
        """

    def momenta(self, lookback: int) -> _Floats:
        """``momentum`` of each of ``assets``."""

    def moving_average(self, symbol: str, lookback: int) -> float:
        """The mean of the last ``lookback`` closes, or of as many as there are.

        Parameters
        ----------
        symbol : str
            Any symbol of the market.
        lookback : int
            Sessions.

        Returns
        -------
        float
            Currency units; NaN without closes.
        """

    def volatility(self, symbol: str, lookback: int) -> float:
        """The annualised volatility of the last ``lookback`` daily returns, or of as many as there are.

        Parameters
        ----------
        symbol : str
            Any symbol of the market.
        lookback : int
            Sessions.

        Returns
        -------
        float
            A fraction: 0.2 is 20 % a year.
        """

_Frame = tuple[
    FrameLayout, str, bool, Union[list[str], tuple[_Days, Optional[str]], _Days], Optional[list[str]], list[_Floats]
]

@final
class FrameLayout:
    @staticmethod
    def of(levels: list[list[str]], is_number: list[bool], name: str, checked: bool = ...) -> FrameLayout: ...
    @staticmethod
    def of_closes(names: list[str], date: int) -> FrameLayout: ...
    @property
    def date(self) -> int: ...
    @property
    def symbol(self) -> Optional[int]: ...
    @property
    def names_symbols(self) -> bool: ...
    @property
    def columns(self) -> list[int]: ...

def check_folder(dir: _Path, symbols: Optional[list[str]]) -> tuple[str, str]: ...
def import_prices(from_: list[_Path], out: _Path) -> tuple[str, str]: ...
def diff_prices(old: _Path, new: _Path, symbols: Optional[list[str]]) -> tuple[str, str]: ...
def date_column(names: list[str]) -> Optional[int]: ...
def check_frames(frames: Sequence[_Frame]) -> tuple[str, str]: ...

@final
class Market:
    @staticmethod
    def load(
        dir: _Path,
        symbols: Optional[list[str]],
        rates: Optional[list[str]],
        adjusted: bool,
        opens: Optional[str] = None,
        only_read: list[str] = ...,
    ) -> Market: ...
    @staticmethod
    def of_frames(
        frames: Sequence[_Frame], adjusted: bool, opens: Optional[str], only_read: list[str]
    ) -> Market: ...
    @staticmethod
    def of_columns(columns: Sequence[tuple[Any, ...]], adjusted: bool) -> Market: ...
    def state(self) -> list[Any]: ...
    @staticmethod
    def of_state(state: list[Any]) -> Market: ...
    def with_rates(self, rates: Sequence[tuple[str, _Days, _Floats]]) -> Market: ...
    @property
    def rates(self) -> list[str]: ...
    def rate(self, name: str) -> Optional[tuple[_Days, _Floats]]: ...
    def renamed(self, prefix: str) -> Market: ...
    def joined(self, other: Market) -> Market: ...
    @property
    def dir(self) -> str: ...
    @property
    def symbols(self) -> list[str]: ...
    @property
    def notices(self) -> list[str]: ...
    @property
    def taken_as_adjusted(self) -> bool: ...
    def columns(self, symbol: str) -> Optional[tuple[_Days, _Floats, _Floats]]: ...
    def price_at(self, symbol: str, seconds: int) -> float: ...

@final
class Strategy:
    @staticmethod
    def from_file(file: _Path, overrides: list[str]) -> Strategy: ...
    @staticmethod
    def from_text(text: str, file: _Path, name: str, overrides: list[str]) -> Strategy: ...
    @property
    def name(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def overrides(self) -> list[str]: ...
    @property
    def data_dir(self) -> Optional[str]: ...
    @property
    def adjusted(self) -> bool: ...
    @property
    def opens(self) -> Optional[str]: ...
    @property
    def only_read(self) -> list[str]: ...
    @property
    def symbols(self) -> list[str]: ...
    def python_model(self) -> Optional[tuple[str, dict[str, Any]]]: ...
    def to_toml(self) -> str: ...

@final
class Run:
    @property
    def name(self) -> str: ...
    @property
    def initial_cash(self) -> float: ...
    @property
    def final_cash(self) -> float: ...
    @property
    def symbols(self) -> list[str]: ...
    @property
    def holdings(self) -> list[tuple[str, float]]: ...
    def days(self) -> _Days: ...
    def equity(self) -> _Floats: ...
    def cash(self) -> _Floats: ...
    def benchmark(self) -> Optional[tuple[_Days, _Floats]]: ...
    def transactions(self) -> tuple[_Days, _Days, _Floats, _Floats, _Floats]: ...
    def target_allocations(self) -> tuple[_Days, list[int], _Floats]: ...
    def summary_json(self) -> str: ...
    def summary(self) -> str: ...
    def timing_luck(self, make: Optional[Callable[[], Any]]) -> str: ...
    def tearsheet(self) -> bytes: ...
    def growth_svg(self) -> bytes: ...
    def write(self, dir: _Path) -> None: ...

def strategy_keywords() -> list[tuple[str, str, str, str]]: ...
def run(strategy: Strategy, market: Market, model: Any) -> Run: ...

class Audit:
    def report(
        self, files_read: list[str], prices_read: list[str], data_reached: list[str]
    ) -> tuple[bool, str, str]: ...

def decisions(strategy: Strategy, market: Market) -> tuple[int, Optional[int]]: ...
def audit(
    strategy: Strategy, market: Market, dates: int, make: Optional[Callable[[Market], Any]]
) -> Audit: ...
def write_file(path: _Path, content: bytes) -> None: ...

@final
class Sweep:
    @staticmethod
    def open(dir: _Path, trust: bool = False, classes: list[str] = ...) -> Sweep: ...
    @property
    def trust(self) -> tuple[bool, list[str]]: ...
    @property
    def dir(self) -> str: ...
    @property
    def n_numbers(self) -> int: ...
    @property
    def asks_models(self) -> bool: ...
    def missing_shards(self) -> list[int]: ...
    def run(self, threads: int, progress: Optional[Callable[[int, int, int], None]]) -> tuple[int, str]: ...
    def evaluate(self, threads: int) -> tuple[str, str, list[str]]: ...
    def compute_worlds(self, worlds: int, threads: int) -> None: ...
    def compute_shard(self, shard: int) -> tuple[int, int]: ...
    def results(self) -> dict[str, Any]: ...
    def axes(self) -> list[str]: ...
    def show(self, number: int) -> Run: ...
    def trial_toml(self, number: int) -> str: ...
    @staticmethod
    def work(
        dir: _Path, shards: set[int], threads: int, task: str, restart: int, trust: bool, classes: list[str]
    ) -> int: ...

def plan_sweep(
    strategy: Strategy,
    overrides: list[str],
    market: Optional[Market],
    out: _Path,
    fresh: bool,
    shard_size: Optional[int],
    classes: list[str],
) -> Sweep: ...

@final
class Submission:
    @property
    def sweep(self) -> Sweep: ...
    def complete(self, progress: Callable[[int, int, str], None]) -> None: ...

def plan_on_slurm(
    strategy: Strategy,
    overrides: list[str],
    market: Optional[Market],
    out: _Path,
    fresh: bool,
    settings: str,
    folders: list[str],
    program: _Path,
    force: bool,
    classes: list[str],
) -> Submission: ...
def cancel_on_slurm(dir: _Path) -> None: ...

@final
class Session:
    def simulated_days(self) -> _Days: ...
    def days(self) -> _Days: ...
    def equity(self) -> _Floats: ...
    def decisions(self) -> list[tuple[int, list[tuple[str, float]]]]: ...
    def trades(self) -> list[tuple[int, str, float, float, float, float]]: ...
    def open_orders(self) -> list[tuple[str, float]]: ...
    @property
    def cash(self) -> float: ...
    def positions(self) -> tuple[list[dict[str, Any]], float, float]: ...

def run_session(market: Market, spec: dict[str, Any], model: Any) -> Session: ...
def statistics(equity: _Floats, days: _Days, periods: float) -> Optional[dict[str, Any]]: ...
def rebalance_days(name: str, weekday: Optional[str], start: int, end: int) -> list[int]: ...
def momentum(closes: list[float]) -> float: ...
def moving_average(closes: list[float]) -> float: ...
def volatility(closes: list[float]) -> float: ...
