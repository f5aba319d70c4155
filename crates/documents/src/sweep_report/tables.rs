//! The tables of a sweep's report.

use results::headlines;

use super::bins::Bins;
use super::report::{SweepReport, median, plain, short_name};
use crate::numbers::{count, number, of, shown, title};
use crate::panel::{Cell, Panel, Table};

/// Rows of the table of the best.
const TOP: usize = 20;

/// Reasons of failures that are listed.
const REASONS: usize = 20;

pub(super) fn top(report: &SweepReport<'_>) -> Panel {
    let metrics: Vec<&str> = headlines().filter(|key| *key != "sharpe").collect();
    let overview = report.overview;
    let mut rows = report.ranked();
    rows.truncate(TOP);
    let axes = overview.axes.iter();
    let axes = axes.map(|axis| short_name(report, &axis.name));
    let table = Table::new(&["trial", title("sharpe"), "neighbours"]);
    let mut table = table.with(metrics.iter().map(|key| title(key)).chain(axes));
    for (&row, around) in rows.iter().zip(neighbours(report, &rows)) {
        let trial = overview.trials[row];
        let sharpe = [report.values("sharpe")[row], around].map(|value| number(value, 2));
        let metrics = metrics
            .iter()
            .map(|key| shown(key, report.values(key)[row]));
        let axes = overview
            .axes
            .iter()
            .map(|axis| report.axis_value(axis, row));
        let name = Cell::titled(trial.to_string(), report.command(trial));
        table.named(name, sharpe.into_iter().chain(metrics).chain(axes));
    }
    let note = match overview.best("sharpe") {
        Some(best) => format!(
            "By Sharpe ratio. Neighbours: the median Sharpe ratio of the trials at most one step \
             away on each axis; far below the trial's own, it is an isolated spike. To run the best \
             again: `{}`",
            report.command(overview.trials[best])
        ),
        None => "No trial has a Sharpe ratio.".to_owned(),
    };
    Panel::table("top", "The best trials", note, table)
}

/// Set as code.
fn code(text: &str) -> String {
    format!("`{text}`")
}

/// For each of some rows, the median Sharpe ratio of the trials at most one step away on each axis.
fn neighbours(report: &SweepReport<'_>, rows: &[usize]) -> Vec<f64> {
    let bins: Vec<Bins> = report.overview.axes.iter().map(Bins::of).collect();
    let sharpe = report.values("sharpe");
    let around = |&row: &usize| {
        let is_near = |other: &usize| {
            let near = |bins: &Bins| bins.of_trial[row].abs_diff(bins.of_trial[*other]) <= 1;
            bins.iter().all(near)
        };
        let near = (0..sharpe.len()).filter(|other| sharpe[*other].is_finite());
        let mut near: Vec<f64> = near.filter(is_near).map(|other| sharpe[other]).collect();
        median(&mut near)
    };
    rows.iter().map(around).collect()
}

pub(super) fn failures(report: &SweepReport<'_>) -> Panel {
    let failures = &report.overview.failures;
    let total: u64 = failures.iter().map(|failure| failure.1).sum();
    let mut table = Table::new(&["trials", "first", "reason"]).of_words();
    for (reason, n, first) in failures.iter().take(REASONS) {
        table.row([count(*n as f64), first.to_string(), reason.clone()]);
    }
    let of_all = of(report.overview.trials.len(), "trial");
    let note = match (total, failures.len()) {
        (0, _) => format!("None of {of_all} failed."),
        (total, n) if n > REASONS => {
            format!(
                "{} of {of_all}; the {REASONS} most frequent of {n} reasons.",
                count(total as f64)
            )
        }
        (total, _) => format!("{} of {of_all}.", count(total as f64)),
    };
    Panel::table("failures", "Failed trials", note, table)
}

pub(super) fn times(report: &SweepReport<'_>) -> Panel {
    let machines = &report.overview.machines;
    let mut table = Table::new(&[
        "machine",
        "architecture",
        "shards",
        "trials",
        "thread seconds",
        "a trial",
        "trials a second",
    ]);
    for machine in machines {
        let each = 1e3 * machine.seconds / machine.trials as f64;
        table.row([
            machine.host.clone(),
            machine.arch.clone(),
            count(machine.shards as f64),
            count(machine.trials as f64),
            number(machine.seconds, 2),
            format!("{} ms", number(each, 3)),
            count(1e3 / each),
        ]);
    }
    let note = match machines.is_empty() {
        true => "Not recorded by the workers of this sweep.",
        false => {
            "As the workers recorded it, in seconds of one thread; a shard that was computed twice counts \
             twice."
        }
    };
    Panel::table("times", "Time by machine", note, table)
}

pub(super) fn plan(report: &SweepReport<'_>) -> Panel {
    let overview = report.overview;
    let mut table = Table::new(&["", ""]).of_words();
    for strategy in &overview.strategies {
        table.row([format!("strategy {}", strategy.name), strategy.file.clone()]);
        table.row(["its digest".to_owned(), code(&strategy.digest)]);
        table.row(["its prices".to_owned(), strategy.prices.clone()]);
        if let Some(sampler) = &strategy.sampler {
            let seed = match sampler.as_str() {
                "grid" => String::new(),
                _ => format!(", seed {}", strategy.seed),
            };
            table.row(["sampler".to_owned(), format!("{sampler}{seed}")]);
        }
        for (name, n, first, last) in &strategy.axes {
            let (n, first, last) = (of(*n as usize, "value"), plain(first), plain(last));
            let values = format!("{n}, from {first} to {last}");
            table.row([format!("axis {name}"), values]);
        }
    }
    table.row([
        "trials planned".to_owned(),
        match overview.numbers {
            0 | 1 => count(overview.numbers as f64),
            n => format!("{}, numbered from 0 to {}", count(n as f64), n - 1),
        },
    ]);
    table.row(["digest of the plan".to_owned(), code(&overview.identity)]);
    table.row(["digest of the prices".to_owned(), code(&overview.prices)]);
    table.row([
        "program".to_owned(),
        format!("gridfolio {}", overview.program),
    ]);
    Panel::table(
        "plan",
        "The plan",
        "The results depend on this alone.",
        table,
    )
}
