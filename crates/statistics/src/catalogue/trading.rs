//! Orders, positions and exposure.

use super::form::Form::{Count, Currency, Number, Share};
use super::measured::Value;
use super::metric::Better::{Higher, Lower, Neither};
use super::metric::Source::{Activity, ActivityCount, Measured, RoundTrips};
use super::metric::{Group, Metric};

#[rustfmt::skip]
pub(super) const METRICS: &[Metric] = &[
    Group::Trading.metric("trades", "Trades", Count, Neither, ActivityCount(|a| a.trades),
        "Orders filled.")
        .json("trades").column(33).headline(),
    Group::Trading.metric("traded_value", "Traded value", Currency, Lower, Activity(|a| Some(a.traded_value)),
        "Value of all trades at the prices paid, in currency units.")
        .json("traded_value").column(34),
    Group::Trading.metric("turnover", "Turnover a year", Share(1), Lower, Activity(|a| a.turnover),
        "Half of the traded value over mean equity, a year: 100 % is the whole portfolio exchanged once.")
        .json("turnover").column(35).headline(),
    Group::Trading.metric("cuts", "Buys cut to cash", Count, Lower, Measured(|m| m.activity?.cuts.map(Value::Count)),
        "Buys that were reduced, or dropped, because the cash did not cover them.")
        .column(39),
    Group::Trading.metric("time_in_market", "Time in market", Share(1), Neither, Activity(|a| Some(a.time_in_market)),
        "Sessions with a position at the close over all sessions.")
        .json("time_in_market").column(40).report(),
    Group::Trading.metric("mean_invested", "Mean exposure", Share(1), Neither, Activity(|a| a.mean_invested),
        "Mean share of the equity that was not in cash at the close.")
        .json("mean_invested"),
    Group::Trading.metric("round_trips", "Round trips", Count, Neither, Measured(|m| m.round_trips.map(|t| Value::Count(t.n))),
        "Positions opened and closed again.")
        .json("round_trips"),
    Group::Trading.metric("win_rate", "Win rate", Share(1), Higher, RoundTrips(|t| t.win_rate),
        "Round trips with a profit over all.")
        .json("win_rate"),
    Group::Trading.metric("round_trip_payoff", "Payoff of round trips", Number(2), Higher, RoundTrips(|t| t.payoff),
        "Mean profit of those with one over mean loss of the others, absolute values.")
        .json("payoff"),
    Group::Trading.metric("expectancy", "Mean profit of a round trip", Currency, Higher, RoundTrips(|t| t.expectancy),
        "Commission included, in currency units.")
        .json("expectancy"),
];
