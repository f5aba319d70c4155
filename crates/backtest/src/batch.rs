//! Many backtests on one market: what they have in common is done once.
//!
//! A [`Batch`] is handed strategies, usually one base with different parameters, and gives one
//! [`Record`] for each, with the same bits as each run by itself. It keeps no curve, so its memory
//! does not grow with the number of strategies times sessions.

use crate::backtest::{Backtest, BindError};
use crate::market::{Mark, Market, Session};
use crate::portfolio::Portfolio;
use crate::simulation::{Fill, Observer, Order, RunError, Simulation};
use crate::statistics::{Performance, Summary};
use crate::strategy::Strategy;

/// What a sweep keeps of one backtest.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Equity at the last close, in currency units.
    pub final_equity: f64,
    /// The textbook statistics of the equity curve; `None` when it has no return.
    pub summary: Option<Summary>,
    /// Orders filled.
    pub trades: usize,
    /// Value of all trades at the prices paid, in currency units.
    pub traded_value: f64,
    /// Half of the traded value over mean equity, a year. `None` when mean equity is not positive.
    pub turnover: Option<f64>,
    /// Commission and tax paid, in currency units.
    pub commission: f64,
    /// Currency units lost to slippage and spread.
    pub slippage: f64,
    /// Buys that the cash did not cover.
    pub cuts: usize,
    /// Sessions with a position at the close over all sessions.
    pub time_in_market: f64,
}

/// Why one strategy of a batch has no record.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// It does not fit the market.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// It stopped on the way.
    #[error(transparent)]
    Run(#[from] RunError),
}

impl Record {
    /// A number that two records share if and only if (but for one chance in 2⁶⁴) all of their
    /// numbers are the same to the bit.
    pub fn digest(&self) -> u64 {
        let mut digest = Digest::default();
        let counts = [self.trades as f64, self.cuts as f64, self.time_in_market];
        let money = [
            self.final_equity,
            self.traded_value,
            self.commission,
            self.slippage,
        ];
        digest.add_all(&counts);
        digest.add_all(&money);
        if let Some(summary) = &self.summary {
            let drawdowns = &summary.drawdowns;
            digest.add_all(&[summary.n as f64, summary.mean, summary.total_return]);
            digest.add_all(&[drawdowns.max, drawdowns.mean, drawdowns.ulcer_index]);
            digest.add_all(&[drawdowns.underwater, drawdowns.longest_sessions as f64]);
            for fold in &summary.folds {
                digest.add_all(&[fold.n as f64, fold.sum, fold.squares]);
            }
        }
        digest.0
    }
}

/// Mixes numbers one after another, by the finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
#[derive(Default)]
struct Digest(u64);

impl Digest {
    fn add_all(&mut self, values: &[f64]) {
        for value in values {
            let mut bits = self.0 ^ value.to_bits();
            bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
            bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            self.0 = bits ^ (bits >> 31);
        }
    }
}

/// Gathers a record while a backtest runs.
#[derive(Clone, Debug)]
struct Tally<'m> {
    dates: &'m [crate::date::Date],
    sessions_per_year: f64,
    performance: Performance,
    final_equity: f64,
    equity_sum: f64,
    trades: usize,
    traded_value: f64,
    commission: f64,
    slippage: f64,
    cuts: usize,
    sessions_in_market: usize,
}

impl<'m> Tally<'m> {
    fn new(backtest: &Backtest<'m>) -> Tally<'m> {
        let window = backtest.window();
        let sessions = window.recorded_from.index()..=window.last.index();
        Tally {
            dates: &backtest.market.sessions()[sessions],
            sessions_per_year: backtest.sessions_per_year,
            performance: Performance::start(backtest.initial_cash, window.recorded()),
            final_equity: backtest.initial_cash,
            equity_sum: 0.0,
            trades: 0,
            traded_value: 0.0,
            commission: 0.0,
            slippage: 0.0,
            cuts: 0,
            sessions_in_market: 0,
        }
    }

    fn record(&mut self) -> Record {
        let n = self.dates.len() as f64;
        let mean_equity = self.equity_sum / n;
        let years = n / self.sessions_per_year;
        Record {
            final_equity: self.final_equity,
            summary: self.performance.finish(self.dates, self.sessions_per_year),
            trades: self.trades,
            traded_value: self.traded_value,
            turnover: (mean_equity > 0.0).then(|| self.traded_value / 2.0 / mean_equity / years),
            commission: self.commission,
            slippage: self.slippage,
            cuts: self.cuts,
            time_in_market: self.sessions_in_market as f64 / n,
        }
    }
}

impl Observer for Tally<'_> {
    fn marked(&mut self, _: Session, equity: &[f64], portfolio: &Portfolio) {
        self.performance.push(equity, self.dates);
        self.final_equity = equity[equity.len() - 1];
        self.equity_sum += equity.iter().sum::<f64>();
        if !portfolio.holdings().is_empty() {
            self.sessions_in_market += equity.len();
        }
    }

    fn filled(&mut self, fill: &Fill) {
        self.trades += 1;
        self.traded_value += (fill.price * fill.quantity).abs();
        self.commission += fill.commission;
        self.slippage += (fill.price - fill.market_price) * fill.quantity;
    }

    fn cut(&mut self, _: Mark, _: Order, _: f64) {
        self.cuts += 1;
    }
}

/// Runs strategies on one market.
#[derive(Debug)]
pub struct Batch<'m> {
    market: &'m Market,
    simulation: Simulation,
}

impl<'m> Batch<'m> {
    /// A batch on a market. Keeps its buffers from one [`Batch::run`] to the next.
    pub fn new(market: &'m Market) -> Batch<'m> {
        Batch {
            market,
            simulation: Simulation::default(),
        }
    }

    /// Runs each strategy; the records are in their order. A few hundred strategies at a time are
    /// best: enough to share work, few enough to stay in the cache.
    pub fn run(&mut self, strategies: &[Strategy]) -> Vec<Result<Record, BatchError>> {
        strategies
            .iter()
            .map(|strategy| self.run_one(strategy))
            .collect()
    }

    fn run_one(&mut self, strategy: &Strategy) -> Result<Record, BatchError> {
        let backtest = strategy.bind(self.market)?;
        let mut tally = Tally::new(&backtest);
        self.simulation
            .run(&backtest, &mut *backtest.alpha_model(), &mut tally)?;
        Ok(tally.record())
    }
}

impl Backtest<'_> {
    /// Runs it and keeps what a sweep keeps.
    pub fn record(&self) -> Result<Record, RunError> {
        let mut tally = Tally::new(self);
        Simulation::default().run(self, &mut *self.alpha_model(), &mut tally)?;
        Ok(tally.record())
    }
}
