//! The stationary bootstrap: resampled series that keep the dependence between neighbours.

use crate::random::SplitMix64;

/// Which observations each resampled series consists of.
#[derive(Clone, Debug)]
pub struct Resamples {
    n: usize,
    /// From here to below there, one stretch of neighbours after another.
    runs: Vec<(u32, u32)>,
    /// Where the runs of each series end.
    ends: Vec<usize>,
}

impl Resamples {
    /// The stationary bootstrap of Politis and Romano (1994): stretches of geometric length that
    /// begin anywhere; after the last observation comes the first.
    ///
    /// * `n`: observations, at least 1 and below 2³².
    /// * `mean_block`: the mean length of a stretch, at least 1.
    pub fn stationary(seed: u64, n: usize, draws: usize, mean_block: f64) -> Resamples {
        let mut random = SplitMix64::new(seed);
        let new_stretch = 1.0 / mean_block;
        let mut runs = Vec::new();
        let mut ends = Vec::with_capacity(draws);
        for _ in 0..draws {
            let mut start = random.below(n as u64) as u32;
            let mut end = start + 1;
            for _ in 1..n {
                if random.uniform() < new_stretch {
                    runs.push((start, end));
                    start = random.below(n as u64) as u32;
                    end = start + 1;
                } else if end as usize == n {
                    runs.push((start, end));
                    (start, end) = (0, 1);
                } else {
                    end += 1;
                }
            }
            runs.push((start, end));
            ends.push(runs.len());
        }
        Resamples { n, runs, ends }
    }

    /// How many resampled series.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Observations in each.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The stretches of one series: from an observation to below another.
    pub fn runs(&self, draw: usize) -> &[(u32, u32)] {
        let start = if draw == 0 { 0 } else { self.ends[draw - 1] };
        &self.runs[start..self.ends[draw]]
    }

    /// The observations of one series, in order.
    pub fn indices(&self, draw: usize) -> impl Iterator<Item = usize> {
        let runs = self.runs(draw).iter();
        runs.flat_map(|(start, end)| *start as usize..*end as usize)
    }
}

/// Lengths of a geometric distribution, looked up: a stretch costs one number and not one for each
/// observation.
pub(crate) struct Lengths {
    /// How likely a stretch is longer than one, than two, ...: in 2⁻⁶⁴.
    longer: Vec<u64>,
    /// The lengths less one that 64 bits have at least, by the highest eight of them.
    at_least: [u32; 256],
}

impl Lengths {
    pub(crate) fn geometric(mean: f64) -> Lengths {
        let goes_on = 1.0 - 1.0 / mean;
        let powers = std::iter::successors(Some(goes_on), |power| Some(power * goes_on));
        // Converted with saturation: below one part in 2⁶⁴ it is never.
        let parts = powers.map(|power| (power * 18_446_744_073_709_551_616.0) as u64);
        let longer: Vec<u64> = parts.take_while(|parts| *parts > 0).collect();
        let highest = |byte: usize| (byte as u64) << 56 | ((1 << 56) - 1);
        let at_least = |byte| longer.partition_point(|longer| highest(byte) < *longer) as u32;
        Lengths {
            at_least: std::array::from_fn(at_least),
            longer,
        }
    }

    pub(crate) fn of(&self, bits: u64) -> usize {
        let at_least = self.at_least[(bits >> 56) as usize] as usize;
        let more = self.longer[at_least..].iter();
        1 + at_least + more.take_while(|longer| bits < **longer).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_geometric() {
        for mean in [1.0, 5.0, 31.7] {
            let (lengths, mut random) = (Lengths::geometric(mean), SplitMix64::new(7));
            let n = 100_000;
            let drawn: Vec<usize> = (0..n).map(|_| lengths.of(random.bits())).collect();
            for longer in [0, 1, 2, 5, 40] {
                let share = drawn.iter().filter(|length| **length > longer).count() as f64;
                let expected = libm::pow(1.0 - 1.0 / mean, longer as f64);
                // Five standard errors of a share.
                assert!(
                    (share / f64::from(n) - expected).abs() < 0.008,
                    "{mean} {longer}"
                );
            }
        }
    }
}
