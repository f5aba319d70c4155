//! What only statistics.json and the pictures show: digests, exposure and trading over time, and
//! what other costs would have made of the result.

use backtest::Backtest;
use backtest::market::{AssetId, Mark, Market, Session};
use backtest::outcome::Outcome;
use backtest::positions::OpenPosition;
use backtest::statistics::Summary;
use backtest::strategy::{Costs, Strategy};
use serde::{Deserialize, Serialize};
use verdict::timing_luck::TimingLuck;

use crate::milliseconds::{increasing_dates, midnight};
use crate::run::Run;

/// What only statistics.json and the pictures show. It takes a few more runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// Of all that came out: the column `digest` of a sweep's row. `None` when the run stops.
    pub run_digest: Option<String>,
    /// Of the days, symbols, prices and series that the run stepped through.
    pub data_digest: String,
    /// `standard conventions`.
    pub conventions: String,
    /// `commission 5 bp, slippage 3 bp`.
    pub costs: String,
    /// How many assets the universe has.
    pub n_assets: usize,
    /// What was held.
    pub exposure: Exposure,
    /// The sessions with trades.
    pub trading: TradingSessions,
    /// The same strategy at other costs, the lowest first.
    pub cost_sensitivity: Vec<CostCase>,
    /// The same strategy on other days of its schedule, and begun later.
    #[serde(default, skip_serializing_if = "TimingLuck::is_empty")]
    pub timing_luck: TimingLuck,
    /// The value of the starting capital at each close, time-weighted; empty without cash flows, where
    /// it is the equity.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unit_curve: Vec<f64>,
    /// The same of the benchmark.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub benchmark_unit_curve: Vec<f64>,
    /// The risk-free return of each session; empty where it is zero.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub risk_free: Vec<f64>,
}

/// What was held at the closes of some sessions, as shares of the equity; 0 where that is zero.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Exposure {
    /// Every how many sessions; the last session is always there.
    pub every: usize,
    /// Milliseconds of midnight UTC.
    pub times: Vec<i64>,
    /// The assets with the largest mean absolute share, the largest first.
    pub assets: Vec<String>,
    /// For each of these assets, its share at each time; negative when short.
    pub shares: Vec<Vec<f64>>,
    /// The sum of all other assets.
    pub others: Vec<f64>,
    /// How many other assets were held at some time.
    pub n_others: usize,
    /// Sum of absolute shares, at each time.
    pub gross: Vec<f64>,
    /// How many assets were held, at each time.
    pub positions: Vec<usize>,
}

/// The sessions with trades, in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TradingSessions {
    /// Milliseconds of midnight UTC.
    pub times: Vec<i64>,
    /// Orders filled that bought.
    pub buys: Vec<usize>,
    /// Orders filled that sold.
    pub sells: Vec<usize>,
    /// Value of these orders at the prices paid, in currency units.
    pub traded_value: Vec<f64>,
    /// Commission and slippage, in currency units.
    pub costs: Vec<f64>,
}

/// The strategy at other costs, run again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CostCase {
    /// Basis points of slippage on top of what was assumed; `None` when trading is free.
    pub extra_basis_points: Option<f64>,
    /// A fraction.
    pub total_return: Option<f64>,
    /// A fraction a year.
    pub cagr: Option<f64>,
    /// The Sharpe ratio.
    pub sharpe: Option<f64>,
    /// Commission and slippage paid, in currency units.
    pub costs: Option<f64>,
}

/// Assets with a share of their own; the rest are summed.
const MOST_ASSETS: usize = 7;

/// Times at which the exposure is sampled, at most.
const MOST_TIMES: usize = 400;

/// Basis points added to the costs.
const EXTRA: [f64; 8] = [0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];

