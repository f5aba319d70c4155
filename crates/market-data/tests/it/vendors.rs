//! The layouts that vendors and programs write: each row of docs/prices.md has its file here.

use std::fs;

use backtest::date::Date;
use market_data::Adjustment::Raw;
use market_data::{Opens, check, load_around, symbols_in};

use crate::folder;

/// The bars of 2 and 3 January 2024 that every file below holds.
const BARS: &str = "2024-01-02 10 11\n2024-01-03 11 12\n";

/// What a folder with one file is read as: each symbol's vendor and bars.
fn read(name: &str, content: &[u8], opens: Opens) -> Vec<(String, Option<&'static str>, String)> {
    let dir = folder(&[(name, content)]);
    let symbols = symbols_in(dir.path()).unwrap();
    let found = check(dir.path(), None).unwrap();
    for symbol in &found.symbols {
        assert!(symbol.error.is_none(), "{name}: {:?}", symbol.error);
    }
    let loaded = load_around(dir.path(), &symbols, &[], Raw, opens, None);
    let loaded = loaded.unwrap_or_else(|error| panic!("{name}: {error}"));
    loaded
        .series
        .iter()
        .zip(&found.symbols)
        .map(|(series, found)| (series.symbol.clone(), found.vendor, crate::as_lines(series)))
        .collect()
}

#[track_caller]
fn reads(vendor: Option<&str>, content: &str) {
    let found = read("A.csv", content.as_bytes(), Opens::Required);
    assert_eq!(found, [("A".to_owned(), vendor, BARS.to_owned())]);
}

/// A file of several symbols, whose bars are those of `BARS` for `AGG` and ten times as much for `SPY`.
#[track_caller]
fn reads_two(vendor: Option<&str>, content: &str) {
    let found = read("prices.csv", content.as_bytes(), Opens::Required);
    let spy = "2024-01-02 100 110\n2024-01-03 110 120\n";
    let expected = [("AGG", BARS), ("SPY", spy)]
        .map(|(symbol, bars)| (symbol.to_owned(), vendor, bars.to_owned()));
    assert_eq!(found, expected);
}

#[test]
fn yahoo() {
    reads(
        Some("Yahoo"),
        "Date,Open,High,Low,Close,Adj Close,Volume\n\
         2024-01-02,10,12,9,11,11,100\n2024-01-03,11,13,10,12,12,100\n",
    );
}

#[test]
fn yahoo_s_page_copied_by_hand() {
    reads(
        None,
        "Date\tOpen\tHigh\tLow\tClose*\tAdj Close**\tVolume\n\
         Jan 3, 2024\t11.00\t13.00\t10.00\t12.00\t12.00\t1,000,000\n\
         Jan 2, 2024\t10.00\t12.00\t9.00\t11.00\t11.00\t1,000,000\n"
            .replace("Close*", "Close")
            .as_str()
            .replace("Adj Close**", "Adj Close")
            .replace("Volume", "Vol")
            .as_str(),
    );
}

#[test]
fn yfinance_history() {
    reads(
        Some("yfinance"),
        "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits,Capital Gains\n\
         2024-01-02 00:00:00-05:00,10,12,9,11,100,0.0,0.0,0.0\n\
         2024-01-03 00:00:00-05:00,11,13,10,12,100,0.0,0.0,0.0\n",
    );
}

#[test]
fn yfinance_download_of_one_symbol() {
    reads(
        Some("yfinance"),
        "Price,Close,High,Low,Open,Volume\nTicker,SPY,SPY,SPY,SPY,SPY\nDate,,,,,\n\
         2024-01-02,11,12,9,10,100\n2024-01-03,12,13,10,11,100\n",
    );
}

#[test]
fn yfinance_download_grouped_by_ticker() {
    reads(
        Some("yfinance"),
        "Ticker,SPY,SPY,SPY,SPY,SPY\nPrice,Open,High,Low,Close,Volume\nDate,,,,,\n\
         2024-01-02,10,12,9,11,100\n2024-01-03,11,13,10,12,100\n",
    );
}

#[test]
fn yfinance_download_with_its_index_as_a_column() {
    reads(
        Some("yfinance"),
        "Date,Close,High,Low,Open,Volume\n,SPY,SPY,SPY,SPY,SPY\n\
         2024-01-02,11,12,9,10,100\n2024-01-03,12,13,10,11,100\n",
    );
}

