//! The seam between a sweep and the machines: what is lost is launched again, and not for ever.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sweep::{
    Active, Backend, Completion, Existing, Patience, RunOptions, Shards, Standing, Sweep,
    SweepError, Threads, complete,
};

use crate::fixture::{Fixture, GRID, MOMENTUM, bytes_of_results, run};

fn planned(fixture: &Fixture, out: &str) -> Sweep {
    let mut draft = fixture.draft().unwrap();
    draft.set_shard_size(8);
    (draft.into_folder(&fixture.path(out), Existing::Resume)).unwrap()
}

/// What a shard meets each time it is launched, the last one for ever.
#[derive(Clone, Copy)]
enum Fate {
    /// It is computed after so many questions.
    Done(u32),
    /// It is in somebody's hands for so many questions, and then gone.
    Vanishes(u32),
    /// It waits for ever.
    Waits,
}

/// Machines that do as they are told, one shard at a time.
struct Machines<'a> {
    sweep: &'a Sweep,
    fates: BTreeMap<u64, Vec<Fate>>,
    held: BTreeMap<u64, (Fate, u32)>,
    launches: BTreeMap<u64, u32>,
    /// Questions that are not answered.
    deaf: u32,
}

impl<'a> Machines<'a> {
    fn new(sweep: &'a Sweep, fates: &[(u64, &[Fate])]) -> Machines<'a> {
        let fates = fates.iter().map(|(shard, fates)| (*shard, fates.to_vec()));
        Machines {
            sweep,
            fates: fates.collect(),
            held: BTreeMap::new(),
            launches: BTreeMap::new(),
            deaf: 0,
        }
    }
}

impl Backend for Machines<'_> {
    type Error = SweepError;

    fn launch(&mut self, _: &Shards, which: &BTreeSet<u64>) -> Result<BTreeSet<u64>, SweepError> {
        for shard in which {
            assert!(!self.held.contains_key(shard), "{shard} is launched twice");
            let launch = self.launches.entry(*shard).or_default();
            let own = self
                .fates
                .get(shard)
                .map_or(&[Fate::Done(1)][..], |own| own);
            let fate = own[(*launch as usize).min(own.len() - 1)];
            *launch += 1;
            self.held.insert(*shard, (fate, 0));
        }
        Ok(which.clone())
    }

    fn active(&mut self, _: &Shards) -> Result<Active, SweepError> {
        if self.deaf > 0 {
            self.deaf -= 1;
            return Ok(Active::default());
        }
        let mut active = Active {
            heard: true,
            ..Active::default()
        };
        for (shard, (fate, asked)) in std::mem::take(&mut self.held) {
            match fate {
                Fate::Done(n) if asked >= n => {
                    compute(self.sweep, shard);
                    continue;
                }
                Fate::Vanishes(n) if asked >= n => continue,
                Fate::Waits => active.waiting.insert(shard),
                _ => active.running.insert(shard),
            };
            self.held.insert(shard, (fate, asked + 1));
        }
        Ok(active)
    }

    fn cancel(&mut self, _: &Shards) -> Result<(), SweepError> {
        self.held.clear();
        Ok(())
    }
}

fn compute(sweep: &Sweep, shard: u64) {
    let mut threads = Threads {
        sweep,
        options: RunOptions {
            threads: 1,
            progress: &|_| {},
            stop: &AtomicBool::new(false),
        },
    };
    threads
        .launch(&sweep.shards(), &BTreeSet::from([shard]))
        .unwrap();
}

const PATIENCE: Patience = Patience {
    lag: Duration::from_millis(5),
    relaunches: 2,
    pace: (Duration::from_millis(1), Duration::from_millis(2)),
};

fn completed(machines: &mut Machines<'_>) -> (Completion, Standing) {
    let mut last = Standing::default();
    let shards = machines.sweep.shards();
    let stop = AtomicBool::new(false);
    let completion = complete(&shards, machines, PATIENCE, &stop, |standing, _| {
        last = standing.clone();
    });
    (completion.unwrap(), last)
}

#[test]
fn threads_behind_the_seam_give_the_same_bytes() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    run(&planned(&fixture, "direct"), 2);
    let sweep = planned(&fixture, "seam");
    let stop = AtomicBool::new(false);
    let mut threads = Threads {
        sweep: &sweep,
        options: RunOptions {
            threads: 2,
            progress: &|_| {},
            stop: &stop,
        },
    };
    let completion = complete(
        &sweep.shards(),
        &mut threads,
        Threads::PATIENCE,
        &stop,
        |_, _| {},
    );
    assert_eq!(completion.unwrap(), Completion::Complete);
    let report = run(&sweep, 1);
    assert_eq!((report.finished, report.progress.computed), (true, 0));
    assert!(bytes_of_results(&fixture.path("seam")) == bytes_of_results(&fixture.path("direct")));
}

#[test]
fn a_shard_that_is_lost_is_launched_again() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    let sweep = planned(&fixture, "out");
    let fates: [(u64, &[Fate]); 2] = [
        (2, &[Fate::Vanishes(1), Fate::Done(0)]),
        (5, &[Fate::Vanishes(3), Fate::Vanishes(0), Fate::Done(2)]),
    ];
    let mut machines = Machines::new(&sweep, &fates);
    let (completion, last) = completed(&mut machines);
    assert_eq!(completion, Completion::Complete);
    assert_eq!(last.relaunched, 3);
    let launches: Vec<u32> = machines.launches.into_values().collect();
    assert_eq!(launches, [1, 1, 2, 1, 1, 3, 1, 1, 1]);
}

#[test]
fn a_shard_that_is_always_lost_is_reported_when_all_others_are_done() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    let sweep = planned(&fixture, "out");
    let mut machines = Machines::new(&sweep, &[(4, &[Fate::Vanishes(0)])]);
    let (completion, last) = completed(&mut machines);
    assert_eq!(completion, Completion::Lost(BTreeSet::from([4])));
    assert_eq!(last.missing, BTreeSet::from([4]));
    // Once, and as often again as it may be.
    assert_eq!(machines.launches[&4], 3);
}

#[test]
fn nothing_is_lost_while_nobody_answers() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    let sweep = planned(&fixture, "out");
    let mut machines = Machines::new(&sweep, &[]);
    machines.deaf = 20;
    let (completion, last) = completed(&mut machines);
    assert_eq!((completion, last.relaunched), (Completion::Complete, 0));
    assert!(machines.launches.values().all(|n| *n == 1));
}

#[test]
fn a_watch_that_is_left_changes_nothing_and_is_taken_up_again() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    let sweep = planned(&fixture, "out");
    let shards = sweep.shards();
    let mut machines = Machines::new(&sweep, &[(3, &[Fate::Waits])]);
    let stop = AtomicBool::new(false);
    let mut looks = 0;
    let completion = complete(&shards, &mut machines, PATIENCE, &stop, |_, _| {
        looks += 1;
        stop.store(looks == 20, Ordering::Relaxed);
    });
    assert_eq!(completion.unwrap(), Completion::Stopped);
    assert_eq!(shards.missing().unwrap(), BTreeSet::from([3]));
    machines.held.insert(3, (Fate::Done(0), 0));
    assert_eq!(completed(&mut machines).0, Completion::Complete);
    assert_eq!(machines.launches[&3], 1);
}
