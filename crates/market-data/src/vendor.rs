//! Which vendor or program wrote a table, by the names of its columns, and what is peculiar to it.

use crate::bars::Bars;
use crate::fields::Field;

/// A signature: who writes tables with all of these columns.
struct Signature {
    vendor: &'static str,
    keys: &'static [&'static str],
}

const fn signature(vendor: &'static str, keys: &'static [&'static str]) -> Signature {
    Signature { vendor, keys }
}

/// The first that fits counts, so a signature stands above those that it contains.
const SIGNATURES: &[Signature] = &[
    signature("Tiingo", &["adjclose", "divcash", "splitfactor"]),
    signature(
        "Alpha Vantage",
        &["timestamp", "adjustedclose", "dividendamount"],
    ),
    signature("Alpaca", &["timestamp", "tradecount", "vwap"]),
    signature("CRSP", &["permno", "prc"]),
    signature("CRSP", &["permno", "dlycaldt"]),
    signature("CoinGecko", &["snappedat", "price"]),
    signature("LSEG", &["exchangedate", "close"]),
    signature("Financial Modeling Prep", &["adjclose", "unadjustedvolume"]),
    signature("Marketstack", &["adjclose", "splitfactor", "exchange"]),
    signature("Massive", &["windowstart", "transactions"]),
    signature("Sharadar", &["closeadj", "closeunadj"]),
    signature("Nasdaq Data Link", &["exdividend", "splitratio"]),
    signature("Databento", &["tsevent", "instrumentid"]),
    signature("Nasdaq", &["closelast"]),
    signature("FRED", &["observationdate"]),
    signature("Binance", &["opentime", "closetime"]),
    signature("Stooq", &["ticker", "per", "date", "time", "openint"]),
    signature("MetaTrader", &["date", "open", "close", "tickvol"]),
    signature("AmiBroker", &["dtyyyymmdd", "close"]),
    signature("AmiBroker", &["ticker", "datetime", "open", "close"]),
    signature("Dukascopy", &["gmttime", "close"]),
    signature("Dukascopy", &["localtime", "close"]),
    signature("Investing.com", &["date", "price", "open", "vol", "change"]),
    signature("Investing.com", &["datum", "zuletzt", "eroffn"]),
    signature("Investing.com", &["fecha", "ultimo", "apertura"]),
    signature("Investing.com", &["date", "dernier", "ouv"]),
    signature("Investing.com", &["дата", "цена", "откр"]),
    signature("Investing.com", &["日付け", "終値", "始値"]),
    signature("AKShare", &["日期", "开盘", "收盘", "涨跌幅"]),
    signature(
        "yfinance",
        &["date", "open", "close", "dividends", "stocksplits"],
    ),
    signature(
        "Yahoo",
        &["date", "open", "high", "low", "close", "adjclose", "volume"],
    ),
    signature(
        "EODHD",
        &[
            "date",
            "open",
            "high",
            "low",
            "close",
            "adjustedclose",
            "volume",
        ],
    ),
    signature("TradingView", &["time", "open", "high", "low", "close"]),
];

/// Prices of Databento's files with more digits than a price has: they count billionths.
const BILLIONTHS: f64 = 1e6;

/// Undoes what a vendor does to numbers that other vendors do not.
pub(crate) fn correct(vendor: &str, bars: &mut Bars) {
    let prices = [Field::Open, Field::High, Field::Low, Field::Close];
    match vendor {
        // A price with a minus is the mean of bid and ask, of a day without a trade.
        "CRSP" => {
            for field in prices {
                let column = bars.column_mut(field).iter_mut();
                column.for_each(|price| *price = price.abs());
            }
        }
        "Databento" => {
            let closes = bars
                .column(Field::Close)
                .iter()
                .filter(|price| !price.is_nan());
            let mut closes = closes.peekable();
            let is_whole = |price: &f64| *price >= BILLIONTHS && price.fract() == 0.0;
            if closes.peek().is_some() && closes.all(is_whole) {
                for field in prices {
                    let column = bars.column_mut(field).iter_mut();
                    column.for_each(|price| *price /= 1e9);
                }
            }
        }
        _ => {}
    }
}

/// Who writes tables with these columns; `None` when the columns do not show it.
///
/// `counts_time`: whether the dates are numbers since 1970, which tells ccxt from Alpha Vantage.
pub(crate) fn of(keys: &[String], counts_time: bool) -> Option<&'static str> {
    let has = |key: &&str| keys.iter().any(|own| own == *key);
    let found = SIGNATURES
        .iter()
        .find(|signature| signature.keys.iter().all(has))
        // A time beside a date is that of any program.
        .filter(|found| found.vendor != "TradingView" || !has(&"date"))
        .map(|signature| signature.vendor);
    let has_bars = ["timestamp", "open", "high", "low", "close", "volume"];
    found.or_else(|| {
        let fits = has_bars.iter().all(has) && keys.len() == has_bars.len();
        fits.then_some(match counts_time {
            true => "ccxt",
            false => "Alpha Vantage",
        })
    })
}
