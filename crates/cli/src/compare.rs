//! `gridfolio compare`

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use documents::comparison::Comparison;
use documents::tearsheet::Tearsheet;
use failure::{Code, Context, Failure, Role};
use results::Results;
use sweep::Sweep;

use crate::report::{make, put, tearsheet};
use crate::{run, terminal};

/// Puts several backtests, or the best of several sweeps, side by side
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
    /// The folder that `comparison.html` is written to; this one if not given
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Terminal,
    Html,
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    let mut sides = Vec::with_capacity(arguments.dirs.len());
    for dir in &arguments.dirs {
        sides.push(side(dir)?);
    }
    // Two of one name are told apart by their folders.
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
fn side(dir: &Path) -> Result<(String, Tearsheet), Failure> {
    if !dir.join("plan.json").is_file() {
        let sheet = tearsheet(dir)?;
        return Ok((sheet.name.clone(), sheet));
    }
    let sweep = Sweep::open(dir)?;
    let results = Results::open(dir)?;
    let Some(best) = results.best_trial("sharpe")? else {
        let error = format!("no trial of `{}` has a Sharpe ratio", dir.display());
        return Err(Failure::new(Code::Usage, error)
            .hint("look at why its trials failed, with `gridfolio results`"));
    };
    let trial = sweep.trial(best)?;
    results::rerun(&sweep, &trial)?;
    let context = Context {
        file: dir,
        dir,
        strategy: &trial.file.strategy,
        series: &[],
        role: Role::Strategy,
    };
    run::with_report(&context, &trial.market, &[], |report| {
        let sheet = Tearsheet::of(report, &report.detail());
        Ok((format!("{}, trial {best}", sheet.name), sheet))
    })
}
