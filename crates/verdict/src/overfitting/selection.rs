//! What the best of many skill-less trials looks like, and what is left of a winner against it.

use statistics::SharpeEstimate;
use statistics::normal;

/// Euler's constant.
const GAMMA: f64 = 0.577_215_664_901_532_9;

/// The expected highest of `n` independent standard normal values, from the theory of extremes:
/// `(1 − γ) Φ⁻¹(1 − 1/n) + γ Φ⁻¹(1 − 1/(n e))`. 0 for one.
///
/// Bailey, Borwein, López de Prado and Zhu, "Pseudo-Mathematics and Financial Charlatanism" (2014).
pub fn expected_best(n: f64) -> f64 {
    if n <= 1.0 {
        return 0.0;
    }
    let inner = normal::upper_quantile(1.0 / n);
    let outer = normal::upper_quantile(1.0 / (n * std::f64::consts::E));
    (1.0 - GAMMA) * inner + GAMMA * outer
}

/// The expected highest of `n` independent standard normal values, by integration:
/// `∫ (1 − Φ(x)ⁿ) dx` above zero less `∫ Φ(x)ⁿ dx` below.
pub fn expected_best_exact(n: u64) -> f64 {
    // Simpson's rule; the integrand is smooth and gone at the ends.
    const STEPS: u32 = 6_000;
    const END: f64 = 12.0;
    let step = END / f64::from(STEPS);
    let power = |x: f64| {
        let tail = normal::upper_tail(x);
        libm::exp(n as f64 * libm::log1p(-tail))
    };
    let integrand = |x: f64| {
        let above = -libm::expm1(n as f64 * libm::log1p(-normal::upper_tail(x)));
        above - power(-x)
    };
    let mut sum = integrand(0.0) + integrand(END);
    for i in 1..STEPS {
        let weight = if i % 2 == 1 { 4.0 } else { 2.0 };
        sum += weight * integrand(f64::from(i) * step);
    }
    sum * step / 3.0
}

/// The value that the highest of `n` independent standard normal values stays below with the
/// probability `p`: `Φ⁻¹(p^(1/n))`.
pub fn best_quantile(n: f64, p: f64) -> f64 {
    normal::upper_quantile(-libm::expm1(libm::log(p) / n))
}

/// The Sharpe ratio that the best of `n` skill-less trials is expected to reach: the spread of the
/// trials' ratios times [`expected_best`].
///
/// * `variance`: of the ratios of all trials (divisor one less).
pub fn luck_bar(n: f64, variance: f64) -> f64 {
    variance.sqrt() * expected_best(n)
}

/// The deflated Sharpe ratio: the probabilistic one against the [`luck_bar`].
///
/// Bailey and López de Prado, "The Deflated Sharpe Ratio" (2014). `n` counts all trials, however
/// correlated: the variance already knows of that, and an effective number would count it twice.
pub fn deflated_sharpe(estimate: &SharpeEstimate, n: f64, variance: f64) -> Option<f64> {
    estimate.probabilistic(luck_bar(n, variance))
}

/// The deflated Sharpe ratio of returns with autocorrelation: the standard error times the root of their
/// [`variance_ratio`](crate::overfitting::hedge::variance_ratio), if that is above one.
pub fn deflated_residual(
    estimate: &SharpeEstimate,
    n: f64,
    variance: f64,
    variance_ratio: f64,
) -> Option<f64> {
    let error = estimate.error()? * variance_ratio.max(1.0).sqrt();
    Some(normal::cdf(
        (estimate.ratio - luck_bar(n, variance)) / error,
    ))
}

/// The power with which a test is to see skill: four times in five.
const POWER: f64 = 0.8;

/// The smallest annual Sharpe ratio beyond the yardsticks that a test sees four times in five:
/// `(q + Φ⁻¹(0.8)) / √years`.
///
/// * `critical`: `q`, the value in standard errors that the best of the trials has to reach.
pub fn detectable_ratio(critical: f64, years: f64) -> f64 {
    (critical + normal::quantile(POWER)) / years.sqrt()
}

/// The years after which the test sees an annual Sharpe ratio four times in five.
pub fn years_to_detect(critical: f64, ratio: f64) -> f64 {
    let needed = (critical + normal::quantile(POWER)) / ratio;
    needed * needed
}

/// The highest number of trials at which the deflated Sharpe ratio still reaches `confidence`;
/// `None` when it does not with a single one.
pub fn break_even_trials(estimate: &SharpeEstimate, variance: f64, confidence: f64) -> Option<u64> {
    let passes =
        |n: u64| deflated_sharpe(estimate, n as f64, variance).is_some_and(|dsr| dsr >= confidence);
    if !passes(1) {
        return None;
    }
    const MOST: u64 = 1 << 53;
    let mut high = 2;
    while passes(high) {
        if high >= MOST {
            return Some(MOST);
        }
        high *= 2;
    }
    let mut low = high / 2;
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if passes(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(low)
}

/// The years of data below which the best of `n` skill-less trials is expected to show the annual
/// Sharpe ratio `target`: `(z_n / target)²`.
///
/// Bailey, Borwein, López de Prado and Zhu (2014), the minimum backtest length.
pub fn min_backtest_years(n: f64, target: f64) -> f64 {
    let ratio = expected_best(n) / target;
    ratio * ratio
}
