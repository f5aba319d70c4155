"""Markets from files and from frames in memory."""

import pickle

import numpy as np
import pytest

import gridfolio

pd = pytest.importorskip("pandas")

DAYS = ["2024-01-02", "2024-01-03", "2024-01-04"]
OPEN = [10.0, 10.0, 11.0]
CLOSE = [10.0, 10.5, 12.0]


def wealth(market):
    """The equity of a million that buys at the first open."""
    strategy = gridfolio.Strategy(
        start="2024-01-02", end="2024-01-04", assets=["ABC"], alpha="equal-weight", schedule="buy-and-hold"
    )
    return strategy.run(market).equity.tolist()


EXPECTED = [1_000_000.0, 1_050_000.0, 1_200_000.0]


def test_a_pandas_frame_with_dates_as_its_index():
    frame = pd.DataFrame({"Open": OPEN, "Close": CLOSE}, index=pd.to_datetime(DAYS))
    assert wealth(gridfolio.Market.from_frames({"ABC": frame})) == EXPECTED


def test_a_pandas_frame_with_strings_as_dates():
    frame = pd.DataFrame({"date": DAYS, "open": OPEN, "close": CLOSE})
    assert wealth(gridfolio.Market.from_frames({"ABC": frame})) == EXPECTED


def test_timestamps_with_a_time_zone_count_as_the_local_day():
    index = pd.to_datetime(DAYS).tz_localize("America/New_York")
    frame = pd.DataFrame({"Open": OPEN, "Close": CLOSE}, index=index)
    market = gridfolio.Market.from_frames({"ABC": frame})
    assert [str(day.date()) for day in market.bars("ABC").index] == DAYS


def test_a_polars_frame():
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"Date": DAYS, "Open": OPEN, "Close": CLOSE}).with_columns(pl.col("Date").str.to_date())
    assert wealth(gridfolio.Market.from_frames({"ABC": frame})) == EXPECTED


def test_an_arrow_table_and_an_object_with_arrow_s_c_interface():
    pa = pytest.importorskip("pyarrow")
    days = pa.array(DAYS).cast(pa.timestamp("s")).cast(pa.date32())
    table = pa.table({"Date": days, "Open": OPEN, "Close": CLOSE})

    class Foreign:
        def __arrow_c_stream__(self, schema=None):
            return table.__arrow_c_stream__(schema)

    for frame in (table, Foreign()):
        assert wealth(gridfolio.Market.from_frames({"ABC": frame})) == EXPECTED


def test_a_dict_of_arrays():
    frame = {"date": np.array(DAYS, dtype="datetime64[D]"), "open": np.array(OPEN), "close": np.array(CLOSE)}
    assert wealth(gridfolio.Market.from_frames({"ABC": frame})) == EXPECTED


def test_a_wide_frame_of_closes():
    closes = pd.DataFrame({"ABC": CLOSE}, index=pd.to_datetime(DAYS))
    opens = pd.DataFrame({"ABC": OPEN}, index=pd.to_datetime(DAYS))
    assert wealth(gridfolio.Market.from_closes(closes, opens)) == EXPECTED
    # Without opens, each open is the close.
    assert wealth(gridfolio.Market.from_closes(closes)) == EXPECTED


def test_adjusted_closes_adjust_opens_as_they_do_in_files(prices_dir, tmp_path):
    frame = pd.DataFrame(
        {"Open": [10.0, 20.0], "Close": [11.0, 21.0], "Adj Close": [5.5, 21.0]}, index=pd.to_datetime(DAYS[:2])
    )
    frame.to_csv(tmp_path / "ABC.csv", index_label="Date")
    for adjusted in (True, False):
        ours = gridfolio.Market.from_frames({"ABC": frame}, adjusted=adjusted).bars("ABC")
        theirs = gridfolio.Market.from_folder(tmp_path, ["ABC"], adjusted=adjusted).bars("ABC")
        pd.testing.assert_frame_equal(ours, theirs)
    assert gridfolio.Market.from_frames({"ABC": frame}).bars("ABC")["open"].tolist() == [5.0, 20.0]


def test_changing_a_frame_afterwards_does_not_change_the_market():
    frame = pd.DataFrame({"Open": OPEN, "Close": CLOSE}, index=pd.to_datetime(DAYS))
    market = gridfolio.Market.from_frames({"ABC": frame})
    frame.loc[:, "Close"] = 0.0
    assert wealth(market) == EXPECTED


def bars_of(columns):
    return pd.DataFrame(columns, index=pd.to_datetime(DAYS))


def test_a_single_frame_of_several_symbols_in_yfinance_s_layout():
    # XYZ was not traded on the second day.
    both = {"ABC": bars_of({"Open": OPEN, "Close": CLOSE}), "XYZ": bars_of({"Open": [1.0, None, 3.0], "Close": [1.0, None, 3.0]})}
    by_symbol = pd.concat(both, axis=1)
    for frame in (by_symbol, by_symbol.swaplevel(axis=1)):
        market = gridfolio.Market.from_frames(frame)
        assert market.symbols == ["ABC", "XYZ"] and wealth(market) == EXPECTED
        assert market.bars("XYZ")["close"].tolist() == [1.0, 3.0]


