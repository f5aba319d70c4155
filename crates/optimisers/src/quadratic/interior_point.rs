//! A primal-dual interior-point method.

use super::program::{Extra, Program};
use crate::linear::{Cholesky, add, dot};

/// Enough for every program that has an interior; others stall.
pub(crate) const ITERATIONS: usize = 60;

/// Residuals and gap at which it stops, relative to the size of what they are differences of.
const TOLERANCE: f64 = 1e-11;

/// Within this distance it stops when it makes no progress.
const NEAR: f64 = 1e-7;

/// How many iterations without progress there may be.
const PATIENCE: usize = 3;

/// A step shorter than this is none.
const SHORTEST: f64 = 1e-9;

/// Where the variance of a portfolio is this part of that of its assets, residuals and gap are
/// measured against the latter.
const NOTHING: f64 = 1e-6;

/// Added to the diagonal of each linear system. It slows the last iterations a little and changes
/// nothing of where they lead.
const REGULARISATION: f64 = 1e-10;

/// How near to the boundary a step may lead.
const STEP: f64 = 0.995;

/// Mehrotra's predictor-corrector method from an infeasible start.
///
/// Mehrotra (1992), "On the implementation of a primal-dual interior point method", *SIAM Journal
/// on Optimization* 2(4). The helpers of absolute values and the limits of sums are eliminated, so
/// that each iteration factors one matrix of the size of the assets.
///
/// Inequalities are numbered: bounds, then for each family of kinks in use `w_i - v_i <= c_i` of all
/// assets and `-w_i - v_i <= -c_i` of all assets, then rows.
#[derive(Debug, Default)]
pub(crate) struct InteriorPoint {
    pub(crate) x: Vec<f64>,
    /// The helpers `v_i >= |w_i - c_i|` of both families.
    helpers: [Vec<f64>; 2],
    pub(crate) slacks: Vec<f64>,
    pub(crate) multipliers: Vec<f64>,
    /// The greatest element of the quadratic and the linear part of the gradient.
    pub(crate) gradient_scale: f64,
    /// How far it is from the optimum: the greatest of the relative residuals and the gap.
    pub(crate) distance: f64,
    best: Best,
    first_kink: [usize; 2],
    first_row: usize,
    product: Vec<f64>,
    dual: Vec<f64>,
    helper_dual: [Vec<f64>; 2],
    primal: Vec<f64>,
    /// `σμ - sz` and, in the corrector, the product of the predictor's steps.
    centring: Vec<f64>,
    matrix: Vec<f64>,
    cholesky: Cholesky,
    /// The factors of rows after the elimination of helpers, and what solves for them.
    columns: Vec<f64>,
    solved: Vec<f64>,
    diagonal: Vec<f64>,
    border: Vec<f64>,
    border_cholesky: Cholesky,
    right: Vec<f64>,
    border_right: Vec<f64>,
    helper_right: [Vec<f64>; 2],
    step_x: Vec<f64>,
    step_helpers: [Vec<f64>; 2],
    step_slacks: Vec<f64>,
    step_multipliers: Vec<f64>,
}

/// The point of least distance.
#[derive(Debug, Default)]
struct Best {
    distance: f64,
    x: Vec<f64>,
    helpers: [Vec<f64>; 2],
    slacks: Vec<f64>,
    multipliers: Vec<f64>,
}

fn reset(numbers: &mut Vec<f64>, length: usize, value: f64) {
    numbers.clear();
    numbers.resize(length, value);
}

