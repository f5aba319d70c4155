"""A strategy: what to hold, when to decide, and what trades cost."""

from __future__ import annotations

import copy
import datetime
import difflib
import html
import importlib
import inspect
import json
import os
from typing import TYPE_CHECKING, Any, Callable, Iterable, Mapping, Optional, Union

from gridfolio import _gridfolio, _toml
from gridfolio.backtest import Backtest
from gridfolio.errors import StrategyError, UsageError
from gridfolio.market import Market
from gridfolio.model import AlphaModel, class_path

if TYPE_CHECKING:
    from gridfolio.audit import Audit

Moment = Union[str, datetime.date, datetime.datetime]


class Strategy:
    """A strategy and the settings of its backtest: what a strategy file says.

    Create it from keywords, or from a file with ``Strategy.from_toml``. The keywords are the keys of
    ``[backtest]``, ``[universe]``, ``[portfolio]``, ``[rebalance]``, ``[costs]`` and ``[execution]``;
    other tables are given as a whole, as in ``risk={"model": "cap", "max_weight": 0.4}``. See
    docs/strategy-file.md for the values of each key.

    Parameters
    ----------
    alpha : str, mapping, class or object
        The name of a built-in model, a table as in the file's ``[alpha]``, a class with a method
        ``weights(self, as_of)``, or an object of such a class.
    parameters : mapping of str to number, bool or str, optional
        The arguments of the class's constructor. Each can be an axis of a sweep, as
        ``alpha.parameters.NAME``.
    benchmark : mapping, optional
        Weights by symbol, or a table as in the file's ``[benchmark]``.
    data : path, optional
        The folder of price files, for ``run`` without a market.
    adjusted : bool, optional
        Whether prices from ``data`` are adjusted for splits and dividends; true by default.
    opens : {"previous-close"}, optional
        What stands for the opens of files that have closes alone.
    also : str or iterable of str, optional
        Symbols whose prices signals and models may read beside those of ``assets``, such as ``["VIX"]``. They are
        never traded, and need no opens.
    KEYWORDS

    Raises
    ------
    StrategyError
        With every mistake in the values, each at its place.
    UsageError
        If ``parameters`` are given together with an object.
    TypeError
        If a keyword is unknown.

    Examples
    --------
    >>> strategy = gridfolio.Strategy(
    ...     name="Sector momentum",
    ...     start="1998-12-22", end="2020-12-31", burn_in="1999-12-22",
    ...     assets=["XLB", "XLE", "XLF"],
    ...     alpha={"model": "top-n-momentum", "lookback": 126, "top_n": 3},
    ...     schedule="end-of-month",
    ...     cash_buffer=0.01,
    ... )
    >>> backtest = strategy.run(market)
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
        opens: Optional[str] = None,
        also: Union[str, Iterable[str], None] = None,
        **keys: Any,
    ) -> None:
        if keys.get("cash_flows"):
            keys["cash_flows"] = [_dated(flow) for flow in keys["cash_flows"]]
        if isinstance(keys.get("cash"), Mapping):  # the table, not the key of `[execution]`
            keys.update(keys.pop("cash"))
        for key in keys:
            if key not in _KEYWORDS:
                near = difflib.get_close_matches(key, _KEYWORDS, 1)
                hint = f"; did you mean `{near[0]}`?" if near else ""
                raise TypeError(f"Strategy() got an unexpected keyword argument `{key}`{hint}")
        model = None
        if isinstance(alpha, str):
            alpha = _python_alpha(alpha) if ":" in alpha else {"model": alpha}
        elif not isinstance(alpha, Mapping):
            if not callable(getattr(alpha, "weights", None)):
                raise StrategyError(
                    f"`alpha` is {alpha!r}, which has no method `weights(self, as_of)`\n hint: give a class or an "
                    "object that has one, or name a built-in model, as in `alpha=\"equal-weight\"`"
                )
            model, alpha = alpha, _python_alpha(class_path(alpha))
            if not isinstance(model, type) and parameters:
                raise UsageError(
                    "`parameters` require a class as `alpha`, but it is an object\n hint: give the class, or leave "
                    "`parameters` out"
                )
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
            data=_without_none(
                dir=None if data is None else os.path.abspath(data),
                adjusted=adjusted,
                opens=opens,
                also=[also] if isinstance(also, str) else None if also is None else list(also),
            )
            or None,
        )
        self._strategy = _gridfolio.Strategy.from_text(_file_text(keys), name, name, [])
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

        Parameters
        ----------
        path : path
            The file.
        overrides : mapping of str to value, optional
            Values that replace those of the file, by dotted key.

        Returns
        -------
        Strategy

        Raises
        ------
        StrategyError
            If the file cannot be read; else with every mistake in it or in the overrides, each at its place.

        Examples
        --------
        >>> strategy = gridfolio.Strategy.from_toml("momentum.toml", {"alpha.top_n": 5})
        """
        return cls._of(_gridfolio.Strategy.from_file(os.fspath(path), _overrides(overrides)))

    @classmethod
    def from_text(cls, text: str, name: str = "strategy") -> Strategy:
        """Parses the text of a strategy file.

        Parameters
        ----------
        text : str
            TOML.
        name : str, optional
            The strategy's name if the text has none.

        Returns
        -------
        Strategy

        Raises
        ------
        StrategyError
            With every mistake in the text, each at its place.

        Examples
        --------
        >>> strategy = gridfolio.Strategy.from_text(open("momentum.toml").read())
        """
        return cls._of(_gridfolio.Strategy.from_text(text, name, name, []))

    def replace(self, overrides: Mapping[str, Any]) -> Strategy:
        """A copy with other values.

        Parameters
        ----------
        overrides : mapping of str to value
            The new values by dotted key.

        Returns
        -------
        Strategy

        Raises
        ------
        StrategyError
            With every mistake in the overrides.

        Examples
        --------
        >>> concentrated = strategy.replace({"alpha.top_n": 1})
        """
        own = self._strategy
        changed = _gridfolio.Strategy.from_text(
            own.text, own.file, own.name, own.overrides + _overrides(overrides)
        )
        return Strategy._of(changed, self._model)

    @property
    def name(self) -> str:
        """The title of reports."""
        return self._strategy.name

    @property
    def symbols(self) -> list[str]:
        """All symbols whose prices a backtest needs, including those of the benchmark."""
        return self._strategy.symbols

    def to_toml(self) -> str:
        """The complete strategy file, with every default written out.

        Returns
        -------
        str

        Examples
        --------
        >>> pathlib.Path("momentum.toml").write_text(strategy.to_toml())
        """
        return self._strategy.to_toml()

    def market(self) -> Market:
        """Loads the prices from the folder that the strategy names.

        Returns
        -------
        Market

        Raises
        ------
        StrategyError
            If the strategy names no folder.
        DataError
            With every file that cannot be used.

        Examples
        --------
        >>> market = strategy.market()
        """
        own = self._strategy
        if own.data_dir is None:
            raise StrategyError(
                f"`{self.name}` names no folder of prices\n hint: add `dir = \"...\"` under `[data]`, or call "
                "`run` with a market"
            )
        return Market.from_folder(
            own.data_dir, own.symbols, adjusted=own.adjusted, opens=own.opens, also=own.only_read
        )

    def run(self, market: Optional[Market] = None) -> Backtest:
        """Runs the backtest.

        Parameters
        ----------
        market : Market, optional
            The prices; by default those of the folder that the strategy names.

        Returns
        -------
        Backtest

        Raises
        ------
        StrategyError
            If the strategy does not fit the prices.
        DataError
            If prices are missing or invalid.
        ModelError
            If an alpha model written in Python fails.
        UsageError
            If ``market`` is not a ``Market``.

        Examples
        --------
        >>> backtest = strategy.run(gridfolio.Market.from_folder("prices"))
        >>> backtest.statistics["ratios"]["sharpe"]
        """
        prices = self._market_or_own(market)._prices
        run = _gridfolio.run(self._strategy, prices, self._new_model())
        return Backtest(run, None if self._strategy.python_model() is None else self._fresh_model)

    def audit(
        self,
        market: Optional[Market] = None,
        *,
        model: Optional[Callable[[Market], Any]] = None,
        dates: int = 100,
    ) -> Audit:
        """Looks for look-ahead.

        Runs the backtest again on prices whose future is cut off or changed, at many dates, and compares
        everything before the date to the bit. Then runs it with delayed signals, delayed trades and other
        costs.

        Parameters
        ----------
        market : Market, optional
            The prices; by default those of the folder that the strategy names.
        model : callable, optional
            Returns the alpha model for the prices of a run. Required for a model that computes anything
            from prices in advance: it must use these prices alone.
        dates : int, optional
            The number of dates; decisions come first.

        Returns
        -------
        Audit

        Raises
        ------
        StrategyError, DataError, ModelError
            As ``run``.
        UsageError
            If ``dates`` is less than 1.

        Examples
        --------
        >>> strategy.audit(market).passed
        True
        >>> strategy.audit(market, model=lambda prices: Regression(prices.bars("SPY")))
        """
        from gridfolio._files_read import FilesRead
        from gridfolio.audit import Audit

        if dates < 1:
            raise UsageError(f"`dates` is {dates}; it must be 1 or more")
        prices = self._market_or_own(market)._prices
        is_python = model is not None or self._strategy.python_model() is not None

        def new_model(prices: _gridfolio.Market) -> Any:
            return self._fresh_model() if model is None else model(Market(prices))

        with FilesRead() as files:
            if model is None:
                self._new_model()  # Raises for a wrong class or parameter, as in `run`.
            result = _gridfolio.audit(self._strategy, prices, dates, new_model if is_python else None)
        reached = self._data_reached(prices, model) if is_python else []
        passed, text, details = result.report(files.paths, files.below(os.fspath(prices.dir)), reached)
        return Audit(passed, text, json.loads(details))

    def _data_reached(self, prices: _gridfolio.Market, make: Optional[Callable[[Market], Any]]) -> list[str]:
        """What the model holds that reaches past its first decision."""
        from gridfolio._data_reached import data_reached

        n, first = _gridfolio.decisions(self._strategy, prices)
        if first is None:
            return []
        day = datetime.date(1970, 1, 1) + datetime.timedelta(days=first)
        if make is None:
            return data_reached(self._fresh_model(), day, n)
        found = data_reached(make, day, n)
        # Its attributes follow from the prices of the run.
        own = data_reached(make(Market(prices)), day, n, attributes=False)
        return found + [one for one in own if one not in found]

    def _market_or_own(self, market: Optional[Market]) -> Market:
        if market is None:
            return self.market()
        if not isinstance(market, Market):
            raise UsageError(
                f"`market` is a `{type(market).__name__}`, not a `Market`\n hint: create one with "
                "`Market.from_folder(...)` or `Market.from_frames(...)`"
            )
        return market

    def _new_model(self) -> Any:
        """The alpha model of a run, if it is written in Python."""
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

    def _fresh_model(self) -> Any:
        """The alpha model of another run."""
        made = self._new_model()
        # The state of an object must not carry over from one run to the next.
        return copy.deepcopy(made) if made is self._model else made

    def __reduce__(self) -> Any:
        own = self._strategy
        return (Strategy._unpickled, (own.text, own.file, own.name, own.overrides, self._model))

    @classmethod
    def _unpickled(cls, text: str, file: str, name: str, overrides: list[str], model: Any) -> Strategy:
        return cls._of(_gridfolio.Strategy.from_text(text, file, name, overrides), model)

    def __repr__(self) -> str:
        return f"<Strategy {self.name!r}>"

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.to_toml())}</pre>"


