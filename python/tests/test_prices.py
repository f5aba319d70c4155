"""The check of prices, their import, and the comparison of two downloads."""

import numpy as np
import pytest

import gridfolio
from conftest import random_prices, weekdays, write_csv

pd = pytest.importorskip("pandas")

DAYS = weekdays("2020-01-01", 300)


def bars(seed=1):
    """Opens, highs, lows and closes of a random walk, by day."""
    open_, close = random_prices(seed, len(DAYS))
    frame = pd.DataFrame({"Open": open_, "Close": close}, index=pd.DatetimeIndex(DAYS, name="Date"))
    frame.insert(1, "High", frame.max(axis=1))
    frame.insert(2, "Low", frame[["Open", "Close"]].min(axis=1))
    frame["Adj Close"] = frame["Close"]
    return frame


def faulty():
    """A wrong open, a hole of two months, and a close that stands still."""
    frame = bars()
    frame.iloc[30, 0] /= 4
    frame.iloc[200:215, 3:] = frame.iloc[200, 3]
    return frame.drop(frame.index[100:145])


def kinds(found, symbol):
    findings = found.findings
    return set(findings.loc[findings["symbol"] == symbol, "kind"])


def test_files_and_frames_have_the_same_findings(tmp_path):
    frames = {"GOOD": bars(2), "BAD": faulty()}
    for symbol, frame in frames.items():
        frame.to_csv(tmp_path / f"{symbol}.csv")
    of_files, of_frames = gridfolio.check(tmp_path), gridfolio.check(frames)
    for found in (of_files, of_frames):
        assert found.usable
        assert kinds(found, "BAD") >= {"open-out-of-line", "hole", "standing-close", "outside-high-low", "gap"}
        assert kinds(found, "GOOD") == set()
    assert "BAD: 2020-02-12 the open is 0.2" in str(of_files)
    wrong = of_frames.findings.set_index("kind").loc["open-out-of-line"]
    assert wrong["first"] == frames["BAD"].index[30] and wrong["rows"] == 1
    assert wrong["effect"].startswith("orders are filled at opens")
    assert wrong["way_out"].startswith("compare it with another source")
    assert repr(of_frames).startswith("PriceCheck(2 symbols, ")


def test_what_cannot_be_read_is_a_finding_and_not_an_error(tmp_path):
    frame = bars()
    frame.loc[frame.index[5], "Close"] = np.inf
    found = gridfolio.check({"A": bars(2), "INF": frame})
    assert not found.usable
    finding = found.findings.set_index("symbol").loc["INF"]
    assert finding["kind"] == "unreadable" and "infinite" in finding["what"]
    (tmp_path / "A.csv").write_text("<html><body>Too many requests</body></html>")
    found = gridfolio.check(tmp_path)
    assert kinds(found, "A") == {"unreadable"} and not found.usable
    with pytest.raises(gridfolio.DataError):
        gridfolio.check(tmp_path / "nowhere")


def test_the_symbols_of_a_strategy_and_of_its_benchmark_are_checked(tmp_path):
    for symbol, frame in {"A": bars(), "BAD": faulty(), "OTHER": faulty()}.items():
        frame.to_csv(tmp_path / f"{symbol}.csv")
    strategy = gridfolio.Strategy(
        start="2020-01-01", end="2020-12-31", assets=["A"], alpha="equal-weight", schedule="daily",
        benchmark={"BAD": 1.0}, data=tmp_path,
    )
    found = gridfolio.check(strategy)
    assert set(found.findings["symbol"]) == {"BAD"}
    notices = strategy.run().summary()
    assert "warning: `BAD`: 2020-02-12 the open is 0.2" in notices
    unknown = gridfolio.Strategy(
        start="2020-01-01", end="2020-12-31", assets=["A"], alpha="equal-weight", schedule="daily"
    )
    with pytest.raises(gridfolio.StrategyError, match="names no folder"):
        gridfolio.check(unknown)


def test_imported_prices_are_those_of_their_source(tmp_path):
    source, out = tmp_path / "source", tmp_path / "out"
    source.mkdir()
    bars().to_csv(source / "A.csv")
    wide = pd.concat({"B": bars(2), "C": bars(3)}, axis=1, names=["Ticker", "Price"])
    wide.to_csv(source / "download.csv")
    found = gridfolio.import_prices(source, out)
    assert found.index.tolist() == ["A", "B", "C"]
    assert found["rows"].tolist() == [300, 300, 300]
    assert found["changed_from"].isna().all()
    theirs, ours = gridfolio.Market.from_folder(source), gridfolio.Market.from_folder(out)
    for symbol in "ABC":
        pd.testing.assert_frame_equal(theirs.bars(symbol), ours.bars(symbol))
    parquet = pytest.importorskip("pyarrow.parquet").read_table(out / "A.parquet")
    assert parquet.column_names == ["Date", "Open", "High", "Low", "Close", "Adj Close"]
    metadata = {key.decode(): value.decode() for key, value in parquet.schema.metadata.items()}
    assert metadata["gridfolio.source"] == str(source / "A.csv")
    assert len(metadata["gridfolio.blake3"]) == 64


def test_a_changed_past_is_found(tmp_path):
    old, new, out = tmp_path / "old", tmp_path / "new", tmp_path / "out"
    for folder in (old, new):
        folder.mkdir()
    open_, close = random_prices(1, len(DAYS))
    write_csv(old / "A.csv", DAYS, open_, close)
    close[100] *= 1.5
    write_csv(new / "A.csv", DAYS, open_, close)
    gridfolio.import_prices(old, out)
    imported = gridfolio.import_prices(new, out).loc["A"]
    compared = gridfolio.compare_prices(old, new).loc["A"]
    for found in (imported, compared):
        assert found["changed"] == 1
        assert found["changed_from"] == pd.Timestamp(DAYS[100])
        assert found["ratio"] == pytest.approx(1.5)
    assert gridfolio.compare_prices(old, old)["changed"].tolist() == [0]
    assert compared["days"] == 299 and compared["gone"] == compared["added"] == 0
