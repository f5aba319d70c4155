//! The two streams: results on the standard output, all else on the standard error.

use std::io::{self, Write};

use gridfolio::{Code, Error};

/// Prints a result. A reader that closes the pipe, as `head` does, is no error.
pub(crate) fn print(result: &[u8]) -> Result<(), Error> {
    written(io::stdout().lock(), result)
}

/// Prints a result with colours, which are left out where they would be seen as codes.
pub(crate) fn print_styled(result: &str) -> Result<(), Error> {
    written(anstream::stdout().lock(), result.as_bytes())
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

/// Prints a message that is not a result. Colours are left out where they would be seen as codes.
pub(crate) fn complain(message: &str) {
    // An unwritable standard error cannot be reported.
    let _ = writeln!(anstream::stderr().lock(), "{message}");
}
