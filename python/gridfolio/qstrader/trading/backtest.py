"""The session that runs a backtest."""

from __future__ import annotations

import datetime
import os
import re
from typing import TYPE_CHECKING, Any, Callable, Mapping, NoReturn, Optional

from gridfolio import _gridfolio
from gridfolio.errors import Error, NotCovered
from gridfolio.qstrader import settings
from gridfolio.qstrader._events import print_events
from gridfolio.qstrader._frames import allocations_frame, equity_frame
from gridfolio.qstrader._portfolio import Broker, Portfolio
from gridfolio.qstrader._time import CLOSE, DAY, seconds, timestamp
from gridfolio.qstrader.alpha_model.fixed_signals import FixedSignalsAlphaModel
from gridfolio.qstrader.alpha_model.single_signal import SingleSignalAlphaModel
from gridfolio.qstrader.asset.equity import Equity
from gridfolio.qstrader.asset.universe.dynamic import DynamicUniverse
from gridfolio.qstrader.asset.universe.static import StaticUniverse
from gridfolio.qstrader.asset.universe.universe import Universe
from gridfolio.qstrader.broker.fee_model.fee_model import FeeModel
from gridfolio.qstrader.broker.fee_model.percent_fee_model import PercentFeeModel
from gridfolio.qstrader.broker.fee_model.zero_fee_model import ZeroFeeModel
from gridfolio.qstrader.data.backtest_data_handler import BacktestDataHandler
from gridfolio.qstrader.data.daily_bar_csv import CSVDailyBarDataSource
from gridfolio.qstrader.signals.signals_collection import SignalsCollection
from gridfolio.qstrader.system.rebalance.buy_and_hold import BuyAndHoldRebalance
from gridfolio.qstrader.system.rebalance.daily import DailyRebalance
from gridfolio.qstrader.system.rebalance.end_of_month import EndOfMonthRebalance
from gridfolio.qstrader.system.rebalance.weekly import WeeklyRebalance
from gridfolio.qstrader.trading.trading_session import TradingSession

if TYPE_CHECKING:
    import pandas as pd

DEFAULT_ACCOUNT_NAME = "Backtest Simulated Broker Account"
DEFAULT_PORTFOLIO_ID = "000001"
DEFAULT_PORTFOLIO_NAME = "Backtest Simulated Broker Portfolio"

#: QSTrader's attributes for parts that the engine does not have.
_PARTS = ("exchange", "sim_engine", "qts")

# The engine's hints name keys of a strategy file; these are the arguments that they stand for in a script.
_HINTS = [
    (r"or let it join later with .*", "or let it join with a `DynamicUniverse`"),
    (r"set `sizing = .*", "give `long_only=False` and `gross_leverage`"),
    (r"to sell short, set `portfolio.sizing` .*", "give `long_only=False` and `gross_leverage`"),
    (r"check the numbers of .*", "check what the alpha model returns, and the prices"),
    (r"set `backtest\.end` to a day after .*", "set `end_dt` to a weekday after `start_dt` and `burn_in_dt`"),
    (r"a backtest needs at least .*", "set `end_dt` to a weekday after `start_dt` and `burn_in_dt`"),
    (r"`backtest\.start`", "`start_dt`"),
    (r"`backtest\.end`", "`end_dt`"),
]


def _with_hints_for_scripts(text: str) -> str:
    for key, argument in _HINTS:
        text = re.sub(key, argument, text)
    return text


