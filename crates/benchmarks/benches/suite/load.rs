//! Loading many files: 500 assets over 5,217 sessions in Yahoo's layout, some 300 MB of text.

use std::error::Error;
use std::fs::{self, File};
use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::path::Path;

use backtest::market::PriceSeries;
use benchmarks::prices::{random_walks, weekdays};
use market_data::{Adjustment, load};

use crate::clock::{Clock, Timing};

/// What loading came to.
pub(crate) struct Loading {
    /// CPU time of all threads.
    pub(crate) timing: Timing,
    /// Bytes of all files.
    pub(crate) bytes: u64,
}

/// Writes the files to a temporary folder and loads them a few times.
pub(crate) fn measure() -> Result<Loading, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let prices = random_walks(6, 500, &weekdays(5_217));
    let mut bytes = 0;
    for series in &prices {
        bytes += write_csv(folder.path(), series)?;
    }
    let symbols: Vec<String> = prices.into_iter().map(|series| series.symbol).collect();
    let load_all = || load(folder.path(), &symbols, Adjustment::ByCloseRatio);
    load_all()?;
    let timing = Clock::Process.samples(5, || {
        let _ = black_box(load_all());
    });
    Ok(Loading { timing, bytes })
}

/// Writes `SYMBOL.csv` with as many digits as a double needs, as Yahoo's files have them; its size.
pub(crate) fn write_csv(folder: &Path, series: &PriceSeries) -> Result<u64, Box<dyn Error>> {
    let path = folder.join(format!("{}.csv", series.symbol));
    let mut file = BufWriter::new(File::create(&path)?);
    writeln!(file, "Date,Open,High,Low,Close,Adj Close,Volume")?;
    for (day, date) in series.dates.iter().enumerate() {
        let (open, close) = (series.open[day], series.close[day]);
        let (high, low) = (1.001 * open.max(close), 0.999 * open.min(close));
        let adjusted = 0.95 * close;
        writeln!(
            file,
            "{date},{open},{high},{low},{close},{adjusted},{}",
            1_000_000 + day
        )?;
    }
    file.flush()?;
    drop(file);
    Ok(fs::metadata(&path)?.len())
}
