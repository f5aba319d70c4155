//! Units, and numbers as text: the same in the terminal and in pages.

use crate::text::{amount, decimal, grouped, percent};

/// What stands for a number that does not exist.
pub const UNDEFINED: &str = "-";

/// The unit of a metric and how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A fraction, written in per cent with this many decimals.
    Share(usize),
    /// A pure number with this many decimals.
    Number(usize),
    /// Years, with a decimal.
    Years,
    /// A number of calendar days.
    Days,
    /// A number of things.
    Count,
    /// Currency units, in short: `3.52M`.
    Currency,
    /// A calendar day.
    Date,
    /// The two ends of an interval of pure numbers.
    Interval,
    /// A month or a year and its return.
    Period,
    /// 64 bits, in hexadecimal digits.
    Digest,
}

impl Form {
    /// A number for people, with a plain minus sign; of an interval or a period, one of its numbers.
    /// [`UNDEFINED`] unless it is finite.
    pub fn text(self, value: f64) -> String {
        match self {
            _ if !value.is_finite() => UNDEFINED.to_owned(),
            Form::Share(decimals) => percent(value, decimals),
            Form::Number(_) | Form::Years if value.abs() >= 1000.0 => grouped(value),
            Form::Number(decimals) => decimal(value, decimals),
            Form::Years => decimal(value, 1),
            Form::Interval => decimal(value, 2),
            Form::Period => percent(value, 1),
            Form::Currency => amount(value),
            Form::Days | Form::Count | Form::Date | Form::Digest => grouped(value.round()),
        }
    }

    /// Whether its values are whole numbers, or bits.
    pub const fn is_whole(self) -> bool {
        matches!(self, Form::Days | Form::Count | Form::Digest)
    }

    /// Its unit in a word or two.
    pub const fn unit(self) -> &'static str {
        match self {
            Form::Share(_) => "share",
            Form::Number(_) => "number",
            Form::Years => "years",
            Form::Days => "days",
            Form::Count => "count",
            Form::Currency => "currency",
            Form::Date => "date",
            Form::Interval => "interval",
            Form::Period => "period and share",
            Form::Digest => "digest",
        }
    }
}
