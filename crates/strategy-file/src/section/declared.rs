//! Checks one value against the declaration of its key, and against nothing else.

use diagnostics::{all_of, nearest};
use std::sync::Arc;

use backtest::declaration::{Key, Kind, NumberOrTable};

use super::{Around, Section};
use crate::document::{Entry, Item, Value};
use crate::problem::{Found, Place, Problem};
use crate::toml_text;
use crate::tree::{FileKey, FileTable, file, is_required};

/// Whether `path` leads to a key that can have the value; if not, that has been reported.
///
/// What the key asks of other keys is not looked at.
///
/// * `name`: the path as the user reads it.
pub(crate) fn check_setting(
    path: &[(Arc<str>, Place)],
    name: &str,
    item: &Item,
    found: &Found,
) -> bool {
    let Some((table, key, item)) = resolve(path, item) else {
        report_unknown_path(path, name, found);
        return false;
    };
    let place = path.last().map_or(&Place::File, |(_, place)| place);
    let entries = [Entry {
        key: key.name.into(),
        key_place: place.clone(),
        item,
    }];
    let own = Found::default();
    let section = Section {
        table,
        entries: &entries,
        place,
        exists: true,
        around: Around::default(),
        found: &own,
    };
    section.check(key);
    let Err(problems) = own.or(()) else {
        return true;
    };
    for problem in &problems {
        found.report(problem.clone());
    }
    false
}

/// The declaration at the end of a path. A symbol at its end becomes a table of one.
fn resolve(
    path: &[(Arc<str>, Place)],
    item: &Item,
) -> Option<(&'static FileTable, &'static Key, Item)> {
    let mut table = file();
    for (at, (segment, place)) in path.iter().enumerate() {
        let FileKey {
            key, table: inner, ..
        } = table.key(segment)?;
        match (&path[at + 1..], &key.kind) {
            ([], _) => return Some((table, key, item.clone())),
            (_, Kind::Table(_) | Kind::ChoiceOrTable(..) | Kind::NumberOrTable(..)) => {
                table = inner.as_ref()?
            }
            ([(symbol, _)], Kind::Weights | Kind::Moments | Kind::Parameters | Kind::Texts) => {
                let entry = Entry {
                    key: symbol.clone(),
                    key_place: place.clone(),
                    item: item.clone(),
                };
                let one = Item {
                    value: Value::Table(Arc::new(vec![entry])),
                    place: item.place.clone(),
                };
                return Some((table, key, one));
            }
            _ => return None,
        }
    }
    None
}

fn report_unknown_path(path: &[(Arc<str>, Place)], name: &str, found: &Found) {
    let tables = file().all();
    let mut known = Vec::new();
    for table in &tables {
        let axes = table.keys.iter().filter(|key| key.key.axis);
        known.extend(axes.map(|key| table.path_to(key.key.name)));
    }
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let last = path.last().map_or("", |(key, _)| key);
    let same_key = known
        .iter()
        .find(|path| path.rsplit('.').next() == Some(last));
    let near = nearest(name, &known).or(same_key);
    let label = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "no such key".to_owned(),
    };
    let place = path.first().map_or(&Place::File, |(_, place)| place);
    let message = format!("the axis `{name}` names no key of a strategy file");
    let mut problem = Problem::new(place, message, label);
    // The longest part that is known tells what could follow.
    let parents = path.iter().enumerate().rev().filter_map(|(n, _)| {
        let keys: Vec<String> = path[..n]
            .iter()
            .map(|(key, _)| toml_text::toml_key(key))
            .collect();
        let path = keys.join(".");
        tables.iter().find(|table| table.path == path)
    });
    if let Some(table) = parents.into_iter().next() {
        let names: Vec<&str> = table.keys.iter().map(|key| key.key.name).collect();
        let names = all_of(&names);
        problem = problem.help(format!("the keys of {} are {names}", table.title()));
    }
    found.report(problem);
}

impl Section<'_> {
    pub(crate) fn check(&self, key: &Key) {
        match key.kind {
            Kind::Text | Kind::Formula | Kind::Condition => drop(self.text(key)),
            Kind::Flag => drop(self.flag(key)),
            Kind::Count => drop(self.count(key)),
            Kind::Ordinal => drop(self.ordinal(key)),
            Kind::Number(_) => drop(self.number(key)),
            Kind::Moment(_) => drop(self.moment(key)),
            Kind::Choice(_) | Kind::Part(_) => drop(self.name(key)),
            Kind::ChoiceOrNumber(..) => drop(self.name_or_number(key)),
            Kind::NumberOrTable(..) => {
                if let Some(NumberOrTable::Table(section)) = self.number_or_table(key) {
                    section.check_keys();
                }
            }
            Kind::Weekday => drop(self.weekday(key)),
            Kind::Dates => drop(self.dates(key)),
            Kind::Symbols => drop(self.symbols(key)),
            Kind::Weights => drop(self.weights(key)),
            Kind::Moments => drop(self.moments(key)),
            Kind::Spells => drop(self.spells(key)),
            Kind::WholeNumber => drop(self.whole_number(key)),
            Kind::Axes => {}
            // Its keys stand in the table themselves.
            Kind::Flat(_) => {}
            Kind::Parameters => drop(self.parameters(key)),
            Kind::Texts => drop(self.texts(key)),
            Kind::Table(_) => {
                if let Some(section) = self.table(key) {
                    section.check_keys();
                }
            }
            Kind::Rows(_) => {
                for section in self.tables(key).unwrap_or_default() {
                    section.check_keys();
                }
            }
            Kind::ChoiceOrTable(..) => match self.item(key).map(|item| &item.value) {
                Some(Value::Table(_)) => {
                    if let Some(section) = self.table(key) {
                        section.check_keys();
                    }
                }
                _ => drop(self.name(key)),
            },
        }
    }

    fn check_keys(&self) {
        for FileKey { key, owners, .. } in &self.table.keys {
            let own = match owners {
                None => Some(*key),
                Some(owners) => {
                    let part = self.table.key(key.name).and_then(|key| self.tag_of(key));
                    part.and_then(|part| owners.of(part))
                }
            };
            if let Some(key) = own
                && (is_required(key) || self.item(key).is_some())
            {
                self.check(key);
            }
        }
    }
}

/// Whether a sweep may vary the key at the end of a path; yes when the path leads nowhere.
pub(crate) fn may_be_axis(path: &[(Arc<str>, Place)]) -> bool {
    let mut table = Some(file());
    path.iter().all(|(segment, _)| {
        let key = table.and_then(|table| table.key(segment));
        table = key.and_then(|key| key.table.as_ref());
        key.is_none_or(|key| key.key.axis)
    })
}
