//! Quadratic programs over non-negative numbers.

use crate::covariance::Covariance;
use crate::linear::{Cholesky, add};

/// When the gradient of no asset outside exceeds this, in units of the greatest at the start, the
/// optimum is reached.
const TOLERANCE: f64 = 1e-12;

/// A pivot below this belongs to an asset that a mix of what is held copies or hedges.
const COPY: f64 = 1e-12;

/// Amounts of a hedge below this are rounding.
const NOTHING: f64 = 1e-10;

/// What the optimum is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A portfolio with risk.
    Optimum,
    /// Nothing, because no element of `g` is positive.
    Zero,
    /// A perfect hedge: a portfolio with `g'x > 0` and no risk.
    Riskless,
    /// Unknown: rounding keeps the iteration from its end.
    Unfinished,
}

/// The active set of Lawson and Hanson for `min ½x'Sx - g'x` over `x >= 0`.
///
/// Lawson and Hanson (1974), *Solving Least Squares Problems*, chapter 23, in terms of `S`. It works
/// on correlations, so that units of the assets do not matter.
#[derive(Debug, Default)]
pub(crate) struct NonNegative {
    held: Vec<usize>,
    is_held: Vec<bool>,
    gradient: Vec<f64>,
    target: Vec<f64>,
    solution: Vec<f64>,
    amounts: Vec<f64>,
    row: Vec<f64>,
    cholesky: Cholesky,
}

impl NonNegative {
    /// Writes the optimum into `x`, up to a positive factor, which no portfolio depends on. Assets
    /// without variance stay at zero; of two copies the one with the lower index is held.
    pub(crate) fn solve(
        &mut self,
        covariance: &Covariance,
        g: impl Fn(usize) -> f64,
        x: &mut [f64],
    ) -> Outcome {
        let n = covariance.assets();
        let volatilities = covariance.volatilities();
        let correlations = covariance.correlations();
        self.begin(n);
        let mut greatest = 0.0_f64;
        for (i, volatility) in volatilities.iter().enumerate() {
            let target = if *volatility > 0.0 {
                g(i) / volatility
            } else {
                0.0
            };
            self.target.push(target);
            greatest = greatest.max(target.abs());
        }
        for target in &mut self.target {
            *target /= greatest;
        }
        let mut outcome = Outcome::Unfinished;
        // Each step lowers the objective, so that no set of assets comes back but for rounding.
        for _ in 0..20 * n {
            let Some(next) = self.steepest(correlations) else {
                outcome = match self.held.as_slice() {
                    [] => Outcome::Zero,
                    _ => Outcome::Optimum,
                };
                break;
            };
            if !self.hold(next, correlations) {
                outcome = Outcome::Riskless;
                break;
            }
            self.settle(correlations);
        }
        for (x, (amount, volatility)) in x.iter_mut().zip(self.amounts.iter().zip(volatilities)) {
            *x = if *amount > 0.0 {
                amount / volatility
            } else {
                0.0
            };
        }
        outcome
    }

    fn begin(&mut self, n: usize) {
        self.held.clear();
        self.is_held.clear();
        self.is_held.resize(n, false);
        self.target.clear();
        self.amounts.clear();
        self.amounts.resize(n, 0.0);
        self.solution.clear();
        self.solution.resize(n, 0.0);
        self.cholesky.begin(n);
    }

    /// The asset outside whose amount should grow most, if any should.
    fn steepest(&mut self, correlations: &[f64]) -> Option<usize> {
        let n = self.target.len();
        self.gradient.clear();
        self.gradient.extend_from_slice(&self.target);
        for &i in &self.held {
            let row = &correlations[i * n..(i + 1) * n];
            add(&mut self.gradient, -self.amounts[i], row);
        }
        let mut best = None;
        let mut most = TOLERANCE;
        for (i, &gradient) in self.gradient.iter().enumerate() {
            if gradient > most && !self.is_held[i] {
                most = gradient;
                best = Some(i);
            }
        }
        best
    }

