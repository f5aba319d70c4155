//! The command line.

use clap::{CommandFactory, Parser, Subcommand};

use crate::{
    audit, cancel, cluster_command, compare, completions, data, ledger, man, report, results,
    resume, run, schema, show, status, sweep, verdict, vocabulary, worker,
};
use gridfolio::{Code, Error};

const EXAMPLES: &str = "\
Examples:
  gridfolio run sixty_forty.toml
  gridfolio run sixty_forty.toml --out results --set backtest.end=2020-12-31
  gridfolio sweep momentum.toml
  gridfolio report results
  gridfolio sweep momentum.toml --on slurm
  gridfolio data check prices

Exit codes:
  0   done
  1   done, and the answer is no: `data check` found unusable data, `audit` a look-ahead,
      `cluster check` a bad node, `status` lost shards
  2   the command line is invalid
  3   the strategy file cannot be used
  4   the data cannot be used
  5   the output could not be written
  6   a sweep was interrupted; the same command continues
  7   the cluster cannot be used, or has lost shards for good
  8   `audit` found no look-ahead, and there may be one that it cannot see
  70  a bug in gridfolio";

/// Backtest systematic trading strategies.
///
/// A strategy is a TOML file; prices are files of daily bars, one per symbol.
#[derive(Debug, Parser)]
#[command(name = "gridfolio", version, after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(run::Arguments),
    Audit(audit::Arguments),
    Sweep(sweep::Arguments),
    Results(results::Arguments),
    Show(show::Arguments),
    Verdict(verdict::Arguments),
    Worlds(verdict::WorldsArguments),
    Holdout(verdict::HoldoutArguments),
    Ledger(ledger::Arguments),
    Status(status::Arguments),
    Resume(resume::Arguments),
    Cancel(cancel::Arguments),
    #[command(subcommand)]
    Cluster(cluster_command::Command),
    Worker(worker::Arguments),
    Report(report::Arguments),
    Compare(compare::Arguments),
    #[command(subcommand)]
    Data(data::Command),
    Functions(vocabulary::FunctionsArguments),
    Models(vocabulary::ModelsArguments),
    Schema(schema::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

impl Command {
    pub(crate) fn execute(&self) -> Result<Code, Error> {
        match self {
            Command::Run(arguments) => run::execute(arguments),
            Command::Audit(arguments) => audit::execute(arguments),
            Command::Sweep(arguments) => sweep::execute(arguments),
            Command::Results(arguments) => results::execute(arguments),
            Command::Show(arguments) => show::execute(arguments),
            Command::Verdict(arguments) => verdict::execute(arguments),
            Command::Worlds(arguments) => verdict::worlds(arguments),
            Command::Holdout(arguments) => verdict::hold_out(arguments),
            Command::Ledger(arguments) => ledger::execute(arguments),
            Command::Status(arguments) => status::execute(arguments),
            Command::Resume(arguments) => resume::execute(arguments),
            Command::Cancel(arguments) => cancel::execute(arguments),
            Command::Cluster(command) => cluster_command::execute(command),
            Command::Worker(arguments) => worker::execute(arguments),
            Command::Report(arguments) => report::execute(arguments),
            Command::Compare(arguments) => compare::execute(arguments),
            Command::Data(command) => data::execute(command),
            Command::Functions(arguments) => vocabulary::functions(arguments),
            Command::Models(arguments) => vocabulary::models(arguments),
            Command::Schema(arguments) => schema::execute(arguments),
            Command::Completions(arguments) => {
                completions::execute(arguments, Arguments::command())
            }
            Command::Man(arguments) => man::execute(arguments, Arguments::command()),
        }
    }
}
