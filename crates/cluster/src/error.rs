//! Why a cluster cannot be used. Every error has a hint.

use std::io;
use std::path::PathBuf;

use diagnostics::{Code, Diagnostic, WriteError};
use sweep::SweepError;

use crate::refusal;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// A command of Slurm is not installed here.
    #[error("`{program}` is not on the path: there is no Slurm on this machine")]
    NoSlurm {
        /// The command.
        program: String,
    },
    /// A command of Slurm refused.
    #[error("`{program}` refused")]
    Refused {
        /// The command.
        program: String,
        /// What it message.
        #[source]
        message: SlurmMessage,
    },
    /// Slurm's controller did not answer.
    #[error("Slurm's controller does not answer `{program}`")]
    NoAnswer {
        /// The command.
        program: String,
        /// What it message.
        #[source]
        message: SlurmMessage,
    },
    /// A file of settings has a mistake.
    #[error("`{}`, line {line}: {message}", .file.display())]
    Settings {
        /// The file.
        file: PathBuf,
        /// Where.
        line: usize,
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// An argument for `sbatch` that conflicts with those of this program.
    #[error("the argument `{argument}` for `sbatch` {problem}")]
    Argument {
        /// The argument.
        argument: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A node that is asked for does not exist.
    #[error("there is no node `{node}`")]
    NoNode {
        /// Its name.
        node: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// Tasks ended without a log or a status file.
    #[error("the tasks of job {job} ended without a trace: the nodes do not see `{}`", .dir.display())]
    NotShared {
        /// The job.
        job: String,
        /// The sweep's folder.
        dir: PathBuf,
    },
    /// A path that a job cannot be given.
    #[error("`{}` cannot be used on a cluster: {problem}", .path.display())]
    Path {
        /// The path.
        path: PathBuf,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The sweep was cancelled.
    #[error("the sweep in `{}` was cancelled", .dir.display())]
    Cancelled {
        /// Its folder.
        dir: PathBuf,
    },
    /// Ctrl-C.
    #[error("interrupted")]
    Interrupted,
    /// A binary that no node could run.
    #[error("`{}` is not a Linux executable for x86-64 or aarch64", .path.display())]
    NotAProgram {
        /// The file.
        path: PathBuf,
    },
    /// A link where a program is to be installed.
    #[error("`{}` is a link, and nothing is installed through links", .path.display())]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// The operating system refuses something.
    #[error("cannot {action} `{}`", .path.display())]
    Io {
        /// The action, completing "cannot …".
        action: &'static str,
        /// Its file or folder.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The sweep's folder cannot be used.
    #[error(transparent)]
    Sweep(#[from] SweepError),
}

/// A command's message, on one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SlurmMessage(pub String);

impl Diagnostic for ClusterError {
    fn code(&self) -> Code {
        match self {
            ClusterError::Settings { .. }
            | ClusterError::Argument { .. }
            | ClusterError::NoNode { .. }
            | ClusterError::Path { .. }
            | ClusterError::Link { .. }
            | ClusterError::NotAProgram { .. } => Code::Usage,
            ClusterError::NoSlurm { .. }
            | ClusterError::Refused { .. }
            | ClusterError::NoAnswer { .. }
            | ClusterError::NotShared { .. }
            | ClusterError::Cancelled { .. } => Code::Cluster,
            ClusterError::Interrupted => Code::Interrupted,
            ClusterError::Io { .. } | ClusterError::Write(_) => Code::Output,
            ClusterError::Sweep(error) => error.code(),
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            ClusterError::NoSlurm { .. } => {
                "run this where jobs are submitted, usually on the login node; on this machine alone \
                 a sweep runs without `--on slurm`"
            }
            ClusterError::Refused { message, .. } => {
                refusal::hint(&message.0).unwrap_or("`--dry-run` shows the command, to try by hand")
            }
            ClusterError::NoAnswer { .. } => {
                "check that `scontrol ping` answers, then run the same command again: nothing is \
                 submitted twice"
            }
            ClusterError::Settings { hint, .. } => hint,
            ClusterError::Argument { .. } => {
                "leave it out: any other argument is passed on as it is"
            }
            ClusterError::NoNode { known, .. } => {
                return Some(format!("the nodes are {}", known.join(", ")));
            }
            ClusterError::NotShared { .. } => {
                "put the sweep's folder on the shared file system, with `--out`; \
                 `gridfolio cluster check --share DIR` proves that nodes see it"
            }
            ClusterError::Path { .. } => "choose another folder, with `--out`",
            ClusterError::Cancelled { .. } => "`gridfolio resume DIR` continues it",
            ClusterError::Interrupted => return None,
            ClusterError::NotAProgram { .. } => {
                "pass a program built by `cargo static-x86_64` or `cargo static-aarch64`"
            }
            ClusterError::Link { .. } => "remove the link, or install into another folder",
            ClusterError::Io { .. } => "check the folder, and that you may write there",
            ClusterError::Write(error) => return error.hint(),
            ClusterError::Sweep(error) => return error.hint(),
        };
        Some(hint.to_owned())
    }

    fn excerpt(&self) -> Option<String> {
        match self {
            ClusterError::Sweep(error) => error.excerpt(),
            _ => None,
        }
    }
}

pub(crate) fn io_error<'a>(
    action: &'static str,
    path: &'a std::path::Path,
) -> impl FnOnce(io::Error) -> ClusterError + 'a {
    move |source| ClusterError::Io {
        action,
        path: path.to_owned(),
        source,
    }
}
