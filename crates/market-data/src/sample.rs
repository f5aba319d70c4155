//! Synthetic daily bars, for trying things out: no price in them was ever paid.
//!
//! Returns are a market factor, a factor for each sector with a slowly changing drift, and noise of
//! their own, each a GARCH(1,1) with fat tails; the bonds lean against the market. Dividends are
//! paid monthly or quarterly and show in the adjusted close, as in Yahoo's files. The same seed
//! gives the same bytes on every platform.

mod calendar;
mod noise;

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use backtest::date::Date;

use diagnostics::{WriteError, write_atomically};
use noise::{Noise, Shocks};

/// A made-up exchange-traded fund and its daily bars.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleAsset {
    /// An invented symbol.
    pub symbol: &'static str,
    /// What it is meant to be like.
    pub description: &'static str,
    /// One for each session since it was listed.
    pub bars: Vec<SampleBar>,
}

/// A day of a made-up asset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampleBar {
    /// The day.
    pub date: Date,
    /// The first price, in whole cents like all but the adjusted close.
    pub open: f64,
    /// The highest price; at least `open` and `close`.
    pub high: f64,
    /// The lowest price; at most `open` and `close`.
    pub low: f64,
    /// The last price.
    pub close: f64,
    /// The last price less all later dividends, to four decimals.
    pub adj_close: f64,
    /// Shares traded.
    pub volume: u64,
}

/// What an asset's path is made of. Rates are fractions a year.
struct Model {
    symbol: &'static str,
    description: &'static str,
    first_close: f64,
    listed: (i32, u32, u32),
    drift: f64,
    beta: f64,
    sector_volatility: f64,
    own_volatility: f64,
    dividends: f64,
    payments: Payments,
}

#[derive(Clone, Copy, PartialEq)]
enum Payments {
    Monthly,
    Quarterly,
}

const FIRST: (i32, u32, u32) = (2014, 1, 2);
const LAST: (i32, u32, u32) = (2023, 12, 29);
const MARKET_VOLATILITY: f64 = 0.15;

#[rustfmt::skip]
const MODELS: [Model; 12] = [
    model("EQUITY",  "the whole stock market",            FIRST, 62.0, 0.080,  1.00, 0.00, 0.015, 0.017, Payments::Quarterly),
    model("BONDS",   "government and corporate bonds",    FIRST, 71.0, 0.032, -0.12, 0.00, 0.038, 0.028, Payments::Monthly),
    model("TECH",    "technology companies",              FIRST, 35.0, 0.125,  1.15, 0.09, 0.050, 0.009, Payments::Quarterly),
    model("ENERGY",  "oil, gas and coal",                 FIRST, 44.0, 0.030,  1.05, 0.20, 0.070, 0.036, Payments::Quarterly),
    model("FINANCE", "banks and insurers",                FIRST, 21.0, 0.075,  1.10, 0.10, 0.050, 0.020, Payments::Quarterly),
    model("HEALTH",  "medicine and care",                 FIRST, 38.0, 0.090,  0.80, 0.08, 0.045, 0.015, Payments::Quarterly),
    model("STAPLE",  "food and household goods",          FIRST, 40.0, 0.065,  0.60, 0.07, 0.040, 0.026, Payments::Quarterly),
    model("RETAIL",  "shops, cars and travel",            FIRST, 46.0, 0.095,  1.10, 0.08, 0.050, 0.011, Payments::Quarterly),
    model("INDUST",  "machines, aircraft and transport",  FIRST, 51.0, 0.080,  1.05, 0.07, 0.045, 0.018, Payments::Quarterly),
    model("BASICS",  "chemicals, metals and paper",       FIRST, 33.0, 0.060,  1.05, 0.10, 0.050, 0.020, Payments::Quarterly),
    model("POWER",   "electricity, gas and water supply", FIRST, 38.0, 0.060,  0.45, 0.11, 0.045, 0.032, Payments::Quarterly),
    model("COMMS",   "media and telephony, listed late",  (2018, 6, 19), 25.0, 0.070, 1.00, 0.10, 0.060, 0.010, Payments::Quarterly),
];

#[expect(
    clippy::too_many_arguments,
    reason = "one row of a table whose columns are the arguments"
)]
const fn model(
    symbol: &'static str,
    description: &'static str,
    listed: (i32, u32, u32),
    first_close: f64,
    drift: f64,
    beta: f64,
    sector_volatility: f64,
    own_volatility: f64,
    dividends: f64,
    payments: Payments,
) -> Model {
    Model {
        symbol,
        description,
        first_close,
        listed,
        drift,
        beta,
        sector_volatility,
        own_volatility,
        dividends,
        payments,
    }
}

/// Makes twelve assets over the ten years from 2014-01-02 to 2023-12-29.
///
/// A stock market, bonds, and ten sectors, one of which starts on 2018-06-19. Days are those of a
/// calendar like New York's.
pub fn generate(seed: u64) -> Vec<SampleAsset> {
    let day = |(year, month, day)| Date::new(year, month, day).expect("the constants are days");
    let sessions = calendar::sessions(day(FIRST), day(LAST));
    let mut market = Shocks::new(Noise::new(seed, 0), MARKET_VOLATILITY);
    let market: Vec<f64> = sessions.iter().map(|_| market.next()).collect();
    MODELS
        .iter()
        .zip(1u64..)
        .map(|(model, number)| {
            // The path before the listing is made and forgotten, so that listing an asset earlier
            // would not change the days it has now.
            let bars = path(model, seed, number, &sessions, &market);
            let listed = day(model.listed);
            SampleAsset {
                symbol: model.symbol,
                description: model.description,
                bars: bars.into_iter().filter(|bar| bar.date >= listed).collect(),
            }
        })
        .collect()
}

