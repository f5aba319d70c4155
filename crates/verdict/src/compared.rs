//! The trials of a sweep that can be compared day by day.

use sweep::Sweep;

use crate::residuals::Residuals;
use crate::samples::Sample;
use crate::union::Union;

/// The trials over the same sessions as the best one.
pub(crate) struct Compared<'a> {
    pub(crate) sweep: &'a Sweep,
    pub(crate) threads: usize,
    /// Returns of each trial.
    pub(crate) n: usize,
    pub(crate) per_year: f64,
    pub(crate) best: &'a Sample,
    /// Trials over the same sessions, in the order of their numbers.
    pub(crate) trials: Vec<&'a Sample>,
    /// What is left of them beyond their yardsticks.
    pub(crate) residuals: Residuals<'a>,
    /// The trials of other sweeps on the same history.
    pub(crate) elsewhere: &'a Union,
}
