//! How much returns vary, and how badly they end.

use super::form::Form::{Number, Share};
use super::metric::Better::{CloserToZero, Higher, Lower};
use super::metric::Source::{Summary, Tails};
use super::metric::{Group, Metric};

#[rustfmt::skip]
pub(super) const METRICS: &[Metric] = &[
    Group::Risk.metric("volatility", "Volatility", Share(2), Lower, Summary(|s| s.volatility),
        "Sample standard deviation of the returns, annualised.")
        .formula("√P × sd(r), divisor n - 1").json("volatility").column(3).headline(),
    Group::Risk.metric("downside_deviation", "Downside deviation", Share(2), Lower, Summary(|s| Some(s.downside_deviation)),
        "Root mean square of the returns below zero over all returns, annualised.")
        .formula("√P × √(mean(min(0, r)²))").json("downside_deviation").column(10).report(),
    Group::Risk.metric("return_standard_deviation", "Standard deviation of a session", Share(3), Lower, Summary(standard_deviation),
        "Standard deviation of the returns with the divisor n, not annualised.")
        .column(43),
    Group::Risk.metric("value_at_risk_5", "Value at risk, 5 %", Share(2), Higher, Tails(|t| Some(t.value_at_risk_5)),
        "The 5 % quantile of the returns of a session, of type 7.")
        .source("Hyndman and Fan (1996)").json("value_at_risk_5"),
    Group::Risk.metric("expected_shortfall_5", "Expected shortfall, 5 %", Share(2), Higher, Tails(|t| Some(t.expected_shortfall_5)),
        "Mean of the lowest 5 % of the returns of a session, the return at the boundary in part.")
        .source("Acerbi and Tasche (2002)").json("expected_shortfall_5"),
    Group::Risk.metric("value_at_risk_1", "Value at risk, 1 %", Share(2), Higher, Tails(|t| Some(t.value_at_risk_1)),
        "The 1 % quantile of the returns of a session, of type 7.")
        .source("Hyndman and Fan (1996)").json("value_at_risk_1"),
    Group::Risk.metric("expected_shortfall_1", "Expected shortfall, 1 %", Share(2), Higher, Tails(|t| Some(t.expected_shortfall_1)),
        "Mean of the lowest 1 % of the returns of a session, the return at the boundary in part.")
        .source("Acerbi and Tasche (2002)").json("expected_shortfall_1"),
    Group::Risk.metric("skewness", "Skewness", Number(2), Higher, Summary(|s| s.skewness),
        "Adjusted skewness G1 of the excess returns: negative when the large ones are losses.")
        .json("skewness").column(23).report(),
    Group::Risk.metric("excess_kurtosis", "Excess kurtosis", Number(2), Lower, Summary(|s| s.excess_kurtosis),
        "Adjusted excess kurtosis G2 of the excess returns: zero for a normal distribution, more when large returns are frequent.")
        .json("excess_kurtosis").column(24).report(),
    Group::Risk.metric("return_skewness", "Skewness, biased", Number(2), Higher, Summary(|s| s.skewness_biased),
        "Moment ratio g1 of the excess returns, as the error of the Sharpe ratio uses it.")
        .json("skewness_biased").column(44),
    Group::Risk.metric("return_kurtosis", "Kurtosis, biased", Number(2), Lower, Summary(|s| s.kurtosis_biased),
        "Moment ratio b2 of the excess returns: 3 for a normal distribution.")
        .json("kurtosis_biased").column(45),
    Group::Risk.metric("autocorrelation", "Autocorrelation", Number(3), CloserToZero, Summary(|s| s.autocorrelation),
        "Correlation of each excess return with that of the session before.")
        .json("autocorrelation").column(32).report(),
];

/// With the divisor `n`, from the sums of the folds.
fn standard_deviation(summary: &crate::Summary) -> Option<f64> {
    let squares: f64 = summary.folds.iter().map(|fold| fold.squares).sum();
    let variance = squares / summary.n as f64 - summary.mean * summary.mean;
    Some(variance.max(0.0).sqrt())
}