impl InteriorPoint {
    /// Runs until it has converged or makes no progress.
    pub(crate) fn solve(&mut self, program: &Program, correlations: &[f64]) {
        self.start(program, correlations);
        self.best.distance = f64::INFINITY;
        let mut since = 0;
        for _ in 0..ITERATIONS {
            self.residuals(program, correlations);
            if !self.distance.is_finite() {
                break;
            }
            since += 1;
            if self.distance < self.best.distance {
                self.keep();
                since = 0;
            }
            // Near the optimum the linear systems are all but singular, and steps may lead away.
            let is_near = self.best.distance <= NEAR;
            if self.distance <= TOLERANCE || (is_near && since > PATIENCE) {
                break;
            }
            if !self.factor(program, correlations) {
                break;
            }
            let gap = self.gap(0.0);
            for (i, centring) in self.centring.iter_mut().enumerate() {
                *centring = -self.slacks[i] * self.multipliers[i];
            }
            self.direction(program);
            let step = self.longest_step(program);
            let ratio = self.gap(step) / gap;
            let centre = ratio * ratio * ratio * gap / self.inequalities(program) as f64;
            for (i, centring) in self.centring.iter_mut().enumerate() {
                *centring += centre - self.step_slacks[i] * self.step_multipliers[i];
            }
            self.direction(program);
            let step = (STEP * self.longest_step(program)).min(1.0);
            if step < SHORTEST || step.is_nan() {
                break;
            }
            self.advance(step);
        }
        self.restore(program, correlations);
    }

    /// Remembers the point that is nearest to the optimum.
    fn keep(&mut self) {
        self.best.distance = self.distance;
        self.best.x.clone_from(&self.x);
        self.best.slacks.clone_from(&self.slacks);
        self.best.multipliers.clone_from(&self.multipliers);
        for (best, helpers) in self.best.helpers.iter_mut().zip(&self.helpers) {
            best.clone_from(helpers);
        }
    }

    /// Goes back to it.
    fn restore(&mut self, program: &Program, correlations: &[f64]) {
        if self.best.distance.is_finite() && self.distance != self.best.distance {
            self.x.clone_from(&self.best.x);
            self.slacks.clone_from(&self.best.slacks);
            self.multipliers.clone_from(&self.best.multipliers);
            for (helpers, best) in self.helpers.iter_mut().zip(&self.best.helpers) {
                helpers.clone_from(best);
            }
            self.residuals(program, correlations);
        }
    }

    /// How many inequalities there are.
    fn inequalities(&self, program: &Program) -> usize {
        let equalities = program.rows.iter().filter(|row| row.is_equality).count();
        self.slacks.len() - equalities
    }

    /// Weights in equal parts, slacks and multipliers well inside.
    fn start(&mut self, program: &Program, correlations: &[f64]) {
        let n = program.assets;
        let mut inequalities = program.bounds.len();
        for (first, kinks) in self.first_kink.iter_mut().zip(&program.kinks) {
            *first = inequalities;
            inequalities += if kinks.is_used { 2 * n } else { 0 };
        }
        self.first_row = inequalities;
        inequalities += program.rows.len();
        reset(&mut self.x, program.variables(), 0.0);
        for (x, unit) in self.x.iter_mut().zip(&program.units) {
            *x = 1.0 / (n as f64 * unit);
        }
        if program.extra != Extra::None {
            self.x[n] = 1.0;
        }
        if program.extra == Extra::Scale {
            // So that the normalised numerator is met, if equal parts have a positive one.
            let numerator = dot(program.row(0), &self.x[..n]);
            let size: f64 = program
                .row(0)
                .iter()
                .zip(&self.x)
                .map(|(a, x)| (a * x).abs())
                .sum();
            let scale = 1.0 / numerator.max(0.1 * size);
            for x in &mut self.x {
                *x *= scale;
            }
        }
        let unit = self.unit(program);
        for (family, kinks) in program.kinks.iter().enumerate() {
            let used = if kinks.is_used { n } else { 0 };
            reset(&mut self.helpers[family], used, 0.0);
            reset(&mut self.helper_dual[family], used, 0.0);
            reset(&mut self.helper_right[family], used, 0.0);
            reset(&mut self.step_helpers[family], used, 0.0);
            for i in 0..used {
                let distance =
                    self.kink(program, family, i, &self.x) - self.centre(program, family, i);
                self.helpers[family][i] = distance.abs() + unit / n as f64;
            }
        }
        for numbers in [
            &mut self.slacks,
            &mut self.multipliers,
            &mut self.primal,
            &mut self.centring,
            &mut self.step_slacks,
            &mut self.step_multipliers,
        ] {
            reset(numbers, inequalities, 0.0);
        }
        self.multiply(program, correlations);
        self.residual_primal(program);
        let bend = dot(&self.product, &self.x).abs();
        let size = bend + dot(&program.linear, &self.x).abs();
        let size = size.max(1e-3) / n as f64;
        for (i, slack) in self.slacks.iter_mut().enumerate() {
            // With a slack of zero the residual is what the left side exceeds the limit by.
            *slack = (-self.primal[i]).max(0.1 * unit);
            self.multipliers[i] = size / *slack;
        }
        self.set_equalities(program);
    }

