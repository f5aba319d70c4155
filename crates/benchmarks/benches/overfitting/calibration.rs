//! How often the verdict is right: sweeps in made-up worlds whose skill is known, judged again and again.
//! Seeded, so that the table is the same everywhere.

use std::io::{self, Write};

use statistics::SharpeEstimate;
use statistics::random::SplitMix64;
use sweep::validation::{FOLDS, ends, n_stretches};
use verdict::overfitting::hedge::{Hedge, HedgeSums, Yardsticks, are_long_enough, halve, hedged};
use verdict::overfitting::selection::deflated_residual;
use verdict::overfitting::sign_flips::{Extremes, Flips, TrialSums};
use verdict::union::{Sessions, SweepTrials, Union};
use verdict::{LEAST_DEFLATED, LEVEL, Light, Test, TestResult, WEAK_LEVEL};

use crate::made_up::{self, Made};

const SWEEPS: u64 = 300;

/// The flips of every sweep, as in a verdict.
const SEED: u64 = 0x6c75_636b;

/// A world of sweeps, and the zoomed one, which makes several sweeps of each history.
enum World {
    Sweep(fn(&mut SplitMix64) -> Made),
    /// Whether all sweeps are judged together, or the last one alone.
    Zoomed {
        together: bool,
    },
}

const TEN_YEARS: usize = 2520;
const YEAR: usize = 252;

const WORLDS: [(&str, World); 19] = [
    (
        "dice on correlated assets, drift",
        World::Sweep(|r| made_up::dice(r, TEN_YEARS)),
    ),
    (
        "momentum, one factor, drift",
        World::Sweep(|r| made_up::momentum(r, TEN_YEARS, 0.0, 0.0)),
    ),
    (
        "momentum, one factor, one year",
        World::Sweep(|r| made_up::momentum(r, YEAR, 0.0, 0.0)),
    ),
    (
        "crossovers, drift",
        World::Sweep(|r| made_up::crossovers(r, TEN_YEARS, 0.0, 0.0)),
    ),
    (
        "cash buffers of a drift",
        World::Sweep(|r| made_up::cash_buffers(r, TEN_YEARS)),
    ),
    (
        "independent noise",
        World::Sweep(|r| made_up::around_market(r, TEN_YEARS, made_up::noise)),
    ),
    (
        "independent noise, one year",
        World::Sweep(|r| made_up::around_market(r, YEAR, made_up::noise)),
    ),
    (
        "AR(0.3)",
        World::Sweep(|r| {
            made_up::around_market(r, TEN_YEARS, |r, n| made_up::autocorrelated(r, n, 0.3))
        }),
    ),
    (
        "AR(0.8)",
        World::Sweep(|r| {
            made_up::around_market(r, TEN_YEARS, |r, n| made_up::autocorrelated(r, n, 0.8))
        }),
    ),
    (
        "AR(0.8), one year",
        World::Sweep(|r| {
            made_up::around_market(r, YEAR, |r, n| made_up::autocorrelated(r, n, 0.8))
        }),
    ),
    (
        "rare crashes, 1 in 250",
        World::Sweep(|r| {
            made_up::around_market(r, TEN_YEARS, |r, n| made_up::crashes(r, n, 250.0))
        }),
    ),
    (
        "rare crashes, 1 in 1,250",
        World::Sweep(|r| {
            made_up::around_market(r, TEN_YEARS, |r, n| made_up::crashes(r, n, 1250.0))
        }),
    ),
    (
        "zoomed crossovers, last sweep alone",
        World::Zoomed { together: false },
    ),
    (
        "zoomed crossovers, all sweeps",
        World::Zoomed { together: true },
    ),
    (
        "planted momentum, IC 0.05",
        World::Sweep(|r| made_up::momentum(r, TEN_YEARS, 0.05, 0.001)),
    ),
    (
        "planted momentum, IC 0.10",
        World::Sweep(|r| made_up::momentum(r, TEN_YEARS, 0.10, 0.001)),
    ),
    (
        "planted trend, 0.03",
        World::Sweep(|r| made_up::crossovers(r, TEN_YEARS, 0.03, 0.0005)),
    ),
    (
        "planted trend, 0.06",
        World::Sweep(|r| made_up::crossovers(r, TEN_YEARS, 0.06, 0.0005)),
    ),
    (
        "planted trend, 0.10",
        World::Sweep(|r| made_up::crossovers(r, TEN_YEARS, 0.10, 0.0005)),
    ),
];

/// Sweeps that came to a result.
#[derive(Default)]
struct Counts {
    weak: u32,
    strong: u32,
    deflated: u32,
    walk_forward: u32,
    green: u32,
    amber: u32,
}

