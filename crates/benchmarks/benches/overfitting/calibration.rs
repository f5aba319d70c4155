//! How often the tests are right: sweeps of made-up trials whose skill is known, judged again and
//! again. Seeded, so that the table is the same everywhere.

use std::io::{self, Write};

use statistics::SharpeEstimate;
use statistics::bootstrap::Resamples;
use statistics::random::SplitMix64;
use verdict::overfitting::Returns;
use verdict::overfitting::reality_check::{Maxima, Scale};
use verdict::overfitting::selection::deflated_sharpe;
use verdict::overfitting::sign_flips::{Extremes, Flips, TrialSums};

const DAYS: usize = 1260;
const TRIALS: usize = 96;
const SWEEPS: u64 = 1000;
const STRETCHES: usize = 64;
const DRAWS: usize = 500;
const BLOCK: f64 = 10.0;

/// A world of sweeps.
struct World {
    name: &'static str,
    /// The returns of all trials of a sweep, observation by observation.
    make: fn(&mut SplitMix64) -> Vec<f64>,
}

const WORLDS: [World; 4] = [
    World {
        name: "crossovers of a random walk",
        make: |random| crossovers(random, 0.0),
    },
    World {
        name: "independent noise",
        make: |random| (0..DAYS * TRIALS).map(|_| 0.01 * random.normal()).collect(),
    },
    World {
        name: "crossovers of a weak trend",
        make: |random| crossovers(random, 0.0007),
    },
    World {
        name: "crossovers of a strong trend",
        make: |random| crossovers(random, 0.0015),
    },
];

/// 96 moving-average crossovers, long or short, on one market whose drift has this size and changes
/// its sign about twice a year.
fn crossovers(random: &mut SplitMix64, drift: f64) -> Vec<f64> {
    const WARM: usize = 260;
    let mut sums = vec![0.0];
    let (mut level, mut sign) = (0.0, 1.0);
    let mut returns = Vec::new();
    for _ in 0..WARM + DAYS {
        if random.uniform() < 1.0 / 126.0 {
            sign = -sign;
        }
        let value = sign * drift + 0.01 * random.normal();
        returns.push(value);
        level += value;
        sums.push(sums[sums.len() - 1] + level);
    }
    let fast = [2, 3, 5, 8, 10, 15, 20, 30, 40, 50, 60, 70];
    let slow = [80, 100, 120, 140, 160, 180, 200, 250];
    let average = |end: usize, n: usize| (sums[end] - sums[end - n]) / n as f64;
    let mut values = Vec::with_capacity(DAYS * TRIALS);
    for (day, value) in returns.iter().enumerate().skip(WARM) {
        for fast in fast {
            for slow in slow {
                // Decided on the levels up to the day before.
                let is_long = average(day, fast) > average(day, slow);
                values.push(if is_long { *value } else { -value });
            }
        }
    }
    values
}

/// Sweeps in which each method found skill.
#[derive(Default)]
struct Found {
    naive: u32,
    reality_check: u32,
    spa: u32,
    bootstrap: u32,
    deflated: u32,
}

fn judge(values: &[f64], seed: u64, found: &mut Found) {
    let Some(returns) = Returns::new(values, TRIALS) else {
        return;
    };
    let trials: Vec<Vec<f64>> = (0..TRIALS).map(|trial| returns.trial(trial)).collect();
    let estimates: Vec<SharpeEstimate> = trials
        .iter()
        .filter_map(|own| SharpeEstimate::of(own))
        .collect();
    let mean = estimates.iter().map(|e| e.ratio).sum::<f64>() / estimates.len() as f64;
    let squares = estimates
        .iter()
        .map(|e| (e.ratio - mean) * (e.ratio - mean));
    let variance = squares.sum::<f64>() / (estimates.len() - 1) as f64;
    let best = estimates.iter().max_by(|a, b| a.ratio.total_cmp(&b.ratio));
    let Some(best) = best else { return };
    let above = |probability: Option<f64>| u32::from(probability.is_some_and(|p| p >= 0.95));
    found.naive += above(best.probabilistic(0.0));
    found.deflated += above(deflated_sharpe(best, TRIALS as f64, variance));

    let sums: Vec<Vec<f64>> = (trials.iter())
        .map(|own| {
            let edge = |stretch: usize| stretch * DAYS / STRETCHES;
            let sum = |stretch: usize| own[edge(stretch)..edge(stretch + 1)].iter().sum();
            (0..STRETCHES).map(sum).collect()
        })
        .collect();
    let sums: Vec<TrialSums<'_>> = (sums.iter().zip(&trials))
        .map(|(sums, own)| TrialSums {
            sums,
            squares: own.iter().map(|value| value * value).sum(),
        })
        .collect();
    let mut extremes = Extremes::none();
    extremes.add(&Flips::new(seed, STRETCHES), DAYS, &sums);
    let p = extremes.p_values();
    found.reality_check += u32::from(p.reality_check <= 0.05);
    found.spa += u32::from(p.spa_consistent <= 0.05);

    let resamples = Resamples::stationary(seed, DAYS, DRAWS, BLOCK);
    let maxima = Maxima::of(&returns, 0..TRIALS, &resamples, BLOCK, Scale::Plain);
    found.bootstrap += u32::from(maxima.p_values().upper <= 0.05);
}

pub(crate) fn measure(out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "skill found at 5 % in {SWEEPS} sweeps of {TRIALS} trials, {DAYS} days, in %"
    )?;
    writeln!(
        out,
        "{:<30} {:>8} {:>14} {:>8} {:>12} {:>10}",
        "trials", "naive", "reality check", "Hansen", "bootstrap", "deflated"
    )?;
    for world in WORLDS {
        let mut found = Found::default();
        let mut random = SplitMix64::new(2024);
        for sweep in 0..SWEEPS {
            judge(&(world.make)(&mut random), sweep, &mut found);
        }
        let percent = |count: u32| 100.0 * f64::from(count) / SWEEPS as f64;
        writeln!(
            out,
            "{:<30} {:>8.1} {:>14.1} {:>8.1} {:>12.1} {:>10.1}",
            world.name,
            percent(found.naive),
            percent(found.reality_check),
            percent(found.spa),
            percent(found.bootstrap),
            percent(found.deflated)
        )?;
        out.flush()?;
    }
    Ok(())
}