fn path(
    model: &Model,
    seed: u64,
    number: u64,
    sessions: &[Date],
    market: &[f64],
) -> Vec<SampleBar> {
    let mut sector = Shocks::new(Noise::new(seed, 3 * number), model.sector_volatility);
    let mut own = Shocks::new(Noise::new(seed, 3 * number + 1), model.own_volatility);
    let mut noise = Noise::new(seed, 3 * number + 2);
    let n_payments = match model.payments {
        Payments::Monthly => 12.0,
        Payments::Quarterly => 4.0,
    };

    let mut trend = 0.0;
    let mut log_close = libm::log(model.first_close);
    let mut close_before = model.first_close;
    let mut bars: Vec<SampleBar> = Vec::with_capacity(sessions.len());
    // What of the price before is left once the day's dividend is paid.
    let mut kept = Vec::with_capacity(sessions.len());
    for (index, (&date, &market)) in sessions.iter().zip(market).enumerate() {
        // Half of a sector's trend is left after some six months: something for momentum to find.
        trend = 0.9945 * trend + 0.11 * model.sector_volatility * noise.normal();
        let drift = (model.drift + trend) / 252.0;
        let shock = model.beta * market + sector.next() + own.next();
        // Nothing falls or rises by more than a quarter in a day.
        let change = (drift + shock).clamp(-0.2, 0.2);

        let is_payday = index > 0 && pays(model.payments, sessions[index - 1], date);
        let dividend = if is_payday {
            rounded(close_before * model.dividends / n_payments, 3)
        } else {
            0.0
        };
        kept.push(1.0 - dividend / close_before);

        let log_before = log_close + libm::log(1.0 - dividend / close_before);
        log_close = log_before + change;
        let log_open = log_before + 0.3 * change + 0.2 * change.abs() * noise.normal();
        let reach = change.abs() + 0.003;
        let log_high = log_open.max(log_close) + 0.4 * reach * noise.normal().abs();
        let log_low = log_open.min(log_close) - 0.4 * reach * noise.normal().abs();
        let [open, high, low, close] =
            [log_open, log_high, log_low, log_close].map(|log| rounded(libm::exp(log), 2));
        let volume = libm::exp(11.0 + 0.35 * noise.normal()) * (1.0 + 25.0 * change.abs());
        bars.push(SampleBar {
            date,
            open,
            high,
            low,
            close,
            adj_close: close,
            volume: volume as u64 * 10,
        });
        close_before = close;
    }

    let mut factor = 1.0;
    for (bar, kept) in bars.iter_mut().zip(&kept).rev() {
        bar.adj_close = rounded(bar.close * factor, 4);
        factor *= kept;
    }
    bars
}

/// Whether a dividend is taken off the price between two sessions: it is on the first session of a
/// month, or of March, June, September and December.
fn pays(payments: Payments, before: Date, today: Date) -> bool {
    let is_new_month = before.month() != today.month();
    is_new_month && (payments == Payments::Monthly || today.month().is_multiple_of(3))
}

fn rounded(value: f64, decimals: i32) -> f64 {
    let scale = [1.0, 10.0, 100.0, 1_000.0, 10_000.0][decimals as usize];
    libm::round(value * scale) / scale
}

/// Writes the assets of [`generate`] in Yahoo's layout, one `SYMBOL.csv` each, and a `README.md`
/// that says what they are. The folder is created; files in it of the same names are replaced.
pub fn write(dir: &Path, seed: u64) -> Result<(), WriteError> {
    fs::create_dir_all(dir).map_err(|source| WriteError {
        path: dir.to_owned(),
        source,
    })?;
    let assets = generate(seed);
    for asset in &assets {
        let path = dir.join(format!("{}.csv", asset.symbol));
        write_atomically(&path, |out| write_bars(out, &asset.bars))?;
    }
    write_atomically(&dir.join("README.md"), |out| {
        write_readme(out, &assets, seed)
    })
}

fn write_bars(out: &mut dyn Write, bars: &[SampleBar]) -> io::Result<()> {
    writeln!(out, "Date,Open,High,Low,Close,Adj Close,Volume")?;
    for bar in bars {
        let SampleBar {
            date,
            open,
            high,
            low,
            close,
            adj_close,
            volume,
        } = bar;
        writeln!(
            out,
            "{date},{open:.2},{high:.2},{low:.2},{close:.2},{adj_close:.4},{volume}"
        )?;
    }
    Ok(())
}

fn write_readme(out: &mut dyn Write, assets: &[SampleAsset], seed: u64) -> io::Result<()> {
    writeln!(
        out,
        "# Synthetic prices\n\n\
         These prices are made up. No asset of these names was ever traded at them, and what a\n\
         strategy earns on them says nothing about any market. They are for learning the program\n\
         and for tests.\n\n\
         The layout is Yahoo's: daily bars, with the close adjusted for dividends in `Adj Close`.\n\
         Returns have a market factor, sector factors, fat tails and clusters of volatility; days\n\
         are those of a calendar like New York's. The seed is {seed}: the same seed gives the same\n\
         files.\n\n\
         | symbol | made to be like | first day | last day | days |\n\
         |---|---|---|---|---|"
    )?;
    for asset in assets {
        let (first, last) = match asset.bars.as_slice() {
            [] => continue,
            [only] => (only, only),
            [first, .., last] => (first, last),
        };
        let (symbol, description) = (asset.symbol, asset.description);
        let (first, last, days) = (first.date, last.date, asset.bars.len());
        writeln!(
            out,
            "| {symbol} | {description} | {first} | {last} | {days} |"
        )?;
    }
    Ok(())
}
