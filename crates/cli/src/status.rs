//! `gridfolio status`

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use cluster::{Client, Status};
use sweep::Shards;

use crate::progress::Watched;
use crate::terminal;
use gridfolio::{Code, Error};

/// Show the progress of a sweep on a cluster
///
/// Shards done, running, waiting and lost; the speed, the time left and the nodes; and the last lines
/// of failed tasks. It changes nothing: `gridfolio resume` submits lost shards again.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gridfolio status momentum.sweep
  gridfolio status momentum.sweep --watch
  gridfolio status momentum.sweep --json | jq .seconds_left")]
pub(crate) struct Arguments {
    /// The sweep's folder
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Continue until all shards are done, or no job has those that are missing
    #[arg(long)]
    watch: bool,
    /// Print JSON
    #[arg(long, conflicts_with = "watch")]
    json: bool,
}

/// Between two looks.
const PACE: Duration = Duration::from_secs(5);

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Error> {
    let shards = Shards::open(&arguments.dir)?;
    let client = Client::default();
    let ask = || Status::ask(&client, &shards);
    let mut status = ask()?;
    if arguments.watch {
        let bar = Watched::new(false, status.trials);
        // A file may become visible after the end of its task, so only a second look counts.
        let mut over = 0;
        while !status.is_complete() && (over < 2 || !is_over(&status)) {
            bar.show(status.trials_done, &status.to_line());
            over = if is_over(&status) { over + 1 } else { 0 };
            thread::sleep(PACE);
            status = ask()?;
        }
        bar.finish();
    }
    let text = match arguments.json {
        true => {
            let mut text = serde_json::to_string_pretty(&status).unwrap_or_default();
            text.push('\n');
            text
        }
        false => status.to_text(&arguments.dir) + &next_step(arguments, &status),
    };
    terminal::print_as(arguments.json, &text)?;
    Ok(
        match status.lost > 0 || (is_over(&status) && !status.is_complete()) {
            true => Code::No,
            false => Code::Done,
        },
    )
}

/// No job has what is missing.
fn is_over(status: &Status) -> bool {
    status.heard && status.running + status.waiting == 0
}

fn next_step(arguments: &Arguments, status: &Status) -> String {
    let dir = arguments.dir.display();
    match status {
        status if status.is_complete() && arguments.dir.join("results.parquet").exists() => {
            format!("`gridfolio results {dir}` shows the table\n")
        }
        status if status.is_complete() => {
            format!("all shards are there: `gridfolio resume {dir}` collects the results\n")
        }
        status if status.lost + status.unsubmitted > 0 => {
            format!("`gridfolio resume {dir}` submits what is missing\n")
        }
        _ => String::new(),
    }
}
