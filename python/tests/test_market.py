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
        ({"date": DAYS, "open": OPEN[:2], "close": CLOSE}, "2 values beside 3 dates"),
        ({"date": DAYS, "open": OPEN, "close": CLOSE, "adj close": CLOSE[:1]}, "1 values beside 3 dates"),
        ({"date": DAYS, "open": [None] * 3, "close": [None] * 3}, "all prices are missing"),
        (pd.DataFrame([[1.0, 2.0, 3.0]], columns=["Open", "Open", "Close"], index=pd.to_datetime(DAYS[:1])), "both named `Open`"),
        ({"date": DAYS, "open": OPEN}, "no column is named `Close`"),
        ({"open": OPEN, "close": CLOSE}, "no column is named `Date`"),
        ({"date": ["2024-01-02"] * 3, "open": OPEN, "close": CLOSE}, "row 2: row 1 has other prices for 2024-01-02"),
        ({"date": ["01/02/2024", "02/02/2024", "03/02/2024"], "open": OPEN, "close": CLOSE}, "2024-01-02 or 2024-02-01"),
        ({"date": ["2024-01-02", "soon", ""], "open": OPEN, "close": CLOSE}, "row 2: `soon` is not a date"),
        ({"date": DAYS, "open": OPEN, "close": ["a", "b", "c"]}, "`close` is not numeric"),
        ({"date": DAYS, "open": OPEN, "close": [1.0, float("inf"), 1.0]}, "row 2: `Close` is `inf`"),
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


def one_symbol(**columns):
    return pd.DataFrame({"Open": OPEN, "Close": CLOSE, **columns}, index=pd.DatetimeIndex(DAYS, name="Date"))


def test_a_duckdb_relation():
    duckdb = pytest.importorskip("duckdb")
    rows = one_symbol().reset_index()
    relation = duckdb.from_df(rows)
    assert wealth(gridfolio.Market.from_frames({"ABC": relation})) == EXPECTED


def test_one_symbol_as_yfinance_downloads_it():
    frame = one_symbol()
    frame.columns = pd.MultiIndex.from_product([["Open", "Close"], ["ABC"]], names=["Price", "Ticker"])
    assert wealth(gridfolio.Market.from_frames(frame)) == EXPECTED
    assert wealth(gridfolio.Market.from_frames({"ABC": frame})) == EXPECTED


def test_levels_are_told_apart_by_their_names():
    frame = pd.concat({"OPEN": one_symbol(), "AGG": one_symbol()}, axis=1).swaplevel(axis=1)
    frame.columns.names = ["Price", "Ticker"]
    assert gridfolio.Market.from_frames(frame).symbols == ["OPEN", "AGG"]


def test_a_symbol_without_prices_is_left_out_and_named():
    frame = pd.concat({"ABC": one_symbol(), "DELISTED": one_symbol() * float("nan")}, axis=1)
    market = gridfolio.Market.from_frames(frame)
    assert market.symbols == ["ABC"] and market.notices == ["`DELISTED` has no prices, and is left out"]


def test_a_long_frame():
    rows = one_symbol().reset_index()
    frame = pd.concat([rows.assign(Symbol="ABC"), rows.assign(Symbol="XYZ")])
    market = gridfolio.Market.from_frames(frame)
    assert market.symbols == ["ABC", "XYZ"] and wealth(market) == EXPECTED
    by_both = frame.set_index(["Symbol", "Date"])
    assert wealth(gridfolio.Market.from_frames(by_both)) == EXPECTED


def test_rows_in_any_order_and_dates_as_numbers():
    assert wealth(gridfolio.Market.from_frames({"ABC": one_symbol()[::-1]})) == EXPECTED
    rows = one_symbol().reset_index()
    for dates in (["20240102", "20240103", "20240104"], [20240102, 20240103, 20240104]):
        assert wealth(gridfolio.Market.from_frames({"ABC": rows.assign(Date=dates)})) == EXPECTED


def test_midnights_of_tokyo_in_utc_are_moved_to_their_day():
    days = pd.date_range("2024-03-25", "2024-04-05", freq="B", tz="Asia/Tokyo")
    frame = pd.DataFrame({"Open": 1.0, "Close": 1.0}, index=days)
    for index in (days, days.tz_convert("UTC"), days.tz_convert("UTC").tz_localize(None)):
        bars = gridfolio.Market.from_frames({"N225": frame.set_axis(index)}).bars("N225")
        assert list(bars.index) == list(days.tz_localize(None))


def test_closes_may_be_a_series_and_symbols_are_called_like_columns():
    closes = one_symbol()["Close"]
    assert gridfolio.Market.from_closes(closes).bars("Close")["close"].tolist() == CLOSE
    wide = pd.DataFrame({"TIME": CLOSE, "SPY": CLOSE}, index=closes.index)
    assert gridfolio.Market.from_closes(wide).symbols == ["TIME", "SPY"]