    /// Equalities have no slack, and multipliers of any sign.
    fn set_equalities(&mut self, program: &Program) {
        for (row, form) in program.rows.iter().enumerate() {
            if form.is_equality {
                self.slacks[self.first_row + row] = 0.0;
                self.multipliers[self.first_row + row] = 0.0;
            }
        }
    }

    /// The size of a fully invested portfolio in the units of limits.
    pub(crate) fn unit(&self, program: &Program) -> f64 {
        match program.extra {
            Extra::Scale => self.x[program.assets].abs().max(f64::MIN_POSITIVE),
            _ => 1.0,
        }
    }

    /// The weight of an asset as kinks see it: with `e` as the scale of the centre.
    fn kink(&self, program: &Program, family: usize, i: usize, x: &[f64]) -> f64 {
        let own = program.units[i] * x[i];
        match program.extra {
            Extra::Scale => own - program.kinks[family].centres[i] * x[program.assets],
            _ => own,
        }
    }

    /// The part of the centre that is a constant.
    fn centre(&self, program: &Program, family: usize, i: usize) -> f64 {
        match program.extra {
            Extra::Scale => 0.0,
            _ => program.kinks[family].centres[i],
        }
    }

    /// `Px`.
    fn multiply(&mut self, program: &Program, correlations: &[f64]) {
        let n = program.assets;
        reset(&mut self.product, program.variables(), 0.0);
        for (row, x) in correlations.chunks_exact(n).zip(&self.x) {
            add(&mut self.product[..n], program.curvature * x, row);
        }
    }

    /// The left side of each inequality and row, plus slack, less limit.
    fn residual_primal(&mut self, program: &Program) {
        let n = program.assets;
        let extra = self.x.get(n).copied().unwrap_or(0.0);
        for (i, bound) in program.bounds.iter().enumerate() {
            let left = bound.factor * self.x[bound.variable] + bound.extra * extra;
            self.primal[i] = left - bound.limit + self.slacks[i];
        }
        for (family, kinks) in program.kinks.iter().enumerate() {
            if !kinks.is_used {
                continue;
            }
            let first = self.first_kink[family];
            for i in 0..n {
                let distance =
                    self.kink(program, family, i, &self.x) - self.centre(program, family, i);
                let helper = self.helpers[family][i];
                self.primal[first + i] = distance - helper + self.slacks[first + i];
                self.primal[first + n + i] = -distance - helper + self.slacks[first + n + i];
            }
        }
        for (row, form) in program.rows.iter().enumerate() {
            let at = self.first_row + row;
            let left = dot(program.row(row), &self.x[..n]) + form.extra * extra;
            let helpers: f64 = match form.kinks {
                Some(family) => self.helpers[family].iter().sum(),
                None => 0.0,
            };
            self.primal[at] = left + helpers - form.limit + self.slacks[at];
        }
    }

