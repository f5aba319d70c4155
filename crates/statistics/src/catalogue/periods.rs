//! The best and the worst sessions, months and years.

use super::form::Form::{self, Share};
use super::measured::{Period, Value};
use super::metric::Better::Higher;
use super::metric::Source::{Measured, Summary};
use super::metric::{Group, Metric};

#[rustfmt::skip]
pub(super) const METRICS: &[Metric] = &[
    Group::Periods.metric("best_session", "Best session", Share(2), Higher, Summary(|s| Some(s.best_session)),
        "The highest return of a session.")
        .json("best_session").column(30).report(),
    Group::Periods.metric("worst_session", "Worst session", Share(2), Higher, Summary(|s| Some(s.worst_session)),
        "The lowest return of a session.")
        .json("worst_session").column(31).report(),
    Group::Periods.metric("positive_sessions", "Positive sessions", Share(1), Higher, Summary(|s| s.positive_sessions),
        "Positive returns over returns that are not zero.")
        .json("positive_sessions").column(26).report(),
    Group::Periods.metric("mean_gain", "Mean gain of a session", Share(2), Higher, Summary(|s| s.mean_gain),
        "Mean of the positive returns.")
        .json("mean_gain").column(27),
    Group::Periods.metric("mean_loss", "Mean loss of a session", Share(2), Higher, Summary(|s| s.mean_loss),
        "Mean of the negative returns.")
        .json("mean_loss").column(28),
    Group::Periods.metric("best_month", "Best month", Form::Period, Higher, Measured(|m| first(&m.periods?.months, |a, b| a > b)),
        "The month with the highest return.")
        .json("best_month"),
    Group::Periods.metric("worst_month", "Worst month", Form::Period, Higher, Measured(|m| first(&m.periods?.months, |a, b| a < b)),
        "The month with the lowest return.")
        .json("worst_month"),
    Group::Periods.metric("positive_months", "Positive months", Share(1), Higher, Measured(|m| positive(&m.periods?.months)),
        "Months with a return above zero over all months.")
        .json("positive_months"),
    Group::Periods.metric("best_year", "Best year", Form::Period, Higher, Measured(|m| first(&m.periods?.years, |a, b| a > b)),
        "The year with the highest return.")
        .json("best_year"),
    Group::Periods.metric("worst_year", "Worst year", Form::Period, Higher, Measured(|m| first(&m.periods?.years, |a, b| a < b)),
        "The year with the lowest return.")
        .json("worst_year"),
];

/// The first period that no other beats.
fn first(periods: &[Period], beats: fn(f64, f64) -> bool) -> Option<Value> {
    let better = |best: Period, next: Period| match beats(next.change, best.change) {
        true => next,
        false => best,
    };
    periods.iter().copied().reduce(better).map(Value::Period)
}

fn positive(periods: &[Period]) -> Option<Value> {
    let n = periods.iter().filter(|period| period.change > 0.0).count();
    (!periods.is_empty()).then(|| Value::Number(n as f64 / periods.len() as f64))
}
