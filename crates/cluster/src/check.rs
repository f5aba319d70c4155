//! Whether each node can do what a sweep needs, and gives the same numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use diagnostics::{all_of, since_1970};

use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::error::{ClusterError, io_error};
use crate::settings::Settings;

/// What a node says of itself. The command that runs there prints it as JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NodeReport {
    /// Its own name.
    pub host: String,
    /// Its architecture.
    pub arch: String,
    /// Its cores.
    pub cores: usize,
    /// Its memory, in MiB.
    pub memory: u64,
    /// The version of the program there.
    pub version: String,
    /// Seconds since 1970, by its clock.
    pub clock: f64,
    /// Seconds that the sixty-forty backtest took.
    pub seconds: f64,
    /// The digest of the backtest's statistics.
    pub digest: String,
    /// Installed files that are not what the manifest beside them says, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
}

/// What to check.
pub struct CheckOptions<'a> {
    /// Which nodes: `partition` and `nodelist`; and what else a job needs here.
    pub settings: &'a Settings,
    /// A folder on the share.
    pub share: &'a Path,
    /// gridfolio, as the nodes see it.
    pub program: &'a Path,
    /// After this time a node that has not started counts as busy or not answering.
    pub patience: Duration,
    /// What this machine says of itself.
    pub here: &'a NodeReport,
    /// Set to interrupt: waiting requests are cancelled.
    pub stop: &'a AtomicBool,
}

/// The result of a check.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// This machine.
    pub here: NodeReport,
    /// Every node, usable or not.
    pub nodes: Vec<Node>,
}

/// A node and what was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Its state, as Slurm calls it.
    pub state: String,
    /// What it says of itself, if it could be asked.
    pub report: Option<NodeReport>,
    /// Seconds by which its clock is ahead; 0 within the accuracy of the measurement.
    pub skew: Option<f64>,
    /// Whether it sees what the others write on the share, and they what it writes.
    pub share: bool,
    /// What is wrong with it.
    pub problems: Vec<String>,
}

/// Seconds. Larger differences make the times in logs misleading, and in the end `munge` refuses.
const MOST_SKEW: f64 = 5.0;

/// Nodes asked at a time, to leave the controller of a large cluster time for other work.
const AT_A_TIME: usize = 32;

const BETWEEN_CALLS: Duration = Duration::from_secs(1);

/// The folder below the share in which the nodes of one check leave their tokens: `TOKENS` and the
/// check's own number.
pub const TOKENS: &str = ".gridfolio-check-";

/// Asks every node.
///
/// # Errors
///
/// No Slurm, a partition or node that does not exist, a share that cannot be written to; an
/// interruption. Problems of single nodes are in the result.
pub fn check(client: &Client, options: &CheckOptions<'_>) -> Result<Check, ClusterError> {
    let mut nodes = listed(client, options.settings)?;
    let number = format!("{}-{}", since_1970().as_millis(), std::process::id());
    let tokens = options.share.join(format!("{TOKENS}{number}"));
    fs::create_dir_all(&tokens).map_err(io_error("make the folder", &tokens))?;
    let run = Run {
        client: Client {
            patience: options.patience + Duration::from_secs(15),
        },
        options,
        tokens: &tokens,
        job_name: format!("gridfolio-check-{number}"),
    };

    run.on_each(&mut nodes, |run, node| run.ask(node));
    let expected: BTreeSet<String> = nodes
        .iter()
        .filter_map(|node| Some(node.report.as_ref()?.host.clone()))
        .collect();
    run.on_each(&mut nodes, |run, node| run.read(node, &expected));
    let seen_here = names_in(&tokens);
    for node in &mut nodes {
        run.compare(node, &seen_here);
    }
    if nodes.iter().any(|node| node.report.is_none()) {
        run.take_back();
    }
    let _ = fs::remove_dir_all(&tokens);
    if options.stop.load(Ordering::Relaxed) {
        return Err(ClusterError::Interrupted);
    }
    Ok(Check {
        here: options.here.clone(),
        nodes,
    })
}

