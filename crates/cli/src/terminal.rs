//! The two streams: results on the standard output, all else on the standard error. Nothing that comes
//! from elsewhere steers the terminal.

use std::io::{self, Write};

use diagnostics::{shown, shown_json, shown_lines, shown_styled};
use gridfolio::{Code, Error};

/// Prints lines of text or CSV. A reader that closes the pipe, as `head` does, is no error.
pub(crate) fn print(result: &[u8]) -> Result<(), Error> {
    let text = String::from_utf8_lossy(result);
    written(io::stdout().lock(), shown_lines(&text).as_bytes())
}

/// Prints JSON.
pub(crate) fn print_json(json: &[u8]) -> Result<(), Error> {
    let text = String::from_utf8_lossy(json);
    written(io::stdout().lock(), shown_json(&text).as_bytes())
}

/// Prints a result for people, or the same as JSON.
pub(crate) fn print_as(json: bool, result: &str) -> Result<(), Error> {
    match json {
        true => print_json(result.as_bytes()),
        false => print(result.as_bytes()),
    }
}

/// Prints a result with colours, which are left out where they would be seen as codes.
pub(crate) fn print_styled(result: &str) -> Result<(), Error> {
    written(anstream::stdout().lock(), shown_styled(result).as_bytes())
}

fn written(mut stream: impl Write, result: &[u8]) -> Result<(), Error> {
    match stream.write_all(result).and_then(|()| stream.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let refused = Error::new(Code::Output, "cannot write to the standard output");
            Err(refused
                .caused_by(error)
                .hint("check where it goes, and that there is room"))
        }
        _ => Ok(()),
    }
}

/// Prints a message that is not a result.
pub(crate) fn complain(message: &str) {
    complain_styled(&shown_lines(message));
}

/// Prints a warning, on one line.
pub(crate) fn warn(warning: &str) {
    complain_styled(&format!("warning: {}", shown(warning)));
}

/// Prints a message with colours, which are left out where they would be seen as codes.
pub(crate) fn complain_styled(message: &str) {
    // An unwritable standard error cannot be reported.
    let _ = writeln!(anstream::stderr().lock(), "{}", shown_styled(message));
}
