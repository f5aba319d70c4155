//! Falls from the highest wealth so far. Depths are positive shares everywhere.

use super::form::Form::{Count, Date, Days, Share};
use super::measured::Value;
use super::metric::Better::{Lower, Neither};
use super::metric::Source::{Measured, Summary, SummaryCount};
use super::metric::{Group, Metric};

#[rustfmt::skip]
pub(super) const METRICS: &[Metric] = &[
    Group::Drawdown.metric("max_drawdown", "Max drawdown", Share(1), Lower, Measured(|m| m.unless_ruined(|s| s.drawdowns.max, 1.0)),
        "Deepest fall from the highest value so far, as a positive share; the starting capital is a peak.")
        .formula("max(1 - W_t / max(W_s, s ≤ t))").json("max").column(6).headline().mapped("map-max-drawdown"),
    Group::Drawdown.metric("drawdown_peak", "Peak of the max drawdown", Date, Neither, Measured(|m| m.worst_drawdown.map(|w| Value::Day(w.peak))),
        "The last day at the peak of the deepest drawdown.")
        .json("peak"),
    Group::Drawdown.metric("drawdown_valley", "Valley of the max drawdown", Date, Neither, Measured(|m| m.worst_drawdown.map(|w| Value::Day(w.valley))),
        "The lowest day of the deepest drawdown.")
        .json("valley"),
    Group::Drawdown.metric("drawdown_recovery", "Recovery from the max drawdown", Date, Neither, Measured(|m| m.worst_drawdown?.recovery.map(Value::Day)),
        "The day on which the peak was reached again; none when it was not.")
        .json("recovery"),
    Group::Drawdown.metric("drawdown_sessions", "Length of the max drawdown, sessions", Count, Lower, Measured(|m| m.worst_drawdown.map(|w| Value::Count(w.sessions))),
        "From the peak to the recovery, or to the end.")
        .json("sessions"),
    Group::Drawdown.metric("drawdown_days", "Length of the max drawdown, days", Days, Lower, Measured(|m| m.worst_drawdown.map(|w| Value::Count(w.days))),
        "Calendar days from the peak to the recovery, or to the end.")
        .json("days"),
    Group::Drawdown.metric("mean_drawdown", "Mean drawdown", Share(1), Lower, Summary(|s| Some(s.drawdowns.mean)),
        "Mean depth over all sessions, peaks included as zero.")
        .json("mean").column(16).report(),
    Group::Drawdown.metric("ulcer_index", "Ulcer index", Share(1), Lower, Summary(|s| Some(s.drawdowns.ulcer_index)),
        "Root mean square depth over all sessions.")
        .source("Martin (1987)").json("ulcer_index").column(17).report(),
    Group::Drawdown.metric("underwater", "Time below the peak", Share(1), Lower, Summary(|s| Some(s.drawdowns.underwater)),
        "Sessions below the peak over all sessions.")
        .json("underwater").column(18).report(),
    Group::Drawdown.metric("longest_drawdown_sessions", "Longest drawdown, sessions", Count, Lower, SummaryCount(|s| s.drawdowns.longest_sessions as u64),
        "The longest time from a peak to its recovery, or to the end.")
        .json("longest_sessions").column(19),
    Group::Drawdown.metric("longest_drawdown_days", "Longest drawdown, days", Days, Lower, SummaryCount(|s| s.drawdowns.longest_days.max(0) as u64),
        "The longest time from a peak to its recovery, or to the end, in calendar days.")
        .json("longest_days").column(20).report(),
];