def test_closes_alone_need_a_choice():
    frame = one_symbol()[["Close"]]
    with pytest.raises(gridfolio.DataError, match="closes and no opens"):
        gridfolio.Market.from_frames({"ABC": frame})
    bars = gridfolio.Market.from_frames({"ABC": frame}, opens="previous-close").bars("ABC")
    assert bars["open"].tolist()[1:] == CLOSE[:-1]


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(gridfolio.DataError, match="no files of prices"):
        gridfolio.Market.from_folder(tmp_path)


@pytest.mark.parametrize("codec", ["zstd", "gzip", "brotli", "lz4", "snappy", "none"])
def test_parquet_of_pyarrow_in_every_codec_and_page_version(tmp_path, codec):
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    n = 3000
    days = pd.date_range("2010-01-01", periods=n, freq="D")
    closes = np.round(100 + np.sin(np.arange(n)), 4)
    table = pa.table({"Date": pa.array(days.date), "Open": closes, "Close": closes})
    for version in ("1.0", "2.0"):
        pq.write_table(table, tmp_path / "ABC.parquet", compression=codec, data_page_version=version)
        bars = gridfolio.Market.from_folder(tmp_path).bars("ABC")
        assert bars["close"].tolist() == closes.tolist() and list(bars.index) == list(days)


def test_parquet_of_polars_in_every_codec(tmp_path):
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"Date": DAYS, "Open": OPEN, "Close": CLOSE}).with_columns(
        pl.col("Date").str.to_datetime().dt.replace_time_zone("Europe/Berlin")
    )
    for codec in ("zstd", "gzip", "brotli", "lz4", "snappy", "uncompressed"):
        frame.write_parquet(tmp_path / "ABC.parquet", compression=codec)
        assert wealth(gridfolio.Market.from_folder(tmp_path)) == EXPECTED


def test_parquet_of_duckdb_with_decimals(tmp_path):
    duckdb = pytest.importorskip("duckdb")
    for codec in ("zstd", "gzip", "lz4_raw", "snappy"):
        duckdb.sql(
            "COPY (SELECT DATE '2024-01-02' + CAST(i AS INTEGER) AS Date, CAST(10.25 + i AS DECIMAL(18, 2)) AS Open, "
            "CAST(11.125 + i AS DECIMAL(9, 3)) AS Close FROM range(3) t(i)) "
            f"TO '{tmp_path / 'ABC.parquet'}' (FORMAT parquet, COMPRESSION {codec})"
        )
        bars = gridfolio.Market.from_folder(tmp_path).bars("ABC")
        assert bars["open"].tolist() == [10.25, 11.25, 12.25] and bars["close"].tolist() == [11.125, 12.125, 13.125]


def test_every_type_of_number_and_date_of_arrow(tmp_path):
    pa = pytest.importorskip("pyarrow")
    import decimal

    import pyarrow.feather as feather
    import pyarrow.parquet as pq

    whole, days = [10, 10, 11], pa.array(pd.to_datetime(DAYS).date)
    numbers = [pa.array(whole, kind) for kind in (pa.int8(), pa.uint16(), pa.uint32(), pa.int64(), pa.uint64(), pa.float32())]
    numbers += [pa.array(np.array(whole, np.float16))]
    decimals = [decimal.Decimal(value) for value in whole]
    numbers += [pa.array(decimals, kind) for kind in (pa.decimal128(9, 2), pa.decimal128(18, 4), pa.decimal128(38, 10), pa.decimal256(60, 8))]
    dates = [days, days.cast(pa.date64()), pa.array(DAYS), pa.array(DAYS).dictionary_encode()]
    dates += [days.cast(pa.timestamp(unit)) for unit in ("s", "ms", "us", "ns")]
    local = pa.array(pd.to_datetime(DAYS).tz_localize("Asia/Tokyo"))
    dates += [local.cast(pa.timestamp(unit, "Asia/Tokyo")) for unit in ("s", "ms", "us", "ns")]
    tables = [pa.table({"Date": days, "Open": column, "Close": column}) for column in numbers]
    tables += [pa.table({"Date": column, "Open": numbers[3], "Close": numbers[3]}) for column in dates]
    for table in tables:
        pq.write_table(table, tmp_path / "P.parquet")
        feather.write_feather(table, str(tmp_path / "F.feather"), compression="lz4")
        markets = [gridfolio.Market.from_folder(tmp_path, [symbol]).bars(symbol) for symbol in ("P", "F")]
        markets.append(gridfolio.Market.from_frames({"M": table}).bars("M"))
        for bars in markets:
            assert bars["close"].tolist() == [10.0, 10.0, 11.0], table.schema
            assert [str(day.date()) for day in bars.index] == DAYS, table.schema
