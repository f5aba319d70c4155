//! What a user needs besides an error's message.

use std::error::Error;
use std::iter;
use std::process::ExitCode;

/// The exit code of the command, and so the kind of an error. `gridfolio --help` documents them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Done.
    Done = 0,
    /// Done, and the answer is no: unusable data, a look-ahead, a bad node, lost shards.
    No = 1,
    /// The command line or the call does not fit what it is about.
    Usage = 2,
    /// The strategy cannot be used.
    Strategy = 3,
    /// The prices cannot be used.
    Data = 4,
    /// The output could not be written.
    Output = 5,
    /// Interrupted; the same command continues.
    Interrupted = 6,
    /// The cluster cannot be used, or has lost shards for good.
    Cluster = 7,
    /// Done, and the answer is not known: a model that the audit cannot look into.
    NotProven = 8,
    /// A bug in gridfolio.
    Bug = 70,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> ExitCode {
        ExitCode::from(code as u8)
    }
}

/// An error that a user may see.
///
/// Its `Display` is one line without a full stop. It does not repeat what its
/// [`source`](Error::source) says.
pub trait Diagnostic: Error {
    /// The kind of the error.
    fn code(&self) -> Code;

    /// What to do about it, in one sentence without a full stop.
    fn hint(&self) -> Option<String> {
        None
    }

    /// The whole message, with the source text that it is about. An error that has one shows it in
    /// place of message, causes and hint. Colours are ANSI escape sequences.
    fn excerpt(&self) -> Option<String> {
        None
    }
}

/// The sources of an error, from the nearest to the last.
pub fn causes<'e>(
    error: &'e (dyn Error + 'static),
) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    iter::successors(error.source(), |cause| (**cause).source())
}

/// An error and its causes on one line, separated by colons.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    causes(error).fold(error.to_string(), |chain, cause| {
        format!("{chain}: {cause}")
    })
}
