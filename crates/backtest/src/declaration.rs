//! The keys of a strategy, declared as plain data: name, kind, bounds, default, documentation.
//!
//! A struct that [`record!`](crate::record) or [`part!`](crate::part) declares carries its
//! [`Key`]s. What reads strategies, writes them, describes them or checks them follows these and
//! knows no key by name.

mod choice;
mod field;
mod key;
mod macros;
mod mistake;

pub use choice::{Named, Options};
pub use field::{
    Declaration, Field, NameOrNumber, NumberOrTable, Parameter, Part, Row, Sink, Source, Value,
};
pub(crate) use field::{judge_number, judge_repetition, judge_symbol, judge_symbols, repetitions};
pub use key::{BareDate, Bounds, Key, Kind, PartInfo, Presence, Table, WEEKDAYS, symbol_fault};
pub use mistake::{Mistake, Path, Place, Step};
