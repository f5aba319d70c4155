//! Everything that documents show of a run, computed once.

use backtest::Accrual;
use backtest::date::Date;
use backtest::market::Market;
use backtest::outcome::Outcome;
use backtest::statistics::{Relative, Summary, TailRisk, Trading, drawdown_episodes};
use statistics::money_weighted_return;

use crate::checks;
use crate::detail::Detail;
use crate::qstrader::Allocations;
use crate::run::Run;
use crate::warning::Warning;
use crate::wealth::Wealth;

/// The strategy or the benchmark, with its statistics.
#[derive(Clone, Debug)]
pub struct Side {
    /// For annualising.
    pub sessions_per_year: f64,
    /// Wealth from the starting capital on.
    pub wealth: Wealth,
    /// The return of each session over the risk-free one.
    pub excess_returns: Vec<f64>,
    /// What cash earned and borrowing cost; `None` without a table `[cash]`.
    pub interest: Option<Accrual>,
    /// What was paid in and withdrawn; `None` when nothing was.
    pub moved: Option<Moved>,
    /// The textbook statistics; `None` when there is no return to measure.
    pub summary: Option<Summary>,
    /// Whether the account lost everything: then there is no summary.
    pub ruined: bool,
    /// Value at risk and expected shortfall; `None` when there is no return to measure.
    pub tails: Option<TailRisk>,
    /// Trades, turnover and costs.
    pub trading: Trading,
    /// The deepest drawdown; `None` when there was none.
    pub worst_drawdown: Option<WorstDrawdown>,
    /// The return of each month.
    pub monthly: Vec<((i32, u32), f64)>,
    /// The return of each year.
    pub yearly: Vec<(i32, f64)>,
}

/// What was paid into an account and withdrawn from it, in currency units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moved {
    /// After the starting capital.
    pub paid_in: f64,
    /// A positive number.
    pub withdrawn: f64,
    /// Equity at the last close.
    pub final_equity: f64,
    /// The annual return of the money that was in the account; `None` where there is none.
    pub money_weighted: Option<f64>,
}

impl Moved {
    fn of(outcome: &Outcome, market: &Market) -> Option<Moved> {
        if outcome.moved_cash.is_empty() {
            return None;
        }
        let dates = outcome.dates(market);
        let (first, last) = (dates.first()?.epoch_days(), dates.last()?.epoch_days());
        let final_equity = *outcome.equity.last()?;
        let moved = outcome.moved_cash.iter();
        let amounts =
            moved.map(|moved| (market.date(moved.mark.session).epoch_days(), moved.amount));
        let sum = |counts: fn(f64) -> bool| {
            let amounts = amounts.clone().map(|(_, amount)| amount);
            amounts
                .filter(|amount| counts(*amount))
                .fold(0.0, |sum, amount| sum + amount)
        };
        let mut flows = vec![(first, -outcome.initial_cash)];
        flows.extend(amounts.clone().map(|(day, amount)| (day, -amount)));
        flows.push((last, final_equity));
        Some(Moved {
            paid_in: sum(|amount| amount > 0.0),
            withdrawn: -sum(|amount| amount < 0.0),
            final_equity,
            money_weighted: money_weighted_return(&flows),
        })
    }
}

/// The deepest drawdown, in dates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorstDrawdown {
    /// From peak to valley, a positive fraction.
    pub depth: f64,
    /// The last day at the peak.
    pub peak: Date,
    /// The lowest day.
    pub valley: Date,
    /// The day on which the peak was reached again; `None` when it was not.
    pub recovery: Option<Date>,
    /// Sessions from the peak to the recovery, or to the end.
    pub sessions: usize,
    /// Calendar days from the peak to the recovery, or to the end.
    pub days: i32,
}

impl Side {
    fn of(run: &Run<'_>, outcome: &Outcome, sessions_per_year: f64) -> Side {
        let market = run.market();
        let wealth = Wealth::of(outcome, market);
        let ruined = outcome.ruin.is_some();
        let risk_free = outcome.risk_free.clone();
        let summary = Summary::over(risk_free, &wealth.values, &wealth.dates, sessions_per_year);
        let summary = summary.filter(|_| !ruined);
        Side {
            excess_returns: outcome.excess_returns(),
            moved: Moved::of(outcome, market),
            interest: (run.strategy.cash.is_some()).then(|| outcome.interest()),
            ruined,
            sessions_per_year,
            tails: TailRisk::of(&wealth.values),
            trading: Trading::of(outcome, summary.as_ref(), sessions_per_year),
            summary,
            worst_drawdown: WorstDrawdown::of(&wealth),
            monthly: wealth.monthly(),
            yearly: wealth.yearly(),
            wealth,
        }
    }
}

impl WorstDrawdown {
    fn of(wealth: &Wealth) -> Option<WorstDrawdown> {
        let deepest = drawdown_episodes(&wealth.values)
            .into_iter()
            .filter(|episode| episode.depth.is_finite())
            .reduce(|worst, next| {
                if next.depth > worst.depth {
                    next
                } else {
                    worst
                }
            })?;
        let until = deepest.recovery.unwrap_or(wealth.values.len() - 1);
        let date = |index: usize| wealth.dates[index];
        Some(WorstDrawdown {
            depth: deepest.depth,
            peak: date(deepest.peak),
            valley: date(deepest.valley),
            recovery: deepest.recovery.map(date),
            sessions: until - deepest.peak,
            days: date(until).epoch_days() - date(deepest.peak).epoch_days(),
        })
    }
}

/// Everything that is said of a run.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// The run.
    pub run: Run<'a>,
    /// The strategy.
    pub strategy: Side,
    /// The benchmark, when there is one.
    pub benchmark: Option<Side>,
    /// The strategy compared with the benchmark.
    pub relative: Option<Relative>,
    /// The warnings.
    pub warnings: Vec<Warning>,
}

impl<'a> Report<'a> {
    /// Computes the statistics and the warnings.
    pub fn new(run: Run<'a>) -> Report<'a> {
        let per_year = run.backtest.sessions_per_year();
        let market = run.market();
        Report {
            strategy: Side::of(&run, run.outcome, per_year),
            benchmark: run.benchmark.map(|b| Side::of(&run, b, per_year)),
            relative: run.benchmark.and_then(|benchmark| {
                let (ours, theirs) = Wealth::pair(run.outcome, benchmark, market)?;
                Relative::of(&ours, &theirs, run.outcome.risk_free.as_ref(), per_year)
            }),
            warnings: checks::of(&run),
            run,
        }
    }

    /// What only statistics.json and the pictures show. It runs the strategy a few more times.
    pub fn detail(&self) -> Detail {
        Detail::of(&self.run)
    }

    /// The target weights of all decisions, scaled as they are traded.
    pub fn target_allocations(&self) -> Allocations {
        Allocations::of(&self.run)
    }
}
