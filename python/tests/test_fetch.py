"""`gridfolio.fetch`, on a stand-in for yfinance that returns frames in the shapes of its versions."""

import sys
import types

import numpy as np
import pytest

import gridfolio

pd = pytest.importorskip("pandas")

COLUMNS = ["Open", "High", "Low", "Close", "Adj Close", "Volume", "Dividends", "Stock Splits"]


def history(first="2024-01-01", last="2024-03-29", scale=1.0, dividend=0.0):
    """Bars of a symbol as Yahoo has them; a dividend at the end lowers all adjusted closes before it."""
    days = pd.bdate_range(first, last, name="Date")
    close = scale * (100 + np.arange(len(days), dtype=float))
    frame = pd.DataFrame({"Open": close - 1, "High": close + 1, "Low": close - 2, "Close": close}, index=days)
    frame["Adj Close"] = close * (1 - dividend)
    frame["Volume"], frame["Dividends"], frame["Stock Splits"] = 1000, 0.0, 0.0
    return frame


class Yahoo(types.ModuleType):
    """What `import yfinance` gives: `download`, and the errors that it notes."""

    def __init__(self, histories, shape="price-ticker", error=None):
        super().__init__("yfinance")
        self.histories, self.shape, self.error = histories, shape, error
        self.shared = types.SimpleNamespace(_ERRORS={})
        self.asked = []

    def download(self, symbols, start, end, interval, auto_adjust, actions, progress):
        self.asked.append((tuple(symbols), start))
        if self.error is not None:
            raise self.error
        assert (interval, auto_adjust, actions, progress) == ("1d", False, True, False)
        frames = {}
        for symbol in symbols:
            frame = self.histories.get(symbol, history().iloc[:0])
            frame = frame[(frame.index >= start) & (frame.index < end)]
            if len(frame) == 0:
                self.shared._ERRORS[symbol] = "YFPricesMissingError('possibly delisted; no price data found')"
            frames[symbol.upper()] = frame
        if self.shape == "flat":
            return frames[symbols[0].upper()]
        if self.shape == "zoned":
            return frames[symbols[0].upper()].tz_localize("Asia/Tokyo")
        table = pd.concat(frames, axis=1, names=["Ticker", "Price"])  # missing days of a symbol are NaN
        if self.shape == "price-ticker":
            return table.swaplevel(axis=1).sort_index(axis=1)
        if self.shape == "no-names":
            return table.rename_axis(columns=[None, None])
        if self.shape == "adjusted":
            return table.drop(columns="Adj Close", level=1)
        return table


@pytest.fixture
def yahoo(monkeypatch):
    def install(*arguments, **keywords):
        module = Yahoo(*arguments, **keywords)
        monkeypatch.setitem(sys.modules, "yfinance", module)
        return module

    return install


@pytest.mark.parametrize("shape", ["price-ticker", "ticker-price", "no-names", "adjusted", "flat", "zoned"])
def test_every_shape_of_its_frames_becomes_a_file_that_is_read(yahoo, tmp_path, shape):
    yahoo({"SPY": history()}, shape)
    found = gridfolio.fetch("SPY", tmp_path)
    assert found.loc["SPY", "rows"] == found.loc["SPY", "new"] == 65
    assert found.loc["SPY", "first"] == pd.Timestamp("2024-01-01")
    bars = gridfolio.Market.from_folder(tmp_path).bars("SPY")
    assert bars.index[0] == pd.Timestamp("2024-01-01") and len(bars) == 65
    assert bars["close"].tolist() == history()["Close"].tolist()
    assert gridfolio.check(tmp_path).usable


def test_symbols_with_other_days_have_their_own_rows(yahoo, tmp_path):
    yahoo({"SPY": history(), "LATE": history("2024-03-01"), "^VIX": history()})
    found = gridfolio.fetch(["SPY", "LATE", "^VIX"], tmp_path)
    assert found["rows"].tolist() == [65, 21, 65]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["LATE.csv", "SPY.csv", "^VIX.csv"]


