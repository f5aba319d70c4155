//! What optimisers that look at prices have in common: the window, the estimator, the way out.

use optimisers::Estimator;
use optimisers::estimators::{Ewma, LedoitWolf, Sample};

crate::choice! {
    /// How covariances are estimated.
    pub enum CovarianceEstimator {
        /// The unbiased sample covariance.
        Sample = "sample",
        /// The sample covariance, shrunk towards the mean variance (Ledoit and Wolf, 2004).
        LedoitWolf = "ledoit-wolf",
        /// Exponentially weighted around a mean of zero, with `decay` a session (RiskMetrics, 1996).
        Ewma = "ewma",
    }
}

crate::choice! {
    /// What is held when the optimiser has no answer.
    pub enum Fallback {
        /// The backtest stops and says why.
        Error = "error",
        /// What is held stays as it is until the next decision.
        Hold = "hold",
        /// Weights in inverse proportion to volatility.
        InverseVolatility = "inverse-volatility",
    }
}

/// The window, the estimator and the way out of one optimiser.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) lookback: u32,
    pub(crate) covariance: CovarianceEstimator,
    pub(crate) decay: f64,
    pub(crate) fallback: Fallback,
}

impl CovarianceEstimator {
    pub(crate) fn estimator(self, decay: f64) -> Box<dyn Estimator + Send + Sync> {
        match self {
            Self::Sample => Box::new(Sample),
            Self::LedoitWolf => Box::new(LedoitWolf),
            Self::Ewma => Box::new(Ewma { decay }),
        }
    }
}

/// Declares an optimiser that looks at prices: a [`part!`](crate::part) with the keys of its window
/// before its own.
macro_rules! windowed {
    (
        $(#[doc = $doc:literal])+
        pub struct $name:ident as $text:literal { $($fields:tt)* }
    ) => {
        crate::part! {
            $(#[doc = $doc])+
            pub struct $name as $text {
                /// Over how many sessions returns are looked at. An asset with fewer is not held.
                lookback: u32 => Count, Required;
                /// How covariances are estimated from the returns of the lookback.
                covariance: crate::optimiser::CovarianceEstimator => Choice(crate::optimiser::CovarianceEstimator::NAMES), Text("sample");
                /// By what the weight of a return shrinks with each session, for `ewma`.
                decay: f64 => Number(Bounds::Rate), Number(0.94);
                /// What is held when the optimiser has no answer: when limits contradict each other, or an asset never moves.
                fallback: crate::optimiser::Fallback => Choice(crate::optimiser::Fallback::NAMES), Text("error");
                $($fields)*
            }
        }

        impl $name {
            fn window(&self) -> crate::optimiser::window::Window {
                crate::optimiser::window::Window {
                    lookback: self.lookback,
                    covariance: self.covariance,
                    decay: self.decay,
                    fallback: self.fallback,
                }
            }
        }
    };
}

/// Declares an optimiser that keeps limits: one that looks at prices, with the keys of its limits
/// between those of its window and its own.
macro_rules! limited {
    (
        $(#[doc = $doc:literal])+
        pub struct $name:ident as $text:literal { $($fields:tt)* }
    ) => {
        crate::optimiser::window::windowed! {
            $(#[doc = $doc])+
            pub struct $name as $text {
                /// The least weight of each asset. Below zero it allows short positions.
                min_weight: f64 => Number(Bounds::Any), Number(0.0);
                /// The greatest weight of each asset.
                max_weight: f64 => Number(Bounds::Any), Number(1.0);
                /// Least weights of single assets, in place of `min_weight`.
                min_weights: Vec<(String, f64)> => Weights, Optional;
                /// Greatest weights of single assets, in place of `max_weight`.
                max_weights: Vec<(String, f64)> => Weights, Optional;
                /// Limits of the sums of some weights.
                groups: Option<Vec<crate::optimiser::GroupLimit>> => Rows(&<crate::optimiser::GroupLimit as crate::declaration::Declaration>::TABLE), Optional;
                /// The greatest sum of absolute weights. No limit when left out.
                max_gross: Option<f64> => Number(Bounds::Positive), Optional;
                /// The greatest turnover of a decision: half of the sum of absolute changes of weights. The first purchase is free of it. No limit when left out.
                max_turnover: Option<f64> => Number(Bounds::NotNegative), Optional;
                $($fields)*
            }
        }

        impl $name {
            fn limits(&self) -> crate::optimiser::limits::Limits<'_> {
                crate::optimiser::limits::Limits {
                    min_weight: self.min_weight,
                    max_weight: self.max_weight,
                    min_weights: &self.min_weights,
                    max_weights: &self.max_weights,
                    groups: self.groups.as_deref().unwrap_or_default(),
                    max_gross: self.max_gross,
                    max_turnover: self.max_turnover,
                }
            }
        }
    };
}

pub(super) use {limited, windowed};