#[test]
fn yfinance_of_old_with_unnamed_levels() {
    reads_two(
        Some("yfinance"),
        ",Close,Close,Open,Open\n,AGG,SPY,AGG,SPY\nDate,,,,\n\
         2024-01-02,11,110,10,100\n2024-01-03,12,120,11,110\n",
    );
}

#[test]
fn yfinance_download_of_several_symbols() {
    reads_two(
        Some("yfinance"),
        "Price,Close,Close,Open,Open\nTicker,AGG,SPY,AGG,SPY\nDate,,,,\n\
         2024-01-02,11,110,10,100\n2024-01-03,12,120,11,110\n",
    );
    reads_two(
        Some("yfinance"),
        "Ticker,SPY,SPY,AGG,AGG\nPrice,Open,Close,Open,Close\nDate,,,,\n\
         2024-01-02,100,110,10,11\n2024-01-03,110,120,11,12\n",
    );
}

#[test]
fn a_symbol_may_be_called_like_a_column() {
    let text = "Price,Close,Close,Open,Open\nTicker,OPEN,TIME,OPEN,TIME\nDate,,,,\n\
                2024-01-02,11,110,10,100\n2024-01-03,12,120,11,110\n";
    let found = read("prices.csv", text.as_bytes(), Opens::Required);
    let symbols: Vec<&str> = found.iter().map(|(symbol, ..)| symbol.as_str()).collect();
    assert_eq!(symbols, ["OPEN", "TIME"]);
    assert_eq!(found[0].2, BARS);
}

#[test]
fn an_index_without_a_name() {
    reads(
        None,
        ",Open,High,Low,Close,Volume\n2024-01-02,10,12,9,11,100\n2024-01-03,11,13,10,12,100\n",
    );
    reads(
        None,
        "Unnamed: 0,Open,Close\n2024-01-02,10,11\n2024-01-03,11,12\n",
    );
}

#[test]
fn stooq() {
    reads(
        Some("Stooq"),
        "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n\
         A.US,D,20240102,000000,10,12,9,11,100,0\nA.US,D,20240103,000000,11,13,10,12,100,0\n",
    );
    reads(
        None,
        "Date,Open,High,Low,Close,Volume\n2024-01-02,10,12,9,11,100\n2024-01-03,11,13,10,12,100\n",
    );
}

#[test]
fn alpha_vantage() {
    reads(
        Some("Alpha Vantage"),
        "timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient\n\
         2024-01-03,11,13,10,12,12,100,0.0000,1.0\n2024-01-02,10,12,9,11,11,100,0.0000,1.0\n",
    );
    reads(
        Some("Alpha Vantage"),
        "timestamp,open,high,low,close,volume\n2024-01-03,11,13,10,12,100\n2024-01-02,10,12,9,11,100\n",
    );
}

#[test]
fn alpaca() {
    reads(
        Some("Alpaca"),
        "symbol,timestamp,open,high,low,close,volume,trade_count,vwap\n\
         SPY,2024-01-02 05:00:00+00:00,10,12,9,11,100,5,10.5\n\
         SPY,2024-01-03 05:00:00+00:00,11,13,10,12,100,5,11.5\n",
    );
}

#[test]
fn massive_flat_files() {
    reads_two(
        Some("Massive"),
        "ticker,volume,open,close,high,low,window_start,transactions\n\
         AGG,100,10,11,12,9,1704171600000000000,5\nSPY,100,100,110,120,90,1704171600000000000,5\n\
         AGG,100,11,12,13,10,1704258000000000000,5\nSPY,100,110,120,130,100,1704258000000000000,5\n",
    );
}

#[test]
fn tiingo() {
    reads(
        Some("Tiingo"),
        "date,close,high,low,open,volume,adjClose,adjHigh,adjLow,adjOpen,adjVolume,divCash,splitFactor\n\
         2024-01-02,11,12,9,10,100,11,12,9,10,100,0.0,1.0\n2024-01-03,12,13,10,11,100,12,13,10,11,100,0.0,1.0\n",
    );
}

#[test]
fn eodhd() {
    reads(
        Some("EODHD"),
        "Date,Open,High,Low,Close,Adjusted_close,Volume\n\
         2024-01-02,10,12,9,11,11,100\n2024-01-03,11,13,10,12,12,100\n",
    );
}

