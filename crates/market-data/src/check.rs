//! Looks through a folder of daily bars for what would spoil a backtest.

mod days;
mod findings;
mod json;
mod prices;
mod text;

use std::path::Path;

use backtest::date::Date;
use rayon::prelude::*;

pub use findings::{Break, BreakKind, Check, Count, Jump, SymbolCheck};

use crate::error::FolderError;
use crate::file;
use crate::folder::Folder;
use crate::load::order_notices;

/// Why a folder could not be checked at all.
pub type CheckError = FolderError;

/// Checks the files of `symbols`, or of all symbols of a folder. Files are read in parallel.
///
/// A file that cannot be read is part of the result; only an unreadable folder is an error.
pub fn check(dir: &Path, symbols: Option<&[String]>) -> Result<Check, CheckError> {
    let folder = Folder::list(dir)?;
    let symbols: Vec<String> = match symbols {
        Some(symbols) => symbols.to_vec(),
        None => folder.files.keys().cloned().collect(),
    };
    let (mut symbols, days): (Vec<SymbolCheck>, Vec<Vec<Date>>) = symbols
        .into_par_iter()
        .map_init(Vec::new, |buffer, symbol| {
            check_one(&folder, symbol, buffer)
        })
        .unzip();
    days::compare(&mut symbols, &days);
    let is_usable =
        |symbol: &SymbolCheck| symbol.error.is_none() && symbol.non_positive_prices.n == 0;
    Ok(Check {
        dir: dir.to_owned(),
        usable: !symbols.is_empty() && symbols.iter().all(is_usable),
        symbols,
    })
}

/// What a file says by itself, and its days.
fn check_one(folder: &Folder, symbol: String, buffer: &mut Vec<u8>) -> (SymbolCheck, Vec<Date>) {
    let mut found = SymbolCheck {
        symbol,
        path: None,
        error: None,
        span: None,
        n_rows: 0,
        has_adj_close: false,
        notices: Vec::new(),
        missing_days: Vec::new(),
        lone_days: Vec::new(),
        missing_prices: Count::default(),
        non_positive_prices: Count::default(),
        jumps: Vec::new(),
        breaks: Vec::new(),
    };
    let bars = folder.find(&found.symbol).and_then(|path| {
        found.path = Some(path.to_owned());
        let bars = file::read(path, true, buffer)?;
        found.notices = order_notices(path, &bars);
        Ok(bars)
    });
    match bars {
        Ok(bars) => {
            found.span = bars.dates.first().copied().zip(bars.dates.last().copied());
            found.n_rows = bars.len();
            found.has_adj_close = bars.has_adj_close;
            prices::look_through(&mut found, &bars);
            (found, bars.dates)
        }
        Err(error) => {
            found.error = Some(error);
            (found, Vec::new())
        }
    }
}