    /// Takes an asset into the set. If what is held copies it, it takes the place of the first that
    /// it uses up. `false` if it hedges what is held without using anything up: then amounts are
    /// those of the hedge.
    fn hold(&mut self, asset: usize, correlations: &[f64]) -> bool {
        let n = self.target.len();
        let row = &correlations[asset * n..(asset + 1) * n];
        loop {
            self.row.clear();
            self.row.extend(self.held.iter().map(|i| row[*i]));
            self.row.push(row[asset]);
            if self.cholesky.push(&self.row, 0.0, COPY) {
                self.held.push(asset);
                self.is_held[asset] = true;
                return true;
            }
            let rows = self.cholesky.rows();
            // One unit of the asset less its copy has no risk.
            self.cholesky.solve(&mut self.row[..rows]);
            let mut step = f64::INFINITY;
            let mut used_up = 0;
            for (at, copy) in self.row[..rows].iter().enumerate() {
                let amount = self.amounts[self.held[at]];
                if *copy > NOTHING && amount / copy < step {
                    step = amount / copy;
                    used_up = at;
                }
            }
            if step == f64::INFINITY {
                self.amounts.fill(0.0);
                for (copy, held) in self.row[..rows].iter().zip(&self.held) {
                    self.amounts[*held] = (-copy).max(0.0);
                }
                self.amounts[asset] = 1.0;
                return false;
            }
            for (copy, held) in self.row[..rows].iter().zip(&self.held) {
                self.amounts[*held] -= step * copy;
            }
            self.amounts[asset] += step;
            self.amounts[self.held[used_up]] = 0.0;
            self.drop_empty(correlations);
        }
    }

    /// Moves to the optimum over the set, and drops what would become negative on the way.
    fn settle(&mut self, correlations: &[f64]) {
        loop {
            let held = self.held.len();
            for (solution, asset) in self.solution.iter_mut().zip(&self.held) {
                *solution = self.target[*asset];
            }
            self.cholesky.solve(&mut self.solution[..held]);
            // How far the way leads to the first boundary.
            let mut step = 1.0;
            for (solution, asset) in self.solution.iter().zip(&self.held) {
                if *solution <= 0.0 {
                    let amount = self.amounts[*asset];
                    step = f64::min(step, amount / (amount - solution));
                }
            }
            let all_positive = self.solution[..held].iter().all(|amount| *amount > 0.0);
            for (solution, asset) in self.solution.iter().zip(&self.held) {
                let amount = &mut self.amounts[*asset];
                *amount = if all_positive {
                    *solution
                } else {
                    *amount + step * (solution - *amount)
                };
            }
            if all_positive {
                return;
            }
            // The one that reached the boundary, whatever rounding left of it.
            let at_zero = (0..held).filter(|at| self.solution[*at] <= 0.0);
            let amount = |at: &usize| self.amounts[self.held[*at]];
            if let Some(at) = at_zero.min_by(|a, b| amount(a).total_cmp(&amount(b))) {
                self.amounts[self.held[at]] = 0.0;
            }
            self.drop_empty(correlations);
            if self.held.is_empty() {
                return;
            }
        }
    }

    /// Takes out of the set what has no amount any more.
    fn drop_empty(&mut self, correlations: &[f64]) {
        let n = self.target.len();
        let (amounts, is_held) = (&mut self.amounts, &mut self.is_held);
        self.held.retain(|asset| {
            let keep = amounts[*asset] > 0.0;
            if !keep {
                amounts[*asset] = 0.0;
                is_held[*asset] = false;
            }
            keep
        });
        self.cholesky.begin(n);
        for at in 0..self.held.len() {
            let asset = self.held[at];
            self.row.clear();
            let row = &correlations[asset * n..(asset + 1) * n];
            self.row.extend(self.held[..=at].iter().map(|i| row[*i]));
            self.cholesky.push(&self.row, 0.0, 0.0);
        }
    }
}