#[test]
fn nasdaq_s_site() {
    reads(
        Some("Nasdaq"),
        "Date,Close/Last,Volume,Open,High,Low\n\
         01/03/2024,$12.00,100,$11.00,$13.00,$10.00\n01/02/2024,$11.00,100,$10.00,$12.00,$9.00\n",
    );
}

#[test]
fn binance_with_and_without_a_header() {
    let rows = |day: i64| {
        format!(
            "{day},10,12,9,11,100,{},1,1,1,1,0\n{},11,13,10,12,100,{},1,1,1,1,0\n",
            day + 86_399_999,
            day + 86_400_000,
            day + 2 * 86_400_000 - 1
        )
    };
    let millis = rows(1_704_153_600_000);
    let header = "open_time,open,high,low,close,volume,close_time,quote_volume,count,\
                  taker_buy_volume,taker_buy_quote_volume,ignore\n";
    reads(Some("Binance"), &format!("{header}{millis}"));
    reads(Some("Binance"), &millis);
    // In microseconds since 2025.
    let micros = "1704153600000000,10,12,9,11,100,1704239999999999,1,1,1,1,0\n\
                  1704240000000000,11,13,10,12,100,1704326399999999,1,1,1,1,0\n";
    reads(Some("Binance"), &format!("{header}{micros}"));
}

#[test]
fn ccxt() {
    reads(
        Some("ccxt"),
        "timestamp,open,high,low,close,volume\n\
         1704153600000,10,12,9,11,100\n1704240000000,11,13,10,12,100\n",
    );
}

#[test]
fn tradingview() {
    reads(
        Some("TradingView"),
        "time,open,high,low,close,Volume\n\
         2024-01-02T09:30:00-05:00,10,12,9,11,100\n2024-01-03T09:30:00-05:00,11,13,10,12,100\n",
    );
    // Its other format: seconds since 1970, here of 14:30 UTC.
    reads(
        Some("TradingView"),
        "time,open,high,low,close,Volume\n1704205800,10,12,9,11,100\n1704292200,11,13,10,12,100\n",
    );
}

#[test]
fn investing_com() {
    reads(
        Some("Investing.com"),
        "\"Date\",\"Price\",\"Open\",\"High\",\"Low\",\"Vol.\",\"Change %\"\n\
         \"01/03/2024\",\"12.00\",\"11.00\",\"13.00\",\"10.00\",\"1.2M\",\"0.1%\"\n\
         \"01/02/2024\",\"11.00\",\"10.00\",\"12.00\",\"9.00\",\"1.2M\",\"0.1%\"\n",
    );
    reads(
        Some("Investing.com"),
        "\"Datum\",\"Zuletzt\",\"Eröffn.\",\"Hoch\",\"Tief\",\"Vol.\",\"+/- %\"\n\
         \"03.01.2024\",\"12,00\",\"11,00\",\"13,00\",\"10,00\",\"\",\"0,10%\"\n\
         \"02.01.2024\",\"11,00\",\"10,00\",\"12,00\",\"9,00\",\"\",\"0,10%\"\n",
    );
}

#[test]
fn metatrader() {
    reads(
        Some("MetaTrader"),
        "<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n\
         2024.01.02\t10\t12\t9\t11\t100\t0\t1\n2024.01.03\t11\t13\t10\t12\t100\t0\t1\n",
    );
    // MetaTrader 4 writes no header, and a time.
    reads(
        None,
        "2024.01.02,00:00,10,12,9,11,100\n2024.01.03,00:00,11,13,10,12,100\n",
    );
}

#[test]
fn quantmod() {
    reads(
        Some("quantmod"),
        "Index,SPY.Open,SPY.High,SPY.Low,SPY.Close,SPY.Volume,SPY.Adjusted\n\
         2024-01-02,10,12,9,11,100,11\n2024-01-03,11,13,10,12,100,12\n",
    );
    reads(
        Some("quantmod"),
        "\"\",\"SPY.Open\",\"SPY.High\",\"SPY.Low\",\"SPY.Close\"\n\
         \"2024-01-02\",10,12,9,11\n\"2024-01-03\",11,13,10,12\n",
    );
    reads_two(
        Some("quantmod"),
        "Index,AGG.Open,AGG.Close,SPY.Open,SPY.Close\n2024-01-02,10,11,100,110\n2024-01-03,11,12,110,120\n",
    );
}

