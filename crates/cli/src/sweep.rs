//! `gridfolio sweep`

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use diagnostics::write_atomically;
use gridfolio::on_slurm::{Settings, Submission};
use gridfolio::sweep::{
    Collected, Draft, Existing, Request, StrategyText, collect, compute, dry_run,
};
use gridfolio::{Code, Error, Sweep, read_strategy_file};
use results::{Query, Results};
use sweep::{Shards, SweepError};

use crate::interrupt::stop_on_interrupt;
use crate::progress::Meter;
use crate::{on_slurm, summary, terminal};

/// Run every combination of a strategy file's `[sweep]` and rank them
///
/// The results stay in a folder: the same command continues where an interrupted one stopped, and
/// `results.parquet` in it opens in pandas, polars and DuckDB.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gridfolio sweep momentum.toml
  gridfolio sweep momentum.toml --dry-run
  gridfolio sweep momentum.toml crossover.toml --out results --threads 4
  gridfolio sweep momentum.toml --out /sharedfs/momentum.sweep --on slurm --partition mycluster
  gridfolio results momentum.sweep --sort sharpe --top 20
  gridfolio show momentum.sweep 17")]
pub(crate) struct Arguments {
    /// The strategy files; several make one sweep over several strategies
    #[arg(value_name = "STRATEGY.toml", required = true)]
    strategies: Vec<PathBuf>,
    /// The folder of price files, in place of the strategy files' `[data]`
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The folder for plan and results; beside the first strategy file, `NAME.sweep`, if not given
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Change one key of every strategy file, as in `--set portfolio.cash_buffer=0.02`
    #[arg(long = "set", value_name = "KEY=VALUE")]
    overrides: Vec<String>,
    /// Print how many trials there are and how long they would take, and stop
    #[arg(long)]
    dry_run: bool,
    /// Delete the sweep that the folder holds, and start over
    #[arg(long)]
    fresh: bool,
    /// Threads; one per core if not given. The results do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// The statistic to rank by
    #[arg(long, value_name = "COLUMN", default_value = "sharpe")]
    sort: String,
    /// How many of the best trials to show
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
    /// Also write results.csv
    #[arg(long)]
    csv: bool,
    /// Print nothing but errors
    #[arg(long, short)]
    quiet: bool,
    /// Where to run: the threads of this machine, or the nodes of its Slurm cluster
    #[arg(long, value_enum, value_name = "WHERE", default_value_t = Where::Here)]
    on: Where,
    /// With `--on slurm`: submit even if the sweep would finish locally before the jobs start
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    slurm: Settings,
}

/// The backends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Where {
    Here,
    Slurm,
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Error> {
    let strategies = arguments.strategies.iter().map(|file| {
        Ok(StrategyText {
            file: file.clone(),
            text: read_strategy_file(file)?,
        })
    });
    let request = Request {
        strategies: strategies.collect::<Result<_, Error>>()?,
        overrides: gridfolio::overrides(&arguments.overrides, "--set")?,
        data_dir: arguments.data.clone(),
        shard_size: None,
    };
    if arguments.on == Where::Here && (arguments.slurm != Settings::default() || arguments.force) {
        let error = Error::new(Code::Usage, "Slurm options require `--on slurm`");
        return Err(error.hint("add `--on slurm`, or leave them out"));
    }
    let mut draft = Draft::new(&request)?;
    if draft.asks_models() {
        return Err(SweepError::NoModels.into());
    }
    for notice in draft.notices() {
        terminal::warn(&notice.to_string());
    }
    let threads = arguments.threads.map_or(0, usize::from);
    let dir = arguments
        .out
        .clone()
        .unwrap_or_else(|| beside(&arguments.strategies[0]));
    // A node needs the whole path, unresolved: its links may differ there.
    let dir = match arguments.on {
        Where::Slurm => std::path::absolute(&dir).unwrap_or(dir),
        Where::Here => dir,
    };
    let existing = match arguments.fresh {
        true => Existing::StartOver,
        false => Existing::Resume,
    };
    let submission = match arguments.on {
        Where::Slurm => Some(submission(arguments, &mut draft, &dir, existing)?),
        Where::Here => None,
    };
    if arguments.dry_run {
        let mut text = dry_run(&draft, threads);
        if let Some(submission) = &submission {
            let shards = shards(existing, &draft, &dir);
            text += &format!("\n{}", submission.dry_run(&shards)?);
        }
        terminal::print(text.as_bytes())?;
        return Ok(Code::Done);
    }
    // Before anything is written: an interruption must not end the program halfway.
    let stop = stop_on_interrupt()?;
    let collected = match submission {
        Some(submission) => {
            let sweep = gridfolio::on_slurm::into_folder(draft, &dir, existing)?;
            on_slurm::complete(&submission, &sweep, threads, arguments.quiet, &stop)?
        }
        None => {
            let sweep = draft.into_folder(&dir, existing)?;
            compute_here(&sweep, threads, arguments.quiet, &stop)?
        }
    };
    summary::warn(&collected);
    if arguments.csv {
        write_csv(&dir)?;
    }
    if !arguments.quiet {
        let text = summary::of(&dir, &collected, &arguments.sort, arguments.top)?;
        terminal::print(text.as_bytes())?;
    }
    Ok(Code::Done)
}

/// The shards of the folder, or those that it would have.
fn shards(existing: Existing, draft: &Draft, dir: &Path) -> Shards {
    match (existing, Shards::open(dir)) {
        (Existing::Resume, Ok(shards)) => shards,
        _ => draft.shards(dir),
    }
}

fn submission(
    arguments: &Arguments,
    draft: &mut Draft,
    dir: &Path,
    existing: Existing,
) -> Result<Submission, Error> {
    let settings = on_slurm::settings(&arguments.slurm, &[&arguments.strategies[0], dir])?;
    let force = arguments.force || arguments.dry_run;
    Submission::plan(draft, dir, existing, settings, force)
}

/// Computes what is missing on the threads of this machine, and collects the results.
fn compute_here(
    sweep: &Sweep,
    threads: usize,
    quiet: bool,
    stop: &AtomicBool,
) -> Result<Collected, Error> {
    let meter = Meter::new(quiet);
    let computed = compute(sweep, threads, &|progress| meter.show(progress), stop);
    meter.finish();
    computed?;
    collect(sweep, threads, stop)
}

fn write_csv(dir: &Path) -> Result<(), Error> {
    let results = Results::open(dir)?;
    Ok(write_atomically(&dir.join("results.csv"), |file| {
        let written = results.write_csv(&Query::default(), file);
        written.map_err(std::io::Error::other)
    })?)
}

/// `momentum.toml` is swept in `momentum.sweep`.
fn beside(strategy: &Path) -> PathBuf {
    strategy.with_extension("sweep")
}
