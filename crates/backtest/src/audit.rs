//! The look-ahead audit: does anything that a backtest did depend on prices that were not known yet?
//!
//! [`AsOf`](crate::alpha::AsOf) ends at the decision, but a model may carry data of its own: signals
//! computed beforehand over all prices, a table with tomorrow in it. So the backtest is run again on
//! prices whose future has been cut off or altered, at many dates, with a model rebuilt from these
//! prices. Everything before the date must be the same to the bit. Then the backtest is run with old
//! signals, late trades and other costs, to show how much of the result is left.
//!
//! The audit cannot detect a model that reads its prices elsewhere, where nothing is altered. Such a
//! model gives the same weights on any prices, which [`Audit::follows_prices`] reports, or foresees returns
//! better than any signal could, which [`Audit::foresight`] does.

mod foresight;
mod future;
mod late;

use std::sync::Arc;

use crate::alpha::{AlphaError, AlphaModel};
use crate::backtest::Backtest;
use crate::batch::Record;
use crate::bind_error::BindError;
use crate::conventions::FillTime;
use crate::date::Moment;
use crate::market::{AlignError, AssetId, Mark, Market, Observations, PriceSeries, Session};
use crate::outcome::{Allocation, Outcome};
use crate::run_error::RunError;
use crate::simulation::Simulation;
use crate::strategy::{Costs, SessionsPerYear, Strategy};

pub use foresight::Foresight;
pub use future::Future;
use late::Late;

/// What a look-ahead audit found.
#[derive(Debug)]
#[non_exhaustive]
pub struct Audit {
    /// The first difference between two runs on the same prices. A model that does not repeat its
    /// weights cannot be audited: then `dates` is empty.
    pub not_repeated: Option<Difference>,
    /// The moments after which the future was taken away, in order.
    pub dates: Vec<Moment>,
    /// Where that changed something before the moment, in order.
    pub found: Vec<LookAhead>,
    /// Whether the weights change when all prices change, from the first session on.
    pub follows_prices: bool,
    /// Whether the weights differ between decisions.
    pub weights_vary: bool,
    /// How well the weights foresee the returns that follow them; `None` where that is undefined.
    pub foresight: Option<Foresight>,
    /// Whether orders decided at a close are filled at that very close: by convention, not by mistake,
    /// that is a look-ahead of one close.
    pub fills_at_the_deciding_close: bool,
    /// The backtest as it is, then with old signals, late trades and other costs.
    pub variations: Vec<Variation>,
}

/// A result that changed although only later prices did.
#[derive(Debug)]
#[non_exhaustive]
pub struct LookAhead {
    /// The last moment whose prices were left unchanged.
    pub until: Moment,
    /// How the prices after it were changed.
    pub future: Future,
    /// The earliest difference.
    pub difference: Difference,
}

/// The earliest difference between two runs.
#[derive(Debug)]
#[non_exhaustive]
pub struct Difference {
    /// When.
    pub when: Moment,
    /// What.
    pub what: What,
}

/// What two runs differ in. `before` is the run on the prices as they are.
#[derive(Debug)]
pub enum What {
    /// A target weight; `None` where the asset was not named.
    Weight {
        /// The asset.
        symbol: String,
        /// On the prices as they are.
        before: Option<f64>,
        /// On the others.
        after: Option<f64>,
    },
    /// The shares, price or fee of a trade, or whether there was one.
    Trade {
        /// The asset.
        symbol: String,
    },
    /// Equity at a close, in currency units.
    Equity {
        /// On the prices as they are.
        before: f64,
        /// On the others.
        after: f64,
    },
    /// The run on the other prices stopped.
    Stopped(RunError),
}

/// The backtest with one thing changed.
#[derive(Debug)]
#[non_exhaustive]
pub struct Variation {
    /// What was changed.
    pub change: Change,
    /// The record of the run, or why it stopped.
    pub record: Result<Record, RunError>,
}

/// What is changed to see how much of a result is left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// Nothing.
    Nothing,
    /// The model sees the market as it was this many sessions before each decision.
    OldSignals(u32),
    /// The model decides on time, and its weights are traded this many sessions later.
    LateTrades(u32),
    /// Trading costs nothing.
    NoCosts,
    /// All costs are multiplied.
    CostsTimes(f64),
    /// This many basis points are added to the slippage.
    Slippage(f64),
}