#[test]
fn amibroker() {
    reads(
        Some("AmiBroker"),
        "Ticker,Date/Time,Open,High,Low,Close,Volume\n\
         SPY,2024-01-02,10,12,9,11,100\nSPY,2024-01-03,11,13,10,12,100\n",
    );
    reads(
        Some("AmiBroker"),
        "<TICKER>,<DTYYYYMMDD>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>\n\
         SPY,20240102,10,12,9,11,100\nSPY,20240103,11,13,10,12,100\n",
    );
}

#[test]
fn a_spreadsheet_with_semicolons_and_decimal_commas() {
    reads(
        None,
        "Datum;Eröffnung;Hoch;Tief;Schluss;Volumen\n\
         02.01.2024;10,0;12,0;9,0;11,0;1.000\n03.01.2024;11,0;13,0;10,0;12,0;1.000\n",
    );
    reads(
        None,
        "Date;Open;High;Low;Close\n02.01.2024;10,0;12,0;9,0;11,00\n03.01.2024;11,0;13,0;10,0;12,00\n",
    );
}

#[test]
fn other_languages() {
    reads(
        Some("AKShare"),
        "日期,开盘,收盘,最高,最低,成交量,成交额,振幅,涨跌幅,涨跌额,换手率\n\
         2024-01-02,10,11,12,9,100,1000,1,1,1,1\n2024-01-03,11,12,13,10,100,1000,1,1,1,1\n",
    );
    reads(
        Some("Investing.com"),
        "\"Дата\",\"Цена\",\"Откр.\",\"Макс.\",\"Мин.\",\"Объём\",\"Изм. %\"\n\
         \"03.01.2024\",\"12,00\",\"11,00\",\"13,00\",\"10,00\",\"1,00M\",\"9,09%\"\n\
         \"02.01.2024\",\"11,00\",\"10,00\",\"12,00\",\"9,00\",\"1,00M\",\"0,00%\"\n",
    );
    reads(
        Some("Investing.com"),
        "\"日付け\",\"終値\",\"始値\",\"高値\",\"安値\",\"出来高\",\"変化率 %\"\n\
         \"2024/01/03\",\"12\",\"11\",\"13\",\"10\",\"1.00M\",\"9.09%\"\n\
         \"2024/01/02\",\"11\",\"10\",\"12\",\"9\",\"1.00M\",\"0.00%\"\n",
    );
}

/// The names may be in any order, so that prices are not guessed by their places.
#[test]
fn names_in_a_language_that_is_not_known_are_refused() {
    let dir = folder(&[(
        "A.csv",
        "päivä;avaus;päätös;ylin;alin\n2024-01-02;10;11;12;9\n2024-01-03;11;12;13;10\n".as_bytes(),
    )]);
    let found = check(dir.path(), None).unwrap();
    let error = found.symbols[0].error.as_ref().unwrap().to_string();
    assert!(error.contains("no column is named `Date`"), "{error}");
    assert!(error.contains("`päivä`"), "{error}");
}

#[test]
fn lseg() {
    reads(
        Some("LSEG"),
        "A.N,Price History\n,\nExchange Date,Close,Net,%Chg,Open,Low,High,Volume\n\
         03-Jan-2024,12,1,+9.09%,11,10,13,100\n02-Jan-2024,11,1,+9.09%,10,9,12,100\n",
    );
}

/// A price with a minus is the mean of bid and ask.
#[test]
fn crsp() {
    reads(
        Some("CRSP"),
        "PERMNO,date,TICKER,PRC,VOL,RET,BIDLO,ASKHI,OPENPRC,CFACPR\n\
         10001,20240102,A,11,100,0.1,9,12,10,1\n10001,20240103,A,-12,0,0.09,10,13,11,1\n",
    );
}

/// As text with prices in billionths, and with decimals.
#[test]
fn databento() {
    reads(
        Some("Databento"),
        "ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume,symbol\n\
         1704153600000000000,35,2,1,10000000000,12000000000,9000000000,11000000000,100,A\n\
         1704240000000000000,35,2,1,11000000000,13000000000,10000000000,12000000000,100,A\n",
    );
    reads(
        Some("Databento"),
        "ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume,symbol\n\
         2024-01-02T00:00:00.000000000Z,35,2,1,10.000000000,12.000000000,9.000000000,11.000000000,100,A\n\
         2024-01-03T00:00:00.000000000Z,35,2,1,11.000000000,13.000000000,10.000000000,12.000000000,100,A\n",
    );
}

