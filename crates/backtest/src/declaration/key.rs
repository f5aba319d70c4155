//! A key as plain data: its kind, bounds, presence and documentation.

use super::choice::Named;
use super::mistake::Path;

/// One key of a table.
#[derive(Debug)]
pub struct Key {
    /// Its name in strategy files.
    pub name: &'static str,
    /// What its value may be.
    pub kind: Kind,
    /// Whether it must be given, and what holds when it is not.
    pub presence: Presence,
    /// Whether a sweep may vary it.
    pub axis: bool,
    /// What it means, in whole sentences.
    pub doc: &'static str,
}

impl Key {
    /// What its value fills of a table: the table, where its keys stand in the table themselves.
    pub fn path_in(&self, table: &'static str) -> Path {
        match self.kind {
            Kind::Flat(_) | Kind::Part(_) => Path::to("", table),
            _ => Path::to(table, self.name),
        }
    }
}

/// What the value of a key may be.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A string.
    Text,
    /// A string: a formula that comes to a number.
    Formula,
    /// A string: a formula that comes to something true or false.
    Condition,
    /// `true` or `false`.
    Flag,
    /// A whole number, 1 to 4294967295.
    Count,
    /// A whole number, 0 or more.
    WholeNumber,
    /// A place in a row: a whole number, from 1 at its start, or from -1 at its end.
    Ordinal,
    /// A finite number within bounds.
    Number(Bounds),
    /// A date or a date-time, as a moment in UTC.
    Moment(BareDate),
    /// One of these names.
    Choice(&'static [Named]),
    /// One of these names, or a finite number within bounds.
    ChoiceOrNumber(&'static [Named], Bounds),
    /// A day of the week, in any case, short or whole.
    Weekday,
    /// An array of dates.
    Dates,
    /// An array of symbols.
    Symbols,
    /// A table from symbols to finite numbers.
    Weights,
    /// A table from symbols to dates.
    Moments,
    /// The name of a file, or a table from symbols to lists of spells.
    Spells,
    /// A table from names to numbers, flags or strings.
    Parameters,
    /// A table from names to strings.
    Texts,
    /// A table from paths of keys to lists of values or ranges.
    Axes,
    /// A table.
    Table(&'static Table),
    /// Keys that stand beside this one, which has no name in the file.
    Flat(&'static Table),
    /// An array of tables.
    Rows(&'static Table),
    /// One of these names, or a table.
    ChoiceOrTable(&'static [Named], &'static Table),
    /// One of these names, if there are any; a finite number within bounds; or a table.
    NumberOrTable(&'static [Named], Bounds, &'static Table),
    /// The name of one of these parts, whose own keys stand beside this one.
    Part(&'static [PartInfo]),
}

/// A table of keys.
#[derive(Debug)]
pub struct Table {
    /// What it is about, in whole sentences.
    pub doc: &'static str,
    /// Its keys, in the order in which they are written.
    pub keys: &'static [&'static Key],
}

/// One of the parts that a [`Kind::Part`] chooses from.
#[derive(Debug)]
pub struct PartInfo {
    /// Its name in strategy files: `top-n-momentum`.
    pub name: &'static str,
    /// What it does, in whole sentences.
    pub doc: &'static str,
    /// Its parameters.
    pub keys: &'static [&'static Key],
}

/// Which finite numbers are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounds {
    /// All.
    Any,
    /// Zero and all above.
    NotNegative,
    /// All above zero.
    Positive,
    /// 0 to 1, both included.
    Fraction,
    /// 0 or more and less than 1: a part of a value that is not the whole of it.
    Rate,
    /// -1 or more: a return, which cannot lose more than everything.
    Return,
    /// -0.5 or more and less than 1: interest a year.
    Interest,
}

impl Bounds {
    /// Whether the number is finite and within the bounds.
    pub fn contain(self, number: f64) -> bool {
        number.is_finite()
            && match self {
                Bounds::Any => true,
                Bounds::NotNegative => number >= 0.0,
                Bounds::Positive => number > 0.0,
                Bounds::Fraction => (0.0..=1.0).contains(&number),
                Bounds::Rate => (0.0..1.0).contains(&number),
                Bounds::Return => number >= -1.0,
                Bounds::Interest => (-0.5..1.0).contains(&number),
            }
    }

    /// What is allowed, to follow "must be".
    pub const fn allowed(self) -> &'static str {
        match self {
            Bounds::Any => "a finite number",
            Bounds::NotNegative => "0 or more",
            Bounds::Positive => "more than 0",
            Bounds::Fraction => "0 to 1",
            Bounds::Rate => "0 or more and less than 1",
            Bounds::Return => "-1 or more",
            Bounds::Interest => "-0.5 or more and less than 1",
        }
    }

    /// What to do about a number outside of the bounds.
    pub const fn help(self) -> Option<&'static str> {
        match self {
            Bounds::Rate => Some("a fraction is meant: 0.001 is ten basis points"),
            Bounds::Return => Some("a return is meant: -0.3 loses 30 % of the value"),
            Bounds::Interest => Some("a fraction is meant: 0.03 is 3 % a year"),
            _ => None,
        }
    }

    /// What a number outside of the bounds must be; `None` for one within.
    pub fn broken_by(self, number: f64) -> Option<&'static str> {
        if self.contain(number) {
            None
        } else if number.is_finite() {
            Some(self.allowed())
        } else {
            Some(Bounds::Any.allowed())
        }
    }
}

/// Which moment of its day a date without a time means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BareDate {
    /// 00:00 UTC.
    Midnight,
    /// 14:30 UTC, the opening.
    Open,
    /// 23:59:59 UTC.
    End,
}

/// Whether a key must be given, and what holds when it is not.
#[derive(Clone, Copy, Debug)]
pub enum Presence {
    /// It must be given.
    Required,
    /// It may be left out.
    Optional,
    /// Its default depends on other keys; these words say how.
    Depends(&'static str),
    /// It must be given where this other key of the table is not.
    Without {
        /// The other key.
        other: &'static str,
        /// What holds when that one is given.
        then: &'static str,
    },
    /// The default is this name.
    Text(&'static str),
    /// The default is this number.
    Number(f64),
    /// The default is this flag.
    Flag(bool),
    /// The default of the standard conventions; QSTrader's have none.
    StandardNumber(f64),
    /// The default of the standard conventions; QSTrader's take the number of another key, where
    /// that is given.
    Inherited {
        /// The table and the name of the other key.
        from: [&'static str; 2],
        /// The default of the standard conventions, and where that key is not given.
        standard: f64,
    },
}

/// What is wrong with a symbol; `None` for a possible one.
///
/// A symbol names a file: `EQ/SPY` would leave the data folder.
pub fn symbol_fault(symbol: &str) -> Option<&'static str> {
    if symbol.is_empty() {
        Some("nothing here")
    } else if symbol.contains(['/', '\\']) {
        Some("contains a path separator")
    } else if symbol.contains(char::is_control) {
        Some("contains a control character")
    } else {
        None
    }
}

/// The days of the week: short name, whole name, day.
pub const WEEKDAYS: [(&str, &str, crate::date::Weekday); 7] = {
    use crate::date::Weekday;
    [
        ("mon", "monday", Weekday::Mon),
        ("tue", "tuesday", Weekday::Tue),
        ("wed", "wednesday", Weekday::Wed),
        ("thu", "thursday", Weekday::Thu),
        ("fri", "friday", Weekday::Fri),
        ("sat", "saturday", Weekday::Sat),
        ("sun", "sunday", Weekday::Sun),
    ]
};
