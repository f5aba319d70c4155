//! What many tests leave of a p-value and of a Sharpe ratio.

use statistics::student;

/// A p-value times the number of tests, at most 1.
pub fn bonferroni(p: f64, n: f64) -> f64 {
    (n * p).min(1.0)
}

/// The probability that the smallest of `n` independent p-values is at most `p`: Šidák (1967).
pub fn sidak(p: f64, n: f64) -> f64 {
    -libm::expm1(n * libm::log1p(-p))
}

/// Adjusted p-values in the order given: Holm (1979), step-down.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let n = p.len();
    let mut adjusted = vec![0.0; n];
    let mut highest = 0.0f64;
    for (rank, at) in ascending(p).into_iter().enumerate() {
        highest = highest.max(bonferroni(p[at], (n - rank) as f64));
        adjusted[at] = highest;
    }
    adjusted
}

/// Which largest p-value the step-up of [`benjamini_yekutieli`] begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LargestP {
    /// Scaled like all others: Benjamini and Yekutieli (2001).
    Scaled,
    /// As it is: the variant of Harvey and Liu (2015), "BHY".
    AsItIs,
}

/// Adjusted p-values in the order given, for any dependence between the tests: step-up.
pub fn benjamini_yekutieli(p: &[f64], largest: LargestP) -> Vec<f64> {
    let n = p.len();
    let harmonic: f64 = (1..=n).map(|i| 1.0 / i as f64).sum();
    let mut adjusted = vec![0.0; n];
    let mut lowest = 1.0f64;
    for (rank, at) in ascending(p).into_iter().enumerate().rev() {
        let scaled = match (largest, rank + 1 == n) {
            (LargestP::AsItIs, true) => p[at],
            _ => n as f64 * harmonic / (rank + 1) as f64 * p[at],
        };
        lowest = lowest.min(scaled);
        adjusted[at] = lowest;
    }
    adjusted
}

fn ascending(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    order
}

/// The two-sided p-value of a Sharpe ratio of `n` returns, by Student's t.
pub fn p_of_sharpe(ratio: f64, n: f64) -> f64 {
    student::two_sided_tail(ratio * n.sqrt(), n - 1.0)
}

/// The Sharpe ratio of `n` returns that has this p-value by itself: what is left of a ratio whose
/// p-value has been adjusted to it. Harvey and Liu, "Backtesting" (2015).
pub fn sharpe_of_p(p: f64, n: f64) -> f64 {
    student::two_sided_quantile(p, n - 1.0) / n.sqrt()
}

/// What is left of the highest of many Sharpe ratios, by three corrections. Not annualised, and
/// not above what it was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Haircut {
    /// For the number of trials.
    pub bonferroni: f64,
    /// Step-down over the trials' p-values; for the best the same as Bonferroni's.
    pub holm: f64,
    /// Step-up over the trials' p-values, for any dependence.
    pub bhy: f64,
}

impl Haircut {
    /// * `ratios`: of all trials, per observation.
    /// * `n_tried`: how many trials there have been in all; at least `ratios.len()`. Trials that
    ///   are not at hand count as the worst.
    /// * `n`: returns of each.
    ///
    /// `None` when no ratio is positive.
    pub fn of_best(ratios: &[f64], n_tried: u64, n: f64) -> Option<Haircut> {
        let best = ratios.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if best.is_nan() || best <= 0.0 {
            return None;
        }
        let tried = (n_tried as f64).max(ratios.len() as f64);
        let p = p_of_sharpe(best, n);
        // Only a p-value near the smallest, in ranks, can lower the step-up's; a loss has none.
        let mut sorted: Vec<f64> = ratios.iter().copied().filter(|r| *r > 0.0).collect();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let harmonic = harmonic(tried);
        let mut lowest = 1.0f64;
        for (rank, ratio) in sorted.iter().enumerate() {
            let scaled = tried * harmonic / (rank + 1) as f64 * p_of_sharpe(*ratio, n);
            lowest = lowest.min(scaled);
            // Further down, p-values only rise; even at the last rank they could not be lower.
            if p_of_sharpe(*ratio, n) * harmonic > lowest {
                break;
            }
        }
        let left = |p: f64| sharpe_of_p(p.min(1.0), n).min(best);
        let once = left(bonferroni(p, tried));
        Some(Haircut {
            bonferroni: once,
            holm: once,
            bhy: left(lowest),
        })
    }
}

/// `1 + 1/2 + … + 1/n`, by its asymptotic series for many terms.
fn harmonic(n: f64) -> f64 {
    if n <= 1e6 {
        return (1..=n as u64).map(|i| 1.0 / i as f64).sum();
    }
    libm::log(n) + 0.577_215_664_901_532_9 + 0.5 / n - 1.0 / (12.0 * n * n)
}
