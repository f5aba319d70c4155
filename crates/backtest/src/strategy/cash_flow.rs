//! Money paid into the account and withdrawn from it.

use super::rate::{SeriesSource, judge_name};
use crate::date::Moment;
use crate::declaration::{
    Declaration, Field, Key, Mistake, NumberOrTable, Place, Row, Sink, Source, Value, judge_number,
};

crate::record! {
    /// Money paid into the account, or withdrawn from it, once or again and again. It moves at the open of a session, before the orders of that open are filled.
    pub struct CashFlow: Default {
        /// The day of a single flow. It moves at the first session on that day or after.
        date: Option<Moment> => Moment(BareDate::Midnight), Optional, axis: false;
        /// How often it repeats: at the first session of each week, month, quarter or year after that of the first session.
        every: Option<Every> => Choice(Every::NAMES), Optional, axis: false;
        /// The first day on which it may repeat.
        from: Option<Moment> => Moment(BareDate::Midnight), Optional, axis: false;
        /// The last day on which it may repeat.
        until: Option<Moment> => Moment(BareDate::Midnight), Optional, axis: false;
        /// Currency units: positive when paid in, negative when withdrawn.
        amount: Option<f64> => Number(Bounds::Any), Optional, axis: false;
        /// Per cent of the equity at the close before, in place of an amount: -1 withdraws a hundredth.
        percent: Option<f64> => Number(Bounds::Any), Optional, axis: false;
        /// What the amount grows by from the first session, or from `from`: a fraction a year, or the growth of an index, `{ series = "CPIAUCSL" }`.
        indexed: Option<Indexation> => NumberOrTable(&[], Bounds::Interest, &SeriesSource::TABLE), Optional, axis: false;
    }
}

impl Row for CashFlow {}

crate::choice! {
    /// How often a cash flow repeats.
    pub enum Every {
        /// At the first session of each week, which begins on Monday.
        Week = "week",
        /// At the first session of each month.
        Month = "month",
        /// At the first session of each quarter.
        Quarter = "quarter",
        /// At the first session of each year.
        Year = "year",
    }
}

/// What an amount grows by.
#[derive(Clone, Debug, PartialEq)]
pub enum Indexation {
    /// A fraction a year.
    Rate(f64),
    /// As an index does.
    Series(SeriesSource),
}

impl Indexation {
    /// As an index does.
    pub fn series(name: &str) -> Indexation {
        let series = name.to_owned();
        Indexation::Series(SeriesSource { series })
    }
}

impl Field for Indexation {
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<Indexation> {
        match source.number_or_table(key)? {
            NumberOrTable::Name(_) => None,
            NumberOrTable::Number(rate) => Some(Indexation::Rate(rate)),
            NumberOrTable::Table(table) => {
                <SeriesSource as Declaration>::read(&table).map(Indexation::Series)
            }
        }
    }

    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S) {
        match self {
            Indexation::Rate(rate) => sink.value(key, Value::Number(*rate)),
            Indexation::Series(source) => sink.table(key, |sink| Declaration::write(source, sink)),
        }
    }

    fn judge(&self, key: &'static Key, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        match self {
            Indexation::Rate(rate) => judge_number(*rate, key, at, mistakes),
            Indexation::Series(source) => {
                judge_name(&source.series, &at.table(key.name), "series", mistakes);
            }
        }
    }
}

impl CashFlow {
    /// One payment into the account, or one withdrawal.
    pub fn once(date: Moment, amount: f64) -> CashFlow {
        CashFlow {
            date: Some(date),
            amount: Some(amount),
            ..CashFlow::default()
        }
    }

    /// A payment or a withdrawal that repeats.
    pub fn every(every: Every, amount: f64) -> CashFlow {
        CashFlow {
            every: Some(every),
            amount: Some(amount),
            ..CashFlow::default()
        }
    }

    /// The series that it names.
    pub fn named_series(&self) -> Option<&str> {
        match &self.indexed {
            Some(Indexation::Series(source)) => Some(&source.series),
            _ => None,
        }
    }

    /// Finds keys that do not go together.
    pub(crate) fn check(&self, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        let mut state = |key: &'static str, message: String, label: &str, help: &str| {
            let mistake = Mistake::stating(at.key(key), "", message, label);
            mistakes.push(mistake.help(help));
        };
        let row = |key| at.key(key);
        match (&self.date, &self.every) {
            (None, None) => state(
                "date",
                "a cash flow says neither when nor how often".to_owned(),
                "`date` or `every`",
                "add `date = 2020-01-31` or `every = \"month\"`",
            ),
            (Some(_), Some(_)) => state(
                "every",
                format!("a cash flow has `{}` and `{}`", row("date"), row("every")),
                "one of the two",
                "remove `date`, or `every`; `from` says when a repetition begins",
            ),
            (Some(_), None) if self.from.is_some() || self.until.is_some() => state(
                if self.from.is_some() { "from" } else { "until" },
                "a single cash flow does not begin and end".to_owned(),
                "goes with `every`",
                "remove it, or replace `date` by `every = \"month\"`",
            ),
            _ => {}
        }
        match (self.amount, self.percent) {
            (None, None) => state(
                "amount",
                "a cash flow has no amount".to_owned(),
                "`amount` or `percent`",
                "add `amount = 500`, negative for a withdrawal, or `percent = -1`",
            ),
            (Some(_), Some(_)) => state(
                "percent",
                format!(
                    "a cash flow has `{}` and `{}`",
                    row("amount"),
                    row("percent")
                ),
                "one of the two",
                "write two cash flows to have both",
            ),
            (None, Some(_)) if self.indexed.is_some() => state(
                "indexed",
                format!("`{}` goes with an amount", row("indexed")),
                "a percentage grows with the equity",
                "remove it, or write an `amount`",
            ),
            (None, Some(percent)) if percent < -100.0 => state(
                "percent",
                format!("`{}` is {percent}: more than there is", row("percent")),
                "must be -100 or more",
                "-100 withdraws everything",
            ),
            _ => {}
        }
        if let (Some(from), Some(until)) = (self.from, self.until)
            && until < from
        {
            state(
                "until",
                format!("`{}` is before `{}`", row("until"), row("from")),
                "must not be before `from`",
                "exchange the two",
            );
        }
    }
}
