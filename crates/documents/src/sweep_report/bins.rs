//! The values of an axis, or ranges of them where there are many.

use results::AxisOverview;

use super::report::plain;

/// More values of an axis are grouped into ranges.
pub(super) const MOST_VALUES: usize = 60;

/// An axis of a map: its values, or ranges of them.
pub(super) struct Bins {
    pub(super) labels: Vec<String>,
    /// For each trial, its bin.
    pub(super) of_trial: Vec<u16>,
    pub(super) is_binned: bool,
}

impl Bins {
    pub(super) fn of(axis: &AxisOverview) -> Bins {
        let n = axis.values.len();
        if n <= MOST_VALUES {
            return Bins {
                labels: axis.values.iter().map(|value| plain(value)).collect(),
                of_trial: axis.positions.iter().map(|at| *at as u16).collect(),
                is_binned: false,
            };
        }
        const BINS: usize = 40;
        if let Some(whole) = axis.numbers.as_deref().and_then(whole_numbers) {
            return Bins::of_whole(axis, &whole, BINS);
        }
        // Numbers lie in ranges of one width, texts in groups of one size.
        let bin_of = |position: usize| match &axis.numbers {
            Some(numbers) => {
                let (low, high) = (numbers[0], numbers[n - 1]);
                (((numbers[position] - low) / (high - low) * BINS as f64) as usize).min(BINS - 1)
            }
            None => position * BINS / n,
        };
        let label = |bin: usize| match &axis.numbers {
            Some(numbers) => {
                let (low, high) = (numbers[0], numbers[n - 1]);
                let middle = low + (high - low) * (bin as f64 + 0.5) / BINS as f64;
                significant(middle)
            }
            None => plain(&axis.values[bin * n / BINS]),
        };
        Bins {
            labels: (0..BINS).map(label).collect(),
            of_trial: axis
                .positions
                .iter()
                .map(|at| bin_of(*at as usize) as u16)
                .collect(),
            is_binned: true,
        }
    }

    /// Ranges of equally many whole numbers, named by their ends.
    fn of_whole(axis: &AxisOverview, numbers: &[i64], most: usize) -> Bins {
        let (low, high) = (numbers[0], numbers[numbers.len() - 1]);
        let width = (high - low) / most as i64 + 1;
        let n = ((high - low) / width + 1) as usize;
        let bin_of = |at: &u32| ((numbers[*at as usize] - low) / width) as u16;
        let label = |bin: usize| {
            let from = low + bin as i64 * width;
            format!("{from}–{}", (from + width - 1).min(high))
        };
        Bins {
            labels: (0..n).map(label).collect(),
            of_trial: axis.positions.iter().map(bin_of).collect(),
            is_binned: true,
        }
    }
}

/// The numbers, when all are whole and small enough to be exact.
fn whole_numbers(numbers: &[f64]) -> Option<Vec<i64>> {
    let is_whole = |value: &f64| *value == value.trunc() && value.abs() < 1e15;
    (numbers.iter().all(is_whole)).then(|| numbers.iter().map(|value| *value as i64).collect())
}

/// A number with three significant digits.
fn significant(value: f64) -> String {
    let size = value.abs();
    let decimals = match size {
        _ if size >= 100.0 => 0,
        _ if size >= 10.0 => 1,
        _ if size >= 1.0 => 2,
        _ if size >= 0.1 => 3,
        _ => 4,
    };
    statistics::text::decimal(value, decimals)
}
