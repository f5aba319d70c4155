//! A quadratic program in the form that the solvers read.

use crate::conflict::Constraint;
use crate::constraints::Constraints;
use crate::covariance::Covariance;

/// What is optimised.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Objective<'a> {
    /// `min w'Sw + κ Σ|w_i - c_i|`.
    Variance,
    /// `max m'w - (λ/2) w'Sw - κ Σ|w_i - c_i|`.
    Utility {
        /// `m`.
        expected: &'a [f64],
        /// λ.
        risk_aversion: f64,
    },
    /// `max a'w / sqrt(w'Sw)`, by Charnes and Cooper: `min y'Sy` with `a'y = 1` and `w = y/k`.
    Ratio {
        /// `a`.
        numerator: &'a [f64],
    },
    /// `max a'w`, a linear program.
    Numerator {
        /// `a`.
        numerator: &'a [f64],
    },
    /// The least excess over the limits of sums: zero if the constraints can be kept.
    Excess,
}

/// What the variable after the assets stands for, if there is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Extra {
    #[default]
    None,
    /// `k`: weights are the variables divided by it.
    Scale,
    /// By how much the limits of sums may be exceeded.
    Excess,
}

/// The limit `factor · x_variable + extra · e <= limit`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    pub(crate) variable: usize,
    pub(crate) factor: f64,
    pub(crate) extra: f64,
    pub(crate) limit: f64,
    pub(crate) constraint: Option<Constraint>,
}

/// The limit of a sum over assets: `a'x + extra · e <= limit`, or `=`. The sum may instead run over
/// the absolute values of one family of kinks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) extra: f64,
    pub(crate) limit: f64,
    /// What the limit is of each unit of `e`, where `e` scales the weights, and else the limit.
    pub(crate) level: f64,
    pub(crate) is_equality: bool,
    pub(crate) kinks: Option<usize>,
    pub(crate) constraint: Option<Constraint>,
}

/// Absolute differences `|w_i - centre_i|` that are limited or have a price.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kinks {
    pub(crate) is_used: bool,
    pub(crate) centres: Vec<f64>,
    /// The price of each unit, in units of the scaled objective.
    pub(crate) price: f64,
}

/// The two families of kinks.
pub(crate) const TURNOVER: usize = 0;
pub(crate) const GROSS: usize = 1;

/// A quadratic program, scaled.
///
/// The variables are `x_i = w_i s_i / σ` (times `k`), where σ is the least volatility: so the
/// quadratic form is the correlation matrix times [`curvature`](Self::curvature), whatever the units
/// of the assets are. Limits stay in units of weights.
#[derive(Clone, Debug, Default)]
pub(crate) struct Program {
    pub(crate) assets: usize,
    pub(crate) extra: Extra,
    /// `w_i = units_i x_i`.
    pub(crate) units: Vec<f64>,
    pub(crate) curvature: f64,
    /// The mean variance of the assets in units of the least positive one.
    pub(crate) typical_variance: f64,
    /// The linear objective, with a place for the extra variable.
    pub(crate) linear: Vec<f64>,
    /// The bounds of weights.
    pub(crate) lower: Vec<f64>,
    pub(crate) upper: Vec<f64>,
    pub(crate) bounds: Vec<Bound>,
    pub(crate) rows: Vec<Row>,
    /// The factors of the rows, `assets` for each.
    pub(crate) factors: Vec<f64>,
    pub(crate) kinks: [Kinks; 2],
}

impl Program {
    /// How many variables there are.
    pub(crate) fn variables(&self) -> usize {
        self.assets + usize::from(self.extra != Extra::None)
    }

    /// The factors of a row.
    pub(crate) fn row(&self, row: usize) -> &[f64] {
        &self.factors[row * self.assets..(row + 1) * self.assets]
    }

    /// Sets the program up. Limits are widened by `relaxed`, which gives constraints that leave a
    /// single point an interior.
    pub(crate) fn set(
        &mut self,
        covariance: &Covariance,
        objective: Objective<'_>,
        constraints: &Constraints,
        current: &[f64],
        relaxed: f64,
    ) {
        let n = covariance.assets();
        self.assets = n;
        self.extra = match objective {
            Objective::Ratio { .. } => Extra::Scale,
            Objective::Excess => Extra::Excess,
            _ => Extra::None,
        };
        self.lower.clone_from(&constraints.lower);
        self.upper.clone_from(&constraints.upper);
        let is_linear = matches!(objective, Objective::Numerator { .. } | Objective::Excess);
        let least = self.set_units(covariance.volatilities(), is_linear);
        let has_price = matches!(objective, Objective::Variance | Objective::Utility { .. })
            && constraints.turnover_penalty > 0.0;
        self.set_kinks(constraints, current, has_price);
        self.set_objective(objective, least, constraints.turnover_penalty);
        self.set_bounds(relaxed);
        self.set_rows(objective, constraints, relaxed);
    }

    /// Linear programs stay in units of weights. Returns the least positive volatility.
    fn set_units(&mut self, volatilities: &[f64], is_linear: bool) -> f64 {
        let positive = volatilities.iter().copied().filter(|v| *v > 0.0);
        let least = positive.fold(f64::INFINITY, f64::min);
        let least = if least.is_finite() { least } else { 1.0 };
        self.units.clear();
        self.typical_variance = 0.0;
        for volatility in volatilities {
            let is_scaled = *volatility > 0.0 && !is_linear;
            self.units
                .push(if is_scaled { least / volatility } else { 1.0 });
            let ratio = volatility / least;
            self.typical_variance += ratio * ratio / volatilities.len() as f64;
        }
        least
    }

