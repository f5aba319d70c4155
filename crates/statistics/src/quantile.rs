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

/// The median, by NumPy's arithmetic: the middle value, or the mean of the two middle ones. It may
/// differ from [`quantile`] at 0.5 in the last bit. `None` when there are no values.
///
/// * `sorted`: values in increasing order.
pub fn median(sorted: &[f64]) -> Option<f64> {
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        n if n % 2 == 1 => Some(sorted[middle]),
        _ => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
    }
}
