//! Why a sweep cannot be planned, run or read.

use std::io;
use std::path::{Path, PathBuf};

use backtest::date::Date;
use backtest::market::AlignError;
use diagnostics::{Code, Diagnostic, WriteError};
use market_data::{LoadError, MembersError};
use strategy_file::Problems;

use crate::no_sweep::InPlaceOfSweep;
use crate::ranges::{MOST_NUMBERS, MOST_SHARDS};

/// What went wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SweepError {
    /// A strategy file has mistakes; [`Problems::render`] shows them in `text`.
    #[error("cannot plan a sweep of `{}`", .file.display())]
    Strategy {
        /// The file.
        file: PathBuf,
        /// Its text.
        text: String,
        /// What is wrong with it.
        source: Problems,
    },
    /// There is one strategy, and nothing to vary.
    #[error("`{}` has no table `[sweep]`", .file.display())]
    NoSweep {
        /// The file.
        file: PathBuf,
    },
    /// The list of members of a universe cannot be used.
    #[error(transparent)]
    Members(#[from] MembersError),
    /// Nothing was asked for.
    #[error("no strategy file is given")]
    NoStrategy,
    /// All strategies together have too many trials.
    #[error("the sweep has more than 2^53 trials")]
    TooManyTrials,
    /// A folder cannot hold the shards.
    #[error(
        "the sweep has {numbers} combinations in {shards} shards, and a folder holds at most {} in {}",
        MOST_NUMBERS,
        MOST_SHARDS
    )]
    TooLarge {
        /// Trial numbers.
        numbers: u64,
        /// Shards.
        shards: u64,
    },
    /// Two strategies have one name, which tells their rows apart.
    #[error("two strategies are called `{name}`")]
    SameName {
        /// The name.
        name: String,
    },
    /// None of the first trials can be read.
    #[error("none of the first {tried} trials of `{}` can be read; the cause is that of trial {trial}", .file.display())]
    NothingReads {
        /// The file.
        file: PathBuf,
        /// How many trials were tried.
        tried: u64,
        /// The first of them.
        trial: u64,
        /// What is wrong with it.
        source: Problems,
    },
    /// No price folder is given.
    #[error("`{}` does not say where the prices are", .file.display())]
    NoDataFolder {
        /// The strategy file.
        file: PathBuf,
    },
    /// The prices cannot be loaded.
    #[error("cannot load the prices in `{}`", .dir.display())]
    Load {
        /// The folder.
        dir: PathBuf,
        /// Why.
        source: LoadError,
    },
    /// Strategies of one sweep have different `[validate]` tables.
    #[error("the `[validate]` tables of the strategies differ")]
    ConflictingValidation,
    /// The hold-out period does not begin within the backtest.
    #[error(
        "the hold-out period of `{name}` begins on {holdout}, and the backtest runs from {start} to {end}"
    )]
    Holdout {
        /// The strategy.
        name: String,
        /// The first day of the hold-out period.
        holdout: Date,
        /// The first day.
        start: Date,
        /// The last day.
        end: Date,
    },
    /// The prices cannot be put on one calendar.
    #[error("cannot align the prices")]
    Align(#[from] AlignError),
    /// The operating system refuses something.
    #[error(transparent)]
    Io(#[from] IoError),
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The folder holds other things.
    #[error("`{}` is not empty and not a sweep", .dir.display())]
    NotASweep {
        /// The folder.
        dir: PathBuf,
    },
    /// There is no sweep where one is to be opened.
    #[error("`{}` {holds}", .dir.display())]
    NoSweepIn {
        /// The path.
        dir: PathBuf,
        /// What is there instead.
        holds: InPlaceOfSweep,
    },
    /// The folder was planned by another version of this program, whose results may differ.
    #[error("`{}` was planned by version {planned}, and this is {own}", .dir.display())]
    OtherVersion {
        /// The folder.
        dir: PathBuf,
        /// Its version.
        planned: String,
        /// Ours.
        own: String,
    },
    /// The folder holds a sweep of something else.
    #[error("`{}` holds another sweep: {}", .dir.display(), .differences.join("; "))]
    Changed {
        /// The folder.
        dir: PathBuf,
        /// What is different.
        differences: Vec<String>,
    },
    /// A file of the folder is not what was written there.
    #[error("`{}` is damaged: {reason}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no such trial.
    #[error("there is no trial {trial}")]
    NoTrial {
        /// The number asked for.
        trial: u64,
        /// How many numbers there are.
        numbers: u64,
    },
    /// There is no such shard.
    #[error("there is no shard {shard}")]
    NoShard {
        /// The number asked for.
        shard: u64,
        /// How many shards there are.
        n_shards: u64,
    },
    /// A trial cannot be read or run.
    #[error("trial {trial} failed: {message}")]
    FailedTrial {
        /// Its number.
        trial: u64,
        /// Why.
        message: String,
    },
    /// The alpha models are external, and this process has no [`Models`](crate::Models).
    #[error("the alpha models of this sweep are Python classes, which only Python can run")]
    NoModels,
}

impl Diagnostic for SweepError {
    fn code(&self) -> Code {
        match self {
            SweepError::Strategy { .. }
            | SweepError::NoSweep { .. }
            | SweepError::NoStrategy
            | SweepError::TooManyTrials
            | SweepError::TooLarge { .. }
            | SweepError::SameName { .. }
            | SweepError::NothingReads { .. }
            | SweepError::NoDataFolder { .. }
            | SweepError::ConflictingValidation
            | SweepError::Holdout { .. }
            | SweepError::NoModels
            | SweepError::FailedTrial { .. } => Code::Strategy,
            SweepError::Load { .. } | SweepError::Align(_) | SweepError::Members(_) => Code::Data,
            SweepError::NoTrial { .. }
            | SweepError::NoShard { .. }
            | SweepError::NotASweep { .. }
            | SweepError::NoSweepIn { .. }
            | SweepError::OtherVersion { .. }
            | SweepError::Changed { .. } => Code::Usage,
            SweepError::Io(_) | SweepError::Write(_) | SweepError::Damaged { .. } => Code::Output,
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            SweepError::NoSweep { .. } => {
                "add axes, as in `[sweep.axes]` and `\"alpha.lookback\" = [63, 126, 252]`"
            }
            SweepError::NoStrategy => "name at least one strategy file",
            SweepError::TooManyTrials => "use fewer values, or `sampler = \"random\"`",
            SweepError::TooLarge { .. } => {
                "is that what you meant? `--dry-run` says how long it would take; use fewer values, or \
                 `sampler = \"random\"` and `trials`"
            }
            SweepError::SameName { .. } => "give each its own `name`",
            SweepError::NothingReads { .. } => "check that the axes fit the rest of the file",
            SweepError::NoDataFolder { .. } => "set `data.dir`",
            SweepError::Load { source, .. } => return source.hint(),
            SweepError::Members(source) => return source.hint(),
            SweepError::Align(_) => "check the price files",
            SweepError::ConflictingValidation => {
                "give all strategies the same `[validate]`, or only one of them"
            }
            SweepError::Holdout { .. } => {
                "set `validate.holdout` to a day after the start and not after the end"
            }
            SweepError::Io(error) => return error.hint(),
            SweepError::Write(error) => return write_hint(error),
            SweepError::NotASweep { .. } => "choose an empty or a new folder",
            SweepError::NoSweepIn { dir, holds } => return Some(holds.hint(dir)),
            SweepError::OtherVersion { .. } | SweepError::Changed { .. } => {
                "name another folder with `--out`, or start over with `--fresh`, which deletes the \
                 results there"
            }
            SweepError::Damaged { .. } => {
                "run the sweep again, or start the folder over, which deletes its results"
            }
            SweepError::NoTrial { numbers, .. } => {
                return Some(format!(
                    "trials are numbered from 0 to {}; `where` excludes some",
                    numbers.saturating_sub(1)
                ));
            }
            SweepError::NoShard { n_shards, .. } => {
                return Some(format!(
                    "numbers go from 0 to {}",
                    n_shards.saturating_sub(1)
                ));
            }
            SweepError::FailedTrial { .. } => "its row gives the same reason; choose another trial",
            SweepError::NoModels => {
                "use `gridfolio.sweep(...)` in Python, on a cluster with `on=\"slurm\"`, or \
                 `python -m gridfolio worker --trust`"
            }
            SweepError::Strategy { .. } => return None,
        };
        Some(hint.to_owned())
    }

    fn excerpt(&self) -> Option<String> {
        match self {
            SweepError::Strategy { file, text, source } => {
                Some(source.render(&file.display().to_string(), text, true))
            }
            _ => None,
        }
    }
}

/// What the operating system refuses.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} `{}`", .path.display())]
pub struct IoError {
    /// What was to be done, as in "read".
    pub action: &'static str,
    /// The file or folder.
    pub path: PathBuf,
    /// Why it failed.
    pub source: io::Error,
}

impl Diagnostic for IoError {
    fn code(&self) -> Code {
        Code::Output
    }

    fn hint(&self) -> Option<String> {
        let hint = match self.source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                "check that you may write there, or choose another folder"
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => DISK_FULL,
            _ => "check the folder, or choose another one",
        };
        Some(hint.to_owned())
    }
}

/// What to do on a full disk.
const DISK_FULL: &str =
    "free some disk space and run the same command again: completed shards are kept";

/// The way out where a file of a sweep cannot be written.
pub fn write_hint(error: &WriteError) -> Option<String> {
    match error.source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some(DISK_FULL.to_owned()),
        _ => error.hint(),
    }
}

/// Names what was to be done to which path when the operating system refuses it.
pub fn io_error<'a>(
    action: &'static str,
    path: &'a Path,
) -> impl FnOnce(io::Error) -> IoError + 'a {
    move |source| IoError {
        action,
        path: path.to_owned(),
        source,
    }
}
