//! The two streams: results on the standard output, talk on the standard error.

use std::io::{self, Write};

use failure::{Code, Failure};

/// Prints a result. A reader that has gone away, as `head` does, has had enough: no error.
pub(crate) fn print(result: &[u8]) -> Result<(), Failure> {
    written(io::stdout().lock(), result)
}

/// Prints a result with colours, which are left out where they would be seen as codes.
pub(crate) fn print_styled(result: &str) -> Result<(), Failure> {
    written(anstream::stdout().lock(), result.as_bytes())
}

fn written(mut stream: impl Write, result: &[u8]) -> Result<(), Failure> {
    match stream.write_all(result).and_then(|()| stream.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let failure = Failure::new(Code::Output, "cannot write to the standard output");
            Err(failure
                .caused_by(&error)
                .hint("check where it goes, and that there is room"))
        }
        _ => Ok(()),
    }
}

/// Says something that is not a result. Colours are left out where they would be seen as codes.
pub(crate) fn complain(talk: &str) {
    // When nobody can be told, there is nobody to tell.
    let _ = writeln!(anstream::stderr().lock(), "{talk}");
}
