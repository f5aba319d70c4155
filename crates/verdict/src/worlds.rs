//! Null worlds: the whole sweep again where nothing that depends on the order of days is left. The second
//! opinion of a verdict, which does not decide.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use backtest::date::Date;
use diagnostics::{MB, read_file, write_atomically};
use serde::{Deserialize, Serialize};
use sweep::{
    Shuffle, Sweep, SweepError, WORLDS, io_error, par_map_chunks, thread_count, validation,
};

use crate::error::VerdictError;
use crate::residuals::Residuals;
use crate::samples::{Sample, Samples};
use crate::verdict::WorldsShown;

/// Worlds in a file.
const PER_FILE: u64 = 25;

/// The bytes of the largest file of worlds that is read.
const MOST_WORLDS: u64 = MB;

/// Worlds that every sweep goes through if they cost little.
const BY_DEFAULT: u64 = 100;

/// Little: trials in all worlds together, those with many decisions counting for more.
const CHEAP: u64 = 100_000;

/// Decisions that cost about as much as the sessions of a trial.
const DECISIONS: u64 = 500;

/// Bins of the histogram.
const BINS: usize = 24;

/// Some worlds, as a file has them: the highest residual Sharpe ratio of each, per observation, as the
/// bits of doubles in hexadecimal digits.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    sweep: String,
    recorded_from: i32,
    first: u64,
    highest: Vec<String>,
}

/// How many worlds are to be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HowMany {
    /// A hundred with shuffled days if they cost little, and none otherwise.
    Cheap,
    /// This number, with shuffled days and with shuffled blocks of 21 days.
    Exactly(u64),
}

/// Computes the null worlds of a sweep that are not there yet, and keeps them in its folder. Several
/// processes may do so at the same time. Returns whether it was done before `stop` was set.
///
/// * `threads`: 0 for as many as the machine has. The worlds do not depend on it.
///
/// # Errors
///
/// A folder that cannot be read or written; a sweep that has not been run to its end; trials that this
/// process cannot run.
pub fn compute_worlds(
    sweep: &Sweep,
    how_many: HowMany,
    threads: usize,
    stop: &AtomicBool,
) -> Result<bool, VerdictError> {
    let threads = thread_count(threads);
    if how_many == HowMany::Cheap && BY_DEFAULT.saturating_mul(sweep.plan().trials) > CHEAP {
        return Ok(true);
    }
    let samples = Samples::read(sweep, threads)?;
    let Some(best) = samples.best() else {
        return Ok(true);
    };
    let best = &samples.samples[best];
    let (shuffles, n): (&[Shuffle], u64) = match how_many {
        HowMany::Exactly(n) => (&[Shuffle::Days, Shuffle::Blocks], n),
        HowMany::Cheap => {
            let weight = 1 + sweep.decisions_of(best.trial) / DECISIONS;
            let cost = (BY_DEFAULT * samples.n_trials).saturating_mul(weight);
            match cost <= CHEAP {
                true => (&[Shuffle::Days], BY_DEFAULT),
                false => return Ok(true),
            }
        }
    };
    if !sweep.can_run() {
        return match how_many {
            HowMany::Cheap => Ok(true),
            HowMany::Exactly(_) => Err(SweepError::NoModels.into()),
        };
    }
    let dir = sweep.dir().join(WORLDS);
    fs::create_dir_all(&dir).map_err(io_error("make the folder", &dir))?;
    for shuffle in shuffles {
        let files: Vec<u64> = (0..n.div_ceil(PER_FILE))
            .filter(|file| read(sweep, *shuffle, *file, best).is_none())
            .collect();
        for file in files {
            let worlds: Vec<u64> = (file * PER_FILE..(file + 1) * PER_FILE).collect();
            let parts = par_map_chunks(threads, &worlds, |worlds| {
                let each = worlds.iter();
                let each = each.map(|world| highest(sweep, *shuffle, *world, best, stop));
                each.collect::<Result<Option<Vec<f64>>, VerdictError>>()
            });
            let mut highest = Vec::new();
            for part in parts {
                match part? {
                    Some(part) => highest.extend(part),
                    None => return Ok(false),
                }
            }
            let kept = Kept {
                sweep: sweep.plan().identity(),
                recorded_from: best.period_sums.first_day,
                first: file * PER_FILE,
                highest: (highest.iter())
                    .map(|ratio| format!("{:016x}", ratio.to_bits()))
                    .collect(),
            };
            let mut text = serde_json::to_vec(&kept).unwrap_or_default();
            text.push(b'\n');
            write_atomically(&path(sweep, *shuffle, file), |out| out.write_all(&text))?;
        }
    }
    Ok(true)
}

