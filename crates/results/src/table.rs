//! Some columns and rows of the results, and how they are written for people and programs.

use std::io::{self, Write};

use diagnostics::{csv_cell, shown};
use statistics::catalogue::{self, UNDEFINED};

/// A part of the results, in memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// All of the same length.
    pub columns: Vec<Column>,
}

/// Whether a trial ran to its end, in the column `status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrialStatus {
    /// It did, and has metrics.
    Ok,
    /// Its account lost everything, at the close in the column `ruined_on`.
    Ruined,
    /// It did not; the column `error` says why.
    Failed,
}

impl TrialStatus {
    /// The text in the column.
    pub fn name(self) -> &'static str {
        match self {
            TrialStatus::Ok => "ok",
            TrialStatus::Ruined => "ruined",
            TrialStatus::Failed => "failed",
        }
    }
}

/// A named column; `None` is an undefined value.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// Integers.
    Integers(String, Vec<Option<i64>>),
    /// Floats.
    Floats(String, Vec<Option<f64>>),
    /// Booleans.
    Flags(String, Vec<Option<bool>>),
    /// Strings.
    Texts(String, Vec<Option<String>>),
}

/// One value of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Undefined.
    Missing,
    /// An integer.
    Integer(i64),
    /// A float.
    Float(f64),
    /// A boolean.
    Flag(bool),
    /// A string.
    Text(&'a str),
}

impl Column {
    /// The column's name.
    pub fn name(&self) -> &str {
        match self {
            Column::Integers(name, _)
            | Column::Floats(name, _)
            | Column::Flags(name, _)
            | Column::Texts(name, _) => name,
        }
    }

    /// How many values it has.
    pub fn len(&self) -> usize {
        match self {
            Column::Integers(_, values) => values.len(),
            Column::Floats(_, values) => values.len(),
            Column::Flags(_, values) => values.len(),
            Column::Texts(_, values) => values.len(),
        }
    }

    /// Whether it has no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A value; [`Cell::Missing`] beyond the last one too.
    pub fn cell(&self, row: usize) -> Cell<'_> {
        let cell = match self {
            Column::Integers(_, values) => values.get(row).copied().flatten().map(Cell::Integer),
            Column::Floats(_, values) => values.get(row).copied().flatten().map(Cell::Float),
            Column::Flags(_, values) => values.get(row).copied().flatten().map(Cell::Flag),
            Column::Texts(_, values) => {
                let text = values.get(row).and_then(Option::as_deref);
                text.map(Cell::Text)
            }
        };
        cell.unwrap_or(Cell::Missing)
    }

    /// Appends the given rows of another column of the same type.
    pub(crate) fn extend(&mut self, other: &Column, rows: &[usize]) {
        match (self, other) {
            (Column::Integers(_, own), Column::Integers(_, values)) => {
                own.extend(rows.iter().map(|&row| values[row]));
            }
            (Column::Floats(_, own), Column::Floats(_, values)) => {
                own.extend(rows.iter().map(|&row| values[row]));
            }
            (Column::Flags(_, own), Column::Flags(_, values)) => {
                own.extend(rows.iter().map(|&row| values[row]));
            }
            (Column::Texts(_, own), Column::Texts(_, values)) => {
                own.extend(rows.iter().map(|&row| values[row].clone()));
            }
            _ => {}
        }
    }

    pub(crate) fn rows(&self, rows: &[usize]) -> Column {
        let mut column = match self {
            Column::Integers(name, _) => Column::Integers(name.clone(), Vec::new()),
            Column::Floats(name, _) => Column::Floats(name.clone(), Vec::new()),
            Column::Flags(name, _) => Column::Flags(name.clone(), Vec::new()),
            Column::Texts(name, _) => Column::Texts(name.clone(), Vec::new()),
        };
        column.extend(self, rows);
        column
    }
}

impl Table {
    /// How many rows there are.
    pub fn n_rows(&self) -> usize {
        self.columns.first().map_or(0, Column::len)
    }

