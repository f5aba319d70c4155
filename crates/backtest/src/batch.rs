//! Many backtests on one market: what they have in common is done once.
//!
//! A [`Batch`] is handed strategies, usually one base with different parameters, and gives one
//! [`Record`] for each, with the same bits as each run by itself. It keeps no curve, so its memory
//! does not grow with the number of strategies times sessions.

use std::collections::HashMap;
use std::sync::Arc;

use ::statistics::period_sums::{BoundariesFn, PeriodSums, PeriodSumsBuilder, YardstickReturns};
use ::statistics::random::mix;

use crate::alpha::AlphaModel;
use crate::backtest::Backtest;
use crate::bind_error::BindError;
use crate::cash_flows::MovedCash;
use crate::crossings::{Crossings, can_skip_decisions, slow_average};
use crate::date::Date;
use crate::frame::Frame;
use crate::interest::Financing;
use crate::market::{Mark, Market, Session};
use crate::observer::{CashCurve, Observer, Ruin, RunningBacktest};
use crate::orders::{Order, Traded};
use crate::portfolio::Portfolio;
use crate::run_error::RunError;
use crate::shared_signals::provide;
use crate::signal_tables::{SharedSignals, Signal, SignalsRead};
use crate::simulation::{Simulation, is_batchable_with};
use crate::statistics::{Performance, Summary, turnover};
use crate::strategy::{Cash, RiskFreeRate, Strategy};
use crate::yardsticks::YardstickCache;

/// What a sweep keeps of one backtest.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
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
    /// When the account lost everything, if it did. Its summary is `None` then: no ratio is defined.
    pub ruined: Option<Date>,
    /// Sums over periods, if the batch was asked for them.
    pub period_sums: Option<PeriodSums>,
}

/// Why one strategy of a batch has no record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
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
    #[must_use]
    pub fn digest(&self) -> u64 {
        let mut digest = 0;
        let mut add_all = |values: &[f64]| {
            for value in values {
                digest = mix(digest ^ value.to_bits());
            }
        };
        let counts = [self.trades as f64, self.cuts as f64, self.time_in_market];
        let money = [
            self.final_equity,
            self.traded_value,
            self.commission,
            self.slippage,
        ];
        add_all(&counts);
        add_all(&money);
        add_all(&[self.ruined.map_or(0.0, |day| day.epoch_days().into())]);
        if let Some(summary) = &self.summary {
            let drawdowns = &summary.drawdowns;
            add_all(&[summary.n as f64, summary.mean, summary.total_return]);
            add_all(&[drawdowns.max, drawdowns.mean, drawdowns.ulcer_index]);
            add_all(&[drawdowns.underwater, drawdowns.longest_sessions as f64]);
            for fold in &summary.folds {
                add_all(&[fold.n as f64, fold.sum, fold.squares]);
            }
        }
        digest
    }
}

/// Gathers a record while a backtest runs.
#[derive(Clone, Debug)]
struct Tally<'m> {
    market: &'m Market,
    dates: &'m [Date],
    sessions_per_year: f64,
    performance: Performance,
    final_equity: f64,
    cuts: usize,
    sessions_in_market: usize,
    initial_cash: f64,
    ruined: Option<Date>,
    period_sums: PeriodSumsBuilder,
    /// Where money is paid in or withdrawn.
    units: Option<Units>,
}

/// What a tally keeps of an account that money is paid into or withdrawn from.
#[derive(Clone, Debug, Default)]
struct Units {
    /// The value of one unit of the account over its equity; `None` before the first flow.
    unit: Option<f64>,
    /// The sum of the equity so far, in currency units.
    sum: f64,
    /// Memory for the value of one unit.
    curve: Vec<f64>,
}

