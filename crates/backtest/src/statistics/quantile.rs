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
    /// The highest values, as integers in the opposite order.
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
        let (low_guess, high_guess) = (key(mean - deviation), key(mean + deviation));
        // Low values gather at the front, high ones at the back. Both places are always written
        // and seldom counted: no branch to mispredict.
        let mut caught = vec![0; n];
        let (mut front, mut back) = (0, n);
        for &value in values {
            let key = key(value);
            caught[front] = key;
            caught[back - 1] = key;
            front += usize::from(key <= low_guess);
            back -= usize::from((key >= high_guess) & (key > low_guess));
        }
        let all = || values.iter().map(|&value| key(value)).collect::<Vec<i64>>();
        let mut low = if front < kept {
            all()
        } else {
            caught[..front].to_vec()
        };
        let mut high = if n - back < kept {
            all()
        } else {
            caught[back..].to_vec()
        };
        high.iter_mut().for_each(|key| *key = !*key);
        keep_smallest(&mut low, kept);
        keep_smallest(&mut high, kept);
        Tails { n, low, high }
    }

    /// The value at a position of the sorted sample, which must lie in a tail.
    fn at(&self, position: usize) -> f64 {
        match self.low.get(position) {
            Some(&key) => value(key),
            None => value(!self.high[self.n - 1 - position]),
        }
    }

    /// The lowest value.
    pub(crate) fn lowest(&self) -> f64 {
        self.at(0)
    }

    /// The highest value.
    pub(crate) fn highest(&self) -> f64 {
        self.at(self.n - 1)
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

/// Keeps the `count` smallest keys, in increasing order.
fn keep_smallest(keys: &mut Vec<i64>, count: usize) {
    if count < keys.len() {
        keys.select_nth_unstable(count);
        keys.truncate(count);
    }
    keys.sort_unstable();
}

fn key(value: f64) -> i64 {
    let bits = value.to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

fn value(key: i64) -> f64 {
    f64::from_bits((key ^ (((key >> 63) as u64) >> 1) as i64) as u64)
}
