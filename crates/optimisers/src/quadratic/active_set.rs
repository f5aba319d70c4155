//! The last step: from an approximate optimum to the exact one.

use super::interior_point::InteriorPoint;
use super::program::{Extra, GROSS, Program, TURNOVER};
use crate::linear::{Elimination, add, dot};

/// By how much a weight may leave its limits, in units of weights.
const PRIMAL: f64 = 1e-12;

/// By how much a gradient may have the wrong sign, relative to the terms it consists of.
const DUAL: f64 = 1e-11;

/// The greatest residual of an equation, relative to its terms.
const SOLVED: f64 = 1e-12;

/// The part of the greatest terms that small ones are counted as.
const SMALL: f64 = 1e-3;

/// A residual that only rounding is left of.
const EXACT: f64 = 1e-15;

/// Added to the diagonal of each linear system and taken out again by refinement.
const REGULARISATION: f64 = 1e-12;

/// Guesses which constraints hold with equality, solves for the rest, and corrects the guess until
/// the conditions of Karush, Kuhn and Tucker are met. Weights at a limit are there exactly.
///
/// A weight is either free between two points or fixed at one: a bound, or a kink of the objective,
/// which are the current weight where turnover counts, and zero where gross exposure does.
#[derive(Debug, Default)]
pub(crate) struct ActiveSet {
    /// Where a weight is fixed.
    fixed: Vec<Option<f64>>,
    /// On which side of its kinks a free weight is.
    sides: [Vec<f64>; 2],
    active: Vec<bool>,
    free: Vec<usize>,
    listed: Vec<usize>,
    /// The variables per unit of the extra one: what is fixed.
    shape: Vec<f64>,
    bent: Vec<f64>,
    x: Vec<f64>,
    extra: f64,
    /// The factors of active rows over all assets, with their signs.
    factors: Vec<f64>,
    levels: Vec<f64>,
    matrix: Vec<f64>,
    regular: Vec<f64>,
    right: Vec<f64>,
    residual: Vec<f64>,
    terms: Vec<f64>,
    solution: Vec<f64>,
    multipliers: Vec<f64>,
    elimination: Elimination,
}

/// What is wrong with a guess.
#[derive(Clone, Copy, Debug)]
enum Change {
    Fix(usize, f64),
    Release(usize, f64),
    Toggle(usize),
}

impl ActiveSet {
    /// Finishes what the interior-point method began. `false` if the conditions cannot be met, as
    /// where many optima exist.
    pub(crate) fn finish(
        &mut self,
        program: &Program,
        correlations: &[f64],
        near: &InteriorPoint,
        weights: &mut [f64],
    ) -> bool {
        self.guess(program, near);
        for _ in 0..4 * program.assets + 20 {
            if !self.solve(program, correlations) {
                return false;
            }
            match self.worst(program, correlations) {
                None => {
                    self.write(program, weights);
                    return true;
                }
                Some(change) => self.apply(change, program),
            }
        }
        false
    }

    /// Active is what has a multiplier greater than its slack.
    fn guess(&mut self, program: &Program, near: &InteriorPoint) {
        let n = program.assets;
        let unit = near.unit(program);
        let scale = near.gradient_scale.max(f64::MIN_POSITIVE);
        let is_active = |(slack, multiplier): (f64, f64)| multiplier / scale > slack / unit;
        self.fixed.clear();
        self.fixed.resize(n, None);
        for (family, kinks) in program.kinks.iter().enumerate() {
            self.sides[family].clear();
            self.sides[family].resize(n, 0.0);
            if !kinks.is_used {
                continue;
            }
            for i in 0..n {
                let [above, below] = near.of_kink(program, family, i);
                if is_active(above) && is_active(below) {
                    self.fixed[i] = Some(kinks.centres[i]);
                }
                self.sides[family][i] = if above.1 >= below.1 { 1.0 } else { -1.0 };
            }
        }
        for (i, bound) in program.bounds.iter().enumerate() {
            if bound.variable < n && is_active(near.of_bound(i)) {
                let level = if bound.factor < 0.0 {
                    program.lower[bound.variable]
                } else {
                    program.upper[bound.variable]
                };
                self.fixed[bound.variable] = Some(level);
            }
        }
        self.active.clear();
        for (row, form) in program.rows.iter().enumerate() {
            let is_active = form.is_equality || is_active(near.of_row(row));
            self.active.push(is_active);
        }
    }