/// The highest residual Sharpe ratio of the trials over the same sessions, in one world. `None` when
/// `stop` was set.
fn highest(
    sweep: &Sweep,
    shuffle: Shuffle,
    number: u64,
    best: &Sample,
    stop: &AtomicBool,
) -> Result<Option<f64>, VerdictError> {
    let first_day = best.period_sums.first_day;
    let world = Date::from_epoch_days(first_day)
        .and_then(|recorded_from| sweep.world(shuffle, number, recorded_from));
    let Some(world) = world else {
        return Err(VerdictError::NoWorlds);
    };
    let Some(rows) = world.rows(stop)? else {
        return Ok(None);
    };
    let mut samples = Samples::default();
    samples.add(rows, &validation::boundaries_fn(sweep.validation()));
    let n = best.period_sums.n;
    let alike: Vec<&Sample> = (samples.samples.iter())
        .filter(|own| (own.period_sums.first_day, own.period_sums.n) == (first_day, n))
        .collect();
    let residuals = Residuals::of(world.sweep(), 1, n, &alike)?;
    Ok(Some(residuals.highest_ratio()))
}

fn path(sweep: &Sweep, shuffle: Shuffle, file: u64) -> PathBuf {
    let name = format!("{}-{file:06}.json", shuffle.name());
    sweep.dir().join(WORLDS).join(name)
}

/// The worlds of a file; `None` when it is not there or belongs to another sweep.
fn read(sweep: &Sweep, shuffle: Shuffle, file: u64, best: &Sample) -> Option<Vec<f64>> {
    let text = read_file(&path(sweep, shuffle, file), MOST_WORLDS).ok()?;
    let kept: Kept = serde_json::from_slice(&text).ok()?;
    let is_own = kept.sweep == sweep.plan().identity()
        && kept.recorded_from == best.period_sums.first_day
        && kept.first == file * PER_FILE
        && kept.highest.len() as u64 == PER_FILE;
    let bits = kept
        .highest
        .iter()
        .map(|hex| u64::from_str_radix(hex, 16).ok());
    let highest = bits
        .collect::<Option<Vec<u64>>>()?
        .into_iter()
        .map(f64::from_bits);
    Some(highest.collect()).filter(|_| is_own)
}

/// What the worlds that are there say of the true sweep's highest residual Sharpe ratio.
///
/// * `observed`: per observation.
pub(crate) fn shown(
    sweep: &Sweep,
    shuffle: Shuffle,
    best: &Sample,
    observed: f64,
    per_year: f64,
) -> Option<WorldsShown> {
    let mut all: Vec<f64> = (0..)
        .map_while(|file| read(sweep, shuffle, file, best))
        .flatten()
        .collect();
    if all.is_empty() {
        return None;
    }
    all.sort_by(f64::total_cmp);
    let reached = all.iter().filter(|ratio| **ratio >= observed).count();
    let root = per_year.sqrt();
    let (low, high) = (all[0].min(observed), all[all.len() - 1].max(observed));
    let width = (high - low) / BINS as f64;
    let mut counts = vec![0; BINS];
    for ratio in &all {
        let bin = match width > 0.0 {
            true => ((ratio - low) / width) as usize,
            false => 0,
        };
        counts[bin.min(BINS - 1)] += 1;
    }
    Some(WorldsShown {
        worlds: all.len() as u64,
        reached: reached as u64,
        p: (1 + reached) as f64 / (1 + all.len()) as f64,
        observed: observed * root,
        median: statistics::quantile(&all, 0.5) * root,
        high: statistics::quantile(&all, 0.95) * root,
        range: (low * root, high * root),
        counts,
    })
}
