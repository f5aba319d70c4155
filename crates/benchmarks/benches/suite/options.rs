//! What the suite is asked to do.

use std::path::PathBuf;

use benchmarks::cases::{self, CASES, Case};

use crate::instructions::REPEAT;

const USAGE: &str = "\
usage: cargo bench -p benchmarks -- [CASE...] [--json FILE] [--no-instructions] [--binary PATH]";

/// One of the two things that this program does.
pub(crate) enum Job {
    /// Measure, and print the table.
    Measure(Options),
    /// Repeat one case, for another process that counts instructions.
    Repeat { case: &'static Case, times: u32 },
}

/// What is to be measured.
pub(crate) struct Options {
    /// Beginnings of the names of cases; all but `load` when there are none.
    cases: Vec<String>,
    /// Where the figures are to be written, too.
    pub(crate) json: Option<PathBuf>,
    /// Whether instructions are to be counted.
    pub(crate) instructions: bool,
    /// The command to be measured as a process.
    pub(crate) binary: Option<PathBuf>,
}

impl Job {
    pub(crate) fn from_arguments(
        arguments: impl IntoIterator<Item = String>,
    ) -> Result<Job, String> {
        let mut options = Options {
            cases: Vec::new(),
            json: None,
            instructions: true,
            binary: None,
        };
        let mut arguments = arguments.into_iter();
        let missing = |after: &str| format!("a value is missing after `{after}`\n{USAGE}");
        while let Some(argument) = arguments.next() {
            let mut path = || {
                arguments
                    .next()
                    .map(PathBuf::from)
                    .ok_or_else(|| missing(&argument))
            };
            match argument.as_str() {
                // Cargo adds it.
                "--bench" => {}
                "--json" => options.json = Some(path()?),
                "--binary" => options.binary = Some(path()?),
                "--no-instructions" => options.instructions = false,
                REPEAT => {
                    let (name, times) = (arguments.next(), arguments.next());
                    let case = name.as_deref().and_then(cases::named);
                    let times = times.and_then(|times| times.parse().ok());
                    let (case, times) = case.zip(times).ok_or_else(|| missing(REPEAT))?;
                    return Ok(Job::Repeat { case, times });
                }
                name if exists(name) => options.cases.push(name.to_owned()),
                other => {
                    return Err(format!(
                        "`{other}` is no case and no option\n{USAGE}\n{}",
                        names()
                    ));
                }
            }
        }
        Ok(Job::Measure(options))
    }
}

impl Options {
    /// Whether a case is to be measured: all are, unless some are named.
    pub(crate) fn wants(&self, case: &str) -> bool {
        self.cases.is_empty() || self.asks_for(case)
    }

    /// Whether a case is named.
    pub(crate) fn asks_for(&self, case: &str) -> bool {
        self.cases
            .iter()
            .any(|name| case.starts_with(name.as_str()))
    }
}

fn all_names() -> impl Iterator<Item = &'static str> {
    CASES
        .iter()
        .map(|case| case.name)
        .chain(["load", "process"])
}

fn exists(name: &str) -> bool {
    !name.starts_with('-') && all_names().any(|case| case.starts_with(name))
}

fn names() -> String {
    format!("cases: {}", all_names().collect::<Vec<_>>().join(", "))
}
