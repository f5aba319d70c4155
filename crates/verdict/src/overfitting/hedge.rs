//! What a trial earns beyond its yardsticks: what one could have held instead.
//!
//! A trial is hedged by one or two yardsticks together, by least squares with a constant over all of
//! time. The residual keeps its mean, which is the question. Everything follows from sums: over
//! stretches of time, of squares, and of the products of the trial's returns with the yardsticks'.
//!
//! All returns are less the return of cash.

use std::ops::Range;

use statistics::summation::pairwise_sum_by;

/// A second yardstick whose variation is explained by the first but for this fraction is the first.
const COLLINEAR: f64 = 1e-6;

/// A variation below this fraction of the sum of squares is rounding.
const ROUNDING: f64 = 1e-10;

/// A trial follows its yardsticks when its residual has less than this fraction of the variation of the
/// trial or of the first yardstick, whichever is larger: a twentieth of the volatility. What cash
/// buffers and fixed mixes leave between two rebalances is below it.
const FOLLOWS: f64 = 0.0025;

/// One or two yardsticks over the same sessions: their sums, shared by all trials.
#[derive(Clone, Debug)]
pub struct Yardsticks {
    n: usize,
    count: usize,
    /// Over all of time.
    sums: [f64; 2],
    /// Sums of squared deviations and of their products.
    variation: [[f64; 2]; 2],
    kept: [bool; 2],
    /// By stretch.
    stretches: Vec<[f64; 2]>,
}

/// What a trial brings, in returns less cash.
#[derive(Clone, Copy, Debug)]
pub struct HedgeSums<'a> {
    /// Sums over the stretches.
    pub stretches: &'a [f64],
    /// The sum of all squares.
    pub squares: f64,
    /// The sum of the products with each yardstick's returns.
    pub products: [f64; 2],
}

/// A trial's hedge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hedge {
    /// How much of each yardstick the trial moves with; 0 for one that is left out.
    pub betas: [f64; 2],
    /// The sum of the residual's squared deviations from its mean.
    pub variation: f64,
    /// The residual is less than a twentieth of the volatility: there is nothing to test. It is zero.
    pub follows: bool,
}

impl Yardsticks {
    /// Of one or two series over the same sessions, the first being the one that decides what is small.
    ///
    /// * `ends`: where the stretches end, in numbers of returns.
    ///
    /// # Panics
    ///
    /// Without a series, with more than two, or with series of different lengths.
    pub fn new(returns: &[&[f64]], ends: impl Iterator<Item = usize>) -> Yardsticks {
        assert!((1..=2).contains(&returns.len()));
        let n = returns[0].len();
        assert!(returns.iter().all(|series| series.len() == n));
        let count = returns.len();
        let mut start = 0;
        let mut stretches = Vec::new();
        for end in ends {
            stretches.push(std::array::from_fn(|which| match returns.get(which) {
                Some(series) => sum(series, start..end),
                None => 0.0,
            }));
            start = end;
        }
        let total = |which: usize| stretches.iter().map(|own: &[f64; 2]| own[which]).sum();
        let sums: [f64; 2] = [total(0), total(1)];
        let product = |a: usize, b: usize| match (returns.get(a), returns.get(b)) {
            (Some(a), Some(b)) => pairwise_sum_by(n, |at| a[at] * b[at]),
            _ => 0.0,
        };
        let squares = [product(0, 0), product(1, 1)];
        let spread = |product: f64, a: usize, b: usize| product - sums[a] * sums[b] / n as f64;
        let crossed = spread(product(0, 1), 0, 1);
        let variation = [
            [spread(squares[0], 0, 0), crossed],
            [crossed, spread(squares[1], 1, 1)],
        ];
        let varies = |which: usize| variation[which][which] > ROUNDING * squares[which];
        let first = varies(0);
        let left = match first {
            true => variation[1][1] - crossed * crossed / variation[0][0],
            false => variation[1][1],
        };
        let second = count == 2 && varies(1) && left > COLLINEAR * variation[1][1];
        Yardsticks {
            n,
            count,
            sums,
            variation,
            kept: [first, second],
            stretches,
        }
    }

    /// How many series there are, one that is left out included.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Which of them trials are hedged by: not one that the other explains, or that does not move.
    pub fn kept(&self) -> [bool; 2] {
        self.kept
    }

    /// The Sharpe ratio of each, per observation; `None` without a spread.
    pub fn sharpe(&self, which: usize) -> Option<f64> {
        let count = self.n as f64;
        let variance = self.variation[which][which] / (count - 1.0);
        let mean = self.sums[which] / count;
        let squares = self.variation[which][which] + self.sums[which] * mean;
        let varies = which < self.count && self.variation[which][which] > ROUNDING * squares;
        varies.then(|| mean / variance.sqrt())
    }

