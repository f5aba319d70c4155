"""The files of a sweep in the programs that read them."""

import pytest

import gridfolio

pd = pytest.importorskip("pandas")
pytest.importorskip("pyarrow")


# The last polars for Python 3.9, 1.36, cannot read the file; newer ones can.
@pytest.mark.newest
def test_pandas_polars_and_duckdb_read_the_same_table(strategy, market, tmp_path):
    polars, duckdb = pytest.importorskip("polars"), pytest.importorskip("duckdb")
    axes = {"alpha.lookback": range(21, 253, 21), "alpha.top_n": [1, 2, 3, 4]}
    results = gridfolio.sweep(strategy, axes, market, out=tmp_path / "out", progress=False)
    path = tmp_path / "out" / "results.parquet"
    frames = {
        "pandas": pd.read_parquet(path),
        "polars": polars.read_parquet(path).to_pandas(),
        "duckdb": duckdb.sql(f"select * from '{path}'").df(),
    }
    for name, frame in frames.items():
        assert len(frame) == len(results) == 48, name
        assert set(results.columns) <= set(frame.columns), name
        for column in results.columns:
            for theirs, ours in zip(frame[column], results[column]):
                missing = pd.isna(theirs) and pd.isna(ours)
                assert missing or theirs == ours, (name, column, theirs, ours)
