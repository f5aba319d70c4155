//! Order statistics.

/// The quantile `p` (0 to 1) of values in increasing order, interpolated linearly between the
/// two nearest at position `(n - 1) p`: type 7 of Hyndman and Fan (1996), NumPy's default, with
/// NumPy's arithmetic. NaN when there are no values.
pub fn quantile(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let position = p * last as f64;
    let below = position.floor();
    let fraction = position - below;
    let low = sorted[below as usize];
    let high = sorted[(below as usize + 1).min(last)];
    let step = high - low;
    if fraction >= 0.5 {
        high - step * (1.0 - fraction)
    } else {
        low + step * fraction
    }
}

/// The lowest and the highest values of a sample, each in increasing order, without sorting what
/// lies between.
pub(crate) struct Tails {
    /// Integers in the order of the values: faster to partition than floats.
    keys: Vec<i64>,
    low: usize,
    high: usize,
}

impl Tails {
    /// The tails from which every quantile up to `share` and from `1 - share` on can be read.
    pub(crate) fn new(values: &[f64], share: f64) -> Tails {
        let mut keys: Vec<i64> = values.iter().map(|&value| key(value)).collect();
        let n = keys.len();
        let kept = ((share * n as f64).ceil() as usize + 2).min(n);
        let high = n.saturating_sub(kept);
        if kept < high {
            keys.select_nth_unstable(kept);
            keys[..kept].sort_unstable();
            let upper = &mut keys[kept..];
            upper.select_nth_unstable(high - kept);
            upper[high - kept..].sort_unstable();
            Tails {
                keys,
                low: kept,
                high,
            }
        } else {
            keys.sort_unstable();
            Tails {
                keys,
                low: n,
                high: 0,
            }
        }
    }

    /// The value at a position of the sorted sample, which must lie in a tail.
    fn at(&self, position: usize) -> f64 {
        debug_assert!(position < self.low || position >= self.high);
        value(self.keys[position])
    }

    /// As [`quantile`], for a `p` in a tail.
    pub(crate) fn quantile(&self, p: f64) -> f64 {
        let position = p * (self.keys.len() - 1) as f64;
        let below = position.floor() as usize;
        let above = (below + 1).min(self.keys.len() - 1);
        quantile(&[self.at(below), self.at(above)], position - below as f64)
    }

    /// Mean of the lowest `share` of the sample, the value on the boundary counted in part:
    /// Acerbi and Tasche, "On the coherence of expected shortfall" (2002).
    pub(crate) fn expected_shortfall(&self, share: f64) -> f64 {
        let weight = share * self.keys.len() as f64;
        let whole = weight.floor() as usize;
        let mut sum = 0.0;
        for position in 0..whole {
            sum += self.at(position);
        }
        if weight > whole as f64 && whole < self.keys.len() {
            sum += (weight - whole as f64) * self.at(whole);
        }
        sum / weight
    }
}

fn key(value: f64) -> i64 {
    let bits = value.to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

fn value(key: i64) -> f64 {
    f64::from_bits((key ^ (((key >> 63) as u64) >> 1) as i64) as u64)
}
