//! `gridfolio cluster`

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cluster::{CheckOptions, Client, NodeReport, Program, Settings};
use documents::{Report, Run};
use market_data::{Adjustment, write_atomically};

use crate::on_slurm::{self, failure};
use crate::sweep::stop_on_interrupt;
use crate::terminal;
use failure::{Code, Failure};

/// Puts gridfolio on a cluster, and checks its nodes
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Install(Install),
    Check(Check),
    Node(Node),
}

/// Puts gridfolio into a folder on the share, where every node can run it
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
    /// the running program are taken without being named
    #[arg(long, value_name = "FILE")]
    binary: Vec<PathBuf>,
}

/// Checks that every node runs gridfolio and gives the same numbers
///
/// Each node runs the sixty-forty backtest on made-up prices, leaves its statistics as
/// `sixty_forty_HOST.json` on the share, and reads what the others have written there. The exit code
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
    /// A node that has not begun after so many seconds is busy
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    patience: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What a node does for `cluster check`
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
    /// Say whose tokens are seen.
    Read,
}

pub(crate) fn execute(command: &Command) -> Result<Code, Failure> {
    match command {
        Command::Install(arguments) => install(arguments),
        Command::Check(arguments) => check(arguments),
        Command::Node(arguments) => match arguments.phase {
            Phase::Run => run(arguments),
            Phase::Read => read(arguments),
        },
    }
}

fn install(arguments: &Install) -> Result<Code, Failure> {
    let own = std::env::current_exe().map_err(|error| {
        Failure::new(Code::Output, "cannot find this program").caused_by(&error)
    })?;
    let beside = ["x86_64", "aarch64"].iter().filter_map(|arch| {
        let path = own.parent()?.join(format!("gridfolio-{arch}"));
        path.is_file().then_some(path)
    });
    // Later ones take the place of earlier ones for the same architecture.
    let mut programs: Vec<PathBuf> = beside.filter(|path| *path != own).collect();
    programs.push(own.clone());
    programs.extend(arguments.binary.iter().cloned());
    let installed = cluster::install(&arguments.dir, &programs).map_err(|error| failure(&error))?;
    for (arch, is_static) in &installed.programs {
        if !is_static {
            terminal::complain(&format!(
                "warning: the program for {arch} needs the libraries of this machine; one that runs \
                 on any node is made by `cargo static-{arch}`"
            ));
        }
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

fn check(arguments: &Check) -> Result<Code, Failure> {
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
    let program = Program::of(&settings, &share.join("gridfolio"));
    let program = program.map_err(|error| failure(&error))?;
    let stop = stop_on_interrupt()?;
    program.put().map_err(|error| failure(&error))?;
    let options = CheckOptions {
        settings: &settings,
        share: &share,
        program: &program.path,
        patience: Duration::from_secs(u64::from(arguments.patience)),
        here: &report_of_this_machine()?.0,
        stop: &stop,
    };
    let check = cluster::check(&Client::default(), &options).map_err(|error| failure(&error))?;
    let text = match arguments.json {
        true => serde_json::to_string_pretty(&check).unwrap_or_default() + "\n",
        false => check.to_text(),
    };
    terminal::print(text.as_bytes())?;
    Ok(match check.is_good() {
        true => Code::Done,
        false => Code::No,
    })
}

fn run(arguments: &Node) -> Result<Code, Failure> {
    let (mut report, statistics) = report_of_this_machine()?;
    let put = |path: &Path, content: &[u8]| {
        write_atomically(path, |file| file.write_all(content))
            .map_err(|error| Failure::not_written(&error))
    };
    put(
        &arguments.tokens.join(&report.host),
        report.digest.as_bytes(),
    )?;
    put(&report.file(&arguments.share), &statistics)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    report.clock = now.map_or(0.0, |now| now.as_secs_f64());
    let line = serde_json::to_string(&report).unwrap_or_default() + "\n";
    terminal::print(line.as_bytes())?;
    Ok(Code::Done)
}

/// For so long a token may not be seen yet.
const LAG: Duration = Duration::from_secs(15);

/// Says whose tokens are seen, once no more appear.
fn read(arguments: &Node) -> Result<Code, Failure> {
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

/// The strategy of the tutorial's test, on the prices that `gridfolio data sample` makes up.
const SIXTY_FORTY: &str = include_str!("../../../examples/sixty_forty.toml");
const SEED: u64 = 1;

/// What there is to say of a machine, and the statistics of its backtest.
fn report_of_this_machine() -> Result<(NodeReport, Vec<u8>), Failure> {
    let bug = |what: &str| Failure::new(Code::Bug, format!("the sixty-forty backtest {what}"));
    let scratch = std::env::temp_dir().join(format!("gridfolio-check-{}", std::process::id()));
    market_data::sample::write(&scratch, SEED).map_err(|error| Failure::not_written(&error))?;
    let start = Instant::now();
    let file = strategy_file::parse(SIXTY_FORTY, &[], "sixty_forty");
    let strategy = file.map_err(|_| bug("cannot be read"))?.strategy;
    let loaded = market_data::load(&scratch, &strategy.symbols(), Adjustment::of(true));
    let _ = std::fs::remove_dir_all(&scratch);
    let loaded = loaded.map_err(|error| bug("has no prices").caused_by(&error))?;
    let market = strategy.market(&loaded.series);
    let market = market.map_err(|error| bug("has no market").caused_by(&error))?;
    let backtest = strategy.bind(&market);
    let backtest = backtest.map_err(|error| bug("cannot begin").caused_by(&error))?;
    let outcome = backtest
        .run()
        .map_err(|error| bug("stopped").caused_by(&error))?;
    let statistics = Report::new(Run {
        program: concat!("gridfolio ", env!("CARGO_PKG_VERSION")),
        strategy: &strategy,
        backtest: &backtest,
        outcome: &outcome,
        benchmark: None,
        notices: &[],
    });
    let statistics = statistics.statistics_json(&statistics.detail());
    let seconds = start.elapsed().as_secs_f64();
    let report = NodeReport {
        host: sweep::host_name(),
        arch: std::env::consts::ARCH.to_owned(),
        cores: cores(),
        memory: memory(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        clock: 0.0,
        seconds,
        digest: blake3::hash(&statistics).to_hex().to_string(),
    };
    Ok((report, statistics))
}

/// All cores of the machine; Slurm may lend fewer to the task that asks.
fn cores() -> usize {
    let online = std::fs::read_to_string("/sys/devices/system/cpu/online").unwrap_or_default();
    match sweep::ranges_from_text(online.trim()) {
        Ok(cores) if !cores.is_empty() => cores.len(),
        _ => std::thread::available_parallelism().map_or(1, usize::from),
    }
}

/// The machine's memory in MiB, as Linux says it; 0 when it does not.
fn memory() -> u64 {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = text.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kib = total.and_then(|total| total.trim().split(' ').next()?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}
