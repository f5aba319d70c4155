//! `gridfolio results`

use std::path::PathBuf;

use results::{Direction, Query, Results, Sort, Table, headlines};

use crate::terminal;
use gridfolio::{Code, Error};

/// Sort, filter and print the results of a sweep
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gridfolio results momentum.sweep
  gridfolio results momentum.sweep --sort sharpe --where \"max_drawdown < 0.2\" --top 20
  gridfolio results momentum.sweep --columns trial,alpha.lookback,sharpe --csv > sharpe.csv
  gridfolio results momentum.sweep --plateau sharpe --top 10
  gridfolio results momentum.sweep --map sharpe")]
pub(crate) struct Arguments {
    /// The sweep's folder
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The column to sort by, better rows first
    #[arg(long, value_name = "COLUMN")]
    sort: Option<String>,
    /// Reverse the order
    #[arg(long, requires = "sort")]
    reverse: bool,
    /// Only rows that meet a condition, as in `max_drawdown < 0.2 and alpha.top_n == 3`
    #[arg(long = "where", value_name = "CONDITION")]
    condition: Option<String>,
    /// The maximum number of rows
    #[arg(long, value_name = "N")]
    top: Option<usize>,
    /// The columns, separated by commas
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    columns: Option<Vec<String>>,
    /// Print comma-separated values with all digits
    #[arg(long)]
    csv: bool,
    /// Print JSON with all digits
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Rank by the median of a trial's neighbours on the axes, for a statistic: a plateau before a
    /// spike
    #[arg(long, value_name = "COLUMN", conflicts_with_all = ["sort", "condition", "columns", "map"])]
    plateau: Option<String>,
    /// Print a map of a statistic over the first two axes that vary
    #[arg(long, value_name = "COLUMN", conflicts_with_all = ["csv", "json", "sort", "top"])]
    map: Option<String>,
}

/// Rows that fit a terminal.
const USUAL_ROWS: usize = 40;

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Error> {
    let results = Results::open(&arguments.dir)?;
    if let Some(metric) = &arguments.map {
        let map = results.map(metric)?;
        let map = map.ok_or_else(|| {
            Error::new(Code::Usage, "there is no map: fewer than two axes vary")
                .hint("sort by the axis instead, with `--sort`")
        })?;
        terminal::print(map.to_text().as_bytes())?;
        return Ok(Code::Done);
    }
    if let Some(metric) = &arguments.plateau {
        let top = arguments.top.unwrap_or(USUAL_ROWS);
        let table = results.best_by_plateau(metric, top)?;
        return print(&table, arguments);
    }
    let for_machines = arguments.csv || arguments.json;
    let columns = match (&arguments.columns, for_machines) {
        (Some(columns), _) => Some(columns.clone()),
        (None, true) => None,
        (None, false) => Some(usual(&results)),
    };
    let direction = match arguments.reverse {
        false => Direction::BestFirst,
        true => Direction::WorstFirst,
    };
    let query = Query {
        columns,
        condition: arguments.condition.clone(),
        sort: arguments
            .sort
            .clone()
            .map(|column| Sort { column, direction }),
        top: arguments.top.or((!for_machines).then_some(USUAL_ROWS)),
    };
    let mut text = Vec::new();
    if arguments.csv {
        results.write_csv(&query, &mut text)?;
    } else {
        let table = results.select(&query)?;
        if arguments.json {
            table
                .write_json(&mut text)
                .expect("memory takes what is written");
        } else {
            text = table.to_text().into_bytes();
            if table.n_rows() < results.n_rows() as usize {
                let shown = format!("{} of {} rows", table.n_rows(), results.n_rows());
                text.extend(format!("\n{shown}\n").into_bytes());
            }
        }
    }
    printed(arguments, &text)
}

fn print(table: &Table, arguments: &Arguments) -> Result<Code, Error> {
    let mut text = Vec::new();
    let written = match (arguments.csv, arguments.json) {
        (true, _) => table.write_csv(&mut text),
        (_, true) => table.write_json(&mut text),
        _ => std::io::Write::write_all(&mut text, table.to_text().as_bytes()),
    };
    written.expect("memory takes what is written");
    printed(arguments, &text)
}

fn printed(arguments: &Arguments, text: &[u8]) -> Result<Code, Error> {
    match arguments.json {
        true => terminal::print_json(text)?,
        false => terminal::print(text)?,
    }
    Ok(Code::Done)
}

fn usual(results: &Results) -> Vec<String> {
    let known = results.columns();
    let mut columns = vec!["trial".to_owned()];
    columns.extend(known.iter().filter(|name| *name == "strategy").cloned());
    columns.extend(results.axes().iter().cloned());
    columns.push("status".to_owned());
    columns.extend(headlines().map(str::to_owned));
    columns
}
