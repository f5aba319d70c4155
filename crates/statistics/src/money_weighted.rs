//! The return of the money that was in an account: the internal rate of return of dated flows.

/// The annual rate at which dated flows come to nothing: `Σ cᵢ (1 + r)^(−(dᵢ − d₀) / 365) = 0`, the XIRR
/// of spreadsheets.
///
/// Of several rates the one nearest to zero is returned. `None` when there is none between −99.9999 %
/// and a factor of a billion a year: flows that are all of one sign, or of one day.
///
/// * `flows`: day number, and currency units: negative when paid in, positive when received.
pub fn money_weighted_return(flows: &[(i32, f64)]) -> Option<f64> {
    let first = flows.iter().map(|(day, _)| *day).min()?;
    let value = |growth: f64| {
        let terms = flows.iter().map(|(day, amount)| {
            let years = f64::from(day - first) / 365.0;
            amount * libm::pow(growth, -years)
        });
        terms.fold(0.0, |sum, term| sum + term)
    };
    // Growth factors that lie closer to one another near one.
    let grid: Vec<f64> = (0..=STEPS).map(|step| libm::exp(exponent(step))).collect();
    let values: Vec<f64> = grid.iter().map(|growth| value(*growth)).collect();
    let brackets = (0..STEPS).filter(|at| {
        let (low, high) = (values[*at], values[at + 1]);
        low.is_finite() && high.is_finite() && (low == 0.0 || (low < 0.0) != (high < 0.0))
    });
    let nearest = brackets.min_by(|a, b| {
        let distance = |at: &usize| (exponent(*at) + exponent(at + 1)).abs();
        distance(a).total_cmp(&distance(b))
    })?;
    let (mut low, mut high) = (grid[nearest], grid[nearest + 1]);
    let rises = values[nearest] < 0.0;
    if values.iter().all(|value| *value == 0.0) {
        return None;
    }
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return Some(middle - 1.0);
        }
        match (value(middle) < 0.0) == rises {
            true => low = middle,
            false => high = middle,
        }
    }
}

/// Brackets that are looked at.
const STEPS: usize = 400;

/// The logarithm of the growth at a step: from −13.8 to 20.7, a cube around zero.
fn exponent(step: usize) -> f64 {
    let x = 2.0 * step as f64 / STEPS as f64 - 1.0;
    x * x * x * if x < 0.0 { 13.8 } else { 20.7 }
}
