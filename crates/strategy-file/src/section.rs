//! A table of the document while it is read: typed values out, problems reported on the way.
//!
//! Every getter takes the declaration of its key. `None` means that there is no value, because
//! none was given and there is no default or because the one given is wrong; what is wrong has
//! been reported.

mod complaints;
mod declared;

pub(crate) use declared::check_setting;

use backtest::date::{Moment, Weekday};
use backtest::strategy::Parameter;

use crate::document::{Entry, Item, Value};
use crate::keys::{self, Bounds, Key, Kind, Presence, Table};
use crate::moment::{self, BareDate};
use crate::problem::{Found, Place, Problem, one_of};

pub(crate) struct Section<'a> {
    table: &'static Table,
    entries: &'a [Entry],
    place: &'a Place,
    pub(crate) found: &'a Found,
}

/// A symbol, the place where it is written, and what is said about it.
pub(crate) type Named<'a, T> = (&'a str, &'a Place, T);

impl<'a> Section<'a> {
    /// Opens a table, reporting keys that do not belong in it.
    pub(crate) fn new(
        table: &'static Table,
        entries: &'a [Entry],
        place: &'a Place,
        found: &'a Found,
    ) -> Section<'a> {
        let section = Section {
            table,
            entries,
            place,
            found,
        };
        for entry in entries {
            match table.key(&entry.key) {
                None => section.report_unknown(entry),
                Some(key) if !section.goes_with_tag(key) => section.report_misplaced(entry, key),
                Some(_) => {}
            }
        }
        section
    }

    /// A table that is not there.
    pub(crate) fn empty(&self, key: &Key) -> Section<'a> {
        let table = match key.kind {
            Kind::Nested(table) | Kind::ChoiceOrTable(_, table) | Kind::Rows(table) => table,
            _ => self.table,
        };
        Section {
            table,
            entries: &[],
            place: self.place,
            found: self.found,
        }
    }

    /// `alpha.top_n`
    pub(crate) fn path_to(&self, key: &Key) -> String {
        self.table.path_to(key.name)
    }

    /// The place of the table itself.
    pub(crate) fn own_place(&self) -> &'a Place {
        self.place
    }

    /// The value's place, or the table's when there is no value.
    pub(crate) fn place_of(&self, key: &Key) -> &'a Place {
        self.item(key).map_or(self.place, |item| &item.place)
    }

    pub(crate) fn item(&self, key: &Key) -> Option<&'a Item> {
        debug_assert!(
            self.table
                .key(key.name)
                .is_some_and(|own| std::ptr::eq(own, key))
        );
        self.entries
            .iter()
            .find(|entry| *entry.key == *key.name)
            .map(|entry| &entry.item)
    }

    fn required_item(&self, key: &Key) -> Option<&'a Item> {
        let item = self.item(key);
        if item.is_none() && matches!(key.presence, Presence::Required) {
            self.report_missing(key);
        }
        item
    }

    pub(crate) fn text(&self, key: &Key) -> Option<&'a str> {
        let item = self.required_item(key)?;
        match &item.value {
            Value::Text(text) => Some(text),
            _ => self.wrong_kind(key.name, item, "a string"),
        }
    }

    pub(crate) fn flag(&self, key: &Key) -> Option<bool> {
        match (self.required_item(key), &key.presence) {
            (None, Presence::Flag(default)) => Some(*default),
            (None, _) => None,
            (Some(item), _) => match item.value {
                Value::Flag(flag) => Some(flag),
                _ => self.wrong_kind(key.name, item, "`true` or `false`"),
            },
        }
    }

    pub(crate) fn count(&self, key: &Key) -> Option<u32> {
        let item = self.required_item(key)?;
        let Value::Integer(integer) = item.value else {
            return self.wrong_kind(key.name, item, "a whole number");
        };
        let count = u32::try_from(integer).ok().filter(|count| *count > 0);
        if count.is_none() {
            let allowed = if integer < 1 {
                "1 or more"
            } else {
                "1 to 4294967295"
            };
            self.report_range(key.name, integer, &item.place, allowed);
        }
        count
    }

    pub(crate) fn seed(&self, key: &Key) -> Option<u64> {
        let Some(item) = self.item(key) else {
            return Some(0);
        };
        let Value::Integer(integer) = item.value else {
            return self.wrong_kind(key.name, item, "a whole number");
        };
        let seed = u64::try_from(integer).ok();
        if seed.is_none() {
            self.report_range(key.name, integer, &item.place, "0 or more");
        }
        seed
    }

    pub(crate) fn number(&self, key: &Key) -> Option<f64> {
        let bounds = match key.kind {
            Kind::Number(bounds) => bounds,
            _ => Bounds::Any,
        };
        match (self.required_item(key), &key.presence) {
            (None, Presence::Number(default)) => Some(*default),
            (None, _) => None,
            (Some(item), _) => self.number_in(key.name, item, bounds),
        }
    }

    fn number_in(&self, name: &str, item: &Item, bounds: Bounds) -> Option<f64> {
        let number = match item.value {
            Value::Integer(integer) => integer as f64,
            Value::Float(float) => float,
            _ => return self.wrong_kind(name, item, "a number"),
        };
        if bounds.contain(number) {
            return Some(number);
        }
        let allowed = match number.is_finite() {
            true => bounds.allowed(),
            false => Bounds::Any.allowed(),
        };
        self.report_range(name, number, &item.place, allowed);
        None
    }

    pub(crate) fn moment(&self, key: &Key) -> Option<Moment> {
        let item = self.required_item(key)?;
        let bare = match key.kind {
            Kind::Moment(bare) => bare,
            _ => BareDate::Midnight,
        };
        self.moment_in(key.name, item, bare)
    }

    fn moment_in(&self, name: &str, item: &Item, bare: BareDate) -> Option<Moment> {
        match &item.value {
            Value::Datetime(datetime) if datetime.date.is_some() => {
                let moment = moment::from_toml(datetime, bare);
                if moment.is_none() {
                    self.report_range(name, datetime, &item.place, "in the years 1 to 9999");
                }
                moment
            }
            Value::Text(text) if text.trim().parse::<toml::value::Datetime>().is_ok() => {
                let path = self.table.path_to(name);
                let message = format!("`{path}` is a string, not a date");
                let problem = Problem::new(&item.place, message, "a date stands without quotes");
                self.found
                    .report(problem.help(format!("drop the quotes: `{name} = {}`", text.trim())));
                None
            }
            _ => self.wrong_kind(name, item, "a date, as in `2003-09-30`"),
        }
    }

    /// One of `options`, which are those of the key's declaration.
    pub(crate) fn choice<T: Copy>(&self, key: &Key, options: &[(&'static str, T)]) -> Option<T> {
        let name = self.name(key)?;
        let option = options.iter().find(|(option, _)| *option == name);
        option.map(|(_, value)| *value)
    }

    /// The name given for a [`Kind::Choice`], which is one that exists.
    pub(crate) fn name(&self, key: &Key) -> Option<&'a str> {
        match (self.required_item(key), &key.presence) {
            (None, Presence::Text(default)) => Some(default),
            (None, _) => None,
            (Some(item), _) => {
                let (Kind::Choice(names) | Kind::ChoiceOrTable(names, _)) = key.kind else {
                    return None;
                };
                let names = names();
                match &item.value {
                    Value::Text(text) if names.contains(&text.as_ref()) => Some(text),
                    Value::Text(text) => {
                        self.report_unknown_name(key, text, &item.place, &names, &names);
                        None
                    }
                    _ if matches!(key.kind, Kind::ChoiceOrTable(..)) => {
                        self.wrong_kind(key.name, item, &format!("{}, or a table", one_of(&names)))
                    }
                    _ => self.wrong_kind(key.name, item, &one_of(&names)),
                }
            }
        }
    }

    pub(crate) fn weekday(&self, key: &Key) -> Option<Weekday> {
        let item = self.required_item(key)?;
        let Value::Text(text) = &item.value else {
            return self.wrong_kind(key.name, item, "a day of the week");
        };
        for (short, whole, weekday) in keys::WEEKDAYS {
            if text.eq_ignore_ascii_case(short) || text.eq_ignore_ascii_case(whole) {
                return Some(weekday);
            }
        }
        let short = keys::WEEKDAYS.map(|(short, ..)| short);
        let whole = keys::WEEKDAYS.map(|(_, whole, _)| whole);
        self.report_unknown_name(key, text, &item.place, &short, &whole);
        None
    }

    /// Symbols and their places.
    pub(crate) fn symbols(&self, key: &Key) -> Option<Vec<(&'a str, &'a Place)>> {
        let item = self.required_item(key)?;
        let Value::Array(items) = &item.value else {
            return self.wrong_kind(key.name, item, "an array of symbols");
        };
        let mut symbols = Vec::with_capacity(items.len());
        for item in items.iter() {
            match &item.value {
                Value::Text(text) => {
                    self.check_symbol(text, &item.place);
                    symbols.push((text.as_ref(), &item.place));
                }
                _ => self
                    .wrong_kind(key.name, item, "an array of symbols in quotes")
                    .unwrap_or_default(),
            }
        }
        Some(symbols)
    }

    pub(crate) fn weights(&self, key: &Key) -> Option<Vec<Named<'a, f64>>> {
        self.by_symbol(
            key,
            "a table of weights, as in `{ SPY = 0.6, AGG = 0.4 }`",
            |name, item| self.number_in(&format!("{}.{name}", key.name), item, Bounds::Any),
        )
    }

    pub(crate) fn moments(&self, key: &Key) -> Option<Vec<Named<'a, Moment>>> {
        self.by_symbol(
            key,
            "a table of dates, as in `{ XLC = 2018-06-18 }`",
            |name, item| self.moment_in(&format!("{}.{name}", key.name), item, BareDate::Midnight),
        )
    }

    /// The parameters of a model, none when the table is not there.
    pub(crate) fn parameters(&self, key: &Key) -> Option<Vec<(String, Parameter)>> {
        let Some(item) = self.item(key) else {
            return Some(Vec::new());
        };
        let expected = "a table of parameters, as in `{ lookback = 126 }`";
        let Value::Table(entries) = &item.value else {
            return self.wrong_kind(key.name, item, expected);
        };
        let parameter = |entry: &Entry| {
            let parameter = match &entry.item.value {
                Value::Integer(integer) => Parameter::Integer(*integer),
                Value::Float(number) => Parameter::Number(*number),
                Value::Flag(flag) => Parameter::Flag(*flag),
                Value::Text(text) => Parameter::Text(text.to_string()),
                _ => {
                    let name = format!("{}.{}", key.name, entry.key);
                    return self.wrong_kind(&name, &entry.item, "a number, a boolean or a string");
                }
            };
            Some((entry.key.to_string(), parameter))
        };
        entries.iter().map(parameter).collect()
    }

    fn by_symbol<T>(
        &self,
        key: &Key,
        expected: &str,
        read: impl Fn(&str, &Item) -> Option<T>,
    ) -> Option<Vec<Named<'a, T>>> {
        let item = self.required_item(key)?;
        let Value::Table(entries) = &item.value else {
            return self.wrong_kind(key.name, item, expected);
        };
        let mut named = Vec::with_capacity(entries.len());
        for entry in entries.iter() {
            self.check_symbol(&entry.key, &entry.key_place);
            if let Some(value) = read(&entry.key, &entry.item) {
                named.push((entry.key.as_ref(), &entry.key_place, value));
            }
        }
        Some(named)
    }

    /// Opens a table of this one; `None` when it is not there.
    pub(crate) fn table(&self, key: &Key) -> Option<Section<'a>> {
        let item = self.required_item(key)?;
        let (Kind::Nested(table) | Kind::ChoiceOrTable(_, table)) = key.kind else {
            return None;
        };
        let Value::Table(entries) = &item.value else {
            return self.wrong_kind(key.name, item, "a table");
        };
        Some(Section::new(table, entries, &item.place, self.found))
    }

    /// Opens an array of tables.
    pub(crate) fn tables(&self, key: &Key) -> Option<Vec<Section<'a>>> {
        let item = self.required_item(key)?;
        let Kind::Rows(table) = key.kind else {
            return None;
        };
        let Value::Array(items) = &item.value else {
            return self.wrong_kind(key.name, item, "an array of tables");
        };
        let mut sections = Vec::with_capacity(items.len());
        for item in items.iter() {
            match &item.value {
                Value::Table(entries) => {
                    sections.push(Section::new(table, entries, &item.place, self.found));
                }
                _ => self
                    .wrong_kind(key.name, item, "an array of tables")
                    .unwrap_or_default(),
            }
        }
        Some(sections)
    }

    /// Whether the key exists for the value of the key that it depends on. When that value is
    /// itself wrong the benefit of the doubt is given.
    fn goes_with_tag(&self, key: &Key) -> bool {
        match (&key.when, self.tag_of(key)) {
            (Some(when), Some(value)) => when.values.contains(&value),
            _ => true,
        }
    }

    /// The value of the key that `key` depends on, if it is a possible one.
    fn tag_of(&self, key: &Key) -> Option<&'a str> {
        let tag = self.table.key(key.when.as_ref()?.tag)?;
        let value = match (self.item(tag), &tag.presence) {
            (None, Presence::Text(default)) => default,
            (None, _) => return None,
            (Some(item), _) => match &item.value {
                Value::Text(text) => text.as_ref(),
                _ => return None,
            },
        };
        match key.when.as_ref()?.values.contains(&value) {
            true => Some(value),
            false => match tag.kind {
                Kind::Choice(names) => names().contains(&value).then_some(value),
                _ => None,
            },
        }
    }
}
