//! A picture of how a statistic depends on two axes, in characters.

use std::collections::BTreeMap;
use std::fmt::Write;

use diagnostics::shown;
use statistics::{catalogue, median};

use crate::error::ResultsError;
use crate::query::Query;
use crate::reader::Results;
use crate::table::{Cell, Table};

/// The median of a statistic for each pair of values of two axes, over all other axes.
#[derive(Clone, Debug, PartialEq)]
pub struct SensitivityMap {
    metric: String,
    rows: MapAxis,
    columns: MapAxis,
    /// By row, then by column; `None` where no trial has a value.
    medians: Vec<Vec<Option<f64>>>,
}

#[derive(Clone, Debug, PartialEq)]
struct MapAxis {
    name: String,
    /// In the order of the trials.
    values: Vec<String>,
}

/// From the worst to the best.
const SHADES: [char; 9] = ['.', ':', '-', '=', '+', '*', '#', '%', '@'];

/// More values do not fit a terminal and are left out, with a word on it.
const MOST_COLUMNS: usize = 30;
const MOST_ROWS: usize = 40;

impl Results {
    /// The map of a statistic over the first two axes that vary. `None` when fewer do.
    ///
    /// # Errors
    ///
    /// A column that is not there, a damaged file.
    pub fn map(&self, metric: &str) -> Result<Option<SensitivityMap>, ResultsError> {
        match self.varying_axes()? {
            Some([rows, columns]) => self.map_over(metric, rows, columns).map(Some),
            None => Ok(None),
        }
    }

    /// The first two axes that vary. `None` when fewer do.
    ///
    /// # Errors
    ///
    /// A damaged file.
    pub fn varying_axes(&self) -> Result<Option<[&str; 2]>, ResultsError> {
        let mut first = None;
        for name in self.axes() {
            let query = Query {
                columns: Some(vec![name.clone()]),
                ..Query::default()
            };
            let values = values(&self.select(&query)?, 0);
            if values.iter().all(|value| *value == values[0]) {
                continue;
            }
            match first {
                None => first = Some(name.as_str()),
                Some(first) => return Ok(Some([first, name])),
            }
        }
        Ok(None)
    }

    /// The map of a statistic over two axes.
    ///
    /// # Errors
    ///
    /// As [`Results::map`].
    pub fn map_over(
        &self,
        metric: &str,
        rows: &str,
        columns: &str,
    ) -> Result<SensitivityMap, ResultsError> {
        self.position_of_numbers(metric)?;
        let names = [rows, columns, metric].map(str::to_owned);
        let table = self.select(&Query {
            columns: Some(names.to_vec()),
            ..Query::default()
        })?;
        let (row_values, column_values) = (values(&table, 0), values(&table, 1));
        let distinct = |all: &[String]| {
            let mut numbers = BTreeMap::new();
            let mut distinct = Vec::new();
            for value in all {
                if !numbers.contains_key(value) {
                    numbers.insert(value.clone(), distinct.len());
                    distinct.push(value.clone());
                }
            }
            (distinct, numbers)
        };
        let (row_names, row_numbers) = distinct(&row_values);
        let (column_names, column_numbers) = distinct(&column_values);
        let mut groups: BTreeMap<(usize, usize), Vec<f64>> = BTreeMap::new();
        for row in 0..table.n_rows() {
            let value = match table.columns[2].cell(row) {
                Cell::Float(float) => float,
                Cell::Integer(integer) => integer as f64,
                _ => continue,
            };
            let at = (
                row_numbers[&row_values[row]],
                column_numbers[&column_values[row]],
            );
            groups.entry(at).or_default().push(value);
        }
        for values in groups.values_mut() {
            values.sort_by(f64::total_cmp);
        }
        let median = |row, column| median(groups.get(&(row, column))?);
        let medians = (0..row_names.len())
            .map(|row| {
                (0..column_names.len())
                    .map(|column| median(row, column))
                    .collect()
            })
            .collect();
        let axis = |name: &str, values: Vec<String>| MapAxis {
            name: name.to_owned(),
            values: (values.into_iter())
                .map(|value| shown(&value).into_owned())
                .collect(),
        };
        Ok(SensitivityMap {
            metric: metric.to_owned(),
            rows: axis(rows, row_names),
            columns: axis(columns, column_names),
            medians,
        })
    }
}

impl SensitivityMap {
    /// The map as text: a character for each pair, the darker the better, and the scale below.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        let (rows, columns) = (&self.rows, &self.columns);
        let all: Vec<f64> = self.medians.iter().flatten().copied().flatten().collect();
        let better = catalogue::better(&self.metric);
        let worst = all.iter().copied().reduce(|worst, value| {
            match better.merit(value) < better.merit(worst) {
                true => value,
                false => worst,
            }
        });
        let best = all.iter().copied().reduce(|best, value| {
            match better.merit(value) > better.merit(best) {
                true => value,
                false => best,
            }
        });
        let (worst, best) = (worst.unwrap_or(f64::NAN), best.unwrap_or(f64::NAN));
        let (low, high) = (better.merit(worst), better.merit(best));
        let shade = |value: f64| {
            let share = match high > low {
                true => (better.merit(value) - low) / (high - low),
                false => 1.0,
            };
            SHADES[((share * SHADES.len() as f64) as usize).min(SHADES.len() - 1)]
        };
        let width = |values: &[String]| values.iter().map(|v| v.chars().count()).max().unwrap_or(0);
        let margin = width(&rows.values).max(rows.name.chars().count());
        let cell = width(&columns.values[..columns.values.len().min(MOST_COLUMNS)]) + 1;

        let mut line = |line: String| {
            // A `String` takes all text.
            let _ = writeln!(text, "{}", line.trim_end());
        };
        line(format!(
            "{}: median by {} and {}",
            self.metric, rows.name, columns.name
        ));
        let mut header = format!("{:>margin$}", "");
        for value in columns.values.iter().take(MOST_COLUMNS) {
            let _ = write!(header, "{value:>cell$}");
        }
        line(header);
        for (value, medians) in rows.values.iter().zip(&self.medians).take(MOST_ROWS) {
            let mut row = format!("{value:>margin$}");
            for median in medians.iter().take(MOST_COLUMNS) {
                let shade = median.map_or(' ', shade);
                let _ = write!(row, "{shade:>cell$}");
            }
            line(row);
        }
        if columns.values.len() > MOST_COLUMNS || rows.values.len() > MOST_ROWS {
            let (n_rows, n_columns) = (rows.values.len(), columns.values.len());
            line(format!(
                "the beginning of {n_rows} rows and {n_columns} columns"
            ));
        }
        if !all.is_empty() {
            let shades: String = SHADES.iter().collect();
            let text =
                |value| catalogue::text(&self.metric, value).unwrap_or(format!("{value:.3}"));
            line(format!("{} {shades} {}", text(worst), text(best)));
        }
        text
    }
}

fn values(table: &Table, column: usize) -> Vec<String> {
    let column = &table.columns[column];
    let value = |row| match column.cell(row) {
        Cell::Missing => "-".to_owned(),
        Cell::Integer(integer) => integer.to_string(),
        Cell::Float(float) => float.to_string(),
        Cell::Flag(flag) => flag.to_string(),
        Cell::Text(text) => text.to_owned(),
    };
    (0..column.len()).map(value).collect()
}