fn names_in(dir: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.collect()
}

/// The nodes, as `sinfo` has them.
fn listed(client: &Client, settings: &Settings) -> Result<Vec<Node>, ClusterError> {
    let mut arguments = vec![
        "--noheader".to_owned(),
        "--Node".to_owned(),
        // The reason goes last: it is free text.
        "--format=%N|%T|%E".to_owned(),
    ];
    if let Some(partition) = &settings.partition {
        arguments.push(format!("--partition={partition}"));
    }
    let text = client.ask("sinfo", &arguments)?;
    let mut nodes: BTreeMap<String, Node> = BTreeMap::new();
    for line in text.lines() {
        let mut fields = line.splitn(3, '|').map(str::trim);
        let (Some(name), Some(state)) = (fields.next(), fields.next()) else {
            continue;
        };
        let reason = fields
            .next()
            .filter(|reason| !matches!(*reason, "" | "none"));
        let mut node = Node {
            name: name.to_owned(),
            state: state.to_owned(),
            ..Node::default()
        };
        if !is_usable(state) {
            let reason = reason.unwrap_or(match state.ends_with('*') {
                true => "it does not answer the controller",
                false => "no reason is given",
            });
            node.problems.push(format!("{state}: {reason}"));
        }
        nodes.insert(name.to_owned(), node);
    }
    if nodes.is_empty() {
        return Err(match &settings.partition {
            Some(partition) => ClusterError::Refused {
                program: "sinfo".to_owned(),
                message: crate::error::SlurmMessage(format!(
                    "invalid partition specified: {partition}"
                )),
            },
            None => ClusterError::NoNode {
                node: "at all".to_owned(),
                known: Vec::new(),
            },
        });
    }
    let Some(list) = &settings.nodelist else {
        return Ok(nodes.into_values().collect());
    };
    let wanted = crate::backend::expanded(client, list)?;
    let known: Vec<String> = nodes.keys().cloned().collect();
    let chosen = wanted.into_iter().map(|name| {
        nodes.remove(&name).ok_or_else(|| ClusterError::NoNode {
            node: name,
            known: known.clone(),
        })
    });
    chosen.collect()
}

/// Whether a node in this state can be asked for. The marks behind a state, like `*`, say that it does
/// not answer, is asleep, or is about to be.
fn is_usable(state: &str) -> bool {
    const USABLE: [&str; 7] = [
        "idle",
        "allocated",
        "mixed",
        "completing",
        "planned",
        "reserved",
        "alloc",
    ];
    let name = state.trim_end_matches(['~', '#', '!', '%', '$', '@', '^', '-', '+']);
    USABLE.contains(&name)
}

struct Run<'a> {
    client: Client,
    options: &'a CheckOptions<'a>,
    tokens: &'a Path,
    job_name: String,
}

