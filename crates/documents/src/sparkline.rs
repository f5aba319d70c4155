//! A curve in one line of text.

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A curve as at most `columns` bars, on a logarithmic scale when all values are positive.
///
/// Each bar is the last value of its stretch of the curve. Values that are not finite leave a gap.
pub fn sparkline(values: &[f64], columns: usize) -> String {
    let columns = columns.min(values.len());
    let logarithmic = values.iter().all(|value| *value > 0.0);
    let heights: Vec<f64> = (0..columns)
        .map(|column| values[(column + 1) * values.len() / columns - 1])
        .map(|value| if logarithmic { libm::log(value) } else { value })
        .collect();
    let finite = || heights.iter().copied().filter(|height| height.is_finite());
    let (low, high) = (
        finite().fold(f64::INFINITY, f64::min),
        finite().fold(f64::NEG_INFINITY, f64::max),
    );
    let bar = |height: &f64| match height.is_finite() {
        false => ' ',
        true if high == low => BARS[0],
        true => {
            let step = (height - low) / (high - low) * BARS.len() as f64;
            BARS[(step as usize).min(BARS.len() - 1)]
        }
    };
    heights.iter().map(bar).collect()
}
