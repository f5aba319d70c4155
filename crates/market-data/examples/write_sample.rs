//! Writes the synthetic sample data: `write_sample DIR [SEED]`.

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let dir = PathBuf::from(arguments.next().ok_or("usage: write_sample DIR [SEED]")?);
    let seed = arguments.next().map_or(Ok(1), |text| text.parse())?;
    Ok(market_data::sample::write(&dir, seed)?)
}
