//! `alpha.top_n=5`: one value laid over a strategy file.

use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use crate::document::{Document, Entries, Entry, Item, Source, Value, syntax_problem};
use crate::problem::{Found, Place, Problem, Problems};

/// A dotted path into a strategy file and the value to stand there.
///
/// Cheap to clone: a sweep parses each value of an axis once.
#[derive(Clone, Debug)]
pub struct Override {
    inner: Arc<Setting>,
}

/// The keys to go through from the file's root, each with its place.
pub(crate) type Path = Arc<[(Arc<str>, Place)]>;

#[derive(Debug)]
struct Setting {
    text: Arc<str>,
    path: Path,
    item: Item,
}

impl Override {
    /// A value that is known already; `text` is how to call it.
    pub(crate) fn new(text: Arc<str>, path: Path, item: Item) -> Override {
        Override {
            inner: Arc::new(Setting { text, path, item }),
        }
    }

    /// Parses `path=value`, as in `alpha.top_n=5`, `alpha={model="equal-weight"}` or
    /// `rebalance.schedule=weekly`.
    ///
    /// The value is TOML; a bare word that is no TOML value counts as a string. Keys that are not
    /// plain words are quoted, as in TOML: `alpha.weights."BRK.B"=0.5`.
    ///
    /// # Errors
    ///
    /// One problem, whose place is in `text`.
    pub fn parse(text: &str) -> Result<Override, Problems> {
        let shared: Arc<str> = text.into();
        let at = |offset| Source::Override {
            text: shared.clone(),
            offset,
        };
        let Some(equals) = equals_sign(text) else {
            let place = at(0).place(0..text.len());
            let problem = Problem::new(&place, "an override needs a value", "no `=` here");
            return Err(problem
                .help("write `table.key=value`, as in `alpha.top_n=5`")
                .into());
        };
        let path = parse_path(&text[..equals], &at(0))?.into();

        let after = &text[equals + 1..];
        let raw = after.trim();
        let offset = equals + 1 + (after.len() - after.trim_start().len());
        let source = at(offset);
        let item = match DeValue::parse(raw) {
            Ok(value) => {
                let found = Found::default();
                let item = source.item(&value, &found);
                found.or(item)?
            }
            Err(_) if is_bare_word(raw) => Item {
                value: Value::Text(raw.into()),
                place: source.place(0..raw.len()),
            },
            Err(error) => {
                let problem = if raw.is_empty() {
                    let place = at(0).place(equals..equals + 1);
                    Problem::new(&place, "an override needs a value", "nothing after this")
                } else {
                    syntax_problem(&error, raw, &source)
                };
                let help = match raw.starts_with(['[', '{', '"', '\'']) {
                    true => "in arrays and tables, strings stand in quotes".to_owned(),
                    false => format!(
                        "a string stands in quotes: `{}=\"{raw}\"`",
                        text[..equals].trim()
                    ),
                };
                return Err(problem.help(help).into());
            }
        };
        Ok(Override {
            inner: Arc::new(Setting {
                text: shared,
                path,
                item,
            }),
        })
    }

    /// The override as it was written; for a value of an axis, the path of its key.
    pub fn text(&self) -> &str {
        &self.inner.text
    }

    pub(crate) fn path(&self) -> &[(Arc<str>, Place)] {
        &self.inner.path
    }

    pub(crate) fn item(&self) -> &Item {
        &self.inner.item
    }
}

impl std::str::FromStr for Override {
    type Err = Problems;

    fn from_str(text: &str) -> Result<Override, Problems> {
        Override::parse(text)
    }
}

impl Document {
    /// This document with overrides laid over it, the later over the earlier.
    ///
    /// A path into a missing table makes it, and one into something else than a table replaces it;
    /// except that `conventions = "qstrader"` becomes `{ base = "qstrader" }`. Nothing is checked
    /// before [`Document::read`].
    pub fn with(&self, overrides: &[Override]) -> Document {
        let mut document = self.clone();
        for setting in overrides {
            set(&mut document.root, setting.path(), setting.item());
        }
        document
    }

