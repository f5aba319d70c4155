"""A backtest."""

import os
import re

from gridfolio import _gridfolio
from gridfolio.errors import Error, NotCovered
from gridfolio.qstrader import settings
from gridfolio.qstrader._events import tell
from gridfolio.qstrader._frames import allocations_frame, equity_frame
from gridfolio.qstrader._portfolio import Broker
from gridfolio.qstrader._time import DAY, seconds, timestamp
from gridfolio.qstrader.alpha_model.fixed_signals import FixedSignalsAlphaModel
from gridfolio.qstrader.alpha_model.single_signal import SingleSignalAlphaModel
from gridfolio.qstrader.asset.equity import Equity
from gridfolio.qstrader.asset.universe.dynamic import DynamicUniverse
from gridfolio.qstrader.asset.universe.static import StaticUniverse
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

DEFAULT_ACCOUNT_NAME = "Backtest Simulated Broker Account"
DEFAULT_PORTFOLIO_ID = "000001"
DEFAULT_PORTFOLIO_NAME = "Backtest Simulated Broker Portfolio"

#: Where QSTrader's own parts would be; the engine has none of them.
_PARTS = ("exchange", "sim_engine", "qts")


# The engine's ways out are keys of a strategy file; a script's are these.
_WAYS_OUT = [
    (r"or let it join later with .*", "or let it join with a `DynamicUniverse`"),
    (r"set `sizing = .*", "give `long_only=False` and `gross_leverage`"),
    (r"to sell short, set `portfolio.sizing` .*", "give `long_only=False` and `gross_leverage`"),
    (r"check the numbers of .*", "check what the alpha model returns, and the prices"),
    (r"set `backtest\.end` to a day after .*", "set `end_dt` to a weekday after `start_dt` and `burn_in_dt`"),
    (r"a backtest needs at least .*", "set `end_dt` to a weekday after `start_dt` and `burn_in_dt`"),
    (r"`backtest\.start`", "`start_dt`"),
    (r"`backtest\.end`", "`end_dt`"),
]


def _in_words_of_scripts(text):
    for key, keyword in _WAYS_OUT:
        text = re.sub(key, keyword, text)
    return text


