//! `gridfolio sweep`

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cluster::Settings;
use failure::{Code, Failure, read_strategy_file};
use results::{Query, Results, mapped};
use sweep::{
    Completion, Draft, Existing, Request, RunOptions, Shards, StrategyText, Sweep, SweepError,
    SweepSummary, Threads,
};
use verdict::Verdict;

use crate::ledger;
use crate::on_slurm::{self, Submission};
use crate::progress::Meter;
use crate::run::parsed;
use crate::terminal;

/// Runs every combination of a strategy file's `[sweep]` and ranks them
///
/// The results stay in a folder: the same command goes on where an interrupted one stopped, and
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
    /// Say how many trials there are and how long they would take, and stop
    #[arg(long)]
    dry_run: bool,
    /// Delete the sweep that the folder holds, and begin anew
    #[arg(long)]
    fresh: bool,
    /// Threads; as many as the machine has if not given. The results do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// The statistic to rank by
    #[arg(long, value_name = "COLUMN", default_value = "sharpe")]
    sort: String,
    /// How many of the best to show
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
    /// Write results.csv beside results.parquet, too
    #[arg(long)]
    csv: bool,
    /// Print nothing but errors
    #[arg(long, short)]
    quiet: bool,
    /// Where to run: the threads of this machine, or the nodes of its Slurm cluster
    #[arg(long, value_enum, value_name = "WHERE", default_value_t = Where::Here)]
    on: Where,
    /// With `--on slurm`, also when this machine alone would be done first
    #[arg(long)]
    anyway: bool,
    #[command(flatten)]
    slurm: Settings,
}

/// The backends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Where {
    Here,
    Slurm,
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    let strategies = arguments.strategies.iter().map(|file| {
        Ok(StrategyText {
            file: file.clone(),
            text: read_strategy_file(file)?,
        })
    });
    let request = Request {
        strategies: strategies.collect::<Result<_, Failure>>()?,
        overrides: parsed(&arguments.overrides)?,
        data_dir: arguments.data.clone(),
        shard_size: None,
    };
    if arguments.on == Where::Here && (arguments.slurm != Settings::default() || arguments.anyway) {
        return Err(Failure::new(
            Code::Usage,
            "settings of a cluster are given, and none is to be used",
        )
        .hint("add `--on slurm`"));
    }
    let mut draft = Draft::new(&request)?;
    if draft.asks_models() {
        return Err(Failure::of_sweep(&SweepError::NoModels));
    }
    for notice in draft.notices() {
        terminal::complain(&format!("warning: {notice}"));
    }
    let threads = arguments.threads.map_or(0, usize::from);
    let dir = arguments
        .out
        .clone()
        .unwrap_or_else(|| beside(&arguments.strategies[0]));
    // A node needs the whole path; what it leads through may be links here and not there.
    let dir = match arguments.on {
        Where::Slurm => std::path::absolute(&dir).unwrap_or(dir),
        Where::Here => dir,
    };
    let submission = match arguments.on {
        Where::Slurm => Some(submission(arguments, &mut draft, &dir)?),
        Where::Here => None,
    };
    if arguments.dry_run {
        let mut text = draft.dry_run(threads);
        if let Some(submission) = &submission {
            text += &format!(
                "\n{}",
                submission.dry_run(&shards(arguments, &draft, &dir))?
            );
        }
        terminal::print(text.as_bytes())?;
        return Ok(Code::Done);
    }
    let existing = match arguments.fresh {
        true => Existing::StartOver,
        false => Existing::Resume,
    };
    // Before anything is written: what was begun is brought to a good end.
    let stop = stop_on_interrupt()?;
    if let (true, Some(_), Ok(shards)) = (arguments.fresh, &submission, Shards::open(&dir)) {
        // Its jobs would go on with what is no longer there.
        on_slurm::cancel(&shards)?;
    }
    let sweep = draft.into_folder(&dir, existing)?;
    let report = match submission {
        Some(submission) => submission.complete(&sweep, threads, arguments.quiet, &stop)?,
        None => computed(&sweep, threads, arguments.quiet, &stop)?,
    };
    for redone in &report.redone {
        terminal::complain(&format!("warning: computed again: {redone}"));
    }
    if arguments.csv {
        write_csv(&dir)?;
    }
    if !arguments.quiet {
        let summary = summary(&dir, &report, &arguments.sort, arguments.top)?;
        terminal::print(summary.as_bytes())?;
    }
    Ok(Code::Done)
}