class BacktestTradingSession(TradingSession):
    """Backtests a strategy.

    Parameters
    ----------
    start_dt, end_dt : timestamp
        The first and the last time, UTC.
    universe : StaticUniverse or DynamicUniverse
        The assets.
    alpha_model : callable
        Called with the time at each rebalance; returns weights by asset.
    risk_model : optional
        Accepted and never called, as in QSTrader 0.3.0.
    signals : SignalsCollection, optional
        The signals that the alpha model uses.
    initial_cash : float, optional
        The starting capital in currency units.
    rebalance : str, optional
        ``buy_and_hold``, ``daily``, ``weekly`` or ``end_of_month``.
    account_name, portfolio_id, portfolio_name : str, optional
        Labels.
    long_only : bool, optional
        Whether no weight may be negative.
    fee_model : ZeroFeeModel or PercentFeeModel, optional
        The cost of trades.
    burn_in_dt : timestamp, optional
        Nothing is traded or recorded before this time.
    data_handler : BacktestDataHandler, optional
        The prices; by default all files in the folder ``QSTRADER_CSV_DATA_DIR``.
    rebalance_weekday : str
        ``MON`` to ``FRI``; required by ``weekly``.
    cash_buffer_percentage : float
        The fraction of the equity that stays in cash; required by ``long_only``.
    gross_leverage : float
        Gross exposure over equity; required without ``long_only``.

    Raises
    ------
    ValueError
        If an argument is missing or out of range.
    NotCovered
        If an argument, or a type of argument, is not covered.

    Examples
    --------
    >>> session = BacktestTradingSession(
    ...     pd.Timestamp("2003-09-30 14:30", tz="UTC"), pd.Timestamp("2019-12-31 23:59", tz="UTC"),
    ...     StaticUniverse(["EQ:SPY", "EQ:AGG"]), FixedSignalsAlphaModel({"EQ:SPY": 0.6, "EQ:AGG": 0.4}),
    ...     rebalance="end_of_month", long_only=True, cash_buffer_percentage=0.01,
    ... )
    >>> session.run()
    >>> session.get_equity_curve()
    """

    def __init__(
        self,
        start_dt: datetime.datetime,
        end_dt: datetime.datetime,
        universe: Universe,
        alpha_model: Optional[Callable[[datetime.datetime], Optional[Mapping[str, float]]]],
        risk_model: Any = None,
        signals: Optional[SignalsCollection] = None,
        initial_cash: float = 1e6,
        rebalance: str = "weekly",
        account_name: str = DEFAULT_ACCOUNT_NAME,
        portfolio_id: str = DEFAULT_PORTFOLIO_ID,
        portfolio_name: str = DEFAULT_PORTFOLIO_NAME,
        long_only: bool = False,
        fee_model: FeeModel = ZeroFeeModel(),  # noqa: B008 (QSTrader's signature)
        burn_in_dt: Optional[datetime.datetime] = None,
        data_handler: Optional[BacktestDataHandler] = None,
        **kwargs: Any,
    ) -> None:
        known = {"rebalance_weekday", "cash_buffer_percentage", "gross_leverage"}
        for name in kwargs:
            if name not in known:
                raise NotCovered(f"the argument `{name}` of BacktestTradingSession is not covered")
        self.start_dt = start_dt
        self.end_dt = end_dt
        self.universe = universe
        self.alpha_model = alpha_model
        self.risk_model = risk_model
        self.signals = signals
        self.initial_cash = initial_cash
        self.rebalance = rebalance
        self.account_name = account_name
        self.portfolio_id = portfolio_id
        self.portfolio_name = portfolio_name
        self.long_only = long_only
        self.fee_model = fee_model
        self.burn_in_dt = burn_in_dt
        self.data_handler = self._create_data_handler(data_handler)
        if end_dt < start_dt:
            raise ValueError(f'Ending date time "{end_dt}" is earlier than starting date time "{start_dt}".')
        if initial_cash < 0.0:
            raise ValueError(f'Cannot create a broker account with negative funds of "{initial_cash}".')
        if settings.PRINT_EVENTS:
            print(f'Initialising simulated broker "{account_name}"...')
            print(
                f'({start_dt}) - portfolio creation: Portfolio "{portfolio_id}" created at broker "{account_name}"'
            )
            print(f'({start_dt}) - subscription: {initial_cash:0.2f} subscribed to portfolio "{portfolio_id}"')
        self.rebalance_weekday: Optional[str] = None
        if rebalance == "weekly":
            if "rebalance_weekday" not in kwargs:
                raise ValueError(
                    "Rebalance frequency was set to 'weekly' but no specific weekday was provided. Try adding "
                    "the 'rebalance_weekday' keyword argument to the instantiation of BacktestTradingSession, "
                    "e.g. with 'WED'."
                )
            self.rebalance_weekday = WeeklyRebalance._set_weekday(kwargs["rebalance_weekday"])
        elif rebalance not in ("buy_and_hold", "daily", "end_of_month"):
            raise ValueError(f'Unknown rebalance frequency "{rebalance}" provided.')
        self._size = self._read_size(kwargs)
        self._fees = self._read_fees()
        self._session: Optional[_gridfolio.Session] = None
        self._weights: list[Optional[Mapping[str, float]]] = []

    def _read_size(self, kwargs: Mapping[str, Any]) -> float:
        """The cash buffer, or the gross leverage."""
        if self.long_only:
            if "cash_buffer_percentage" not in kwargs:
                raise ValueError(
                    "Long only portfolio specified for Quant Trading System but no cash buffer percentage supplied."
                )
            size: float = kwargs["cash_buffer_percentage"]
            if not 0.0 <= size <= 1.0:
                raise ValueError(f'Cash buffer percentage "{size}" provided is negative or above 100%.')
            return size
        if "gross_leverage" not in kwargs:
            raise ValueError(
                "Long/short leveraged portfolio specified for Quant Trading System but no gross leverage "
                "percentage supplied."
            )
        size = kwargs["gross_leverage"]
        if size <= 0.0:
            raise ValueError(f'Gross leverage of "{size}" provided is not positive.')
        return size

    def _read_fees(self) -> Optional[tuple[float, float]]:
        """Commission and tax as fractions."""
        if type(self.fee_model) is ZeroFeeModel:
            return None
        if type(self.fee_model) is PercentFeeModel:
            return (self.fee_model.commission_pct, self.fee_model.tax_pct)
        raise NotCovered(
            f"a fee model of type `{type(self.fee_model).__name__}` is not covered; use ZeroFeeModel or PercentFeeModel"
        )

    def _create_data_handler(self, data_handler: Optional[BacktestDataHandler]) -> BacktestDataHandler:
        if data_handler is not None:
            if type(data_handler) is not BacktestDataHandler:
                raise NotCovered(
                    f"a data handler of type `{type(data_handler).__name__}` is not covered; use BacktestDataHandler"
                )
            return data_handler
        csv_dir = os.environ.get("QSTRADER_CSV_DATA_DIR")
        if csv_dir is None:
            csv_dir = "."
            if settings.PRINT_EVENTS:
                print(
                    "The QSTRADER_CSV_DATA_DIR environment variable has not been set. This means that QSTrader "
                    "will fall back to finding data within the current directory where the backtest has been "
                    "executed. However it is strongly recommended that a QSTRADER_CSV_DATA_DIR environment "
                    "variable is set for future backtests."
                )
        return BacktestDataHandler(self.universe, data_sources=[CSVDailyBarDataSource(csv_dir, Equity)])

    def _assets(self) -> list[tuple[str, Optional[int]]]:
        """Each asset with the second at which it joins the universe, if it joins later."""
        assets: Optional[list[tuple[str, Optional[int]]]]
        get_assets = type(self.universe).get_assets
        if isinstance(self.universe, StaticUniverse) and get_assets is StaticUniverse.get_assets:
            assets = [(asset, None) for asset in self.universe.asset_list]
        elif isinstance(self.universe, DynamicUniverse) and get_assets is DynamicUniverse.get_assets:
            dates = self.universe.asset_dates.items()
            assets = [(asset, seconds(date)) for asset, date in dates if date is not None]
        else:
            assets = None
        if assets is None:
            raise NotCovered(
                f"a universe of type `{type(self.universe).__name__}` is not covered; use StaticUniverse or "
                "DynamicUniverse"
            )
        return assets

    @property
    def rebalance_schedule(self) -> list[datetime.datetime]:
        """The timestamps at which the strategy decides."""
        if self.rebalance == "buy_and_hold":
            return BuyAndHoldRebalance(self.start_dt).rebalances
        if self.rebalance == "daily":
            return DailyRebalance(self.start_dt, self.end_dt).rebalances
        if self.rebalance == "weekly":
            return WeeklyRebalance(self.start_dt, self.end_dt, str(self.rebalance_weekday)).rebalances
        return EndOfMonthRebalance(self.start_dt, self.end_dt).rebalances

    def run(self, results: bool = False) -> None:
        """Runs the backtest.

        Parameters
        ----------
        results : bool, optional
            Must be false: QSTrader 0.3.0 always fails otherwise.

        Raises
        ------
        StrategyError, DataError, ModelError
            If the strategy, the prices or the alpha model fail, with what to do.
        NotCovered
            If the universe, the data sources or the signals are not covered.
        """
        spec: dict[str, Any] = {
            "name": self.portfolio_name,
            "start": seconds(self.start_dt),
            "end": seconds(self.end_dt),
            "burn_in": None if self.burn_in_dt is None else seconds(self.burn_in_dt),
            "initial_cash": float(self.initial_cash),
            "universe": self._assets(),
            "schedule": self.rebalance,
            "weekday": self.rebalance_weekday,
            "long_only": bool(self.long_only),
            "size": float(self._size),
            "fees": self._fees,
            "weights": None,
            "signal": None,
        }
        prices = self.data_handler._prices()
        alpha, model = self.alpha_model, None
        self._weights = []
        # The engine has these models itself, so they are not called.
        if alpha is None:
            spec["signal"] = 0.0
        elif type(alpha) is FixedSignalsAlphaModel and type(alpha.signal_weights) is dict:
            spec["weights"] = list(alpha.signal_weights.items())
        elif type(alpha) is SingleSignalAlphaModel and alpha.universe is self.universe:
            spec["signal"] = float(alpha.signal)
        else:
            model = self._caller()
        try:
            self._session = _gridfolio.run_session(prices, spec, model)
        except Error as error:
            error.args = (_with_hints_for_scripts(str(error)),)
            raise
        finally:
            self.data_handler._now = None
        if settings.PRINT_EVENTS:
            print_events(self._session, self.initial_cash, self._full_weights())
        if results:
            raise NotCovered("`run(results=True)` always fails in QSTrader 0.3.0; use `session.broker.portfolios`")

    def _caller(self) -> Callable[[_gridfolio.AsOf, int], Optional[Mapping[str, float]]]:
        """The function that the engine calls at each decision: it updates the user's objects to the time of
        the decision and calls the model."""
        signals = self.signals
        if signals is not None and type(signals).update is not SignalsCollection.update:
            raise NotCovered(f"a collection of signals of type `{type(signals).__name__}` is not covered; use SignalsCollection")
        for name, signal in (signals.signals if signals is not None else {}).items():
            if signal.universe is not self.universe:
                raise NotCovered(
                    f"the signal `{name}` has another universe than the session, which is not covered; give both the "
                    "same object"
                )

        alpha_model = self.alpha_model
        assert alpha_model is not None, "a session without a model asks none"

        def call(view: _gridfolio.AsOf, second: int) -> Optional[Mapping[str, float]]:
            dt = timestamp(second)
            self.data_handler._now = second
            if signals is not None:
                signals.warmup = view.closes_seen
                assets = list(view.assets)
                for signal in signals.signals.values():
                    signal._enter(view, assets)
            weights = alpha_model(dt)
            self._weights.append(weights)
            return weights

        return call

    def _ran(self) -> _gridfolio.Session:
        if self._session is None:
            raise ValueError("the backtest has not been run; call `run()` first")
        return self._session

    @property
    def equity_curve(self) -> list[tuple[datetime.datetime, float]]:
        """The timestamp of each close and the equity at it, in currency units."""
        session = self._ran()
        days = (session.days() * DAY + CLOSE).tolist()
        return [(timestamp(second), equity) for second, equity in zip(days, session.equity().tolist())]

    @property
    def target_allocations(self) -> list[dict[str, Any]]:
        """The target weights of each rebalance by asset, and its timestamp under ``Date``."""
        decisions = self._full_weights()
        return [{"Date": timestamp(second), **weights} for second, weights in decisions]

    def _full_weights(self) -> list[tuple[int, dict[str, float]]]:
        """The second and the weights of each decision; those of the model are as it returned them."""
        decisions = self._ran().decisions()
        own = self._weights or [{}] * len(decisions)
        pairs = zip(decisions, own)
        return [(second, {**dict(weights), **(model or {})}) for (second, weights), model in pairs]

    def get_equity_curve(self) -> pd.DataFrame:
        """The equity curve.

        Returns
        -------
        pandas.DataFrame
            The column ``Equity``, in currency units, by date.

        Raises
        ------
        ValueError
            If the session has not been run.
        """
        session = self._ran()
        frame: pd.DataFrame = equity_frame(session.days(), session.equity())
        return frame

    def get_target_allocations(self) -> pd.DataFrame:
        """The target weights in force at each date.

        Returns
        -------
        pandas.DataFrame
            By date, with a column per asset.

        Raises
        ------
        ValueError
            If the session has not been run.
        """
        return allocations_frame(self._ran().days(), self._full_weights(), self.burn_in_dt)

    @property
    def broker(self) -> Broker:
        """The broker account at the end: cash and positions."""
        return Broker(self.account_name, Portfolio(self.portfolio_id, self.portfolio_name, self._ran()))

    def output_holdings(self) -> NoReturn:
        """Not covered: it always fails in QSTrader 0.3.0."""
        raise NotCovered("`output_holdings` always fails in QSTrader 0.3.0; use `session.broker.portfolios`")

    def __getattr__(self, name: str) -> Any:
        if name in _PARTS:
            raise NotCovered(f"`{name}` of BacktestTradingSession is not covered: the engine has no such part")
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
