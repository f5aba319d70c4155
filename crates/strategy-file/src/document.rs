//! The TOML text as an owned tree in which every value knows its place.
//!
//! Tables and arrays are shared between a document and its variants, so that laying an override
//! over a document copies only the tables on the override's path.

use std::sync::Arc;

use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

use crate::problem::{Found, Place, Problem, Problems};

/// A strategy file's text, parsed once. Cheap to clone and to vary.
#[derive(Clone, Debug)]
pub struct Document {
    pub(crate) root: Entries,
}

/// The entries of a table, in the order of the text.
pub(crate) type Entries = Arc<Vec<Entry>>;

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: Arc<str>,
    pub(crate) key_place: Place,
    pub(crate) item: Item,
}

/// A value and its place: for a table with a header, the header's.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) value: Value,
    pub(crate) place: Place,
}

impl Item {
    pub(crate) fn entries(&self) -> Option<&Entries> {
        match &self.value {
            Value::Table(entries) => Some(entries),
            _ => None,
        }
    }

    /// Gives it, and all within it, one place.
    pub(crate) fn stand_at(&mut self, place: &Place) {
        self.place = place.clone();
        match &mut self.value {
            Value::Array(items) => {
                for item in Arc::make_mut(items) {
                    item.stand_at(place);
                }
            }
            Value::Table(entries) => {
                for entry in Arc::make_mut(entries) {
                    entry.key_place = place.clone();
                    entry.item.stand_at(place);
                }
            }
            _ => {}
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(Arc<str>),
    Integer(i64),
    Float(f64),
    Flag(bool),
    Datetime(Datetime),
    Array(Arc<Vec<Item>>),
    Table(Entries),
}

impl Value {
    /// "an integer", as messages call it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::Text(_) => "a string",
            Value::Integer(_) => "an integer",
            Value::Float(_) => "a float",
            Value::Flag(_) => "a boolean",
            Value::Datetime(Datetime { date: None, .. }) => "a time",
            Value::Datetime(_) => "a date",
            Value::Array(_) => "an array",
            Value::Table(_) => "a table",
        }
    }
}

impl Document {
    /// Parses TOML. Knows nothing yet of what a strategy is.
    ///
    /// # Errors
    ///
    /// The places where the text is not TOML, at most one a line.
    pub fn parse(text: &str) -> Result<Document, Problems> {
        let found = Found::default();
        let (root, errors) = DeTable::parse_recoverable(text);
        let mut lines = Vec::new();
        for error in &errors {
            let problem = syntax_problem(error, text, &Source::File);
            // One slip often upsets the parser twice.
            let line = match &problem.place {
                Place::Text(span) => text.as_bytes()[..span.start]
                    .iter()
                    .filter(|byte| **byte == b'\n')
                    .count(),
                _ => 0,
            };
            if !lines.contains(&line) {
                lines.push(line);
                found.report(problem);
            }
        }
        let root = Source::File.entries(root.get_ref(), &found);
        found.or(Document { root })
    }

    /// Every symbol that the document names as an asset or gives a weight, in the order of the
    /// text and without repetition; its mistakes are passed over.
    pub fn symbols(&self) -> Vec<String> {
        let mut symbols = Vec::new();
        let at = |path: [&str; 2]| self.value(&path);
        symbols.extend(texts(at(["universe", "assets"])));
        let mut add_keys = |value: Option<&Value>| {
            if let Some(Value::Table(entries)) = value {
                symbols.extend(entries.iter().map(|entry| entry.key.to_string()));
            }
        };
        add_keys(at(["alpha", "weights"]));
        add_keys(at(["benchmark", "assets"]));
        if let Some(Value::Array(rows)) = at(["alpha", "table"]) {
            for row in rows.iter() {
                add_keys(entry_of(&row.value, "weights"));
            }
        }
        symbols.extend(self.text_at(&["cash", "rate", "symbol"]));
        without_repetition(symbols)
    }

    /// The symbols that the document names to be read beside the universe; its mistakes are passed over.
    pub fn symbols_beside(&self) -> Vec<String> {
        texts(self.value(&["data", "also"])).collect()
    }

    /// Every series beside the prices that the document names, in the order of the text and without
    /// repetition; its mistakes are passed over.
    pub fn series(&self) -> Vec<String> {
        let paths: [&[&str]; 2] = [
            &["cash", "rate", "series"],
            &["statistics", "risk_free", "series"],
        ];
        let mut series: Vec<String> = paths.iter().filter_map(|path| self.text_at(path)).collect();
        if let Some(Value::Array(rows)) = self.value(&["cash_flows"]) {
            for row in rows.iter() {
                let indexed = entry_of(&row.value, "indexed");
                let named = indexed.and_then(|indexed| entry_of(indexed, "series"));
                if let Some(Value::Text(name)) = named {
                    series.push(name.to_string());
                }
            }
        }
        without_repetition(series)
    }