/// What is tried, after the backtest as it is.
const CHANGES: [Change; 14] = [
    Change::OldSignals(1),
    Change::OldSignals(2),
    Change::OldSignals(5),
    Change::OldSignals(21),
    Change::LateTrades(1),
    Change::LateTrades(2),
    Change::LateTrades(5),
    Change::LateTrades(21),
    Change::NoCosts,
    Change::CostsTimes(2.0),
    Change::Slippage(5.0),
    Change::Slippage(10.0),
    Change::Slippage(20.0),
    Change::Slippage(50.0),
];

/// Why there is no audit.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The prices cannot be aligned.
    #[error(transparent)]
    Align(#[from] AlignError),
    /// The strategy does not fit the prices.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// The backtest stops on the prices as they are.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The model could not be made.
    #[error("the alpha model cannot be made")]
    Model(#[source] AlphaError),
}

/// Makes the model of one run from the prices of that run: as bars, and on the calendar.
type Make<'a> =
    dyn FnMut(&[PriceSeries], &Arc<Market>) -> Result<Box<dyn AlphaModel>, AlphaError> + 'a;

/// Audits a strategy whose alpha model is its own.
///
/// * `rates`: series beside the prices.
/// * `n_dates`: at how many dates the future is taken away; fewer when there are no more sessions.
///   Decisions come first, since that is where a model would look.
pub fn audit(
    strategy: &Strategy,
    series: &[PriceSeries],
    rates: &[Observations],
    n_dates: usize,
) -> Result<Audit, AuditError> {
    Auditor::new(strategy, series, rates, None)?.audit(n_dates)
}

/// Audits a strategy with a custom alpha model in place of the strategy's.
///
/// * `make`: makes the model for each run. It is handed the prices of that run, and whatever the model
///   is to know must be computed from these and from nothing else.
///
/// ```
/// # use backtest::alpha::{AlphaError, AlphaModel, AsOf, Weights};
/// # use backtest::audit::audit_with;
/// # use backtest::date::Date;
/// # use backtest::market::PriceSeries;
/// # use backtest::strategy::{Schedule, Strategy, Universe};
/// /// Buys before each rise. Too good to be true.
/// struct Prophet(Vec<f64>);
///
/// impl AlphaModel for Prophet {
///     fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
///         let now = as_of.closes_seen() as usize;
///         let rises = self.0.get(now).is_some_and(|next| *next > self.0[now - 1]);
///         weights.set(as_of.assets()[0], if rises { 1.0 } else { 0.0 });
///         Ok(())
///     }
/// }
///
/// # let first = Date::new(2024, 1, 1).unwrap();
/// # let dates: Vec<Date> = (0..100).map(|day| first.plus_days(day)).collect();
/// # let prices: Vec<f64> = (0..100).map(|day| 100.0 + f64::from(day * 37 % 11)).collect();
/// # let (open, close) = (prices.clone(), prices);
/// # let strategy = Strategy {
/// #     universe: Universe { assets: vec!["ABC".to_owned()], ..Universe::default() },
/// #     schedule: Schedule::Daily,
/// #     ..Strategy::new("prophet", dates[0].open(), dates[99].close())
/// # };
/// # let series = [PriceSeries { symbol: "ABC".to_owned(), dates, open, close, ..PriceSeries::default() }];
/// let audit = audit_with(&strategy, &series, &[], 20, |series, _| {
///     Ok(Box::new(Prophet(series[0].close.clone())))
/// })?;
/// assert!(!audit.passed());
/// # Ok::<(), backtest::audit::AuditError>(())
/// ```
pub fn audit_with(
    strategy: &Strategy,
    series: &[PriceSeries],
    rates: &[Observations],
    n_dates: usize,
    mut make: impl FnMut(&[PriceSeries], &Arc<Market>) -> Result<Box<dyn AlphaModel>, AlphaError>,
) -> Result<Audit, AuditError> {
    Auditor::new(strategy, series, rates, Some(&mut make))?.audit(n_dates)
}

impl Audit {
    /// The Sharpe ratios as it is and with signals a session old, where the second is less than half of
    /// the first, and they differ by more than chance explains: by two standard errors of a Sharpe ratio.
    pub fn decay(&self) -> Option<(f64, f64)> {
        let summary = |change: Change| {
            let mut all = self.variations.iter();
            let found = all.find(|variation| variation.change == change)?;
            found.record.as_ref().ok()?.summary.as_ref()
        };
        let (own, old) = (summary(Change::Nothing)?, summary(Change::OldSignals(1))?);
        let years = f64::from(own.calendar_days) / 365.25;
        let (own, old) = (own.sharpe?, old.sharpe?);
        (old < 0.5 * own && own - old > 2.0 / years.sqrt()).then_some((own, old))
    }

    /// Whether the backtest can be repeated and does not depend on later prices.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.not_repeated.is_none() && self.found.is_empty()
    }
}

