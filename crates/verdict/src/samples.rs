//! What the shards keep of each trial.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use statistics::SharpeEstimate;
use statistics::period_sums::{Boundaries, BoundariesFn, PeriodSums};
use sweep::{Row, Sweep, SweepError, par_map_chunks, validation};

/// A trial that ran to its end and has returns.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) trial: u64,
    pub(crate) period_sums: PeriodSums,
    pub(crate) boundaries: Arc<Boundaries>,
    /// Of the trial's row: the same for trials with the same results.
    pub(crate) digest: u64,
    skewness: Option<f64>,
    kurtosis: Option<f64>,
}

/// The trials of a sweep, in the order of their numbers.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    /// Trials that ran to their end.
    pub(crate) n_trials: u64,
    /// Of these, trials whose accounts lost everything.
    pub(crate) n_ruined: u64,
    pub(crate) samples: Vec<Sample>,
}

impl Samples {
    pub(crate) fn read(sweep: &Sweep, threads: usize) -> Result<Samples, SweepError> {
        let boundaries_fn = validation::boundaries_fn(sweep.validation());
        let shards: Vec<u64> = (0..sweep.plan().n_shards()).collect();
        let parts = par_map_chunks(threads, &shards, |shards| {
            let mut samples = Samples::default();
            for shard in shards {
                samples.add(sweep.rows(*shard)?, &boundaries_fn);
            }
            Ok::<_, SweepError>(samples)
        });
        let mut all = Samples::default();
        for part in parts {
            let part = part?;
            all.n_trials += part.n_trials;
            all.n_ruined += part.n_ruined;
            all.samples.extend(part.samples);
        }
        Ok(all)
    }

    /// Adds the trials of some rows.
    pub(crate) fn add(&mut self, rows: Vec<Row>, boundaries_fn: &BoundariesFn) {
        for row in rows {
            let Ok(cells) = row.outcome else { continue };
            self.n_trials += 1;
            self.n_ruined += u64::from(cells.ruined.is_some());
            let (skewness, kurtosis) = (
                cells.float("return_skewness"),
                cells.float("return_kurtosis"),
            );
            let digest = cells.float("digest").map_or(row.trial, f64::to_bits);
            let Some(period_sums) = cells.period_sums else {
                continue;
            };
            self.samples.push(Sample {
                trial: row.trial,
                boundaries: boundaries_fn(period_sums.n),
                period_sums,
                digest,
                skewness,
                kurtosis,
            });
        }
    }

    /// The position of the trial with the highest Sharpe ratio among those over the most usual
    /// sessions, the first of equal ones.
    pub(crate) fn best(&self) -> Option<usize> {
        let mut sessions: BTreeMap<_, usize> = BTreeMap::new();
        for sample in self
            .samples
            .iter()
            .filter(|sample| sample.sharpe().is_some())
        {
            *sessions.entry(sample.sessions()).or_default() += 1;
        }
        let usual = sessions
            .iter()
            .max_by_key(|(_, n)| **n)
            .map(|(sessions, _)| *sessions)?;
        let mut best: Option<(usize, f64)> = None;
        for (at, sample) in self.samples.iter().enumerate() {
            if sample.sessions() != usual {
                continue;
            }
            if let Some(sharpe) = sample.sharpe()
                && best.is_none_or(|(_, highest)| sharpe > highest)
            {
                best = Some((at, sharpe));
            }
        }
        best.map(|(at, _)| at)
    }

    /// The trials over the same sessions.
    pub(crate) fn like(&self, one: &Sample) -> Vec<&Sample> {
        let like = |sample: &&Sample| sample.sessions() == one.sessions();
        self.samples.iter().filter(like).collect()
    }
}

/// Running sums of one trial.
#[derive(Default)]
pub(crate) struct Running {
    sums: Vec<f64>,
    squares: Vec<f64>,
}

/// A range of time among the running sums.
pub(crate) struct SumsRange {
    sums: (usize, usize),
    squares: (usize, usize),
}

impl Running {
    /// Sum and sum of squares over some ranges.
    pub(crate) fn over(&self, places: &[SumsRange]) -> (f64, f64) {
        places.iter().fold((0.0, 0.0), |(sum, squares), place| {
            let within = |running: &[f64], (from, to): (usize, usize)| running[to] - running[from];
            (
                sum + within(&self.sums, place.sums),
                squares + within(&self.squares, place.squares),
            )
        })
    }
}

