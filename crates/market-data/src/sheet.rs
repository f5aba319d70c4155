//! What one file holds: the rows of one symbol, or of many.

use std::collections::HashMap;

use backtest::date::Date;

use crate::bars::Bars;
use crate::dates::{self, Finding, Written};
use crate::error::{Place, Problem};
use crate::fields::{Field, Fields};
use crate::layout::{Columns, Layout, Shape};
use crate::read_error::ReadError;
use crate::vendor;
use crate::wanted::Wanted;

/// What one file holds.
#[derive(Debug)]
pub(crate) struct Sheet {
    /// Who wrote it, where its columns tell.
    pub(crate) vendor: Option<&'static str>,
    /// The rows by symbol, in the order in which symbols appear. A file of one symbol may not name it.
    pub(crate) series: Vec<(Option<String>, Bars)>,
    /// What had to be found out about its dates.
    pub(crate) finding: Option<Finding>,
}

/// Gathers the rows of a file.
pub(crate) struct Builder {
    vendor: Option<&'static str>,
    series: Vec<(Option<String>, Bars)>,
    by_symbol: HashMap<String, usize>,
    /// The series of the row before, which files of many symbols mostly go on with.
    last: usize,
    /// Cells whose day needs all the others, and where they stand.
    open: Vec<Written>,
    open_at: Vec<(u32, u32)>,
    counted_as: fn(u64) -> Place,
    present: Fields,
}

impl Builder {
    /// For a file of this layout, without a row yet.
    pub(crate) fn new(layout: &Layout, counted_as: fn(u64) -> Place) -> Builder {
        let bars = |columns: &Columns| Bars::new(counted_as, columns.fields());
        let (series, present) = match &layout.shape {
            Shape::One(columns) => (vec![(None, bars(columns))], columns.fields()),
            Shape::Long { columns, .. } => (Vec::new(), columns.fields()),
            Shape::Wide(symbols) => {
                let series = symbols.iter();
                let series = series.map(|(symbol, columns)| (Some(symbol.clone()), bars(columns)));
                (series.collect(), Fields::default())
            }
        };
        Builder {
            vendor: layout.vendor,
            series,
            by_symbol: HashMap::new(),
            last: 0,
            open: Vec::new(),
            open_at: Vec::new(),
            counted_as,
            present,
        }
    }

    /// The series of a symbol that a row names.
    pub(crate) fn series_of(&mut self, symbol: &str) -> usize {
        if let Some((Some(last), _)) = self.series.get(self.last)
            && last == symbol
        {
            return self.last;
        }
        self.last = match self.by_symbol.get(symbol) {
            Some(at) => *at,
            None => {
                let bars = Bars::new(self.counted_as, self.present);
                self.series.push((Some(symbol.to_owned()), bars));
                self.by_symbol
                    .insert(symbol.to_owned(), self.series.len() - 1);
                self.series.len() - 1
            }
        };
        self.last
    }

    /// How many symbols have been seen.
    pub(crate) fn n_series(&self) -> usize {
        self.series.len()
    }

    /// The series of a symbol that a row names; `None` when its rows are not wanted.
    pub(crate) fn wanted_series(&mut self, symbol: &str, wanted: Wanted<'_>) -> Option<usize> {
        wanted.has(symbol).then(|| self.series_of(symbol))
    }

    /// Adds a row with a day of every symbol; those without any price have no bar on it.
    pub(crate) fn push_wide_row(
        &mut self,
        written: Written,
        number: u64,
        values: &[[f64; Field::COUNT]],
        fields: Fields,
    ) {
        for (series, values) in values.iter().enumerate() {
            let priced = [Field::Open, Field::Close].map(|field| values[field as usize]);
            if priced.iter().all(|price| price.is_nan()) {
                continue;
            }
            let bars = self.bars(series);
            bars.push_number(number);
            let present = bars.present;
            for field in fields.within(present).iter() {
                bars.column_mut(field).push(values[field as usize]);
            }
            self.push_written(series, written);
        }
    }

    /// The rows of a series.
    #[inline]
    pub(crate) fn bars(&mut self, series: usize) -> &mut Bars {
        &mut self.series[series].1
    }

    /// Adds the date of a row as its cell says it.
    pub(crate) fn push_written(&mut self, series: usize, written: Written) {
        let row = self.bars(series).dates.len();
        let day = match written {
            Written::Day(day, time) => {
                if let Some(second) = time {
                    self.bars(series).set_time(row, second);
                }
                day
            }
            open => {
                self.open.push(open);
                self.open_at.push((series as u32, row as u32));
                // A stand-in until all dates are known.
                Date::EPOCH
            }
        };
        self.bars(series).dates.push(day);
    }

    /// All rows, with every date found out.
    pub(crate) fn finish(mut self) -> Result<Sheet, ReadError> {
        let finding = match dates::settle(&mut self.open, self.vendor) {
            Ok(finding) => finding,
            Err((at, problem)) => {
                let (series, row) = self.open_at[at];
                let place = self.series[series as usize].1.place(row as usize);
                return Err((Some(place), problem).into());
            }
        };
        for (written, (series, row)) in self.open.iter().zip(&self.open_at) {
            if let Written::Day(day, time) = *written {
                let bars = &mut self.series[*series as usize].1;
                bars.dates[*row as usize] = day;
                if let Some(second) = time {
                    bars.set_time(*row as usize, second);
                }
            }
        }
        if let Some(vendor) = self.vendor {
            for (_, bars) in &mut self.series {
                vendor::correct(vendor, bars);
            }
        }
        Ok(Sheet {
            vendor: self.vendor,
            series: self.series,
            finding,
        })
    }
}

impl Sheet {
    /// The rows of a symbol whose file this is, in the order of their dates.
    ///
    /// When the file holds one symbol only, that is it, whatever it is named.
    pub(crate) fn into_bars_of(mut self, symbol: &str) -> Result<Bars, ReadError> {
        let at = match self.series.len() {
            0 => return Err(Problem::HeaderOnly.into()),
            1 => 0,
            _ => {
                let named = |name: &Option<String>| name.as_deref() == Some(symbol);
                let found = self.series.iter().position(|(name, _)| named(name));
                found.ok_or_else(|| Problem::OtherSymbols {
                    found: self
                        .series
                        .iter()
                        .filter_map(|(name, _)| name.clone())
                        .collect(),
                })?
            }
        };
        in_order(self.series.swap_remove(at).1)
    }
}

/// The rows in the order of their dates, if there are any to use.
pub(crate) fn in_order(mut bars: Bars) -> Result<Bars, ReadError> {
    if bars.len() == 0 {
        return Err(Problem::HeaderOnly.into());
    }
    bars.put_in_order()?;
    bars.forget_zero_opens();
    if bars.has_no_prices() {
        return Err(Problem::NoPrices.into());
    }
    Ok(bars)
}