impl<'m> Tally<'m> {
    fn new(
        backtest: &Backtest<'m>,
        boundaries: Option<BoundariesFn>,
        yardsticks: Option<Arc<YardstickReturns>>,
    ) -> Tally<'m> {
        let window = backtest.window();
        let sessions = window.recorded_from.index()..=window.last.index();
        Tally {
            market: backtest.market,
            dates: &backtest.market.sessions()[sessions],
            sessions_per_year: backtest.sessions_per_year(),
            performance: Performance::start(backtest.initial_cash, window.recorded())
                .over(backtest.risk_free().cloned()),
            final_equity: backtest.initial_cash,
            cuts: 0,
            sessions_in_market: 0,
            initial_cash: backtest.initial_cash,
            ruined: None,
            period_sums: (PeriodSumsBuilder::new(boundaries))
                .over(backtest.risk_free().cloned())
                .against(yardsticks),
            units: (!backtest.cash_flows.is_empty()).then(Units::default),
        }
    }

    /// * `lane`: of what the simulation has traded.
    fn record<const L: usize>(&mut self, traded: &Traded<L>, lane: usize) -> Record {
        let n = self.dates.len() as f64;
        let summary = self.performance.finish(self.dates, self.sessions_per_year);
        let summary = summary.filter(|_| self.ruined.is_none());
        let traded_value = traded.value[lane];
        let mean_equity = summary.map(|summary| match &self.units {
            None => summary.mean_wealth,
            Some(units) => units.sum / n,
        });
        Record {
            final_equity: self.final_equity,
            turnover: turnover(traded_value, mean_equity, n / self.sessions_per_year),
            summary,
            trades: traded.trades[lane] as usize,
            traded_value,
            commission: traded.commission[lane],
            slippage: traded.slippage[lane],
            cuts: self.cuts,
            time_in_market: self.sessions_in_market as f64 / n,
            ruined: self.ruined,
            period_sums: self.period_sums.finish(),
        }
    }
}

impl Observer for Tally<'_> {
    const WATCHES_FILLS: bool = false;

    fn marked(&mut self, _: Session, equity: &[f64], _: CashCurve<'_>, portfolio: Portfolio<'_>) {
        self.final_equity = equity[equity.len() - 1];
        let curve = match &mut self.units {
            None => equity,
            Some(units) => {
                let unit = units.unit.unwrap_or(1.0);
                units.curve.clear();
                units
                    .curve
                    .extend(equity.iter().map(|equity| equity * unit));
                units.sum = equity.iter().fold(units.sum, |sum, equity| sum + equity);
                &units.curve
            }
        };
        self.performance.push(curve, self.dates);
        self.period_sums.push(self.initial_cash, curve, self.dates);
        if !portfolio.holdings.is_empty() {
            self.sessions_in_market += equity.len();
        }
    }

    fn moved_cash(&mut self, moved: &MovedCash) {
        if let Some(units) = &mut self.units {
            units.unit = Some(moved.unit);
        }
    }

    fn cut(&mut self, _: Mark, _: Order, _: f64) {
        self.cuts += 1;
    }

    fn ruined(&mut self, ruin: Ruin) {
        self.ruined = Some(self.market.date(ruin.session));
    }
}

/// Runs strategies on one market, and remembers what several of them need: frames (sessions,
/// decisions, universe) and tables of signals.
pub struct Batch {
    market: Arc<Market>,
    boundaries: Option<BoundariesFn>,
    shared: Vec<(Arc<Frame>, Arc<SharedSignals>)>,
    rates: Vec<KnownFinancing>,
    simulations: Vec<Simulation<LANES>>,
    alone: Simulation<1>,
    crossings: Crossings,
    yardsticks: YardstickCache,
}

/// A strategy that is bound: its position among those of the run, and its yardsticks.
struct Ready<'m> {
    index: usize,
    backtest: Backtest<'m>,
    yardsticks: Option<Arc<YardstickReturns>>,
}

/// What cash earns in one frame.
struct KnownFinancing {
    frame: Arc<Frame>,
    cash: Option<Cash>,
    risk_free: Option<RiskFreeRate>,
    financing: Financing,
}

/// Rates remembered. A sweep may vary them.
const RATES: usize = 32;

/// Backtests in one simulation: as many as a wide register has numbers.
const LANES: usize = 8;

/// Simulations that go through the market together, so that the stretch that they all hold through
/// stays in the cache.
const SIMULATIONS: usize = 4;