    /// Hedges a trial.
    pub fn hedge(&self, trial: &HedgeSums<'_>) -> Hedge {
        let count = self.n as f64;
        let total: f64 = trial.stretches.iter().sum();
        let own = trial.squares - total * total / count;
        let v = &self.variation;
        let with: [f64; 2] =
            std::array::from_fn(|which| trial.products[which] - total * self.sums[which] / count);
        let betas = match self.kept {
            [false, false] => [0.0, 0.0],
            [true, false] => [with[0] / v[0][0], 0.0],
            [false, true] => [0.0, with[1] / v[1][1]],
            [true, true] => {
                let determinant = v[0][0] * v[1][1] - v[0][1] * v[0][1];
                [
                    (with[0] * v[1][1] - with[1] * v[0][1]) / determinant,
                    (with[1] * v[0][0] - with[0] * v[0][1]) / determinant,
                ]
            }
        };
        let variation = own - betas[0] * with[0] - betas[1] * with[1];
        let largest = own.max(v[0][0]);
        let is_small = variation <= FOLLOWS * largest || variation <= ROUNDING * trial.squares;
        Hedge {
            betas,
            variation: variation.max(0.0),
            follows: is_small || variation.is_nan(),
        }
    }

    /// Writes the residual's sums over the stretches; zeros for a trial that follows.
    ///
    /// * `out`: as many as there are stretches.
    pub fn residual_sums(&self, hedge: &Hedge, stretches: &[f64], out: &mut [f64]) {
        if hedge.follows {
            out.fill(0.0);
            return;
        }
        let [first, second] = hedge.betas;
        for ((out, own), yardsticks) in out.iter_mut().zip(stretches).zip(&self.stretches) {
            *out = own - first * yardsticks[0] - second * yardsticks[1];
        }
    }
}

/// Hedges returns that are at hand by series over the same sessions. Returns the hedge, and the residual
/// session by session: zeros for returns that follow.
pub fn hedged(returns: &[f64], yardsticks: &[&[f64]]) -> (Hedge, Vec<f64>) {
    let n = returns.len();
    let shared = Yardsticks::new(yardsticks, std::iter::once(n));
    let product = |which: usize| {
        let other = yardsticks.get(which);
        other.map_or(0.0, |other| {
            pairwise_sum_by(n, |at| returns[at] * other[at])
        })
    };
    let hedge = shared.hedge(&HedgeSums {
        stretches: &[sum(returns, 0..n)],
        squares: pairwise_sum_by(n, |at| returns[at] * returns[at]),
        products: [product(0), product(1)],
    });
    let residual = match hedge.follows {
        true => vec![0.0; n],
        false => (0..n)
            .map(|at| {
                let of = |which: usize| {
                    let other: Option<&&[f64]> = yardsticks.get(which);
                    other.map_or(0.0, |other| hedge.betas[which] * other[at])
                };
                returns[at] - of(0) - of(1)
            })
            .collect(),
    };
    (hedge, residual)
}

impl Hedge {
    /// The residual's Sharpe ratio, per observation; 0 for a trial that follows.
    ///
    /// * `sum`: of the residual.
    pub fn sharpe(&self, sum: f64, n: usize) -> f64 {
        let count = n as f64;
        match self.follows {
            true => 0.0,
            false => sum / count / (self.variation / (count - 1.0)).sqrt(),
        }
    }

    /// The variance of the stretches' sums over their length times that of the returns: about the
    /// autocorrelation time of the residual, in sessions. 1 for a trial that follows.
    ///
    /// * `sums`: of the residual, over equal stretches.
    pub fn variance_ratio(&self, sums: &[f64], n: usize) -> f64 {
        match self.follows {
            true => 1.0,
            false => variance_ratio(sums, self.variation, n),
        }
    }
}

/// The variance of sums over equal stretches, over their length times that of the `n` returns.
///
/// * `variation`: the sum of the returns' squared deviations from their mean, above zero.
pub fn variance_ratio(sums: &[f64], variation: f64, n: usize) -> f64 {
    let stretches = sums.len();
    let mean = sums.iter().sum::<f64>() / n as f64;
    let (mut start, mut squares) = (0, 0.0);
    for (stretch, sum) in sums.iter().enumerate() {
        let end = (stretch + 1) * n / stretches;
        let deviation = sum - mean * (end - start) as f64;
        squares += deviation * deviation;
        start = end;
    }
    squares * stretches as f64 / (stretches as f64 - 1.0) / variation
}

/// The fewest stretches whose signs are flipped.
pub const FEWEST_STRETCHES: usize = 8;

/// Stretches are at least this number of sessions, and of autocorrelation times, long.
const SHORTEST: f64 = 10.0;

/// Whether stretches are long enough for returns whose sums vary `ratio` times as much as without
/// autocorrelation.
///
/// * `ratio`: the highest [`variance_ratio`] of all trials.
pub fn are_long_enough(stretches: usize, n: usize, ratio: f64) -> bool {
    stretches <= FEWEST_STRETCHES || n as f64 / stretches as f64 >= SHORTEST * ratio.max(1.0)
}

/// Half the number of stretches: the sums of neighbours, written to the front of `sums`.
///
/// * `stretches`: how many each of the trials in `sums` has, an even number.
pub fn halve(sums: &mut Vec<f64>, stretches: usize) {
    debug_assert!(stretches.is_multiple_of(2) && sums.len().is_multiple_of(stretches));
    let half = sums.len() / 2;
    for at in 0..half {
        sums[at] = sums[2 * at] + sums[2 * at + 1];
    }
    sums.truncate(half);
}

fn sum(values: &[f64], range: Range<usize>) -> f64 {
    let part = &values[range];
    pairwise_sum_by(part.len(), |at| part[at])
}
