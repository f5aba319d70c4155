//! The rows of one symbol, before they become a price series.

use backtest::date::Date;

use crate::error::{Place, Problem};
use crate::fields::{Field, Fields};
use crate::read_error::ReadError;
use crate::table::Table;

/// The rows of one symbol, column by column.
#[derive(Debug)]
pub(crate) struct Bars {
    pub(crate) dates: Vec<Date>,
    /// By field; empty where the file has no such column, or where it was not asked for.
    columns: [Vec<f64>; Field::COUNT],
    /// What the file counts: lines or rows.
    counted_as: fn(u64) -> Place,
    /// Line or row number of each row; empty when they are 1, 2, 3 and so on.
    numbers: Vec<u32>,
    /// Seconds since midnight of each row; empty when none has a time of day.
    times: Vec<u32>,
    /// The fields that the file has, read or not.
    pub(crate) present: Fields,
    /// What reading had to correct in their order.
    pub(crate) disorder: Disorder,
    /// Opens of zero beside a close above it, which are taken as missing: how many, and the first row.
    pub(crate) zero_opens: (usize, Option<usize>),
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
    /// The bar of the last day that was dropped for a later quote of that day.
    pub(crate) live_quote: Option<LiveQuote>,
}

/// Two rows for the last day: the bar, and a quote from later on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LiveQuote {
    pub(crate) date: Date,
    pub(crate) dropped: Place,
    pub(crate) kept: Place,
}

/// Where the rows of a file stand in it.
pub(crate) struct Places {
    counted_as: fn(u64) -> Place,
    numbers: Vec<u32>,
}

impl Places {
    /// The place of a row, counted from 0.
    pub(crate) fn of(&self, row: usize) -> Place {
        let number = self.numbers.get(row).map(|number| u64::from(*number));
        (self.counted_as)(number.unwrap_or(row as u64 + 1))
    }
}

impl Bars {
    pub(crate) fn new(counted_as: fn(u64) -> Place, present: Fields) -> Bars {
        Bars {
            dates: Vec::new(),
            columns: Default::default(),
            counted_as,
            numbers: Vec::new(),
            times: Vec::new(),
            present,
            disorder: Disorder::default(),
            zero_opens: (0, None),
        }
    }

