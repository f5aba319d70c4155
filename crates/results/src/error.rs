//! Why results cannot be written, read or reproduced.

use std::path::PathBuf;

use diagnostics::{Code, Diagnostic, WriteError};
use parquet::errors::ParquetError;
use strategy_file::ExpressionError;
use sweep::{IoError, SweepError, write_hint};

/// Why results cannot be written, read or reproduced.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResultsError {
    /// The sweep itself cannot be run or read.
    #[error(transparent)]
    Sweep(#[from] SweepError),
    /// The operating system refuses something.
    #[error(transparent)]
    Io(#[from] IoError),
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The sweep has not been run to its end.
    #[error("`{}` has no results yet", .dir.display())]
    NoResults {
        /// The sweep's folder.
        dir: PathBuf,
    },
    /// A Parquet file cannot be written or read.
    #[error("cannot use `{}`", .path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ParquetError,
    },
    /// A column of results does not exist.
    #[error("there is no column `{name}`")]
    NoColumn {
        /// The name asked for.
        name: String,
        /// The most similar name, if one is similar.
        near: Option<String>,
    },
    /// A column of texts, where trials are compared by their numbers.
    #[error("the column `{name}` holds texts, and trials are compared by numbers")]
    NotNumbers {
        /// The column.
        name: String,
    },
    /// A condition over the columns has a mistake.
    #[error("cannot filter the results: {0}")]
    Condition(ExpressionError),
    /// A trial that is run again gives other numbers than its row, which is a bug of this program.
    #[error("trial {trial} gives digest {now}, and its row has {then}")]
    NotReproduced {
        /// Its number.
        trial: u64,
        /// The digest in its row.
        then: String,
        /// The digest of the second run.
        now: String,
    },
}

impl Diagnostic for ResultsError {
    fn code(&self) -> Code {
        match self {
            ResultsError::Sweep(error) => error.code(),
            ResultsError::NoColumn { .. }
            | ResultsError::NotNumbers { .. }
            | ResultsError::Condition(_)
            | ResultsError::NoResults { .. } => Code::Usage,
            ResultsError::NotReproduced { .. } => Code::Bug,
            ResultsError::Io(_) | ResultsError::Write(_) | ResultsError::Parquet { .. } => {
                Code::Output
            }
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            ResultsError::Sweep(error) => return error.hint(),
            ResultsError::Io(error) => return error.hint(),
            ResultsError::Write(error) => return write_hint(error),
            ResultsError::NoResults { .. } => "run the sweep to its end first",
            ResultsError::Parquet { .. } => {
                "delete the file and run the sweep again: it will be rebuilt"
            }
            ResultsError::NoColumn { near, .. } => {
                return Some(match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "the first line of `gridfolio results DIR --csv` names all columns"
                        .to_owned(),
                });
            }
            ResultsError::NotNumbers { .. } => "name a statistic, such as `sharpe`",
            ResultsError::Condition(error) => return error.help.clone(),
            ResultsError::NotReproduced { .. } => "this is a bug; please report it with the plan",
        };
        Some(hint.to_owned())
    }

    fn excerpt(&self) -> Option<String> {
        match self {
            ResultsError::Sweep(error) => error.excerpt(),
            _ => None,
        }
    }
}
