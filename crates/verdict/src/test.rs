//! The tests of a verdict, and the colour that follows from them.

use serde::{Deserialize, Serialize};
use statistics::text::decimal;

/// The highest p-value of the reality check that passes.
pub const LEVEL: f64 = 0.025;

/// Up to this p-value the colour is amber at least.
pub const WEAK_LEVEL: f64 = 0.05;

/// The least deflated Sharpe ratio that passes: the residual is above what the best of all trials is
/// expected to show.
pub const LEAST_DEFLATED: f64 = 0.5;

/// A test of the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Test {
    /// The reality check's p-value over all trials is at most [`LEVEL`].
    #[serde(rename = "reality check")]
    RealityCheck,
    /// The deflated Sharpe ratio of the residual, over all trials, is at least [`LEAST_DEFLATED`].
    #[serde(rename = "deflated Sharpe ratio")]
    DeflatedSharpe,
    /// What the walk-forward analysis picked has a residual Sharpe ratio above zero.
    #[serde(rename = "walk-forward")]
    WalkForward,
    /// The Sharpe ratio of the trial itself is above those of its yardsticks.
    #[serde(rename = "Sharpe ratio above the yardsticks'")]
    HigherSharpe,
}

impl Test {
    /// Its name, as `verdict.json` has it.
    pub fn name(self) -> &'static str {
        match self {
            Test::RealityCheck => "reality check",
            Test::DeflatedSharpe => "deflated Sharpe ratio",
            Test::WalkForward => "walk-forward",
            Test::HigherSharpe => "Sharpe ratio above the yardsticks'",
        }
    }

    /// What its value is compared with.
    pub fn threshold(self) -> f64 {
        match self {
            Test::RealityCheck => LEVEL,
            Test::DeflatedSharpe => LEAST_DEFLATED,
            Test::WalkForward | Test::HigherSharpe => 0.0,
        }
    }

    fn passes(self, value: f64) -> bool {
        match self {
            Test::RealityCheck => value <= LEVEL,
            Test::DeflatedSharpe => value >= LEAST_DEFLATED,
            Test::WalkForward | Test::HigherSharpe => value > 0.0,
        }
    }

    /// The comparison that passes, as in "at most 0.025".
    pub fn asked(self) -> String {
        let threshold = self.threshold();
        match self {
            Test::RealityCheck => format!("at most {threshold}"),
            Test::DeflatedSharpe => format!("at least {threshold}"),
            Test::WalkForward | Test::HigherSharpe => format!("above {threshold}"),
        }
    }
}

/// A test and its result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestResult {
    /// Which test.
    pub name: Test,
    /// What is compared with the threshold: a p-value, a probability, an annualised residual Sharpe
    /// ratio, a difference of annualised Sharpe ratios. `None` when it could not be computed, which
    /// fails.
    pub value: Option<f64>,
    /// What it is compared with.
    pub threshold: f64,
    /// Whether the test passed.
    pub passed: bool,
    /// The comparison in words, as in "0.012, at most 0.025".
    pub sentence: String,
}

impl TestResult {
    /// The result that follows from a value.
    pub fn of(name: Test, value: Option<f64>) -> TestResult {
        let passed = value.is_some_and(|value| name.passes(value));
        let asked = name.asked();
        let sentence = match value {
            None => "not computed".to_owned(),
            Some(value) if passed => format!("{}, {asked}", decimal(value, 3)),
            Some(value) => format!("{}, not {asked}", decimal(value, 3)),
        };
        TestResult {
            name,
            value,
            threshold: name.threshold(),
            passed,
            sentence,
        }
    }

    /// Its name, its value, what is asked for, and whether it passed, in words.
    pub fn cells(&self) -> [String; 4] {
        [
            self.name.name().to_owned(),
            (self.value).map_or("not computed".to_owned(), |value| decimal(value, 3)),
            self.name.asked(),
            if self.passed { "passed" } else { "failed" }.to_owned(),
        ]
    }
}

/// The traffic light. It is never a probability that a strategy works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Light {
    /// All tests passed.
    Green,
    /// The reality check is near its level, and not all tests passed.
    Amber,
    /// Luck does as well too often.
    Red,
}

impl Light {
    /// The colour that follows from some tests: red unless the reality check's p-value is at most
    /// [`WEAK_LEVEL`], and green only if all tests passed.
    pub fn of(tests: &[TestResult]) -> Light {
        let is_rare = |test: &TestResult| {
            let p = test.value.filter(|_| test.name == Test::RealityCheck);
            p.is_some_and(|p| p <= WEAK_LEVEL)
        };
        if !tests.iter().any(is_rare) {
            return Light::Red;
        }
        match tests.iter().all(|test| test.passed) {
            true => Light::Green,
            false => Light::Amber,
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
