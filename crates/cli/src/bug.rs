//! Panics are bugs. The message says what to report.

use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Mutex;

use gridfolio::{Code, Error, VERSION};

/// The last panic. Only an uncaught one ends the command: readers of damaged files catch those of the
/// libraries they use, and the user must not see them.
static LAST: Mutex<Option<String>> = Mutex::new(None);

/// Does the work; a panic is an error.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Error> {
    panic::set_hook(Box::new(|panic| {
        if let Ok(mut last) = LAST.lock() {
            *last = Some(message(panic));
        }
    }));
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
        let last = LAST.lock().ok().and_then(|mut last| last.take());
        bug(last.unwrap_or_else(|| "it left no message".to_owned()))
    })
}

fn bug(panic: String) -> Error {
    let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
    Error::new(Code::Bug, "gridfolio has a bug, and you have found it")
        .cause(panic)
        .hint(format!(
            "please report these lines, the command line and the strategy file \
             (gridfolio {VERSION}, {system} {machine})"
        ))
}

fn message(panic: &PanicHookInfo<'_>) -> String {
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
    fn a_panic_is_reported_as_a_bug_with_its_place() {
        let bug = caught(|| panic!("the sky fell")).map(|()| "survived");
        let text = bug.unwrap_err().to_string();
        assert!(
            text.contains("the sky fell (crates/cli/src/bug.rs:"),
            "{text}"
        );
        assert!(text.contains("please report"), "{text}");
    }
}
