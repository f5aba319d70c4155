//! Sums in one fixed order, the pairwise one of NumPy: accurate, and the same bits everywhere.

use multiversion::multiversion;

/// The pairwise sum of `term(0) .. term(n - 1)`.
///
/// Blocks of up to 128 terms are summed in eight interleaved accumulators, larger ranges are
/// halved, the left half rounded down to a multiple of eight. This is the order of NumPy's
/// `add.reduce` over contiguous doubles, so means and deviations equal pandas' to the bit.
pub fn pairwise_sum_by(n: usize, term: impl Fn(usize) -> f64 + Copy) -> f64 {
    let [sum] = sum_range(0, n, |index| [term(index)]);
    sum
}

/// The pairwise sum of the values.
#[inline]
pub fn pairwise_sum(values: &[f64]) -> f64 {
    pairwise_sum_by(values.len(), |index| values[index])
}

/// The mean of the values; NaN when there are none.
#[inline]
pub fn mean(values: &[f64]) -> f64 {
    pairwise_sum(values) / values.len() as f64
}

/// How many windows [`window_means`] looks at side by side.
pub const WINDOWS: usize = 4;

/// The means of windows of `n` values, each beginning one after the one before; together they have
/// `n + WINDOWS - 1` values.
#[inline]
pub fn window_means(values: &[f64], n: usize) -> [f64; WINDOWS] {
    window_sums(values, n).map(|sum| sum / n as f64)
}

#[multiversion(targets("x86_64+avx2"))]
fn window_sums(values: &[f64], n: usize) -> [f64; WINDOWS] {
    if n <= MOST_AT_ONCE {
        return sum_few(0, n, |index| match values[index..].first_chunk() {
            Some(terms) => *terms,
            None => unreachable!("the last window ends with the values"),
        });
    }
    let half = half(n);
    let right = window_sums(&values[half..], n - half);
    added(window_sums(values, half), right)
}

/// Terms that are summed without halving them.
const MOST_AT_ONCE: usize = 128;

fn sum_range<const N: usize>(
    from: usize,
    n: usize,
    term: impl Fn(usize) -> [f64; N] + Copy,
) -> [f64; N] {
    if n <= MOST_AT_ONCE {
        return sum_few(from, n, term);
    }
    let half = half(n);
    let left = sum_range(from, half, term);
    added(left, sum_range(from + half, n - half, term))
}

/// How many of the terms go to the left.
fn half(n: usize) -> usize {
    n / 2 - (n / 2) % 8
}

/// Several sums in the same order.
#[inline(always)]
fn sum_few<const N: usize>(
    from: usize,
    n: usize,
    term: impl Fn(usize) -> [f64; N] + Copy,
) -> [f64; N] {
    let mut sum = [0.0; N];
    if n < 8 {
        for index in from..from + n {
            sum = added(sum, term(index));
        }
        return sum;
    }
    let mut lanes: [[f64; N]; 8] = std::array::from_fn(|lane| term(from + lane));
    let blocks = n - n % 8;
    for start in (8..blocks).step_by(8) {
        for (lane, sum) in lanes.iter_mut().enumerate() {
            *sum = added(*sum, term(from + start + lane));
        }
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    sum = added(
        added(added(a, b), added(c, d)),
        added(added(e, f), added(g, h)),
    );
    for index in from + blocks..from + n {
        sum = added(sum, term(index));
    }
    sum
}

#[inline(always)]
fn added<const N: usize>(mut a: [f64; N], b: [f64; N]) -> [f64; N] {
    for (a, b) in a.iter_mut().zip(b) {
        *a += b;
    }
    a
}
