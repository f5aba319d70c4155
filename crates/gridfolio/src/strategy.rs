//! A strategy file and what is laid over it.

use std::path::{Path, PathBuf};

use backtest::strategy;
use diagnostics::{Code, read_text};
use strategy_file::{Document, Override, StrategyFile};

use crate::error::Error;

/// A strategy file that has been read, without mistakes.
///
/// It fits the prices only when it is run: see [`Backtest::run`](crate::Backtest::run).
#[derive(Clone, Debug)]
pub struct Strategy {
    read: StrategyFile,
    text: String,
    file: PathBuf,
    overrides: Vec<Override>,
}

impl Strategy {
    /// Reads a file; each of `overrides` changes one key of it. The strategy is called as the file is,
    /// without its ending, when the file gives no `name`.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, and every mistake in it, in its place.
    pub fn from_file(path: &Path, overrides: &[Override]) -> Result<Strategy, Error> {
        let text = read_strategy_file(path)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        Strategy::from_text(text, path, &name, overrides)
    }

    /// Reads a text.
    ///
    /// * `file`: the text's name in messages; folders of prices and lists of members are relative to its
    ///   folder.
    /// * `name`: the strategy's when the text gives none.
    ///
    /// # Errors
    ///
    /// Every mistake in the text, in its place; a list of members that cannot be used.
    pub fn from_text(
        text: String,
        file: &Path,
        name: &str,
        overrides: &[Override],
    ) -> Result<Strategy, Error> {
        let fail = |problems: strategy_file::Problems| {
            let excerpt = problems.render(&file.display().to_string(), &text, true);
            Error::excerpt(Code::Strategy, excerpt)
        };
        let mut document = Document::parse(&text).map_err(fail)?.with(overrides);
        if let Some(members) = sweep::read_members(&document, file)? {
            document = document.with_members(&members).map_err(fail)?;
        }
        let read = document.read_all(name).map_err(fail)?;
        Ok(Strategy {
            read,
            text,
            file: file.to_owned(),
            overrides: overrides.to_vec(),
        })
    }

    /// What is to be done, in names and dates, as the engine takes it.
    pub fn definition(&self) -> &strategy::Strategy {
        &self.read.strategy
    }

    /// The file, or the text's name.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The text of the file, without the overrides.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is laid over the text.
    pub fn overrides(&self) -> &[Override] {
        &self.overrides
    }

    /// The folder of prices that `[data]` names, relative to the file's folder.
    pub fn data_dir(&self) -> Option<PathBuf> {
        let beside = self.file.parent().unwrap_or(Path::new(""));
        self.read.data.dir.as_ref().map(|dir| beside.join(dir))
    }

    /// The folder of its prices.
    ///
    /// * `dir`: in place of the one that it names.
    pub(crate) fn prices_in(&self, dir: Option<&Path>) -> Result<PathBuf, Error> {
        let dir = dir.map(Path::to_owned).or_else(|| self.data_dir());
        dir.ok_or_else(|| {
            Error::new(
                Code::Strategy,
                format!("`{}` cannot be run", self.file().display()),
            )
            .cause("it names no folder of prices")
            .hint("add `dir = \"...\"` under `[data]`, or run it with `--data DIR`")
        })
    }

    /// Whether prices are adjusted for splits and dividends (`data.adjusted`).
    pub fn adjusted(&self) -> bool {
        self.read.data.adjusted
    }

    /// What becomes of files that have closes and no opens (`data.opens` and `execution.fill`).
    pub fn opens(&self) -> market_data::Opens {
        sweep::opens_of(&self.read)
    }

    /// The complete file, overrides included and every default written out.
    pub fn to_toml(&self) -> String {
        strategy_file::to_toml(&self.read)
    }
}

/// Reads overrides, as in `alpha.top_n=5`.
///
/// * `source`: their name in messages, as in `--set`.
///
/// # Errors
///
/// The mistakes of the first text that has any; their code is [`Code::Usage`].
pub fn overrides(texts: &[String], source: &str) -> Result<Vec<Override>, Error> {
    let parsed = texts.iter().map(|text| Override::parse(text));
    (parsed.collect::<Result<_, _>>())
        .map_err(|problems| Error::excerpt(Code::Usage, problems.render(source, "", true)))
}

/// The text of a strategy file.
///
/// # Errors
///
/// When it cannot be read, or is not UTF-8.
pub fn read_strategy_file(path: &Path) -> Result<String, Error> {
    let unreadable = |hint: &str| {
        let what = format!("cannot read the strategy file `{}`", path.display());
        Error::new(Code::Strategy, what).hint(hint)
    };
    read_text(path, sweep::StrategyText::MOST).map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::NotFound => "check the spelling of the path",
            std::io::ErrorKind::IsADirectory => "name a file, not a folder",
            std::io::ErrorKind::InvalidData => "save it as UTF-8 text",
            std::io::ErrorKind::FileTooLarge | std::io::ErrorKind::InvalidInput => {
                "name a strategy file"
            }
            _ => "check that you may read it",
        };
        unreadable(hint).caused_by(error)
    })
}
