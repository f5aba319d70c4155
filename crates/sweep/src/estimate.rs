//! What a sweep would be, before it is run.

use std::fmt::Write;
use std::time::{Duration, Instant};

use strategy_file::TrialCount;

use crate::batching::compute;
use crate::draft::Draft;
use crate::threads::thread_count;

/// What a short calibration tells of a sweep.
#[derive(Clone, Copy, Debug)]
pub struct Estimate {
    /// How many trials there are.
    pub trials: TrialCount,
    /// How many of them were run.
    pub calibrated: usize,
    /// Processor time of one trial.
    pub per_trial: Duration,
}

/// Calibration ends after this number of trials, or this time.
const MOST_CALIBRATED: usize = 256;
const LONGEST: Duration = Duration::from_millis(500);

/// Trials in one step of the calibration, run as a shard would run them.
const STEP: u64 = 16;

impl Draft {
    /// Runs some trials from all over the space, on one thread.
    pub fn estimate(&self) -> Estimate {
        // An external model may be slow.
        let size = match self.asks_models() {
            true => 1,
            false => STEP,
        };
        let steps = (MOST_CALIBRATED as u64 / size).min(self.plan.numbers.div_ceil(size));
        let start = Instant::now();
        let mut calibrated = 0;
        let mut batch = None;
        for step in 0..steps {
            let first = u128::from(self.plan.numbers) * u128::from(step) / u128::from(steps);
            let first = first as u64;
            let numbers = first..(first + size).min(self.plan.numbers);
            let rows = compute(&self.trials, &self.prices, numbers, &mut batch, &|| false);
            calibrated += rows.map_or(0, |rows| rows.len());
            if start.elapsed() > LONGEST {
                break;
            }
        }
        Estimate {
            trials: self.n_trials(),
            calibrated,
            per_trial: start.elapsed().div_f64(calibrated.max(1) as f64),
        }
    }

    /// The years that the first trial records; `None` when no trial can be bound.
    pub fn years(&self) -> Option<f64> {
        const LOOKED_AT: u64 = 64;
        (0..self.plan.numbers.min(LOOKED_AT)).find_map(|number| {
            let point = self.trials.point(number)?;
            let strategy = self.trials.read(&point).ok()?.strategy;
            let group = self.trials.sources[point.source].group;
            let market = self.prices.market(group, &strategy).ok()?;
            let window = strategy.bind(&market).ok()?.window();
            Some(window.recorded() as f64 / strategy.sessions_per_year_on(&market))
        })
    }

    /// How many trials, how long on `threads` threads (0 for as many as the machine has), and the
    /// first few, as text.
    pub fn dry_run(&self, threads: usize) -> String {
        let threads = thread_count(threads);
        let estimate = self.estimate();
        let (about, n) = match estimate.trials {
            TrialCount::Exact(n) => ("", n),
            TrialCount::About(n) => ("about ", n),
        };
        let total = estimate.per_trial.as_secs_f64() * n as f64 / threads as f64;
        let mut text = format!(
            "{about}{n} {}, {} on {threads} {}\n",
            if n == 1 { "trial" } else { "trials" },
            duration(total),
            if threads == 1 { "thread" } else { "threads" },
        );
        self.write_first_trials(&mut text);
        text
    }

    /// The first few trials and their values, one a line.
    pub(crate) fn write_first_trials(&self, text: &mut String) {
        const SHOWN: usize = 5;
        const LOOKED_AT: u64 = 1_000_000;
        let columns = self.trials.columns();
        let numbers = 0..self.plan.numbers.min(LOOKED_AT);
        let points = numbers.filter_map(|number| Some((number, self.trials.point(number)?)));
        for (number, point) in points.take(SHOWN) {
            let mut line = format!("{number:>6}");
            if self.trials.sources.len() > 1 {
                line.push_str("  ");
                line.push_str(&self.trials.sources[point.source].name);
            }
            for column in &columns {
                if let Some(value) = self.trials.value(column, &point) {
                    // A `String` takes all text.
                    let _ = write!(line, "  {} = {value}", column.name);
                }
            }
            line.push('\n');
            text.push_str(&line);
        }
        if self.plan.trials > SHOWN as u64 {
            text.push_str("   ...\n");
        }
    }
}

fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 1.0 => "less than a second".to_owned(),
        s if s < 100.0 => format!("about {s:.0} s"),
        s if s < 6000.0 => format!("about {:.0} min", s / 60.0),
        s if s < 360_000.0 => format!("about {:.0} h", s / 3600.0),
        s => format!("about {:.0} days", s / 86_400.0),
    }
}
