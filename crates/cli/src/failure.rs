//! What is told to the user when something cannot be done, and to the shell.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

use clap::builder::styling::{AnsiColor, Style};
use market_data::WriteError;

/// The exit code. The help text of the program documents these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Done = 0,
    No = 1,
    Usage = 2,
    Strategy = 3,
    Data = 4,
    Output = 5,
    Interrupted = 6,
    Bug = 70,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> ExitCode {
        ExitCode::from(code as u8)
    }
}

/// Why a command stopped. `Display` is what the user sees, with colours.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: Code,
    text: Text,
}

#[derive(Debug)]
enum Text {
    /// `error: ...`, `cause: ...`, ` hint: ...`
    Lines {
        error: String,
        causes: Vec<String>,
        hint: Option<String>,
    },
    /// Shown in its place by others.
    Rendered(String),
}

impl Failure {
    pub(crate) fn new(code: Code, error: impl Into<String>) -> Failure {
        let (causes, hint) = (Vec::new(), None);
        Failure {
            code,
            text: Text::Lines {
                error: error.into(),
                causes,
                hint,
            },
        }
    }

    pub(crate) fn rendered(code: Code, text: String) -> Failure {
        Failure {
            code,
            text: Text::Rendered(text),
        }
    }

    /// Adds an error and all that it came from.
    pub(crate) fn caused_by(self, error: &dyn Error) -> Failure {
        self.cause(error.to_string()).with_sources_of(error)
    }

    /// Adds what an error came from, for one that is told already.
    pub(crate) fn with_sources_of(self, error: &dyn Error) -> Failure {
        let causes = std::iter::successors(error.source(), |cause| (**cause).source());
        causes.fold(self, |failure, cause| failure.cause(cause.to_string()))
    }

    /// A file of results could not be written.
    pub(crate) fn not_written(error: &WriteError) -> Failure {
        Failure::new(Code::Output, "the results could not be written")
            .caused_by(error)
            .hint(error.hint())
    }

    pub(crate) fn cause(mut self, cause: String) -> Failure {
        if let Text::Lines { causes, .. } = &mut self.text {
            causes.push(cause);
        }
        self
    }

    pub(crate) fn hint(mut self, line: impl Into<String>) -> Failure {
        if let Text::Lines { hint, .. } = &mut self.text {
            *hint = Some(line.into());
        }
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (red, bold) = (AnsiColor::Red.on_default().bold(), Style::new().bold());
        match &self.text {
            Text::Rendered(text) => f.write_str(text),
            Text::Lines {
                error,
                causes,
                hint,
            } => {
                write!(f, "{red}error{red:#}: {error}")?;
                for cause in causes {
                    write!(f, "\n{bold}cause{bold:#}: {cause}")?;
                }
                match hint {
                    Some(hint) => write!(f, "\n{bold} hint{bold:#}: {hint}"),
                    None => Ok(()),
                }
            }
        }
    }
}
