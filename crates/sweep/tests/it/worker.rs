//! A worker computes the shards that it is given, and nothing that others do can harm.

use std::collections::BTreeSet;
use std::fs;
use std::sync::atomic::AtomicBool;
use std::thread;

use expect_test::expect;
use sweep::{
    Existing, SweepError, SweepSummary, WorkerOptions, WorkerState, ranges_from_text, work,
    worker_statuses,
};

use crate::fixture::{Fixture, GRID, MOMENTUM, bytes_of_results, run};

/// 72 trials in 18 shards.
fn fixture() -> Fixture {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    let mut draft = fixture.draft().unwrap();
    draft.set_shard_size(4);
    (draft.into_folder(&fixture.path("out"), Existing::Resume)).unwrap();
    fixture
}

fn worker(fixture: &Fixture, shards: &str, stop: bool) -> Result<SweepSummary, SweepError> {
    let shards: BTreeSet<u64> = ranges_from_text(shards).unwrap();
    work(
        &fixture.path("out"),
        &WorkerOptions {
            shards: &shards,
            threads: 2,
            task: "abc-7",
            restart: 1,
            stop: &AtomicBool::new(stop),
        },
    )
}

fn names(fixture: &Fixture) -> Vec<String> {
    let entries = fs::read_dir(fixture.path("out/shards")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names: BTreeSet<String> = names.collect();
    names.into_iter().collect()
}

#[test]
fn a_worker_computes_its_shards_and_no_others() {
    let fixture = fixture();
    let report = worker(&fixture, "2-3,11", false).unwrap();
    assert!(report.finished);
    assert_eq!((report.progress.done, report.progress.total), (12, 12));
    assert_eq!(names(&fixture), ["000002", "000003", "000011"]);
    assert!(!fixture.path("out/results.parquet").exists());
}

#[test]
fn workers_that_share_shards_do_not_harm_one_another() {
    let fixture = fixture();
    thread::scope(|scope| {
        for shards in ["0-17", "0-9", "8-17", "3,17"] {
            let fixture = &fixture;
            scope.spawn(move || assert!(worker(fixture, shards, false).unwrap().finished));
        }
    });
    let sweep = fixture.sweep("out").unwrap();
    assert_eq!(run(&sweep, 1).progress.computed, 0);
    run(&fixture.sweep("local").unwrap(), 1);
    assert!(bytes_of_results(&fixture.path("out")) == bytes_of_results(&fixture.path("local")));
}

#[test]
fn a_worker_that_is_told_to_stop_leaves_no_half_shard() {
    let fixture = fixture();
    let report = worker(&fixture, "0-17", true).unwrap();
    assert!(!report.finished);
    assert_eq!(names(&fixture), [""; 0]);
    assert_eq!(
        worker_statuses(&fixture.path("out"))[0].state,
        WorkerState::Stopped
    );
}

#[test]
fn a_note_says_who_did_what_and_how_fast() {
    let fixture = fixture();
    worker(&fixture, "2-3,11", false).unwrap();
    let notes = worker_statuses(&fixture.path("out"));
    let [note] = &notes[..] else {
        panic!("{notes:?}")
    };
    assert_eq!((&*note.task, note.restart), ("abc-7", 1));
    assert_eq!((note.state, note.trials()), (WorkerState::Done, 12));
    assert_eq!((note.process, note.threads), (std::process::id(), 2));
    assert_eq!(note.arch, std::env::consts::ARCH);
    let shards: Vec<u64> = note.shards.iter().map(|shard| shard.shard).collect();
    assert_eq!(shards, [2, 3, 11]);
    assert!(note.shards.iter().all(|shard| shard.seconds > 0.0));
    assert!(note.elapsed > 0.0 && note.began > 1.7e9);
}

#[test]
fn a_shard_that_does_not_exist_is_refused() {
    let fixture = fixture();
    let error = worker(&fixture, "17-18", false).unwrap_err();
    expect![[r#"
        there is no shard 18
         hint: numbers go from 0 to 17"#]]
    .assert_eq(&fixture.shown(&error));
}