    fn residuals(&mut self, program: &Program, correlations: &[f64]) {
        let n = program.assets;
        self.multiply(program, correlations);
        self.residual_primal(program);
        let size = |numbers: &[f64]| numbers.iter().fold(0.0_f64, |max, v| max.max(v.abs()));
        // An optimum of zero has no size of its own.
        let typical = program.curvature * program.typical_variance;
        self.gradient_scale = size(&self.product)
            .max(size(&program.linear))
            .max(NOTHING.sqrt() * program.curvature * program.typical_variance.sqrt());
        self.dual.clear();
        let both = self.product.iter().zip(&program.linear);
        self.dual
            .extend(both.map(|(product, linear)| product + linear));
        for (bound, multiplier) in program.bounds.iter().zip(&self.multipliers) {
            self.dual[bound.variable] += multiplier * bound.factor;
            if bound.extra != 0.0 {
                self.dual[n] += multiplier * bound.extra;
            }
        }
        for (family, kinks) in program.kinks.iter().enumerate() {
            if !kinks.is_used {
                continue;
            }
            let first = self.first_kink[family];
            for i in 0..n {
                let [up, down] = [first + i, first + n + i].map(|at| self.multipliers[at]);
                self.dual[i] += (up - down) * program.units[i];
                if program.extra == Extra::Scale {
                    self.dual[n] -= (up - down) * kinks.centres[i];
                }
                self.helper_dual[family][i] = kinks.price - up - down;
            }
            self.gradient_scale = self.gradient_scale.max(kinks.price);
        }
        if self.gradient_scale == 0.0 {
            // There is no objective: any portfolio within the limits will do.
            self.gradient_scale = 1.0;
        }
        for (row, form) in program.rows.iter().enumerate() {
            let multiplier = self.multipliers[self.first_row + row];
            add(&mut self.dual[..n], multiplier, program.row(row));
            if form.extra != 0.0 {
                self.dual[n] += multiplier * form.extra;
            }
            if let Some(family) = form.kinks {
                for dual in &mut self.helper_dual[family] {
                    *dual += multiplier;
                }
            }
        }
        let dual = size(&self.dual)
            .max(size(&self.helper_dual[0]))
            .max(size(&self.helper_dual[1]));
        let bend = dot(&self.product, &self.x);
        let linear: f64 = program
            .linear
            .iter()
            .zip(&self.x)
            .map(|(q, x)| (q * x).abs())
            .sum();
        let value = match bend.abs() + linear {
            0.0 if typical == 0.0 => 1.0,
            value => value.max(NOTHING * typical),
        };
        let primal = size(&self.primal) / self.unit(program);
        let gap = self.gap(0.0) / value.max(f64::MIN_POSITIVE);
        let dual = dual / self.gradient_scale.max(f64::MIN_POSITIVE);
        // `max` would lose a NaN.
        self.distance = if primal.is_nan() || gap.is_nan() || dual.is_nan() {
            f64::NAN
        } else {
            primal.max(gap).max(dual)
        };
    }

    /// The sum of slacks times multipliers after a step.
    fn gap(&self, step: f64) -> f64 {
        let mut sum = 0.0;
        for i in 0..self.slacks.len() {
            let slack = self.slacks[i] + step * self.step_slacks[i];
            sum += slack * (self.multipliers[i] + step * self.step_multipliers[i]);
        }
        sum
    }

    /// Sums of the weights of a pair of inequalities, and their difference by their sum.
    fn pair(&self, up: usize, down: usize) -> (f64, f64) {
        let weights = [up, down].map(|at| self.multipliers[at] / self.slacks[at]);
        let sum = weights[0] + weights[1];
        (sum, (weights[1] - weights[0]) / sum)
    }

    /// Builds and factors the linear system of the present point.
    fn factor(&mut self, program: &Program, correlations: &[f64]) -> bool {
        let n = program.assets;
        let size = program.variables();
        reset(&mut self.matrix, size * size, 0.0);
        for i in 0..n {
            for j in 0..=i {
                self.matrix[i * size + j] = program.curvature * correlations[i * n + j];
            }
        }
        for (i, bound) in program.bounds.iter().enumerate() {
            let weight = self.multipliers[i] / self.slacks[i];
            let at = bound.variable;
            self.matrix[at * size + at] += weight * bound.factor * bound.factor;
            if bound.extra != 0.0 {
                self.matrix[n * size + at] += weight * bound.factor * bound.extra;
                self.matrix[n * size + n] += weight * bound.extra * bound.extra;
            }
        }
        for (family, kinks) in program.kinks.iter().enumerate() {
            if !kinks.is_used {
                continue;
            }
            let first = self.first_kink[family];
            for i in 0..n {
                let (up, down) = (first + i, first + n + i);
                let inverse = self.slacks[up] / self.multipliers[up]
                    + self.slacks[down] / self.multipliers[down];
                let weight = 4.0 / inverse;
                let unit = program.units[i];
                self.matrix[i * size + i] += weight * unit * unit;
                if program.extra == Extra::Scale {
                    let centre = kinks.centres[i];
                    self.matrix[n * size + i] -= weight * unit * centre;
                    self.matrix[n * size + n] += weight * centre * centre;
                }
            }
        }
        self.cholesky.begin(size);
        for i in 0..size {
            let row = &self.matrix[i * size..=i * size + i];
            if !self.cholesky.push(row, REGULARISATION, 0.0) {
                return false;
            }
        }
        self.factor_border(program)
    }

