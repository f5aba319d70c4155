//! `gridfolio compare`

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use documents::comparison::Comparison;
use documents::tearsheet::Tearsheet;
use gridfolio::{Backtest, Code, Error, Sweep, open_tearsheet};
use results::Results;

use crate::report::{make, put};
use crate::terminal;

/// Compare several backtests, or the best trials of several sweeps
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gridfolio compare result other
  gridfolio compare momentum.sweep crossover.sweep
  gridfolio compare result momentum.sweep --format html --out comparison")]
pub(crate) struct Arguments {
    /// Folders of backtests or sweeps; of a sweep, the trial with the highest Sharpe ratio
    #[arg(value_name = "DIR", required = true, num_args = 2..)]
    dirs: Vec<PathBuf>,
    /// A table on the terminal, or a page
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    format: Format,
    /// The folder for `comparison.html`; the current one if not given
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Terminal,
    Html,
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Error> {
    let mut sides = Vec::with_capacity(arguments.dirs.len());
    for dir in &arguments.dirs {
        sides.push(side(dir)?);
    }
    // Folders distinguish two of one name.
    let names: Vec<String> = sides
        .iter()
        .map(|(name, _): &(String, _)| name.clone())
        .collect();
    for (at, (name, _)) in sides.iter_mut().enumerate() {
        if names.iter().filter(|other| *other == name).count() > 1 {
            *name = format!("{name} ({})", arguments.dirs[at].display());
        }
    }
    let comparison = Comparison { sides: &sides };
    match arguments.format {
        Format::Terminal => terminal::print(comparison.to_terminal().as_bytes())?,
        Format::Html => {
            let folder = arguments.out.clone().unwrap_or_else(|| PathBuf::from("."));
            make(&folder)?;
            let path = folder.join("comparison.html");
            put(&path, &comparison.to_html())?;
            terminal::print(format!("{}\n", path.display()).as_bytes())?;
        }
    }
    Ok(Code::Done)
}

/// The backtest in a folder, or the best trial of the sweep in it, run again; and its name.
fn side(dir: &Path) -> Result<(String, Tearsheet), Error> {
    if !dir.join("plan.json").is_file() {
        let sheet = open_tearsheet(dir)?;
        return Ok((sheet.name.clone(), sheet));
    }
    let sweep = Sweep::open(dir)?;
    let results = Results::open(dir)?;
    let Some(best) = results.best_trial("sharpe")? else {
        let error = format!("no trial of `{}` has a Sharpe ratio", dir.display());
        return Err(
            Error::new(Code::Usage, error).hint("`gridfolio results` shows why its trials failed")
        );
    };
    let trial = sweep.trial(best)?;
    results::rerun(&sweep, &trial)?;
    let sheet = Backtest::of_trial(dir, &trial, None)?.tearsheet()?;
    Ok((format!("{}, trial {best}", sheet.name), sheet))
}
