//! Student's t distribution, two-sided.

/// The probability of a value farther from zero than `t`, with the given degrees of freedom.
///
/// `I_x(ν/2, 1/2)` with `x = ν / (ν + t²)`, the regularised incomplete beta function.
pub fn two_sided_tail(t: f64, degrees: f64) -> f64 {
    let square = t * t;
    incomplete_beta(
        0.5 * degrees,
        0.5,
        degrees / (degrees + square),
        square / (degrees + square),
    )
}

/// The positive `t` beyond which, on both sides, lies the probability `p`. 0 at `p = 1`.
pub fn two_sided_quantile(p: f64, degrees: f64) -> f64 {
    if !(p > 0.0 && p <= 1.0) {
        return if p == 0.0 { f64::INFINITY } else { f64::NAN };
    }
    let (mut low, mut high) = (0.0, 1.0);
    while two_sided_tail(high, degrees) > p && high < 1e150 {
        low = high;
        high *= 2.0;
    }
    // The function is monotone: halving ends at two neighbours.
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return middle;
        }
        if two_sided_tail(middle, degrees) > p {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// `I_x(a, b)`, with `y = 1 - x` given so that nothing is lost near 1.
fn incomplete_beta(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if y <= 0.0 {
        return 1.0;
    }
    let front = libm::exp(
        libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b)
            + a * libm::log(x)
            + b * libm::log(y),
    );
    // The continued fraction converges quickly on this side only.
    if x < (a + 1.0) / (a + b + 2.0) {
        front * continued_fraction(a, b, x) / a
    } else {
        1.0 - front * continued_fraction(b, a, y) / b
    }
}

/// Lentz's method on the continued fraction of the incomplete beta function (DLMF 8.17.22).
fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let not_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / not_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for m in 1..10_000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / not_zero(1.0 + even * d);
        c = not_zero(1.0 + even / c);
        fraction *= d * c;
        d = 1.0 / not_zero(1.0 + odd * d);
        c = not_zero(1.0 + odd / c);
        let change = d * c;
        fraction *= change;
        if (change - 1.0).abs() < 1e-16 {
            break;
        }
    }
    fraction
}
