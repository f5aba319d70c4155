//! All trials on one history together: what each sweep leaves, and the tests over their union.
//!
//! Sweeps are flipped by the same signs, so the best of all of them in a draw is the highest of their
//! maxima. Merging is a maximum and a union of sets: neither order nor repetition matters.

use std::collections::BTreeMap;

use statistics::summation::{mean, pairwise_sum_by};

use crate::overfitting::sign_flips::share_reaching;

/// What must be the same for the maxima of two sweeps to be compared draw by draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sessions {
    /// The session of the first return, as days since 1970-01-01.
    pub first_day: i32,
    /// Returns of each trial.
    pub n: u64,
    /// Stretches whose signs are flipped.
    pub stretches: u64,
}

/// Count, mean and variance of residual Sharpe ratios that are not kept one by one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ratios {
    /// How many.
    pub n: u64,
    /// Their mean.
    pub mean: f64,
    /// The sum of their squared deviations from it.
    pub squares: f64,
}

/// What one sweep leaves for the tests over all sweeps.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepTrials {
    /// Over which sessions.
    pub sessions: Sessions,
    /// For each draw the highest studentised sum of its trials, at least 0.
    pub maxima: Vec<f64>,
    /// By a digest of the trial, its residual Sharpe ratio per observation; so that a trial counts once.
    pub ratios: BTreeMap<u64, f64>,
    /// In place of them, for a sweep of more than [`MOST_KEPT`] trials.
    pub summarised: Ratios,
}

/// The most trials whose ratios are kept one by one.
pub const MOST_KEPT: usize = 1 << 16;

/// Entries that cannot be used and are named; the others are counted.
const MOST_NAMED: usize = 20;

/// The trials of several sweeps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Union {
    /// By sweep, its trials whose ratio is not in `ratios`.
    unlisted: BTreeMap<String, u64>,
    maxima: BTreeMap<Sessions, Vec<f64>>,
    ratios: BTreeMap<u64, f64>,
    summarised: BTreeMap<String, Ratios>,
    /// By sweep, the trials of those that left no maxima.
    without_maxima: BTreeMap<String, u64>,
    /// Entries of the ledger that cannot be used, each with the reason.
    pub(crate) uncounted: Vec<String>,
}

impl SweepTrials {
    /// * `ratios`: of each trial its digest and its residual Sharpe ratio.
    pub fn new(sessions: Sessions, maxima: &[f64], ratios: &[(u64, f64)]) -> SweepTrials {
        let mut kept = SweepTrials {
            sessions,
            maxima: maxima.to_vec(),
            ratios: BTreeMap::new(),
            summarised: Ratios::default(),
        };
        match ratios.len() > MOST_KEPT {
            true => {
                let values: Vec<f64> = ratios.iter().map(|(_, ratio)| *ratio).collect();
                kept.summarised = Ratios::of(&values);
            }
            false => kept.ratios = ratios.iter().copied().collect(),
        }
        kept
    }
}

impl Ratios {
    fn of(values: &[f64]) -> Ratios {
        let mean = mean(values);
        let square = |at: usize| (values[at] - mean) * (values[at] - mean);
        Ratios {
            n: values.len() as u64,
            mean,
            squares: pairwise_sum_by(values.len(), square),
        }
    }

    /// Of these and of others.
    fn and(self, other: Ratios) -> Ratios {
        if self.n == 0 || other.n == 0 {
            return if self.n == 0 { other } else { self };
        }
        let (own, theirs) = (self.n as f64, other.n as f64);
        let difference = other.mean - self.mean;
        Ratios {
            n: self.n.saturating_add(other.n),
            mean: self.mean + difference * theirs / (own + theirs),
            squares: self.squares
                + other.squares
                + difference * difference * own * theirs / (own + theirs),
        }
    }
}

impl Union {
    /// Adds what a sweep has left.
    ///
    /// * `sweep`: its digest. The same sweep counts once.
    /// * `trials`: that ran to their end.
    /// * `kept`: `None` for a sweep that left none.
    pub fn add(&mut self, sweep: &str, trials: u64, kept: Option<&SweepTrials>) {
        let mut one = Union::default();
        let listed = kept.map_or(0, |kept| kept.ratios.len() as u64);
        let unlisted = trials.saturating_sub(listed);
        one.unlisted.insert(sweep.to_owned(), unlisted);
        match kept {
            Some(kept) => {
                one.maxima.insert(kept.sessions, kept.maxima.clone());
                one.ratios.clone_from(&kept.ratios);
                if kept.summarised.n > 0 {
                    one.summarised.insert(sweep.to_owned(), kept.summarised);
                }
            }
            None => {
                one.without_maxima.insert(sweep.to_owned(), trials);
            }
        }
        self.merge(&one);
    }