class BacktestTradingSession(TradingSession):
    """Runs a strategy over the past.

    :param start_dt, end_dt: timestamps, UTC.
    :param universe: a ``StaticUniverse`` or a ``DynamicUniverse``.
    :param alpha_model: called with the time at each rebalance; returns weights by asset.
    :param risk_model: accepted and never called, as in QSTrader 0.3.0.
    :param signals: a ``SignalsCollection``.
    :param rebalance: ``buy_and_hold``, ``daily``, ``weekly`` (with ``rebalance_weekday``) or ``end_of_month``.
    :param long_only: with ``cash_buffer_percentage``; otherwise ``gross_leverage`` is needed.
    :param fee_model: a ``ZeroFeeModel`` or a ``PercentFeeModel``.
    :param burn_in_dt: until then nothing is traded or recorded.
    :param data_handler: where prices come from; without one, ``QSTRADER_CSV_DATA_DIR``.
    """

    def __init__(
        self,
        start_dt,
        end_dt,
        universe,
        alpha_model,
        risk_model=None,
        signals=None,
        initial_cash=1e6,
        rebalance="weekly",
        account_name=DEFAULT_ACCOUNT_NAME,
        portfolio_id=DEFAULT_PORTFOLIO_ID,
        portfolio_name=DEFAULT_PORTFOLIO_NAME,
        long_only=False,
        fee_model=ZeroFeeModel(),  # noqa: B008 (QSTrader's signature)
        burn_in_dt=None,
        data_handler=None,
        **kwargs,
    ):
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
        self.rebalance_weekday = None
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
        self._session = None
        self._weights = []

    def _read_size(self, kwargs):
        """The cash buffer, or the gross leverage."""
        if self.long_only:
            if "cash_buffer_percentage" not in kwargs:
                raise ValueError(
                    "Long only portfolio specified for Quant Trading System but no cash buffer percentage supplied."
                )
            size = kwargs["cash_buffer_percentage"]
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

    def _read_fees(self):
        if type(self.fee_model) is ZeroFeeModel:
            return None
        if type(self.fee_model) is PercentFeeModel:
            return (self.fee_model.commission_pct, self.fee_model.tax_pct)
        raise NotCovered(
            f"a fee model of type `{type(self.fee_model).__name__}` is not covered; use ZeroFeeModel or PercentFeeModel"
        )

    def _create_data_handler(self, data_handler):
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

    def _assets(self):
        """Each asset with the second from which it is of the universe, if it joins it."""
        if isinstance(self.universe, StaticUniverse):
            own, base = type(self.universe).get_assets, StaticUniverse.get_assets
            assets = [(asset, None) for asset in self.universe.asset_list] if own is base else None
        elif isinstance(self.universe, DynamicUniverse):
            own, base = type(self.universe).get_assets, DynamicUniverse.get_assets
            dates = self.universe.asset_dates.items()
            assets = [(a, seconds(date)) for a, date in dates if date is not None] if own is base else None
        else:
            assets = None
        if assets is None:
            raise NotCovered(
                f"a universe of type `{type(self.universe).__name__}` is not covered; use StaticUniverse or "
                "DynamicUniverse"
            )
        return assets

    @property
    def rebalance_schedule(self):
        """When the strategy decides: timestamps."""
        if self.rebalance == "buy_and_hold":
            return BuyAndHoldRebalance(self.start_dt).rebalances
        if self.rebalance == "daily":
            return DailyRebalance(self.start_dt, self.end_dt).rebalances
        if self.rebalance == "weekly":
            return WeeklyRebalance(self.start_dt, self.end_dt, self.rebalance_weekday).rebalances
        return EndOfMonthRebalance(self.start_dt, self.end_dt).rebalances

    def run(self, results=False):
        """Runs the backtest."""
        spec = {
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
        # The models that the engine has need not be called.
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
            error.args = (_in_words_of_scripts(str(error)),)
            raise
        finally:
            self.data_handler._now = None
        if settings.PRINT_EVENTS:
            tell(self, self._session)
        if results:
            raise NotCovered("`run(results=True)` always fails in QSTrader 0.3.0; look at `session.broker.portfolios`")

    def _caller(self):
        """What the engine calls at each decision: shows the user's objects the time, and asks the model."""
        signals = self.signals
        if signals is not None and type(signals).update is not SignalsCollection.update:
            raise NotCovered(f"a collection of signals of type `{type(signals).__name__}` is not covered")
        for name, signal in (signals.signals if signals is not None else {}).items():
            if signal.universe is not self.universe:
                raise NotCovered(f"the signal `{name}` has another universe than the session, which is not covered")

        def call(view, second):
            dt = timestamp(second)
            self.data_handler._now = second
            if signals is not None:
                signals.warmup = view.closes_seen
                assets = list(view.assets)
                for signal in signals.signals.values():
                    signal._enter(view, assets)
            weights = self.alpha_model(dt)
            self._weights.append(weights)
            return weights

        return call

    def _ran(self):
        if self._session is None:
            raise ValueError("the backtest has not been run; call `run()` first")
        return self._session

    @property
    def equity_curve(self):
        """Pairs of a close's timestamp and the equity there."""
        session = self._ran()
        days = (session.days() * DAY + 21 * 3600).tolist()
        return [(timestamp(second), equity) for second, equity in zip(days, session.equity().tolist())]

    @property
    def target_allocations(self):
        """The target weights of each rebalance, with its timestamp under ``Date``."""
        decisions = self._full_weights()
        return [{"Date": timestamp(second), **weights} for second, weights in decisions]

    def _full_weights(self):
        """The second and the weights of each decision, as the model returned them where it did."""
        decisions = self._ran().decisions()
        own = self._weights or [{}] * len(decisions)
        pairs = zip(decisions, own)
        return [(second, {**dict(weights), **(model or {})}) for (second, weights), model in pairs]

    def get_equity_curve(self):
        """Equity by date: a frame with the column ``Equity``."""
        session = self._ran()
        return equity_frame(session.days(), session.equity())

    def get_target_allocations(self):
        """The target weights in force at each date, a column per asset."""
        return allocations_frame(self._ran().days(), self._full_weights(), self.burn_in_dt)

    @property
    def broker(self):
        """Cash and positions at the end."""
        return Broker(self, self._ran())

    def output_holdings(self):
        """Always fails in QSTrader 0.3.0."""
        raise NotCovered("`output_holdings` always fails in QSTrader 0.3.0; look at `session.broker.portfolios`")

    def __getattr__(self, name):
        if name in _PARTS:
            raise NotCovered(f"`{name}` of BacktestTradingSession is not covered: the engine has no such part")
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