impl Detail {
    /// Whether its series fit together, as those do that [`Detail::of`] makes.
    ///
    /// # Errors
    ///
    /// The first that does not, by its path in `statistics.json`.
    pub(crate) fn check(&self) -> Result<(), String> {
        let (held, traded) = (&self.exposure, &self.trading);
        let as_many = |of: &str, (name, n): (String, usize), expected: usize| match n == expected {
            true => Ok(()),
            false => Err(format!(
                "`detail.{of}.{name}` has {n} values, and {expected} were expected"
            )),
        };
        increasing_dates("detail.exposure.times", held.times.iter().copied())?;
        increasing_dates("detail.trading.times", traded.times.iter().copied())?;
        let named = |name: &str, n: usize| (name.to_owned(), n);
        as_many(
            "exposure",
            named("shares", held.shares.len()),
            held.assets.len(),
        )?;
        let of_asset = held.shares.iter().enumerate();
        let of_asset = of_asset.map(|(at, shares)| (format!("shares[{at}]"), shares.len()));
        let of_all = [
            named("others", held.others.len()),
            named("gross", held.gross.len()),
            named("positions", held.positions.len()),
        ];
        for series in of_asset.chain(of_all) {
            as_many("exposure", series, held.times.len())?;
        }
        for series in [
            named("buys", traded.buys.len()),
            named("sells", traded.sells.len()),
            named("traded_value", traded.traded_value.len()),
            named("costs", traded.costs.len()),
        ] {
            as_many("trading", series, traded.times.len())?;
        }
        Ok(())
    }

    pub(crate) fn of(run: &Run<'_>) -> Detail {
        let digest = run.backtest.record().ok();
        Detail {
            run_digest: digest.map(|record| format!("{:016x}", record.digest())),
            data_digest: data_digest(run.market()),
            conventions: run.conventions_in_words(),
            costs: run.strategy.costs.in_words(),
            n_assets: run.strategy.assets().len(),
            exposure: Exposure::of(run),
            trading: TradingSessions::of(run),
            cost_sensitivity: cost_sensitivity(run.strategy, run.market()),
            timing_luck: run.timing_luck(),
            unit_curve: unit_curve(Some(run.outcome)),
            benchmark_unit_curve: unit_curve(run.benchmark),
            risk_free: (run.outcome.risk_free.as_ref())
                .map_or_else(Vec::new, |risk_free| risk_free.by_session().to_vec()),
        }
    }
}

fn unit_curve(outcome: Option<&Outcome>) -> Vec<f64> {
    let moved = outcome.filter(|outcome| !outcome.moved_cash.is_empty());
    moved.map_or_else(Vec::new, |outcome| outcome.unit_curve().into_owned())
}

/// The first sixteen hexadecimal digits of the BLAKE3 digest of all that the market holds.
fn data_digest(market: &Market) -> String {
    let mut digest = blake3::Hasher::new();
    for symbol in market.symbols() {
        digest.update(&(symbol.len() as u64).to_le_bytes());
        digest.update(symbol.as_bytes());
    }
    let mut bytes = Vec::with_capacity(16 * market.n_assets() + 4);
    for (session, date) in (0..).map(Session).zip(market.sessions()) {
        bytes.clear();
        bytes.extend(date.epoch_days().to_le_bytes());
        for price in market.opens(session).iter().chain(market.closes(session)) {
            bytes.extend(price.to_bits().to_le_bytes());
        }
        digest.update(&bytes);
    }
    for action in market.actions() {
        digest.update(&action.session.0.to_le_bytes());
        digest.update(&action.asset.0.to_le_bytes());
        for number in [action.split, action.dividend] {
            digest.update(&number.to_bits().to_le_bytes());
        }
    }
    for series in market.all_series() {
        digest.update(series.name.as_bytes());
        for (date, value) in series.dates.iter().zip(&series.values) {
            digest.update(&date.epoch_days().to_le_bytes());
            digest.update(&value.to_bits().to_le_bytes());
        }
    }
    digest.finalize().to_hex().as_str()[..16].to_owned()
}

