//! `market.snap`: the prices of a sweep in one file, and the series beside them, written and read one
//! at a time.
//!
//! ```text
//! "GFPRICE4"  groups (4)
//! per group   series (4), and after them rates (4)
//! per series  symbol  days (8)  dates (4 each)  opens (8 each)  closes (8 each)
//!             shares as traded: 0 the same, 1 unknown, 2 by day (1)  by day (8 each)
//!             actions (4)  per action: date (4)  split (8)  dividend (8)
//! per rate    name    days (8)  dates (4 each)  values (8 each)
//! digest of all this (32)
//! ```
//!
//! Little-endian; a text has its length (4) before it. Every bit of every price is kept.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use backtest::date::Date;
use backtest::market::{CorporateAction, Observations, PriceSeries, RealShares};
use blake3::{Hash, Hasher, OUT_LEN};
use diagnostics::open_file;

use crate::bytes::{Bytes, put_text};
use crate::group_data::GroupData;

const MAGIC: &[u8; 8] = b"GFPRICE4";

/// Writes the prices of each group; the digest of what was written.
pub(crate) fn write(groups: &[GroupData], out: &mut dyn Write) -> io::Result<Hash> {
    let mut hasher = Hasher::new();
    let mut put = |bytes: &[u8]| {
        hasher.update(bytes);
        out.write_all(bytes)
    };
    put(MAGIC)?;
    put(&(groups.len() as u32).to_le_bytes())?;
    let mut buffer = Vec::new();
    for group in groups {
        put(&(group.prices.len() as u32).to_le_bytes())?;
        for series in &group.prices {
            buffer.clear();
            put_series(&mut buffer, series);
            put(&buffer)?;
        }
        put(&(group.rates.len() as u32).to_le_bytes())?;
        for series in &group.rates {
            buffer.clear();
            put_rates(&mut buffer, series);
            put(&buffer)?;
        }
    }
    let seal = hasher.finalize();
    hasher.update(seal.as_bytes());
    out.write_all(seal.as_bytes())?;
    Ok(hasher.finalize())
}

/// The digest of the file that [`write`] would make.
pub(crate) fn digest(groups: &[GroupData]) -> Hash {
    write(groups, &mut io::sink()).expect("nothing is written that could fail")
}

/// The digest of one series.
pub(crate) fn series_digest(series: &PriceSeries) -> Hash {
    let mut bytes = Vec::new();
    put_series(&mut bytes, series);
    blake3::hash(&bytes)
}

/// The digest of one series beside the prices.
pub(crate) fn rates_digest(series: &Observations) -> Hash {
    let mut bytes = Vec::new();
    put_rates(&mut bytes, series);
    blake3::hash(&bytes)
}

/// The digest of a file as it is.
pub(crate) fn file_digest(path: &Path) -> io::Result<Hash> {
    let mut hasher = Hasher::new();
    io::copy(&mut open_file(path)?, &mut hasher)?;
    Ok(hasher.finalize())
}

/// The prices in a file and its digest. `None` when it is truncated, changed or something else.
pub(crate) fn read(path: &Path) -> io::Result<Option<(Vec<GroupData>, Hash)>> {
    let file = open_file(path)?;
    let Some(left) = file.metadata()?.len().checked_sub(OUT_LEN as u64) else {
        return Ok(None);
    };
    let mut content = Content {
        file: BufReader::new(file),
        left,
        hasher: Hasher::new(),
        bytes: Vec::new(),
    };
    let Some(groups) = content.groups()? else {
        return Ok(None);
    };
    let mut seal = [0; OUT_LEN];
    content.file.read_exact(&mut seal)?;
    if content.left > 0 || content.hasher.finalize() != seal {
        return Ok(None);
    }
    content.hasher.update(&seal);
    Ok(Some((groups, content.hasher.finalize())))
}

/// A file being read front to back without trusting it.
struct Content {
    file: BufReader<File>,
    /// Bytes before the digest at the end.
    left: u64,
    hasher: Hasher,
    /// What was read last.
    bytes: Vec<u8>,
}

