//! What a trial's neighbours on the axes show: whether it stands on a plateau or on a spike.
//!
//! Our definition; there is no standard one. On a grid, a neighbour lies at most one value away on
//! every axis of numbers or dates; in a sample, at most a tenth of the axis' range. Values without
//! an order, such as names, must be equal. A trial is one of its own neighbours.

use crate::table::{Cell, Column};

/// The values of a trial's neighbours, its own among them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbourhood {
    /// The median of the values: what to rank by.
    pub median: f64,
    /// The lowest value.
    pub worst: f64,
    /// How many values, that of the trial itself included.
    pub n: usize,
    /// The trial's value less the median, in standard deviations of all trials. `None` without a
    /// spread.
    pub peakiness: Option<f64>,
}

/// The part of an axis' range within which two trials of a sample are neighbours.
const NEAR: f64 = 0.1;

/// Trials by their positions on the axes, with a value each.
#[derive(Clone, Debug)]
pub struct Neighbourhoods {
    /// By axis of numbers: each row's position, in units in which neighbours are at most 1 apart.
    ordered: Vec<Vec<f64>>,
    /// By axis of names: each row's name as a number.
    named: Vec<Vec<u32>>,
    values: Vec<Option<f64>>,
    /// Rows in the order of their positions on the first ordered axis.
    sorted: Vec<usize>,
    /// The sample standard deviation of all finite values.
    spread: Option<f64>,
}

impl Neighbourhoods {
    /// Places trials on their axes.
    ///
    /// * `axes`: a column for each axis, with a row for each trial.
    /// * `values`: the value of each trial; `None` where it has none. An infinite one counts in
    ///   medians and worst values.
    pub fn new(axes: &[Column], values: Vec<Option<f64>>) -> Neighbourhoods {
        let n = values.len();
        let (mut ordered, mut named) = (Vec::new(), Vec::new());
        for column in axes {
            let numbers: Vec<Option<f64>> = (0..n).map(|row| number(column, row)).collect();
            if numbers.iter().all(Option::is_some) {
                ordered.push(numbers.into_iter().flatten().collect());
            } else {
                named.push(numbered(column, n));
            }
        }
        let spread = spread(&values);
        let mut all = Neighbourhoods {
            ordered,
            named,
            values,
            sorted: Vec::new(),
            spread,
        };
        all.scale(n);
        all
    }

    /// The neighbourhood of the trial in a row; `None` when it has no value.
    pub fn of(&self, row: usize) -> Option<Neighbourhood> {
        let value = (*self.values.get(row)?)?;
        // Only rows that are near on the first axis are looked at.
        let candidates = match self.ordered.first() {
            Some(first) => {
                let from = self
                    .sorted
                    .partition_point(|other| first[*other] < first[row] - 1.0);
                let to = self
                    .sorted
                    .partition_point(|other| first[*other] <= first[row] + 1.0);
                &self.sorted[from..to]
            }
            None => &self.sorted[..],
        };
        let is_near = |other: &&usize| {
            let near = |axis: &Vec<f64>| (axis[**other] - axis[row]).abs() <= 1.0;
            let same = |names: &Vec<u32>| names[**other] == names[row];
            self.named.iter().all(same) && self.ordered.iter().all(near)
        };
        let mut around: Vec<f64> = (candidates.iter().filter(is_near))
            .filter_map(|other| self.values[*other])
            .collect();
        around.sort_by(f64::total_cmp);
        let worst = *around.first()?;
        let median = match around.len() {
            n if n % 2 == 1 => around[n / 2],
            n => (around[n / 2 - 1] + around[n / 2]) / 2.0,
        };
        Some(Neighbourhood {
            median,
            worst,
            n: around.len(),
            peakiness: (self.spread)
                .filter(|spread| *spread > 0.0)
                .map(|spread| (value - median) / spread),
        })
    }

    /// Turns numbers into positions: their rank among the different ones on a grid, and their share of
    /// the range, in tenths, in a sample.
    fn scale(&mut self, n: usize) {
        let distinct: Vec<Vec<f64>> = (self.ordered.iter())
            .map(|numbers| {
                let mut distinct = numbers.clone();
                distinct.sort_by(f64::total_cmp);
                distinct.dedup();
                distinct
            })
            .collect();
        let names = (self.named.iter()).map(|names| names.iter().max().map_or(1, |max| max + 1));
        let points = (distinct.iter().map(|distinct| distinct.len() as f64))
            .chain(names.map(f64::from))
            .product::<f64>();
        // A constraint may leave most of a grid out, and a sample hardly repeats a value.
        let is_grid = points <= 16.0 * n as f64;
        for (numbers, distinct) in self.ordered.iter_mut().zip(&distinct) {
            let (low, high) = (distinct.first().copied(), distinct.last().copied());
            let range = high.zip(low).map_or(0.0, |(high, low)| high - low);
            for number in numbers {
                *number = match is_grid {
                    true => distinct.partition_point(|own| own < number) as f64,
                    false if range > 0.0 => (*number - low.unwrap_or(0.0)) / (NEAR * range),
                    false => 0.0,
                };
            }
        }
        self.sorted = (0..n).collect();
        if let Some(first) = self.ordered.first() {
            self.sorted.sort_by(|a, b| first[*a].total_cmp(&first[*b]));
        }
    }
}

/// A value as a number; a flag is 0 or 1.
pub(crate) fn number(column: &Column, row: usize) -> Option<f64> {
    match column.cell(row) {
        Cell::Integer(integer) => Some(integer as f64),
        Cell::Float(float) => Some(float),
        Cell::Flag(flag) => Some(f64::from(u8::from(flag))),
        Cell::Missing | Cell::Text(_) => None,
    }
}

/// Equal values get equal numbers.
fn numbered(column: &Column, n: usize) -> Vec<u32> {
    let mut known = std::collections::HashMap::new();
    let text = |row| match column.cell(row) {
        Cell::Text(text) => text.to_owned(),
        cell => format!("{cell:?}"),
    };
    let rows = (0..n).map(|row| {
        let next = known.len() as u32;
        *known.entry(text(row)).or_insert(next)
    });
    rows.collect()
}

/// The sample standard deviation of the values that are there.
fn spread(values: &[Option<f64>]) -> Option<f64> {
    let values = values.iter().flatten().copied();
    let values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    if values.len() < 2 {
        return None;
    }
    let mean = statistics::summation::mean(&values);
    let squares = statistics::summation::pairwise_sum_by(values.len(), |at| {
        (values[at] - mean) * (values[at] - mean)
    });
    Some((squares / (values.len() - 1) as f64).sqrt())
}
