//! However a sweep is run and whatever happens to it, its results are the same bytes.

use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use sweep::{Draft, Existing, RunOptions, Sweep};

use crate::fixture::{Fixture, MOMENTUM, bytes_of_results, run};

/// 640 trials.
const MANY: &str = r#"
[sweep.axes]
"alpha.lookback" = { from = 2, to = 81 }
"alpha.top_n" = [1, 2]
"portfolio.cash_buffer" = { from = 0.01, to = 0.04, step = 0.01 }
"#;

/// Where a worker process finds its folder, if this is one.
const WORKER: &str = "GRIDFOLIO_TEST_SWEEP_FOLDER";

fn plan(fixture: &Fixture, out: &str, shard_size: u64) -> Sweep {
    let mut request = fixture.request();
    request.shard_size = Some(shard_size);
    let draft = Draft::new(&request).unwrap();
    draft
        .into_folder(&fixture.path(out), Existing::Resume)
        .unwrap()
}

fn worker(fixture: &Fixture, out: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "interruption::a_worker_process"])
        .env(WORKER, fixture.path(out))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Not a test by itself: the process that the tests below start and kill.
#[test]
fn a_worker_process() {
    if let Some(dir) = std::env::var_os(WORKER) {
        run(&Sweep::open(dir.as_ref()).unwrap(), 2);
    }
}

#[test]
fn threads_and_shard_sizes_do_not_change_a_byte() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{MANY}"));
    run(&plan(&fixture, "one", 1000), 1);
    let expected = bytes_of_results(&fixture.path("one"));
    for (out, shard_size, threads) in [("a", 7, 4), ("b", 64, 2), ("c", 1, 3), ("d", 1000, 5)] {
        run(&plan(&fixture, out, shard_size), threads);
        assert!(
            bytes_of_results(&fixture.path(out)) == expected,
            "{shard_size}, {threads}"
        );
    }
}

#[test]
fn a_sweep_killed_a_hundred_times_goes_on_to_the_same_bytes() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{MANY}"));
    run(&plan(&fixture, "whole", 64), 2);
    let expected = bytes_of_results(&fixture.path("whole"));
    let mut kills = 0;
    let mut round = 0;
    while kills < 100 {
        let out = format!("killed{round}");
        let sweep = plan(&fixture, &out, 1);
        // Delays from none to longer than the start of a process, in no order.
        while kills < 100 {
            let mut child = worker(&fixture, &out);
            let delay = (kills * 7919 + 31) % 60;
            thread::sleep(Duration::from_millis(delay));
            child.kill().unwrap();
            let ended = child.wait().unwrap();
            if ended.success() {
                break;
            }
            kills += 1;
        }
        assert!(run(&sweep, 2).finished);
        assert!(bytes_of_results(&fixture.path(&out)) == expected);
        round += 1;
    }
}

#[test]
fn processes_that_race_for_a_folder_do_not_harm_it() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{MANY}"));
    run(&plan(&fixture, "one", 64), 1);
    plan(&fixture, "raced", 2);
    let mut racers: Vec<Child> = (0..3).map(|_| worker(&fixture, "raced")).collect();
    for racer in &mut racers {
        assert!(racer.wait().unwrap().success());
    }
    assert!(bytes_of_results(&fixture.path("raced")) == bytes_of_results(&fixture.path("one")));
}

#[test]
fn a_sweep_that_is_stopped_keeps_whole_shards_and_goes_on() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{MANY}"));
    run(&plan(&fixture, "one", 64), 1);
    let sweep = plan(&fixture, "stopped", 16);
    let stop = AtomicBool::new(false);
    let options = RunOptions {
        threads: 2,
        progress: &|progress| stop.store(progress.done >= 160, Ordering::Relaxed),
        stop: &stop,
    };
    let report = results::run(&sweep, &options).unwrap();
    assert!(!report.finished && report.progress.done < 640);
    assert!(!fixture.path("stopped/results.parquet").exists());
    let rest = run(&sweep, 2);
    assert_eq!(rest.progress.computed, 640 - report.progress.done);
    assert!(bytes_of_results(&fixture.path("stopped")) == bytes_of_results(&fixture.path("one")));
}

#[test]
fn several_may_plan_and_run_one_folder_at_the_same_time() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{MANY}"));
    run(&plan(&fixture, "one", 64), 1);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert!(run(&plan(&fixture, "shared", 16), 1).finished));
        }
    });
    assert!(bytes_of_results(&fixture.path("shared")) == bytes_of_results(&fixture.path("one")));
}