impl Counts {
    fn add(&mut self, tests: &[TestResult]) {
        let value = |name: Test| {
            let test = tests.iter().find(|test| test.name == name);
            test.and_then(|test| test.value)
        };
        let is = |value: Option<f64>, passes: fn(f64) -> bool| u32::from(value.is_some_and(passes));
        self.weak += is(value(Test::RealityCheck), |p| p <= WEAK_LEVEL);
        self.strong += is(value(Test::RealityCheck), |p| p <= LEVEL);
        self.deflated += is(value(Test::DeflatedSharpe), |dsr| dsr >= LEAST_DEFLATED);
        self.walk_forward += is(value(Test::WalkForward), |ratio| ratio > 0.0);
        let light = Light::of(tests);
        self.green += u32::from(light == Light::Green);
        self.amber += u32::from(light == Light::Amber);
    }
}

/// The tests of a sweep from the returns of its trials, as a verdict makes them from sums.
fn judge(made: &Made, digests: &[u64], elsewhere: &Union) -> (Vec<TestResult>, SweepTrials) {
    let n = made.trials[0].len();
    let yardsticks: Vec<&[f64]> = made.yardsticks.iter().map(Vec::as_slice).collect();
    let mut stretches = n_stretches(n);
    let shared = Yardsticks::new(&yardsticks, ends(stretches, n));
    let mut sums = vec![0.0; made.trials.len() * stretches];
    let mut hedges: Vec<Hedge> = Vec::new();
    for (own, out) in made.trials.iter().zip(sums.chunks_mut(stretches)) {
        let edge = |stretch: usize| stretch * n / stretches;
        let kept: Vec<f64> = (0..stretches)
            .map(|stretch| own[edge(stretch)..edge(stretch + 1)].iter().sum())
            .collect();
        let product = |which: usize| {
            let other = yardsticks.get(which);
            other.map_or(0.0, |other| {
                own.iter().zip(*other).map(|(a, b)| a * b).sum()
            })
        };
        let hedge = shared.hedge(&HedgeSums {
            stretches: &kept,
            squares: own.iter().map(|value| value * value).sum(),
            products: [product(0), product(1)],
        });
        shared.residual_sums(&hedge, &kept, out);
        hedges.push(hedge);
    }
    loop {
        let each = sums.chunks(stretches).zip(&hedges);
        let highest = each
            .map(|(sums, hedge)| hedge.variance_ratio(sums, n))
            .fold(0.0, f64::max);
        if are_long_enough(stretches, n, highest) {
            break;
        }
        halve(&mut sums, stretches);
        stretches /= 2;
    }
    let trials: Vec<TrialSums<'_>> = (sums.chunks(stretches).zip(&hedges))
        .map(|(sums, hedge)| {
            let sum: f64 = sums.iter().sum();
            TrialSums {
                sums,
                squares: hedge.variation + sum * sum / n as f64,
            }
        })
        .collect();
    let mut extremes = Extremes::none();
    extremes.add(&Flips::new(SEED, stretches), n, &trials);
    let ratios: Vec<(u64, f64)> = (trials.iter().zip(&hedges).zip(digests))
        .map(|((trial, hedge), digest)| (*digest, hedge.sharpe(trial.sums.iter().sum(), n)))
        .collect();
    let sessions = Sessions {
        first_day: 0,
        n: n as u64,
        stretches: stretches as u64,
    };
    let statistics: Vec<f64> = trials.iter().map(TrialSums::statistic).collect();
    let best = (0..trials.len()).max_by(|a, b| statistics[*a].total_cmp(&statistics[*b]));
    let best = best.unwrap_or(0);
    let p = elsewhere.p(&sessions, extremes.maxima(), statistics[best]);
    let (_, residual) = hedged(&made.trials[best], &yardsticks);
    let tried = (trials.len() as u64 + elsewhere.trials_beside(&ratios)) as f64;
    let deflated = SharpeEstimate::of(&residual).and_then(|estimate| {
        let inflation = hedges[best].variance_ratio(trials[best].sums, n);
        deflated_residual(
            &estimate,
            tried,
            elsewhere.variance_with(&ratios),
            inflation,
        )
    });
    let ratio = |own: &[f64]| SharpeEstimate::of(own).map_or(0.0, |own| own.ratio);
    let highest = yardsticks
        .iter()
        .map(|own| ratio(own))
        .fold(f64::MIN, f64::max);
    let tests = vec![
        TestResult::of(Test::RealityCheck, Some(p)),
        TestResult::of(Test::DeflatedSharpe, deflated),
        TestResult::of(Test::WalkForward, Some(walk_forward(made, &yardsticks))),
        TestResult::of(
            Test::HigherSharpe,
            Some(ratio(&made.trials[best]) - highest),
        ),
    ];
    (
        tests,
        SweepTrials::new(sessions, extremes.maxima(), &ratios),
    )
}