    /// Eliminates the rows: `A H⁻¹ A' + D`.
    fn factor_border(&mut self, program: &Program) -> bool {
        let n = program.assets;
        let size = program.variables();
        let rows = program.rows.len();
        reset(&mut self.columns, rows * size, 0.0);
        self.diagonal.clear();
        for (row, form) in program.rows.iter().enumerate() {
            let mut diagonal = match form.is_equality {
                true => 0.0,
                false => {
                    let at = self.first_row + row;
                    self.slacks[at] / self.multipliers[at]
                }
            };
            let start = row * size;
            self.columns[start..start + n].copy_from_slice(program.row(row));
            if form.extra != 0.0 {
                self.columns[start + n] = form.extra;
            }
            if let Some(family) = form.kinks {
                let first = self.first_kink[family];
                for i in 0..n {
                    let (sum, tilt) = self.pair(first + i, first + n + i);
                    diagonal += 1.0 / sum;
                    self.columns[start + i] -= tilt * program.units[i];
                    if program.extra == Extra::Scale {
                        self.columns[start + n] += tilt * program.kinks[family].centres[i];
                    }
                }
            }
            self.diagonal.push(diagonal);
        }
        self.solved.clear();
        self.solved.extend_from_slice(&self.columns);
        for column in self.solved.chunks_exact_mut(size) {
            self.cholesky.solve(column);
        }
        self.border_cholesky.begin(rows);
        for row in 0..rows {
            self.border.clear();
            let own = &self.columns[row * size..(row + 1) * size];
            for other in self.solved.chunks_exact(size).take(row + 1) {
                self.border.push(dot(own, other));
            }
            self.border[row] += self.diagonal[row];
            let shift = 1e-14 * self.border[row];
            if !self.border_cholesky.push(&self.border, shift, 0.0) {
                return false;
            }
        }
        true
    }

    /// Solves for the steps to which `centring` leads.
    fn direction(&mut self, program: &Program) {
        let n = program.assets;
        let size = program.variables();
        self.right.clear();
        self.right.extend(self.dual.iter().map(|dual| -dual));
        for (i, bound) in program.bounds.iter().enumerate() {
            let t = self.pull(i);
            self.right[bound.variable] -= bound.factor * t;
            if bound.extra != 0.0 {
                self.right[n] -= bound.extra * t;
            }
        }
        for (family, kinks) in program.kinks.iter().enumerate() {
            if !kinks.is_used {
                continue;
            }
            let first = self.first_kink[family];
            for i in 0..n {
                let (up, down) = (first + i, first + n + i);
                let (_, tilt) = self.pair(up, down);
                let pulls = [up, down].map(|at| self.pull(at));
                let helper = pulls[0] + pulls[1] - self.helper_dual[family][i];
                self.helper_right[family][i] = helper;
                let total = pulls[0] - pulls[1] + tilt * helper;
                self.right[i] -= program.units[i] * total;
                if program.extra == Extra::Scale {
                    self.right[n] += kinks.centres[i] * total;
                }
            }
        }
        self.border_right.clear();
        for (row, form) in program.rows.iter().enumerate() {
            let at = self.first_row + row;
            let mut right = -self.primal[at];
            if !form.is_equality {
                right -= self.centring[at] / self.multipliers[at];
            }
            if let Some(family) = form.kinks {
                let first = self.first_kink[family];
                for i in 0..n {
                    let (sum, _) = self.pair(first + i, first + n + i);
                    right -= self.helper_right[family][i] / sum;
                }
            }
            self.border_right.push(right);
        }
        self.step_x.clear();
        self.step_x.extend_from_slice(&self.right);
        self.cholesky.solve(&mut self.step_x);
        for (row, right) in self.border_right.iter_mut().enumerate() {
            let own = &self.columns[row * size..(row + 1) * size];
            *right = dot(own, &self.step_x) - *right;
        }
        self.border_cholesky.solve(&mut self.border_right);
        for (solved, step) in self.solved.chunks_exact(size).zip(&self.border_right) {
            add(&mut self.step_x, -step, solved);
        }
        self.recover(program);
    }

