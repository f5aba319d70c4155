//! Slurm's own commands, run in a clean environment and with a time limit.

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{ClusterError, SlurmMessage};
use crate::refusal::RETRYING;

/// Calls Slurm's commands, which are looked for on the path.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    /// No call takes longer. It is more than Slurm's own patience, so that Slurm can say why.
    pub patience: Duration,
}

impl Default for Client {
    fn default() -> Client {
        Client {
            patience: Duration::from_secs(60),
        }
    }
}

/// The output of a command.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) ok: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// How long `sbatch` may retry.
const LONGEST_RETRYING: Duration = Duration::from_secs(3);

/// Messages after which it is unknown whether the controller acted on the request.
const NO_ANSWER: [&str; 6] = [
    "Unable to contact slurm controller",
    "Socket timed out",
    "Connection refused",
    "Connection timed out",
    "Zero Bytes were transmitted or received",
    "Unexpected message received",
];

impl Client {
    /// What a command prints.
    pub(crate) fn ask(&self, program: &str, arguments: &[String]) -> Result<String, ClusterError> {
        let answer = self.call(program, arguments)?;
        match answer.ok {
            true => Ok(answer.stdout),
            false => Err(answer.refusal(program)),
        }
    }

    /// Runs a command until it ends or `patience` is over.
    pub(crate) fn call(&self, program: &str, arguments: &[String]) -> Result<Answer, ClusterError> {
        self.call_in(Path::new("."), program, arguments)
    }

    /// The same, in a folder.
    pub(crate) fn call_in(
        &self,
        dir: &Path,
        program: &str,
        arguments: &[String],
    ) -> Result<Answer, ClusterError> {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(dir)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C is for this process: a submission under way is completed.
            .process_group(0)
            .env("LC_ALL", "C");
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(changes_answers) {
                command.env_remove(&name);
            }
        }
        let mut child = command.spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => ClusterError::NoSlurm {
                program: program.to_owned(),
            },
            _ => ClusterError::Refused {
                program: program.to_owned(),
                message: SlurmMessage(error.to_string()),
            },
        })?;
        let listeners = Listener::to(child.stdout.take())
            .and_then(|stdout| Ok((stdout, Listener::to(child.stderr.take())?)));
        let (stdout, stderr) = match listeners {
            Ok(listeners) => listeners,
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(ClusterError::Refused {
                    program: program.to_owned(),
                    message: SlurmMessage(format!("no thread can be started: {error}")),
                });
            }
        };
        let start = Instant::now();
        let ended = loop {
            match child.try_wait() {
                Ok(Some(status)) => break Some(status.success()),
                Ok(None) if start.elapsed() > LONGEST_RETRYING && stderr.has(RETRYING) => {
                    break Some(false);
                }
                Ok(None) if start.elapsed() < self.patience => {
                    thread::sleep(Duration::from_millis(2));
                }
                _ => break None,
            }
        };
        // It may have ended just now; either way the wait is over.
        let _ = child.kill();
        let _ = child.wait();
        let Some(ok) = ended else {
            let seconds = self.patience.as_secs();
            return Err(ClusterError::NoAnswer {
                program: program.to_owned(),
                message: SlurmMessage(format!("no answer within {seconds} s")),
            });
        };
        Ok(Answer {
            ok,
            stdout: stdout.text(),
            stderr: stderr.text(),
        })
    }
}

impl Answer {
    pub(crate) fn refusal(&self, program: &str) -> ClusterError {
        let lines = self.stderr.lines().map(str::trim);
        let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
        let prefix = format!("{program}: error: ");
        let lines: Vec<&str> = (lines.iter())
            .map(|line| line.strip_prefix(&prefix).unwrap_or(line))
            .collect();
        let message = match lines.is_empty() {
            true => "no reason was given".to_owned(),
            false => lines.join("; "),
        };
        let program = program.to_owned();
        match NO_ANSWER.iter().any(|piece| message.contains(piece)) {
            true => ClusterError::NoAnswer {
                program,
                message: SlurmMessage(message),
            },
            false => ClusterError::Refused {
                program,
                message: SlurmMessage(message),
            },
        }
    }
}

/// Variables with which Slurm's commands print or do something else, or which a job inherits from the
/// job in which this process may run. `SLURM_CONF` has to stay.
fn changes_answers(name: &str) -> bool {
    const PREFIXES: [&str; 10] = [
        "SLURM_",
        "SLURMD_",
        "SBATCH_",
        "SRUN_",
        "SALLOC_",
        "SQUEUE_",
        "SINFO_",
        "SCANCEL_",
        "SCONTROL_",
        "SACCT_",
    ];
    name != "SLURM_CONF" && PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Bytes of a command's output that are kept: a queue of a million tasks has less.
const MOST_OUTPUT: usize = 256 << 20;

/// Reads a command's output while it runs, so that its pipe never fills.
struct Listener {
    bytes: Arc<Mutex<Vec<u8>>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Listener {
    fn to(stream: Option<impl Read + Send + 'static>) -> io::Result<Listener> {
        let bytes = Arc::<Mutex<Vec<u8>>>::default();
        let listen = |mut stream: Box<dyn Read + Send>| {
            let bytes = Arc::clone(&bytes);
            thread::Builder::new().spawn(move || {
                let mut piece = [0; 4096];
                // What could be read is what it said.
                while let Ok(n @ 1..) = stream.read(&mut piece) {
                    let mut bytes = lock(&bytes);
                    let room = MOST_OUTPUT.saturating_sub(bytes.len());
                    bytes.extend(&piece[..n.min(room)]);
                }
            })
        };
        let thread = stream.map(|stream| listen(Box::new(stream))).transpose()?;
        Ok(Listener { bytes, thread })
    }

    /// Whether it has said this already.
    fn has(&self, words: &str) -> bool {
        String::from_utf8_lossy(&lock(&self.bytes)).contains(words)
    }

    /// All that it says until it ends.
    fn text(self) -> String {
        let _ = self.thread.map(thread::JoinHandle::join);
        String::from_utf8_lossy(&lock(&self.bytes)).into_owned()
    }
}

fn lock(bytes: &Mutex<Vec<u8>>) -> MutexGuard<'_, Vec<u8>> {
    bytes.lock().unwrap_or_else(PoisonError::into_inner)
}
