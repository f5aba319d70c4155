//! Which point of the axes a trial is: by arithmetic on its number, never by a list.

use super::{Sampler, Space};

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
                    *position = below(axis.n_values(), &[self.seed, trial, number, attempt]);
                }
                self.is_allowed(positions)
            }),
        }
    }

    fn is_allowed(&self, positions: &[u64]) -> bool {
        let value = |axis: usize| self.axes[axis].operand(positions[axis]);
        (self.constraint.as_ref()).is_none_or(|(condition, _)| condition.holds(&value))
    }
}

/// A number below `n` that follows from `counters` and looks drawn.
pub(super) fn below(n: u64, counters: &[u64]) -> u64 {
    let bits = counters.iter().fold(0, |bits, counter| mix(bits ^ counter));
    // The upper half of the product: no remainder, and a bias of at most n / 2^64.
    ((u128::from(bits) * u128::from(n)) >> 64) as u64
}

/// One step of SplitMix64 (Steele, Lea and Flood, 2014): a bijection that changes half of the bits
/// when one bit of its argument changes.
fn mix(bits: u64) -> u64 {
    let bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
