//! Panics are our bugs; whoever meets one is told what to report.

use std::fmt;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Mutex;

use failure::{Code, Failure};

/// A panic that ended a command.
#[derive(Debug)]
pub(crate) struct Bug(String);

impl fmt::Display for Bug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = env!("CARGO_PKG_VERSION");
        let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
        Failure::new(Code::Bug, "gridfolio has a bug, and you have found it")
            .cause(self.0.clone())
            .hint(format!(
                "please report these lines, the command line and the strategy file \
                 (gridfolio {version}, {system} {machine})"
            ))
            .fmt(f)
    }
}

/// The last panic. Only one that nobody catches ends the command: readers of damaged files catch
/// those of the libraries they use, and the user must not hear of them.
static LAST: Mutex<Option<String>> = Mutex::new(None);

/// Does the work and catches a panic.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Bug> {
    panic::set_hook(Box::new(|panic| {
        if let Ok(mut last) = LAST.lock() {
            *last = Some(told(panic));
        }
    }));
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
        let last = LAST.lock().ok().and_then(|mut last| last.take());
        Bug(last.unwrap_or_else(|| "it left no message".to_owned()))
    })
}

fn told(panic: &PanicHookInfo<'_>) -> String {
    let message = panic.payload_as_str().unwrap_or("no message");
    match panic.location() {
        Some(at) => format!("{message} ({}:{})", at.file(), at.line()),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_as_a_bug_with_its_place() {
        let bug = caught(|| panic!("the sky fell")).map(|()| "survived");
        let text = bug.unwrap_err().to_string();
        assert!(
            text.contains("the sky fell (crates/cli/src/bug.rs:"),
            "{text}"
        );
        assert!(text.contains("please report"), "{text}");
    }
}
