//! The cluster, from a test's side.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// The script that makes it.
fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/slurm/cluster")
}

fn workspace() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().unwrap()
}

/// What stands in the way of a cluster, if anything.
pub(crate) fn missing() -> Option<String> {
    let asked = Command::new(script())
        .arg("possible")
        .env("CLUSTER", "/nowhere")
        .output();
    let Ok(asked) = asked else {
        return Some("bash".to_owned());
    };
    let said = String::from_utf8_lossy(&asked.stdout).trim().to_owned();
    (!said.is_empty()).then(|| format!("{said} is missing"))
}

/// A running cluster. The login machine is node01; gridfolio is installed on the share.
pub(crate) struct Lab {
    dir: PathBuf,
    keep: AtomicBool,
}

/// The results of this machine alone, by strategy; all clusters share them.
static REFERENCE: Mutex<Vec<(String, Vec<u8>)>> = Mutex::new(Vec::new());

/// What a command came to.
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Done {
    fn from(output: Output) -> Done {
        Done {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Done {
    #[track_caller]
    pub(crate) fn succeeded(self) -> Done {
        assert_eq!(self.code, Some(0), "{}{}", self.stdout, self.stderr);
        self
    }
}

/// Larger arrays are refused: a test of splitting needs no thousand tasks.
pub(crate) const MAX_ARRAY: usize = 11;

/// gridfolio, as the machines see it.
pub(crate) const GRIDFOLIO: &str = "/sharedfs/gridfolio/gridfolio";

/// A shared folder that is soon full.
pub(crate) const SMALL: &str = "/sharedfs/small";

/// Settings of every sweep here: the share is never late, and tests have no patience.
pub(crate) const ON_SLURM: [&str; 5] = ["--on", "slurm", "--force", "--share-lag", "3"];

/// 72 trials of a strategy that comes with the project.
pub(crate) const MOMENTUM: &str = "/sharedfs/examples/sector_momentum.toml";

/// 20,000 trials of the same.
pub(crate) const TWENTY_THOUSAND: &str = "/sharedfs/examples/twenty_thousand.toml";

/// Trials that take their time: long enough for something to happen in the middle.
pub(crate) const SLOW: &str = "/sharedfs/examples/slow.toml";

impl Lab {
    /// Starts a cluster; there may be several, each with a number.
    pub(crate) fn up(number: usize) -> Lab {
        let name = format!("gridfolio-slurm-{}-{number}", std::process::id());
        let dir = std::env::temp_dir().join(name);
        let lab = Lab {
            dir,
            keep: AtomicBool::new(false),
        };
        lab.cluster(&["up"]).succeeded();
        let share = lab.dir.join("shared");
        let examples = workspace().join("examples");
        let copied = Command::new("cp")
            .arg("-r")
            .args([&examples, &share])
            .status();
        assert!(copied.unwrap().success());
        let momentum = fs::read_to_string(examples.join("sector_momentum.toml")).unwrap();
        let with = |axis: &str| format!("{momentum}{axis}\n");
        let many = with(r#""portfolio.cash_buffer" = { from = 0.001, to = 0.278, step = 0.001 }"#);
        fs::write(share.join("examples/twenty_thousand.toml"), many).unwrap();
        let slow = with(r#""portfolio.cash_buffer" = { from = 0.001, to = 0.14, step = 0.001 }"#);
        let slow = slow.replace("\"end-of-month\"", "\"daily\"");
        fs::write(share.join("examples/slow.toml"), slow).unwrap();
        let own = env!("CARGO_BIN_EXE_gridfolio");
        let arguments = ["-r", own, "cluster", "install", "/sharedfs/gridfolio"];
        lab.on("01", &arguments).succeeded();
        lab
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(script());
        command
            .args(arguments)
            .env("CLUSTER", &self.dir)
            .env("MAX_ARRAY", MAX_ARRAY.to_string())
            // Nodes have the program from the share, and nothing else of this project.
            .env("HIDDEN", workspace())
            .stdin(Stdio::null());
        command
    }

    /// One of the script's commands.
    pub(crate) fn cluster(&self, arguments: &[&str]) -> Done {
        // What it starts keeps the streams open, so that waiting for their end is waiting for ever.
        let said = self
            .dir
            .with_extension(format!("said-{:?}", thread::current().id()));
        let file = fs::File::create(&said).unwrap();
        let mut command = self.command(arguments);
        command.stdout(file.try_clone().unwrap()).stderr(file);
        let status = command.status().unwrap();
        let stderr = fs::read_to_string(&said).unwrap();
        fs::remove_file(&said).unwrap();
        Done {
            code: status.code(),
            stdout: String::new(),
            stderr,
        }
    }

    /// A command on a machine, as the ordinary user in its home, which is on the share.
    pub(crate) fn on(&self, machine: &str, arguments: &[&str]) -> Done {
        let arguments = [&["on", machine][..], arguments].concat();
        self.command(&arguments).output().unwrap().into()
    }

    /// gridfolio on the login machine.
    pub(crate) fn gridfolio(&self, arguments: &[&str]) -> Done {
        self.on("01", &[&[GRIDFOLIO], arguments].concat())
    }

    /// Waits until the controller hears all three compute machines, and may use them.
    #[track_caller]
    pub(crate) fn until_all_nodes_answer(&self) {
        until("all nodes answer", || {
            let arguments = ["sinfo", "-h", "-N", "-p", "mycluster", "-o", "%t"];
            let states = self.on("01", &arguments).stdout;
            let usable = |state: &&str| ["idle", "mix", "alloc"].contains(state);
            states.lines().map(str::trim).filter(usable).count() == 3
        });
    }

    /// A sweep on the cluster, which is not waited for.
    pub(crate) fn start(&self, strategy: &str, out: &str, arguments: &[&str]) -> Sweep<'_> {
        self.start_with(&[], strategy, out, arguments)
    }

    /// The same, started by another command.
    pub(crate) fn start_with(
        &self,
        starter: &[&str],
        strategy: &str,
        out: &str,
        arguments: &[&str],
    ) -> Sweep<'_> {
        let own = [GRIDFOLIO, "sweep", strategy, "--out", out, "--top", "1"];
        let all = [&["on", "01"][..], starter, &own, &ON_SLURM, arguments].concat();
        let mut command = self.command(&all);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Sweep {
            lab: self,
            strategy: strategy.to_owned(),
            out: out.to_owned(),
            child: Cell::new(Some(command.spawn().unwrap())),
        }
    }

    /// A file of the ordinary user's home, or one on the small share, from here.
    pub(crate) fn home(&self, path: &str) -> PathBuf {
        if path.starts_with(SMALL) {
            // This machine has not mounted it, but sees what others have.
            let login = fs::read_to_string(self.dir.join("node01.pid")).unwrap();
            let pid = login.split(' ').next().unwrap();
            return PathBuf::from(format!("/proc/{pid}/root{path}"));
        }
        self.dir.join("shared/home/ubuntu").join(path)
    }

    /// The results that this machine alone gives.
    pub(crate) fn expected(&self, strategy: &str) -> Vec<u8> {
        let mut reference = REFERENCE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, bytes)) = reference.iter().find(|(known, _)| known == strategy) {
            return bytes.clone();
        }
        let out = self.dir.join(format!("expected-{}", reference.len()));
        let file = strategy.replace("/sharedfs", self.dir.join("shared").to_str().unwrap());
        let done: Done = Command::new(env!("CARGO_BIN_EXE_gridfolio"))
            .env("GRIDFOLIO_LEDGER", self.dir.join("ledger"))
            .args(["sweep", &file, "--quiet", "--out"])
            .arg(&out)
            .output()
            .unwrap()
            .into();
        done.succeeded();
        let bytes = fs::read(out.join("results.parquet")).unwrap();
        reference.push((strategy.to_owned(), bytes.clone()));
        bytes
    }

    /// Keeps the machines' logs, after a failure.
    pub(crate) fn keep(&self) -> PathBuf {
        self.keep.store(true, Ordering::Relaxed);
        let kept = self.dir.with_extension("kept");
        let _ = Command::new("cp")
            .arg("-r")
            .args([&self.dir, &kept])
            .output();
        kept
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let down = self.cluster(&["down"]);
        if down.code != Some(0) {
            eprintln!("{}", down.stderr);
        }
    }
}

/// A sweep that is running.
pub(crate) struct Sweep<'a> {
    lab: &'a Lab,
    strategy: String,
    out: String,
    child: Cell<Option<Child>>,
}

