//! What a section says when a key or a value is wrong.

use backtest::declaration::{Key, Kind, symbol_fault};
use diagnostics::{all_of, nearest, one_of};

use super::Section;
use crate::document::{Entry, Item};
use crate::problem::{Place, Problem};
use crate::tree::{FileKey, file, is_needed};

impl Section<'_> {
    /// `expected` completes "must be". Returns `None`, for the getter to return.
    pub(super) fn wrong_kind<T>(&self, name: &str, item: &Item, expected: &str) -> Option<T> {
        let path = self.table.path_to(name);
        let found = item.value.kind();
        let message = format!("`{path}` must be {expected}");
        self.found.report(Problem::new(
            &item.place,
            message,
            format!("this is {found}"),
        ));
        None
    }

    pub(super) fn report_range(
        &self,
        name: &str,
        value: impl std::fmt::Display,
        place: &Place,
        allowed: &str,
    ) {
        self.report_outside(name, value, place, allowed, None);
    }

    pub(super) fn report_outside(
        &self,
        name: &str,
        value: impl std::fmt::Display,
        place: &Place,
        allowed: &str,
        help: Option<&str>,
    ) {
        let path = self.table.path_to(name);
        let message = format!("`{path}` is {value}");
        let problem = Problem::new(place, message, format!("must be {allowed}"));
        (self.found).report(help.into_iter().fold(problem, Problem::help));
    }

    /// `names` are listed, the nearest of `candidates` is suggested.
    pub(super) fn report_unknown_name(
        &self,
        key: &Key,
        text: &str,
        place: &Place,
        names: &[&str],
        candidates: &[&str],
    ) {
        let path = self.table.path_to(key.name);
        let label = match nearest(text, candidates) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "no such name".to_owned(),
        };
        let problem = Problem::new(place, format!("`{path}` cannot be `{text}`"), label);
        self.found
            .report(problem.help(format!("it is {}", one_of(names))));
    }

    /// Says that a key is missing although it is needed.
    pub(crate) fn report_missing(&self, key: &Key) {
        // A typo is reported once, at the key itself.
        let typo = |entry: &Entry| {
            self.table.key(&entry.key).is_none() && nearest(&entry.key, [key.name]).is_some()
        };
        if self.entries.iter().any(typo) {
            return;
        }
        let path = self.table.path_to(key.name);
        if let (Kind::Table(_), Some(table)) = (key.kind, self.table.table(key)) {
            let message = format!("{} is missing", table.title());
            let required: Vec<String> = (table.keys.iter())
                .filter(|key| is_needed(key.key) && key.owners.is_none())
                .map(|key| format!("`{}`", key.key.name))
                .collect();
            let help = format!("add {} with {}", table.title(), required.join(" and "));
            self.found
                .report(Problem::new(self.place, message, "").help(help));
            return;
        }
        let own = self.table.key(key.name);
        let label = match own.and_then(|own| self.tag_of(own)) {
            Some(tag) => format!("`{tag}` needs `{}`", key.name),
            None => format!("`{}` belongs here", key.name),
        };
        let problem = Problem::new(self.place, format!("`{path}` is missing"), label);
        self.found
            .report(problem.help(format!("`{}`: {}", key.name, plain(key.doc))));
    }

    /// Says that QSTrader's conventions have no default for a key.
    pub(super) fn report_no_default(&self, key: &Key, standard: f64, qstrader: &Place) {
        let (path, name) = (self.table.path_to(key.name), key.name);
        let message = format!("`{path}` is missing");
        let asked = format!("`qstrader` conventions need `{name}`");
        let problem = match self.place {
            Place::File => Problem::new(qstrader, message, asked),
            place => Problem::new(place, message, format!("`{name}` belongs here"))
                .related(qstrader, asked),
        };
        let help = format!(
            "QSTrader has no default for it; the standard conventions' is `{name} = {standard:?}`"
        );
        self.found.report(problem.help(help));
    }

    pub(super) fn report_unknown(&self, entry: &Entry) {
        let name = entry.key.as_ref();
        let names: Vec<&str> = (self.table.keys.iter())
            .filter(|key| self.goes_with_tag(key))
            .map(|key| key.key.name)
            .collect();
        let elsewhere: Vec<String> = (file().all().into_iter())
            .filter(|table| table.key(name).is_some())
            .map(|table| table.title())
            .collect();
        let label = match nearest(name, &names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "no such key".to_owned(),
        };
        let message = format!("unknown key `{name}` in {}", self.table.title());
        let mut problem = Problem::new(&entry.key_place, message, label);
        if !elsewhere.is_empty() {
            problem = problem.help(format!("`{name}` belongs in {}", elsewhere.join(" or ")));
        }
        let keys = format!("the keys here are {}", all_of(&names));
        self.found.report(problem.help(keys));
    }

    pub(super) fn report_misplaced(&self, entry: &Entry, key: &FileKey) {
        let (Some(owners), Some(value)) = (&key.owners, self.tag_of(key)) else {
            return;
        };
        let (tag, key) = (owners.tag.name, key.key);
        let path = self.table.path_to(key.name);
        let owners = one_of(owners.names());
        let message = format!("`{path}` does not go with {tag} `{value}`");
        let label = format!("belongs to {}", owners.replace(" or ", " and "));
        let mut problem = Problem::new(&entry.key_place, message, label);
        if let Some(item) = self.table.key(tag).and_then(|tag| self.item(tag.key)) {
            problem = problem.related(&item.place, "given here");
            if let (Place::Override { .. }, Place::Text(_)) = (&item.place, &entry.key_place) {
                let whole = format!("`{}={{{tag}=\"{value}\"}}`", self.table.path);
                problem = problem.help(format!("to replace the whole table, set {whole}"));
            }
        }
        let help = format!("remove `{}`, or set `{tag}` to {owners}", key.name);
        self.found.report(problem.help(help));
    }

    pub(super) fn check_symbol(&self, symbol: &str, place: &Place) {
        if let Some(label) = symbol_fault(symbol) {
            let message = match symbol {
                "" => "a symbol is empty".to_owned(),
                _ => format!("`{}` is not a symbol", symbol.escape_debug()),
            };
            self.found.report(Problem::new(place, message, label));
        }
    }
}

/// A sentence without its full stop and capital, to go on with in a message.
fn plain(doc: &str) -> String {
    let sentence = doc.split_inclusive(". ").next().unwrap_or(doc);
    let sentence = sentence.trim_end().trim_end_matches('.');
    let mut letters = sentence.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}
