//! The prices of a sweep: a snapshot in its folder, and the markets that trials run on.
//!
//! ```text
//! "GFPRICE1"  groups (4)
//! per group   series (4)
//! per series  symbol  days (8)  dates (4 each)  opens (8 each)  closes (8 each)
//! digest of all this (32)
//! ```
//!
//! Little-endian; a text has its length (4) before it. Every bit of every price is kept.

use std::sync::{Arc, Mutex, PoisonError};

use backtest::date::Date;
use backtest::market::{Market, PriceSeries};
use backtest::strategy::{Alpha, Strategy};

use crate::bytes::{Bytes, put_text, seal, sealed};

const MAGIC: &[u8; 8] = b"GFPRICE1";

/// Markets kept at a time: as many as there may be threads, in a sweep whose axes change the
/// calendar.
const MOST_MARKETS: usize = 64;

/// The price series of each group of strategies that share a data folder, and the markets made of
/// them so far.
#[derive(Debug)]
pub(crate) struct Prices {
    groups: Vec<Vec<PriceSeries>>,
    markets: Mutex<Vec<Known>>,
}

#[derive(Debug)]
struct Known {
    group: usize,
    strategy: Strategy,
    market: Arc<Market>,
}

impl Prices {
    pub(crate) fn new(groups: Vec<Vec<PriceSeries>>) -> Prices {
        Prices {
            groups,
            markets: Mutex::default(),
        }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let days = self
            .groups
            .iter()
            .flatten()
            .map(|series| series.dates.len());
        let mut out = Vec::with_capacity(days.sum::<usize>() * 20 + (1 << 16));
        out.extend(MAGIC);
        out.extend((self.groups.len() as u32).to_le_bytes());
        for group in &self.groups {
            out.extend((group.len() as u32).to_le_bytes());
            for series in group {
                put_series(&mut out, series);
            }
        }
        seal(&mut out);
        out
    }

    /// `None` when the file is truncated, changed or something else.
    pub(crate) fn decode(file: &[u8]) -> Option<Prices> {
        let mut bytes = Bytes(sealed(file)?);
        if bytes.array() != Some(*MAGIC) {
            return None;
        }
        let groups = (0..bytes.u32()?)
            .map(|_| {
                (0..bytes.u32()?)
                    .map(|_| series(&mut bytes))
                    .collect::<Option<Vec<_>>>()
            })
            .collect::<Option<Vec<_>>>()?;
        bytes.0.is_empty().then(|| Prices::new(groups))
    }

    /// The digest of each series of a group, by its symbol.
    pub(crate) fn digests(&self, group: usize) -> impl Iterator<Item = (String, String)> {
        self.groups[group].iter().map(|series| {
            let mut bytes = Vec::new();
            put_series(&mut bytes, series);
            let digest = blake3::hash(&bytes).to_hex().to_string();
            (series.symbol.clone(), digest)
        })
    }

    /// The market that a backtest of this strategy alone would have.
    pub(crate) fn market(&self, group: usize, strategy: &Strategy) -> Result<Arc<Market>, String> {
        let known = || self.markets.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known().iter().find_map(|known| {
            let fits = known.group == group && have_one_market(&known.strategy, strategy);
            fits.then(|| known.market.clone())
        });
        if let Some(market) = found {
            return Ok(market);
        }
        let symbols = strategy.symbols();
        let all = &self.groups[group];
        let some;
        let series = if all.iter().all(|series| symbols.contains(&series.symbol)) {
            all.as_slice()
        } else {
            let named = all.iter().filter(|series| symbols.contains(&series.symbol));
            some = named.cloned().collect::<Vec<PriceSeries>>();
            some.as_slice()
        };
        let market = strategy.market(series).map_err(|error| error.to_string())?;
        let market = Arc::new(market);
        let mut known = known();
        if known.len() >= MOST_MARKETS {
            known.remove(0);
        }
        known.push(Known {
            group,
            strategy: strategy.clone(),
            market: market.clone(),
        });
        Ok(market)
    }
}

/// Whether two strategies name the same symbols and step through the same days.
pub(crate) fn have_one_market(a: &Strategy, b: &Strategy) -> bool {
    let calendar = a.conventions.calendar;
    calendar == b.conventions.calendar
        && (a.start.date(), a.end.date()) == (b.start.date(), b.end.date())
        && a.universe.assets == b.universe.assets
        && weighed(&a.alpha).eq(weighed(&b.alpha))
        && compared(a).eq(compared(b))
}

fn weighed(alpha: &Alpha) -> impl Iterator<Item = &str> {
    let (fixed, scheduled) = match alpha {
        Alpha::FixedWeights { weights } => (weights.as_slice(), &[][..]),
        Alpha::ScheduledWeights { table } => (&[][..], table.as_slice()),
        _ => (&[][..], &[][..]),
    };
    let scheduled = scheduled.iter().flat_map(|(_, weights)| weights);
    fixed
        .iter()
        .chain(scheduled)
        .map(|(symbol, _)| symbol.as_str())
}

fn compared(strategy: &Strategy) -> impl Iterator<Item = &str> {
    let weights = strategy
        .benchmark
        .iter()
        .flat_map(|benchmark| &benchmark.weights);
    weights.map(|(symbol, _)| symbol.as_str())
}

fn put_series(out: &mut Vec<u8>, series: &PriceSeries) {
    put_text(out, &series.symbol);
    out.extend((series.dates.len() as u64).to_le_bytes());
    for date in &series.dates {
        out.extend(date.epoch_days().to_le_bytes());
    }
    for price in series.open.iter().chain(&series.close) {
        out.extend(price.to_bits().to_le_bytes());
    }
}

fn series(bytes: &mut Bytes<'_>) -> Option<PriceSeries> {
    let symbol = bytes.text()?.to_owned();
    let days = usize::try_from(bytes.u64()?).ok()?;
    let dates = bytes.take(days.checked_mul(4)?)?.as_chunks().0.iter();
    let dates = dates.map(|day| Date::from_epoch_days(i32::from_le_bytes(*day)));
    let dates = dates.collect::<Option<Vec<_>>>()?;
    let mut prices = || {
        let prices = bytes.take(days.checked_mul(8)?)?.as_chunks().0.iter();
        Some(prices.map(|price| f64::from_le_bytes(*price)).collect())
    };
    Some(PriceSeries {
        symbol,
        dates,
        open: prices()?,
        close: prices()?,
    })
}
