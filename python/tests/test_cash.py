"""Rates of interest beside the prices."""

import pickle

import numpy as np
import pytest

import gridfolio

pd = pytest.importorskip("pandas")

DAYS = pd.bdate_range("2024-01-02", periods=60)
FRAME = pd.DataFrame({"Open": 10.0, "Close": 10.0}, index=DAYS)


def strategy(**keys):
    """Nothing but cash."""
    return gridfolio.Strategy(
        start="2024-01-02",
        end="2024-03-25",
        assets=["ABC"],
        alpha={"model": "fixed-weights", "weights": {"ABC": 0.0}},
        schedule="buy-and-hold",
        **keys,
    )


def compounded(rates):
    """What a million becomes, by the rate of each night."""
    days = np.diff(DAYS.values).astype("timedelta64[D]").astype(int)
    return 1_000_000 * np.cumprod(1 + np.asarray(rates) * days / 365)


def test_a_rate_is_a_keyword_or_a_table():
    market = gridfolio.Market.from_frames({"ABC": FRAME})
    expected = compounded(np.full(59, 0.03))
    for keys in ({"rate": 0.03}, {"cash": {"rate": 0.03, "margin_spread": 0.01}}):
        equity = strategy(**keys).run(market).equity
        np.testing.assert_allclose(equity[1:], expected, rtol=1e-12)


def test_a_series_stands_beside_the_prices():
    bills = pd.Series(np.linspace(1, 5, 60), index=DAYS, name="bills")
    bills[::7] = np.nan
    bills.iloc[0] = 1.0
    expected = compounded(bills.ffill().to_numpy()[:-1] / 100)
    table = pd.DataFrame({"observation_date": DAYS, "DTB3": bills.to_numpy()})
    for rates in (bills, table, {"date": DAYS.to_numpy(), "value": bills.to_numpy()}):
        market = gridfolio.Market.from_frames({"ABC": FRAME}, rates={"DTB3": rates})
        assert market.rates == ["DTB3"]
        for known in (market, pickle.loads(pickle.dumps(market))):
            equity = strategy(cash={"rate": {"series": "DTB3"}}).run(known).equity
            np.testing.assert_allclose(equity[1:], expected, rtol=1e-12)


def test_a_folder_has_prices_and_series(tmp_path):
    FRAME.rename_axis("Date").to_csv(tmp_path / "ABC.csv")
    (tmp_path / "DTB3.csv").write_text("DATE,DTB3\n2024-01-01,.\n2024-01-02,3\n")
    whole = gridfolio.Market.from_folder(tmp_path)
    assert (whole.symbols, whole.rates) == (["ABC"], ["DTB3"])
    named = gridfolio.Market.from_folder(tmp_path, ["ABC"], rates="DTB3")
    for market in (whole, named):
        equity = strategy(rate={"series": "DTB3"}).run(market).equity
        np.testing.assert_allclose(equity[1:], compounded(np.full(59, 0.03)), rtol=1e-12)


def test_a_series_that_is_not_there():
    market = gridfolio.Market.from_frames({"ABC": FRAME}, rates={"DTB3": pd.Series(1.0, index=DAYS)})
    with pytest.raises(gridfolio.DataError, match="did you mean `DTB3`"):
        strategy(rate={"series": "DTB4"}).run(market)
    with pytest.raises(gridfolio.DataError, match="not numeric"):
        gridfolio.Market.from_frames({"ABC": FRAME}, rates={"DTB3": pd.Series("high", index=DAYS)})


def test_money_is_paid_in_and_withdrawn():
    market = gridfolio.Market.from_frames({"ABC": FRAME})
    flows = [{"every": "month", "amount": 1000}, {"date": "2024-03-05", "amount": -500.0}]
    backtest = strategy(cash_flows=flows).run(market)
    assert backtest.equity[-1] == 1_000_000 + 2 * 1000 - 500
    assert backtest.provenance["cash_flows"]["paid_in"] == 2000