#[test]
fn financial_modeling_prep_and_marketstack() {
    reads(
        Some("Financial Modeling Prep"),
        "date,open,high,low,close,adjClose,volume,unadjustedVolume,change,changePercent,vwap,label,changeOverTime\n\
         2024-01-03,11,13,10,12,12,100,100,1,9.09,11,\"January 03, 24\",0.09\n\
         2024-01-02,10,12,9,11,11,100,100,1,9.09,11,\"January 02, 24\",0.09\n",
    );
    reads(
        Some("Marketstack"),
        "open,high,low,close,volume,adj_high,adj_low,adj_close,adj_open,adj_volume,split_factor,dividend,symbol,exchange,date\n\
         11,13,10,12,100,13,10,12,11,100,1,0,A,XNAS,2024-01-03T00:00:00+0000\n\
         10,12,9,11,100,12,9,11,10,100,1,0,A,XNAS,2024-01-02T00:00:00+0000\n",
    );
}

#[test]
fn coingecko() {
    let content = "snapped_at,price,market_cap,total_volume\n\
                   2024-01-02 00:00:00 UTC,11,1000,100\n2024-01-03 00:00:00 UTC,12,1000,100\n";
    let dir = folder(&[("A.csv", content.as_bytes())]);
    let loaded = load_around(dir.path(), &["A".to_owned()], &[], Raw, Opens::Unused, None).unwrap();
    assert_eq!(loaded.series[0].close, [11.0, 12.0]);
    assert_eq!(
        check(dir.path(), None).unwrap().symbols[0].vendor,
        Some("CoinGecko")
    );
}

#[test]
fn sharadar() {
    reads_two(
        Some("Sharadar"),
        "ticker,date,open,high,low,close,volume,closeadj,closeunadj,lastupdated\n\
         AGG,2024-01-02,10,12,9,11,100,11,11,2024-02-01\nAGG,2024-01-03,11,13,10,12,100,12,12,2024-02-01\n\
         SPY,2024-01-02,100,120,90,110,100,110,110,2024-02-01\nSPY,2024-01-03,110,130,100,120,100,120,120,2024-02-01\n",
    );
}

#[test]
fn nasdaq_data_link() {
    reads(
        Some("Nasdaq Data Link"),
        "Date,Open,High,Low,Close,Volume,Ex-Dividend,Split Ratio,Adj. Open,Adj. High,Adj. Low,Adj. Close,Adj. Volume\n\
         2024-01-02,10,12,9,11,100,0,1,10,12,9,11,100\n2024-01-03,11,13,10,12,100,0,1,11,13,10,12,100\n",
    );
}

#[test]
fn dukascopy() {
    reads(
        Some("Dukascopy"),
        "Gmt time,Open,High,Low,Close,Volume\n\
         02.01.2024 00:00:00.000,10,12,9,11,100\n03.01.2024 00:00:00.000,11,13,10,12,100\n",
    );
}