/// One strategy, its prices, and the function that makes its model.
struct Auditor<'a> {
    strategy: Strategy,
    series: Arc<[PriceSeries]>,
    market: Arc<Market>,
    make: Option<&'a mut Make<'a>>,
}

impl<'a> Auditor<'a> {
    fn new(
        strategy: &Strategy,
        series: &[PriceSeries],
        rates: &[Observations],
        make: Option<&'a mut Make<'a>>,
    ) -> Result<Auditor<'a>, AuditError> {
        // The benchmark looks at nothing, and its prices need not reach back to the first date.
        let strategy = Strategy {
            benchmark: None,
            ..strategy.clone()
        };
        let symbols = strategy.symbols();
        let own = series.iter().filter(|one| symbols.contains(&one.symbol));
        let series: Arc<[PriceSeries]> = own.cloned().collect();
        let market = Arc::new(strategy.market(&series)?.with_series(rates.to_vec()));
        // The calendar counts its sessions to the end; a backtest without its future has the same.
        let per_year = strategy.sessions_per_year_on(&market);
        let strategy = Strategy {
            sessions_per_year: SessionsPerYear::Number(per_year),
            ..strategy
        };
        Ok(Auditor {
            strategy,
            series,
            market,
            make,
        })
    }

    fn audit(mut self, n_dates: usize) -> Result<Audit, AuditError> {
        let market = Arc::clone(&self.market);
        let series = Arc::clone(&self.series);
        let strategy = self.strategy.clone();
        let backtest = strategy.bind(&market)?;
        let last = Mark::close(backtest.window().last);
        let ours = self.run(&series, &market, last)?.completed()?;
        let theirs = self.run(&series, &market, last)?;
        let not_repeated = difference(&market, last, &ours, theirs);

        let mut audit = Audit {
            not_repeated,
            dates: Vec::new(),
            found: Vec::new(),
            follows_prices: true,
            weights_vary: foresight::weights_vary(&ours),
            foresight: Foresight::of(&ours, &market, last),
            fills_at_the_deciding_close: strategy.conventions.fill == FillTime::SameClose,
            variations: Vec::new(),
        };
        if audit.not_repeated.is_none() {
            self.look(&mut audit, &backtest, &ours, n_dates)?;
            let other = future::altered(&series, Mark::open(Session(0)), &market);
            let other_market = Arc::new(market.align_alike(&other)?);
            let theirs = self.run(&other, &other_market, last)?;
            audit.follows_prices = match &theirs {
                Rerun::Completed(theirs) => {
                    let (ours, theirs) = (decided(&ours, last), decided(theirs, last));
                    let same = ours.iter().zip(&theirs).all(|(a, b)| wants_the_same(a, b));
                    !same || ours.len() != theirs.len()
                }
                Rerun::Stopped(_) => true,
            };
        }
        for change in std::iter::once(Change::Nothing).chain(CHANGES) {
            audit.variations.extend(self.vary(change)?);
        }
        Ok(audit)
    }

    /// Takes the future away at each date, in both ways.
    fn look(
        &mut self,
        audit: &mut Audit,
        backtest: &Backtest<'_>,
        ours: &Outcome,
        n_dates: usize,
    ) -> Result<(), AuditError> {
        let (market, series) = (Arc::clone(&self.market), Arc::clone(&self.series));
        for until in dates(backtest, n_dates) {
            audit.dates.push(market.moment(until));
            for future in [Future::CutOff, Future::Altered] {
                let changed = future.of(&series, until, &market);
                let changed_market = Arc::new(future.market(&series, until, &market)?);
                let theirs = self.run(&changed, &changed_market, until)?;
                let stopped = matches!(theirs, Rerun::Stopped(_));
                if let Some(difference) = difference(&market, until, ours, theirs) {
                    audit.found.push(LookAhead {
                        until: market.moment(until),
                        future,
                        difference,
                    });
                }
                if stopped {
                    return Ok(()); // It will not get further at the dates to come.
                }
            }
        }
        Ok(())
    }

    /// Runs the backtest on some prices, up to a mark.
    fn run(
        &mut self,
        series: &[PriceSeries],
        market: &Arc<Market>,
        until: Mark,
    ) -> Result<Rerun, AuditError> {
        let backtest = self.strategy.bind(market)?;
        let mut outcome = Outcome::with_capacity(&backtest);
        let with_formulas = backtest.with_formulas();
        let backtest = with_formulas.as_ref().unwrap_or(&backtest);
        let mut simulation = Simulation::<1>::default();
        let mut model = model(&mut self.make, backtest, series, market)?;
        let ran = simulation.run_until(backtest, until, &mut *model, &mut outcome);
        Ok(match ran {
            Ok(()) => Rerun::Completed(Box::new(outcome)),
            Err(error) => Rerun::Stopped(error),
        })
    }

    /// Runs the backtest with a change. `None` when there is nothing to change, or when the changed
    /// strategy is none that could be run.
    fn vary(&mut self, change: Change) -> Result<Option<Variation>, AuditError> {
        let Some(costs) = change.costs(self.strategy.costs) else {
            return Ok(None);
        };
        let strategy = Strategy {
            costs,
            ..self.strategy.clone()
        };
        // Twice a commission of 60 % is no commission, and is left out.
        if !strategy.check().is_empty() {
            return Ok(None);
        }
        let market = Arc::clone(&self.market);
        let backtest = strategy.bind(&market)?;
        let (backtest, sessions) = match change {
            Change::OldSignals(sessions) => (backtest, sessions),
            Change::LateTrades(sessions) => (backtest.decided_later(sessions), sessions),
            _ => (backtest, 0),
        };
        let mut model = model(&mut self.make, &backtest, &self.series, &market)?;
        let record = match sessions {
            0 => backtest.record_with(&mut *model),
            _ => {
                let backtest = backtest.clone().with_old_formulas(sessions);
                backtest.record_with(&mut Late::new(&mut *model, &backtest, sessions))
            }
        };
        Ok(Some(Variation { change, record }))
    }
}

