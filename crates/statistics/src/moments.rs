//! Moments of returns, from sums of their powers.

use crate::fold_sums::ExcessTotals;

/// A variance below this fraction of the mean square is rounding, not a spread.
const ROUNDING: f64 = 1e-13;

/// Central moments (divisor `n`) and the first autocovariance.
///
/// From sums of plain powers, so that one pass is enough: a daily mean is small against the
/// deviation, and little is lost by subtracting it afterwards.
pub(crate) struct Moments {
    pub(crate) n: usize,
    pub(crate) mean: f64,
    pub(crate) m2: f64,
    pub(crate) m3: f64,
    pub(crate) m4: f64,
    pub(crate) autocovariance: f64,
    pub(crate) mean_square: f64,
}

impl Moments {
    pub(crate) fn of(n: usize, totals: &ExcessTotals) -> Moments {
        let count = n as f64;
        let [mean, second, third, fourth] = totals.powers.map(|sum| sum / count);
        let square = mean * mean;
        let ends = totals.first + totals.last;
        let lagged = totals.lagged / count - mean * (2.0 * mean - ends / count)
            + square * (count - 1.0) / count;
        Moments {
            n,
            mean,
            m2: (second - square).max(0.0),
            m3: third - 3.0 * mean * second + 2.0 * square * mean,
            m4: fourth - 4.0 * mean * third + 6.0 * square * second - 3.0 * square * square,
            autocovariance: lagged,
            mean_square: second,
        }
    }

    pub(crate) fn has_spread(&self) -> bool {
        self.m2 > ROUNDING * self.mean_square
    }

    pub(crate) fn skewness(&self) -> Option<f64> {
        self.has_spread()
            .then(|| self.m3 / (self.m2 * self.m2.sqrt()))
    }

    pub(crate) fn kurtosis(&self) -> Option<f64> {
        self.has_spread().then(|| self.m4 / (self.m2 * self.m2))
    }

    pub(crate) fn adjusted_skewness(&self) -> Option<f64> {
        let n = self.n as f64;
        let factor = (n * (n - 1.0)).sqrt() / (n - 2.0);
        self.skewness()
            .filter(|_| self.n >= 3)
            .map(|g1| factor * g1)
    }

    pub(crate) fn adjusted_excess_kurtosis(&self) -> Option<f64> {
        let n = self.n as f64;
        let factor = (n - 1.0) / ((n - 2.0) * (n - 3.0));
        self.kurtosis()
            .filter(|_| self.n >= 4)
            .map(|b2| factor * ((n + 1.0) * b2 - 3.0 * (n - 1.0)))
    }
}
