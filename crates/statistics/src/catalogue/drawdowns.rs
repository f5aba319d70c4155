//! Falls from the highest wealth so far. Depths are positive shares everywhere.

use super::form::Form::{self, Count, Date, Days, Share};
use super::measured::Value;
use super::metric::Better::{self, Lower, Neither};
use super::metric::Source::{self, Measured, Summary, SummaryCount};
use super::metric::{Group, Metric};

const fn metric(
    key: &'static str,
    title: &'static str,
    form: Form,
    better: Better,
    of: Source,
    doc: &'static str,
) -> Metric {
    Metric::new(Group::Drawdown, key, title, form, better, of, doc)
}

#[rustfmt::skip]
pub(super) const METRICS: &[Metric] = &[
    metric("max_drawdown", "Max drawdown", Share(1), Lower, Summary(|s| Some(s.drawdowns.max)),
        "Deepest fall from the highest value so far, as a positive share; the starting capital is a peak.")
        .formula("max(1 - W_t / max(W_s, s ≤ t))").json("max").column(6).headline().mapped("map-max-drawdown"),
    metric("drawdown_peak", "Peak of the max drawdown", Date, Neither, Measured(|m| m.worst_drawdown.map(|w| Value::Day(w.peak))),
        "The last day at the peak of the deepest drawdown.")
        .json("peak"),
    metric("drawdown_valley", "Valley of the max drawdown", Date, Neither, Measured(|m| m.worst_drawdown.map(|w| Value::Day(w.valley))),
        "The lowest day of the deepest drawdown.")
        .json("valley"),
    metric("drawdown_recovery", "Recovery from the max drawdown", Date, Neither, Measured(|m| m.worst_drawdown?.recovery.map(Value::Day)),
        "The day on which the peak was reached again; none when it was not.")
        .json("recovery"),
    metric("drawdown_sessions", "Length of the max drawdown, sessions", Count, Lower, Measured(|m| m.worst_drawdown.map(|w| Value::Count(w.sessions))),
        "From the peak to the recovery, or to the end.")
        .json("sessions"),
    metric("drawdown_days", "Length of the max drawdown, days", Days, Lower, Measured(|m| m.worst_drawdown.map(|w| Value::Count(w.days))),
        "Calendar days from the peak to the recovery, or to the end.")
        .json("days"),
    metric("mean_drawdown", "Mean drawdown", Share(1), Lower, Summary(|s| Some(s.drawdowns.mean)),
        "Mean depth over all sessions, peaks included as zero.")
        .json("mean").column(17).report(),
    metric("ulcer_index", "Ulcer index", Share(1), Lower, Summary(|s| Some(s.drawdowns.ulcer_index)),
        "Root mean square depth over all sessions.")
        .source("Martin (1987)").json("ulcer_index").column(18).report(),
    metric("underwater", "Time below the peak", Share(1), Lower, Summary(|s| Some(s.drawdowns.underwater)),
        "Sessions below the peak over all sessions.")
        .json("underwater").column(19).report(),
    metric("longest_drawdown_sessions", "Longest drawdown, sessions", Count, Lower, SummaryCount(|s| s.drawdowns.longest_sessions as u64),
        "The longest time from a peak to its recovery, or to the end.")
        .json("longest_sessions").column(20),
    metric("longest_drawdown_days", "Longest drawdown, days", Days, Lower, SummaryCount(|s| s.drawdowns.longest_days.max(0) as u64),
        "The longest time from a peak to its recovery, or to the end, in calendar days.")
        .json("longest_days").column(21).report(),
];
