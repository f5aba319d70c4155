//! A smooth density of returns.

use drawing::Axis;
use statistics::quantile;

/// Points of a smooth density from one end of an axis to the other, in counts per bin: a Gaussian
/// kernel with Silverman's width.
///
/// * `sorted`: finite values.
/// * `bin`: the width of a bin.
pub(super) fn density(sorted: &[f64], axis: &Axis, bin: f64) -> Vec<(f64, f64)> {
    const POINTS: usize = 160;
    const CELLS: usize = 800;
    let n = sorted.len() as f64;
    let mean = sorted.iter().sum::<f64>() / n;
    let variance = sorted.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0).max(1.0);
    let spread = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 1.34;
    let deviation = match spread > 0.0 {
        true => variance.sqrt().min(spread),
        false => variance.sqrt(),
    };
    let width = (0.9 * deviation * libm::pow(n, -0.2)).max((axis.high() - axis.low()) / 400.0);
    // The values in cells, so that a long backtest takes no more sums than a short one.
    let cell = (axis.high() - axis.low()) / CELLS as f64;
    let mut cells = [0.0; CELLS];
    for value in sorted {
        let at = ((value - axis.low()) / cell) as usize;
        cells[at.min(CELLS - 1)] += 1.0;
    }
    let step = (axis.high() - axis.low()) / (POINTS - 1) as f64;
    let point = |at: usize| {
        let x = axis.low() + at as f64 * step;
        let kernel = |(at, count): (usize, &f64)| {
            let z = (x - axis.low() - (at as f64 + 0.5) * cell) / width;
            match *count > 0.0 && z.abs() < 5.0 {
                true => count * libm::exp(-0.5 * z * z),
                false => 0.0,
            }
        };
        let sum: f64 = cells.iter().enumerate().map(kernel).sum();
        (x, sum * bin / (width * (2.0 * std::f64::consts::PI).sqrt()))
    };
    (0..POINTS).map(point).collect()
}
