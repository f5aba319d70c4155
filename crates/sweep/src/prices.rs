//! The prices of a sweep, and the markets that trials run on.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use backtest::market::{Market, PriceSeries};
use backtest::strategy::Strategy;

use crate::group_data::GroupData;
use crate::snapshot;

/// Markets kept at a time: as many as there may be threads, in a sweep whose axes change the
/// calendar.
const MOST_MARKETS: usize = 64;

/// The price series of each group of strategies that share a data folder, and the markets made of
/// them so far.
#[derive(Debug)]
pub(crate) struct Prices {
    groups: Vec<GroupData>,
    markets: Mutex<Vec<Known>>,
}

#[derive(Debug)]
struct Known {
    group: usize,
    strategy: Strategy,
    market: MarketToBe,
}

/// A market that one thread makes while the others that need it wait; or why there is none.
type MarketToBe = Arc<OnceLock<Result<Arc<Market>, String>>>;

impl Prices {
    pub(crate) fn new(groups: Vec<GroupData>) -> Prices {
        Prices {
            groups,
            markets: Mutex::default(),
        }
    }

    pub(crate) fn groups(&self) -> &[GroupData] {
        &self.groups
    }

    /// The digest of each series of a group, by its symbol or by `series` and its name.
    pub(crate) fn digests(&self, group: usize) -> impl Iterator<Item = (String, String)> {
        let GroupData { prices, rates } = &self.groups[group];
        let prices = prices.iter().map(|series| {
            let digest = snapshot::series_digest(series).to_hex().to_string();
            (series.symbol.clone(), digest)
        });
        let rates = rates.iter().map(|series| {
            let digest = snapshot::rates_digest(series).to_hex().to_string();
            (format!("series {}", series.name), digest)
        });
        prices.chain(rates)
    }

    /// The history of each series of a group, by its symbol: see [`history`].
    pub(crate) fn histories(&self, group: usize) -> impl Iterator<Item = (String, String)> {
        let series = self.groups[group].prices.iter();
        series.map(|series| (series.symbol.clone(), history(series)))
    }

    /// The market that a backtest of this strategy alone would have.
    pub(crate) fn market(&self, group: usize, strategy: &Strategy) -> Result<Arc<Market>, String> {
        self.market_to_be(group, strategy)
            .get_or_init(|| self.make_market(group, strategy))
            .clone()
    }

    fn market_to_be(&self, group: usize, strategy: &Strategy) -> MarketToBe {
        let mut known = self.markets.lock().unwrap_or_else(PoisonError::into_inner);
        let fits =
            |known: &&Known| known.group == group && have_one_market(&known.strategy, strategy);
        if let Some(found) = known.iter().find(fits) {
            return Arc::clone(&found.market);
        }
        if known.len() >= MOST_MARKETS {
            known.remove(0);
        }
        let market = MarketToBe::default();
        known.push(Known {
            group,
            strategy: strategy.clone(),
            market: Arc::clone(&market),
        });
        market
    }

    fn make_market(&self, group: usize, strategy: &Strategy) -> Result<Arc<Market>, String> {
        let symbols = strategy.symbols();
        let GroupData { prices: all, rates } = &self.groups[group];
        let some;
        let series = if all.iter().all(|series| symbols.contains(&series.symbol)) {
            all.as_slice()
        } else {
            let named = all.iter().filter(|series| symbols.contains(&series.symbol));
            some = named.cloned().collect::<Vec<PriceSeries>>();
            some.as_slice()
        };
        let market = strategy.market(series).map_err(|error| error.to_string())?;
        let named = strategy.series();
        let rates = rates.iter().filter(|series| named.contains(&series.name));
        Ok(Arc::new(market.with_series(rates.cloned().collect())))
    }
}

/// Whether two strategies name the same symbols and series, and step through the same days.
pub(crate) fn have_one_market(a: &Strategy, b: &Strategy) -> bool {
    let calendar = a.conventions.calendar;
    calendar == b.conventions.calendar
        && (a.start.date(), a.end.date()) == (b.start.date(), b.end.date())
        && a.universe.assets == b.universe.assets
        && a.universe.members == b.universe.members
        && a.alpha.named() == b.alpha.named()
        && a.also == b.also
        && a.has_market_like(b)
        && compared(a).eq(compared(b))
        && cash(a) == cash(b)
        && a.series() == b.series()
}

/// The asset whose return cash earns.
fn cash(strategy: &Strategy) -> Option<&str> {
    strategy.cash.as_ref()?.rate.named_symbol()
}

fn compared(strategy: &Strategy) -> impl Iterator<Item = &str> {
    let weights = strategy
        .benchmark
        .iter()
        .flat_map(|benchmark| &benchmark.weights);
    weights.map(|(symbol, _)| symbol.as_str())
}

/// A close this much above or below the one before it is a move.
const MOVE: f64 = 0.005;

/// What tells a price history from all others, year by year: a digest of the days on which it moved by
/// more than half a per cent, and which way, as in `2019:8f3a02c1 2020:55d0b7e9`.
///
/// Prices that are downloaded again are others by a factor with each dividend, and in their last digits
/// with each vendor. It is the same market all the same, and every try on it counts.
fn history(series: &PriceSeries) -> String {
    let closes = series.dates.iter().zip(&series.close);
    let mut closes = closes.filter(|(_, close)| !close.is_nan());
    let Some((_, mut last)) = closes.next() else {
        return String::new();
    };
    let mut years: Vec<(i32, Vec<u8>)> = Vec::new();
    for (date, close) in closes {
        let change = close / last - 1.0;
        last = close;
        let way = match change {
            _ if change > MOVE => b'+',
            _ if change < -MOVE => b'-',
            _ => continue,
        };
        if years.last().is_none_or(|(year, _)| *year != date.year()) {
            years.push((date.year(), Vec::new()));
        }
        if let Some((_, moves)) = years.last_mut() {
            moves.extend(date.epoch_days().to_le_bytes());
            moves.push(way);
        }
    }
    let token = |(year, moves): &(i32, Vec<u8>)| {
        let digest = blake3::hash(moves).to_hex();
        format!("{year}:{}", &digest.as_str()[..8])
    };
    let tokens: Vec<String> = years.iter().map(token).collect();
    tokens.join(" ")
}
