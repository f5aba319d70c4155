//! The hold-out period: one trial in the time that no trial of the sweep has seen.

use backtest::date::Date;
use serde::{Deserialize, Serialize};
use sweep::Sweep;

use crate::error::VerdictError;
use crate::tested::Tested;

/// A trial before the hold-out period and in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Holdout {
    /// The trial.
    pub trial: u64,
    /// The first day of the hold-out period.
    #[serde(with = "crate::date_text")]
    pub from: Date,
    /// Its returns before.
    pub before: Tested,
    /// Its returns from there on.
    pub held_out: Tested,
}

impl Holdout {
    /// Runs a trial over all of its time, and separates the hold-out period from the rest.
    ///
    /// # Errors
    ///
    /// A sweep without a hold-out period; a number that has no trial, a trial that fails.
    pub fn of(sweep: &Sweep, number: u64) -> Result<Holdout, VerdictError> {
        let from = (sweep.validation().holdout).ok_or_else(|| VerdictError::NoHoldout {
            dir: sweep.dir().to_owned(),
        })?;
        let trial = sweep.whole_trial(number)?;
        let outcome = trial.run()?;
        let returns = outcome.excess_returns();
        // The capital that stands before the curve has no session of its own.
        let dates = outcome.dates(&trial.market);
        let dates = &dates[dates.len() - returns.len()..];
        let first = dates.partition_point(|date| *date < from);
        let per_year = trial.sessions_per_year();
        Ok(Holdout {
            trial: number,
            from,
            before: Tested::of(&returns[..first], per_year),
            held_out: Tested::of(&returns[first..], per_year),
        })
    }
}

impl Holdout {
    /// The text that the terminal shows.
    pub fn to_text(&self) -> String {
        let line = |label: &str, tested: &Tested| {
            let sharpe = match (tested.sharpe, tested.interval) {
                (Some(sharpe), Some((low, high))) => {
                    format!("Sharpe ratio {sharpe:.2} ({low:.2} to {high:.2})")
                }
                (Some(sharpe), None) => format!("Sharpe ratio {sharpe:.2}"),
                _ => "no Sharpe ratio".to_owned(),
            };
            let percent = 100.0 * tested.arithmetic_return;
            let n = tested.sessions;
            format!("  {label:<10} {sharpe}, {percent:.1} % a year, in {n} sessions\n")
        };
        format!(
            "trial {}, held out from {}\n\n{}{}",
            self.trial,
            self.from,
            line("before", &self.before),
            line("held out", &self.held_out)
        )
    }
}
