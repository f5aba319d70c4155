"""Prices at a time, from one or several sources."""

from __future__ import annotations

import datetime
import math
from typing import Any, NoReturn, Optional, Sequence

from gridfolio import _gridfolio
from gridfolio.errors import NotCovered, StrategyError
from gridfolio.qstrader._time import seconds
from gridfolio.qstrader.asset.universe.universe import Universe
from gridfolio.qstrader.data.daily_bar_csv import CSVDailyBarDataSource


class BacktestDataHandler:
    """Takes each asset's price from the first source that has one.

    During a session, a price after the current decision is an error.

    Parameters
    ----------
    universe : Universe
        Accepted and not used.
    data_sources : list of CSVDailyBarDataSource
        The sources, in order of precedence.
    """

    def __init__(self, universe: Universe, data_sources: Optional[Sequence[CSVDailyBarDataSource]] = None) -> None:
        self.universe = universe
        self.data_sources = data_sources
        # The current second of a running session.
        self._now: Optional[int] = None

    def _prices(self) -> _gridfolio.Market:
        """All prices, for the engine."""
        prices = None
        for source in self.data_sources or []:
            if type(source) is not CSVDailyBarDataSource:
                raise NotCovered(
                    f"a data source of type `{type(source).__name__}` is not covered; use CSVDailyBarDataSource"
                )
            prices = source._prices if prices is None else prices.joined(source._prices)
        if prices is None:
            raise StrategyError("the data handler has no data source\n hint: give it a `CSVDailyBarDataSource`")
        return prices

    def get_asset_latest_bid_price(self, dt: datetime.datetime, asset_symbol: str) -> float:
        """The latest price at ``dt``, in currency units; NaN if there is none.

        Raises
        ------
        StrategyError
            If ``dt`` is after the current decision of a session.
        """
        if self._now is not None and seconds(dt) > self._now:
            raise StrategyError(f"the price of `{asset_symbol}` at {dt} is not known yet: it is in the future")
        prices = (source.get_bid(dt, asset_symbol) for source in self.data_sources or [])
        return next((price for price in prices if not math.isnan(price)), math.nan)

    def get_asset_latest_ask_price(self, dt: datetime.datetime, asset_symbol: str) -> float:
        """Equal to the bid."""
        return self.get_asset_latest_bid_price(dt, asset_symbol)

    def get_asset_latest_bid_ask_price(self, dt: datetime.datetime, asset_symbol: str) -> tuple[float, float]:
        """Bid and ask, which are equal."""
        bid = self.get_asset_latest_bid_price(dt, asset_symbol)
        return (bid, bid)

    def get_asset_latest_mid_price(self, dt: datetime.datetime, asset_symbol: str) -> float:
        """Equal to the bid."""
        return self.get_asset_latest_bid_price(dt, asset_symbol)

    def get_assets_historical_range_close_price(
        self, start_dt: datetime.datetime, end_dt: datetime.datetime, asset_symbols: Any, adjusted: bool = False
    ) -> NoReturn:
        """Not covered: it always fails in QSTrader 0.3.0."""
        raise NotCovered(
            "`get_assets_historical_range_close_price` always fails in QSTrader 0.3.0 and is not covered; use "
            "`get_assets_historical_closes` of the data source"
        )