/// A variance below this fraction of the mean square is rounding, not a spread.
const ROUNDING: f64 = 1e-13;

/// The Sharpe ratio from sums of `n` returns; `None` without a spread.
pub(crate) fn sharpe_of(n: usize, sum: f64, squares: f64) -> Option<f64> {
    let count = n as f64;
    let mean = sum / count;
    let variance = (squares - sum * mean) / (count - 1.0);
    (n >= 2 && variance > ROUNDING * squares / count).then(|| mean / variance.sqrt())
}

impl Sample {
    /// What must be the same for two trials to be compared day by day.
    fn sessions(&self) -> (i32, usize, usize) {
        let start = self.period_sums.first_day;
        (start, self.period_sums.n, self.period_sums.sums.len())
    }

    pub(crate) fn sum(&self) -> f64 {
        self.period_sums.sums.iter().sum()
    }

    pub(crate) fn squares(&self) -> f64 {
        self.period_sums.squares.iter().sum()
    }

    /// Per observation.
    pub(crate) fn sharpe(&self) -> Option<f64> {
        sharpe_of(self.period_sums.n, self.sum(), self.squares())
    }

    pub(crate) fn estimate(&self) -> SharpeEstimate {
        SharpeEstimate {
            ratio: self.sharpe().unwrap_or(0.0),
            n: self.period_sums.n,
            skewness: self.skewness.unwrap_or(0.0),
            kurtosis: self.kurtosis.unwrap_or(3.0),
        }
    }

    /// The sums over equal stretches, each of which is one or several of those kept.
    pub(crate) fn over(&self, stretches: usize, n: usize) -> Cow<'_, [f64]> {
        // Their ends are among those kept.
        if self.period_sums.sums.len() == stretches {
            return Cow::Borrowed(&self.period_sums.sums);
        }
        let mut kept = self
            .boundaries
            .sums
            .iter()
            .zip(&self.period_sums.sums)
            .peekable();
        validation::ends(stretches, n)
            .map(|end| {
                let mut sum = 0.0;
                while let Some((_, own)) = kept.next_if(|(kept, _)| **kept as usize <= end) {
                    sum += own;
                }
                sum
            })
            .collect()
    }

    /// What each stretch kept adds, and all before it: sums of returns, and of their squares, each with
    /// a zero in front.
    pub(crate) fn running(&self, running: &mut Running) {
        let add = |running: &mut Vec<f64>, values: &[f64]| {
            running.clear();
            running.push(0.0);
            let mut sum = 0.0;
            running.extend(values.iter().map(|value| {
                sum += value;
                sum
            }));
        };
        add(&mut running.sums, &self.period_sums.sums);
        add(&mut running.squares, &self.period_sums.squares);
    }

    /// Where a range whose ends are boundaries lies among the running sums. The same for all trials that are
    /// compared.
    pub(crate) fn place(&self, range: &Range<usize>) -> SumsRange {
        let place = |ends: &[u32]| {
            let until = |end: usize| ends.partition_point(|own| *own as usize <= end);
            (until(range.start), until(range.end))
        };
        SumsRange {
            sums: place(&self.boundaries.sums),
            squares: place(&self.boundaries.squares),
        }
    }

    /// Sum and sum of squares over a range whose ends are boundaries.
    pub(crate) fn range(&self, range: &Range<usize>) -> (f64, f64) {
        let within = |ends: &[u32], values: &[f64]| {
            let first = ends.partition_point(|end| *end as usize <= range.start);
            let last = ends.partition_point(|end| *end as usize <= range.end);
            values[first..last].iter().sum::<f64>()
        };
        (
            within(&self.boundaries.sums, &self.period_sums.sums),
            within(&self.boundaries.squares, &self.period_sums.squares),
        )
    }

    /// Sums and sums of squares over the folds that end there.
    pub(crate) fn folds(&self, edges: &[usize]) -> Vec<(f64, f64)> {
        let starts = std::iter::once(0).chain(edges.iter().copied());
        let ranges = starts.zip(edges).map(|(start, end)| start..*end);
        ranges.map(|range| self.range(&range)).collect()
    }
}