    /// Solves for the free weights and the multipliers of the active rows.
    fn solve(&mut self, program: &Program, correlations: &[f64]) -> bool {
        let n = program.assets;
        let scales = program.extra == Extra::Scale;
        self.free.clear();
        self.shape.clear();
        for (i, fixed) in self.fixed.iter().enumerate() {
            if fixed.is_none() {
                self.free.push(i);
            }
            self.shape
                .push(fixed.map_or(0.0, |weight| weight / program.units[i]));
        }
        multiply(program, correlations, &self.shape, &mut self.bent);
        self.list_rows(program);
        let free = self.free.len();
        let variables = free + usize::from(scales);
        let size = variables + self.listed.len();
        self.matrix.clear();
        self.matrix.resize(size * size, 0.0);
        self.right.clear();
        self.right.resize(size, 0.0);
        for (a, &i) in self.free.iter().enumerate() {
            for (b, &j) in self.free.iter().enumerate() {
                self.matrix[a * size + b] = program.curvature * correlations[i * n + j];
            }
            if scales {
                self.matrix[a * size + free] = self.bent[i];
                self.matrix[free * size + a] = self.bent[i];
            } else {
                self.right[a] = -self.bent[i] - self.linear(program, i);
            }
        }
        if scales {
            self.matrix[free * size + free] = dot(&self.shape, &self.bent);
        }
        for (at, &row) in self.listed.iter().enumerate() {
            let factors = &self.factors[at * n..(at + 1) * n];
            let place = variables + at;
            for (a, &i) in self.free.iter().enumerate() {
                self.matrix[a * size + place] = factors[i];
                self.matrix[place * size + a] = factors[i];
            }
            let rest = self.levels[at] - dot(factors, &self.shape);
            if scales {
                // The normalisation alone has a right side.
                self.matrix[free * size + place] = -rest;
                self.matrix[place * size + free] = -rest;
                self.right[place] = program.rows[row].limit;
            } else {
                self.right[place] = rest;
            }
        }
        if !self.eliminate(variables, size) {
            return false;
        }
        self.extra = if scales { self.solution[free] } else { 1.0 };
        self.x.clear();
        self.x.extend(self.shape.iter().map(|x| x * self.extra));
        for (&i, value) in self.free.iter().zip(&self.solution) {
            self.x[i] = *value;
        }
        self.multipliers.clear();
        self.multipliers.resize(program.rows.len(), 0.0);
        for (&row, multiplier) in self.listed.iter().zip(&self.solution[variables..]) {
            self.multipliers[row] = *multiplier;
        }
        self.extra > 0.0
    }

    /// The linear objective of an asset on its side of the kinks.
    fn linear(&self, program: &Program, i: usize) -> f64 {
        let kinks = &program.kinks[TURNOVER];
        program.linear[i] + kinks.price * program.units[i] * self.sides[TURNOVER][i]
    }

    /// The active rows: factors over all assets, and what they come to per unit of the extra
    /// variable.
    fn list_rows(&mut self, program: &Program) {
        self.listed.clear();
        self.factors.clear();
        self.levels.clear();
        for (row, form) in program.rows.iter().enumerate() {
            if !self.active[row] {
                continue;
            }
            self.listed.push(row);
            let mut level = form.level;
            if program.extra != Extra::Scale {
                level = form.limit;
            }
            let Some(family) = form.kinks else {
                self.factors.extend_from_slice(program.row(row));
                self.levels.push(level);
                continue;
            };
            for (i, fixed) in self.fixed.iter().enumerate() {
                let centre = program.kinks[family].centres[i];
                let side = match fixed {
                    Some(weight) if *weight == centre => 0.0,
                    Some(weight) => (weight - centre).signum(),
                    None => self.sides[family][i],
                };
                self.factors.push(side * program.units[i]);
                level += side * centre;
            }
            self.levels.push(level);
        }
    }

