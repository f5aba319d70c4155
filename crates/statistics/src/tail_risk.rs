//! What the worst sessions cost: quantiles of the returns and the means beyond them.

use crate::quantile::quantile;
use crate::returns::simple_returns;

/// Tail statistics of a wealth curve's returns. Losses are negative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TailRisk {
    /// The 5 % quantile of the returns (type 7).
    pub value_at_risk_5: f64,
    /// Mean of the lowest 5 % of the returns. Acerbi and Tasche (2002).
    pub expected_shortfall_5: f64,
    /// The 1 % quantile of the returns.
    pub value_at_risk_1: f64,
    /// Mean of the lowest 1 % of the returns.
    pub expected_shortfall_1: f64,
    /// The 95 % quantile over the 5 % quantile, absolute values. `None` when that is zero.
    pub tail_ratio: Option<f64>,
}

impl TailRisk {
    /// From a wealth curve that starts with the starting capital. `None` when it has no return, or
    /// one that is not finite.
    pub fn of(wealth: &[f64]) -> Option<TailRisk> {
        let returns = simple_returns(wealth);
        if returns.is_empty() || !returns.iter().all(|value| value.is_finite()) {
            return None;
        }
        let n = returns.len() as f64;
        let mean = returns.iter().sum::<f64>() / n;
        let square = |value: &f64| (value - mean) * (value - mean);
        let deviation = (returns.iter().map(square).sum::<f64>() / n).sqrt();
        let tails = Tails::new(&returns, 0.05, mean, deviation);
        let value_at_risk_5 = tails.quantile(0.05);
        Some(TailRisk {
            value_at_risk_5,
            expected_shortfall_5: tails.expected_shortfall(0.05),
            value_at_risk_1: tails.quantile(0.01),
            expected_shortfall_1: tails.expected_shortfall(0.01),
            tail_ratio: (value_at_risk_5 != 0.0)
                .then(|| tails.quantile(0.95).abs() / value_at_risk_5.abs()),
        })
    }
}

/// The lowest and the highest values of a sample, each in increasing order, without sorting what
/// lies between.
struct Tails {
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
    fn new(values: &[f64], share: f64, mean: f64, deviation: f64) -> Tails {
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

    /// As [`quantile`], for a `p` in a tail.
    fn quantile(&self, p: f64) -> f64 {
        let position = p * (self.n - 1) as f64;
        let below = position.floor() as usize;
        let above = (below + 1).min(self.n - 1);
        quantile(&[self.at(below), self.at(above)], position - below as f64)
    }

    /// Mean of the lowest `share` of the sample, the value on the boundary counted in part:
    /// Acerbi and Tasche, "On the coherence of expected shortfall" (2002).
    fn expected_shortfall(&self, share: f64) -> f64 {
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
