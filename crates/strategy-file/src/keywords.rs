//! Keys as keyword arguments, for a language that writes strategies as calls.

use backtest::declaration::{Key, Kind};

use crate::tree::{FileTable, file, is_required};

/// One keyword of a strategy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyword {
    /// The keyword: a key's name, or that of a whole table.
    pub name: &'static str,
    /// The table that the key stands in; empty for a key of the file itself and for a whole table.
    pub table: String,
    /// What its value is.
    pub form: Form,
    /// What it means, in whole sentences.
    pub doc: &'static str,
}

/// What the value of a keyword is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A whole table, under a header of its own.
    Table,
    /// A date or date-time.
    Moment,
    /// A table from symbols to dates.
    Moments,
    /// A list of dates.
    Dates,
    /// A file, or a table from symbols to lists of spells.
    Spells,
    /// Anything else.
    Value,
}

/// The keywords of a strategy, in the order of the file: the keys of its tables, each under its own
/// name, and whole tables where names of keys mean something only beside each other.
pub fn keywords() -> Vec<Keyword> {
    let mut keywords = Vec::new();
    for key in &file().keys {
        match (&key.table, key.key.kind) {
            (Some(table), Kind::Table(_)) if is_spelled_out(key.key, table) => {
                let own = table.keys.iter().map(|key| keyword(key.key, &table.path));
                keywords.extend(own);
            }
            _ => keywords.push(keyword(key.key, "")),
        }
    }
    keywords
}

/// Whether the keys of a table are keywords by themselves: not those of a model alone, of a table
/// that is left out as a whole, and of one that is no part of the strategy.
fn is_spelled_out(key: &Key, table: &FileTable) -> bool {
    let own = || table.keys.iter().filter(|key| key.owners.is_none());
    let is_model = own().count() == 1 && own().all(|own| matches!(own.key.kind, Kind::Part(_)));
    let is_whole = !is_required(key) && own().any(|own| is_required(own.key));
    key.axis && !is_model && !is_whole
}

fn keyword(key: &'static Key, table: &str) -> Keyword {
    let form = match key.kind {
        Kind::Table(_) if table.is_empty() => Form::Table,
        Kind::Moment(_) => Form::Moment,
        Kind::Moments => Form::Moments,
        Kind::Dates => Form::Dates,
        Kind::Spells => Form::Spells,
        _ => Form::Value,
    };
    Keyword {
        name: key.name,
        table: table.to_owned(),
        form,
        doc: key.doc,
    }
}