    /// The same with the members of the universe in place of the file that it names.
    ///
    /// * `members`: an inline table, as [`spells_to_toml`](crate::spells_to_toml) writes it. What is
    ///   wrong with it is reported where the file is named.
    ///
    /// # Errors
    ///
    /// A text that is not a table of TOML.
    pub fn with_members(&self, members: &str) -> Result<Document, Problems> {
        let setting = Override::parse(&format!("universe.members={members}"))?;
        let mut document = self.with(&[setting]);
        let named = (self.root.iter().find(|entry| *entry.key == *"universe"))
            .and_then(|universe| universe.item.entries())
            .and_then(|entries| entries.iter().find(|entry| *entry.key == *"members"));
        let place = named.map_or(&Place::File, |entry| &entry.item.place);
        let universe = Arc::make_mut(&mut document.root).iter_mut();
        for universe in universe.filter(|entry| *entry.key == *"universe") {
            if let Value::Table(entries) = &mut universe.item.value {
                let entries = Arc::make_mut(entries).iter_mut();
                for members in entries.filter(|entry| *entry.key == *"members") {
                    members.key_place = place.clone();
                    members.item.stand_at(place);
                }
            }
        }
        Ok(document)
    }
}

fn set(entries: &mut Entries, path: &[(Arc<str>, Place)], item: &Item) {
    let Some(((key, place), rest)) = path.split_first() else {
        return;
    };
    let entries = Arc::make_mut(entries);
    let index = match entries.iter().position(|entry| entry.key == *key) {
        Some(index) => index,
        None => {
            entries.push(Entry {
                key: key.clone(),
                key_place: place.clone(),
                item: empty_table(place),
            });
            entries.len() - 1
        }
    };
    let entry = &mut entries[index];
    if rest.is_empty() {
        entry.key_place = place.clone();
        entry.item = item.clone();
        return;
    }
    if !matches!(entry.item.value, Value::Table(_)) {
        let old = std::mem::replace(&mut entry.item, empty_table(place));
        // The short form of the conventions names their base.
        if let (Value::Table(table), Value::Text(_), "conventions") =
            (&mut entry.item.value, &old.value, key.as_ref())
        {
            Arc::make_mut(table).push(Entry {
                key: "base".into(),
                key_place: old.place.clone(),
                item: old,
            });
        }
    }
    if let Value::Table(table) = &mut entry.item.value {
        set(table, rest, item);
    }
}

fn empty_table(place: &Place) -> Item {
    Item {
        value: Value::Table(Arc::default()),
        place: place.clone(),
    }
}

/// The first `=` outside quotes.
fn equals_sign(text: &str) -> Option<usize> {
    let mut quote = None;
    for (i, character) in text.char_indices() {
        match (quote, character) {
            (None, '=') => return Some(i),
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    None
}

pub(crate) fn parse_path(key: &str, source: &Source) -> Result<Vec<(Arc<str>, Place)>, Problems> {
    let malformed = || {
        let end = key.len().max(1);
        let problem = Problem::new(&source.place(0..end), "this is not a path to a key", "");
        Problems::from(problem.help("write `table.key=value`, as in `alpha.top_n=5`"))
    };
    // A newline would let a table header through.
    if key.contains(['\n', '\r']) {
        return Err(malformed());
    }
    // TOML knows best what a key is: nested tables around this zero spell the path.
    let text = format!("{key}=0");
    let root = DeTable::parse(&text).map_err(|_| malformed())?;
    let mut path = Vec::new();
    let mut table = root.get_ref();
    while let Some((name, value)) = table.iter().next() {
        path.push((name.get_ref().as_ref().into(), source.place(name.span())));
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => break,
        }
    }
    Ok(path)
}

/// Whether a text that is not TOML can only be meant as a string.
fn is_bare_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || "_./~".contains(first))
        && !text.contains(|c: char| "\"'[]{}=,#".contains(c) || c.is_control())
}