    /// Adds the sweeps of another.
    pub fn merge(&mut self, other: &Union) {
        for (sessions, maxima) in &other.maxima {
            let own = self.maxima.entry(*sessions);
            let own = own.or_insert_with(|| vec![0.0; maxima.len()]);
            for (own, other) in own.iter_mut().zip(maxima) {
                *own = own.max(*other);
            }
        }
        self.ratios.extend(&other.ratios);
        self.unlisted.extend(other.unlisted.clone());
        self.summarised.extend(other.summarised.clone());
        self.without_maxima.extend(other.without_maxima.clone());
        self.uncounted.extend(other.uncounted.clone());
    }

    /// How many trials these are beside some of another sweep.
    ///
    /// * `own`: of the trials of that sweep the digests and residual Sharpe ratios.
    pub fn trials_beside(&self, own: &[(u64, f64)]) -> u64 {
        let listed = self.beside(own).len() as u64;
        let unlisted = self.unlisted.values();
        unlisted.fold(listed, |sum, trials| sum.saturating_add(*trials))
    }

    /// Whether there may be more trials than are counted.
    pub fn is_lower_bound(&self) -> bool {
        !self.uncounted.is_empty()
    }

    /// Which entries of the ledger are not counted; `None` when all are.
    pub fn uncounted_in_words(&self) -> Option<String> {
        let n = self.uncounted.len();
        let entries = match n {
            0 => return None,
            1 => "1 entry of the ledger cannot be used".to_owned(),
            n => format!("{n} entries of the ledger cannot be used"),
        };
        let named = self.uncounted.iter().take(MOST_NAMED);
        let mut named: Vec<&str> = named.map(String::as_str).collect();
        let more = format!("and {} more", n.saturating_sub(MOST_NAMED));
        if n > MOST_NAMED {
            named.push(&more);
        }
        Some(format!(
            "{entries}, so that the count of trials is a lower bound: {}",
            named.join("; ")
        ))
    }

    /// The variance of residual Sharpe ratios per observation, over these and those of another sweep,
    /// with the divisor one less; 0 for fewer than two.
    pub fn variance_with(&self, own: &[(u64, f64)]) -> f64 {
        let values: Vec<f64> = own.iter().map(|(_, ratio)| *ratio).collect();
        let all = Ratios::of(&values).and(Ratios::of(&self.beside(own)));
        let all = (self.summarised.values()).fold(all, |all, other| all.and(*other));
        match all.n {
            0 | 1 => 0.0,
            n => all.squares / (n - 1) as f64,
        }
    }

    /// The p-value of a studentised sum among all trials: of those over the same sessions draw by draw;
    /// of those over others as if these were independent, `1 - Π(1 - p)` (Šidák, 1967), which is a bound
    /// where they rise and fall together, and, unlike the sum, stays below one.
    ///
    /// * `maxima`: of the sweep's own trials, draw by draw.
    pub fn p(&self, sessions: &Sessions, maxima: &[f64], statistic: f64) -> f64 {
        let mut highest = maxima.to_vec();
        if let Some(others) = self.maxima.get(sessions) {
            for (own, other) in highest.iter_mut().zip(others) {
                *own = own.max(*other);
            }
        }
        let others = self.maxima.iter().filter(|(other, _)| *other != sessions);
        let below = others.map(|(_, maxima)| 1.0 - share_reaching(maxima, statistic));
        let below: f64 = below.product();
        let own = share_reaching(&highest, statistic);
        own + (1.0 - own) * (1.0 - below)
    }

    /// Sweeps and trials that left no maxima: they count as trials, and the reality check does not see
    /// them.
    pub fn without_maxima(&self) -> (u64, u64) {
        let trials = self.without_maxima.values();
        let n = trials.len() as u64;
        (n, trials.fold(0, |sum, trials| sum.saturating_add(*trials)))
    }

    /// The ratios of trials that are not among some others.
    fn beside(&self, own: &[(u64, f64)]) -> Vec<f64> {
        let mut known: Vec<u64> = own.iter().map(|(digest, _)| *digest).collect();
        known.sort_unstable();
        let is_other = |digest: &u64| known.binary_search(digest).is_err();
        let others = self.ratios.iter().filter(|(digest, _)| is_other(digest));
        others.map(|(_, ratio)| *ratio).collect()
    }
}
