//! `cargo bench -p benchmarks`: what a backtest costs, in CPU time and in instructions, beside a
//! plain loop measured in the same run. See `docs/performance.md`.

mod clock;
mod instructions;
mod load;
mod options;
mod process;
mod table;

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use benchmarks::cases::{CASES, Case, Part, Ready};
use benchmarks::plain_loop;
use serde_json::json;

use options::{Job, Options};
use table::Row;

const LOAD_BUDGET: Duration = Duration::from_secs(1);
const PROCESS_BUDGET: Duration = Duration::from_millis(20);

fn main() -> ExitCode {
    let job = Job::from_arguments(std::env::args().skip(1));
    let done = job.map_err(Into::into).and_then(|job| match job {
        Job::Repeat { case, times } => instructions::repeat(case, times),
        Job::Measure(options) => measure(&options),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &Options) -> Result<(), Box<dyn Error>> {
    let out = &mut io::stdout().lock();
    writeln!(out, "CPU: {}", cpu_model())?;
    let count_instructions = options.instructions && instructions::available();
    if options.instructions && !count_instructions {
        writeln!(
            out,
            "instructions are not counted: valgrind is not installed"
        )?;
    }
    table::write_header(out)?;
    let mut rows = Vec::new();
    let mut uncounted = false;
    let mut finish = |row: Row| {
        row.write(out)?;
        out.flush()?;
        rows.push(row.json());
        io::Result::Ok(())
    };
    // First, while this process is small.
    if let Some(binary) = options
        .binary
        .as_deref()
        .filter(|_| options.wants("process"))
    {
        let process = process::measure(binary)?;
        finish(Row {
            name: "process".to_owned(),
            timing: process.timing,
            plain_loop: None,
            budget: Some(PROCESS_BUDGET),
            instructions: None,
            peak_memory: Some(process.peak_memory),
        })?;
    }
    for case in CASES.iter().filter(|case| options.wants(case.name)) {
        let mut row = in_memory(case)?;
        if count_instructions {
            row.instructions = instructions::per_repetition(case)?;
            uncounted |= row.instructions.is_none();
        }
        finish(row)?;
    }
    if options.asks_for("load") {
        let loading = load::measure()?;
        finish(Row {
            name: format!("load ({} MB)", loading.bytes / 1_000_000),
            timing: loading.timing,
            plain_loop: None,
            budget: Some(LOAD_BUDGET),
            instructions: None,
            peak_memory: None,
        })?;
    }
    if uncounted {
        writeln!(
            out,
            "instructions: `-` where this version of valgrind does not know one of them"
        )?;
    }
    if let Some(path) = &options.json {
        let document = json!({ "cpu": cpu_model(), "cases": rows });
        fs::write(path, format!("{document:#}\n"))
            .map_err(|error| format!("cannot write `{}`: {error}", path.display()))?;
    }
    Ok(())
}

/// Measures a case, and the plain loop beside it where the whole backtest or its run is measured.
fn in_memory(case: &Case) -> Result<Row, Box<dyn Error>> {
    let made = (case.make)();
    let market = Arc::new(made.strategy.market(&made.prices)?);
    let ready = Ready::new(case.part, &made, &market)?;
    let timing = clock::repeat(|| {
        black_box(ready.once());
    });
    let timing = timing.of_each(ready.backtests());
    let comparable = matches!(case.part, Part::Everything | Part::Run | Part::Sweep);
    let plain_loop = if comparable {
        let plain = || plain_loop::equity_curve(&made.strategy, &made.prices);
        same_end(case, ready.equity(), &plain())?;
        Some(clock::repeat(|| {
            black_box(plain());
        }))
    } else {
        None
    };
    Ok(Row {
        name: case.name.to_owned(),
        timing,
        plain_loop,
        budget: case.budget,
        instructions: None,
        peak_memory: None,
    })
}

/// A comparison of speed is honest only between programs that compute the same.
fn same_end(case: &Case, engine: &[f64], plain: &[f64]) -> Result<(), Box<dyn Error>> {
    match (engine.last(), plain.last()) {
        (Some(engine), Some(plain)) if (engine - plain).abs() <= 1e-9 * plain.abs() => Ok(()),
        (engine, plain) => Err(format!(
            "`{}` ends at {engine:?} in the engine and at {plain:?} in the plain loop",
            case.name
        )
        .into()),
    }
}

fn cpu_model() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let model = model.map(|rest| rest.trim_start_matches([' ', '\t', ':']).to_owned());
    model.unwrap_or_else(|| "unknown".to_owned())
}