    /// The file that lists the members of the universe, if it names one.
    pub fn members_file(&self) -> Option<String> {
        self.text_at(&["universe", "members"])
    }

    fn text_at(&self, path: &[&str]) -> Option<String> {
        match self.value(path)? {
            Value::Text(text) => Some(text.to_string()),
            _ => None,
        }
    }

    fn value(&self, path: &[&str]) -> Option<&Value> {
        let (first, rest) = path.split_first()?;
        let entry = self.root.iter().find(|entry| &*entry.key == *first)?;
        rest.iter()
            .try_fold(&entry.item.value, |value, key| entry_of(value, key))
    }
}

/// The texts of an array.
fn texts(value: Option<&Value>) -> impl Iterator<Item = String> {
    let items = match value {
        Some(Value::Array(items)) => items.as_slice(),
        _ => &[],
    };
    items.iter().filter_map(|item| match &item.value {
        Value::Text(symbol) => Some(symbol.to_string()),
        _ => None,
    })
}

fn without_repetition(mut names: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// The problem of a text that is not TOML.
pub(crate) fn syntax_problem(error: &toml::de::Error, text: &str, source: &Source) -> Problem {
    let span = error.span().unwrap_or(0..0);
    // The parser's empty spans sit between characters; a caret needs something to stand under.
    let end = text[..]
        .get(span.start..)
        .and_then(|rest| rest.chars().next())
        .filter(|next| *next != '\n' && *next != '\r')
        .map_or(span.start, |next| span.start + next.len_utf8());
    let place = source.place(span.start..span.end.max(end));
    let label = match error.message().strip_prefix("string values must be quoted") {
        Some(_) if span.is_empty() => "a value is missing",
        Some(_) => "a string stands in quotes",
        None => error.message(),
    };
    Problem::new(&place, "this is not TOML", label)
}

fn entry_of<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    let Value::Table(entries) = value else {
        return None;
    };
    let entry = entries.iter().find(|entry| &*entry.key == key)?;
    Some(&entry.item.value)
}

/// The text that spans point into.
pub(crate) enum Source {
    File,
    /// An override's text, and where in it the parsed part begins.
    Override {
        text: Arc<str>,
        offset: usize,
    },
}

impl Source {
    pub(crate) fn place(&self, span: std::ops::Range<usize>) -> Place {
        match self {
            Source::File => Place::Text(span),
            Source::Override { text, offset } => Place::Override {
                text: text.clone(),
                span: span.start + offset..span.end + offset,
            },
        }
    }

    fn entries(&self, table: &DeTable<'_>, found: &Found) -> Entries {
        let mut ordered: Vec<_> = table.iter().collect();
        // The parser sorts by key; the order of declaration breaks ties between assets.
        ordered.sort_unstable_by_key(|(key, _)| key.span().start);
        let entry = |(key, value): &(&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
            let name: &std::borrow::Cow<'_, str> = key.get_ref();
            Entry {
                key: name.as_ref().into(),
                key_place: self.place(key.span()),
                item: self.item(value, found),
            }
        };
        Arc::new(ordered.iter().map(entry).collect())
    }

    pub(crate) fn item(&self, spanned: &toml::Spanned<DeValue<'_>>, found: &Found) -> Item {
        let place = self.place(spanned.span());
        let value = match spanned.get_ref() {
            DeValue::String(text) => Value::Text(text.as_ref().into()),
            DeValue::Integer(digits) => {
                match i64::from_str_radix(digits.as_str(), digits.radix()) {
                    Ok(integer) => Value::Integer(integer),
                    Err(_) => {
                        let message = format!("the integer `{digits}` is too large");
                        found.report(Problem::new(&place, message, "beyond 64 bits"));
                        Value::Integer(0)
                    }
                }
            }
            // What does not fit a double is caught later, as not finite.
            DeValue::Float(digits) => Value::Float(digits.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(flag) => Value::Flag(*flag),
            DeValue::Datetime(datetime) => Value::Datetime(*datetime),
            DeValue::Array(items) => Value::Array(Arc::new(
                items.iter().map(|item| self.item(item, found)).collect(),
            )),
            DeValue::Table(table) => Value::Table(self.entries(table, found)),
        };
        Item { value, place }
    }
}
