//! What was earned.

use super::form::Form::{Count, Days, Share};
use super::metric::Better::{Higher, Neither};
use super::metric::Source::{Measured, Summary, SummaryCount};
use super::metric::{Group, Metric};

#[rustfmt::skip]
pub(super) const METRICS: &[Metric] = &[
    Group::Return.metric("total_return", "Total return", Share(1), Higher, Measured(|m| m.unless_ruined(|s| s.total_return, -1.0)),
        "Wealth at the end over the starting capital, less one.")
        .formula("W_n / W_0 - 1").json("total").column(1).report(),
    Group::Return.metric("cagr", "CAGR", Share(2), Higher, Summary(|s| s.cagr),
        "Compound annual growth rate, with calendar days over 365.25 as years. Omitted for less than a year.")
        .formula("(W_n / W_0)^(365.25 / days) - 1").yearly().json("cagr").column(2).headline().mapped("map-cagr"),
    Group::Return.metric("arithmetic_return", "Arithmetic return", Share(2), Higher, Summary(|s| Some(s.arithmetic_return)),
        "Mean return of a session times the sessions of a year.")
        .formula("P × mean(r)").json("arithmetic").column(9),
    Group::Return.metric("return_mean", "Mean return of a session", Share(3), Higher, Summary(|s| Some(s.mean)),
        "Mean return of a session, not annualised.")
        .formula("mean(r)").column(42),
    Group::Return.metric("sessions", "Returns", Count, Neither, SummaryCount(|s| s.n as u64),
        "One for each session after the starting capital.")
        .formula("n").json("n").column(7),
    Group::Return.metric("calendar_days", "Calendar days", Days, Neither, SummaryCount(|s| s.calendar_days.max(0) as u64),
        "From the first day to the last.")
        .json("calendar_days").column(8),
];