/// Exports whose columns are those of many: dates, order and remarks are what is peculiar to them.
#[test]
fn exports_of_brokers_and_sites() {
    for content in [
        // Interactive Brokers
        "date,open,high,low,close,volume,average,barCount\n2024-01-02,10,12,9,11,100,10,5\n2024-01-03,11,13,10,12,100,11,5\n",
        // Barchart
        "Time,Open,High,Low,Last,Change,%Chg,Volume\n01/17/2024,,,,,,,\n01/03/2024,11,13,10,12,1,+9.09%,100\n01/02/2024,10,12,9,11,1,+9.09%,100\n\"Downloaded from Barchart.com as of 01-04-2024 09:02am CST\"\n",
        // The Wall Street Journal
        "Date, Open, High, Low, Close\n01/13/24, , , , \n01/03/24, 11, 13, 10, 12\n01/02/24, 10, 12, 9, 11\n",
        // Macrotrends
        "Macrotrends Data Download\n\nA - Historical Price\n\ndate,open,high,low,close,volume\n2024-01-02,10,12,9,11,100\n2024-01-03,11,13,10,12,100\n",
        // Charles Schwab
        "\"A Daily Price History as of 01/14/2024\"\n\"Date\",\"Open\",\"High\",\"Low\",\"Close\",\"Volume\"\n\"01/13/2024\",,,,,\n\"01/03/2024\",\"11.00\",\"13.00\",\"10.00\",\"12.00\",\"91,173,102\"\n\"01/02/2024\",\"10.00\",\"12.00\",\"9.00\",\"11.00\",\"91,173,102\"\n",
        // HistData, NinjaTrader: no header
        "20240102 000000;10;12;9;11;0\n20240103 000000;11;13;10;12;0\n",
        // Kraken: no header, seconds since 1970
        "1704153600,10,12,9,11,100,5\n1704240000,11,13,10,12,100,5\n",
        // Twelve Data
        "datetime;open;high;low;close;volume\n2024-01-03;11;13;10;12;100\n2024-01-02;10;12;9;11;100\n",
        // National Stock Exchange of India
        "\"Date \",\"series \",\"OPEN \",\"HIGH \",\"LOW \",\"PREV. CLOSE \",\"ltp \",\"close \",\"vwap \"\n\"03-Jan-2024\",\"EQ\",\"11.00\",\"13.00\",\"10.00\",\"11.00\",\"12.00\",\"12.00\",\"11.00\"\n\"02-Jan-2024\",\"EQ\",\"10.00\",\"12.00\",\"9.00\",\"9.00\",\"11.00\",\"11.00\",\"11.00\"\n",
    ] {
        let found = read("A.csv", content.as_bytes(), Opens::Required);
        assert!(found[0].2.starts_with(BARS), "{content}\n{found:?}");
    }
}

#[test]
fn names_of_months() {
    for date in [
        "2-Jan-24|3-Jan-24",
        "Jan 2, 2024|Jan 3, 2024",
        "02 January 2024|03 January 2024",
        "2024-Jan-02|2024-Jan-03",
    ] {
        let (first, second) = date.split_once('|').unwrap();
        reads(
            None,
            &format!("Date,Open,Close\n\"{first}\",10,11\n\"{second}\",11,12\n"),
        );
    }
}

#[test]
fn remarks_above_the_header_and_below_the_rows() {
    reads(
        None,
        "Prices of SPY, made by hand\n\nDate,Open,Close\n2024-01-02,10,11\n2024-01-03,11,12\n\n\
         \"Downloaded from a broker as of 2024-01-04\"\n",
    );
}

#[test]
fn a_long_table() {
    reads_two(
        None,
        "date,symbol,open,high,low,close,volume\n2024-01-02,SPY,100,120,90,110,1\n2024-01-02,AGG,10,12,9,11,1\n\
         2024-01-03,SPY,110,130,100,120,1\n2024-01-03,AGG,11,13,10,12,1\n",
    );
}

#[test]
fn columns_of_two_levels_that_were_flattened() {
    reads_two(
        Some("columns of two levels"),
        "Date,Open_AGG,Close_AGG,Open_SPY,Close_SPY\n2024-01-02,10,11,100,110\n2024-01-03,11,12,110,120\n",
    );
    reads_two(
        Some("yfinance"),
        "Date,\"('Open', 'AGG')\",\"('Close', 'AGG')\",\"('Open', 'SPY')\",\"('Close', 'SPY')\"\n\
         2024-01-02,10,11,100,110\n2024-01-03,11,12,110,120\n",
    );
}

/// Files of closes alone, whose opens are missing.
#[track_caller]
fn reads_closes(
    vendor: Option<&'static str>,
    name: &str,
    content: &str,
    expected: &[(&str, &str)],
) {
    let found = read(name, content.as_bytes(), Opens::Unused);
    let expected: Vec<_> = expected
        .iter()
        .map(|(symbol, bars)| ((*symbol).to_owned(), vendor, (*bars).to_owned()))
        .collect();
    assert_eq!(found, expected);
}

const CLOSES: &str = "2024-01-02 NaN 11\n2024-01-03 NaN 12\n";

#[test]
fn closes_alone() {
    reads_closes(
        None,
        "A.csv",
        "Date,Close\n2024-01-02,11\n2024-01-03,12\n",
        &[("A", CLOSES)],
    );
}