/// The residual Sharpe ratio of picking the best trial of all that is before each of twelve folds.
fn walk_forward(made: &Made, yardsticks: &[&[f64]]) -> f64 {
    let n = made.trials[0].len();
    let edges: Vec<usize> = std::iter::once(0).chain(ends(FOLDS, n)).collect();
    let mut chain = Vec::new();
    let score = |own: &[f64]| {
        let sum: f64 = own.iter().sum();
        let squares: f64 = own.iter().map(|value| value * value).sum();
        if squares > 0.0 {
            sum * sum.abs() / squares
        } else {
            0.0
        }
    };
    for fold in FOLDS / 4..FOLDS {
        let best = (made.trials.iter())
            .max_by(|a, b| score(&a[..edges[fold]]).total_cmp(&score(&b[..edges[fold]])));
        if let Some(best) = best {
            chain.extend_from_slice(&best[edges[fold]..edges[fold + 1]]);
        }
    }
    let after: Vec<&[f64]> = yardsticks
        .iter()
        .map(|own| &own[edges[FOLDS / 4]..])
        .collect();
    let (hedge, residual) = hedged(&chain, &after);
    hedge.sharpe(residual.iter().sum(), chain.len())
}

/// A wide sweep, then three around the best so far, each half as wide; the last is judged.
fn zoomed(random: &mut SplitMix64, together: bool) -> Vec<TestResult> {
    let price = made_up::drift(random, 5 * 252 + made_up::LONGEST);
    let (mut centre, mut width) = ((32.0, 165.0), (28.0, 100.0));
    let mut elsewhere = Union::default();
    let mut judged = Vec::new();
    for sweep in 0..4 {
        let grid = |centre: f64, width: f64, at: usize| centre + width * (at as f64 / 2.5 - 1.0);
        let places: Vec<(usize, usize)> = (0..36)
            .map(|at| {
                let fast = grid(centre.0, width.0, at % 6).max(2.0);
                let slow = grid(centre.1, width.1, at / 6).clamp(65.0, 270.0);
                (fast.round() as usize, slow.round() as usize)
            })
            .collect();
        let made = made_up::crossovers_of(&price, &places, 0.0);
        let digests: Vec<u64> = (places.iter())
            .map(|(fast, slow)| (fast * 1000 + slow) as u64)
            .collect();
        let (tests, left) = judge(&made, &digests, &elsewhere);
        judged = tests;
        let best = left.ratios.iter().max_by(|a, b| a.1.total_cmp(b.1));
        if let Some((digest, _)) = best {
            centre = ((digest / 1000) as f64, (digest % 1000) as f64);
        }
        width = (width.0 / 2.0, width.1 / 2.0);
        if together {
            elsewhere.add(&sweep.to_string(), 36, Some(&left));
        }
    }
    judged
}

pub(crate) fn measure(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{SWEEPS} sweeps of each world, in %")?;
    writeln!(
        out,
        "{:<38} {:>9} {:>9} {:>9} {:>13} {:>6} {:>6}",
        "world", "p<=0.05", "p<=0.025", "deflated", "walk-forward", "green", "amber"
    )?;
    for (at, (name, world)) in WORLDS.iter().enumerate() {
        let mut counts = Counts::default();
        for sweep in 0..SWEEPS {
            let mut random = SplitMix64::new(statistics::random::mix_all([at as u64, sweep]));
            let tests = match world {
                World::Sweep(make) => {
                    let made = make(&mut random);
                    let digests: Vec<u64> = (0..made.trials.len() as u64).collect();
                    judge(&made, &digests, &Union::default()).0
                }
                World::Zoomed { together } => zoomed(&mut random, *together),
            };
            counts.add(&tests);
        }
        let percent = |count: u32| 100.0 * f64::from(count) / SWEEPS as f64;
        writeln!(
            out,
            "{name:<38} {:>9.1} {:>9.1} {:>9.1} {:>13.1} {:>6.1} {:>6.1}",
            percent(counts.weak),
            percent(counts.strong),
            percent(counts.deflated),
            percent(counts.walk_forward),
            percent(counts.green),
            percent(counts.amber)
        )?;
        out.flush()?;
    }
    Ok(())
}
