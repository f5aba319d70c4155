//! Sums in one fixed order, the pairwise one of NumPy: accurate, and the same bits everywhere.

/// The pairwise sum of `term(0) .. term(n - 1)`.
///
/// Blocks of up to 128 terms are summed in eight interleaved accumulators, larger ranges are
/// halved, the left half rounded down to a multiple of eight. This is the order of NumPy's
/// `add.reduce` over contiguous doubles, so means and deviations equal pandas' to the bit.
pub fn pairwise_sum_by(n: usize, term: impl Fn(usize) -> f64 + Copy) -> f64 {
    sum_range(0, n, term)
}

/// The pairwise sum of the values.
pub fn pairwise_sum(values: &[f64]) -> f64 {
    pairwise_sum_by(values.len(), |index| values[index])
}

/// The mean of the values; NaN when there are none.
pub fn mean(values: &[f64]) -> f64 {
    pairwise_sum(values) / values.len() as f64
}

fn sum_range(from: usize, n: usize, term: impl Fn(usize) -> f64 + Copy) -> f64 {
    if n < 8 {
        let mut sum = 0.0;
        for index in from..from + n {
            sum += term(index);
        }
        return sum;
    }
    if n <= 128 {
        let mut lanes: [f64; 8] = std::array::from_fn(|lane| term(from + lane));
        let blocks = n - n % 8;
        for start in (8..blocks).step_by(8) {
            for (lane, sum) in lanes.iter_mut().enumerate() {
                *sum += term(from + start + lane);
            }
        }
        let [a, b, c, d, e, f, g, h] = lanes;
        let mut sum = ((a + b) + (c + d)) + ((e + f) + (g + h));
        for index in from + blocks..from + n {
            sum += term(index);
        }
        return sum;
    }
    let half = n / 2 - (n / 2) % 8;
    sum_range(from, half, term) + sum_range(from + half, n - half, term)
}
