//! One word for a sweep, and which test it failed.

/// The level of the reality check.
pub const LEVEL: f64 = 0.05;

/// The deflated Sharpe ratio asked for.
pub const CONFIDENCE: f64 = 0.95;

/// What is known of the best trial. `None` is a test that could not be made, and fails.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence {
    /// The p-value of the reality check.
    pub reality_check: Option<f64>,
    /// The deflated Sharpe ratio at the number of all trials.
    pub deflated_sharpe: Option<f64>,
    /// The 95 % interval of the Sharpe ratio out of sample.
    pub out_of_sample: Option<(f64, f64)>,
}

/// A test of the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// The reality check's p-value is at most [`LEVEL`].
    RealityCheck,
    /// The deflated Sharpe ratio is at least [`CONFIDENCE`].
    DeflatedSharpe,
    /// The interval out of sample lies above zero.
    OutOfSample,
}

/// The traffic light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Light {
    /// All tests passed.
    Green,
    /// One failed.
    Amber,
    /// More than one failed.
    Red,
}

impl Light {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Light::Green => "green",
            Light::Amber => "amber",
            Light::Red => "red",
        }
    }
}

impl Test {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Test::RealityCheck => "reality check",
            Test::DeflatedSharpe => "deflated Sharpe ratio",
            Test::OutOfSample => "out of sample",
        }
    }
}

/// What became of the tests. It never is a probability that a strategy works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How many failed, as a colour.
    pub light: Light,
    /// Those that failed.
    pub failed: Vec<Test>,
}

impl Evidence {
    /// The colour and the failed tests.
    pub fn outcome(&self) -> Outcome {
        let passed = [
            (
                Test::RealityCheck,
                self.reality_check.is_some_and(|p| p <= LEVEL),
            ),
            (
                Test::DeflatedSharpe,
                self.deflated_sharpe.is_some_and(|dsr| dsr >= CONFIDENCE),
            ),
            (
                Test::OutOfSample,
                self.out_of_sample.is_some_and(|(low, _)| low > 0.0),
            ),
        ];
        let failed = passed.into_iter().filter(|(_, passed)| !passed);
        let failed: Vec<Test> = failed.map(|(test, _)| test).collect();
        let light = match failed.len() {
            0 => Light::Green,
            1 => Light::Amber,
            _ => Light::Red,
        };
        Outcome { light, failed }
    }
}
