//! Money: costs and what is left.

use super::form::Form::{Currency, Digest, Share};
use super::measured::Value;
use super::metric::Better::{Higher, Lower, Neither};
use super::metric::Source::{Account, Activity, Measured};
use super::metric::{Group, Metric};

#[rustfmt::skip]
pub(super) const METRICS: &[Metric] = &[
    Group::Account.metric("commission", "Commission", Currency, Lower, Activity(|a| Some(a.commission)),
        "Commission and tax paid, in currency units.")
        .json("costs.commission").column(36),
    Group::Account.metric("slippage", "Slippage", Currency, Lower, Activity(|a| Some(a.slippage)),
        "Lost to slippage and spread, in currency units.")
        .json("costs.slippage").column(37),
    Group::Account.metric("cost", "Costs", Currency, Lower, Activity(|a| Some(a.commission + a.slippage)),
        "Commission and slippage, in currency units.")
        .json("costs.total").column(38).report(),
    Group::Account.metric("dividends", "Dividends received", Currency, Higher, Account(|a| a.dividends),
        "Dividends that were booked in cash, less those charged to short positions, in currency units. None where they are in the prices.")
        .json("dividends.received"),
    Group::Account.metric("interest_earned", "Interest earned", Currency, Higher, Account(|a| a.interest_earned),
        "Interest on cash, in currency units; negative at negative rates.")
        .json("interest.earned"),
    Group::Account.metric("margin_interest", "Margin interest", Currency, Lower, Account(|a| a.margin_interest),
        "Interest paid on borrowed cash, in currency units.")
        .json("interest.margin"),
    Group::Account.metric("short_fees", "Short fees", Currency, Lower, Account(|a| a.short_fees),
        "Fees paid for borrowed shares, in currency units.")
        .json("interest.short_fees"),
    Group::Account.metric("paid_in", "Paid in", Currency, Neither, Account(|a| a.paid_in),
        "Paid into the account after the starting capital, in currency units.")
        .json("cash_flows.paid_in"),
    Group::Account.metric("withdrawn", "Withdrawn", Currency, Neither, Account(|a| a.withdrawn),
        "Withdrawn from the account, in currency units.")
        .json("cash_flows.withdrawn"),
    Group::Account.metric("money_weighted_return", "Money-weighted return", Share(2), Higher, Account(|a| a.money_weighted_return),
        "Annual rate at which starting capital, payments, withdrawals and final equity come to nothing, with years of 365 days. Undefined without cash flows.")
        .formula("Σ cᵢ (1 + r)^(-(dᵢ - d₀) / 365) = 0").json("cash_flows.money_weighted_return"),
    Group::Account.metric("initial_cash", "Starting capital", Currency, Neither, Account(|a| a.initial_cash),
        "In currency units.")
        .json("initial_cash"),
    Group::Account.metric("final_equity", "Final equity", Currency, Higher, Account(|a| Some(a.final_equity)),
        "Equity at the last close, in currency units.")
        .json("final_equity").column(0).headline(),
    Group::Account.metric("final_cash", "Final cash", Currency, Neither, Account(|a| a.final_cash),
        "Cash at the end, in currency units.")
        .json("final_cash"),
    Group::Account.metric("digest", "Digest", Digest, Neither, Measured(|m| m.digest.map(Value::Digest)),
        "Sixteen digits that two trials share if and only if all of their numbers are the same to the bit.")
        .column(41),
];
