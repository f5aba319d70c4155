"""Daily bars from CSV files."""

from __future__ import annotations

import datetime
import os
from typing import TYPE_CHECKING, Any, Optional, Sequence, Union

from gridfolio import _gridfolio
from gridfolio.errors import DataError
from gridfolio.qstrader import settings
from gridfolio.qstrader._time import seconds

if TYPE_CHECKING:
    import pandas as pd


class CSVDailyBarDataSource:
    """The CSV files of a folder, one per symbol: ``SPY.csv`` holds the bars of ``EQ:SPY``.

    Parameters
    ----------
    csv_dir : path
        The folder.
    asset_type : type
        Accepted and not used.
    adjust_prices : bool, optional
        Whether prices are adjusted by the column ``Adj Close``.
    csv_symbols : list of str, optional
        The symbols, such as ``SPY``; by default those of all files.

    Raises
    ------
    DataError
        If a file is missing or invalid, or has no column ``Adj Close`` although prices are to be adjusted.
    """

    def __init__(
        self,
        csv_dir: Union[str, os.PathLike[str]],
        asset_type: Any,
        adjust_prices: bool = True,
        csv_symbols: Optional[Sequence[str]] = None,
    ) -> None:
        self.csv_dir = csv_dir
        self.asset_type = asset_type
        self.adjust_prices = adjust_prices
        self.csv_symbols = csv_symbols
        self._prices = self._load()

    def _load(self) -> _gridfolio.Market:
        _print_event("Loading CSV files into DataFrames...")
        symbols = self.csv_symbols
        if symbols is None:
            files = os.listdir(self.csv_dir)
            symbols = [file[: -len(".csv")] for file in files if file.endswith(".csv")]
        for symbol in symbols:
            _print_event(f"Loading CSV file for symbol 'EQ:{symbol}'...")
        prices = _gridfolio.Market.load(os.fspath(self.csv_dir), list(symbols), [], self.adjust_prices)
        if prices.taken_as_adjusted:
            raise DataError(
                "Unable to locate Adjusted Close pricing column in CSV data file. Prices cannot be adjusted.\n"
                " hint: give `adjust_prices=False` for prices that are adjusted already"
            )
        _print_event("Adjusting pricing in CSV files...")
        for symbol in symbols:
            _print_event(f"Adjusting CSV file for symbol 'EQ:{symbol}'...")
        return prices.renamed("EQ:")

    def get_bid(self, dt: datetime.datetime, asset: str) -> float:
        """The latest price at ``dt``, in currency units.

        Returns
        -------
        float
            NaN before the first price, for which QSTrader returns the last.
        """
        return self._prices.price_at(asset, seconds(dt))

    def get_ask(self, dt: datetime.datetime, asset: str) -> float:
        """Equal to the bid."""
        return self.get_bid(dt, asset)

    def get_assets_historical_closes(
        self, start_dt: datetime.datetime, end_dt: datetime.datetime, assets: Sequence[str]
    ) -> pd.DataFrame:
        """The closes of assets over a period.

        Returns
        -------
        pandas.DataFrame
            By date, with a column per asset. Unknown assets have none.
        """
        import pandas as pd

        columns = {}
        for asset in assets:
            found = self._prices.columns(asset)
            if found is not None:
                days, _, closes = found
                index = pd.DatetimeIndex(days.view("datetime64[D]"), name="Date").tz_localize("UTC")
                columns[asset] = pd.Series(closes, index=index)
        return pd.DataFrame(columns).dropna(how="all").loc[start_dt:end_dt]


def _print_event(text: str) -> None:
    if settings.PRINT_EVENTS:
        print(text)
