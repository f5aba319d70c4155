//! Which observations are selected on, and which are tested on.

use std::ops::Range;

/// One step of a walk-forward analysis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Observations to select on.
    pub train: Range<usize>,
    /// Observations to test the selection on, after it.
    pub test: Range<usize>,
}

/// How a walk-forward analysis steps through time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalkForward {
    /// Observations to select on, at least 1; with `anchored`, in the first window.
    pub train: usize,
    /// Observations to test on, at least 1.
    pub test: usize,
    /// Observations between two windows' beginnings; that of `test` makes tests follow one another.
    pub step: usize,
    /// Observations left out between selecting and testing.
    pub gap: usize,
    /// Whether every window selects from the beginning on.
    pub anchored: bool,
}

impl WalkForward {
    /// The windows that fit into `n` observations.
    pub fn windows(&self, n: usize) -> Vec<Window> {
        let step = self.step.max(1);
        let starts = (0..).step_by(step);
        let whole = starts.take_while(|start| start + self.train + self.gap + self.test <= n);
        whole
            .map(|start| {
                let end = start + self.train;
                let from = if self.anchored { 0 } else { start };
                Window {
                    train: from..end,
                    test: end + self.gap..end + self.gap + self.test,
                }
            })
            .collect()
    }
}

/// Combinatorial purged cross-validation: every choice of this number of folds is the test set once.
/// López de Prado, "Advances in Financial Machine Learning" (2018), chapter 12.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Combinatorial {
    /// Equal stretches of time.
    pub folds: usize,
    /// Folds tested on at a time; at least 1 and below `folds`.
    pub test_folds: usize,
    /// Observations on either side of a test that are not selected on.
    pub purge: usize,
    /// Observations after a test, beyond the purged ones, that are not selected on.
    pub embargo: usize,
}

/// One choice of folds to test on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// The folds tested on, in order.
    pub folds: Vec<usize>,
    /// Observations to select on: stretches in order.
    pub train: Vec<Range<usize>>,
    /// Observations to test on, fold by fold.
    pub test: Vec<Range<usize>>,
}

impl Combinatorial {
    /// How many splits there are.
    pub fn n_splits(&self) -> u64 {
        binomial(self.folds as u64, self.test_folds as u64)
    }

    /// How many paths through all of time the tests make up.
    pub fn n_paths(&self) -> u64 {
        self.n_splits() * self.test_folds as u64 / self.folds.max(1) as u64
    }

    /// The observations of a fold out of `n`; the last one takes what is left over.
    pub fn fold(&self, fold: usize, n: usize) -> Range<usize> {
        let size = n / self.folds;
        let end = if fold + 1 == self.folds {
            n
        } else {
            (fold + 1) * size
        };
        fold * size..end
    }

    /// The splits of `n` observations, in lexicographic order of their folds.
    pub fn splits(&self, n: usize) -> Vec<Split> {
        combinations(self.folds, self.test_folds)
            .into_iter()
            .map(|folds| {
                let test: Vec<_> = folds.iter().map(|fold| self.fold(*fold, n)).collect();
                let mut train = Vec::new();
                let mut from = 0;
                for range in &test {
                    let until = range.start.saturating_sub(self.purge);
                    if until > from {
                        train.push(from..until);
                    }
                    from = from.max((range.end + self.purge + self.embargo).min(n));
                }
                if from < n {
                    train.push(from..n);
                }
                // Two tests side by side have nothing between them to purge.
                Split { folds, train, test }
            })
            .collect()
    }

    /// For each fold, the splits that test on it: the fold's part of path `p` is that of the
    /// `p`-th of them.
    pub fn paths(&self) -> Vec<Vec<usize>> {
        let mut paths = vec![Vec::new(); self.folds];
        for (split, folds) in combinations(self.folds, self.test_folds).iter().enumerate() {
            for fold in folds {
                paths[*fold].push(split);
            }
        }
        paths
    }
}

/// All choices of `k` of the numbers below `n`, in lexicographic order.
pub fn combinations(n: usize, k: usize) -> Vec<Vec<usize>> {
    let mut all = Vec::new();
    if k == 0 || k > n {
        return all;
    }
    let mut chosen: Vec<usize> = (0..k).collect();
    loop {
        all.push(chosen.clone());
        // The last position that can still move up.
        let Some(at) = (0..k).rev().find(|at| chosen[*at] < n - k + at) else {
            return all;
        };
        chosen[at] += 1;
        for later in at + 1..k {
            chosen[later] = chosen[later - 1] + 1;
        }
    }
}

/// `n` over `k`; at most 2⁶⁴ − 1.
pub fn binomial(n: u64, k: u64) -> u64 {
    if k > n {
        return 0;
    }
    let product = (0..k.min(n - k)).fold(1u128, |product, i| {
        (product * u128::from(n - i) / u128::from(i + 1)).min(u128::from(u64::MAX))
    });
    product as u64
}
