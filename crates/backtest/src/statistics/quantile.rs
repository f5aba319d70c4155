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
    n: usize,
    /// The lowest values, as integers in the same order: faster to sort than floats.
    low: Vec<i64>,
    /// The highest values.
    high: Vec<i64>,
}

impl Tails {
    /// The tails from which every quantile up to `share` and from `1 - share` on can be read.
    ///
    /// The mean and the deviation of the sample say where to look first. A guess that catches too
    /// few values costs time, never correctness.
    pub(crate) fn new(values: &[f64], share: f64, mean: f64, deviation: f64) -> Tails {
        let n = values.len();
        let kept = ((share * n as f64).ceil() as usize + 2).min(n);
        Tails {
            n,
            low: smallest(values, kept, key(mean - deviation), key),
            high: smallest(values, kept, !key(mean + deviation), |value| !key(value)),
        }
    }

    /// The value at a position of the sorted sample, which must lie in a tail.
    fn at(&self, position: usize) -> f64 {
        match self.low.get(position) {
            Some(&key) => value(key),
            None => value(!self.high[self.n - 1 - position]),
        }
    }

    /// As [`quantile`], for a `p` in a tail.
    pub(crate) fn quantile(&self, p: f64) -> f64 {
        let position = p * (self.n - 1) as f64;
        let below = position.floor() as usize;
        let above = (below + 1).min(self.n - 1);
        quantile(&[self.at(below), self.at(above)], position - below as f64)
    }

    /// Mean of the lowest `share` of the sample, the value on the boundary counted in part:
    /// Acerbi and Tasche, "On the coherence of expected shortfall" (2002).
    pub(crate) fn expected_shortfall(&self, share: f64) -> f64 {
        let weight = share * self.n as f64;
        let whole = weight.floor() as usize;
        let mut sum = 0.0;
        for position in 0..whole {
            sum += self.at(position);
        }
        if weight > whole as f64 && whole < self.n {
            sum += (weight - whole as f64) * self.at(whole);
        }
        sum / weight
    }
}

/// The `count` smallest keys, in increasing order. Tries those up to `guess` first.
fn smallest(values: &[f64], count: usize, guess: i64, key: impl Fn(f64) -> i64) -> Vec<i64> {
    let mut keys = vec![0; values.len()];
    let mut caught = 0;
    for &value in values {
        // Written always and counted sometimes: no branch to mispredict.
        let key = key(value);
        keys[caught] = key;
        caught += usize::from(key <= guess);
    }
    if caught < count {
        for (slot, &value) in keys.iter_mut().zip(values) {
            *slot = key(value);
        }
        caught = keys.len();
    }
    keys.truncate(caught);
    if count < caught {
        keys.select_nth_unstable(count);
        keys.truncate(count);
    }
    keys.sort_unstable();
    keys
}

fn key(value: f64) -> i64 {
    let bits = value.to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

fn value(key: i64) -> f64 {
    f64::from_bits((key ^ (((key >> 63) as u64) >> 1) as i64) as u64)
}
