//! `cargo bench -p benchmarks --bench overfitting`: what the statistics of a sweep cost (`cost`), and
//! how often they are right (`calibration`). See `docs/overfitting.md`.

mod calibration;
mod cost;

use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let wants = |name: &str| {
        let named = arguments
            .iter()
            .filter(|argument| !argument.starts_with('-'));
        named.clone().count() == 0 || named.clone().any(|argument| argument == name)
    };
    let out = &mut io::stdout().lock();
    let calibration = |out: &mut dyn Write| match wants("calibration") {
        true => calibration::measure(out),
        false => Ok(()),
    };
    let cost = |out: &mut dyn Write| match wants("cost") {
        true => cost::measure(out),
        false => Ok(()),
    };
    let done = cost(out).and_then(|()| calibration(out));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}
