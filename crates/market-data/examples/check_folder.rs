//! Checks every file of a folder and prints what it found: `check_folder DIR`.

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = std::env::args().nth(1).ok_or("usage: check_folder DIR")?;
    let check = market_data::check(&PathBuf::from(dir), None)?;
    #[expect(clippy::print_stdout, reason = "this program's result")]
    {
        print!("{}", check.to_text());
    }
    Ok(())
}
