//! The tests of a verdict, and the colour that follows from them.

use serde::{Deserialize, Serialize};

/// The p-value at which the reality check is significant.
pub const LEVEL: f64 = 0.05;

/// The least deflated Sharpe ratio of a trial that passes.
pub const CONFIDENCE: f64 = 0.95;

/// A test of the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Test {
    /// The reality check's p-value is at most [`LEVEL`].
    #[serde(rename = "reality check")]
    RealityCheck,
    /// The deflated Sharpe ratio, at the number of all trials, is at least [`CONFIDENCE`].
    #[serde(rename = "deflated Sharpe ratio")]
    DeflatedSharpe,
    /// The 95 % interval of the walk-forward Sharpe ratio lies above zero.
    #[serde(rename = "out of sample")]
    OutOfSample,
}

impl Test {
    /// Its name, as `verdict.json` has it.
    pub fn name(self) -> &'static str {
        match self {
            Test::RealityCheck => "reality check",
            Test::DeflatedSharpe => "deflated Sharpe ratio",
            Test::OutOfSample => "out of sample",
        }
    }
}

/// A test and its result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestResult {
    /// Which test.
    pub name: Test,
    /// What is compared with the threshold: a p-value, a probability, the lower end of an interval
    /// of annualised Sharpe ratios. `None` when it could not be computed, which fails.
    pub value: Option<f64>,
    /// What it is compared with.
    pub threshold: f64,
    /// Whether the test passed.
    pub passed: bool,
    /// The comparison in words, as in "p = 0.012, at most 0.05".
    pub sentence: String,
}

impl TestResult {
    /// The reality check, by its p-value.
    pub fn reality_check(p: Option<f64>) -> TestResult {
        let passed = p.is_some_and(|p| p <= LEVEL);
        let compared = |p: f64| match passed {
            true => format!("p = {p:.3}, at most {LEVEL}"),
            false => format!("p = {p:.3}, above {LEVEL}"),
        };
        TestResult::new(Test::RealityCheck, p, LEVEL, passed, compared)
    }

    /// The deflated Sharpe ratio, a probability.
    pub fn deflated_sharpe(probability: Option<f64>) -> TestResult {
        let passed = probability.is_some_and(|probability| probability >= CONFIDENCE);
        let compared = |probability: f64| match passed {
            true => format!("{probability:.3}, at least {CONFIDENCE}"),
            false => format!("{probability:.3}, below {CONFIDENCE}"),
        };
        TestResult::new(
            Test::DeflatedSharpe,
            probability,
            CONFIDENCE,
            passed,
            compared,
        )
    }

    /// The walk-forward Sharpe ratio, by its 95 % interval.
    pub fn out_of_sample(interval: Option<(f64, f64)>) -> TestResult {
        let low = interval.map(|(low, _)| low);
        let passed = low.is_some_and(|low| low > 0.0);
        let compared = |low: f64| match passed {
            true => format!("the 95 % interval begins at {low:.2}, above 0"),
            false => format!("the 95 % interval begins at {low:.2}, not above 0"),
        };
        TestResult::new(Test::OutOfSample, low, 0.0, passed, compared)
    }

    fn new(
        name: Test,
        value: Option<f64>,
        threshold: f64,
        passed: bool,
        compared: impl Fn(f64) -> String,
    ) -> TestResult {
        TestResult {
            name,
            value,
            threshold,
            passed,
            sentence: value.map_or_else(|| "not computed".to_owned(), compared),
        }
    }
}

/// The traffic light. It is never a probability that a strategy works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Light {
    /// All tests passed.
    Green,
    /// One failed.
    Amber,
    /// More than one failed.
    Red,
}

impl Light {
    /// The colour that follows from some tests.
    pub fn of(tests: &[TestResult]) -> Light {
        match tests.iter().filter(|test| !test.passed).count() {
            0 => Light::Green,
            1 => Light::Amber,
            _ => Light::Red,
        }
    }

    /// Its name, as `verdict.json` has it.
    pub fn name(self) -> &'static str {
        match self {
            Light::Green => "green",
            Light::Amber => "amber",
            Light::Red => "red",
        }
    }
}
