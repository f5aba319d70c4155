"""A strategy and the backtest it is put through."""

from __future__ import annotations

import datetime
import os
from typing import TYPE_CHECKING, Any, Callable, Iterable, Mapping, Optional, Union

from gridfolio import _gridfolio, _toml
from gridfolio.backtest import Backtest
from gridfolio.errors import StrategyError, UsageError
from gridfolio.market import Market
from gridfolio.model import class_path

if TYPE_CHECKING:
    from gridfolio.audit import Audit

Moment = Union[str, datetime.date, datetime.datetime]


class Strategy:
    """What is to be done, in names and dates: what a strategy file says.

    From a file, with ``Strategy.from_toml``, or from keywords:

        gridfolio.Strategy(
            name="Sector momentum",
            start="1998-12-22", end="2020-12-31", burn_in="1999-12-22",
            assets=["XLB", "XLE", "XLF"],
            alpha={"model": "top-n-momentum", "lookback": 126, "top_n": 3},
            schedule="end-of-month",
            cash_buffer=0.01,
        )

    :param name: a title for reports.
    :param start: the first moment; signals see no history before it. A bare date is its open.
    :param end: the last moment.
    :param burn_in: until then signals fill, and nothing is traded or recorded.
    :param assets: symbols that may be held; their order breaks ties between equal signals.
    :param enters: assets that join later, and when.
    :param leaves: assets that leave, and when.
    :param alpha: the name of a built-in model, a table as in the file's ``[alpha]``, a class with a
        method ``weights(self, as_of)``, or an object of one.
    :param parameters: what a class is made with; each is an axis, ``alpha.parameters.NAME``.
    :param schedule: ``buy-and-hold``, ``daily``, ``weekly`` (with ``weekday``), ``end-of-month`` or
        ``end-of-quarter``.
    :param trade: ``always``, or ``on-change`` to trade only when the targets differ.
    :param initial_cash: in currency units.
    :param sessions_per_year: for annualising.
    :param sizing: ``long-only`` (with ``cash_buffer``, a fraction of the equity) or ``long-short`` (with
        ``gross_leverage``, gross exposure over equity).
    :param optimiser: ``fixed-weight`` or ``equal-weight`` (with ``scale``).
    :param risk: a table as in the file's ``[risk]``.
    :param fees: a table as in the file's ``[costs]``: ``{"model": "percent", "commission": 0.001}``.
    :param slippage_bps: basis points by which buys fill higher and sells lower.
    :param half_spread_bps: half the bid-ask spread, on top.
    :param fill, shares, cash, entry: the switches of ``[execution]``.
    :param benchmark: weights by symbol, or a table as in the file's ``[benchmark]``.
    :param conventions: ``standard``, ``qstrader``, or a table of switches.
    :param data: the folder of price files, for ``run`` without a market.
    :param adjusted: whether its prices are to be adjusted.
    :raises StrategyError: with everything that is wrong, in its place.
    """

    def __init__(
        self,
        *,
        start: Moment,
        end: Moment,
        assets: Iterable[str],
        alpha: Any,
        schedule: str,
        name: str = "strategy",
        parameters: Optional[Mapping[str, Any]] = None,
        burn_in: Optional[Moment] = None,
        enters: Optional[Mapping[str, Moment]] = None,
        leaves: Optional[Mapping[str, Moment]] = None,
        weekday: Optional[str] = None,
        trade: Optional[str] = None,
        initial_cash: Optional[float] = None,
        sessions_per_year: Optional[float] = None,
        sizing: Optional[str] = None,
        cash_buffer: Optional[float] = None,
        gross_leverage: Optional[float] = None,
        optimiser: Optional[str] = None,
        scale: Optional[float] = None,
        risk: Optional[Mapping[str, Any]] = None,
        fees: Optional[Mapping[str, Any]] = None,
        slippage_bps: Optional[float] = None,
        half_spread_bps: Optional[float] = None,
        fill: Optional[str] = None,
        shares: Optional[str] = None,
        cash: Optional[str] = None,
        entry: Optional[str] = None,
        benchmark: Optional[Mapping[str, Any]] = None,
        conventions: Union[str, Mapping[str, str], None] = None,
        data: Union[str, os.PathLike[str], None] = None,
        adjusted: Optional[bool] = None,
    ) -> None:
        model = None
        if isinstance(assets, str):
            assets = [assets]
        if isinstance(alpha, str):
            alpha = _python(alpha) if ":" in alpha else {"model": alpha}
        elif not isinstance(alpha, Mapping):
            if not callable(getattr(alpha, "weights", None)):
                raise StrategyError(
                    f"`alpha` is {alpha!r}, which has no method `weights(self, as_of)`\n hint: give a class or an "
                    "object that has, or name a built-in model, as in `alpha=\"equal-weight\"`"
                )
            model, alpha = alpha, _python(class_path(alpha))
            if not isinstance(model, type) and parameters:
                raise UsageError("parameters go with a class; this is an object, made already")
        alpha = dict(alpha)
        if parameters is not None:
            alpha["parameters"] = dict(parameters)
        if benchmark is not None and "assets" not in benchmark:
            benchmark = {"assets": dict(benchmark)}
        dates = {"start": start, "end": end, "burn_in": burn_in}
        dates = {key: _toml.moment(value) for key, value in dates.items() if value is not None}
        lines = [_line("name", name)]
        lines += [] if conventions is None else [_line("conventions", conventions)]
        lines += _table("data", dir=None if data is None else os.path.abspath(data), adjusted=adjusted)
        lines += ["[backtest]"] + [f"{key} = {value}" for key, value in dates.items()]
        lines += _table(None, initial_cash=initial_cash, sessions_per_year=sessions_per_year)
        lines += _table("universe", assets=list(assets))
        lines += [] if enters is None else [f"enters = {_toml.moments(enters)}"]
        lines += [] if leaves is None else [f"leaves = {_toml.moments(leaves)}"]
        lines += _table("alpha", **alpha)
        lines += _table(
            "portfolio",
            optimiser=optimiser,
            scale=scale,
            sizing=sizing,
            cash_buffer=cash_buffer,
            gross_leverage=gross_leverage,
        )
        lines += _table("rebalance", schedule=schedule, weekday=weekday, trade=trade)
        lines += [] if risk is None else _table("risk", **risk)
        lines += _table("costs", fees=fees, slippage_bps=slippage_bps, half_spread_bps=half_spread_bps)
        lines += _table("execution", fill=fill, shares=shares, cash=cash, entry=entry)
        lines += [] if benchmark is None else _table("benchmark", **benchmark)
        text = "\n".join(lines) + "\n"
        self._strategy = _gridfolio.Strategy.from_text(text, name, name, [])
        self._model = model

    @classmethod
    def _of(cls, strategy: _gridfolio.Strategy, model: Any = None) -> Strategy:
        made = cls.__new__(cls)
        made._strategy = strategy
        made._model = model
        return made

    @classmethod
    def from_toml(
        cls, path: Union[str, os.PathLike[str]], overrides: Optional[Mapping[str, Any]] = None
    ) -> Strategy:
        """Reads a strategy file.

        :param overrides: values by dotted key, as in ``{"alpha.top_n": 5}``.
        :raises StrategyError: with everything that is wrong, in its place.
        """
        return cls._of(_gridfolio.Strategy.from_file(os.fspath(path), _settings(overrides)))

    @classmethod
    def from_text(cls, text: str, name: str = "strategy") -> Strategy:
        """Reads the text of a strategy file; ``name`` is for a text that gives none."""
        return cls._of(_gridfolio.Strategy.from_text(text, name, name, []))

    def replace(self, overrides: Mapping[str, Any]) -> Strategy:
        """The same strategy with other values, by dotted key: ``{"alpha.top_n": 5}``."""
        own = self._strategy
        changed = _gridfolio.Strategy.from_text(
            own.text, own.file, own.name, own.overrides + _settings(overrides)
        )
        return Strategy._of(changed, self._model)

    @property
    def name(self) -> str:
        """A title for reports."""
        return self._strategy.name

    @property
    def symbols(self) -> list[str]:
        """Every symbol that a backtest needs, those of the benchmark too."""
        return self._strategy.symbols

    def to_toml(self) -> str:
        """The complete strategy file, every default written out."""
        return self._strategy.to_toml()

    def market(self) -> Market:
        """Loads the prices that the strategy names."""
        own = self._strategy
        if own.data_dir is None:
            raise StrategyError(
                f"`{self.name}` names no folder of prices\n hint: add `dir = \"...\"` under `[data]`, or hand "
                "`run` a market"
            )
        return Market.from_csv(own.data_dir, own.symbols, adjusted=own.adjusted)

    def run(self, market: Optional[Market] = None) -> Backtest:
        """Runs the backtest.

        :param market: the prices; those of the folder that the strategy names if not given.
        :raises StrategyError, DataError, ModelError: with the way out.
        """
        market = self.market() if market is None else market
        if not isinstance(market, Market):
            raise UsageError(
                f"the market is a `{type(market).__name__}`\n hint: make one with `Market.from_csv(...)` or "
                "`Market.from_frames(...)`"
            )
        return Backtest(_gridfolio.run(self._strategy, market._prices, self._made()))

    def audit(
        self,
        market: Optional[Market] = None,
        *,
        model: Optional[Callable[[Market], Any]] = None,
        dates: int = 100,
    ) -> Audit:
        """Looks for look-ahead: runs the backtest again on prices whose future has been cut off or
        altered, at many dates, and compares what came before to the bit; then with old signals, late
        trades and other costs.

        :param market: the prices; those of the folder that the strategy names if not given.
        :param model: makes the alpha model from the prices of a run. Needed for a model that computes
            anything from prices before it is asked: whatever it knows must come from this argument.
        :param dates: at how many dates, decisions first.
        :raises StrategyError, DataError, ModelError: with the way out.
        """
        from gridfolio.audit import audited

        return audited(self, self.market() if market is None else market, model, dates)

    def _made(self) -> Any:
        """The alpha model to ask, if it is Python's."""
        named = self._strategy.python_model()
        if named is None:
            return None
        path, parameters = named
        # `replace` may have named another class.
        if self._model is None or class_path(self._model) != path:
            return _imported(path)(**parameters)
        if isinstance(self._model, type):
            return self._model(**parameters)
        return self._model

    def __reduce__(self) -> Any:
        own = self._strategy
        return (Strategy._read_again, (own.text, own.file, own.name, own.overrides, self._model))

    @classmethod
    def _read_again(cls, text: str, file: str, name: str, overrides: list[str], model: Any) -> Strategy:
        return cls._of(_gridfolio.Strategy.from_text(text, file, name, overrides), model)

    def __repr__(self) -> str:
        return f"<Strategy {self.name!r}>"

    def _repr_html_(self) -> str:
        import html

        return f"<pre>{html.escape(self.to_toml())}</pre>"


def _python(path: str) -> dict:
    return {"model": "python", "class": path}


def _imported(path: str) -> Any:
    import importlib

    module, _, name = path.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise StrategyError(f"cannot import the alpha model `{path}`: {error}") from error
    return found


def _settings(overrides: Optional[Mapping[str, Any]]) -> list[str]:
    return [f"{key}={_setting(value)}" for key, value in (overrides or {}).items()]


def _setting(value: Any) -> str:
    # A string may be meant as a date; the key knows.
    if isinstance(value, str) and _toml._DATE.fullmatch(value):
        return _toml.moment(value)
    return _toml.value(value)


def _line(key: str, value: Any) -> str:
    return f"{_toml.key(key)} = {_toml.value(value)}"


def _table(header: Optional[str], **entries: Any) -> list[str]:
    lines = [_line(key, value) for key, value in entries.items() if value is not None]
    return [f"[{header}]", *lines] if lines and header is not None else lines
