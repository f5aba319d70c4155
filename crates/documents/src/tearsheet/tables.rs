//! The panels that are tables.

use backtest::date::Date;
use statistics::catalogue::Group;

use super::Tearsheet;
use super::curves::worst_drawdowns;
use super::metrics::shown_metrics;
use crate::numbers::{UNDEFINED, change, count, share};
use crate::panel::{Cell, Content, Panel, Table};

/// Rows of the table of drawdowns.
const DRAWDOWNS: usize = 10;

pub(super) fn drawdowns(sheet: &Tearsheet) -> Panel<'_> {
    let mut table = Table::new(&[
        "",
        "depth",
        "peak",
        "valley",
        "recovery",
        "days to valley",
        "days to recovery",
        "days in all",
        "sessions",
    ]);
    if sheet.benchmark.is_some() {
        let name = format!("{} from peak to valley", sheet.against());
        table.header.push(name);
    }
    let dates = &sheet.strategy.dates;
    let days =
        |from: usize, to: usize| f64::from(dates[to].epoch_days() - dates[from].epoch_days());
    for (at, drawdown) in worst_drawdowns(&sheet.strategy, DRAWDOWNS)
        .iter()
        .enumerate()
    {
        let (peak, valley) = (drawdown.peak, drawdown.valley);
        let until = drawdown.recovery.unwrap_or(dates.len() - 1);
        let not_yet = || "not yet".to_owned();
        let mut row = vec![
            (at + 1).to_string(),
            share(drawdown.depth, 1),
            dates[peak].to_string(),
            dates[valley].to_string(),
            (drawdown.recovery).map_or_else(not_yet, |recovery| dates[recovery].to_string()),
            count(days(peak, valley)),
            (drawdown.recovery).map_or_else(not_yet, |recovery| count(days(valley, recovery))),
            count(days(peak, until)),
            count((until - peak) as f64),
        ];
        if let Some(benchmark) = &sheet.benchmark {
            let value = |date: Date| {
                let after = benchmark.dates.partition_point(|known| *known <= date);
                after.checked_sub(1).map(|at| benchmark.values[at])
            };
            let ends = value(dates[peak]).zip(value(dates[valley]));
            let change_of = |(from, to): (f64, f64)| change(to / from - 1.0, 1);
            row.push(ends.map_or(UNDEFINED.to_owned(), change_of));
        }
        table.rows.push(row.into_iter().map(Cell::from).collect());
    }
    Panel {
        id: "drawdowns",
        title: "The deepest drawdowns".to_owned(),
        note: "From the peak to the recovery, or to the end where there was none.".to_owned(),
        content: Content::Table(table),
    }
}

pub(super) fn statistics(sheet: &Tearsheet) -> Panel<'_> {
    let mut table = Table::new(&["", &sheet.name]);
    if sheet.benchmark.is_some() {
        table.header.push(sheet.against().to_owned());
    }
    let mut group = None;
    for metric in shown_metrics() {
        if metric.group == Group::Relative && sheet.statistics["relative"].is_null() {
            continue;
        }
        if group != Some(metric.group) {
            group = Some(metric.group);
            let heading = Cell {
                text: metric.group.title().to_owned(),
                is_group: true,
                ..Cell::default()
            };
            table.rows.push(vec![heading]);
        }
        let name = Cell {
            text: metric.title.to_owned(),
            title: Some(metric.definition()),
            is_group: false,
        };
        let sides = ["strategy", "benchmark"]
            .into_iter()
            .take(table.header.len() - 1);
        let cells = sides.map(|side| sheet.shown(metric, side).unwrap_or_default().into());
        table
            .rows
            .push(std::iter::once(name).chain(cells).collect());
    }
    Panel {
        id: "statistics",
        title: "All statistics".to_owned(),
        note: "As in `statistics.json`. Rest the pointer on a name, or tap it, for its definition."
            .to_owned(),
        content: Content::Table(table),
    }
}
