//! Runs tests that need something, and reports them as ignored where it is missing.

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use crate::requirement::Requirement;

/// A test and its name, as [`tests!`](crate::tests) lists them.
pub type Test = (&'static str, fn());

/// The tests of a binary: paths of functions, each of which panics when it fails.
///
/// A function that is left out is dead code, and the compiler warns of it.
#[macro_export]
macro_rules! tests {
    ($($test:path),* $(,)?) => { &[$((stringify!($test), $test as _)),*] };
}

/// Runs the tests as Cargo's own harness would, with its arguments and its output.
///
/// Each group of tests has a requirement. It is looked up once. Where it is not met, its tests are
/// ignored, or fail where it is required.
pub fn run(groups: &[(Requirement, &[Test])]) -> ExitCode {
    let arguments = Arguments::from_args();
    let is_listing = arguments.list;
    let mut trials = Vec::new();
    for (requirement, tests) in groups {
        let reason = match is_listing {
            true => None,
            false => requirement.reason_to_ignore(),
        };
        let reason: Option<Arc<str>> = reason.map(Arc::from);
        for (name, test) in *tests {
            let (reason, test) = (reason.clone(), *test);
            let is_required = requirement.is_required();
            let run = move || match reason {
                None => {
                    test();
                    Ok(Completion::Completed)
                }
                Some(reason) if is_required => Err(Failed::from(reason)),
                Some(reason) => Ok(Completion::ignored_with(reason)),
            };
            trials.push(Trial::ignorable_test(*name, run));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}