/// What running the backtest again gave.
enum Rerun {
    Completed(Box<Outcome>),
    Stopped(RunError),
}

impl Rerun {
    fn completed(self) -> Result<Outcome, RunError> {
        match self {
            Rerun::Completed(outcome) => Ok(*outcome),
            Rerun::Stopped(error) => Err(error),
        }
    }
}

/// The model of one run: the strategy's, or one that is made for it.
fn model<'b>(
    make: &mut Option<&mut Make<'_>>,
    backtest: &'b Backtest<'_>,
    series: &[PriceSeries],
    market: &Arc<Market>,
) -> Result<Box<dyn AlphaModel + 'b>, AuditError> {
    match make {
        Some(make) => match make(series, market) {
            Ok(model) => Ok(model),
            Err(error) => Err(AuditError::Model(error)),
        },
        None => Ok(backtest.alpha_model()),
    }
}

impl Change {
    /// The costs of the changed backtest. `None` when they equal `own` and nothing else is changed.
    fn costs(self, own: Costs) -> Option<Costs> {
        let costs = match self {
            Change::Nothing | Change::OldSignals(_) | Change::LateTrades(_) => return Some(own),
            Change::NoCosts => Costs::NONE,
            Change::CostsTimes(factor) => own.times(factor),
            Change::Slippage(basis_points) => Costs {
                slippage_bps: own.slippage_bps + basis_points,
                ..own
            },
        };
        (costs != own).then_some(costs)
    }
}

/// Where the future is taken away: at `n` marks, evenly spread over the decisions, and over the
/// sessions where there are fewer of them. There is something after each of them, and no asset that
/// has to be there from the start lacks its first price.
fn dates(backtest: &Backtest<'_>, n: usize) -> Vec<Mark> {
    let market = backtest.market();
    let window = backtest.window();
    let assets = (0..market.n_assets() as u32).map(AssetId);
    let needed = assets.filter(|asset| !backtest.frame.universe.waits(*asset));
    let first_prices = needed.filter_map(|asset| market.first_price(asset));
    let from = first_prices.max().unwrap_or(Mark::open(window.first));
    let has_future = |mark: &Mark| *mark >= from && *mark < Mark::close(window.last);

    let decisions = backtest.decisions().iter().copied().filter(has_future);
    let mut dates = evenly(decisions.collect(), n);
    let closes = (window.recorded_from.0..=window.last.0).map(|at| Mark::close(Session(at)));
    let others = closes.filter(|mark| has_future(mark) && !dates.contains(mark));
    let n_others = n - dates.len();
    dates.extend(evenly(others.collect(), n_others));
    dates.sort_unstable();
    dates
}

/// `n` of these, the first and the last among them, or all when there are no more.
fn evenly(marks: Vec<Mark>, n: usize) -> Vec<Mark> {
    match (marks.len(), n) {
        (n_marks, n) if n_marks <= n => marks,
        (_, 0) => Vec::new(),
        (_, 1) => vec![marks[marks.len() / 2]],
        (n_marks, n) => (0..n)
            .map(|at| marks[at * (n_marks - 1) / (n - 1)])
            .collect(),
    }
}

