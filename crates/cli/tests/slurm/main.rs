//! Sweeps on real Slurm clusters of four machines, with real faults; see `cluster` beside this file.
//!
//! Whatever happens, a sweep ends with the bytes that one machine gives. Where Slurm or the right to
//! make namespaces is missing, the tests are ignored.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its own harness: one cluster for all tests"
)]

mod faults;
mod lab;
mod nodes;
mod refusals;
mod sweeps;
mod tutorial;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use conformance::{Kind, Requirement, tests};
use lab::Lab;

type Test = (&'static str, fn(&Lab));

/// The slow ones first, so that all clusters end at about the same time. Most of each is waiting.
const TESTS: &[Test] = tests![
    faults::a_time_limit_may_be_hit,
    faults::a_node_may_lose_its_network_and_write_on,
    sweeps::a_sweep_is_cancelled_and_resumed,
    faults::a_node_may_lose_its_power,
    sweeps::a_large_array_is_split,
    nodes::all_nodes_agree,
    nodes::a_node_that_runs_something_else_is_named,
    tutorial::its_commands_run,
    sweeps::momentum_is_as_on_one_machine,
    sweeps::a_sweep_may_be_submitted_from_a_job,
    sweeps::a_dry_run_shows_what_would_be_submitted,
    sweeps::a_quick_sweep_stays_here,
    sweeps::watching_can_be_left,
    refusals::what_slurm_refuses_is_explained,
    refusals::what_will_wait_for_ever_is_explained,
    refusals::a_folder_that_nodes_do_not_see,
    refusals::tasks_that_fail_bring_their_last_words,
    faults::cancelled_tasks_are_submitted_again,
    faults::tasks_may_be_requeued,
    faults::a_more_urgent_job_may_take_the_nodes,
    faults::workers_may_be_killed,
    faults::the_share_may_be_full,
    faults::a_node_may_lose_the_share,
    faults::a_submission_may_only_seem_to_fail,
    faults::collecting_checks_every_shard,
    faults::the_controller_may_crash,
];

/// Clusters that run side by side. Each runs one test at a time: many upset all its machines.
const CLUSTERS: usize = 4;

const SLURM: Requirement = Requirement {
    kind: Kind::Program,
    needs: "Slurm and namespaces",
    missing: lab::missing,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let wanted: Vec<&String> = (arguments.iter())
        .filter(|word| !word.starts_with('-'))
        .collect();
    let is_wanted =
        |(name, _): &&Test| wanted.is_empty() || wanted.iter().any(|word| name.contains(*word));
    let tests: Vec<&Test> = TESTS.iter().filter(is_wanted).collect();
    if arguments.iter().any(|word| word == "--list") {
        for (name, _) in tests {
            println!("{name}: test");
        }
        return ExitCode::SUCCESS;
    }
    println!("\nrunning {} tests", tests.len());
    let start = Instant::now();
    let reason = SLURM.reason_to_ignore();
    let (failed, ignored) = match reason {
        None => (run(&tests), 0),
        Some(reason) => {
            let is_failure = SLURM.is_required();
            let word = if is_failure { "FAILED" } else { "ignored" };
            for (name, _) in &tests {
                println!("test {name} ... {word}, {reason}");
            }
            match is_failure {
                true => (tests.len(), 0),
                false => (0, tests.len()),
            }
        }
    };
    println!(
        "\ntest result: {}. {} passed; {failed} failed; {ignored} ignored; 0 measured; {} filtered \
         out; finished in {:.2}s\n",
        if failed == 0 { "ok" } else { "FAILED" },
        tests.len() - failed - ignored,
        TESTS.len() - tests.len(),
        start.elapsed().as_secs_f64(),
    );
    match failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Runs the tests on several clusters; how many failed.
fn run(tests: &[&Test]) -> usize {
    let (next, failed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = |number| {
        let lab = Lab::up(number);
        let mut is_good = true;
        while let Some((name, test)) = tests.get(next.fetch_add(1, Ordering::Relaxed)) {
            let start = Instant::now();
            let passes = catch_unwind(AssertUnwindSafe(|| test(&lab))).is_ok();
            let word = if passes { "ok" } else { "FAILED" };
            let seconds = start.elapsed().as_secs_f64();
            println!("test {name} ... {word} ({seconds:.1} s)");
            failed.fetch_add(usize::from(!passes), Ordering::Relaxed);
            is_good &= passes;
        }
        if !is_good {
            println!("the logs of the machines are in {}", lab.keep().display());
        }
    };
    thread::scope(|scope| {
        let clusters =
            (0..CLUSTERS.min(tests.len())).map(|number| scope.spawn(move || work(number)));
        for cluster in clusters.collect::<Vec<_>>() {
            if cluster.join().is_err() {
                println!("a cluster could not be started");
                failed.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    failed.into_inner()
}
