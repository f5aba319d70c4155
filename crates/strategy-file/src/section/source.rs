//! A table of a strategy file as a source of declared values.

use backtest::date::{Date, Moment, Spell, Weekday};
use backtest::declaration::{Key, NameOrNumber, NumberOrTable, Parameter, Presence, Source};

use super::Section;

impl Source for Section<'_> {
    fn exists(&self) -> bool {
        self.exists()
    }

    fn is_given(&self, key: &'static Key) -> bool {
        self.item(key).is_some()
    }

    fn text(&self, key: &'static Key) -> Option<String> {
        self.text(key).map(str::to_owned)
    }

    fn flag(&self, key: &'static Key) -> Option<bool> {
        self.flag(key)
    }

    fn count(&self, key: &'static Key) -> Option<u32> {
        self.count(key)
    }

    fn whole_number(&self, key: &'static Key) -> Option<u64> {
        self.whole_number(key)
    }

    fn ordinal(&self, key: &'static Key) -> Option<i32> {
        self.ordinal(key)
    }

    fn number(&self, key: &'static Key) -> Option<f64> {
        self.number(key)
    }

    fn moment(&self, key: &'static Key) -> Option<Moment> {
        self.moment(key)
    }

    fn name(&self, key: &'static Key) -> Option<&str> {
        self.name(key)
    }

    fn name_or_number(&self, key: &'static Key) -> Option<NameOrNumber<'_>> {
        self.name_or_number(key)
    }

    fn number_or_table(&self, key: &'static Key) -> Option<NumberOrTable<'_, Self>> {
        self.number_or_table(key)
    }

    fn weekday(&self, key: &'static Key) -> Option<Weekday> {
        self.weekday(key)
    }

    fn dates(&self, key: &'static Key) -> Option<Vec<Date>> {
        self.dates(key)
    }

    fn symbols(&self, key: &'static Key) -> Option<Vec<String>> {
        match (self.symbols(key), &key.presence) {
            (None, Presence::Without { .. }) if self.gives_instead(key) => Some(Vec::new()),
            (symbols, _) => symbols,
        }
    }

    fn weights(&self, key: &'static Key) -> Option<Vec<(String, f64)>> {
        self.weights(key)
    }

    fn moments(&self, key: &'static Key) -> Option<Vec<(String, Moment)>> {
        match self.item(key) {
            Some(_) => self.moments(key),
            None => Some(Vec::new()),
        }
    }

    fn spells(&self, key: &'static Key) -> Option<Vec<(String, Vec<Spell>)>> {
        self.spells(key)
    }

    fn parameters(&self, key: &'static Key) -> Option<Vec<(String, Parameter)>> {
        self.parameters(key)
    }

    fn texts(&self, key: &'static Key) -> Option<Vec<(String, String)>> {
        self.texts(key)
    }

    fn table(&self, key: &'static Key) -> Option<Self> {
        self.table(key)
    }

    fn rows(&self, key: &'static Key) -> Option<Vec<Self>> {
        self.tables(key)
    }
}