impl Sweep<'_> {
    pub(crate) fn folder(&self) -> PathBuf {
        self.lab.home(&self.out)
    }

    /// Waits for its end, which must be a good one: the bytes that one machine gives.
    #[track_caller]
    pub(crate) fn ends_well(&self) -> Done {
        let done = self.ends().succeeded();
        self.has_the_expected_bytes();
        done
    }

    pub(crate) fn ends(&self) -> Done {
        self.child
            .take()
            .unwrap()
            .wait_with_output()
            .unwrap()
            .into()
    }

    #[track_caller]
    pub(crate) fn has_the_expected_bytes(&self) {
        let results = fs::read(self.folder().join("results.parquet")).unwrap();
        assert!(
            results == self.lab.expected(&self.strategy),
            "the results differ"
        );
    }

    /// Ctrl-C.
    pub(crate) fn interrupt(&self) {
        let pattern = format!("--out {} --top", self.out);
        let done = self
            .lab
            .on("01", &["-r", "pkill", "-INT", "-f", "--", &pattern]);
        done.succeeded();
    }

    /// The numbers of the processes of its workers on a machine, as that machine counts.
    pub(crate) fn workers_on(&self, machine: &str) -> Vec<String> {
        let mut found = Vec::new();
        for token in self.tokens() {
            let pattern = format!("--task {token}-");
            let done = self.lab.on(machine, &["-r", "pgrep", "-f", "--", &pattern]);
            found.extend(done.stdout.lines().map(str::to_owned));
        }
        found
    }

    /// Freezes its workers on a machine as soon as there are some, in the middle of their work.
    pub(crate) fn freeze(&self, machine: &str) -> Vec<String> {
        // One that has not written its first note does not yet listen to signals either.
        let there = format!("-node{machine}-");
        until("a worker there has noted that it began", || {
            self.notes().iter().any(|(name, _)| name.contains(&there))
        });
        until("workers are at work there", || {
            self.tokens().iter().any(|token| {
                let pattern = format!("--task {token}-");
                let stop = ["-r", "pkill", "-STOP", "-f", "--", &pattern];
                // A worker that is just ending takes the signal and ends all the same.
                let stopped = ["-r", "pgrep", "--runstates", "T", "-f", "--", &pattern];
                let succeeds = |command: &[&str]| self.lab.on(machine, command).code == Some(0);
                succeeds(&stop) && succeeds(&stopped)
            })
        });
        self.workers_on(machine)
    }

    pub(crate) fn signal(&self, machine: &str, signal: &str, workers: &[String]) {
        for worker in workers {
            self.lab.on(machine, &["-r", "kill", signal, worker]);
        }
    }

    /// The numbers of its arrays' jobs, the first first.
    pub(crate) fn jobs(&self) -> Vec<String> {
        let note = |token: String| {
            let path = self.folder().join(format!("slurm/{token}.json"));
            let note: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
            note["job"].as_str().map(str::to_owned)
        };
        let mut jobs: Vec<String> = self.tokens().into_iter().filter_map(note).collect();
        jobs.sort();
        jobs
    }

    /// Its tasks in these states, as `squeue` names both.
    pub(crate) fn tasks(&self, states: &str) -> Vec<String> {
        let arguments = ["squeue", "-h", "-r", "-t", states, "-o", "%i"];
        let listed = self.lab.on("01", &arguments).stdout;
        let jobs = self.jobs();
        let is_own = |id: &&str| jobs.iter().any(|job| id.starts_with(&format!("{job}_")));
        listed.lines().filter(is_own).map(str::to_owned).collect()
    }

    /// The tokens of its arrays.
    pub(crate) fn tokens(&self) -> Vec<String> {
        names(&self.folder().join("slurm"), ".json")
            .into_iter()
            .filter(|name| name != "settings")
            .collect()
    }

    pub(crate) fn n_done(&self) -> usize {
        names(&self.folder().join("shards"), "").len()
    }

    /// What its workers noted, as text, by the notes' names.
    pub(crate) fn notes(&self) -> Vec<(String, String)> {
        let folder = self.folder().join("workers");
        let names = names(&folder, ".json").into_iter();
        let read = |name: String| {
            let text = fs::read_to_string(folder.join(format!("{name}.json"))).ok()?;
            Some((name, text))
        };
        names.filter_map(read).collect()
    }
}

/// The names in a folder that end so, without their ends; no temporary files.
pub(crate) fn names(folder: &Path, end: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names
        .filter(|name| !name.starts_with('.'))
        .filter_map(|name| Some(name.strip_suffix(end)?.to_owned()))
        .collect();
    names.sort();
    names
}

/// Waits until something is so.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    const LONGEST: Duration = Duration::from_secs(120);
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < LONGEST, "never: {what}");
        thread::sleep(Duration::from_millis(50));
    }
}
