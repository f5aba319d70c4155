//! What a trial's neighbours on the axes make of it.
//!
//! On a grid, a neighbour lies at most one value away on every axis of numbers or dates; in a
//! sample, at most a tenth of the axis' range. Values that have no order, as names, must be equal.

use overfitting::plateau::{Neighbourhood, neighbourhood, spread};
use statistics::catalogue;

use crate::error::ResultsError;
use crate::query::Query;
use crate::reader::Results;
use crate::table::{Cell, Column, OF_NEIGHBOURS, OF_WORST_NEIGHBOUR, Table};

/// Of the range of an axis, in a sample.
const NEAR: f64 = 0.1;

/// Rows by their places on the axes.
struct Places {
    /// By axis of numbers: each row's place, in units in which neighbours are at most 1 away.
    ordered: Vec<Vec<f64>>,
    /// By axis of names: each row's name as a number.
    named: Vec<Vec<u32>>,
    values: Vec<Option<f64>>,
    /// Rows in the order of their places on the first ordered axis.
    sorted: Vec<usize>,
}

impl Results {
    /// The neighbourhood of a trial; `None` when it has no value, or no row.
    ///
    /// # Errors
    ///
    /// A column that is not there, a damaged file.
    pub fn neighbourhood_of(
        &self,
        metric: &str,
        trial: u64,
    ) -> Result<Option<Neighbourhood>, ResultsError> {
        let (trials, places) = self.places(metric)?;
        let row = trials.iter().position(|own| *own == trial);
        let spread = spread(&places.values);
        Ok(row.and_then(|row| places.neighbourhood(row, spread)))
    }

    /// The best trials by the median of their neighbourhood, with it beside their own value.
    ///
    /// # Errors
    ///
    /// A column that is not there, a damaged file.
    pub fn best_by_plateau(&self, metric: &str, top: usize) -> Result<Table, ResultsError> {
        let (trials, mut places) = self.places(metric)?;
        // The worst neighbour is the one of the lowest merit.
        let better = catalogue::better(metric);
        for value in places.values.iter_mut().flatten() {
            *value = better.merit(*value);
        }
        let sign = better.merit(1.0);
        let spread = spread(&places.values);
        let mut found: Vec<(usize, Neighbourhood)> = (0..trials.len())
            .filter_map(|row| Some((row, places.neighbourhood(row, spread)?)))
            .collect();
        found.sort_by(|(_, a), (_, b)| b.median.total_cmp(&a.median));
        found.truncate(top);
        let mut names = vec!["trial".to_owned()];
        names.extend(self.axes().iter().cloned());
        names.push(metric.to_owned());
        let all = self.select(&Query {
            columns: Some(names),
            ..Query::default()
        })?;
        let rows: Vec<usize> = found.iter().map(|(row, _)| *row).collect();
        let mut columns: Vec<Column> = all
            .columns
            .iter()
            .map(|column| column.rows(&rows))
            .collect();
        let floats = |name: &str, of: fn(&Neighbourhood) -> f64| {
            let values = found.iter().map(|(_, around)| Some(sign * of(around)));
            Column::Floats(format!("{metric}{name}"), values.collect())
        };
        columns.push(floats(OF_NEIGHBOURS, |around| around.median));
        columns.push(floats(OF_WORST_NEIGHBOUR, |around| around.worst));
        let counts = found.iter().map(|(_, around)| Some(around.n as i64 - 1));
        columns.push(Column::Integers("neighbours".to_owned(), counts.collect()));
        Ok(Table { columns })
    }

    fn places(&self, metric: &str) -> Result<(Vec<u64>, Places), ResultsError> {
        let mut names = vec!["trial".to_owned(), metric.to_owned()];
        names.extend(self.axes().iter().cloned());
        let table = self.select(&Query {
            columns: Some(names),
            ..Query::default()
        })?;
        let n = table.n_rows();
        let number = |column: &Column, row: usize| match column.cell(row) {
            Cell::Integer(integer) => Some(integer as f64),
            Cell::Float(float) => Some(float),
            Cell::Flag(flag) => Some(f64::from(u8::from(flag))),
            Cell::Missing | Cell::Text(_) => None,
        };
        let trials = (0..n).map(|row| number(&table.columns[0], row).unwrap_or(0.0) as u64);
        let trials: Vec<u64> = trials.collect();
        let values = (0..n).map(|row| number(&table.columns[1], row)).collect();
        let (mut ordered, mut named) = (Vec::new(), Vec::new());
        for column in &table.columns[2..] {
            let numbers: Vec<Option<f64>> = (0..n).map(|row| number(column, row)).collect();
            if numbers.iter().all(Option::is_some) {
                let numbers = numbers.into_iter().flatten().collect();
                ordered.push(numbers);
            } else {
                named.push(numbered(column, n));
            }
        }
        let mut places = Places {
            ordered,
            named,
            values,
            sorted: Vec::new(),
        };
        places.scale(n);
        Ok((trials, places))
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

impl Places {
    /// Turns numbers into places: their rank among the different ones on a grid, and their share of
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

    fn neighbourhood(&self, row: usize, spread: Option<f64>) -> Option<Neighbourhood> {
        let value = self.values[row]?;
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
            let near = |places: &Vec<f64>| (places[**other] - places[row]).abs() <= 1.0;
            let same = |names: &Vec<u32>| names[**other] == names[row];
            self.named.iter().all(same) && self.ordered.iter().all(near)
        };
        let mut around: Vec<f64> = (candidates.iter().filter(is_near))
            .filter_map(|other| self.values[*other])
            .collect();
        Some(neighbourhood(value, &mut around, spread))
    }
}
