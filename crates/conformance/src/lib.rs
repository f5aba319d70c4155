//! Tests that compare with something outside the project: QSTrader's own results, published
//! statistics, real prices, programs that may not be installed.
//!
//! The library is what such tests share: a harness that reports a test as ignored, with the reason,
//! where its requirement is not met ([`run`]), and QSTrader's cases as strategies ([`oracle`]).

mod comparison;
mod harness;
pub mod oracle;
mod requirement;

pub use comparison::statistics_difference;
pub use harness::{Test, run};
pub use requirement::{Kind, REFERENCE_MATERIAL, Requirement, reference_folder};
