//! Damaged and hostile input for everything that reads what others have written.
//!
//! ```sh
//! cargo run -p fuzz                          # each target for a few seconds
//! cargo run -p fuzz -- --seconds 600 plan    # one of them for longer
//! cargo run -p fuzz -- --input FILE plan     # an input that was found
//! ```
//!
//! Valid inputs, which the project makes itself, are mutated, and each target is given the result. A
//! panic, more than two seconds (and two more for each megabyte), or more memory than 64 times the
//! input and 64 MB is a finding: the input is kept under `fuzz/found`, and the exit code is 1.

mod memory;
mod mutation;
mod seeds;
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use memory::{ALLOWED, Peak};
use mutation::Mutator;
use targets::{TARGETS, Target};

/// What is being tried, for the thread that ends the process.
static CURRENT: Mutex<(&str, Vec<u8>)> = Mutex::new(("", Vec::new()));

/// Milliseconds since the start at which the current input has to be done; 0 while none is tried.
static DEADLINE: AtomicU64 = AtomicU64::new(0);

struct Arguments {
    seconds: f64,
    seed: u64,
    input: Option<PathBuf>,
    names: Vec<String>,
}

fn arguments() -> Result<Arguments, String> {
    let mut arguments = Arguments {
        seconds: 3.0,
        seed: 1,
        input: None,
        names: Vec::new(),
    };
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        let mut value = || given.next().ok_or(format!("`{argument}` needs a value"));
        match argument.as_str() {
            "--seconds" => arguments.seconds = value()?.parse().map_err(|_| "no number")?,
            "--seed" => arguments.seed = value()?.parse().map_err(|_| "no number")?,
            "--input" => arguments.input = Some(value()?.into()),
            name if TARGETS.iter().any(|target| target.name == name) => {
                arguments.names.push(name.to_owned());
            }
            other => {
                let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
                return Err(format!("`{other}` is none of {}", names.join(", ")));
            }
        }
    }
    Ok(arguments)
}

#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the program's report"
)]
fn main() -> ExitCode {
    let arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("error: {message}");
            return ExitCode::from(2);
        }
    };
    // A panic is reported as a finding, or is caught by a reader whose library is known to panic.
    std::panic::set_hook(Box::new(|_| {}));
    let start = Instant::now();
    std::thread::spawn(move || watch(start));
    let place = tempfile::tempdir().expect("a temporary folder");
    let chosen = |target: &&Target| {
        arguments.names.is_empty() || arguments.names.iter().any(|name| name == target.name)
    };
    let mut all_good = true;
    for target in TARGETS.iter().filter(chosen) {
        let folder = place.path().join(target.name);
        std::fs::create_dir(&folder).expect("a folder for the target");
        if let Some(path) = &arguments.input {
            let input = std::fs::read(path).expect("the input");
            let answer = tried(target, &folder, &input, start);
            println!("{}: {answer:?}", target.name);
            all_good &= answer.is_ok();
            continue;
        }
        let seeds = (target.seeds)();
        let mut mutator = Mutator::new(arguments.seed, &seeds, target.is_text);
        let until = Instant::now() + Duration::from_secs_f64(arguments.seconds);
        let (mut n, mut found) = (0_u64, 0);
        // The valid inputs come first: they show that the target reads what it is meant to.
        let mut valid = seeds.iter().cloned();
        while Instant::now() < until && found < 5 {
            let input = valid.next().unwrap_or_else(|| mutator.next());
            n += 1;
            if let Err(what) = tried(target, &folder, &input, start) {
                found += 1;
                eprintln!(
                    "{}: {what}: {}",
                    target.name,
                    kept(target.name, &input).display()
                );
            }
        }
        println!("{:<16} {n:>9} inputs  {found} findings", target.name);
        all_good &= found == 0;
    }
    ExitCode::from(u8::from(!all_good))
}

/// Gives a target an input. The error is what was wrong with its answer.
fn tried(
    target: &'static Target,
    folder: &Path,
    input: &[u8],
    start: Instant,
) -> Result<(), String> {
    *CURRENT.lock().expect("never poisoned") = (target.name, input.to_vec());
    let megabytes = 1.0 + input.len() as f64 / 1e6;
    let begun = Instant::now();
    let deadline = begun.duration_since(start) + Duration::from_secs_f64(2.0 * megabytes);
    DEADLINE.store(deadline.as_millis() as u64, Ordering::Relaxed);
    let peak = Peak::start();
    let answer = catch_unwind(AssertUnwindSafe(|| (target.run)(input, folder)));
    let most = peak.end();
    DEADLINE.store(0, Ordering::Relaxed);
    if answer.is_err() {
        return Err("a panic".to_owned());
    }
    let allowed = 64 * input.len() + ALLOWED;
    match most > allowed {
        true => Err(format!("{most} bytes of memory for {}", input.len())),
        false => Ok(()),
    }
}

/// Ends the process when an input takes too long, or too much memory to go on.
fn watch(start: Instant) {
    loop {
        std::thread::sleep(Duration::from_millis(100));
        let deadline = DEADLINE.load(Ordering::Relaxed);
        if deadline != 0 && start.elapsed().as_millis() as u64 > deadline {
            end("no answer in two seconds");
        }
        if memory::IS_REFUSED.load(Ordering::Relaxed) {
            end("it asks for more than two gigabytes");
        }
    }
}

/// Keeps the current input and ends the process.
#[expect(
    clippy::print_stderr,
    clippy::exit,
    reason = "nothing else ends what hangs"
)]
fn end(what: &str) -> ! {
    let (name, input) = &*CURRENT.lock().expect("never poisoned");
    eprintln!("{name}: {what}: {}", kept(name, input).display());
    std::process::exit(1)
}

/// Writes an input that was found into `fuzz/found`.
fn kept(target: &str, input: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("found");
    let sum = (input.iter()).fold(0_u64, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    });
    let path = folder.join(format!("{target}-{sum:016x}"));
    let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, input));
    written.expect("the input can be kept");
    path
}
