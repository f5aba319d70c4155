//! Which point of the axes a trial is: by arithmetic on its number, never by a list.

use statistics::random::{below, mix, mix_all};

use super::Space;
use crate::choices::Sampler;

/// Draws for one trial before it is given up: a constraint that leaves one point of a million is
/// still met.
const MOST_ATTEMPTS: u64 = 10_000_000;

/// What the sampler's crate can do.
pub(super) const MOST_SOBOL_TRIALS: u64 = 1 << 16;
pub(super) const MOST_SOBOL_AXES: usize = sobol_burley::NUM_DIMENSIONS as usize;

impl Space {
    /// Puts the trial's position on each axis into `positions`. False when the number has no trial,
    /// because the constraint excludes it.
    pub fn point(&self, trial: u64, positions: &mut Vec<u64>) -> bool {
        positions.clear();
        positions.resize(self.axes.len(), 0);
        if trial >= self.n_numbers {
            return false;
        }
        match self.sampler {
            Sampler::Grid => {
                let mut rest = trial;
                for (position, axis) in positions.iter_mut().zip(&self.axes).rev() {
                    *position = rest % axis.n_values();
                    rest /= axis.n_values();
                }
                self.is_allowed(positions)
            }
            Sampler::Sobol => {
                let seed = mix(self.seed) as u32;
                for ((axis, position), dimension) in
                    self.axes.iter().zip(positions.iter_mut()).zip(0..)
                {
                    let fraction = sobol_burley::sample(trial as u32, dimension, seed);
                    let n = axis.n_values();
                    *position = ((f64::from(fraction) * n as f64) as u64).min(n - 1);
                }
                self.is_allowed(positions)
            }
            Sampler::Random => (0..MOST_ATTEMPTS).any(|attempt| {
                for ((axis, position), number) in
                    self.axes.iter().zip(positions.iter_mut()).zip(0..)
                {
                    *position = below(
                        axis.n_values(),
                        mix_all([self.seed, trial, number, attempt]),
                    );
                }
                self.is_allowed(positions)
            }),
        }
    }

    /// How many points of the grid meet the constraint, by trying each combination of the axes that it
    /// names: whatever values the others have, it holds or not. `None` when these are more than `most`,
    /// and for other samplers.
    pub(super) fn counted_on_its_axes(&self, most: u64) -> Option<u64> {
        let (condition, _) = self.constraint.as_ref()?;
        if self.sampler != Sampler::Grid {
            return None;
        }
        let named = condition.names();
        let product = |n: u64, axis: &usize| n.checked_mul(self.axes[*axis].n_values());
        let combinations = named.iter().try_fold(1, product);
        let combinations = combinations.filter(|n| *n <= most)?;
        let mut positions = vec![0; self.axes.len()];
        let mut found = 0;
        for combination in 0..combinations {
            let mut rest = combination;
            for &axis in named {
                positions[axis] = rest % self.axes[axis].n_values();
                rest /= self.axes[axis].n_values();
            }
            found += u64::from(self.is_allowed(&positions));
        }
        // All points are no more than a number holds.
        Some(found * (self.n_numbers / combinations.max(1)))
    }

    fn is_allowed(&self, positions: &[u64]) -> bool {
        let value = |axis: usize| self.axes[axis].operand(positions[axis]);
        (self.constraint.as_ref()).is_none_or(|(condition, _)| condition.holds(&value))
    }
}
