//! Return for its risk, and how sure one can be of it.

use super::form::Form::{Interval, Number, Share, Years};
use super::measured::Value;
use super::metric::Better::{Higher, Lower, Neither};
use super::metric::Source::{Measured, Sharpe, Summary, Tails};
use super::metric::{Group, Metric};

#[rustfmt::skip]
pub(super) const METRICS: &[Metric] = &[
    Group::Ratio.metric("sharpe", "Sharpe ratio", Number(2), Higher, Summary(|s| s.sharpe),
        "Mean over sample standard deviation of the excess returns, annualised. The risk-free rate is zero unless `[cash]` or `[statistics]` gives one.")
        .formula("√P × mean(r - f) / sd(r - f)").source("Sharpe (1994)").json("sharpe").column(4).headline().mapped("map-sharpe"),
    Group::Ratio.metric("sharpe_interval", "Sharpe ratio, 95 % interval", Interval, Higher, Measured(interval),
        "The ratio and 1.96 standard errors to both sides, for returns that need not be normal.")
        .formula("SR ± 1.96 × √((1 - g1 SR + (b2 - 1)/4 SR²) / (n - 1))").source("Mertens (2002), Opdyke (2007)").json("sharpe_interval_95"),
    Group::Ratio.metric("sharpe_interval_low", "Sharpe ratio, low end", Number(2), Higher, Sharpe(|e| Some(e.interval.0)),
        "Low end of the 95 % interval of the Sharpe ratio.")
        .source("Mertens (2002), Opdyke (2007)").column(11),
    Group::Ratio.metric("sharpe_interval_high", "Sharpe ratio, high end", Number(2), Higher, Sharpe(|e| Some(e.interval.1)),
        "High end of the 95 % interval of the Sharpe ratio.")
        .source("Mertens (2002), Opdyke (2007)").column(12),
    Group::Ratio.metric("sharpe_bootstrap_interval", "Sharpe ratio, 95 % bootstrap interval", Interval, Higher, Measured(bootstrap_interval),
        "The middle 95 % of the ratios of 500 resampled series, in blocks of geometric length that keep the dependence between neighbours.")
        .source("Politis and Romano (1994)").json("sharpe_bootstrap_interval_95"),
    Group::Ratio.metric("sharpe_bootstrap_block", "Mean block of the bootstrap, sessions", Number(1), Neither, Measured(|m| m.bootstrap.map(|(b, _)| Value::Number(b.block))),
        "Chosen from the autocorrelation of the returns, at least 5.")
        .source("Politis and White (2004), Patton, Politis and White (2009)").json("sharpe_bootstrap_block"),
    Group::Ratio.metric("sharpe_probabilistic", "Probability of a Sharpe ratio above 0", Share(1), Higher, Sharpe(|e| Some(e.probabilistic)),
        "The probabilistic Sharpe ratio, for a strategy that was not picked among others.")
        .source("Bailey and López de Prado (2012)").json("sharpe_probability_positive").column(13).report(),
    Group::Ratio.metric("sharpe_min_track_record_years", "Minimum track record, years", Years, Lower, Sharpe(|e| e.min_track_record_years),
        "Years of such returns before the ratio is above zero with 95 % confidence.")
        .source("Bailey and López de Prado (2012)").json("sharpe_min_track_record_years").column(14),
    Group::Ratio.metric("sharpe_autocorrelation_adjusted", "Sharpe ratio, adjusted for autocorrelation", Number(2), Higher, Summary(|s| s.sharpe_autocorrelation_adjusted),
        "Annualised for first-order autocorrelation ρ.")
        .formula("mean(r - f) / sd(r - f) × P / √(P + 2 Σ (P - k) ρᵏ)").source("Lo (2002)").json("sharpe_autocorrelation_adjusted").column(15).report(),
    Group::Ratio.metric("sortino", "Sortino ratio", Number(2), Higher, Summary(|s| s.sortino),
        "Mean over root mean square of the losses of the excess returns, annualised; all returns in the divisor.")
        .formula("√P × mean(r - f) / √(mean(min(0, r - f)²))").source("Sortino and Price (1994)").json("sortino").column(5).headline(),
    Group::Ratio.metric("mar", "MAR ratio", Number(2), Higher, Summary(|s| s.mar),
        "CAGR over max drawdown, since the beginning. Omitted for less than a year.")
        .yearly().json("mar").column(21).report(),
    Group::Ratio.metric("martin", "Martin ratio", Number(2), Higher, Summary(|s| s.martin),
        "CAGR less that of money at the risk-free rate, over ulcer index. Omitted for less than a year.")
        .source("Martin (1987)").yearly().json("martin").column(22).report(),
    Group::Ratio.metric("profit_factor", "Profit factor", Number(2), Higher, Summary(|s| s.profit_factor),
        "Sum of gains over sum of losses of sessions, absolute values; the omega ratio at zero.")
        .json("profit_factor").column(25).report(),
    Group::Ratio.metric("payoff", "Payoff of sessions", Number(2), Higher, Summary(|s| s.payoff),
        "Mean gain over mean loss of a session, absolute values.")
        .json("payoff").column(29),
    Group::Ratio.metric("tail_ratio", "Tail ratio", Number(2), Higher, Tails(|t| t.tail_ratio),
        "95 % quantile over 5 % quantile of the returns, absolute values.")
        .json("tail_ratio"),
];

fn interval(measured: &super::Measured<'_>) -> Option<Value> {
    let (low, high) = measured.summary?.sharpe_evidence?.interval;
    Some(Value::Interval(low, high))
}

fn bootstrap_interval(measured: &super::Measured<'_>) -> Option<Value> {
    let (bootstrap, sessions_per_year) = measured.bootstrap?;
    let per_year = sessions_per_year.sqrt();
    let (low, high) = bootstrap.interval;
    Some(Value::Interval(low * per_year, high * per_year))
}
