//! Who belongs to a universe when: an index whose members come and go.

use std::sync::Arc;

use crate::date::{Date, Spell};
use crate::declaration::{
    Field, Key, Mistake, Place, Sink, Source, Value, judge_repetition, judge_symbol,
};

/// The members of a universe, each with the spells of its membership, in the order that breaks ties.
///
/// A clone shares them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Members(Arc<[(String, Vec<Spell>)]>);

impl Members {
    /// Each symbol once, with its spells in the order of time; they do not overlap.
    pub fn new(members: Vec<(String, Vec<Spell>)>) -> Members {
        Members(members.into())
    }

    /// Each symbol with its spells.
    pub fn iter(&self) -> std::slice::Iter<'_, (String, Vec<Spell>)> {
        self.0.iter()
    }
}

/// How much of a membership has prices: the rest is what survivorship hides.
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    /// How many are a member on one of the days.
    pub n_members: usize,
    /// Those without any prices, in the order of the list.
    pub without_prices: Vec<String>,
    /// Days of membership, those of all members added up.
    pub days: i64,
    /// Those of them without prices.
    pub days_without: i64,
}

impl Coverage {
    /// The part of the days of membership that has no prices, 0 to 1.
    pub fn share_without(&self) -> f64 {
        self.days_without as f64 / self.days.max(1) as f64
    }
}

impl Members {
    /// How much of the membership from `first` to `last`, both included, has prices.
    ///
    /// * `span`: the first and the last day with a price of a symbol.
    pub fn coverage(
        &self,
        first: Date,
        last: Date,
        span: impl Fn(&str) -> Option<(Date, Date)>,
    ) -> Coverage {
        let mut coverage = Coverage {
            n_members: 0,
            without_prices: Vec::new(),
            days: 0,
            days_without: 0,
        };
        let n_days = |from: i32, to: i32| i64::from((to - from + 1).max(0));
        for (symbol, spells) in self.iter() {
            let priced = span(symbol);
            let (mut days, mut with) = (0, 0);
            for spell in spells {
                let from = spell.from.date().max(first).epoch_days();
                let to = spell
                    .to
                    .map_or(last, |to| to.date().plus_days(-1).min(last));
                let to = to.epoch_days();
                days += n_days(from, to);
                with += priced.map_or(0, |(begin, end)| {
                    n_days(from.max(begin.epoch_days()), to.min(end.epoch_days()))
                });
            }
            if days > 0 {
                coverage.n_members += 1;
                coverage.days += days;
                coverage.days_without += days - with;
                if priced.is_none() {
                    coverage.without_prices.push(symbol.clone());
                }
            }
        }
        coverage
    }
}

impl Field for Members {
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<Members> {
        source.spells(key).map(Members::new)
    }

    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S) {
        sink.value(key, Value::Spells(&self.0));
    }

    fn judge(&self, key: &'static Key, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        for (symbol, spells) in self.iter() {
            let path = || at.key(key.name).name(symbol);
            judge_symbol(symbol, path, mistakes);
            let mut state = |value: String, message: String, label: &str| {
                mistakes.push(Mistake::stating(path(), value, message, label));
            };
            if spells.is_empty() {
                let message = format!("`{symbol}` has no spell of membership");
                state("[]".to_owned(), message, "nothing here");
            }
            let day = |spell: &Spell| spell.from.date();
            for spell in spells {
                if let Some(to) = spell.to.filter(|to| *to <= spell.from) {
                    let message = format!("`{symbol}` leaves before it enters, on {}", day(spell));
                    state(to.to_string(), message, "leaves here");
                }
            }
            for pair in spells.windows(2) {
                if pair[0].to.is_none_or(|to| to > pair[1].from) {
                    let (first, second) = (day(&pair[0]), day(&pair[1]));
                    let message = format!(
                        "the spells of `{symbol}` from {first} and from {second} overlap, or are not in order"
                    );
                    state(second.to_string(), message, "spells in the order of time");
                }
            }
        }
        judge_repetition(&self.0, key, at, mistakes);
    }
}

crate::choice! {
    /// What becomes of a member that has no prices.
    pub enum MissingMembers {
        /// It is a mistake.
        Error = "error",
        /// It is left out, with a warning: the result is that of the members whose prices survived.
        LeaveOut = "leave-out",
    }
}

#[allow(
    clippy::derivable_impls,
    reason = "`choice!` takes no attribute of a variant"
)]
impl Default for MissingMembers {
    fn default() -> Self {
        MissingMembers::Error
    }
}