/// The shards of the folder, or those that it would have.
fn shards(arguments: &Arguments, draft: &Draft, dir: &Path) -> Shards {
    let there = (!arguments.fresh).then(|| Shards::open(dir).ok()).flatten();
    there.unwrap_or_else(|| draft.shards(dir))
}

fn submission(arguments: &Arguments, draft: &mut Draft, dir: &Path) -> Result<Submission, Failure> {
    let settings = on_slurm::settings(&arguments.slurm, &[&arguments.strategies[0], dir])?;
    let there = (!arguments.fresh).then(|| Shards::open(dir).ok()).flatten();
    Submission::plan(
        draft,
        there.as_ref(),
        dir,
        settings,
        arguments.anyway || arguments.dry_run,
    )
}

/// Computes what is missing on the threads of this machine, and makes the table.
fn computed(
    sweep: &Sweep,
    threads: usize,
    quiet: bool,
    stop: &AtomicBool,
) -> Result<SweepSummary, Failure> {
    let meter = Meter::new(quiet);
    let shards = sweep.shards();
    let mut backend = Threads {
        sweep,
        options: RunOptions {
            threads,
            progress: &|progress| meter.show(progress),
            stop,
        },
    };
    let completion = sweep::complete(&shards, &mut backend, Threads::PATIENCE, stop, |_, _| {});
    meter.finish();
    match completion? {
        Completion::Complete => collected(sweep, threads, stop),
        Completion::Stopped | Completion::Lost(_) => {
            let missing = shards.missing()?;
            let total = shards.n_numbers();
            let done = total - shards.numbers_of(&missing);
            let stopped = format!("stopped after {done} of {total} trials");
            Err(Failure::new(Code::Interrupted, stopped)
                .hint("run the same command again: it goes on from there"))
        }
    }
}

/// The table of a sweep whose shards are all there, and what it is worth. Each shard is checked; one
/// that is damaged is computed again.
pub(crate) fn collected(
    sweep: &Sweep,
    threads: usize,
    stop: &AtomicBool,
) -> Result<SweepSummary, Failure> {
    let options = RunOptions {
        threads,
        progress: &|_| {},
        stop,
    };
    let report = results::run(sweep, &options);
    let report = report?;
    if report.finished {
        ledger::judge(sweep, threads)?;
    }
    Ok(report)
}

/// What is seen at the end: the best trials, a map of each main statistic, and what failed.
pub(crate) fn summary(
    dir: &Path,
    report: &SweepSummary,
    sort: &str,
    top: usize,
) -> Result<String, Failure> {
    let results = Results::open(dir)?;
    let best = results.best(sort, top)?;
    let mut text = format!("the best by {sort}\n\n{}", best.to_text());
    if let Some([rows, columns]) = results.varying_axes()? {
        for metric in mapped() {
            let map = results.map_over(metric, rows, columns);
            text += &format!("\n{}", map?.to_text());
        }
    }
    text += &format!("\n{} trials in `{}`\n", results.n_rows(), dir.display());
    if let Some(ruined) = results.ruined()?.sentence() {
        text += &format!("{ruined}\n");
    }
    text += &report.failures_to_text();
    if let Some(luck) = Verdict::open(dir)? {
        text += &format!("\n{}", luck.to_text());
    }
    Ok(text)
}

fn write_csv(dir: &Path) -> Result<(), Failure> {
    let results = Results::open(dir)?;
    let written = market_data::write_atomically(&dir.join("results.csv"), |file| {
        results
            .write_csv(&Query::default(), file)
            .map_err(std::io::Error::other)
    });
    written.map_err(|error| Failure::not_written(&error))
}

/// `momentum.toml` is swept in `momentum.sweep`.
fn beside(strategy: &Path) -> PathBuf {
    strategy.with_extension("sweep")
}

/// The first Ctrl-C or SIGTERM asks the sweep to stop; nothing is left half-done. The second ends the
/// program.
pub(crate) fn stop_on_interrupt() -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    #[expect(
        clippy::exit,
        reason = "whoever asks twice does not want to wait for those who are at work"
    )]
    let set = ctrlc::set_handler(move || {
        if asked.swap(true, Ordering::Relaxed) {
            // What has been written is whole; what has not is computed again.
            std::process::exit(Code::Interrupted as i32);
        }
    });
    set.map_err(|error| Failure::new(Code::Bug, "cannot listen for Ctrl-C").caused_by(&error))?;
    Ok(stop)
}
