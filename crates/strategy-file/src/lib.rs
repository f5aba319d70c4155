//! The strategy file: TOML text in, a checked [`Strategy`](backtest::strategy::Strategy) or a list
//! of problems with their places out.
//!
//! Pure: nothing here opens a file. The story of a file:
//!
//! 1. [`Document::parse`] keeps the TOML as an owned tree in which every value knows its place.
//! 2. [`Document::with`] lays [`Override`]s over it, as `--set alpha.top_n=5` or a sweep's trial
//!    would; the tree shares what does not change.
//! 3. [`Document::read`] turns it into a [`StrategyFile`], or into [`Problems`].
//!
//! A list of members in a file of its own is read by the caller, and laid over the document:
//! [`Document::members_file`], [`Document::with_members`].
//!
//! A sweep asks for the document's [`Space`] instead: the values that keys take, and the overrides
//! of each trial.
//!
//! Every key is declared once, beside the field that it fills: its type, its default, its allowed
//! values and its documentation. The reader, [`to_toml`], [`json_schema`] and [`reference()`] follow
//! these declarations, and name no part of a strategy.
//!
//! ```
//! let text = r#"
//! [backtest]
//! start = 2003-09-30
//! end = 2022-10-03
//!
//! [universe]
//! assets = ["SPY", "AGG"]
//!
//! [alpha]
//! model = "fixed-weights"
//! weights = { SPY = 0.6, AGG = 0.4 }
//!
//! [rebalance]
//! schedule = "end-of-month"
//! "#;
//! let file = strategy_file::parse(text, &[], "sixty-forty").unwrap();
//! assert_eq!(file.strategy.name, "sixty-forty");
//! assert_eq!(file.strategy.initial_cash, 1e6);
//! ```

mod canonical;
mod choices;
mod document;
mod expression;
mod keys;
mod keywords;
mod moment;
mod overrides;
mod problem;
mod reading;
mod reference;
mod render;
mod schema;
mod section;
mod sweep;
mod toml_text;
mod tree;
mod validation;

pub use canonical::{spells_to_toml, to_toml};
pub use choices::{Metric, Opens, Sampler};
pub use document::Document;
pub use expression::{Expression, ExpressionError, Operand};
pub use keywords::{Form, Keyword, keywords};
pub use overrides::Override;
pub use problem::{Place, Problem, Problems};
pub use reading::{Data, StrategyFile};
pub use reference::{formulas, reference};
pub use schema::json_schema;
pub use sweep::{Axis, AxisKind, AxisValue, MOST_TRIALS, Space, TrialCount};
pub use toml_text::toml_key;
pub use validation::Validation;

/// Reads the text of a strategy file, with overrides laid over it. The tables of a sweep are checked
/// too, although a single run has no use for them.
///
/// `default_name` is the strategy's name when the file gives none.
///
/// # Errors
///
/// Everything that is wrong, in the order of the text: when the text is not TOML, only that.
pub fn parse(
    text: &str,
    overrides: &[Override],
    default_name: &str,
) -> Result<StrategyFile, Problems> {
    Document::parse(text)?
        .with(overrides)
        .read_all(default_name)
}
