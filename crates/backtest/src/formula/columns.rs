//! The parts of formulas that have been evaluated, kept for the formulas that share them.

use std::collections::HashMap;
use std::sync::Arc;

use super::node::Node;
use crate::market::AssetId;

/// At which moments a part is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Rows {
    /// At the last close known at each decision.
    Decisions,
    /// At each close of the backtest.
    Sessions,
}

/// Numbers by row.
pub(crate) type Column = Arc<[f64]>;

/// A part for one asset.
pub(crate) type Key = (Arc<Node>, AssetId, Rows);

/// The parts of formulas that have been evaluated over one frame.
#[derive(Clone, Debug, Default)]
pub(crate) struct Evaluated {
    columns: HashMap<Key, Column>,
    numbers: usize,
}

impl Evaluated {
    /// The memory that it takes, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        8 * self.numbers
    }

    /// The numbers of a part, if they are known.
    pub(crate) fn column(&self, key: &Key) -> Option<Column> {
        self.columns.get(key).cloned()
    }

    /// Keeps the numbers of a part, and gives them back.
    pub(crate) fn keep(&mut self, key: Key, column: Column) -> Column {
        self.numbers += column.len();
        self.columns.insert(key, Arc::clone(&column));
        column
    }
}