    /// Solves the system with a regularised matrix, and refines until it is the solution without.
    fn eliminate(&mut self, variables: usize, size: usize) -> bool {
        self.regular.clear();
        self.regular.extend_from_slice(&self.matrix);
        for at in 0..size {
            let shift = if at < variables {
                REGULARISATION
            } else {
                -REGULARISATION
            };
            self.regular[at * size + at] += shift;
        }
        if !self.elimination.factor(size, &self.regular) {
            return false;
        }
        self.solution.clear();
        self.solution.resize(size, 0.0);
        let mut before = f64::INFINITY;
        for _ in 0..10 {
            let worst = self.residuals(variables, size);
            // Contradictory equations have no solution, and their residual does not shrink.
            if worst <= EXACT || worst >= 0.5 * before || worst.is_nan() {
                break;
            }
            before = worst;
            self.elimination.solve(&mut self.residual);
            add(&mut self.solution, 1.0, &self.residual);
        }
        self.residuals(variables, size) <= SOLVED
    }

    /// Computes the residuals. Returns the greatest, relative to the terms of its equation or to a
    /// part of the greatest terms of its kind: an equation may say that a weight is zero.
    fn residuals(&mut self, variables: usize, size: usize) -> f64 {
        self.residual.clear();
        self.terms.clear();
        for (row, right) in self.matrix.chunks_exact(size).zip(&self.right) {
            let mut residual = *right;
            let mut terms = right.abs();
            for (entry, value) in row.iter().zip(&self.solution) {
                residual -= entry * value;
                terms += (entry * value).abs();
            }
            if residual.is_nan() {
                return f64::NAN;
            }
            self.residual.push(residual);
            self.terms.push(terms);
        }
        let mut worst = 0.0_f64;
        for kind in [0..variables, variables..size] {
            let greatest = self.terms[kind.clone()].iter().copied().fold(0.0, f64::max);
            for at in kind {
                let residual = self.residual[at].abs();
                if residual > 0.0 {
                    worst = worst.max(residual / self.terms[at].max(SMALL * greatest));
                }
            }
        }
        worst
    }

    /// What is most wrong with the solution: limits that are exceeded first, then multipliers.
    fn worst(&mut self, program: &Program, correlations: &[f64]) -> Option<Change> {
        self.worst_excess(program)
            .or_else(|| self.worst_multiplier(program, correlations))
    }

    fn weight(&self, program: &Program, i: usize) -> f64 {
        match self.fixed[i] {
            Some(weight) => weight,
            None => program.units[i] * self.x[i] / self.extra,
        }
    }

    fn worst_excess(&self, program: &Program) -> Option<Change> {
        let mut worst = PRIMAL;
        let mut change = None;
        let mut consider = |excess: f64, what: Change| {
            if excess > worst {
                worst = excess;
                change = Some(what);
            }
        };
        for &i in &self.free {
            let weight = self.weight(program, i);
            let (lower, upper) = (program.lower[i], program.upper[i]);
            consider(lower - weight, Change::Fix(i, lower));
            consider(weight - upper, Change::Fix(i, upper));
            for (family, kinks) in program.kinks.iter().enumerate() {
                if kinks.is_used && self.counts(program, family) {
                    let centre = kinks.centres[i];
                    let beyond = (centre - weight) * self.sides[family][i];
                    consider(beyond, Change::Fix(i, centre));
                }
            }
        }
        for (row, form) in program.rows.iter().enumerate() {
            if self.active[row] {
                continue;
            }
            let level = match program.extra {
                Extra::Scale => form.level,
                _ => form.limit,
            };
            let mut sum = 0.0;
            for i in 0..program.assets {
                let weight = self.weight(program, i);
                sum += match form.kinks {
                    Some(family) => (weight - program.kinks[family].centres[i]).abs(),
                    None => weight / program.units[i] * program.row(row)[i],
                };
            }
            consider(sum - level, Change::Toggle(row));
        }
        change
    }

