//! Files of daily bars, as a specification.

mod actions;
mod around;
mod check;
mod columnar;
mod folder;
mod import;
mod layouts;
mod members;
mod mistakes;
mod order;
mod robustness;
mod sample;
mod series;
mod vendors;

use diagnostics::Diagnostic;
use std::fs;
use std::path::Path;

use backtest::market::PriceSeries;
use market_data::{Adjustment, LoadError, Loaded, load};
use tempfile::TempDir;

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (name, content) in files {
        fs::write(dir.path().join(name), content).unwrap();
    }
    dir
}

/// Loads one file that is named `name`, for its symbol `A`.
fn load_one(name: &str, content: &[u8], adjustment: Adjustment) -> Result<Loaded, String> {
    let dir = folder(&[(name, content)]);
    let symbols = market_data::symbols_in(dir.path()).unwrap();
    load(dir.path(), &symbols, adjustment).map_err(|error| shown(&error, dir.path()))
}

/// A series, one line a day: date, open, close.
fn as_lines(series: &PriceSeries) -> String {
    (0..series.dates.len())
        .map(|row| {
            let (date, open, close) = (series.dates[row], series.open[row], series.close[row]);
            format!("{date} {open} {close}\n")
        })
        .collect()
}

/// An error as the command line shows it, without the temporary folder's name.
fn shown(error: &LoadError, dir: &Path) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(&format!("\ncause: {cause}"));
        source = cause.source();
    }
    if let Some(hint) = error.hint() {
        text.push_str(&format!("\n hint: {hint}"));
    }
    without_folder(&text, dir)
}

fn without_folder(text: &str, dir: &Path) -> String {
    text.replace(&dir.display().to_string(), "DIR")
}
