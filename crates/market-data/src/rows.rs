//! Rows of columnar files, a batch at a time.

use crate::dates::Written;
use crate::fields::{Field, Fields};
use crate::layout::{Columns, Layout, Shape};
use crate::sheet::Builder;
use crate::wanted::Wanted;

/// A column of numbers that is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    /// Where it stands in the table.
    pub(crate) at: usize,
    /// Whose it is, where each symbol has columns of its own.
    series: usize,
    pub(crate) field: Field,
}

/// The columns of numbers that are read from a layout.
pub(crate) fn cells(layout: &Layout, fields: Fields) -> Vec<Cell> {
    let own = |series: usize, columns: &Columns| -> Vec<Cell> {
        let cell = |field| columns.get(field).map(|at| Cell { at, series, field });
        let fields = fields.within(columns.fields());
        fields.iter().filter_map(cell).collect()
    };
    match &layout.shape {
        Shape::One(columns) | Shape::Long { columns, .. } => own(0, columns),
        Shape::Wide(symbols) => {
            let symbols = symbols.iter().enumerate();
            symbols
                .flat_map(|(series, (_, columns))| own(series, columns))
                .collect()
        }
    }
}

/// No series: the rows of a symbol that is not wanted.
const UNWANTED: u32 = u32::MAX;

/// The series as a batch keeps it.
pub(crate) fn series(found: Option<usize>) -> u32 {
    found.map_or(UNWANTED, |series| series as u32)
}

/// Some rows, column by column.
pub(crate) struct Batch {
    pub(crate) days: Vec<Written>,
    /// The series of each row; empty where the rows name no symbol.
    pub(crate) series: Vec<u32>,
    /// The values, in the order of the cells.
    pub(crate) values: Vec<Vec<f64>>,
}

impl Batch {
    pub(crate) fn new(n_cells: usize) -> Batch {
        Batch {
            days: Vec::new(),
            series: Vec::new(),
            values: vec![Vec::new(); n_cells],
        }
    }

    pub(crate) fn clear(&mut self) {
        self.days.clear();
        self.series.clear();
        self.values.iter_mut().for_each(Vec::clear);
    }

    /// Adds the rows, of which `before` came earlier in the file.
    pub(crate) fn push(
        &self,
        cells: &[Cell],
        before: u64,
        wanted: Wanted<'_>,
        builder: &mut Builder,
    ) {
        let is_wide = cells.iter().any(|cell| cell.series > 0);
        if is_wide {
            let n_series = builder.n_series();
            let mut row = vec![[f64::NAN; Field::COUNT]; n_series];
            for (index, day) in self.days.iter().enumerate() {
                for (cell, values) in cells.iter().zip(&self.values) {
                    row[cell.series][cell.field as usize] = values[index];
                }
                builder.push_wide_row(*day, before + index as u64 + 1, &row, wanted.fields);
            }
            return;
        }
        for (index, day) in self.days.iter().enumerate() {
            let series = match self.series.get(index) {
                Some(&UNWANTED) => continue,
                Some(series) => *series as usize,
                None => 0,
            };
            let bars = builder.bars(series);
            bars.push_number(before + index as u64 + 1);
            for (cell, values) in cells.iter().zip(&self.values) {
                bars.column_mut(cell.field).push(values[index]);
            }
            builder.push_written(series, *day);
        }
    }
}
