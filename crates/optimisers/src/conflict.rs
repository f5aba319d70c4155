//! Constraints that exclude each other.

use std::fmt;

/// One of the constraints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// The least weight of an asset.
    Lower(usize),
    /// The greatest weight of an asset.
    Upper(usize),
    /// The least sum of a group.
    GroupLower(usize),
    /// The greatest sum of a group.
    GroupUpper(usize),
    /// The sum of all weights.
    Net,
    /// The limit of gross exposure.
    Gross,
    /// The limit of turnover.
    Turnover,
}

/// Constraints that contradict each other.
#[derive(Clone, Debug, PartialEq)]
pub enum Conflict {
    /// The bounds of an asset exclude each other.
    Bounds {
        /// The asset.
        asset: usize,
        /// Its least weight.
        lower: f64,
        /// Its greatest weight.
        upper: f64,
    },
    /// The least weights sum to more than the net exposure.
    LowerAboveNet {
        /// Their sum.
        sum: f64,
        /// The net exposure.
        net: f64,
    },
    /// The greatest weights sum to less than the net exposure.
    UpperBelowNet {
        /// Their sum.
        sum: f64,
        /// The net exposure.
        net: f64,
    },
    /// Gross exposure cannot be less than net exposure.
    GrossBelowNet {
        /// The limit of gross exposure.
        gross: f64,
        /// The net exposure.
        net: f64,
    },
    /// The limits of a group exclude each other.
    GroupBounds {
        /// The group.
        group: usize,
        /// Its least sum.
        lower: f64,
        /// Its greatest sum.
        upper: f64,
    },
    /// The greatest weights of a group's members sum to less than the group needs.
    GroupOutOfReach {
        /// The group.
        group: usize,
        /// Its least sum.
        lower: f64,
        /// The sum of its members' greatest weights.
        most: f64,
    },
    /// The least weights of a group's members sum to more than the group may have.
    GroupOverfull {
        /// The group.
        group: usize,
        /// Its greatest sum.
        upper: f64,
        /// The sum of its members' least weights.
        least: f64,
    },
    /// More has to be traded to reach the bounds and the net exposure than the limit allows.
    TurnoverTooSmall {
        /// The limit.
        limit: f64,
        /// The least turnover with which bounds and net exposure can be kept.
        needed: f64,
    },
    /// These cannot hold together, though all others can.
    Together {
        /// The constraints.
        constraints: Vec<Constraint>,
    },
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lower(asset) => write!(f, "the lower bound of asset {asset}"),
            Self::Upper(asset) => write!(f, "the upper bound of asset {asset}"),
            Self::GroupLower(group) => write!(f, "the lower limit of group {group}"),
            Self::GroupUpper(group) => write!(f, "the upper limit of group {group}"),
            Self::Net => f.write_str("the net exposure"),
            Self::Gross => f.write_str("the limit of gross exposure"),
            Self::Turnover => f.write_str("the turnover limit"),
        }
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bounds {
                asset,
                lower,
                upper,
            } => write!(
                f,
                "the lower bound {lower} of asset {asset} is above its upper bound {upper}"
            ),
            Self::LowerAboveNet { sum, net } => write!(
                f,
                "the lower bounds sum to {sum}, above the net exposure {net}"
            ),
            Self::UpperBelowNet { sum, net } => write!(
                f,
                "the upper bounds sum to {sum}, below the net exposure {net}"
            ),
            Self::GrossBelowNet { gross, net } => write!(
                f,
                "gross exposure may be {gross} at most, less than the net exposure {net}"
            ),
            Self::GroupBounds {
                group,
                lower,
                upper,
            } => write!(
                f,
                "the lower limit {lower} of group {group} is above its upper limit {upper}"
            ),
            Self::GroupOutOfReach { group, lower, most } => write!(
                f,
                "group {group} needs {lower}, but the upper bounds of its members sum to {most}"
            ),
            Self::GroupOverfull {
                group,
                upper,
                least,
            } => write!(
                f,
                "group {group} may have {upper}, but the lower bounds of its members sum to {least}"
            ),
            Self::TurnoverTooSmall { limit, needed } => write!(
                f,
                "the turnover limit is {limit}, but {needed} has to be traded from the current \
                 weights"
            ),
            Self::Together { constraints } => {
                for (at, constraint) in constraints.iter().enumerate() {
                    let before = match at {
                        0 => "",
                        _ if at + 1 == constraints.len() => " and ",
                        _ => ", ",
                    };
                    write!(f, "{before}{constraint}")?;
                }
                f.write_str(" exclude each other")
            }
        }
    }
}
