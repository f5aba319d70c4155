//! Formulas: signals written as expressions over what is known at a decision, asset by asset.
//!
//! ```toml
//! [signals]
//! momentum = "mean(return(21), return(63), return(126), return(252))"
//! trend    = "close / sma(slow) - 1"
//! ```
//!
//! A formula is a number or a condition for each asset. It is built of the [`FUNCTIONS`], of numbers
//! and parameters, of other signals, and of operators: `+ - * /`, comparisons, `and`, `or`, `not`;
//! `x['SPY']` is the value for another asset. Look-ahead cannot be written: a function of a window
//! sees the bars up to the last close that is known, and no function looks ahead.
//!
//! A window counts the asset's own bars, by the conventions, and is never shorter than asked: where
//! there are too few, the number is missing (NaN). What depends on a missing number is missing too; a
//! comparison with it is neither true nor false.
//!
//! The way of a formula: text (`syntax`) to graph (`node`, by `resolve`) to numbers
//! (`evaluate`, of `samples`, by `functions`; shared in `columns`).

pub(crate) mod columns;
pub(crate) mod evaluate;
mod functions;
pub(crate) mod node;
pub(crate) mod resolve;
mod samples;
mod syntax;

pub use functions::{FUNCTIONS, Function};
pub use node::Every;
pub use syntax::FormulaError;
