//! What is to be read of a file.

use std::collections::HashSet;

use crate::fields::Fields;

/// What is to be read of a file.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) fields: Fields,
    /// The symbols whose rows are kept; all of them when there is no list.
    pub(crate) symbols: Option<&'a HashSet<&'a str>>,
}

impl Wanted<'_> {
    /// All rows.
    pub(crate) fn all(fields: Fields) -> Wanted<'static> {
        Wanted {
            fields,
            symbols: None,
        }
    }

    pub(crate) fn has(&self, symbol: &str) -> bool {
        self.symbols.is_none_or(|symbols| symbols.contains(symbol))
    }
}