    /// `(centring + z · residual) / s`: what an inequality adds to the right side.
    fn pull(&self, at: usize) -> f64 {
        (self.centring[at] + self.multipliers[at] * self.primal[at]) / self.slacks[at]
    }

    /// From the steps of variables and rows to those of helpers, slacks and multipliers.
    fn recover(&mut self, program: &Program) {
        let n = program.assets;
        let extra = self.step_x.get(n).copied().unwrap_or(0.0);
        for (i, bound) in program.bounds.iter().enumerate() {
            let left = bound.factor * self.step_x[bound.variable] + bound.extra * extra;
            self.set_step(i, left);
        }
        for (family, kinks) in program.kinks.iter().enumerate() {
            if !kinks.is_used {
                continue;
            }
            let row = program
                .rows
                .iter()
                .position(|row| row.kinks == Some(family));
            let limit = row.map_or(0.0, |row| self.border_right[row]);
            let first = self.first_kink[family];
            for i in 0..n {
                let (up, down) = (first + i, first + n + i);
                let (sum, tilt) = self.pair(up, down);
                let change = self.kink(program, family, i, &self.step_x);
                let helper = (self.helper_right[family][i] - limit) / sum - tilt * change;
                self.step_helpers[family][i] = helper;
                self.set_step(up, change - helper);
                self.set_step(down, -change - helper);
            }
        }
        for (row, form) in program.rows.iter().enumerate() {
            let at = self.first_row + row;
            self.step_multipliers[at] = self.border_right[row];
            if form.is_equality {
                continue;
            }
            let left = dot(program.row(row), &self.step_x[..n]) + form.extra * extra;
            let helpers: f64 = match form.kinks {
                Some(family) => self.step_helpers[family].iter().sum(),
                None => 0.0,
            };
            self.step_slacks[at] = -self.primal[at] - left - helpers;
        }
    }

    /// The steps of an inequality whose left side changes by so much.
    fn set_step(&mut self, at: usize, left: f64) {
        let slack = -self.primal[at] - left;
        self.step_slacks[at] = slack;
        self.step_multipliers[at] =
            (self.centring[at] - self.multipliers[at] * slack) / self.slacks[at];
    }

    /// The longest step with which slacks and multipliers stay positive, at most 1.
    fn longest_step(&self, program: &Program) -> f64 {
        let mut longest = 1.0_f64;
        for i in 0..self.slacks.len() {
            if i >= self.first_row && program.rows[i - self.first_row].is_equality {
                continue;
            }
            for (value, step) in [
                (self.slacks[i], self.step_slacks[i]),
                (self.multipliers[i], self.step_multipliers[i]),
            ] {
                if step < 0.0 {
                    longest = longest.min(-value / step);
                } else if step.is_nan() {
                    return f64::NAN;
                }
            }
        }
        longest
    }

    fn advance(&mut self, step: f64) {
        add(&mut self.x, step, &self.step_x);
        for (helpers, steps) in self.helpers.iter_mut().zip(&self.step_helpers) {
            add(helpers, step, steps);
        }
        add(&mut self.slacks, step, &self.step_slacks);
        add(&mut self.multipliers, step, &self.step_multipliers);
        // The next predictor starts without a step.
        self.step_slacks.fill(0.0);
        self.step_multipliers.fill(0.0);
    }

    /// `x'Px`.
    pub(crate) fn variance(&self) -> f64 {
        dot(&self.product, &self.x)
    }

    /// The slack and the multiplier of a bound.
    pub(crate) fn of_bound(&self, bound: usize) -> (f64, f64) {
        (self.slacks[bound], self.multipliers[bound])
    }

    /// The slack and the multiplier of a row.
    pub(crate) fn of_row(&self, row: usize) -> (f64, f64) {
        let at = self.first_row + row;
        (self.slacks[at], self.multipliers[at])
    }

    /// The slacks and multipliers of the two inequalities of an asset's kink: above the centre, and
    /// below it.
    pub(crate) fn of_kink(&self, program: &Program, family: usize, i: usize) -> [(f64, f64); 2] {
        let first = self.first_kink[family];
        [first + i, first + program.assets + i].map(|at| (self.slacks[at], self.multipliers[at]))
    }
}
