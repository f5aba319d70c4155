//! `cargo bench -p benchmarks --bench overfitting`: what the statistics of a sweep cost by themselves
//! (`cost`) and in a sweep (`sweep`), and how often they are right (`calibration`). See
//! `docs/overfitting.md`.

mod calibration;
mod cost;
mod made_up;
mod sweep;

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
    type Measure = fn(&mut dyn Write) -> io::Result<()>;
    let parts: [(&str, Measure); 3] = [
        ("cost", cost::measure),
        ("sweep", sweep::measure),
        ("calibration", calibration::measure),
    ];
    let wanted = parts.iter().filter(|(name, _)| wants(name));
    let done = { wanted }.try_for_each(|(_, measure)| measure(out));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}
