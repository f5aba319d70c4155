//! Why there are no weights.

use crate::conflict::{Conflict, Constraint};

/// Why an estimator or an optimiser has no answer.
///
/// Assets and groups are positions in the input, counted from 0: the caller knows their names.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Failure {
    /// The input has no asset.
    #[error("there are no assets")]
    NoAssets,
    /// A slice has the wrong length.
    #[error("{what}: {expected} numbers are needed, found {found}")]
    WrongLength {
        /// Which slice.
        what: &'static str,
        /// How many numbers it has to have.
        expected: usize,
        /// How many it has.
        found: usize,
    },
    /// A number is NaN or infinite.
    #[error("{what}: the number of asset {asset} is {value}")]
    NotFinite {
        /// Which slice.
        what: &'static str,
        /// The asset whose number it is.
        asset: usize,
        /// The number.
        value: f64,
    },
    /// A close of zero or less: no return can be computed from it.
    #[error("a close of asset {asset} is {close}; closes have to be positive")]
    CloseNotPositive {
        /// The asset.
        asset: usize,
        /// Its close.
        close: f64,
    },
    /// The window is too short for the estimator.
    #[error("{needed} returns are needed to estimate a covariance, found {found}")]
    TooFewReturns {
        /// The least number of returns.
        needed: usize,
        /// The number in the window.
        found: usize,
    },
    /// A setting is outside of its range.
    #[error("{name} is {value}; it has to be {rule}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What it has to be.
        rule: &'static str,
    },
    /// A risk budget is zero, negative, NaN or infinite.
    #[error("the risk budget of asset {asset} is {budget}; budgets have to be positive")]
    Budget {
        /// The asset.
        asset: usize,
        /// Its budget.
        budget: f64,
    },
    /// The two entries of a pair in a covariance matrix differ.
    #[error(
        "the covariance of assets {} and {} is not symmetric: {} and {}",
        assets[0],
        assets[1],
        entries[0],
        entries[1]
    )]
    NotSymmetric {
        /// The pair.
        assets: [usize; 2],
        /// Its two entries.
        entries: [f64; 2],
    },
    /// A variance below zero.
    #[error("the variance of asset {asset} is {variance}")]
    NegativeVariance {
        /// The asset.
        asset: usize,
        /// Its variance.
        variance: f64,
    },
    /// A covariance greater than the two volatilities allow.
    #[error("the correlation of assets {} and {} is {correlation}", assets[0], assets[1])]
    CorrelationOutOfRange {
        /// The pair.
        assets: [usize; 2],
        /// Its correlation; infinite if one of the two has no variance.
        correlation: f64,
    },
    /// Some portfolio would have a negative variance.
    #[error(
        "the covariance matrix is not positive semidefinite: assets 0 to {asset} already give \
         some portfolio a negative variance"
    )]
    NotSemidefinite {
        /// The first asset with which a negative variance appears.
        asset: usize,
    },
    /// Assets whose returns never change. It is nearly always bad data, and the method divides by
    /// their risk.
    #[error("no variance: {}", list("asset", assets))]
    ZeroVariance {
        /// The assets.
        assets: Vec<usize>,
    },
    /// The portfolio has no risk, so that a ratio to it or a multiple of it is undefined.
    #[error("the portfolio has no risk")]
    ZeroRisk,
    /// No portfolio that the constraints allow is expected to earn more than the risk-free rate.
    #[error("no portfolio has a positive expected excess return; the best has {best}")]
    NoPositiveExcessReturn {
        /// The greatest expected excess return a period.
        best: f64,
    },
    /// No portfolio keeps all constraints.
    #[error("no portfolio keeps the constraints: {0}")]
    Infeasible(Conflict),
    /// The method cannot keep this constraint.
    #[error("{optimiser} knows no {constraint}")]
    ConstraintUnknown {
        /// The name of the method.
        optimiser: &'static str,
        /// What was asked of it.
        constraint: &'static str,
    },
    /// Ever larger positions are ever better.
    #[error("the optimum has infinite positions; bounds or a limit of gross exposure are needed")]
    Unbounded,
    /// The iteration did not reach its tolerance.
    #[error("no convergence in {iterations} iterations")]
    NoConvergence {
        /// How many iterations were done.
        iterations: usize,
    },
}

impl Failure {
    /// The kind of failure in a word, as reports count it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ZeroVariance { .. } => "zero-variance",
            Self::ZeroRisk => "zero-risk",
            Self::NoPositiveExcessReturn { .. } => "no-positive-excess-return",
            Self::Infeasible(_) => "infeasible",
            Self::Unbounded => "unbounded",
            Self::NoConvergence { .. } => "no-convergence",
            Self::TooFewReturns { .. } => "too-few-returns",
            Self::NoAssets
            | Self::WrongLength { .. }
            | Self::NotFinite { .. }
            | Self::CloseNotPositive { .. }
            | Self::Setting { .. }
            | Self::Budget { .. }
            | Self::NotSymmetric { .. }
            | Self::NegativeVariance { .. }
            | Self::CorrelationOutOfRange { .. }
            | Self::NotSemidefinite { .. }
            | Self::ConstraintUnknown { .. } => "bad-input",
        }
    }

    /// The assets at fault, for a caller that knows their names.
    pub fn assets(&self) -> Vec<usize> {
        match self {
            Self::NotFinite { asset, .. }
            | Self::CloseNotPositive { asset, .. }
            | Self::Budget { asset, .. }
            | Self::NegativeVariance { asset, .. } => vec![*asset],
            Self::NotSymmetric { assets, .. } | Self::CorrelationOutOfRange { assets, .. } => {
                assets.to_vec()
            }
            Self::ZeroVariance { assets } => assets.clone(),
            Self::Infeasible(Conflict::Bounds { asset, .. }) => vec![*asset],
            Self::Infeasible(Conflict::Together { constraints }) => {
                let asset = |constraint: &Constraint| match constraint {
                    Constraint::Lower(asset) | Constraint::Upper(asset) => Some(*asset),
                    _ => None,
                };
                constraints.iter().filter_map(asset).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// `asset 3`, or `assets 1, 4 and 5`.
fn list(noun: &str, numbers: &[usize]) -> String {
    let words: Vec<String> = numbers.iter().map(usize::to_string).collect();
    match words.split_last() {
        Some((last, [])) => format!("{noun} {last}"),
        Some((last, before)) => format!("{noun}s {} and {last}", before.join(", ")),
        None => format!("no {noun}"),
    }
}
