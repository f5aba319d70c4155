//! The strategy against its benchmark, session by session.

use super::form::Form::{Number, Share};
use super::metric::Better::{Higher, Lower, Neither};
use super::metric::Source::Relative;
use super::metric::{Group, Metric};

#[rustfmt::skip]
pub(super) const METRICS: &[Metric] = &[
    Group::Relative.metric("beta", "Beta", Number(2), Neither, Relative(|r| r.beta),
        "Covariance of the excess returns over the variance of the benchmark's.")
        .json("beta"),
    Group::Relative.metric("alpha", "Alpha a year", Share(2), Higher, Relative(|r| r.alpha),
        "Mean excess return less beta times the benchmark's, annualised.")
        .source("Jensen (1968)").json("alpha"),
    Group::Relative.metric("correlation", "Correlation", Number(2), Neither, Relative(|r| r.correlation),
        "Of the returns with the benchmark's.")
        .json("correlation"),
    Group::Relative.metric("tracking_error", "Tracking error", Share(2), Lower, Relative(|r| r.tracking_error),
        "Standard deviation of the differences of the returns, annualised.")
        .json("tracking_error"),
    Group::Relative.metric("information_ratio", "Information ratio", Number(2), Higher, Relative(|r| r.information_ratio),
        "Mean over standard deviation of the differences of the returns, annualised.")
        .source("Goodwin (1998)").json("information_ratio"),
    Group::Relative.metric("treynor", "Treynor ratio", Number(3), Higher, Relative(|r| r.treynor),
        "Mean excess return a year over beta.")
        .source("Treynor (1965)").json("treynor"),
    Group::Relative.metric("up_capture", "Up capture", Share(0), Higher, Relative(|r| r.up_capture),
        "Sum of the returns over the benchmark's, in sessions in which that rose.")
        .json("up_capture"),
    Group::Relative.metric("down_capture", "Down capture", Share(0), Lower, Relative(|r| r.down_capture),
        "Sum of the returns over the benchmark's, in sessions in which that fell.")
        .json("down_capture"),
];