def _python_alpha(path: str) -> dict[str, str]:
    return {"model": "python", "class": path}


def _imported(path: str) -> Any:
    """The class that ``module:Class`` names."""
    module, _, name = path.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise StrategyError(f"cannot import the alpha model `{path}`: {error}") from error
    if not (isinstance(found, type) and issubclass(found, AlphaModel)):
        raise StrategyError(
            f"`{path}` is no `gridfolio.AlphaModel`, and a class that is named must derive from it\n hint: derive it, "
            "or pass the class itself as `alpha`"
        )
    return found


def _overrides(values: Optional[Mapping[str, Any]]) -> list[str]:
    return [f"{key}={_override(value)}" for key, value in (values or {}).items()]


def _override(value: Any) -> str:
    # A string may stand for a date; the reader knows which keys take one.
    if isinstance(value, str) and _toml.is_date(value):
        return _toml.moment(value)
    return _toml.value(value)


#: Each keyword with its table, the form of its value, and its documentation, in the order of the file.
_KEYWORDS = {name: (table, form, doc) for name, table, form, doc in _gridfolio.strategy_keywords()}


def _file_text(keys: Mapping[str, Any]) -> str:
    """The strategy file with the values of keywords."""
    tables: dict[str, list[str]] = {"": []}
    for name, (table, form, _) in _KEYWORDS.items():
        value = keys.get(name)
        if value is None:
            continue
        if form == "table":
            tables.setdefault(name, []).extend(_toml.entry(key, inner) for key, inner in dict(value).items())
        else:
            writers = {
                "moment": _toml.moment,
                "moments": _toml.moments,
                "dates": _toml.dates,
                "spells": _toml.spells,
            }
            written = writers.get(form, _toml.value)(value)
            tables.setdefault(table, []).append(f"{_toml.key(name)} = {written}")
    lines = tables.pop("")
    for table, entries in tables.items():
        lines += [f"[{table}]", *entries]
    return "\n".join(lines) + "\n"