impl Exposure {
    fn of(run: &Run<'_>) -> Exposure {
        let (outcome, market) = (run.outcome, run.market());
        let n = outcome.equity.len();
        let every = n.div_ceil(MOST_TIMES).max(1);
        // Counted from the end, so that the last session is there.
        let sampled = (0..n).filter(|at| (n - 1 - at).is_multiple_of(every));
        let sampled: Vec<usize> = sampled.collect();
        let first = outcome.sessions().start().index();

        let mut positions = outcome.positions();
        let mut shares: Vec<Vec<(usize, f64)>> = Vec::with_capacity(sampled.len());
        for &at in &sampled {
            let session = Session((first + at) as u32);
            positions.advance_through(Mark::close(session));
            let (closes, equity) = (market.closes(session), outcome.equity[at]);
            let share = |(asset, position): (AssetId, &OpenPosition)| {
                let share = position.quantity * closes[asset.index()] / equity;
                (asset.index(), if share.is_finite() { share } else { 0.0 })
            };
            shares.push(positions.open().map(share).collect());
        }

        let mut sizes = vec![0.0; market.n_assets()];
        for &(asset, share) in shares.iter().flatten() {
            sizes[asset] += share.abs();
        }
        let mut largest: Vec<usize> = (0..sizes.len()).filter(|at| sizes[*at] > 0.0).collect();
        largest.sort_by(|a, b| sizes[*b].total_cmp(&sizes[*a]));
        let n_others = largest.len().saturating_sub(MOST_ASSETS);
        largest.truncate(MOST_ASSETS);
        let share_of = |row: &[(usize, f64)], asset: usize| {
            let found = row.iter().find(|(known, _)| *known == asset);
            found.map_or(0.0, |(_, share)| *share)
        };
        Exposure {
            every,
            times: (sampled.iter())
                .map(|at| midnight(market.date(Session((first + at) as u32))))
                .collect(),
            assets: (largest.iter())
                .map(|asset| market.symbol(AssetId(*asset as u32)).to_owned())
                .collect(),
            shares: (largest.iter())
                .map(|asset| shares.iter().map(|row| share_of(row, *asset)).collect())
                .collect(),
            others: (shares.iter())
                .map(|row| {
                    let others = row.iter().filter(|(asset, _)| !largest.contains(asset));
                    others.map(|(_, share)| share).sum()
                })
                .collect(),
            n_others,
            gross: (shares.iter())
                .map(|row| row.iter().map(|(_, share)| share.abs()).sum())
                .collect(),
            positions: shares.iter().map(Vec::len).collect(),
        }
    }
}

impl TradingSessions {
    fn of(run: &Run<'_>) -> TradingSessions {
        let mut all = TradingSessions::default();
        let fills = &run.outcome.fills;
        for same_session in fills.chunk_by(|a, b| a.mark.session == b.mark.session) {
            let bought = same_session
                .iter()
                .filter(|fill| fill.quantity > 0.0)
                .count();
            let value = |fill: &backtest::Fill| (fill.price * fill.quantity).abs();
            let cost = |fill: &backtest::Fill| {
                fill.commission + (fill.price - fill.market_price) * fill.quantity
            };
            all.times
                .push(midnight(run.market().date(same_session[0].mark.session)));
            all.buys.push(bought);
            all.sells.push(same_session.len() - bought);
            all.traded_value.push(same_session.iter().map(value).sum());
            all.costs.push(same_session.iter().map(cost).sum());
        }
        all
    }
}

/// Runs a strategy without costs, and with more and more slippage on top of its own costs.
fn cost_sensitivity(strategy: &Strategy, market: &Market) -> Vec<CostCase> {
    let free = (None, Costs::NONE);
    let dearer = EXTRA.map(|extra| {
        let slippage_bps = strategy.costs.slippage_bps + extra;
        let costs = Costs {
            slippage_bps,
            ..strategy.costs
        };
        (Some(extra), costs)
    });
    let cases = std::iter::once(free).chain(dearer);
    cases
        .map(|(extra_basis_points, costs)| {
            let varied = Strategy {
                costs,
                ..strategy.clone()
            };
            let record = (varied.bind(market).ok()).and_then(|run: Backtest<'_>| run.record().ok());
            let summary = record.as_ref().and_then(|record| record.summary.as_ref());
            let of = |value: fn(&Summary) -> Option<f64>| {
                summary.and_then(value).filter(|value| value.is_finite())
            };
            CostCase {
                extra_basis_points,
                total_return: of(|summary| Some(summary.total_return)),
                cagr: of(|summary| summary.cagr),
                sharpe: of(|summary| summary.sharpe),
                costs: (record.as_ref()).map(|record| record.commission + record.slippage),
            }
        })
        .collect()
}
