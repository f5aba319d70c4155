//! What weights have to keep.

use crate::conflict::Conflict;
use crate::failure::Failure;

/// What weights have to keep, as plain data. An infinite number stands for no limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraints {
    /// The least weight of each asset: 0 forbids to sell short, `-INFINITY` allows all.
    pub lower: Vec<f64>,
    /// The greatest weight of each asset.
    pub upper: Vec<f64>,
    /// Limits of sums.
    pub groups: Vec<Group>,
    /// The sum of all weights: 1 is fully invested.
    pub net: f64,
    /// The greatest sum of absolute weights.
    pub gross: f64,
    /// The greatest sum of absolute changes of weights, purchases and sales together.
    pub turnover_limit: f64,
    /// What the objective loses per unit of the sum of absolute changes of weights, in units of the
    /// objective: per period, so that a fee of 0.001 paid every 21 periods is 0.001/21.
    pub turnover_penalty: f64,
}

/// Assets whose weights together stay between two limits. Groups may overlap.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The assets, each once.
    pub members: Vec<usize>,
    /// The least sum of their weights.
    pub lower: f64,
    /// The greatest sum of their weights.
    pub upper: f64,
}

/// Sums of bounds differ from what they should be by rounding.
const ROUNDING: f64 = 1e-12;

impl Constraints {
    /// Fully invested, nothing sold short, no other limit.
    pub fn long_only(assets: usize) -> Self {
        Self {
            lower: vec![0.0; assets],
            upper: vec![f64::INFINITY; assets],
            groups: Vec::new(),
            net: 1.0,
            gross: f64::INFINITY,
            turnover_limit: f64::INFINITY,
            turnover_penalty: 0.0,
        }
    }

    /// Fully invested, with short positions of any size.
    pub fn long_short(assets: usize) -> Self {
        Self {
            lower: vec![f64::NEG_INFINITY; assets],
            ..Self::long_only(assets)
        }
    }

    /// Whether turnover is limited or penalised, so that current weights are needed.
    pub fn has_turnover(&self) -> bool {
        self.turnover_limit < f64::INFINITY || self.turnover_penalty > 0.0
    }

