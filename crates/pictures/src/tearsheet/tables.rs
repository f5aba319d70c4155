//! The panels that are tables.

use super::Tearsheet;
use super::curves::worst_drawdowns;
use super::definitions::definitions;
use crate::numbers::{count, share};
use crate::panel::{Cell, Content, Panel, Table};

/// Rows of the table of drawdowns.
const DRAWDOWNS: usize = 10;

pub(super) fn drawdowns(sheet: &Tearsheet) -> Panel<'_> {
    let mut table = Table::new(&[
        "", "depth", "peak", "valley", "recovery", "days", "sessions",
    ]);
    let dates = &sheet.strategy.dates;
    for (at, drawdown) in worst_drawdowns(&sheet.strategy, DRAWDOWNS)
        .iter()
        .enumerate()
    {
        let until = drawdown.recovery.unwrap_or(dates.len() - 1);
        let days = dates[until].epoch_days() - dates[drawdown.peak].epoch_days();
        table.row([
            (at + 1).to_string(),
            share(-drawdown.depth, 1),
            dates[drawdown.peak].to_string(),
            dates[drawdown.valley].to_string(),
            match drawdown.recovery {
                Some(recovery) => dates[recovery].to_string(),
                None => "not yet".to_owned(),
            },
            count(f64::from(days)),
            count((until - drawdown.peak) as f64),
        ]);
    }
    Panel {
        id: "drawdowns",
        title: "The deepest drawdowns".to_owned(),
        note: "Length from the peak to the recovery, or to the end where there was none."
            .to_owned(),
        content: Content::Table(table),
    }
}

pub(super) fn statistics(sheet: &Tearsheet) -> Panel<'_> {
    let mut table = Table::new(&["", &sheet.name]);
    if sheet.benchmark.is_some() {
        table.header.push(sheet.against().to_owned());
    }
    let mut group = "";
    for definition in definitions() {
        if definition.path.starts_with("relative") && sheet.statistics["relative"].is_null() {
            continue;
        }
        if definition.group != group {
            group = definition.group;
            let heading = Cell {
                text: group.to_owned(),
                is_group: true,
                ..Cell::default()
            };
            table.rows.push(vec![heading]);
        }
        let name = Cell {
            text: definition.name.to_owned(),
            title: Some(definition.meaning.to_owned()),
            is_group: false,
        };
        let sides = ["strategy", "benchmark"]
            .into_iter()
            .take(table.header.len() - 1);
        let cells = sides.map(|side| definition.shown(sheet, side).unwrap_or_default().into());
        table
            .rows
            .push(std::iter::once(name).chain(cells).collect());
    }
    Panel {
        id: "statistics",
        title: "All statistics".to_owned(),
        note: "As in statistics.json. Rest the pointer on a name, or tap it, for its definition."
            .to_owned(),
        content: Content::Table(table),
    }
}