def test_a_file_is_extended_and_the_past_is_not_downloaded_again(yahoo, tmp_path):
    yahoo({"SPY": history(last="2024-02-29")})
    gridfolio.fetch("SPY", tmp_path)
    later = yahoo({"SPY": history()})
    found = gridfolio.fetch("SPY", tmp_path)
    assert later.asked == [(("SPY",), "2024-02-15")]
    assert found.loc["SPY", "new"] == 21 and found.loc["SPY", "rows"] == 65
    assert pd.isna(found.loc["SPY", "changed_from"])
    whole = pd.read_csv(tmp_path / "SPY.csv", index_col="Date", parse_dates=True)
    pd.testing.assert_frame_equal(whole, history(), check_freq=False, check_dtype=False)


def test_after_a_dividend_or_a_split_the_whole_history_is_downloaded_again(yahoo, tmp_path):
    yahoo({"SPY": history(last="2024-02-29"), "AGG": history(last="2024-02-29")})
    gridfolio.fetch(["SPY", "AGG"], tmp_path)
    yahoo({"SPY": history(dividend=0.01), "AGG": history(scale=0.5)})
    found = gridfolio.fetch(["SPY", "AGG"], tmp_path)
    # Adjusted closes change with each dividend; closes only with a split.
    assert pd.isna(found.loc["SPY", "changed_from"])
    assert found.loc["AGG", "changed_from"] == pd.Timestamp("2024-01-01")
    assert found.loc["AGG", "ratio"] == pytest.approx(0.5)
    for symbol, expected in (("SPY", history(dividend=0.01)), ("AGG", history(scale=0.5))):
        whole = pd.read_csv(tmp_path / f"{symbol}.csv", index_col="Date", parse_dates=True)
        pd.testing.assert_frame_equal(whole, expected, check_freq=False, check_dtype=False)


def test_a_symbol_without_prices_is_named_and_the_others_are_written(yahoo, tmp_path):
    yahoo({"SPY": history()})
    with pytest.raises(gridfolio.DataError) as raised:
        gridfolio.fetch(["SPY", "GONE"], tmp_path)
    assert str(raised.value) == (
        f"Yahoo has no prices for `GONE`; 1 others were written to `{tmp_path}`\n"
        "  GONE: YFPricesMissingError('possibly delisted; no price data found')\n"
        " hint: look the symbols up on finance.yahoo.com; a company that is no longer listed is mostly not there"
    )
    assert (tmp_path / "SPY.csv").exists() and not (tmp_path / "GONE.csv").exists()


class YFRateLimitError(Exception):
    """The name of yfinance's own."""


def test_errors_of_yfinance_are_explained(yahoo, tmp_path, monkeypatch):
    yahoo({}, error=YFRateLimitError("Too Many Requests. Rate limited. Try after a while."))
    with pytest.raises(gridfolio.DataError, match="too many requests\n hint: wait some minutes"):
        gridfolio.fetch("SPY", tmp_path)
    yahoo({}, error=ConnectionError("no route to host"))
    with pytest.raises(gridfolio.DataError, match="yfinance failed: ConnectionError: no route to host\n hint: check"):
        gridfolio.fetch("SPY", tmp_path)
    noted = yahoo({})
    noted.shared._ERRORS["SPY"] = "YFRateLimitError('Too Many Requests')"
    noted.download = lambda *_, **__: pd.DataFrame()
    with pytest.raises(gridfolio.DataError, match="too many requests"):
        gridfolio.fetch("SPY", tmp_path)
    monkeypatch.setitem(sys.modules, "yfinance", None)
    with pytest.raises(gridfolio.UsageError, match=r"pip install \"gridfolio\[data\]\""):
        gridfolio.fetch("SPY", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_files_of_others_are_left_alone(yahoo, tmp_path):
    (tmp_path / "SPY.csv").write_text("my own notes\n")
    module = yahoo({"SPY": history()})
    with pytest.raises(gridfolio.DataError, match="was not written by `fetch`"):
        gridfolio.fetch("SPY", tmp_path)
    with pytest.raises(gridfolio.UsageError, match="cannot be the name of a file"):
        gridfolio.fetch("../SPY", tmp_path)
    assert (tmp_path / "SPY.csv").read_text() == "my own notes\n" and module.asked == []
