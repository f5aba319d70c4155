"""A strategy and the backtest it is put through."""

from __future__ import annotations

import datetime
import difflib
import inspect
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

    The keywords are the keys of the file: those of ``[backtest]``, ``[universe]``, ``[portfolio]``,
    ``[rebalance]``, ``[costs]`` and ``[execution]`` by their names, other tables as a whole, as in
    ``risk={"model": "cap", "max_weight": 0.4}``. Four of them take more than the file does:

    :param alpha: the name of a built-in model, a table as in the file's ``[alpha]``, a class with a
        method ``weights(self, as_of)``, or an object of one.
    :param parameters: what a class is made with; each is an axis, ``alpha.parameters.NAME``.
    :param benchmark: weights by symbol, or a table as in the file's ``[benchmark]``.
    :param data: the folder of price files, for ``run`` without a market.
    :param adjusted: whether its prices are to be adjusted.

    KEYWORDS

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
        benchmark: Optional[Mapping[str, Any]] = None,
        data: Union[str, os.PathLike[str], None] = None,
        adjusted: Optional[bool] = None,
        **keys: Any,
    ) -> None:
        for key in keys:
            if key not in _KEYWORDS:
                near = difflib.get_close_matches(key, _KEYWORDS, 1)
                hint = f"; did you mean `{near[0]}`?" if near else ""
                raise TypeError(f"Strategy() got an unexpected keyword argument `{key}`{hint}")
        model = None
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
        keys.update(
            name=name,
            start=start,
            end=end,
            assets=[assets] if isinstance(assets, str) else list(assets),
            alpha=alpha,
            schedule=schedule,
            benchmark=benchmark,
            data=_given(dir=None if data is None else os.path.abspath(data), adjusted=adjusted) or None,
        )
        text = _text(keys)
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


#: Each keyword with its table, the form of its value, and what it means; in the order of the file.
_KEYWORDS = {name: (table, form, doc) for name, table, form, doc in _gridfolio.strategy_keywords()}


def _text(keys: Mapping[str, Any]) -> str:
    """The strategy file that says what the keywords say."""
    tables: dict[str, list[str]] = {"": []}
    for name, (table, form, _) in _KEYWORDS.items():
        value = keys.get(name)
        if value is None:
            continue
        if form == "table":
            tables.setdefault(name, []).extend(_line(key, inner) for key, inner in dict(value).items())
        else:
            written = {"moment": _toml.moment, "moments": _toml.moments}.get(form, _toml.value)(value)
            tables.setdefault(table, []).append(f"{_toml.key(name)} = {written}")
    lines = tables.pop("")
    for table, entries in tables.items():
        lines += [f"[{table}]", *entries]
    return "\n".join(lines) + "\n"


def _line(key: str, value: Any) -> str:
    return f"{_toml.key(key)} = {_toml.value(value)}"


def _given(**entries: Any) -> dict:
    return {key: value for key, value in entries.items() if value is not None}


def _signature(explicit: inspect.Signature) -> inspect.Signature:
    """The signature with every keyword in it, for ``help`` and editors."""
    own = [parameter for parameter in explicit.parameters.values() if parameter.kind == inspect.Parameter.KEYWORD_ONLY]
    names = {parameter.name for parameter in own}
    keyword = inspect.Parameter.KEYWORD_ONLY
    rest = [inspect.Parameter(name, keyword, default=None) for name in _KEYWORDS if name not in names]
    return inspect.Signature(own + rest)


def _documented(text: str) -> str:
    """The docstring with every keyword in it, as the file's reference page describes it."""
    special = {"alpha", "benchmark", "data"}
    lines = [f":param {name}: {doc}" for name, (_, _, doc) in _KEYWORDS.items() if name not in special]
    return inspect.cleandoc(text).replace("KEYWORDS", "\n".join(lines))


Strategy.__signature__ = _signature(inspect.signature(Strategy.__init__))  # type: ignore[attr-defined]
Strategy.__doc__ = _documented(Strategy.__doc__ or "")