def _dated(flow: Mapping[str, Any]) -> dict[str, Any]:
    """A cash flow with dates in place of text."""
    days = ("date", "from", "until")
    parsed = datetime.date.fromisoformat
    return {key: parsed(value) if key in days and isinstance(value, str) else value for key, value in flow.items()}


def _without_none(**entries: Any) -> dict[str, Any]:
    return {key: value for key, value in entries.items() if value is not None}


def _signature(explicit: inspect.Signature) -> inspect.Signature:
    """The signature with all keywords, for ``help`` and editors."""
    own = [parameter for parameter in explicit.parameters.values() if parameter.kind == inspect.Parameter.KEYWORD_ONLY]
    names = {parameter.name for parameter in own}
    keyword = inspect.Parameter.KEYWORD_ONLY
    rest = [inspect.Parameter(name, keyword, default=None) for name in _KEYWORDS if name not in names]
    return inspect.Signature(own + rest)


def _documented(text: str) -> str:
    """The docstring with all keywords, as docs/strategy-file.md describes them."""
    explained = {"alpha", "benchmark", "data"}
    types = {"moment": " : str, date or datetime", "moments": " : mapping", "dates": " : list", "table": " : mapping"}
    types["spells"] = " : path, mapping or frame"
    lines = [
        f"{name}{types.get(form, '')}\n    {doc}" for name, (_, form, doc) in _KEYWORDS.items() if name not in explained
    ]
    return inspect.cleandoc(text).replace("KEYWORDS", "\n".join(lines))


Strategy.__signature__ = _signature(inspect.signature(Strategy.__init__))  # type: ignore[attr-defined]
Strategy.__doc__ = _documented(Strategy.__doc__ or "")