    /// What a method that chooses weights without a solver cannot keep; `None` for
    /// [`long_only`](Self::long_only) weights of any net exposure.
    pub(crate) fn beyond_long_only(&self) -> Option<&'static str> {
        if self.lower.iter().any(|lower| *lower > 0.0) {
            Some("lower bounds")
        } else if self.upper.iter().any(|upper| *upper < self.net) {
            Some("upper bounds")
        } else if !self.groups.is_empty() {
            Some("groups")
        } else if self.gross < self.net {
            Some("limit of gross exposure below the net exposure")
        } else if self.turnover_limit < f64::INFINITY {
            Some("turnover limit")
        } else if self.turnover_penalty > 0.0 {
            Some("turnover penalty")
        } else if self.net <= 0.0 {
            Some("net exposure of zero or less")
        } else {
            None
        }
    }

    /// Whether there is no limit but the net exposure.
    pub(crate) fn are_free(&self) -> bool {
        self.lower.iter().all(|lower| *lower == f64::NEG_INFINITY)
            && self.upper.iter().all(|upper| *upper == f64::INFINITY)
            && self.groups.is_empty()
            && self.gross == f64::INFINITY
            && !self.has_turnover()
    }

    /// Whether weights keep every constraint up to rounding.
    pub fn are_kept(&self, weights: &[f64], current: &[f64]) -> bool {
        self.greatest_violation(weights, current) <= ROUNDING
    }

    /// By how much weights violate a constraint: the greatest excess, 0 if all are kept.
    pub fn greatest_violation(&self, weights: &[f64], current: &[f64]) -> f64 {
        let mut sum = 0.0;
        let mut gross = 0.0;
        let mut worst = 0.0_f64;
        for (i, weight) in weights.iter().enumerate() {
            sum += weight;
            gross += weight.abs();
            worst = worst
                .max(self.lower[i] - weight)
                .max(weight - self.upper[i]);
        }
        worst = worst.max((sum - self.net).abs()).max(gross - self.gross);
        for group in &self.groups {
            let sum: f64 = group.members.iter().map(|member| weights[*member]).sum();
            worst = worst.max(group.lower - sum).max(sum - group.upper);
        }
        if self.turnover_limit < f64::INFINITY {
            let changes = weights.iter().zip(current).map(|(w, c)| (w - c).abs());
            worst = worst.max(changes.sum::<f64>() - self.turnover_limit);
        }
        worst
    }

    /// Checks the numbers, then whether the constraints contradict each other in a way that can be
    /// seen without a solver.
    pub(crate) fn check(&self, assets: usize, current: &[f64]) -> Result<(), Failure> {
        self.check_numbers(assets, current)?;
        self.check_bounds()?;
        for (group, limits) in self.groups.iter().enumerate() {
            self.check_group(group, limits)?;
        }
        if self.turnover_limit < f64::INFINITY {
            let needed = self.least_turnover(current);
            if needed > self.turnover_limit + ROUNDING {
                return Err(Failure::Infeasible(Conflict::TurnoverTooSmall {
                    limit: self.turnover_limit,
                    needed,
                }));
            }
        }
        Ok(())
    }

    fn check_numbers(&self, assets: usize, current: &[f64]) -> Result<(), Failure> {
        for (what, found) in [
            ("lower bounds", self.lower.len()),
            ("upper bounds", self.upper.len()),
        ] {
            if found != assets {
                return Err(Failure::WrongLength {
                    what,
                    expected: assets,
                    found,
                });
            }
        }
        let bad = |what, asset, value| Err(Failure::NotFinite { what, asset, value });
        for (asset, &lower) in self.lower.iter().enumerate() {
            if lower.is_nan() || lower == f64::INFINITY {
                return bad("lower bounds", asset, lower);
            }
        }
        for (asset, &upper) in self.upper.iter().enumerate() {
            if upper.is_nan() || upper == f64::NEG_INFINITY {
                return bad("upper bounds", asset, upper);
            }
        }
        let setting = |name, value, rule| Err(Failure::Setting { name, value, rule });
        if !self.net.is_finite() {
            return setting("the net exposure", self.net, "a finite number");
        }
        if self.gross.is_nan() || self.gross < 0.0 {
            return setting("the limit of gross exposure", self.gross, "0 or more");
        }
        if self.turnover_limit.is_nan() || self.turnover_limit < 0.0 {
            return setting("the turnover limit", self.turnover_limit, "0 or more");
        }
        if !(self.turnover_penalty >= 0.0 && self.turnover_penalty.is_finite()) {
            return setting("the turnover penalty", self.turnover_penalty, "0 or more");
        }
        for group in &self.groups {
            if group.lower.is_nan() || group.lower == f64::INFINITY {
                return setting("the lower limit of a group", group.lower, "a finite number");
            }
            if group.upper.is_nan() || group.upper == f64::NEG_INFINITY {
                return setting("the upper limit of a group", group.upper, "a finite number");
            }
            for (at, &member) in group.members.iter().enumerate() {
                if member >= assets || group.members[..at].contains(&member) {
                    let rule = "an asset that the group names once";
                    return setting("a member of a group", member as f64, rule);
                }
            }
        }
        if self.has_turnover() {
            if current.len() != assets {
                return Err(Failure::WrongLength {
                    what: "current weights",
                    expected: assets,
                    found: current.len(),
                });
            }
            if let Some(asset) = current.iter().position(|weight| !weight.is_finite()) {
                return bad("current weights", asset, current[asset]);
            }
        }
        Ok(())
    }

    fn check_bounds(&self) -> Result<(), Failure> {
        let infeasible = |conflict| Err(Failure::Infeasible(conflict));
        for (asset, (&lower, &upper)) in self.lower.iter().zip(&self.upper).enumerate() {
            if lower > upper {
                return infeasible(Conflict::Bounds {
                    asset,
                    lower,
                    upper,
                });
            }
        }
        let net = self.net;
        let sum: f64 = self.lower.iter().sum();
        if sum > net + ROUNDING {
            return infeasible(Conflict::LowerAboveNet { sum, net });
        }
        let sum: f64 = self.upper.iter().sum();
        if sum < net - ROUNDING {
            return infeasible(Conflict::UpperBelowNet { sum, net });
        }
        if self.gross < net.abs() - ROUNDING {
            return infeasible(Conflict::GrossBelowNet {
                gross: self.gross,
                net,
            });
        }
        Ok(())
    }

    fn check_group(&self, group: usize, limits: &Group) -> Result<(), Failure> {
        let infeasible = |conflict| Err(Failure::Infeasible(conflict));
        let &Group { lower, upper, .. } = limits;
        if lower > upper {
            return infeasible(Conflict::GroupBounds {
                group,
                lower,
                upper,
            });
        }
        let most: f64 = limits.members.iter().map(|i| self.upper[*i]).sum();
        if most < lower - ROUNDING {
            return infeasible(Conflict::GroupOutOfReach { group, lower, most });
        }
        let least: f64 = limits.members.iter().map(|i| self.lower[*i]).sum();
        if least > upper + ROUNDING {
            return infeasible(Conflict::GroupOverfull {
                group,
                upper,
                least,
            });
        }
        Ok(())
    }

    /// The least turnover with which bounds and net exposure can be kept: into the bounds first,
    /// then as much as the sum is still off.
    fn least_turnover(&self, current: &[f64]) -> f64 {
        let mut turnover = 0.0;
        let mut sum = 0.0;
        for (i, &weight) in current.iter().enumerate() {
            let nearest = weight.max(self.lower[i]).min(self.upper[i]);
            turnover += (nearest - weight).abs();
            sum += nearest;
        }
        turnover + (sum - self.net).abs()
    }
}
