//! The tables of a sweep's report.

use results::headlines;

use super::map::Bins;
use super::{SweepReport, called, median, plain, short_name, shown};
use crate::numbers::{count, number, of};
use crate::panel::{Cell, Content, Panel, Table};

/// Rows of the table of the best.
const TOP: usize = 20;

/// Reasons of failures that are told.
const REASONS: usize = 20;

pub(super) fn top<'a>(report: &SweepReport<'a>) -> Panel<'a> {
    let metrics: Vec<&str> = headlines().filter(|key| *key != "sharpe").collect();
    let overview = report.overview;
    let sharpe = report.values("sharpe");
    let mut rows: Vec<usize> = (0..sharpe.len())
        .filter(|row| sharpe[*row].is_finite())
        .collect();
    rows.sort_by(|a, b| sharpe[*b].total_cmp(&sharpe[*a]).then(a.cmp(b)));
    rows.truncate(TOP);
    let around = neighbours(report, &rows);
    let mut table = Table::new(&["trial", called("sharpe"), "neighbours"]);
    (table.header).extend(metrics.iter().map(|key| called(key).to_owned()));
    let axes = overview.axes.iter();
    (table.header).extend(axes.map(|axis| short_name(report, &axis.name).to_owned()));
    for (&row, around) in rows.iter().zip(around) {
        let trial = overview.trials[row];
        let mut line = vec![Cell {
            text: trial.to_string(),
            title: Some(report.command(trial)),
            is_group: false,
        }];
        line.push(number(sharpe[row], 2).into());
        line.push(number(around, 2).into());
        line.extend((metrics.iter()).map(|key| shown(key, report.values(key)[row]).into()));
        for axis in &overview.axes {
            line.push(plain(&axis.values[axis.positions[row] as usize]).into());
        }
        table.rows.push(line);
    }
    let note = match overview.best("sharpe") {
        Some(best) => format!(
            "By Sharpe ratio. Neighbours: the median Sharpe ratio of the trials at most one step \
             away on each axis; far below the trial's own it is a lonely spike. The first again: \
             `{}`",
            report.command(overview.trials[best])
        ),
        None => "No trial has a Sharpe ratio.".to_owned(),
    };
    Panel {
        id: "top",
        title: "The best trials".to_owned(),
        note,
        content: Content::Table(table),
    }
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

pub(super) fn failures<'a>(report: &SweepReport<'a>) -> Panel<'a> {
    let failures = &report.overview.failures;
    let total: u64 = failures.iter().map(|failure| failure.1).sum();
    let mut table = Table::new(&["trials", "first", "reason"]);
    table.is_of_words = true;
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
    Panel {
        id: "failures",
        title: "Failed trials".to_owned(),
        note,
        content: Content::Table(table),
    }
}

pub(super) fn times<'a>(report: &SweepReport<'a>) -> Panel<'a> {
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
        true => "Not recorded: whoever computed this sweep left no notes.",
        false => {
            "As those who computed it noted it down, of one thread; a shard that was computed twice \
             counts twice."
        }
    };
    Panel {
        id: "times",
        title: "Time by machine".to_owned(),
        note: note.to_owned(),
        content: Content::Table(table),
    }
}

pub(super) fn plan<'a>(report: &SweepReport<'a>) -> Panel<'a> {
    let overview = report.overview;
    let mut table = Table::new(&["", ""]);
    table.is_of_words = true;
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
    Panel {
        id: "plan",
        title: "The plan".to_owned(),
        note: "The results depend on this alone.".to_owned(),
        content: Content::Table(table),
    }
}
