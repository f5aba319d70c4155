//! Tables within tables, with the parameters of parts beside the key that names the part.

use std::sync::LazyLock;

use backtest::declaration::{Key, Kind, PartInfo, Presence, Table};

use crate::keys::{BASE, CONVENTIONS, EXECUTION, root_keys, switches};

/// A table of the file.
#[derive(Debug)]
pub(crate) struct FileTable {
    /// Its dotted path; empty for the file itself.
    pub(crate) path: String,
    pub(crate) doc: &'static str,
    pub(crate) keys: Vec<FileKey>,
}

/// A key of a table.
#[derive(Debug)]
pub(crate) struct FileKey {
    /// The declaration; the first one, where several parts have a parameter of this name.
    pub(crate) key: &'static Key,
    /// The parts that it is a parameter of, and the key that names the part.
    pub(crate) owners: Option<Owners>,
    /// The table that it holds.
    pub(crate) table: Option<FileTable>,
}

/// The parts that have a parameter of one name.
#[derive(Debug)]
pub(crate) struct Owners {
    /// The key that names the part.
    pub(crate) tag: &'static Key,
    /// The parts, each with its own declaration of the parameter.
    pub(crate) parts: Vec<(&'static str, &'static Key)>,
}

impl Owners {
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.parts.iter().map(|(name, _)| *name).collect()
    }

    /// The declaration of the parameter by one of the parts.
    pub(crate) fn of(&self, part: &str) -> Option<&'static Key> {
        let own = self.parts.iter().find(|(name, _)| *name == part)?;
        Some(own.1)
    }
}

/// The file itself.
pub(crate) fn file() -> &'static FileTable {
    static FILE: LazyLock<FileTable> = LazyLock::new(|| FileTable {
        path: String::new(),
        doc: "A systematic trading strategy and the backtest it is put through.",
        keys: root_keys()
            .into_iter()
            .flat_map(|key| place(key, ""))
            .collect(),
    });
    &FILE
}

impl FileTable {
    fn new(path: String, doc: &'static str, keys: &[&'static Key]) -> FileTable {
        let mut table = FileTable {
            path,
            doc,
            keys: Vec::new(),
        };
        for key in keys {
            table.keys.extend(place(key, &table.path));
        }
        table
    }

    pub(crate) fn key(&self, name: &str) -> Option<&FileKey> {
        self.keys.iter().find(|key| key.key.name == name)
    }

    /// The table of a key.
    pub(crate) fn table(&self, key: &Key) -> Option<&FileTable> {
        self.key(key.name)?.table.as_ref()
    }

    /// `[alpha]`, or "the file".
    pub(crate) fn title(&self) -> String {
        match self.path.as_str() {
            "" => "the file".to_owned(),
            path => format!("`[{path}]`"),
        }
    }

    /// `alpha.top_n`
    pub(crate) fn path_to(&self, name: &str) -> String {
        join(&self.path, name)
    }

    /// This table and all within it, each before its own.
    pub(crate) fn all(&self) -> Vec<&FileTable> {
        let inner = self.keys.iter().filter_map(|key| key.table.as_ref());
        std::iter::once(self)
            .chain(inner.flat_map(FileTable::all))
            .collect()
    }
}

fn join(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    }
}

/// The keys that a declaration puts into a table: itself, or what stands for it.
fn place(key: &'static Key, path: &str) -> Vec<FileKey> {
    let own = |table| FileKey {
        key,
        owners: None,
        table,
    };
    let inner = |table: &Table, keys: &[&'static Key]| {
        Some(FileTable::new(join(path, key.name), table.doc, keys))
    };
    match key.kind {
        Kind::Flat(table) => FileTable::new(path.to_owned(), table.doc, table.keys).keys,
        Kind::ChoiceOrTable(_, table) if std::ptr::eq(key, &CONVENTIONS) => {
            let keys = [vec![&BASE], switches(key.name)].concat();
            vec![own(inner(table, &keys))]
        }
        Kind::Table(table) if std::ptr::eq(key, &EXECUTION) => {
            vec![own(inner(table, &switches(key.name)))]
        }
        Kind::Table(table)
        | Kind::Rows(table)
        | Kind::ChoiceOrTable(_, table)
        | Kind::NumberOrTable(_, _, table) => {
            vec![own(inner(table, table.keys))]
        }
        Kind::Part(parts) => parameters(key, parts, path, own(None)),
        _ => vec![own(None)],
    }
}

/// The key that names a part, and the parameters of all the parts, those of one name together.
fn parameters(
    tag: &'static Key,
    parts: &'static [PartInfo],
    path: &str,
    own: FileKey,
) -> Vec<FileKey> {
    let mut keys = vec![own];
    for part in parts {
        for parameter in part.keys {
            let known = keys.iter_mut().find(|key| key.key.name == parameter.name);
            if let Some(owners) = known.and_then(|key| key.owners.as_mut()) {
                owners.parts.push((part.name, parameter));
                continue;
            }
            for mut key in place(parameter, path) {
                key.owners = Some(Owners {
                    tag,
                    parts: vec![(part.name, parameter)],
                });
                keys.push(key);
            }
        }
    }
    keys
}

/// Whether a key must be given, if only where another one is not.
pub(crate) fn is_needed(key: &Key) -> bool {
    is_required(key) || matches!(key.presence, Presence::Without { .. })
}

/// Whether a key must be given by itself.
pub(crate) fn is_required(key: &Key) -> bool {
    matches!(key.presence, Presence::Required)
}
