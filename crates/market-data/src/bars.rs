//! The rows of one file, before they become a price series.

use backtest::date::Date;

use crate::columns::{ADJ_CLOSE, CLOSE, DIVIDENDS, OPEN, SPLITS};
use crate::error::{Place, Problem};
use crate::read_error::ReadError;
use crate::table::Table;

/// The rows of one file, column by column.
#[derive(Debug)]
pub(crate) struct Bars {
    pub(crate) dates: Vec<Date>,
    pub(crate) open: Vec<f64>,
    pub(crate) close: Vec<f64>,
    /// Empty when the file has no such column, or when it is not needed.
    pub(crate) adj_close: Vec<f64>,
    /// Dividends, in currency units per share. Empty without such a column.
    pub(crate) dividends: Vec<f64>,
    /// Splits, in new shares for each old one. Empty without such a column.
    pub(crate) splits: Vec<f64>,
    /// Capital gains that a fund pays out, in currency units per share. Empty without such a column.
    pub(crate) gains: Vec<f64>,
    /// Whether the adjusted closes are the prices that are used.
    pub(crate) is_adjusted: bool,
    /// What the file counts: lines or rows.
    pub(crate) counted_as: fn(u64) -> Place,
    /// Line or row number of each row; empty when they are 1, 2, 3 and so on.
    pub(crate) numbers: Vec<u64>,
    /// Whether the file has a column of adjusted closes.
    pub(crate) has_adj_close: bool,
    /// What reading had to correct in their order.
    pub(crate) disorder: Disorder,
}

/// Faults in the order of the rows, which reading has corrected.
#[derive(Debug, Default)]
pub(crate) struct Disorder {
    /// The first row that comes before its predecessor.
    pub(crate) first: Option<Place>,
    /// Whether every row comes before its predecessor.
    pub(crate) newest_first: bool,
    /// Rows that were dropped, with the equal row that was kept.
    pub(crate) repeats: Vec<(Place, Place)>,
}

/// Where the rows of a file stand in it.
pub(crate) struct Places {
    counted_as: fn(u64) -> Place,
    numbers: Vec<u64>,
}

impl Places {
    /// The place of a row, counted from 0.
    pub(crate) fn of(&self, row: usize) -> Place {
        let number = self.numbers.get(row).copied();
        (self.counted_as)(number.unwrap_or(row as u64 + 1))
    }
}

impl Bars {
    pub(crate) fn new(counted_as: fn(u64) -> Place) -> Bars {
        Bars {
            dates: Vec::new(),
            open: Vec::new(),
            close: Vec::new(),
            adj_close: Vec::new(),
            dividends: Vec::new(),
            splits: Vec::new(),
            gains: Vec::new(),
            is_adjusted: false,
            counted_as,
            numbers: Vec::new(),
            has_adj_close: false,
            disorder: Disorder::default(),
        }
    }

    /// Where the values of a column go.
    pub(crate) fn column_mut(&mut self, name: &'static str) -> &mut Vec<f64> {
        match name {
            OPEN => &mut self.open,
            CLOSE => &mut self.close,
            ADJ_CLOSE => &mut self.adj_close,
            DIVIDENDS => &mut self.dividends,
            SPLITS => &mut self.splits,
            _ => &mut self.gains,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.dates.len()
    }

    /// Where a row stands in the file.
    pub(crate) fn place(&self, row: usize) -> Place {
        (self.counted_as)(self.number(row))
    }

    /// Where its rows stand, for when the rows are gone.
    pub(crate) fn places(&self) -> Places {
        Places {
            counted_as: self.counted_as,
            numbers: self.numbers.clone(),
        }
    }

    /// The columns without the places of their rows.
    pub(crate) fn into_table(self) -> Table {
        let some = |column: Vec<f64>| (!column.is_empty()).then_some(column);
        Table {
            dates: self.dates,
            open: self.open,
            close: self.close,
            adj_close: some(self.adj_close),
            dividends: some(self.dividends),
            splits: some(self.splits),
            gains: some(self.gains),
        }
    }

    /// Whether there is not one price to use: neither an open nor a close, adjusted where it is to be.
    pub(crate) fn has_no_prices(&self) -> bool {
        let close = match self.is_adjusted && !self.adj_close.is_empty() {
            true => &self.adj_close,
            false => &self.close,
        };
        self.open.iter().chain(close).all(|price| price.is_nan())
    }

    fn number(&self, row: usize) -> u64 {
        self.numbers.get(row).copied().unwrap_or(row as u64 + 1)
    }

    /// Sorts the rows by date, keeping one of each set of equal rows.
    ///
    /// Rows are equal when their date and the prices that were read are.
    pub(crate) fn put_in_order(&mut self) -> Result<(), ReadError> {
        let Some(first) = (1..self.len()).find(|&row| self.dates[row] <= self.dates[row - 1])
        else {
            return Ok(());
        };
        let backward = |row: &usize| self.dates[*row] < self.dates[*row - 1];
        self.disorder.first = (first..self.len())
            .find(backward)
            .map(|row| self.place(row));
        self.disorder.newest_first =
            (1..self.len()).all(|row| self.dates[row] <= self.dates[row - 1]);

        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by_key(|&row| (self.dates[row], row));
        let mut kept: Vec<usize> = Vec::with_capacity(order.len());
        for row in order {
            match kept.last() {
                Some(&last) if self.dates[last] == self.dates[row] => {
                    let (first, second) = (self.place(last), self.place(row));
                    if !self.equal(last, row) {
                        let problem = Problem::Conflict {
                            date: self.dates[row],
                            first,
                        };
                        return Err((Some(second), problem).into());
                    }
                    self.disorder.repeats.push((first, second));
                }
                _ => kept.push(row),
            }
        }
        self.numbers = kept.iter().map(|&row| self.number(row)).collect();
        self.dates = kept.iter().map(|&row| self.dates[row]).collect();
        for column in [
            &mut self.open,
            &mut self.close,
            &mut self.adj_close,
            &mut self.dividends,
            &mut self.splits,
            &mut self.gains,
        ] {
            if !column.is_empty() {
                *column = kept.iter().map(|&row| column[row]).collect();
            }
        }
        Ok(())
    }

    fn equal(&self, a: usize, b: usize) -> bool {
        let columns = [
            &self.open,
            &self.close,
            &self.adj_close,
            &self.dividends,
            &self.splits,
            &self.gains,
        ];
        columns
            .into_iter()
            .filter(|column| !column.is_empty())
            // Missing prices are equal to each other.
            .all(|column| column[a] == column[b] || (column[a].is_nan() && column[b].is_nan()))
    }
}
