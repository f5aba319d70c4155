//! The panels that are tables.

use backtest::date::Date;
use statistics::catalogue::{Group, Metric};

use super::metrics::shown_metrics;
use super::series::worst_drawdowns;
use super::sheet::Tearsheet;
use crate::numbers::{UNDEFINED, change, count, share};
use crate::panel::{Cell, Panel, Table};

/// Rows of the table of drawdowns.
const DRAWDOWNS: usize = 10;

pub(super) fn drawdowns(sheet: &Tearsheet) -> Panel {
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
        table = table.with([name]);
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
        table.row(row);
    }
    let note = "From the peak to the recovery, or to the end where there was none.";
    Panel::table("drawdowns", "The deepest drawdowns", note, table)
}

pub(super) fn statistics(sheet: &Tearsheet) -> Panel {
    let no_relative = sheet.statistics["relative"].is_null();
    let is_shown = |metric: &&Metric| !(no_relative && metric.group == Group::Relative);
    let sides = if sheet.benchmark.is_some() { 2 } else { 1 };
    let texts = |metric: &Metric| {
        let sides = ["strategy", "benchmark"].into_iter().take(sides);
        sides
            .map(|side| sheet.shown(metric, side).unwrap_or_default())
            .collect()
    };
    let table = by_group(sheet.table(&[""]), shown_metrics().filter(is_shown), texts);
    let note =
        "As in `statistics.json`. Rest the pointer on a name, or tap it, for its definition.";
    Panel::table("statistics", "All statistics", note, table)
}

/// A row for each metric, with its definition, below the name of its group.
pub(crate) fn by_group(
    mut table: Table,
    metrics: impl Iterator<Item = &'static Metric>,
    texts: impl Fn(&Metric) -> Vec<String>,
) -> Table {
    let mut group = None;
    for metric in metrics {
        if group != Some(metric.group) {
            group = Some(metric.group);
            table.row([Cell::group(metric.group.title())]);
        }
        let name = Cell::titled(metric.title, metric.definition());
        table.named(name, texts(metric));
    }
    table
}