impl Content {
    /// Reads `length` bytes; `None` when there are fewer.
    fn take(&mut self, length: u64) -> io::Result<Option<Bytes<'_>>> {
        let Some(left) = self.left.checked_sub(length) else {
            return Ok(None);
        };
        self.left = left;
        // No longer than the file is.
        self.bytes.resize(length as usize, 0);
        self.file.read_exact(&mut self.bytes)?;
        self.hasher.update(&self.bytes);
        Ok(Some(Bytes(&self.bytes)))
    }

    fn u32(&mut self) -> io::Result<Option<u32>> {
        Ok(self.take(4)?.and_then(|mut bytes| bytes.u32()))
    }

    fn groups(&mut self) -> io::Result<Option<Vec<GroupData>>> {
        let magic = self.take(MAGIC.len() as u64)?;
        if magic.is_none_or(|magic| magic.0 != MAGIC) {
            return Ok(None);
        }
        let Some(n_groups) = self.u32()? else {
            return Ok(None);
        };
        let mut groups = Vec::new();
        for _ in 0..n_groups {
            let Some(n_series) = self.u32()? else {
                return Ok(None);
            };
            let mut group = GroupData::default();
            for _ in 0..n_series {
                match self.series()? {
                    Some(series) => group.prices.push(series),
                    None => return Ok(None),
                }
            }
            let Some(n_rates) = self.u32()? else {
                return Ok(None);
            };
            for _ in 0..n_rates {
                match self.rates()? {
                    Some(series) => group.rates.push(series),
                    None => return Ok(None),
                }
            }
            groups.push(group);
        }
        Ok(Some(groups))
    }

    fn text(&mut self) -> io::Result<Option<String>> {
        let Some(length) = self.u32()? else {
            return Ok(None);
        };
        let text = self.take(u64::from(length))?;
        Ok(text.and_then(|text| std::str::from_utf8(text.0).map(str::to_owned).ok()))
    }

    fn rates(&mut self) -> io::Result<Option<Observations>> {
        let Some(name) = self.text()? else {
            return Ok(None);
        };
        let days = self.take(8)?.and_then(|mut bytes| bytes.u64());
        let Some((days, length)) = days.and_then(|days| Some((days, days.checked_mul(12)?))) else {
            return Ok(None);
        };
        let columns = self.take(length)?;
        Ok(columns.and_then(|mut columns| {
            Some(Observations {
                name,
                dates: dates(days as usize, &mut columns)?,
                values: numbers(days as usize, &mut columns)?,
            })
        }))
    }

    fn series(&mut self) -> io::Result<Option<PriceSeries>> {
        let Some(symbol) = self.text()? else {
            return Ok(None);
        };
        let days = self.take(8)?.and_then(|mut bytes| bytes.u64());
        let Some((days, length)) = days.and_then(|days| Some((days, days.checked_mul(20)?))) else {
            return Ok(None);
        };
        let columns = self.take(length)?;
        let read = columns.and_then(|mut columns| series(symbol, days as usize, &mut columns));
        let Some(series) = read else {
            return Ok(None);
        };
        let Some(real_shares) = self.real_shares(days)? else {
            return Ok(None);
        };
        let actions = self.actions()?;
        Ok(actions.map(|actions| PriceSeries {
            real_shares,
            actions,
            ..series
        }))
    }

    fn actions(&mut self) -> io::Result<Option<Vec<CorporateAction>>> {
        let Some(n) = self.u32()? else {
            return Ok(None);
        };
        let bytes = self.take(ACTION * u64::from(n))?;
        Ok(bytes.and_then(|mut bytes| (0..n).map(|_| action(&mut bytes)).collect()))
    }

    fn real_shares(&mut self, days: u64) -> io::Result<Option<RealShares>> {
        let kind = self.take(1)?.map(|kind| kind.0[0]);
        Ok(match kind {
            Some(SAME) => Some(RealShares::Same),
            Some(UNKNOWN) => Some(RealShares::Unknown),
            // The days have been multiplied by more than this without an overflow.
            Some(BY_DAY) => (self.take(8 * days)?)
                .and_then(|mut bytes| numbers(days as usize, &mut bytes))
                .map(RealShares::ByDay),
            _ => None,
        })
    }
}

/// Bytes of an action.
const ACTION: u64 = 20;

const SAME: u8 = 0;
const UNKNOWN: u8 = 1;
const BY_DAY: u8 = 2;

fn put_rates(out: &mut Vec<u8>, series: &Observations) {
    put_text(out, &series.name);
    put_dates(out, &series.dates);
    for value in &series.values {
        out.extend(value.to_bits().to_le_bytes());
    }
}

fn put_dates(out: &mut Vec<u8>, dates: &[Date]) {
    out.extend((dates.len() as u64).to_le_bytes());
    for date in dates {
        out.extend(date.epoch_days().to_le_bytes());
    }
}

fn put_series(out: &mut Vec<u8>, series: &PriceSeries) {
    put_text(out, &series.symbol);
    put_dates(out, &series.dates);
    for price in series.open.iter().chain(&series.close) {
        out.extend(price.to_bits().to_le_bytes());
    }
    match &series.real_shares {
        RealShares::Same => out.push(SAME),
        RealShares::Unknown => out.push(UNKNOWN),
        RealShares::ByDay(numbers) => {
            out.push(BY_DAY);
            for number in numbers {
                out.extend(number.to_bits().to_le_bytes());
            }
        }
    }
    out.extend((series.actions.len() as u32).to_le_bytes());
    for action in &series.actions {
        out.extend(action.date.epoch_days().to_le_bytes());
        for number in [action.split, action.dividend] {
            out.extend(number.to_bits().to_le_bytes());
        }
    }
}

fn action(bytes: &mut Bytes<'_>) -> Option<CorporateAction> {
    let date = Date::from_epoch_days(i32::from_le_bytes(bytes.array()?))?;
    let mut number = || Some(f64::from_le_bytes(bytes.array()?));
    let (split, dividend) = (number()?, number()?);
    Some(CorporateAction {
        date,
        split,
        dividend,
    })
}

fn numbers(n: usize, bytes: &mut Bytes<'_>) -> Option<Vec<f64>> {
    let numbers = bytes.take(8 * n)?.as_chunks().0.iter();
    Some(numbers.map(|number| f64::from_le_bytes(*number)).collect())
}

fn dates(days: usize, bytes: &mut Bytes<'_>) -> Option<Vec<Date>> {
    let dates = bytes.take(4 * days)?.as_chunks().0.iter();
    let dates = dates.map(|day| Date::from_epoch_days(i32::from_le_bytes(*day)));
    dates.collect()
}

fn series(symbol: String, days: usize, bytes: &mut Bytes<'_>) -> Option<PriceSeries> {
    Some(PriceSeries {
        symbol,
        dates: dates(days, bytes)?,
        open: numbers(days, bytes)?,
        close: numbers(days, bytes)?,
        ..PriceSeries::default()
    })
}