#[test]
fn fred() {
    // By itself such a file is a series; asked for as a symbol it has closes.
    let dir = folder(&[(
        "SP500.csv",
        b"observation_date,SP500\n2024-01-01,.\n2024-01-02,11\n2024-01-03,12\n",
    )]);
    assert_eq!(market_data::series_in(dir.path()).unwrap(), ["SP500"]);
    let symbols = ["SP500".to_owned()];
    let loaded = load_around(dir.path(), &symbols, &[], Raw, Opens::Unused, None).unwrap();
    let expected = "2024-01-01 NaN NaN\n2024-01-02 NaN 11\n2024-01-03 NaN 12\n";
    assert_eq!(crate::as_lines(&loaded.series[0]), expected);
}

#[test]
fn a_wide_table_of_closes() {
    let spy = "2024-01-02 NaN 110\n2024-01-03 NaN 120\n";
    reads_closes(
        None,
        "prices.csv",
        "Date,SPY,AGG\n2024-01-02,110,11\n2024-01-03,120,12\n",
        &[("AGG", CLOSES), ("SPY", spy)],
    );
    // Tickers that are names of columns elsewhere.
    reads_closes(
        None,
        "prices.csv",
        "Date,T,TIME\n2024-01-02,11,110\n2024-01-03,12,120\n",
        &[("T", CLOSES), ("TIME", spy)],
    );
}

#[test]
fn a_symbol_of_a_wide_table_has_bars_on_its_own_days() {
    let found = read(
        "prices.csv",
        b"Price,Close,Close,Open,Open\nTicker,AGG,SPY,AGG,SPY\nDate,,,,\n\
          2024-01-02,11,110,10,100\n2024-01-03,,120,,110\n",
        Opens::Required,
    );
    assert_eq!(found[0].2, "2024-01-02 10 11\n");
}

#[test]
fn a_gzip_archive_of_a_text_file() {
    use std::io::Write;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed
        .write_all(b"Date,Open,Close\n2024-01-02,10,11\n2024-01-03,11,12\n")
        .unwrap();
    let found = read("A.csv.gz", &packed.finish().unwrap(), Opens::Required);
    assert_eq!(found, [("A".to_owned(), None, BARS.to_owned())]);
}

#[test]
fn a_partitioned_folder() {
    let dir = folder(&[]);
    for (part, row) in [
        ("year=2023", "2023-12-29,9,10"),
        ("year=2024", "2024-01-02,10,11"),
    ] {
        let folder = dir.path().join("symbol=SPY").join(part);
        fs::create_dir_all(&folder).unwrap();
        fs::write(
            folder.join("part-0.csv"),
            format!("Date,Open,Close\n{row}\n"),
        )
        .unwrap();
    }
    assert_eq!(symbols_in(dir.path()).unwrap(), ["SPY"]);
    let loaded = market_data::load(dir.path(), &["SPY".to_owned()], Raw).unwrap();
    let days = [
        Date::new(2023, 12, 29).unwrap(),
        Date::new(2024, 1, 2).unwrap(),
    ];
    assert_eq!(loaded.series[0].dates, days);
}

#[test]
fn a_table_of_many_symbols_in_parts() {
    let rows = |day: &str| format!("date,symbol,open,close\n{day},AGG,10,11\n{day},SPY,100,110\n");
    let dir = folder(&[
        ("2024-01-02.csv", rows("2024-01-02").as_bytes()),
        ("2024-01-03.csv", rows("2024-01-03").as_bytes()),
    ]);
    let loaded = market_data::load(dir.path(), &["AGG".to_owned()], Raw).unwrap();
    assert_eq!(
        crate::as_lines(&loaded.series[0]),
        "2024-01-02 10 11\n2024-01-03 10 11\n"
    );
}

#[test]
fn closes_alone_need_a_choice() {
    let dir = folder(&[("A.csv", b"Date,Close\n2024-01-02,11\n2024-01-03,12\n")]);
    let symbols = ["A".to_owned()];
    let refused = load_around(dir.path(), &symbols, &[], Raw, Opens::Required, None).unwrap_err();
    assert!(
        refused
            .to_string()
            .ends_with("closes and no opens, and orders are filled at opens")
    );
    let loaded = load_around(dir.path(), &symbols, &[], Raw, Opens::PreviousClose, None).unwrap();
    assert_eq!(
        crate::as_lines(&loaded.series[0]),
        "2024-01-02 NaN 11\n2024-01-03 11 12\n"
    );
    assert!(
        loaded.notices[0]
            .to_string()
            .ends_with("no column `Open`; each open is the close before it")
    );
}
