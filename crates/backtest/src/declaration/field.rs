//! Values of declared keys: how each type is read, written and judged.

use super::key::{Bounds, Key, Kind, Presence, Table, WEEKDAYS, symbol_fault};
use super::mistake::{Mistake, Path, Place};
use crate::date::{Date, Moment, Spell, Weekday};

/// Where the values of a table come from: a table of a strategy file, keywords, a form.
///
/// Every getter takes the declaration of its key. `None` means that there is no value, because
/// none was given and there is no default or because the one given is wrong; what is wrong has
/// been reported by the source.
pub trait Source: Sized {
    /// Whether the table itself is given.
    fn exists(&self) -> bool;
    /// Whether a value is given for the key.
    fn is_given(&self, key: &'static Key) -> bool;
    /// A [`Kind::Text`], a [`Kind::Formula`] or a [`Kind::Condition`].
    fn text(&self, key: &'static Key) -> Option<String>;
    /// A [`Kind::Flag`].
    fn flag(&self, key: &'static Key) -> Option<bool>;
    /// A [`Kind::Count`].
    fn count(&self, key: &'static Key) -> Option<u32>;
    /// A [`Kind::WholeNumber`].
    fn whole_number(&self, key: &'static Key) -> Option<u64>;
    /// A [`Kind::Ordinal`].
    fn ordinal(&self, key: &'static Key) -> Option<i32>;
    /// A [`Kind::Number`].
    fn number(&self, key: &'static Key) -> Option<f64>;
    /// A [`Kind::Moment`].
    fn moment(&self, key: &'static Key) -> Option<Moment>;
    /// The name given for a [`Kind::Choice`] or a [`Kind::Part`], which is one that exists.
    fn name(&self, key: &'static Key) -> Option<&str>;
    /// A [`Kind::ChoiceOrNumber`].
    fn name_or_number(&self, key: &'static Key) -> Option<NameOrNumber<'_>>;
    /// A [`Kind::NumberOrTable`].
    fn number_or_table(&self, key: &'static Key) -> Option<NumberOrTable<'_, Self>>;
    /// A [`Kind::Weekday`].
    fn weekday(&self, key: &'static Key) -> Option<Weekday>;
    /// A [`Kind::Dates`], in the order in which they are written.
    fn dates(&self, key: &'static Key) -> Option<Vec<Date>>;
    /// A [`Kind::Symbols`].
    fn symbols(&self, key: &'static Key) -> Option<Vec<String>>;
    /// A [`Kind::Weights`], in the order in which they are written.
    fn weights(&self, key: &'static Key) -> Option<Vec<(String, f64)>>;
    /// A [`Kind::Moments`], in the order in which they are written.
    fn moments(&self, key: &'static Key) -> Option<Vec<(String, Moment)>>;
    /// A [`Kind::Spells`], in the order in which they are written.
    fn spells(&self, key: &'static Key) -> Option<Vec<(String, Vec<Spell>)>>;
    /// A [`Kind::Parameters`], in the order in which they are written.
    fn parameters(&self, key: &'static Key) -> Option<Vec<(String, Parameter)>>;
    /// A [`Kind::Texts`], in the order in which they are written; none when it is not given.
    fn texts(&self, key: &'static Key) -> Option<Vec<(String, String)>>;
    /// A [`Kind::Table`]; one without entries when it is not given.
    fn table(&self, key: &'static Key) -> Option<Self>;
    /// A [`Kind::Rows`].
    fn rows(&self, key: &'static Key) -> Option<Vec<Self>>;
}

/// The value of a [`Kind::ChoiceOrNumber`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NameOrNumber<'a> {
    /// One of its names.
    Name(&'a str),
    /// A number.
    Number(f64),
}

/// The value of a [`Kind::NumberOrTable`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NumberOrTable<'a, S> {
    /// One of its names.
    Name(&'a str),
    /// A number.
    Number(f64),
    /// Its table.
    Table(S),
}

/// What an external model is made with.
#[derive(Clone, Debug, PartialEq)]
pub enum Parameter {
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// A text.
    Text(String),
}

/// A value to be written.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// A [`Kind::Flag`].
    Flag(bool),
    /// A [`Kind::Count`] or a [`Kind::WholeNumber`].
    Integer(u64),
    /// A [`Kind::Ordinal`].
    Ordinal(i32),
    /// A [`Kind::Number`].
    Number(f64),
    /// A [`Kind::Text`], a name, or a day of the week.
    Text(&'a str),
    /// A [`Kind::Moment`].
    Moment(Moment),
    /// A [`Kind::Dates`].
    Dates(&'a [Date]),
    /// A [`Kind::Symbols`].
    Symbols(&'a [String]),
    /// A [`Kind::Weights`].
    Weights(&'a [(String, f64)]),
    /// A [`Kind::Moments`].
    Moments(&'a [(String, Moment)]),
    /// A [`Kind::Spells`].
    Spells(&'a [(String, Vec<Spell>)]),
    /// A [`Kind::Parameters`].
    Parameters(&'a [(String, Parameter)]),
    /// A [`Kind::Texts`].
    Texts(&'a [(String, String)]),
}

/// Where the values of a table go.
pub trait Sink: Sized {
    /// Writes a value.
    fn value(&mut self, key: &'static Key, value: Value<'_>);
    /// Writes a [`Kind::Table`].
    fn table(&mut self, key: &'static Key, write: impl FnOnce(&mut Self));
    /// Writes a [`Kind::Rows`].
    fn rows<R: Declaration>(&mut self, key: &'static Key, records: &[R]);
}

/// A struct whose fields are declared keys.
pub trait Declaration: Sized + 'static {
    /// What it is, in whole sentences.
    const DOC: &'static str;
    /// Its keys, in the order of the fields.
    const KEYS: &'static [&'static Key];
    /// The table of these keys.
    const TABLE: Table = Table {
        doc: Self::DOC,
        keys: Self::KEYS,
    };

    /// Reads every key. `None` when one has no value.
    fn read<S: Source>(source: &S) -> Option<Self>;

    /// Writes every key.
    fn write<S: Sink>(&self, sink: &mut S);

    /// Finds values that break the rule of their own key.
    fn judge(&self, at: &Place<'_>, mistakes: &mut Vec<Mistake>);
}

/// A record that is one of the parts that a key may name.
pub trait Part: Declaration {
    /// Its name in strategy files.
    const NAME: &'static str;
}

/// A type that a declared key may have.
pub trait Field: Sized {
    /// Reads it from a table. `None` when there is no value.
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<Self>;

    /// Writes it to a table.
    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S);

    /// Finds what breaks the rule of the key.
    fn judge(&self, key: &'static Key, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        let _ = (key, at, mistakes);
    }
}

/// A table of its own.
impl<R: Declaration> Field for R {
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<R> {
        match key.kind {
            Kind::Flat(_) => R::read(source),
            _ => R::read(&source.table(key)?),
        }
    }

    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S) {
        match key.kind {
            Kind::Flat(_) => Declaration::write(self, sink),
            _ => sink.table(key, |sink| Declaration::write(self, sink)),
        }
    }

    fn judge(&self, key: &'static Key, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        match key.kind {
            Kind::Flat(_) => Declaration::judge(self, at, mistakes),
            _ => Declaration::judge(self, &at.table(key.name), mistakes),
        }
    }
}

impl Field for f64 {
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<f64> {
        source.number(key)
    }

    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S) {
        sink.value(key, Value::Number(*self));
    }

    fn judge(&self, key: &'static Key, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        judge_number(*self, key, at, mistakes);
    }
}

/// Finds a number outside of the bounds of its key.
pub(crate) fn judge_number(
    number: f64,
    key: &'static Key,
    at: &Place<'_>,
    mistakes: &mut Vec<Mistake>,
) {
    let bounds = match key.kind {
        Kind::Number(bounds)
        | Kind::ChoiceOrNumber(_, bounds)
        | Kind::NumberOrTable(_, bounds, _) => bounds,
        _ => Bounds::Any,
    };
    if let Some(allowed) = bounds.broken_by(number) {
        let rule = format!("must be {allowed}");
        let mistake = Mistake::new(at.key(key.name), number, rule);
        let help = bounds.help().map(str::to_owned).into_iter();
        mistakes.push(help.fold(mistake, Mistake::help));
    }
}

impl Field for u32 {
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<u32> {
        source.count(key)
    }

    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S) {
        sink.value(key, Value::Integer((*self).into()));
    }

    fn judge(&self, key: &'static Key, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        if *self < 1 {
            mistakes.push(Mistake::new(at.key(key.name), self, "must be 1 or more"));
        }
    }
}

impl Field for i32 {
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<i32> {
        source.ordinal(key)
    }

    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S) {
        sink.value(key, Value::Ordinal(*self));
    }

    fn judge(&self, key: &'static Key, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        if *self == 0 {
            let rule = "must be 1 or more, or -1 or less";
            let mistake = Mistake::new(at.key(key.name), self, rule);
            mistakes.push(mistake.help("1 is the first, -1 the last"));
        }
    }
}

impl Field for Vec<Date> {
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<Vec<Date>> {
        source.dates(key)
    }

    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S) {
        sink.value(key, Value::Dates(self));
    }
}

impl Field for u64 {
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<u64> {
        source.whole_number(key)
    }

    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S) {
        sink.value(key, Value::Integer(*self));
    }
}

impl Field for bool {
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<bool> {
        source.flag(key)
    }

    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S) {
        sink.value(key, Value::Flag(*self));
    }
}

impl Field for String {
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<String> {
        source.text(key)
    }

    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S) {
        sink.value(key, Value::Text(self));
    }
}

impl Field for Moment {
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<Moment> {
        source.moment(key)
    }

    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S) {
        sink.value(key, Value::Moment(*self));
    }
}

impl Field for Weekday {
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<Weekday> {
        source.weekday(key)
    }

    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S) {
        let days = WEEKDAYS.iter();
        for (name, ..) in days.filter(|(.., day)| day == self) {
            sink.value(key, Value::Text(name));
        }
    }
}

/// Not given, or a value.
impl<T: Field> Field for Option<T> {
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<Option<T>> {
        let is_given = match key.kind {
            Kind::Flat(_) | Kind::Part(_) => source.exists(),
            _ => source.is_given(key),
        };
        match is_given {
            true => T::read(source, key).map(Some),
            false => Some(None),
        }
    }

    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S) {
        if let Some(value) = self {
            value.write(key, sink);
        }
    }

    fn judge(&self, key: &'static Key, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        if let Some(value) = self {
            value.judge(key, at, mistakes);
        }
    }
}

impl Field for Vec<String> {
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<Vec<String>> {
        source.symbols(key)
    }

    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S) {
        let left_out = self.is_empty() && matches!(key.presence, Presence::Without { .. });
        if !left_out {
            sink.value(key, Value::Symbols(self));
        }
    }

    fn judge(&self, key: &'static Key, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        judge_symbols(self, &at.key(key.name), mistakes);
    }
}

/// Finds what cannot be a symbol in the list at a path.
pub(crate) fn judge_symbols(symbols: &[String], path: &Path, mistakes: &mut Vec<Mistake>) {
    for (index, symbol) in symbols.iter().enumerate() {
        judge_symbol(symbol, || path.clone().index(index), mistakes);
    }
}

/// Finds what is wrong with a symbol.
pub(crate) fn judge_symbol(symbol: &str, path: impl FnOnce() -> Path, mistakes: &mut Vec<Mistake>) {
    if let Some(fault) = symbol_fault(symbol) {
        let message = match symbol {
            "" => "a symbol is empty".to_owned(),
            _ => format!("`{}` is not a symbol", symbol.escape_debug()),
        };
        mistakes.push(Mistake::stating(
            path(),
            format!("{symbol:?}"),
            message,
            fault,
        ));
    }
}

impl Field for Vec<(String, f64)> {
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<Vec<(String, f64)>> {
        source.weights(key)
    }

    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S) {
        sink.value(key, Value::Weights(self));
    }

    fn judge(&self, key: &'static Key, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        for (symbol, weight) in self {
            let path = || at.key(key.name).name(symbol);
            judge_symbol(symbol, path, mistakes);
            if let Some(allowed) = Bounds::Any.broken_by(*weight) {
                let mistake = Mistake::new(path(), weight, format!("must be {allowed}"));
                mistakes.push(mistake.help(format!("check the numbers of `{}`", at.key(key.name))));
            }
        }
        judge_repetition(self, key, at, mistakes);
    }
}

impl Field for Vec<(String, Moment)> {
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<Vec<(String, Moment)>> {
        source.moments(key)
    }

    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S) {
        if !self.is_empty() {
            sink.value(key, Value::Moments(self));
        }
    }

    fn judge(&self, key: &'static Key, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        for (symbol, _) in self {
            judge_symbol(symbol, || at.key(key.name).name(symbol), mistakes);
        }
        judge_repetition(self, key, at, mistakes);
    }
}

/// Finds the symbols that stand twice, which a file cannot say.
pub(crate) fn judge_repetition<T>(
    entries: &[(String, T)],
    key: &'static Key,
    at: &Place<'_>,
    mistakes: &mut Vec<Mistake>,
) {
    for index in repetitions(entries.iter().map(|(symbol, _)| symbol.as_str())) {
        let symbol = &entries[index].0;
        let path = at.key(key.name).name(symbol);
        let message = format!("`{}` names `{symbol}` twice", at.key(key.name));
        mistakes.push(Mistake::stating(path, symbol, message, "again"));
    }
}

/// The positions of the names that stood before, increasing.
pub(crate) fn repetitions<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> Vec<usize> {
    let mut sorted: Vec<(&str, usize)> = names.zip(0..).collect();
    if sorted.is_sorted_by(|(a, _), (b, _)| a < b) {
        return Vec::new();
    }
    sorted.sort_unstable();
    let pairs = sorted.windows(2);
    let mut again: Vec<usize> = pairs
        .filter(|pair| pair[0].0 == pair[1].0)
        .map(|pair| pair[1].1)
        .collect();
    again.sort_unstable();
    again
}

impl Field for Vec<(String, Parameter)> {
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<Vec<(String, Parameter)>> {
        source.parameters(key)
    }

    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S) {
        sink.value(key, Value::Parameters(self));
    }
}

/// Writes, reads and judges an array of tables.
impl<R: Declaration + Row> Field for Vec<R> {
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<Vec<R>> {
        // Each row is read, so that all their mistakes are found.
        let rows: Vec<Option<R>> = source.rows(key)?.iter().map(R::read).collect();
        rows.into_iter().collect()
    }

    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S) {
        sink.rows(key, self);
    }

    fn judge(&self, key: &'static Key, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        for (index, row) in self.iter().enumerate() {
            row.judge(&at.row(key.name, index), mistakes);
        }
    }
}

/// A record that is a row of an array of tables.
pub trait Row: Declaration {}