    fn set_kinks(&mut self, constraints: &Constraints, current: &[f64], has_price: bool) {
        let n = self.assets;
        let [turnover, gross] = &mut self.kinks;
        turnover.is_used = has_price || constraints.turnover_limit < f64::INFINITY;
        turnover.price = 0.0;
        turnover.centres.clear();
        if turnover.is_used {
            turnover.centres.extend_from_slice(current);
        }
        gross.is_used = constraints.gross < f64::INFINITY;
        gross.price = 0.0;
        gross.centres.clear();
        gross.centres.resize(n, 0.0);
    }

    fn set_objective(&mut self, objective: Objective<'_>, least: f64, penalty: f64) {
        self.linear.clear();
        self.linear.resize(self.variables(), 0.0);
        let variance = least * least;
        // `curvature/2 x'Cx + linear'x + price Σ|…|` before the common factor.
        let price = match objective {
            Objective::Variance => {
                self.curvature = 2.0 * variance;
                penalty
            }
            Objective::Utility {
                expected,
                risk_aversion,
            } => {
                self.curvature = risk_aversion * variance;
                self.set_linear(expected);
                penalty
            }
            Objective::Ratio { .. } => {
                self.curvature = 1.0;
                0.0
            }
            Objective::Numerator { numerator } => {
                self.curvature = 0.0;
                self.set_linear(numerator);
                0.0
            }
            Objective::Excess => {
                self.curvature = 0.0;
                self.linear[self.assets] = 1.0;
                0.0
            }
        };
        let linear = self.linear.iter().fold(price, |max, q| max.max(q.abs()));
        let greatest = linear.max(self.curvature);
        if greatest > 0.0 {
            self.curvature /= greatest;
            self.kinks[TURNOVER].price = price / greatest;
            for linear in &mut self.linear {
                *linear /= greatest;
            }
        }
    }

    fn set_linear(&mut self, gains: &[f64]) {
        let places = self.linear.iter_mut().zip(gains).zip(&self.units);
        for ((linear, gain), unit) in places {
            *linear = -gain * unit;
        }
    }

    fn set_bounds(&mut self, relaxed: f64) {
        self.bounds.clear();
        let scales = self.extra == Extra::Scale;
        let mut push = |variable, factor: f64, level: f64, constraint| {
            let level = level + relaxed;
            self.bounds.push(Bound {
                variable,
                factor,
                extra: if scales { -level } else { 0.0 },
                limit: if scales { 0.0 } else { level },
                constraint: Some(constraint),
            });
        };
        for (i, unit) in self.units.iter().enumerate() {
            if self.lower[i] > f64::NEG_INFINITY {
                push(i, -unit, -self.lower[i], Constraint::Lower(i));
            }
            if self.upper[i] < f64::INFINITY {
                push(i, *unit, self.upper[i], Constraint::Upper(i));
            }
        }
        if self.extra != Extra::None {
            self.bounds.push(Bound {
                variable: self.assets,
                factor: -1.0,
                extra: 0.0,
                limit: 0.0,
                constraint: None,
            });
        }
    }

    fn set_rows(&mut self, objective: Objective<'_>, constraints: &Constraints, relaxed: f64) {
        self.rows.clear();
        self.factors.clear();
        if let Objective::Ratio { numerator } = objective {
            self.push_normalisation(numerator);
        }
        let net = constraints.net;
        if self.extra == Extra::Excess {
            self.push(1.0, None, net, false, Constraint::Net);
            self.push(-1.0, None, -net, false, Constraint::Net);
        } else {
            self.push(1.0, None, net, true, Constraint::Net);
        }
        for (group, limits) in constraints.groups.iter().enumerate() {
            let members = Some(limits.members.as_slice());
            if limits.upper < f64::INFINITY {
                let level = limits.upper + relaxed;
                self.push(1.0, members, level, false, Constraint::GroupUpper(group));
            }
            if limits.lower > f64::NEG_INFINITY {
                let level = relaxed - limits.lower;
                self.push(-1.0, members, level, false, Constraint::GroupLower(group));
            }
        }
        for (kinks, level, constraint) in [
            (TURNOVER, constraints.turnover_limit, Constraint::Turnover),
            (GROSS, constraints.gross, Constraint::Gross),
        ] {
            if level < f64::INFINITY {
                self.push(0.0, None, level + relaxed, false, constraint);
                if let Some(row) = self.rows.last_mut() {
                    row.kinks = Some(kinks);
                }
            }
        }
    }

    fn push(
        &mut self,
        sign: f64,
        members: Option<&[usize]>,
        level: f64,
        is_equality: bool,
        constraint: Constraint,
    ) {
        let start = self.factors.len();
        match members {
            None => self.factors.extend(self.units.iter().map(|u| sign * u)),
            Some(members) => {
                self.factors.resize(start + self.assets, 0.0);
                for &member in members {
                    self.factors[start + member] = sign * self.units[member];
                }
            }
        }
        let (extra, limit) = match self.extra {
            Extra::None => (0.0, level),
            Extra::Scale => (-level, 0.0),
            Extra::Excess => (-1.0, level),
        };
        self.rows.push(Row {
            extra,
            limit,
            level,
            is_equality,
            kinks: None,
            constraint: Some(constraint),
        });
    }

    /// `a'y = 1`, with `a` scaled to a greatest element of 1.
    fn push_normalisation(&mut self, numerator: &[f64]) {
        let start = self.factors.len();
        let factors = numerator.iter().zip(&self.units).map(|(a, unit)| a * unit);
        self.factors.extend(factors);
        let own = &mut self.factors[start..];
        let greatest = own.iter().fold(0.0_f64, |max, a| max.max(a.abs()));
        for factor in own {
            *factor /= greatest;
        }
        self.rows.push(Row {
            extra: 0.0,
            limit: 1.0,
            level: 0.0,
            is_equality: true,
            kinks: None,
            constraint: None,
        });
    }
}
