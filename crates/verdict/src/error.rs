//! Why there is no verdict, or no look at the hold-out period.

use std::path::PathBuf;

use diagnostics::{Code, Diagnostic, WriteError};
use results::ResultsError;
use sweep::{IoError, SweepError, write_hint};

/// Why there is no verdict, or no look at the hold-out period.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerdictError {
    /// The sweep itself cannot be read, or a trial of it cannot be run again.
    #[error(transparent)]
    Sweep(#[from] SweepError),
    /// The table of results cannot be read.
    #[error(transparent)]
    Results(#[from] ResultsError),
    /// The operating system refuses something.
    #[error(transparent)]
    Io(#[from] IoError),
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// `verdict.json` is not what this version writes.
    #[error("`{}` is damaged: {reason}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The prices cannot be shuffled.
    #[error(
        "a series has a close that is missing or not above zero, so its days cannot be shuffled"
    )]
    NoWorlds,
    /// The strategies of the sweep have no `validate.holdout`.
    #[error("the sweep in `{}` has no hold-out period", .dir.display())]
    NoHoldout {
        /// The sweep's folder.
        dir: PathBuf,
    },
}

impl Diagnostic for VerdictError {
    fn code(&self) -> Code {
        match self {
            VerdictError::Sweep(error) => error.code(),
            VerdictError::Results(error) => error.code(),
            VerdictError::NoHoldout { .. } => Code::Usage,
            VerdictError::NoWorlds => Code::Data,
            VerdictError::Io(_) | VerdictError::Write(_) | VerdictError::Damaged { .. } => {
                Code::Output
            }
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            VerdictError::Sweep(error) => return error.hint(),
            VerdictError::Results(error) => return error.hint(),
            VerdictError::Io(error) => return error.hint(),
            VerdictError::Write(error) => return write_hint(error),
            VerdictError::Damaged { .. } => {
                "delete the file and run `gridfolio verdict` again: it will be rebuilt"
            }
            VerdictError::NoWorlds => "run `gridfolio data check` on the price folder",
            VerdictError::NoHoldout { .. } => {
                "set `validate.holdout` to a date in the strategy file, and run a new sweep"
            }
        };
        Some(hint.to_owned())
    }

    fn excerpt(&self) -> Option<String> {
        match self {
            VerdictError::Sweep(error) => error.excerpt(),
            VerdictError::Results(error) => error.excerpt(),
            _ => None,
        }
    }
}