impl Run<'_> {
    /// Many nodes at the same time: one that is slow or dead keeps no other waiting.
    fn on_each(&self, nodes: &mut [Node], work: impl Fn(&Self, &mut Node) + Sync) {
        let usable = nodes.iter_mut().filter(|node| node.problems.is_empty());
        let left = Mutex::new(usable);
        let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
        let at_work = AtomicUsize::new(AT_A_TIME);
        let at_a_time = || {
            while let (Some(node), false) = (next(), self.is_stopped()) {
                work(self, node);
            }
            at_work.fetch_sub(1, Ordering::Relaxed);
        };
        thread::scope(|scope| {
            for started in 0..AT_A_TIME {
                // The first does its work here where the machine has no thread to give.
                match thread::Builder::new().spawn_scoped(scope, at_a_time) {
                    Ok(_) => {}
                    Err(_) if started == 0 => at_a_time(),
                    Err(_) => {
                        at_work.fetch_sub(1, Ordering::Relaxed);
                    }
                }
            }
            let mut last = None::<Instant>;
            while at_work.load(Ordering::Relaxed) > 0 {
                // Repeatedly: a request may reach the queue after its cancellation.
                if self.is_stopped() && last.is_none_or(|last| last.elapsed() > BETWEEN_CALLS) {
                    self.take_back();
                    last = Some(Instant::now());
                }
                thread::sleep(Duration::from_millis(20));
            }
        });
    }

    fn is_stopped(&self) -> bool {
        self.options.stop.load(Ordering::Relaxed)
    }

    /// Cancels requests whose answers are no longer awaited.
    fn take_back(&self) {
        let name = format!("--name={}", self.job_name);
        // Without an answer, Slurm ends them when their time is up.
        let _ = self.client.ask("scancel", &[name]);
    }

    /// What the program prints on a node, or what is wrong.
    fn on(&self, node: &Node, phase: &str, expected: usize) -> Result<String, String> {
        let settings = self.options.settings;
        let mut arguments: Vec<String> = [
            "--nodes=1",
            "--ntasks=1",
            "--cpus-per-task=1",
            "--time=5",
            "--export=NONE",
            "--chdir=/",
        ]
        .map(str::to_owned)
        .into();
        arguments.push(format!("--job-name={}", self.job_name));
        arguments.push(format!("--nodelist={}", node.name));
        arguments.push(format!(
            "--immediate={}",
            self.options.patience.as_secs().max(1)
        ));
        let named = [
            ("partition", &settings.partition),
            ("account", &settings.account),
            ("qos", &settings.qos),
        ];
        for (name, value) in named {
            if let Some(value) = value {
                arguments.push(format!("--{name}={value}"));
            }
        }
        arguments.push(self.options.program.display().to_string());
        arguments.extend(["cluster", "node", phase].map(str::to_owned));
        arguments.push(self.options.share.display().to_string());
        arguments.push(self.tokens.display().to_string());
        arguments.push(expected.to_string());
        let answer = self.client.call("srun", &arguments).map_err(|error| {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            format!(
                "it could not be asked: {}",
                cause.unwrap_or(error.to_string())
            )
        })?;
        match answer.ok {
            true => Ok(answer.stdout),
            false => Err(explained(&answer.stderr, self.options.program)),
        }
    }

    fn ask(&self, node: &mut Node) {
        let before = since_1970().as_secs_f64();
        let message = self.on(node, "run", 0);
        let after = since_1970().as_secs_f64();
        let report: Result<NodeReport, String> = message.and_then(|message| {
            // A site may print a greeting first.
            let line = message.lines().rev().find(|line| line.starts_with('{'));
            let line = line.ok_or("the program printed nothing")?;
            serde_json::from_str(line).map_err(|_| {
                "it runs another version of gridfolio: run `gridfolio cluster install` again"
                    .to_owned()
            })
        });
        match report {
            Ok(report) => {
                // It read its clock at some time in between.
                node.skew = Some(report.clock - report.clock.clamp(before, after));
                node.report = Some(report);
            }
            Err(problem) => node.problems.push(problem),
        }
    }

    /// Asks which of the others' tokens a node reads.
    fn read(&self, node: &mut Node, expected: &BTreeSet<String>) {
        match self.on(node, "read", expected.len()) {
            Ok(message) => {
                let seen: BTreeSet<&str> = message.lines().map(str::trim).collect();
                let missing = expected.iter().filter(|host| !seen.contains(host.as_str()));
                let missing: Vec<String> = missing.cloned().collect();
                node.share = missing.is_empty();
                if !node.share {
                    let text = "it does not see what was written on the share by";
                    node.problems.push(format!("{text} {}", missing.join(", ")));
                }
            }
            Err(problem) => node.problems.push(problem),
        }
    }

    fn compare(&self, node: &mut Node, seen_here: &BTreeSet<String>) {
        let Some(report) = &node.report else { return };
        let here = self.options.here;
        if !seen_here.contains(&report.host) {
            node.share = false;
            node.problems
                .push("what it writes on the share is not seen here".to_owned());
        }
        if report.version != here.version {
            let (own, there) = (&here.version, &report.version);
            node.problems.push(format!(
                "it runs version {there}, and this is {own}: run `gridfolio cluster install` again"
            ));
        }
        if !report.changed.is_empty() {
            node.problems.push(format!(
                "{} there is not what was installed: run `gridfolio cluster install` again",
                all_of(&report.changed)
            ));
        }
        if report.digest != here.digest {
            node.problems.push(format!(
                "its result has digest {}, and ours {}",
                report.digest, here.digest
            ));
        }
        if let Some(skew) = node.skew.filter(|skew| skew.abs() > MOST_SKEW) {
            let way = if skew > 0.0 { "ahead" } else { "behind" };
            node.problems.push(format!(
                "its clock is {:.0} s {way}: set it by NTP",
                skew.abs()
            ));
        }
    }
}