/// Frames remembered. A sweep that varies its dates makes one for each trial.
const FRAMES: usize = 8;

impl Batch {
    /// A batch on a market. Keeps what it has computed from one [`Batch::run`] to the next.
    pub fn new(market: Arc<Market>) -> Batch {
        Batch {
            market,
            boundaries: None,
            shared: Vec::new(),
            rates: Vec::new(),
            simulations: Vec::new(),
            alone: Simulation::default(),
            crossings: Crossings::default(),
            yardsticks: YardstickCache::default(),
        }
    }

    /// The same, and every record has sums over the periods between `boundaries`, and of products with
    /// the returns of its yardsticks.
    #[must_use]
    pub fn with_period_sums(self, boundaries: BoundariesFn) -> Batch {
        Batch {
            boundaries: Some(boundaries),
            ..self
        }
    }

    /// The market that it runs on.
    pub fn market(&self) -> &Arc<Market> {
        &self.market
    }

    /// Runs each strategy; the records are in their order. A few hundred strategies at a time are
    /// best: enough to share work, few enough to stay in the cache.
    pub fn run(&mut self, strategies: &[Strategy]) -> Vec<Result<Record, BatchError>> {
        let market = Arc::clone(&self.market);
        let bound: Vec<Result<Backtest<'_>, BatchError>> = strategies
            .iter()
            .map(|strategy| self.bind(strategy, &market))
            .collect();
        let mut records = Vec::with_capacity(strategies.len());
        let mut rest = bound.into_iter().zip(strategies).peekable();
        while rest.peek().is_some() {
            // As many as have room for their formulas; one in any case.
            let (mut together, mut bytes) = (Vec::new(), 0);
            while let Some((backtest, _)) = rest.peek() {
                bytes += backtest.as_ref().map_or(0, formula_bytes);
                if bytes > FORMULAS && !together.is_empty() {
                    break;
                }
                together.extend(rest.next());
            }
            let (mut bound, strategies): (Vec<_>, Vec<_>) = together.into_iter().unzip();
            records.extend(self.run_bound(&mut bound, &strategies, &market));
        }
        records
    }