    /// Aligned columns for the terminal, numbers rounded, returns and drawdowns in per cent.
    pub fn to_text(&self) -> String {
        let shown: Vec<Vec<String>> = (self.columns.iter())
            .map(|column| {
                let cells = (0..column.len()).map(|row| rounded(column.name(), column.cell(row)));
                std::iter::once(shown(column.name()).into_owned())
                    .chain(cells)
                    .collect()
            })
            .collect();
        let widths: Vec<usize> = (shown.iter())
            .map(|cells| {
                cells
                    .iter()
                    .map(|cell| cell.chars().count())
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let mut text = String::new();
        for row in 0..=self.n_rows() {
            let mut line = String::new();
            for ((cells, width), column) in shown.iter().zip(&widths).zip(&self.columns) {
                let cell = cells.get(row).map_or("", String::as_str);
                let padding = " ".repeat(width - cell.chars().count());
                match column {
                    Column::Texts(..) => line.extend([cell, &padding]),
                    _ => line.extend([padding.as_str(), cell]),
                }
                line.push_str("  ");
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    /// Comma-separated values with a header. Floats are written so that they read back with the
    /// same bits; a missing value is an empty cell.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        self.write_csv_header(out)?;
        self.write_csv_rows(out)
    }

    pub(crate) fn write_csv_header(&self, out: &mut dyn Write) -> io::Result<()> {
        let names: Vec<String> = self
            .columns
            .iter()
            .map(|column| csv_cell(column.name()).into_owned())
            .collect();
        writeln!(out, "{}", names.join(","))
    }

    pub(crate) fn write_csv_rows(&self, out: &mut dyn Write) -> io::Result<()> {
        for row in 0..self.n_rows() {
            for (at, column) in self.columns.iter().enumerate() {
                if at > 0 {
                    out.write_all(b",")?;
                }
                match column.cell(row) {
                    Cell::Missing => {}
                    Cell::Integer(integer) => write!(out, "{integer}")?,
                    Cell::Float(float) => write!(out, "{float:?}")?,
                    Cell::Flag(flag) => write!(out, "{flag}")?,
                    Cell::Text(text) => out.write_all(csv_cell(text).as_bytes())?,
                }
            }
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// An array of objects, one per row. A missing value is null.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"[")?;
        for row in 0..self.n_rows() {
            out.write_all(if row == 0 { b"\n" } else { b",\n" })?;
            let entries = self.columns.iter().map(|column| {
                let value = match column.cell(row) {
                    Cell::Missing => serde_json::Value::Null,
                    Cell::Integer(integer) => integer.into(),
                    // JSON has no infinities.
                    Cell::Float(float) => float.into(),
                    Cell::Flag(flag) => flag.into(),
                    Cell::Text(text) => text.into(),
                };
                format!("{}: {value}", serde_json::Value::from(column.name()))
            });
            let entries: Vec<String> = entries.collect();
            write!(out, "  {{{}}}", entries.join(", "))?;
        }
        out.write_all(b"\n]\n")
    }
}

/// A value for people: by the catalogue where the column is a metric, or one of the neighbours of
/// a metric.
fn rounded(name: &str, cell: Cell<'_>) -> String {
    let key = (name.strip_suffix(OF_NEIGHBOURS))
        .or(name.strip_suffix(OF_WORST_NEIGHBOUR))
        .unwrap_or(name);
    let of_metric = |value: f64| catalogue::text(key, value);
    match cell {
        Cell::Missing => UNDEFINED.to_owned(),
        Cell::Integer(integer) => of_metric(integer as f64).unwrap_or(integer.to_string()),
        Cell::Flag(flag) => flag.to_string(),
        Cell::Text(text) => shown(text).into_owned(),
        // Other columns are axes, whose values are the user's own.
        Cell::Float(float) => of_metric(float).unwrap_or(float.to_string()),
    }
}

/// What is added to a metric's key for the median, and for the worst, of a trial's neighbours.
pub(crate) const OF_NEIGHBOURS: &str = "_of_neighbours";
pub(crate) const OF_WORST_NEIGHBOUR: &str = "_of_worst_neighbour";
