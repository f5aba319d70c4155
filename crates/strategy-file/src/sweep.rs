//! The values that keys take in a sweep. Trial *i* follows from the file and *i* alone.

mod axis;
mod points;
mod reading;

pub use axis::{Axis, AxisKind, AxisValue};

use crate::choices::Sampler;
use crate::expression::Expression;
use crate::overrides::Override;
use crate::problem::{Place, Problem, Problems};
use statistics::random::{below, mix_all};

/// The largest number of trials: beyond it, a trial's number is no exact double.
pub const MOST_TRIALS: u64 = 1 << 53;

/// Trials whose constraint is looked at one by one; of more, a sample is.
const MOST_SCANNED: u64 = 10_000_000;

const NO_TRIAL: &str = "the constraint leaves no trial";

/// The `[sweep]` table of a document: axes, and which of their points are trials.
#[derive(Clone, Debug)]
pub struct Space {
    axes: Vec<Axis>,
    /// Positions of axes, a whole table before the keys in it.
    order: Vec<usize>,
    sampler: Sampler,
    n_numbers: u64,
    seed: u64,
    constraint: Option<(Expression, Place)>,
}

/// How many trials a constraint leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrialCount {
    /// Counted.
    Exact(u64),
    /// From a sample.
    About(u64),
}

impl Space {
    /// The axes, in the order of the text.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// How trials are chosen.
    pub fn sampler(&self) -> Sampler {
        self.sampler
    }

    /// What the draws depend on besides the trial's number.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Trials have the numbers below this one; a constraint may leave some out.
    pub fn n_numbers(&self) -> u64 {
        self.n_numbers
    }

    /// Whether some of the numbers may have no trial.
    pub fn leaves_numbers_out(&self) -> bool {
        self.constraint.is_some() && self.sampler != Sampler::Random
    }

    /// How many trials there are.
    ///
    /// # Errors
    ///
    /// The constraint, when it leaves none.
    pub fn count(&self) -> Result<TrialCount, Problems> {
        let Some((_, place)) = &self.constraint else {
            return Ok(TrialCount::Exact(self.n_numbers));
        };
        let mut positions = Vec::new();
        let mut scanned = 0;
        let mut found = 0;
        let count = if self.sampler == Sampler::Random {
            scanned = 1;
            found = u64::from(self.point(0, &mut positions));
            TrialCount::Exact(self.n_numbers)
        } else if self.n_numbers <= MOST_SCANNED {
            scanned += self.n_numbers;
            found += (0..self.n_numbers)
                .filter(|trial| self.point(*trial, &mut positions))
                .count() as u64;
            TrialCount::Exact(found)
        } else if let Some(counted) = self.counted_on_its_axes(MOST_SCANNED) {
            scanned = self.n_numbers;
            found = counted;
            TrialCount::Exact(found)
        } else {
            // Numbers at random: equal steps could fall in with the axes' own periods.
            const SAMPLE: u64 = 1_000_000;
            for i in 0..SAMPLE {
                let trial = below(self.n_numbers, mix_all([self.seed, i]));
                scanned += 1;
                found += u64::from(self.point(trial, &mut positions));
            }
            let share = found as f64 / SAMPLE as f64;
            TrialCount::About((share * self.n_numbers as f64).round() as u64)
        };
        if found > 0 {
            return Ok(count);
        }
        let (message, label) = match self.sampler {
            Sampler::Random => (NO_TRIAL, "no draw meets this".to_owned()),
            _ if scanned < self.n_numbers => (
                "no trial was found that meets the constraint",
                format!(
                    "none of {scanned} points meets this, drawn at random of {}",
                    self.n_numbers
                ),
            ),
            _ => (NO_TRIAL, "no point meets this".to_owned()),
        };
        let problem = Problem::new(place, message, label);
        Err(problem
            .help("widen the axes, or loosen `sweep.where`")
            .into())
    }

    /// The overrides that make a trial of the document, for a point's positions on the axes.
    pub fn settings(&self, positions: &[u64]) -> Vec<Override> {
        (self.order.iter())
            .map(|&axis| self.axes[axis].setting(positions[axis]))
            .collect()
    }
}