def test_a_lazy_frame_and_a_record_batch():
    pl, pa = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    lazy = pl.LazyFrame({"Date": DAYS, "Open": OPEN, "Close": CLOSE})
    batch = pa.record_batch({"Date": DAYS, "Open": OPEN, "Close": CLOSE})
    for frame in (lazy, batch):
        assert wealth(gridfolio.Market.from_frames({"ABC": frame})) == EXPECTED


@pytest.mark.parametrize("backend", ["numpy_nullable", "pyarrow"])
def test_missing_values_of_nullable_pandas_types_are_nan(backend):
    pytest.importorskip("pyarrow")
    frame = bars_of({"Open": [10.0, None, 11.0], "Close": CLOSE}).convert_dtypes(dtype_backend=backend)
    opens = gridfolio.Market.from_frames({"ABC": frame}).bars("ABC")["open"].tolist()
    assert opens[0] == 10.0 and opens[1] != opens[1] and opens[2] == 11.0


def test_a_pickled_market_has_the_same_prices():
    market = gridfolio.Market.from_frames({"ABC": bars_of({"Open": OPEN, "Close": CLOSE})})
    assert wealth(pickle.loads(pickle.dumps(market))) == EXPECTED


def test_symbols_may_be_a_single_string(prices_dir):
    assert gridfolio.Market.from_folder(prices_dir, "AAA").symbols == ["AAA"]


@pytest.mark.parametrize(
    "closes, opens, message",
    [
        ({"ABC": CLOSE}, {"XYZ": OPEN}, "`ABC` has closes but no opens"),
        ({"ABC": CLOSE}, bars_of({"ABC": OPEN}).shift(freq="D"), "opens and closes have different dates"),
        ({"ABC": CLOSE}, bars_of({"ABC": OPEN}).iloc[:2], "opens and closes have different dates"),
    ],
)
def test_opens_that_do_not_match_the_closes_are_an_error(closes, opens, message):
    opens = bars_of(opens) if isinstance(opens, dict) else opens
    with pytest.raises(gridfolio.DataError, match=message):
        gridfolio.Market.from_closes(bars_of(closes), opens)


@pytest.mark.parametrize(
    "frame, message",
    [
        ({"date": DAYS, "open": OPEN[:2], "close": CLOSE}, "3 days, 2 opens and 3 closes"),
        ({"date": DAYS, "open": OPEN, "close": CLOSE, "adj close": CLOSE[:1]}, "3 days, 3 opens and 3 closes"),
        ({"date": DAYS, "open": [None] * 3, "close": [None] * 3}, "all prices are missing"),
        (pd.DataFrame([[1.0, 2.0, 3.0]], columns=["Open", "Open", "Close"], index=pd.to_datetime(DAYS[:1])), "two columns `Open`"),
        ({"date": DAYS, "open": OPEN}, "no column `Close`"),
        ({"open": OPEN, "close": CLOSE}, "no column `Date`"),
        ({"date": DAYS[::-1], "open": OPEN, "close": CLOSE}, "2024-01-03 does not come after 2024-01-04(.|\n)*sort"),
        ({"date": ["2024-01-02", "soon", ""], "open": OPEN, "close": CLOSE}, "cannot parse the dates"),
        ({"date": DAYS, "open": OPEN, "close": ["a", "b", "c"]}, "`close` is not numeric"),
        ({"date": DAYS, "open": OPEN, "close": [1.0, float("inf"), 1.0]}, "a price of inf"),
        (3, "a `int` is not a frame"),
    ],
)
def test_an_invalid_frame_is_an_error_that_names_the_problem(frame, message):
    if isinstance(frame, dict):
        frame = {key: np.array(value) for key, value in frame.items()}
    with pytest.raises(gridfolio.DataError, match=message):
        gridfolio.Market.from_frames({"ABC": frame})


def test_a_frame_without_its_symbol_is_an_error_that_names_the_call():
    with pytest.raises(gridfolio.DataError, match="from_frames\\({\"SPY\": frame}\\)"):
        gridfolio.Market.from_frames(bars_of({"Open": OPEN, "Close": CLOSE}))


def test_an_invalid_file_is_an_error_with_its_line(tmp_path):
    (tmp_path / "ABC.csv").write_text("Date,Open,Close\n2024-01-02,1,x\n")
    with pytest.raises(gridfolio.DataError, match=r"ABC.csv`, line 2"):
        gridfolio.Market.from_folder(tmp_path, ["ABC"], adjusted=False)
    with pytest.raises(gridfolio.DataError, match="hint: check the spelling of the folder"):
        gridfolio.Market.from_folder(tmp_path / "nowhere")
