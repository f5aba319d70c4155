//! What is wrong with a strategy, and under which key.

use std::borrow::Cow;
use std::fmt;

/// One mistake in a strategy.
///
/// `Display` gives the whole of it on one line: `` `costs.slippage_bps` is -50; it must be 0 or more``.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Mistake {
    /// The key: `costs.slippage_bps`.
    pub path: Path,
    /// The value, as it would be written; empty where the rule is about something missing.
    pub value: String,
    /// What is wrong: `` `costs.slippage_bps` is -50``.
    pub message: String,
    /// The rule, to follow "it": `must be 0 or more`; empty where the message says all.
    pub rule: String,
    /// A few words to stand at the value: the rule, or what is wrong there.
    pub label: String,
    /// Another key that the mistake is about, and a few words to stand there.
    pub related: Option<(Path, String)>,
    /// What to do about it, a line each.
    pub help: Vec<String>,
    /// The bytes of the value, a text, that the mistake is about; the whole value without.
    pub span: Option<std::ops::Range<usize>>,
    /// The name that is not known, and those that are, where the mistake is about one.
    pub unknown: Option<(String, Vec<String>)>,
    /// Further keys without which the mistake could not be seen.
    pub(crate) because: Vec<Path>,
}

impl Mistake {
    /// A value that breaks the rule of its key.
    pub fn new(path: Path, value: impl fmt::Display, rule: impl Into<String>) -> Mistake {
        let (value, rule) = (value.to_string(), rule.into());
        Mistake {
            message: format!("`{path}` is {value}"),
            path,
            value,
            label: rule.clone(),
            rule,
            related: None,
            help: Vec::new(),
            span: None,
            unknown: None,
            because: Vec::new(),
        }
    }

    /// In other words than "`path` is value".
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Mistake {
        self.message = message.into();
        self
    }

    /// A message that says all, and a few words to stand at the value.
    pub fn stating(
        path: Path,
        value: impl fmt::Display,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Mistake {
        Mistake {
            label: label.into(),
            ..Mistake::new(path, value, "").message(message)
        }
    }

    /// Another key that the mistake is about, and a few words to stand there.
    #[must_use]
    pub fn related(mut self, path: Path, label: impl Into<String>) -> Mistake {
        self.related = Some((path, label.into()));
        self
    }

    /// What to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Mistake {
        self.help.push(help.into());
        self
    }

    /// A key without which the mistake could not be seen.
    #[must_use]
    pub fn because(mut self, path: Path) -> Mistake {
        self.because.push(path);
        self
    }

    /// Whether the mistake is about a key, or about one below it.
    pub fn is_about(&self, path: &Path) -> bool {
        let related = self.related.iter().map(|(path, _)| path);
        let mut paths = std::iter::once(&self.path)
            .chain(related)
            .chain(&self.because);
        paths.any(|own| own.0.starts_with(&path.0))
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rule.as_str() {
            "" => f.write_str(&self.message),
            rule => write!(f, "{}; it {rule}", self.message),
        }
    }
}

/// The way to a value: `alpha.weights.SPY`, `universe.assets[2]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(pub Vec<Step>);

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A declared key.
    Key(&'static str),
    /// A name that the user chose: a symbol or a parameter.
    Name(String),
    /// The position in an array, from 0.
    Index(usize),
}

impl Path {
    /// The way to `table.key`; an empty table is the root.
    pub fn to(table: &'static str, key: &'static str) -> Path {
        let steps = table.split('.').chain([key]);
        Path(
            steps
                .filter(|step| !step.is_empty())
                .map(Step::Key)
                .collect(),
        )
    }

    /// The value under a name that the user chose.
    pub fn name(mut self, name: &str) -> Path {
        self.0.push(Step::Name(name.to_owned()));
        self
    }

    /// The value of a key.
    pub fn key(mut self, name: &'static str) -> Path {
        self.0.push(Step::Key(name));
        self
    }

    /// The value at a position.
    pub fn index(mut self, index: usize) -> Path {
        self.0.push(Step::Index(index));
        self
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            let dot = if at > 0 { "." } else { "" };
            match step {
                Step::Key(name) => write!(f, "{dot}{name}")?,
                Step::Name(name) => write!(f, "{dot}{}", quoted(name))?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// A name, in quotes where TOML wants them.
fn quoted(name: &str) -> Cow<'_, str> {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    match !name.is_empty() && name.bytes().all(is_bare) {
        true => name.into(),
        false => format!("{name:?}").into(),
    }
}

/// Where a check is: tables within tables. Costs nothing until a mistake is found.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    key: &'static str,
    index: Option<usize>,
}

impl<'a> Place<'a> {
    /// At the root.
    pub const ROOT: Place<'static> = Place {
        parent: None,
        key: "",
        index: None,
    };

    /// In a table of this one.
    pub fn table(&'a self, key: &'static str) -> Place<'a> {
        Place {
            parent: Some(self),
            key,
            index: None,
        }
    }

    /// In a row of an array of tables of this one.
    pub fn row(&'a self, key: &'static str, index: usize) -> Place<'a> {
        Place {
            index: Some(index),
            ..self.table(key)
        }
    }

    /// The way to the table itself.
    pub fn path(&self) -> Path {
        let mut path = self.parent.map(Place::path).unwrap_or_default();
        if !self.key.is_empty() {
            path.0.push(Step::Key(self.key));
        }
        path.0.extend(self.index.map(Step::Index));
        path
    }

    /// The way to a key of the table.
    pub fn key(&self, key: &'static str) -> Path {
        self.path().key(key)
    }
}