/// The line of `srun` or of the program that says why.
fn explained(stderr: &str, program: &Path) -> String {
    let lines: Vec<&str> = stderr
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let program = program.display();
    if lines
        .iter()
        .any(|line| line.contains("execve") && line.contains("No such file"))
    {
        return format!("it does not see `{program}`: is the share mounted there?");
    }
    if lines.iter().any(|line| line.contains("Exec format error")) {
        return format!(
            "`{program}` is for another architecture: `gridfolio cluster install` puts a launcher there"
        );
    }
    if lines
        .iter()
        .any(|line| line.contains("temporarily unavailable") || line.contains("immediate"))
    {
        return "it is busy: it did not begin in time; see `--patience`".to_owned();
    }
    let own = lines
        .iter()
        .find(|line| line.starts_with("error: ") || line.starts_with("gridfolio: "));
    let last = own.or(lines.first());
    last.map_or("no reason was given".to_owned(), |line| {
        let line = line.strip_prefix("error: ").unwrap_or(line);
        line.strip_prefix("srun: error: ")
            .unwrap_or(line)
            .to_owned()
    })
}

impl Check {
    /// Whether all nodes can be used, and agree.
    pub fn is_good(&self) -> bool {
        self.nodes.iter().all(|node| node.problems.is_empty())
    }

    /// A line for each node, and what is wrong below.
    pub fn to_text(&self) -> String {
        let head = [
            "node",
            "state",
            "arch",
            "cores",
            "memory",
            "version",
            "share",
            "clock",
            "sixty-forty",
            "digest",
        ];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        rows.extend(self.nodes.iter().map(Node::cells));
        let widths: Vec<usize> = (0..head.len())
            .map(|column| {
                rows.iter()
                    .map(|row| row[column].chars().count())
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let mut text = String::new();
        for row in &rows {
            let cells = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:<width$}"));
            let line = cells.collect::<Vec<_>>().join("  ");
            text += &format!("{}\n", line.trim_end());
        }
        for node in &self.nodes {
            for problem in &node.problems {
                text += &format!("{}: {problem}\n", node.name);
            }
        }
        if self.is_good() {
            let n = self.nodes.len();
            let nodes = if n == 1 { "node" } else { "nodes" };
            text += &format!("{n} {nodes} and this machine agree\n");
        }
        text
    }
}

impl Node {
    fn cells(&self) -> Vec<String> {
        let mut cells = vec![self.name.clone(), self.state.clone()];
        let Some(report) = &self.report else {
            cells.resize(10, "-".to_owned());
            return cells;
        };
        let skew = self.skew.unwrap_or(0.0);
        cells.extend([
            report.arch.clone(),
            report.cores.to_string(),
            format!("{:.1} GiB", report.memory as f64 / 1024.0),
            report.version.clone(),
            if self.share { "yes" } else { "no" }.to_owned(),
            if skew.abs() < 0.5 {
                "right".to_owned()
            } else {
                format!("{skew:+.0} s")
            },
            format!("{:.1} ms", 1e3 * report.seconds),
            report.digest.chars().take(12).collect(),
        ]);
        cells
    }
}

/// Where a node leaves the statistics of its backtest.
impl NodeReport {
    /// `sixty_forty_HOST.json` on the share, as the tutorial's test names it.
    pub fn file(&self, share: &Path) -> PathBuf {
        share.join(format!("sixty_forty_{}.json", self.host))
    }
}
