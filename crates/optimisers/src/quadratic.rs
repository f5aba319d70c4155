//! Quadratic programs under constraints.

mod active_set;
mod interior_point;
mod program;

use active_set::ActiveSet;
use interior_point::{ITERATIONS, InteriorPoint};
use program::Program;

use crate::conflict::Conflict;
use crate::failure::Failure;
use crate::linear::dot;
use crate::problem::Problem;

pub(crate) use program::Objective;

/// Residuals up to which an optimum counts that the active set could not finish, as where there are
/// many optima.
const ACCEPTABLE: f64 = 1e-9;

/// How near to the optimum the answer to a question of yes or no has to be.
const ROUGH: f64 = 1e-6;

/// The multiplier from which on a constraint is part of a conflict; those of limits sum to 1.
const INVOLVED: f64 = 1e-6;

/// An excess over limits that is more than rounding.
const EXCESS: f64 = 1e-9;

/// The variance of a portfolio without risk, relative to that of its positions.
const RISKLESS: f64 = 1e-12;

/// By how much limits are widened where they leave a single point.
const RELAXED: f64 = 1e-8;

/// Weights beyond this have no end.
const INFINITE: f64 = 1e9;

/// Solves quadratic programs: an interior-point method finds which constraints hold with equality,
/// an active set finishes.
#[derive(Debug, Default)]
pub(crate) struct Quadratic {
    program: Program,
    interior: InteriorPoint,
    active: ActiveSet,
}

impl Quadratic {
    /// Writes the optimal weights.
    ///
    /// # Errors
    ///
    /// Constraints that exclude each other, by name; a ratio without a portfolio whose numerator is
    /// positive; an optimum with infinite positions.
    pub(crate) fn solve(
        &mut self,
        problem: &Problem<'_>,
        objective: Objective<'_>,
        weights: &mut [f64],
    ) -> Result<(), Failure> {
        let is_solved = self.attempt(problem, objective, 0.0, weights);
        if matches!(objective, Objective::Ratio { .. }) && self.is_riskless() {
            return Err(Failure::ZeroRisk);
        }
        if is_solved {
            return Ok(());
        }
        let is_infinite = self.interior.x.iter().any(|x| x.abs() > INFINITE);
        self.check_feasible(problem)?;
        if let Objective::Ratio { numerator } = objective {
            self.check_numerator(problem, numerator, weights)?;
        }
        if self.attempt(problem, objective, RELAXED, weights) {
            return Ok(());
        }
        Err(match is_infinite {
            true => Failure::Unbounded,
            false => Failure::NoConvergence {
                iterations: ITERATIONS,
            },
        })
    }

    /// Whether the risks of all positions cancel.
    fn is_riskless(&self) -> bool {
        let gross: f64 = self.interior.x[..self.program.assets]
            .iter()
            .map(|x| x.abs())
            .sum();
        self.interior.variance() <= RISKLESS * gross * gross
    }

    fn attempt(
        &mut self,
        problem: &Problem<'_>,
        objective: Objective<'_>,
        relaxed: f64,
        weights: &mut [f64],
    ) -> bool {
        self.run(problem, objective, relaxed);
        if relaxed > 0.0 {
            self.set(problem, objective, 0.0);
        }
        let correlations = problem.covariance.correlations();
        if self
            .active
            .finish(&self.program, correlations, &self.interior, weights)
        {
            return true;
        }
        let is_near = self.interior.distance <= ACCEPTABLE;
        if relaxed > 0.0 || !is_near {
            return false;
        }
        self.write(weights);
        let constraints = problem.constraints;
        constraints.greatest_violation(weights, problem.current) <= ACCEPTABLE
    }

    fn set(&mut self, problem: &Problem<'_>, objective: Objective<'_>, relaxed: f64) {
        self.program.set(
            problem.covariance,
            objective,
            problem.constraints,
            problem.current,
            relaxed,
        );
    }

    fn run(&mut self, problem: &Problem<'_>, objective: Objective<'_>, relaxed: f64) {
        self.set(problem, objective, relaxed);
        let correlations = problem.covariance.correlations();
        self.interior.solve(&self.program, correlations);
    }

    /// Writes the weights to which the interior-point method came, within their bounds.
    fn write(&self, weights: &mut [f64]) {
        let unit = self.interior.unit(&self.program);
        for (i, weight) in weights.iter_mut().enumerate() {
            let own = self.program.units[i] * self.interior.x[i] / unit;
            *weight = own.max(self.program.lower[i]).min(self.program.upper[i]);
        }
    }

    /// Finds out whether some weights keep the constraints, and if not, which of them are in each
    /// other's way: those with a multiplier in the program that exceeds them least.
    fn check_feasible(&mut self, problem: &Problem<'_>) -> Result<(), Failure> {
        self.run(problem, Objective::Excess, 0.0);
        let excess = self.interior.x[problem.assets()];
        let is_solved = self.interior.distance <= ROUGH;
        if !is_solved || excess <= EXCESS {
            return Ok(());
        }
        let mut constraints = Vec::new();
        for (i, bound) in self.program.bounds.iter().enumerate() {
            if self.interior.of_bound(i).1 > INVOLVED {
                constraints.extend(bound.constraint);
            }
        }
        for (i, row) in self.program.rows.iter().enumerate() {
            if self.interior.of_row(i).1 > INVOLVED {
                constraints.extend(row.constraint);
            }
        }
        Err(Failure::Infeasible(Conflict::Together { constraints }))
    }

    /// Finds out whether some weights that keep the constraints have a positive numerator.
    fn check_numerator(
        &mut self,
        problem: &Problem<'_>,
        numerator: &[f64],
        weights: &mut [f64],
    ) -> Result<(), Failure> {
        self.run(problem, Objective::Numerator { numerator }, 0.0);
        let is_solved = self.interior.distance <= ROUGH;
        if !is_solved {
            return Ok(());
        }
        self.write(weights);
        let best = dot(numerator, weights);
        let size = numerator.iter().fold(0.0_f64, |max, a| max.max(a.abs()));
        if best <= 1e-9 * size {
            return Err(Failure::NoPositiveExcessReturn { best });
        }
        Ok(())
    }
}