/// The earliest thing up to a mark in which two runs differ, to the bit.
fn difference(market: &Market, until: Mark, ours: &Outcome, theirs: Rerun) -> Option<Difference> {
    let theirs = match theirs {
        Rerun::Completed(theirs) => *theirs,
        Rerun::Stopped(error) => {
            return Some(Difference {
                when: error.when(),
                what: What::Stopped(error),
            });
        }
    };
    // Of what differs at the same moment, the cause comes before its effects.
    let found = [
        other_weight(market, until, ours, &theirs),
        other_trade(market, until, ours, &theirs),
        other_equity(until, ours, &theirs),
    ];
    let (mark, what) = found.into_iter().flatten().min_by_key(|(mark, _)| *mark)?;
    Some(Difference {
        when: market.moment(mark),
        what,
    })
}

fn other_weight(
    market: &Market,
    until: Mark,
    ours: &Outcome,
    theirs: &Outcome,
) -> Option<(Mark, What)> {
    let (ours, theirs) = (decided(ours, until), decided(theirs, until));
    let same = |(ours, theirs): &(&Allocation<'_>, &Allocation<'_>)| wants_the_same(ours, theirs);
    let n_same = ours.iter().zip(&theirs).take_while(same).count();
    let next = [ours.get(n_same), theirs.get(n_same)];
    let mark = next.into_iter().flatten().map(|one| one.mark).min()?;
    // A run that trades on change only, and decided nothing new, still wants what it wanted.
    let wanted = |decided: &[Allocation<'_>], asset| {
        let new = decided.get(n_same).filter(|one| one.mark == mark);
        let old = || n_same.checked_sub(1).and_then(|before| decided.get(before));
        let weights = new.or_else(old)?.weights;
        let found = weights.iter().find(|(named, _)| *named == asset);
        found.map(|(_, weight)| *weight)
    };
    let bits = |weight: Option<f64>| weight.map(f64::to_bits);
    let assets = (0..market.n_assets() as u32).map(AssetId);
    let differs = |&asset: &AssetId| bits(wanted(&ours, asset)) != bits(wanted(&theirs, asset));
    let asset = { assets }.find(differs)?;
    let what = What::Weight {
        symbol: market.symbol(asset).to_owned(),
        before: wanted(&ours, asset),
        after: wanted(&theirs, asset),
    };
    Some((mark, what))
}

/// What was decided up to a mark.
fn decided(outcome: &Outcome, until: Mark) -> Vec<Allocation<'_>> {
    let decided = outcome.allocations.iter();
    decided.take_while(|one| one.mark <= until).collect()
}

/// Whether two decisions are the same, to the bit.
fn wants_the_same(ours: &Allocation<'_>, theirs: &Allocation<'_>) -> bool {
    let bits = |(asset, weight): &(AssetId, f64)| (*asset, weight.to_bits());
    let (our, their) = (
        ours.weights.iter().map(bits),
        theirs.weights.iter().map(bits),
    );
    ours.mark == theirs.mark && our.eq(their)
}

fn other_trade(
    market: &Market,
    until: Mark,
    ours: &Outcome,
    theirs: &Outcome,
) -> Option<(Mark, What)> {
    let known = |outcome: &Outcome| outcome.fills.partition_point(|fill| fill.mark <= until);
    let (ours, theirs) = (&ours.fills[..known(ours)], &theirs.fills[..known(theirs)]);
    let same = ours
        .iter()
        .zip(theirs)
        .take_while(|(ours, theirs)| ours == theirs);
    let n_same = same.count();
    let next = [ours.get(n_same), theirs.get(n_same)].into_iter().flatten();
    let fill = next.min_by_key(|fill| fill.mark)?;
    let symbol = market.symbol(fill.asset).to_owned();
    Some((fill.mark, What::Trade { symbol }))
}

fn other_equity(until: Mark, ours: &Outcome, theirs: &Outcome) -> Option<(Mark, What)> {
    let from = ours.sessions().start().0;
    let pairs = (from..)
        .map(|at| Mark::close(Session(at)))
        .zip(&ours.equity)
        .zip(&theirs.equity);
    let mut known = pairs.take_while(|((mark, _), _)| *mark <= until);
    let ((mark, before), after) =
        known.find(|((_, ours), theirs)| ours.to_bits() != theirs.to_bits())?;
    let (before, after) = (*before, *after);
    Some((mark, What::Equity { before, after }))
}
