"""Prices at a time, from one source or several."""

import math

from gridfolio.errors import NotCovered, StrategyError
from gridfolio.qstrader._time import seconds
from gridfolio.qstrader.data.daily_bar_csv import CSVDailyBarDataSource


class BacktestDataHandler:
    """Asks its sources in turn; the first that knows the asset counts."""

    def __init__(self, universe, data_sources=None):
        self.universe = universe
        self.data_sources = data_sources
        # The second that a running session has come to; nothing after it is told.
        self._now = None

    def _prices(self):
        """All prices, for the engine."""
        prices = None
        for source in self.data_sources or []:
            if type(source) is not CSVDailyBarDataSource:
                raise NotCovered(
                    f"a data source of type `{type(source).__name__}` is not covered; use CSVDailyBarDataSource"
                )
            prices = source._prices if prices is None else prices.joined(source._prices)
        if prices is None:
            raise StrategyError("the data handler has no data source")
        return prices

    def get_asset_latest_bid_price(self, dt, asset_symbol):
        """The last price known at a time; NaN when there is none."""
        if self._now is not None and seconds(dt) > self._now:
            raise StrategyError(f"the price of `{asset_symbol}` at {dt} is not known yet: it is in the future")
        prices = (source.get_bid(dt, asset_symbol) for source in self.data_sources)
        return next((price for price in prices if not math.isnan(price)), math.nan)

    def get_asset_latest_ask_price(self, dt, asset_symbol):
        """The same as the bid."""
        return self.get_asset_latest_bid_price(dt, asset_symbol)

    def get_asset_latest_bid_ask_price(self, dt, asset_symbol):
        """The price, twice."""
        bid = self.get_asset_latest_bid_price(dt, asset_symbol)
        return (bid, bid)

    def get_asset_latest_mid_price(self, dt, asset_symbol):
        """The last price known at a time; NaN when there is none."""
        return self.get_asset_latest_bid_price(dt, asset_symbol)

    def get_assets_historical_range_close_price(self, start_dt, end_dt, asset_symbols, adjusted=False):
        """Fails in QSTrader 0.3.0 whatever it is given."""
        raise NotCovered(
            "`get_assets_historical_range_close_price` always fails in QSTrader 0.3.0 and is not covered; ask "
            "the data source's `get_assets_historical_closes`"
        )
