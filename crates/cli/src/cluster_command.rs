//! `gridfolio cluster`

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cluster::{CheckOptions, Client, Program, Settings};
use diagnostics::{since_1970, write_atomically};
use gridfolio::{Code, Error, node};

use crate::interrupt::stop_on_interrupt;
use crate::{on_slurm, terminal};

/// Install gridfolio on a cluster, and check its nodes
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Install(Install),
    Check(Check),
    Node(Node),
}

/// Install gridfolio into a folder on the share, where every node can run it
///
/// One program for each architecture, and a launcher `gridfolio` that picks by `uname -m`. Nothing
/// needs to be installed on a node: no Python, no compiler, no root.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gridfolio cluster install /sharedfs/gridfolio
  gridfolio cluster install /sharedfs/gridfolio --binary gridfolio-aarch64

Then start it from there: `/sharedfs/gridfolio/gridfolio cluster check --share /sharedfs`.")]
pub(crate) struct Install {
    /// The folder
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The program for another architecture; may be repeated. Files called `gridfolio-ARCH` beside
    /// the running program are included
    #[arg(long, value_name = "FILE")]
    binary: Vec<PathBuf>,
}

/// Check that every node runs gridfolio and gives the same numbers
///
/// Each node runs the sixty-forty backtest on generated prices, writes its statistics to
/// `sixty_forty_HOST.json` on the share, and reads the files of the other nodes there. The exit code
/// is 1 when anything is wrong with a node.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gridfolio cluster check --share /sharedfs
  gridfolio cluster check --share /sharedfs --nodelist node[02-03] --json")]
pub(crate) struct Check {
    /// A folder on the share
    #[arg(long, value_name = "DIR", default_value = ".")]
    share: PathBuf,
    /// Only the nodes of this partition
    #[arg(long, value_name = "NAME")]
    partition: Option<String>,
    /// Only these nodes, as in `node[02-04]`
    #[arg(long, value_name = "LIST")]
    nodelist: Option<String>,
    /// The account to charge
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// The quality of service
    #[arg(long, value_name = "NAME")]
    qos: Option<String>,
    /// gridfolio, as the nodes see it; a copy on the share if not given
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
    /// Seconds after which a node that has not started counts as busy
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    patience: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Run a node's part of `cluster check`
#[derive(Debug, clap::Args)]
#[command(hide = true)]
pub(crate) struct Node {
    /// The part of the check
    phase: Phase,
    /// A folder on the share
    share: PathBuf,
    /// The folder of tokens
    tokens: PathBuf,
    /// How many tokens there must be
    #[arg(default_value_t = 0)]
    expected: usize,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Phase {
    /// Run the backtest, leave a token and the statistics.
    Run,
    /// List the tokens that are visible.
    Read,
}

pub(crate) fn execute(command: &Command) -> Result<Code, Error> {
    match command {
        Command::Install(arguments) => install(arguments),
        Command::Check(arguments) => check(arguments),
        Command::Node(arguments) => match arguments.phase {
            Phase::Run => run(arguments),
            Phase::Read => read(arguments),
        },
    }
}

fn install(arguments: &Install) -> Result<Code, Error> {
    let own = std::env::current_exe()
        .map_err(|error| Error::new(Code::Output, "cannot find this program").caused_by(error))?;
    let beside = ["x86_64", "aarch64"].iter().filter_map(|arch| {
        let path = own.parent()?.join(format!("gridfolio-{arch}"));
        path.is_file().then_some(path)
    });
    // Later ones take the place of earlier ones for the same architecture.
    let mut programs: Vec<PathBuf> = beside.filter(|path| *path != own).collect();
    programs.push(own.clone());
    programs.extend(arguments.binary.iter().cloned());
    let installed = cluster::install(&arguments.dir, &programs)?;
    for (arch, is_static) in &installed.programs {
        if !is_static {
            terminal::complain(&format!(
                "warning: the program for {arch} needs the libraries of this machine; `cargo static-{arch}` \
                 builds one that runs on any node"
            ));
        }
    }
    for warning in &installed.warnings {
        terminal::warn(warning);
    }
    let mut archs: Vec<&str> = installed.programs.iter().map(|(arch, _)| &**arch).collect();
    archs.sort_unstable();
    archs.dedup();
    let text = format!(
        "{} for {}\n",
        installed.launcher.display(),
        archs.join(" and ")
    );
    terminal::print(text.as_bytes())?;
    Ok(Code::Done)
}

fn check(arguments: &Check) -> Result<Code, Error> {
    let own = Settings {
        partition: arguments.partition.clone(),
        nodelist: arguments.nodelist.clone(),
        account: arguments.account.clone(),
        qos: arguments.qos.clone(),
        program: arguments.program.clone(),
        ..Settings::default()
    };
    let share = std::path::absolute(&arguments.share).unwrap_or(arguments.share.clone());
    let settings = on_slurm::settings(&own, &[&share.join("sweep")])?;
    let program = Program::of(&settings, &share.join("gridfolio"))?;
    let stop = stop_on_interrupt()?;
    program.put()?;
    let options = CheckOptions {
        settings: &settings,
        share: &share,
        program: &program.path,
        patience: Duration::from_secs(u64::from(arguments.patience)),
        here: &node::report()?.0,
        stop: &stop,
    };
    let check = cluster::check(&Client::default(), &options)?;
    let text = match arguments.json {
        true => serde_json::to_string_pretty(&check).unwrap_or_default() + "\n",
        false => check.to_text(),
    };
    terminal::print_as(arguments.json, &text)?;
    Ok(match check.is_good() {
        true => Code::Done,
        false => Code::No,
    })
}

fn run(arguments: &Node) -> Result<Code, Error> {
    let (mut report, statistics) = node::report()?;
    let put = |path: &Path, content: &[u8]| write_atomically(path, |file| file.write_all(content));
    put(
        &arguments.tokens.join(&report.host),
        report.digest.as_bytes(),
    )?;
    put(&report.file(&arguments.share), &statistics)?;
    report.clock = since_1970().as_secs_f64();
    let line = serde_json::to_string(&report).unwrap_or_default() + "\n";
    terminal::print_json(line.as_bytes())?;
    Ok(Code::Done)
}

/// How long a share may take to show a token.
const LAG: Duration = Duration::from_secs(15);

/// Lists the tokens that are visible, once all are or `LAG` has passed.
fn read(arguments: &Node) -> Result<Code, Error> {
    let names = || -> Vec<String> {
        let entries = std::fs::read_dir(&arguments.tokens)
            .into_iter()
            .flatten()
            .flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        names.filter(|name| !name.starts_with('.')).collect()
    };
    let start = Instant::now();
    while names().len() < arguments.expected && start.elapsed() < LAG {
        std::thread::sleep(Duration::from_millis(200));
    }
    terminal::print((names().join("\n") + "\n").as_bytes())?;
    Ok(Code::Done)
}