    pub(crate) fn reserve_exact(&mut self, n: usize, fields: Fields, numbered: bool) {
        self.dates.reserve_exact(n);
        if numbered {
            self.numbers.reserve_exact(n);
        }
        for field in fields.iter() {
            self.columns[field as usize].reserve_exact(n);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.dates.len()
    }

    /// The values of a field; empty when they were not read.
    pub(crate) fn column(&self, field: Field) -> &[f64] {
        &self.columns[field as usize]
    }

    pub(crate) fn column_mut(&mut self, field: Field) -> &mut Vec<f64> {
        &mut self.columns[field as usize]
    }

    /// Takes the values of a field out.
    pub(crate) fn take(&mut self, field: Field) -> Vec<f64> {
        std::mem::take(&mut self.columns[field as usize])
    }

    /// Notes the number of the row that is about to be complete.
    pub(crate) fn push_number(&mut self, number: u64) {
        self.numbers.push(u32::try_from(number).unwrap_or(u32::MAX));
    }

    /// Notes the time of day of a row.
    pub(crate) fn set_time(&mut self, row: usize, second: u32) {
        if self.times.is_empty() && second == 0 {
            return;
        }
        if self.times.len() <= row {
            self.times.resize(row + 1, 0);
        }
        self.times[row] = second;
    }

    /// Where a row stands in the file.
    pub(crate) fn place(&self, row: usize) -> Place {
        (self.counted_as)(self.number(row))
    }

    /// The columns, and where their rows stand.
    pub(crate) fn into_table(mut self) -> (Table, Places) {
        let mut column = |field| {
            let values = self.take(field);
            (!values.is_empty()).then_some(values)
        };
        let table = Table {
            open: column(Field::Open).unwrap_or_default(),
            close: column(Field::Close).unwrap_or_default(),
            adj_close: column(Field::AdjClose),
            dividends: column(Field::Dividend),
            splits: column(Field::Split),
            gains: column(Field::Gains),
            dates: self.dates,
        };
        let places = Places {
            counted_as: self.counted_as,
            numbers: self.numbers,
        };
        (table, places)
    }

    /// Whether there is not one price to use: neither an open nor a close.
    pub(crate) fn has_no_prices(&self) -> bool {
        let prices = self
            .column(Field::Open)
            .iter()
            .chain(self.column(Field::Close));
        prices.into_iter().all(|price| price.is_nan())
    }

    fn number(&self, row: usize) -> u64 {
        let number = self.numbers.get(row).map(|number| u64::from(*number));
        number.unwrap_or(row as u64 + 1)
    }

    /// Adds the rows of another part of the same symbol.
    pub(crate) fn append(&mut self, mut other: Bars) {
        if !self.times.is_empty() || !other.times.is_empty() {
            self.times.resize(self.len(), 0);
            other.times.resize(other.len(), 0);
            self.times.append(&mut other.times);
        }
        let (own, added) = (self.len(), other.len());
        if self.numbers.is_empty() && !self.dates.is_empty() {
            self.numbers = (1..=own as u32).collect();
        }
        match other.numbers.is_empty() {
            true => self.numbers.extend(1..=added as u32),
            false => self.numbers.append(&mut other.numbers),
        }
        self.dates.append(&mut other.dates);
        for (own_column, other) in self.columns.iter_mut().zip(&mut other.columns) {
            // A field that only one part has is missing in the other.
            if !own_column.is_empty() || !other.is_empty() {
                own_column.resize(own, f64::NAN);
                other.resize(added, f64::NAN);
                own_column.append(other);
            }
        }
    }

    /// Sorts the rows by date, keeping one of each set of equal rows.
    ///
    /// Rows are equal when their date and the prices that were read are. Of two rows for the last day
    /// with different times the later one is kept.
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
        let last_day = order.last().map(|&row| self.dates[row]);
        let mut kept: Vec<usize> = Vec::with_capacity(order.len());
        let mut conflicts: Vec<(usize, usize)> = Vec::new();
        for row in order {
            match kept.last() {
                Some(&last) if self.dates[last] == self.dates[row] => {
                    if self.equal(last, row) {
                        let (first, second) = (self.place(last), self.place(row));
                        self.disorder.repeats.push((first, second));
                    } else {
                        conflicts.push((last, row));
                    }
                }
                _ => kept.push(row),
            }
        }
        match conflicts.as_slice() {
            [] => {}
            &[(bar, quote)]
                if Some(self.dates[bar]) == last_day && self.time(bar) != self.time(quote) =>
            {
                let (bar, quote) = match self.time(bar) < self.time(quote) {
                    true => (bar, quote),
                    false => (quote, bar),
                };
                self.disorder.live_quote = Some(LiveQuote {
                    date: self.dates[bar],
                    dropped: self.place(bar),
                    kept: self.place(quote),
                });
                if let Some(last) = kept.last_mut() {
                    *last = quote;
                }
            }
            &[(a, b), ..] => return Err(self.conflict(a, b, last_day)),
        }
        let kept_of =
            |column: &[u32]| -> Vec<u32> { kept.iter().map(|&row| column[row]).collect() };
        if self.numbers.is_empty() {
            self.numbers = kept.iter().map(|&row| row as u32 + 1).collect();
        } else {
            self.numbers = kept_of(&self.numbers);
        }
        if !self.times.is_empty() {
            self.times.resize(self.dates.len(), 0);
            self.times = kept_of(&self.times);
        }
        self.dates = kept.iter().map(|&row| self.dates[row]).collect();
        for column in &mut self.columns {
            if !column.is_empty() {
                *column = kept.iter().map(|&row| column[row]).collect();
            }
        }
        Ok(())
    }

    /// Takes opens of zero as missing where the close is above zero: vendors write them where they have
    /// none.
    pub(crate) fn forget_zero_opens(&mut self) {
        let [open, _, _, close, ..] = &mut self.columns;
        for (row, (open, close)) in open.iter_mut().zip(close).enumerate() {
            if *open == 0.0 && *close > 0.0 {
                *open = f64::NAN;
                self.zero_opens.0 += 1;
                self.zero_opens.1.get_or_insert(row);
            }
        }
    }

    fn time(&self, row: usize) -> u32 {
        self.times.get(row).copied().unwrap_or(0)
    }

    /// Two rows of one day that differ: bars of parts of a day, or one of them is wrong.
    fn conflict(&self, a: usize, b: usize, last_day: Option<Date>) -> ReadError {
        let date = self.dates[a];
        let times = (self.time(a), self.time(b));
        let problem = match times.0 != times.1 {
            true => {
                let clock = |second: u32| format!("{:02}:{:02}", second / 3600, second % 3600 / 60);
                Problem::Intraday {
                    date,
                    times: (clock(times.0), clock(times.1)),
                }
            }
            false => Problem::Conflict {
                date,
                first: self.place(a),
                is_last_day: Some(date) == last_day,
            },
        };
        (Some(self.place(b)), problem).into()
    }

    fn equal(&self, a: usize, b: usize) -> bool {
        self.columns
            .iter()
            .filter(|column| !column.is_empty())
            // Missing prices are equal to each other.
            .all(|column| column[a] == column[b] || (column[a].is_nan() && column[b].is_nan()))
    }
}