    fn run_bound<'m>(
        &mut self,
        bound: &mut Vec<Result<Backtest<'m>, BatchError>>,
        strategies: &[&Strategy],
        market: &'m Arc<Market>,
    ) -> Vec<Result<Record, BatchError>> {
        self.share_signals(bound);
        let mut records: Vec<Option<Result<Record, BatchError>>> =
            bound.iter().map(|_| None).collect();
        let mut ready = Vec::with_capacity(bound.len());
        for (index, backtest) in bound.drain(..).enumerate() {
            match backtest {
                Ok(backtest) => {
                    let strategy = &strategies[index];
                    let asked = self.boundaries.is_some();
                    ready.push(Ready {
                        index,
                        yardsticks: (asked.then(|| self.yardsticks.of(strategy, market))).flatten(),
                        backtest,
                    });
                }
                Err(error) => records[index] = Some(Err(error)),
            }
        }
        // Those that read the same table one after another, while it is in the cache.
        ready.sort_by_key(|ready| slow_average(&ready.backtest));
        let mut rest = &ready[..];
        while let Some(first) = rest.first() {
            let alike = rest.iter().take_while(|ready| {
                !can_skip_decisions(&ready.backtest)
                    && is_batchable_with(&first.backtest, &ready.backtest)
            });
            let together = alike.take(LANES * SIMULATIONS).count() / LANES * LANES;
            let (group, later) = rest.split_at(together.max(1));
            let of_group = match group {
                [alone] => vec![self.run_alone(alone)],
                _ => self.run_side_by_side(group.as_chunks().0),
            };
            for (ready, record) in group.iter().zip(of_group) {
                records[ready.index] = Some(record);
            }
            rest = later;
        }
        records
            .into_iter()
            .map(|record| record.expect("every strategy has been run"))
            .collect()
    }

    fn bind<'m>(
        &mut self,
        strategy: &Strategy,
        market: &'m Market,
    ) -> Result<Backtest<'m>, BatchError> {
        let known = self.shared.iter().find(|(frame, _)| frame.fits(strategy));
        let frame = match known {
            Some((frame, _)) => Arc::clone(frame),
            None => {
                let frame = Frame::new(strategy, market)?;
                if self.shared.len() == FRAMES {
                    self.shared.remove(0);
                }
                self.shared.push((Arc::clone(&frame), Arc::default()));
                frame
            }
        };
        let rates = &mut self.rates;
        let financing = |strategy: &Strategy, bound: &Frame, market: &Market| {
            if strategy.cash.is_none() && strategy.risk_free.is_none() {
                return Ok(Financing::default());
            }
            let known = rates.iter().find(|known| {
                std::ptr::eq(&*known.frame, bound)
                    && known.cash == strategy.cash
                    && known.risk_free == strategy.risk_free
            });
            if let Some(known) = known {
                return Ok(known.financing.clone());
            }
            let financing = Financing::bind(strategy, bound, market)?;
            if rates.len() == RATES {
                rates.remove(0);
            }
            rates.push(KnownFinancing {
                frame: Arc::clone(&frame),
                cash: strategy.cash.clone(),
                risk_free: strategy.risk_free.clone(),
                financing: financing.clone(),
            });
            Ok(financing)
        };
        Ok(strategy.bind_in(Arc::clone(&frame), market, financing)?)
    }

    /// Gives backtests of one frame the signals that two of them read.
    fn share_signals(&mut self, bound: &mut [Result<Backtest<'_>, BatchError>]) {
        for (frame, signals) in &mut self.shared {
            let mut wanted: HashMap<Signal, usize> = HashMap::new();
            let of_frame = |backtest: &&Backtest<'_>| Arc::ptr_eq(&backtest.frame, frame);
            for backtest in bound.iter().flatten().filter(of_frame) {
                // A ranking is read by its lookback; the deepest serves all.
                for signal in backtest.alpha.signals(frame.universe.len()) {
                    *wanted.entry(signal).or_default() += 1;
                }
            }
            let Some(example) = bound.iter().flatten().find(of_frame).cloned() else {
                continue;
            };
            let mut wanted: Vec<Signal> = deepest(wanted);
            wanted.sort_unstable();
            provide(Arc::make_mut(signals), &example, &wanted);
            for backtest in bound.iter_mut().flatten() {
                if Arc::ptr_eq(&backtest.frame, frame) {
                    let read = backtest.alpha.signals(frame.universe.len());
                    let named = backtest.alpha.named_signals();
                    backtest.signals = Some(SignalsRead::new(signals, &read, &named));
                }
            }
        }
    }

    fn run_alone(&mut self, ready: &Ready<'_>) -> Result<Record, BatchError> {
        let backtest = &ready.backtest;
        let mut tally = Tally::new(backtest, self.boundaries.clone(), ready.yardsticks.clone());
        let mut model = backtest.alpha_model();
        // Found just before they are used, while the averages are at hand.
        let active = self.crossings.decisions(backtest);
        let simulation = &mut self.alone;
        simulation.run_through(backtest, active, &mut *model, &mut tally)?;
        Ok(tally.record(simulation.traded(), 0))
    }

    /// Steps backtests through the market together, decision by decision.
    fn run_side_by_side(
        &mut self,
        groups: &[[Ready<'_>; LANES]],
    ) -> Vec<Result<Record, BatchError>> {
        if self.simulations.len() < groups.len() {
            self.simulations
                .resize_with(groups.len(), Simulation::default);
        }
        let backtests = || groups.as_flattened().iter().map(|ready| &ready.backtest);
        let mut models: Vec<_> = backtests().map(Backtest::alpha_model).collect();
        let all = groups.as_flattened().iter();
        let yardsticks = all.map(|ready| ready.yardsticks.clone());
        let tally =
            |(backtest, yardsticks)| Tally::new(backtest, self.boundaries.clone(), yardsticks);
        let mut tallies: Vec<_> = backtests().zip(yardsticks).map(tally).collect();
        let mut each = backtests().zip(&mut models).zip(&mut tallies);
        let mut runs: Vec<[RunningBacktest<'_, '_, Tally<'_>>; LANES]> =
            Vec::with_capacity(groups.len());
        for _ in groups {
            runs.push(std::array::from_fn(|_| {
                let ((backtest, model), tally) = each.next().expect("as many as there are lanes");
                RunningBacktest::new(backtest, &mut **model, tally)
            }));
        }
        let mut simulations: Vec<_> = self.simulations.iter_mut().zip(&mut runs).collect();
        for (simulation, runs) in &mut simulations {
            simulation.start(runs);
        }
        for decision in 0..groups[0][0].backtest.decisions().len() {
            for (simulation, runs) in &mut simulations {
                simulation.advance(runs, decision);
            }
        }
        let mut records = Vec::with_capacity(LANES * groups.len());
        for (simulation, runs) in &mut simulations {
            simulation.finish(runs);
            for (lane, run) in runs.iter_mut().enumerate() {
                records.push(match run.failed.take() {
                    None => Ok(run.observer.record(simulation.traded(), lane)),
                    Some(error) => Err(error.into()),
                });
            }
        }
        records
    }
}

/// Memory for the formulas of backtests that run together.
const FORMULAS: usize = 256 << 20;

/// What the formulas of a backtest take at most, by themselves.
fn formula_bytes(backtest: &Backtest<'_>) -> usize {
    let assets = backtest.frame.universe.len();
    let formulas = backtest.alpha.signals(assets).into_iter();
    let formulas = formulas.filter(|signal| matches!(signal, Signal::Formula(_)));
    // A part of a formula may be needed at every session.
    let rows = backtest.decisions().len().max(backtest.window().recorded());
    formulas.count() * 2 * 8 * rows * assets
}

/// Signals that more than one backtest reads; of rankings by one lookback the deepest.
fn deepest(wanted: HashMap<Signal, usize>) -> Vec<Signal> {
    let mut signals: Vec<Signal> = Vec::new();
    let mut rankings: HashMap<u32, (usize, usize)> = HashMap::new();
    for (signal, readers) in wanted {
        match signal {
            Signal::MomentumRanking { lookback, depth } => {
                let (deepest, count) = rankings.entry(lookback).or_default();
                *deepest = depth.max(*deepest);
                *count += readers;
            }
            Signal::Formula(_) => signals.push(signal),
            _ if readers > 1 => signals.push(signal),
            _ => {}
        }
    }
    let shared = rankings
        .into_iter()
        .filter(|(_, (_, readers))| *readers > 1);
    signals
        .extend(shared.map(|(lookback, (depth, _))| Signal::MomentumRanking { lookback, depth }));
    signals
}

impl Backtest<'_> {
    /// Runs it and keeps what a sweep keeps.
    pub fn record(&self) -> Result<Record, RunError> {
        self.record_with(&mut *self.alpha_model())
    }

    /// As [`Backtest::record`], with a custom alpha model in place of the strategy's.
    pub fn record_with(&self, alpha: &mut dyn AlphaModel) -> Result<Record, RunError> {
        self.record_of(alpha, None, None)
    }

    /// The same, with sums over the periods between `boundaries`, and of products with the returns of
    /// yardsticks.
    pub fn record_with_period_sums(
        &self,
        alpha: &mut dyn AlphaModel,
        boundaries: BoundariesFn,
        yardsticks: Option<Arc<YardstickReturns>>,
    ) -> Result<Record, RunError> {
        self.record_of(alpha, Some(boundaries), yardsticks)
    }

    fn record_of(
        &self,
        alpha: &mut dyn AlphaModel,
        boundaries: Option<BoundariesFn>,
        yardsticks: Option<Arc<YardstickReturns>>,
    ) -> Result<Record, RunError> {
        let with_formulas = self.with_formulas();
        let backtest = with_formulas.as_ref().unwrap_or(self);
        let mut tally = Tally::new(backtest, boundaries, yardsticks);
        let mut simulation = Simulation::<1>::default();
        simulation.run(backtest, alpha, &mut tally)?;
        Ok(tally.record(simulation.traded(), 0))
    }
}
