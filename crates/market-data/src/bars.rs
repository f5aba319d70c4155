//! The rows of one file, before they become a price series.

use backtest::date::Date;

use crate::error::{Place, Problem};
use crate::read_error::ReadError;

/// The rows of one file, column by column.
#[derive(Debug)]
pub(crate) struct Bars {
    pub(crate) dates: Vec<Date>,
    pub(crate) open: Vec<f64>,
    pub(crate) close: Vec<f64>,
    /// Empty when the file has no such column, or when it was not asked for.
    pub(crate) adj_close: Vec<f64>,
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

impl Bars {
    pub(crate) fn new(counted_as: fn(u64) -> Place) -> Bars {
        Bars {
            dates: Vec::new(),
            open: Vec::new(),
            close: Vec::new(),
            adj_close: Vec::new(),
            counted_as,
            numbers: Vec::new(),
            has_adj_close: false,
            disorder: Disorder::default(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.dates.len()
    }

    /// Where a row stands in the file.
    pub(crate) fn place(&self, row: usize) -> Place {
        (self.counted_as)(self.number(row))
    }

    /// Whether there is not one price to use: neither an open nor a close, adjusted where it is to be.
    pub(crate) fn has_no_prices(&self) -> bool {
        let close = if self.adj_close.is_empty() {
            &self.close
        } else {
            &self.adj_close
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
        for column in [&mut self.open, &mut self.close, &mut self.adj_close] {
            if !column.is_empty() {
                *column = kept.iter().map(|&row| column[row]).collect();
            }
        }
        Ok(())
    }

    fn equal(&self, a: usize, b: usize) -> bool {
        [&self.open, &self.close, &self.adj_close]
            .into_iter()
            .filter(|column| !column.is_empty())
            // Missing prices are equal to each other.
            .all(|column| column[a] == column[b] || (column[a].is_nan() && column[b].is_nan()))
    }
}
