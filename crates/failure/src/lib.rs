//! Why what a user asked for was not done: the error, its causes and the way out, in the words that
//! the terminal and Python share. Prints nothing.

mod explain;

use std::error::Error;
use std::fmt;
use std::path::Path;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use cluster::ClusterError;
use market_data::WriteError;
use results::ResultsError;
use sweep::SweepError;
use verdict::VerdictError;

pub use explain::{Context, Role};

/// Where there is no place for colours they are taken away.
pub const STYLED: bool = true;

/// The exit code, and so the kind of a failure. The help text of the program documents these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// It was done.
    Done = 0,
    /// The answer is no.
    No = 1,
    /// It was asked for in a way that cannot be.
    Usage = 2,
    /// The strategy.
    Strategy = 3,
    /// The prices.
    Data = 4,
    /// The results could not be written.
    Output = 5,
    /// It was interrupted.
    Interrupted = 6,
    /// The cluster cannot be used, or has lost shards for good.
    Cluster = 7,
    /// This program is at fault.
    Bug = 70,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> ExitCode {
        ExitCode::from(code as u8)
    }
}

/// Why something was not done. `Display` is what the user sees in a terminal, with colours.
#[derive(Debug)]
pub struct Failure {
    /// Its kind.
    pub code: Code,
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
    /// One line, without a full stop.
    pub fn new(code: Code, error: impl Into<String>) -> Failure {
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

    /// One that others have shown in its place already.
    pub fn rendered(code: Code, text: String) -> Failure {
        Failure {
            code,
            text: Text::Rendered(text),
        }
    }

    /// Adds an error and all that it came from.
    pub fn caused_by(self, error: &dyn Error) -> Failure {
        self.cause(error.to_string()).with_sources_of(error)
    }

    /// Adds what an error came from, for one that is told already.
    pub fn with_sources_of(self, error: &dyn Error) -> Failure {
        let causes = std::iter::successors(error.source(), |cause| (**cause).source());
        causes.fold(self, |failure, cause| failure.cause(cause.to_string()))
    }

    /// A file of results could not be written.
    pub fn not_written(error: &WriteError) -> Failure {
        Failure::new(Code::Output, "the results could not be written")
            .caused_by(error)
            .hint(error.hint())
    }

    /// Adds what it came from.
    pub fn cause(mut self, cause: String) -> Failure {
        if let Text::Lines { causes, .. } = &mut self.text {
            causes.push(cause);
        }
        self
    }

    /// Says the way out.
    pub fn hint(mut self, line: impl Into<String>) -> Failure {
        if let Text::Lines { hint, .. } = &mut self.text {
            *hint = Some(line.into());
        }
        self
    }
}

impl Failure {
    /// A sweep's error.
    pub fn of_sweep(error: &SweepError) -> Failure {
        if let SweepError::Strategy { file, text, source } = error {
            let shown = source.render(&file.display().to_string(), text, STYLED);
            return Failure::rendered(Code::Strategy, shown);
        }
        let code = match error {
            SweepError::NoSweep { .. }
            | SweepError::NoStrategy
            | SweepError::TooManyTrials
            | SweepError::SameName { .. }
            | SweepError::NothingReads { .. }
            | SweepError::NoDataFolder { .. }
            | SweepError::ConflictingValidation
            | SweepError::Holdout { .. }
            | SweepError::NoModels
            | SweepError::FailedTrial { .. } => Code::Strategy,
            SweepError::Load { .. } | SweepError::Align(_) => Code::Data,
            SweepError::NoTrial { .. }
            | SweepError::NoShard { .. }
            | SweepError::NotASweep { .. }
            | SweepError::OtherVersion { .. }
            | SweepError::Changed { .. } => Code::Usage,
            _ => Code::Output,
        };
        let hint = match error {
            SweepError::Changed { .. } | SweepError::OtherVersion { .. } => Some(
                "name another folder with `--out`, or start over with `--fresh`, which deletes the \
                 results there"
                    .to_owned(),
            ),
            _ => error.hint(),
        };
        Failure::of(code, error, hint)
    }

    /// An error of the results of a sweep.
    pub fn of_results(error: &ResultsError) -> Failure {
        let code = match error {
            ResultsError::Sweep(error) => return Failure::of_sweep(error),
            ResultsError::NoColumn { .. }
            | ResultsError::Condition(_)
            | ResultsError::NoResults { .. } => Code::Usage,
            ResultsError::NotReproduced { .. } => Code::Bug,
            _ => Code::Output,
        };
        Failure::of(code, error, error.hint())
    }

    /// An error of a sweep's verdict.
    pub fn of_verdict(error: &VerdictError) -> Failure {
        let code = match error {
            VerdictError::Sweep(error) => return Failure::of_sweep(error),
            VerdictError::Results(error) => return Failure::of_results(error),
            VerdictError::NoHoldout { .. } => Code::Usage,
            _ => Code::Output,
        };
        Failure::of(code, error, error.hint())
    }

    /// An error, its causes and its hint.
    fn of(code: Code, error: &dyn Error, hint: Option<String>) -> Failure {
        let failure = Failure::new(code, error.to_string()).with_sources_of(error);
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }

    /// A cluster cannot be used.
    pub fn of_cluster(error: &ClusterError) -> Failure {
        let code = match error {
            ClusterError::Sweep(error) => return Failure::of_sweep(error),
            ClusterError::Settings { .. } | ClusterError::Argument { .. } => Code::Usage,
            ClusterError::NoNode { .. } | ClusterError::Path { .. } => Code::Usage,
            ClusterError::NotAProgram { .. } => Code::Usage,
            ClusterError::Io { .. } | ClusterError::Write(_) => Code::Output,
            ClusterError::Interrupted => Code::Interrupted,
            _ => Code::Cluster,
        };
        Failure::of(code, error, error.hint())
    }

    /// What the user sees where there are no colours.
    pub fn to_plain(&self) -> String {
        anstream::adapter::strip_str(&self.to_string()).to_string()
    }
}

impl From<SweepError> for Failure {
    fn from(error: SweepError) -> Failure {
        Failure::of_sweep(&error)
    }
}

impl From<ResultsError> for Failure {
    fn from(error: ResultsError) -> Failure {
        Failure::of_results(&error)
    }
}

impl From<VerdictError> for Failure {
    fn from(error: VerdictError) -> Failure {
        Failure::of_verdict(&error)
    }
}

/// The text of a strategy file.
///
/// # Errors
///
/// When it cannot be read, or is not UTF-8.
pub fn read_strategy_file(path: &Path) -> Result<String, Failure> {
    let unreadable = |hint: &str| {
        let what = format!("cannot read the strategy file `{}`", path.display());
        Failure::new(Code::Strategy, what).hint(hint)
    };
    let bytes = std::fs::read(path).map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::NotFound => "check the spelling of the path",
            std::io::ErrorKind::IsADirectory => "name a file, not a folder",
            _ => "check that you may read it",
        };
        unreadable(hint).caused_by(&error)
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..at]
            .iter()
            .filter(|b| **b == b'\n')
            .count();
        let cause = format!("line {line} is not UTF-8 text");
        unreadable("save it as UTF-8 text").cause(cause)
    })
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
