"""Daily bars from CSV files."""

import os

from gridfolio import _gridfolio
from gridfolio.errors import DataError
from gridfolio.qstrader import settings
from gridfolio.qstrader._time import seconds


class CSVDailyBarDataSource:
    """The files of a folder, one per symbol: ``SPY.csv`` holds the bars of ``EQ:SPY``."""

    def __init__(self, csv_dir, asset_type, adjust_prices=True, csv_symbols=None):
        self.csv_dir = csv_dir
        self.asset_type = asset_type
        self.adjust_prices = adjust_prices
        self.csv_symbols = csv_symbols
        self._prices = self._load()

    def _load(self):
        _tell("Loading CSV files into DataFrames...")
        symbols = self.csv_symbols
        if symbols is None:
            files = os.listdir(self.csv_dir)
            symbols = [file[: -len(".csv")] for file in files if file.endswith(".csv")]
        for symbol in symbols:
            _tell(f"Loading CSV file for symbol 'EQ:{symbol}'...")
        prices = _gridfolio.Market.load(os.fspath(self.csv_dir), list(symbols), self.adjust_prices)
        if prices.taken_as_adjusted:
            raise DataError(
                "Unable to locate Adjusted Close pricing column in CSV data file. Prices cannot be adjusted.\n"
                " hint: give `adjust_prices=False` for prices that are adjusted already"
            )
        _tell("Adjusting pricing in CSV files...")
        for symbol in symbols:
            _tell(f"Adjusting CSV file for symbol 'EQ:{symbol}'...")
        return prices.renamed("EQ:")

    def get_bid(self, dt, asset):
        """The last price known at a time; NaN before the first, where QSTrader takes the last."""
        return self._prices.price_at(asset, seconds(dt))

    def get_ask(self, dt, asset):
        """The same as the bid."""
        return self.get_bid(dt, asset)

    def get_assets_historical_closes(self, start_dt, end_dt, assets):
        """The closes of some assets, a column each, by date."""
        import pandas as pd

        columns = {}
        for asset in assets:
            found = self._prices.columns(asset)
            if found is not None:
                days, _, closes = found
                index = pd.DatetimeIndex(days.view("datetime64[D]"), name="Date").tz_localize("UTC")
                columns[asset] = pd.Series(closes, index=index)
        return pd.DataFrame(columns).dropna(how="all").loc[start_dt:end_dt]


def _tell(text):
    if settings.PRINT_EVENTS:
        print(text)
