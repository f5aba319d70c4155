//! Where shards are computed: the seam between a sweep and the machines.
//!
//! A backend starts and stops workers. It carries no results: those are files in the sweep's folder,
//! and a shard is done when its file is there, whatever a backend says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::SweepError;
use crate::folder::Sweep;
use crate::progress::RunOptions;
use crate::shards::Shards;

/// Somewhere that shards can be computed.
pub trait Backend {
    /// Why it cannot be used.
    type Error: From<SweepError>;

    /// Starts workers for these shards of a folder, and says for which of them; may return before
    /// they are done. Those for which there is no room now are asked for again.
    ///
    /// # Errors
    ///
    /// When they cannot be started at all.
    fn launch(
        &mut self,
        shards: &Shards,
        which: &BTreeSet<u64>,
    ) -> Result<BTreeSet<u64>, Self::Error>;

    /// The shards that workers have.
    ///
    /// # Errors
    ///
    /// When the backend cannot be used any more. One that does not answer at the moment is no error
    /// but `heard: false`.
    fn active(&mut self, shards: &Shards) -> Result<Active, Self::Error>;

    /// Stops all workers. What they have finished stays.
    ///
    /// # Errors
    ///
    /// When they cannot be stopped.
    fn cancel(&mut self, shards: &Shards) -> Result<(), Self::Error>;
}

/// The shards that workers have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Active {
    /// Being computed.
    pub running: BTreeSet<u64>,
    /// Queued.
    pub waiting: BTreeSet<u64>,
    /// Whether the backend has answered; otherwise this is its last answer.
    pub heard: bool,
}

impl Active {
    /// Whether a worker has this shard.
    pub fn has(&self, shard: u64) -> bool {
        self.running.contains(&shard) || self.waiting.contains(&shard)
    }
}

/// When a shard counts as lost, and what follows.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How long a shard may be with no worker and not in the folder, because its file is not visible
    /// yet.
    pub lag: Duration,
    /// How often a shard that is lost is started again.
    pub relaunches: u32,
    /// The time between two requests, at first and at most.
    pub pace: (Duration, Duration),
}

/// How far a sweep is, shard by shard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The shards that are not in the folder.
    pub missing: BTreeSet<u64>,
    /// The shards that workers have.
    pub active: Active,
    /// How often a lost shard was started again, in total.
    pub relaunched: u64,
    /// Lost, and not started again.
    pub lost: BTreeSet<u64>,
}

/// How [`complete`] ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completion {
    /// All shards are in the folder.
    Complete,
    /// `stop` was set; workers go on.
    Stopped,
    /// All but these, which were lost more often than [`Patience`] allows.
    Lost(BTreeSet<u64>),
}

/// Launches missing shards, and lost ones again, until all are in the folder.
///
/// Waits for what an earlier call has launched, perhaps in another process.
///
/// * `observe`: called after each look.
///
/// # Errors
///
/// A backend or a folder that cannot be used.
pub fn complete<B: Backend>(
    shards: &Shards,
    backend: &mut B,
    patience: Patience,
    stop: &AtomicBool,
    mut observe: impl FnMut(&Standing, &B),
) -> Result<Completion, B::Error> {
    let mut launches: BTreeMap<u64, u32> = BTreeMap::new();
    // When a worker last had a shard, as far as is known, and whether one ever had.
    let mut last_held: BTreeMap<u64, (Instant, bool)> = BTreeMap::new();
    let mut relaunched = 0;
    let mut pace = patience.pace.0;
    loop {
        let active = backend.active(shards)?;
        // After the question: what was finished in between is in the folder.
        let missing = shards.missing()?;
        let now = Instant::now();
        let mut lost = BTreeSet::new();
        let mut launch = BTreeSet::new();
        for &shard in &missing {
            let held = last_held.get(&shard).copied();
            if active.has(shard) || !active.heard {
                let ever = active.has(shard) || held.is_some_and(|(_, ever)| ever);
                last_held.insert(shard, (now, ever));
                continue;
            }
            // Its file may not be visible yet.
            if held.is_some_and(|(last, _)| now.duration_since(last) < patience.lag) {
                continue;
            }
            match launches.get(&shard).copied().unwrap_or(0) > patience.relaunches {
                true => lost.insert(shard),
                false => launch.insert(shard),
            };
        }
        let others = missing.len() > lost.len();
        let standing = Standing {
            missing,
            active,
            relaunched,
            lost,
        };
        observe(&standing, backend);
        if standing.missing.is_empty() {
            return Ok(Completion::Complete);
        }
        if stop.load(Ordering::Relaxed) {
            return Ok(Completion::Stopped);
        }
        if !others {
            return Ok(Completion::Lost(standing.lost));
        }
        if !launch.is_empty() {
            for shard in backend.launch(shards, &launch)? {
                let held = last_held.insert(shard, (Instant::now(), true));
                relaunched += u64::from(held.is_some_and(|(_, ever)| ever));
                *launches.entry(shard).or_default() += 1;
            }
            pace = patience.pace.0;
            // A backend that computes in `launch` is done now.
            if shards.missing()?.is_empty() {
                continue;
            }
        }
        sleep(pace, stop);
        pace = (pace * 5 / 4).min(patience.pace.1);
    }
}

fn sleep(time: Duration, stop: &AtomicBool) {
    const STEP: Duration = Duration::from_millis(50);
    let start = Instant::now();
    while start.elapsed() < time && !stop.load(Ordering::Relaxed) {
        thread::sleep(STEP.min(time.saturating_sub(start.elapsed())));
    }
}

/// The threads of this process. They are done when [`Backend::launch`] returns.
pub struct Threads<'a> {
    /// The sweep, with its prices.
    pub sweep: &'a Sweep,
    /// How many, what reports their progress, and what stops them.
    pub options: RunOptions<'a>,
}

impl Threads<'_> {
    /// Threads lose nothing, and need no patience.
    pub const PATIENCE: Patience = Patience {
        lag: Duration::ZERO,
        relaunches: 0,
        pace: (Duration::ZERO, Duration::ZERO),
    };
}

impl Backend for Threads<'_> {
    type Error = SweepError;

    fn launch(&mut self, _: &Shards, which: &BTreeSet<u64>) -> Result<BTreeSet<u64>, SweepError> {
        let shards: Vec<u64> = which.iter().copied().collect();
        self.sweep.compute_here(&shards, &self.options)?;
        Ok(which.clone())
    }

    fn active(&mut self, _: &Shards) -> Result<Active, SweepError> {
        Ok(Active {
            heard: true,
            ..Active::default()
        })
    }

    fn cancel(&mut self, _: &Shards) -> Result<(), SweepError> {
        self.options.stop.store(true, Ordering::Relaxed);
        Ok(())
    }
}
