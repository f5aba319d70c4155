//! `cargo bench -p benchmarks --bench overfitting`: what the statistics of a sweep cost, and, with
//! `calibration`, how often they are right. See `docs/overfitting.md`.

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
    let done = if wants("cost") {
        cost::measure(out)
    } else {
        Ok(())
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}
