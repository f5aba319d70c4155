//! CPU seconds of two threads, for ever more trials: the cost is linear in their number.

use std::hint::black_box;
use std::io::{self, Write};
use std::thread;
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

use statistics::bootstrap::Resamples;
use statistics::random::SplitMix64;
use verdict::overfitting::Returns;
use verdict::overfitting::cscv::{Folds, Overfitting};
use verdict::overfitting::reality_check::{Maxima, Scale};
use verdict::overfitting::sign_flips::{Extremes, Flips, TrialSums};

const THREADS: usize = 2;
const DAYS: usize = 2520;
const STRETCHES: usize = 128;

/// Returns of trials without skill that share a market.
fn noise(n_trials: usize, days: usize) -> Vec<f64> {
    let mut random = SplitMix64::new(7);
    let mut values = Vec::with_capacity(n_trials * days);
    for _ in 0..days {
        let market = random.normal();
        values.extend((0..n_trials).map(|_| 0.005 * (market + random.uniform() - 0.5)));
    }
    values
}

/// Splits the numbers below `n` over the threads and gathers what each makes of its part.
fn on_threads<T: Send>(n: usize, of: impl Fn(std::ops::Range<usize>) -> T + Sync) -> Vec<T> {
    let part = |thread: usize| thread * n / THREADS..(thread + 1) * n / THREADS;
    thread::scope(|scope| {
        let threads = (0..THREADS).map(|thread| {
            let of = &of;
            scope.spawn(move || of(part(thread)))
        });
        let threads: Vec<_> = threads.collect();
        let joined = threads.into_iter().map(|thread| thread.join());
        joined
            .map(|result| result.expect("it does not panic"))
            .collect()
    })
}

/// That of all threads of this process.
pub(crate) fn cpu_time() -> Duration {
    let now = clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID);
    Duration::from(now.expect("Linux has this clock"))
}

pub(crate) fn measure(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "CPU seconds, of {THREADS} threads together")?;
    writeln!(
        out,
        "{:>7} {:>24} {:>34} {:>30}",
        "trials",
        "CSCV, 16 folds",
        "reality check, 1,000 x 2,520 days",
        "sign flips, 128 stretches"
    )?;
    for n_trials in [1_000, 10_000] {
        let values = noise(n_trials, DAYS);
        let Some(returns) = Returns::new(&values, n_trials) else {
            continue;
        };
        let folds = Folds::of(&returns, 16);
        let start = cpu_time();
        let splits = folds.splits();
        let picks = on_threads(splits.len(), |part| folds.picks(&splits[part])).concat();
        black_box(Overfitting::of(&picks));
        let cscv = cpu_time() - start;

        let start = cpu_time();
        let resamples = Resamples::stationary(1, DAYS, 1000, 10.0);
        let maxima = on_threads(n_trials, |part| {
            Maxima::of(&returns, part, &resamples, 10.0, Scale::Studentised)
        });
        let mut all = Maxima::none(1000);
        maxima.iter().for_each(|part| all.merge(part));
        black_box(all.p_values());
        let reality_check = cpu_time() - start;

        let sums: Vec<f64> = (0..n_trials * STRETCHES).map(|at| values[at]).collect();
        let start = cpu_time();
        let flips = Flips::new(1, STRETCHES);
        let extremes = on_threads(n_trials, |part| {
            let mut extremes = Extremes::none();
            let of = |trial: usize| TrialSums {
                sums: &sums[trial * STRETCHES..][..STRETCHES],
                squares: 1.0,
            };
            let trials: Vec<_> = part.map(of).collect();
            extremes.add(&flips, DAYS, &trials);
            extremes
        });
        let mut all = Extremes::none();
        extremes.iter().for_each(|part| all.merge(part));
        black_box(all.p_values());
        let flipped = cpu_time() - start;
        writeln!(
            out,
            "{n_trials:>7} {:>24.3} {:>34.3} {:>30.4}",
            cscv.as_secs_f64(),
            reality_check.as_secs_f64(),
            flipped.as_secs_f64()
        )?;
        out.flush()?;
    }
    Ok(())
}
