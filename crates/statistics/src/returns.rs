//! Simple returns of a wealth curve.

use multiversion::multiversion;

/// The return from each value of a wealth curve to the next, as a fraction: one fewer than values.
pub fn simple_returns(wealth: &[f64]) -> Vec<f64> {
    let mut returns = vec![0.0; wealth.len().saturating_sub(1)];
    write_simple_returns(wealth, &mut returns);
    returns
}

/// Simple returns of an equity curve that starts from `initial_cash`, as a fraction.
///
/// As many as values: the starting capital stands before the curve, as in
/// [`Performance`](crate::Performance).
pub fn simple_returns_from(initial_cash: f64, equity: &[f64]) -> Vec<f64> {
    let Some(first) = equity.first() else {
        return Vec::new();
    };
    let mut returns = vec![first / initial_cash - 1.0; equity.len()];
    write_simple_returns(equity, &mut returns[1..]);
    returns
}

/// Writes the returns between neighbours.
///
/// * `wealth`: one value more than `returns`, or as many as `returns` and none.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
pub(crate) fn write_simple_returns(wealth: &[f64], returns: &mut [f64]) {
    let later = wealth.iter().skip(1);
    for (value, (before, now)) in returns.iter_mut().zip(wealth.iter().zip(later)) {
        *value = now / before - 1.0;
    }
}