    /// Whether a family of kinks bends the objective or an active limit.
    fn counts(&self, program: &Program, family: usize) -> bool {
        let is_limited = |(row, form): (usize, &super::program::Row)| {
            form.kinks == Some(family) && self.active[row]
        };
        program.kinks[family].price > 0.0 || program.rows.iter().enumerate().any(is_limited)
    }

    fn worst_multiplier(&mut self, program: &Program, correlations: &[f64]) -> Option<Change> {
        let n = program.assets;
        // The gradient without kinks, and the size of its terms.
        multiply(program, correlations, &self.x, &mut self.bent);
        let mut slopes = [program.kinks[TURNOVER].price, 0.0];
        for (row, form) in program.rows.iter().enumerate() {
            if let Some(family) = form.kinks {
                slopes[family] += self.multipliers[row];
            }
        }
        let mut worst = 1.0;
        let mut change = None;
        for i in 0..n {
            let Some(weight) = self.fixed[i] else {
                continue;
            };
            let mut gradient = self.bent[i] + program.linear[i];
            let mut size = 0.0;
            for j in 0..n {
                size += (program.curvature * correlations[i * n + j] * self.x[j]).abs();
            }
            size += program.linear[i].abs();
            for (row, form) in program.rows.iter().enumerate() {
                if form.kinks.is_none() {
                    let term = self.multipliers[row] * program.row(row)[i];
                    gradient += term;
                    size += term.abs();
                }
            }
            // What the gradient has to lie between, per unit of weight.
            let unit = program.units[i];
            let gradient = -gradient / unit;
            let mut least = 0.0;
            let mut most = 0.0;
            for family in [TURNOVER, GROSS] {
                let kinks = &program.kinks[family];
                if !kinks.is_used {
                    continue;
                }
                let slope = slopes[family];
                size += slope.abs() * unit;
                let distance = weight - kinks.centres[i];
                least += if distance > 0.0 { slope } else { -slope };
                most += if distance < 0.0 { -slope } else { slope };
            }
            if weight == program.lower[i] {
                least = f64::NEG_INFINITY;
            }
            if weight == program.upper[i] {
                most = f64::INFINITY;
            }
            let tolerance = DUAL * (size / unit).max(f64::MIN_POSITIVE);
            if (gradient - most) / tolerance > worst {
                worst = (gradient - most) / tolerance;
                change = Some(Change::Release(i, 1.0));
            }
            if (least - gradient) / tolerance > worst {
                worst = (least - gradient) / tolerance;
                change = Some(Change::Release(i, -1.0));
            }
        }
        let scale = self
            .multipliers
            .iter()
            .fold(0.0_f64, |max, m| max.max(m.abs()));
        for (row, form) in program.rows.iter().enumerate() {
            let excess = -self.multipliers[row] / (DUAL * scale.max(f64::MIN_POSITIVE));
            if self.active[row] && !form.is_equality && excess > worst {
                worst = excess;
                change = Some(Change::Toggle(row));
            }
        }
        change
    }

    fn apply(&mut self, change: Change, program: &Program) {
        match change {
            Change::Fix(i, weight) => self.fixed[i] = Some(weight),
            Change::Toggle(row) => self.active[row] = !self.active[row],
            Change::Release(i, direction) => {
                let weight = self.fixed[i].take().unwrap_or(0.0);
                for (family, kinks) in program.kinks.iter().enumerate() {
                    if kinks.is_used {
                        let distance = weight - kinks.centres[i];
                        self.sides[family][i] = if distance == 0.0 {
                            direction
                        } else {
                            distance.signum()
                        };
                    }
                }
            }
        }
    }

    fn write(&self, program: &Program, weights: &mut [f64]) {
        for (i, place) in weights.iter_mut().enumerate() {
            *place = self.weight(program, i);
        }
    }
}

/// `Px`.
fn multiply(program: &Program, correlations: &[f64], x: &[f64], product: &mut Vec<f64>) {
    let n = program.assets;
    product.clear();
    product.resize(n, 0.0);
    for (row, x) in correlations.chunks_exact(n).zip(x) {
        if *x != 0.0 {
            add(product, program.curvature * x, row);
        }
    }
}
