//! Null worlds: which worlds there are, and what is left of a sweep in them.

use std::fs;
use std::sync::atomic::AtomicBool;

use sweep::{Sweep, WORLDS};
use verdict::union::Union;
use verdict::{HowMany, Verdict, compute_worlds};

use crate::fixture::{Fixture, GRID, MOMENTUM};
use crate::sweeps::evaluated;

fn files(fixture: &Fixture, out: &str) -> Vec<(String, Vec<u8>)> {
    let folder = fs::read_dir(fixture.path(out).join(WORLDS)).unwrap();
    let mut files: Vec<_> = folder
        .map(|file| {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn compute(sweep: &Sweep, n: u64, threads: usize) {
    let stop = AtomicBool::new(false);
    assert!(compute_worlds(sweep, HowMany::Exactly(n), threads, &stop).unwrap());
}

#[test]
fn worlds_follow_from_their_number_alone() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    let mut made = Vec::new();
    for (out, threads, shard_size) in [("one", 1, None), ("two", 2, Some(7))] {
        let (first, _) = evaluated(&fixture, out, threads, shard_size);
        assert_eq!(first.verdict.worlds, None);
        let sweep = Sweep::open(&fixture.path(out)).unwrap();
        compute(&sweep, 25, threads);
        made.push(files(&fixture, out));
    }
    assert_eq!(made[0], made[1]);
    let names: Vec<&str> = made[0].iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["blocks-000000.json", "days-000000.json"]);
    // More worlds begin with those that are there; an interrupted run is continued.
    let sweep = Sweep::open(&fixture.path("one")).unwrap();
    let stopped = AtomicBool::new(true);
    assert!(!compute_worlds(&sweep, HowMany::Exactly(50), 2, &stopped).unwrap());
    compute(&sweep, 50, 2);
    let more = files(&fixture, "one");
    assert_eq!(more.len(), 4);
    assert!(made[0].iter().all(|file| more.contains(file)));

    let verdict = Verdict::evaluate(&sweep, 2, &Union::default())
        .unwrap()
        .verdict;
    let days = verdict.worlds.as_ref().unwrap();
    assert_eq!((days.worlds, days.counts.iter().sum::<u64>()), (50, 50));
    assert_eq!(days.p, (1 + days.reached) as f64 / 51.0);
    assert_eq!(verdict.worlds_of_blocks.unwrap().worlds, 50);
    let share = 100.0 * days.reached as f64 / 50.0;
    assert!(
        verdict
            .answer
            .contains(&format!("{share:.0} of 100 worlds")),
        "{}",
        verdict.answer
    );
}

/// Equal weights do not depend on the order of days but for what drifts between two decisions.
#[test]
fn what_follows_its_yardsticks_does_so_in_every_world() {
    let strategy = MOMENTUM
        .replace("top-n-momentum", "equal-weight")
        .replace("lookback = 126\ntop_n = 3\n", "");
    let axes = "[sweep.axes]\n\"portfolio.cash_buffer\" = [0.0, 0.2]\n";
    let fixture = Fixture::new(&format!("{strategy}{axes}"));
    evaluated(&fixture, "out", 1, None);
    compute(&Sweep::open(&fixture.path("out")).unwrap(), 25, 1);
    let zero = format!("{:016x}", 0);
    for (_, text) in files(&fixture, "out") {
        let kept: serde_json::Value = serde_json::from_slice(&text).unwrap();
        let highest = kept["highest"].as_array().unwrap();
        assert_eq!(highest.len(), 25);
        assert!(highest.iter().all(|ratio| *ratio == zero.as_str()));
    }
}
