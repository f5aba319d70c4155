//! Sweeps on a real Slurm cluster of four machines, with real faults; see `cluster` beside this file.
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
use std::time::Instant;

use conformance::{Kind, Requirement};
use lab::Lab;

type Test = (&'static str, fn(&Lab));

/// One after the other, beside the test of a time limit, which has to wait for minutes.
const TESTS: [Test; 24] = [
    ("nodes::all_nodes_agree", nodes::all_nodes_agree),
    (
        "nodes::a_node_that_runs_something_else_is_named",
        nodes::a_node_that_runs_something_else_is_named,
    ),
    ("tutorial::its_commands_run", tutorial::its_commands_run),
    (
        "sweeps::momentum_is_as_on_one_machine",
        sweeps::momentum_is_as_on_one_machine,
    ),
    (
        "sweeps::a_large_array_is_split",
        sweeps::a_large_array_is_split,
    ),
    (
        "sweeps::a_sweep_may_be_submitted_from_a_job",
        sweeps::a_sweep_may_be_submitted_from_a_job,
    ),
    (
        "sweeps::a_dry_run_shows_what_would_be_submitted",
        sweeps::a_dry_run_shows_what_would_be_submitted,
    ),
    (
        "sweeps::a_quick_sweep_stays_here",
        sweeps::a_quick_sweep_stays_here,
    ),
    ("sweeps::watching_can_be_left", sweeps::watching_can_be_left),
    (
        "sweeps::a_sweep_is_cancelled_and_resumed",
        sweeps::a_sweep_is_cancelled_and_resumed,
    ),
    (
        "refusals::what_slurm_refuses_is_explained",
        refusals::what_slurm_refuses_is_explained,
    ),
    (
        "refusals::what_will_wait_for_ever_is_explained",
        refusals::what_will_wait_for_ever_is_explained,
    ),
    (
        "refusals::a_folder_that_nodes_do_not_see",
        refusals::a_folder_that_nodes_do_not_see,
    ),
    (
        "refusals::tasks_that_fail_bring_their_last_words",
        refusals::tasks_that_fail_bring_their_last_words,
    ),
    (
        "faults::cancelled_tasks_are_submitted_again",
        faults::cancelled_tasks_are_submitted_again,
    ),
    (
        "faults::tasks_may_be_requeued",
        faults::tasks_may_be_requeued,
    ),
    (
        "faults::a_more_urgent_job_may_take_the_nodes",
        faults::a_more_urgent_job_may_take_the_nodes,
    ),
    (
        "faults::workers_may_be_killed",
        faults::workers_may_be_killed,
    ),
    (
        "faults::the_share_may_be_full",
        faults::the_share_may_be_full,
    ),
    (
        "faults::a_node_may_lose_the_share",
        faults::a_node_may_lose_the_share,
    ),
    (
        "faults::a_submission_may_only_seem_to_fail",
        faults::a_submission_may_only_seem_to_fail,
    ),
    (
        "faults::a_node_may_lose_its_power",
        faults::a_node_may_lose_its_power,
    ),
    (
        "faults::a_node_may_lose_its_network_and_write_on",
        faults::a_node_may_lose_its_network_and_write_on,
    ),
    (
        "faults::collecting_checks_every_shard",
        faults::collecting_checks_every_shard,
    ),
];

const BESIDE: Test = (
    "faults::a_time_limit_may_be_hit",
    faults::a_time_limit_may_be_hit,
);

/// It upsets all jobs, so it goes last.
const LAST: Test = (
    "faults::the_controller_may_crash",
    faults::the_controller_may_crash,
);

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
    let [beside, last] = [&BESIDE, &LAST].map(|test| Some(test).filter(is_wanted));
    let all: Vec<&Test> = (tests.iter().copied().chain(beside).chain(last)).collect();
    let n_filtered_out = TESTS.len() + 2 - all.len();
    if arguments.iter().any(|word| word == "--list") {
        for (name, _) in all {
            println!("{name}: test");
        }
        return ExitCode::SUCCESS;
    }
    println!("\nrunning {} tests", all.len());
    let summary = |failed: usize, ignored: usize, seconds: f64| {
        let result = if failed == 0 { "ok" } else { "FAILED" };
        println!(
            "\ntest result: {result}. {} passed; {failed} failed; {ignored} ignored; 0 measured; \
             {n_filtered_out} filtered out; finished in {seconds:.2}s\n",
            all.len() - failed - ignored,
        );
    };
    if let Some(reason) = SLURM.reason_to_ignore().filter(|_| !all.is_empty()) {
        let is_failure = SLURM.is_required();
        let word = if is_failure { "FAILED" } else { "ignored" };
        for (name, _) in &all {
            println!("test {name} ... {word}, {reason}");
        }
        let [failed, ignored] = match is_failure {
            true => [all.len(), 0],
            false => [0, all.len()],
        };
        summary(failed, ignored, 0.0);
        return if is_failure {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        };
    }
    if all.is_empty() {
        summary(0, 0, 0.0);
        return ExitCode::SUCCESS;
    }
    let start = Instant::now();
    let lab = Lab::up();
    println!(
        "a cluster of four machines in {:.1} s",
        start.elapsed().as_secs_f64()
    );
    let run = |(name, test): &Test| {
        let start = Instant::now();
        let is_good = catch_unwind(AssertUnwindSafe(|| test(&lab))).is_ok();
        let word = if is_good { "ok" } else { "FAILED" };
        println!(
            "test {name} ... {word} ({:.1} s)",
            start.elapsed().as_secs_f64()
        );
        is_good
    };
    let failed = std::thread::scope(|scope| {
        let beside = beside.map(|test| scope.spawn(move || run(test)));
        let failed = tests.iter().filter(|test| !run(test)).count();
        let good = beside.is_none_or(|beside| beside.join().is_ok_and(|good| good));
        failed + usize::from(!good)
    });
    let failed = failed + last.iter().filter(|test| !run(test)).count();
    if failed > 0 {
        println!("the logs of the machines are in {}", lab.keep().display());
    }
    summary(failed, 0, start.elapsed().as_secs_f64());
    match failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
