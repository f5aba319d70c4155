//! Loads every file of a folder and tells how long it took: `load_folder DIR [ROUNDS]`.

use std::path::PathBuf;
use std::time::Instant;

use market_data::{Adjustment, load, symbols_in};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let dir = PathBuf::from(arguments.next().ok_or("usage: load_folder DIR [ROUNDS]")?);
    let rounds: u32 = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let symbols = symbols_in(&dir)?;
    for _ in 0..rounds {
        let start = Instant::now();
        let loaded = load(&dir, &symbols, Adjustment::ByCloseRatio)?;
        let bars: usize = loaded.series.iter().map(|series| series.dates.len()).sum();
        let seconds = start.elapsed().as_secs_f64();
        #[expect(clippy::print_stdout, reason = "this program's result")]
        {
            println!("{} files, {bars} bars, {seconds:.3} s", symbols.len());
        }
    }
    Ok(())
}
