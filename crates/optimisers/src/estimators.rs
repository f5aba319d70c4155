//! Estimators of covariances, one a file.

mod ewma;
mod ledoit_wolf;
mod sample;

pub use ewma::Ewma;
pub use ledoit_wolf::LedoitWolf;
pub use sample::Sample;
