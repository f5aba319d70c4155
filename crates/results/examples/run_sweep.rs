//! Runs a sweep and prints how long it took: `run_sweep STRATEGY.toml FOLDER [THREADS]`.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use sweep::{Draft, Existing, Request, RunOptions, StrategyText};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, folder, rest @ ..] = arguments.as_slice() else {
        return Err("usage: run_sweep STRATEGY.toml FOLDER [THREADS]".into());
    };
    let threads = rest.first().map_or(Ok(0), |text| text.parse())?;
    let start = Instant::now();
    let request = Request {
        strategies: vec![StrategyText::read(file)?],
        ..Request::default()
    };
    let sweep = Draft::new(&request)?.into_folder(Path::new(folder), Existing::Resume)?;
    let planned = start.elapsed();
    let done = AtomicBool::new(false);
    let computed = std::sync::Mutex::new(start.elapsed());
    let options = RunOptions {
        threads,
        progress: &|_| {
            if let Ok(mut computed) = computed.lock() {
                *computed = start.elapsed();
            }
        },
        stop: &done,
    };
    let summary = results::run(&sweep, &options)?;
    let computed = computed.into_inner()? - planned;
    let n = summary.progress.computed;
    #[expect(clippy::print_stdout, reason = "this program's result")]
    {
        println!(
            "planned in {:.3} s, {n} trials in {:.3} s, written after {:.3} s",
            planned.as_secs_f64(),
            computed.as_secs_f64(),
            start.elapsed().as_secs_f64()
        );
    }
    Ok(())
}
