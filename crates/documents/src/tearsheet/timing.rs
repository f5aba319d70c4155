//! How much of a result is the choice of its days.

use drawing::Ink;
use drawing::chart::{Across, Chart, Legend, Mark, Picture, Point, Range, Upright};
use verdict::timing_luck::{Alternatives, Range as Spread};

use super::sheet::Tearsheet;
use crate::numbers::{UNDEFINED, count, share_tick, shown_if, title};
use crate::panel::{Panel, Table};

/// A picture for the other days of the schedule, and one for later starts, where there are any.
pub(super) fn timing_luck(sheet: &Tearsheet) -> Vec<Panel> {
    let luck = &sheet.detail.timing_luck;
    let offsets = luck.offsets.as_ref().map(|found| {
        let note = "The strategy run again on the other days of its schedule, all from its first \
                    decision on. The difference is luck: no day can be expected to be better.";
        panel("offsets", "Other days of the schedule", note, found)
    });
    let starts = luck.starts.as_ref().map(|found| {
        let note =
            "The strategy run again from later starts, a twelfth of a year apart, to the same end.";
        panel("starts", "Later starts", note, found)
    });
    offsets.into_iter().chain(starts).collect()
}

fn panel(id: &'static str, name: &'static str, note: &str, found: &Alternatives) -> Panel {
    let metrics = ["cagr", "sharpe", "final_equity"];
    let mut table = Table::new(&[""]).with(metrics.map(title));
    let cells = |values: [Option<f64>; 3]| {
        let cell = |(metric, value): (&str, Option<f64>)| match metric {
            "final_equity" => value.map_or(UNDEFINED.to_owned(), count),
            metric => shown_if(metric, value),
        };
        metrics
            .into_iter()
            .zip(values)
            .map(cell)
            .collect::<Vec<_>>()
    };
    let spreads = [found.cagr, found.sharpe, found.final_equity];
    let of = |value: fn(Spread) -> Option<f64>| cells(spreads.map(|spread| spread.and_then(value)));
    table.named("as it is".to_owned(), of(|spread| spread.own));
    table.named("lowest".to_owned(), of(|spread| Some(spread.low)));
    table.named("median".to_owned(), of(|spread| Some(spread.median)));
    table.named("highest".to_owned(), of(|spread| Some(spread.high)));
    for run in &found.runs {
        let values = [run.cagr, run.sharpe, Some(run.final_equity)];
        table.named(run.days.clone(), cells(values));
    }
    let short = |days: &str| days.trim_start_matches("day ").to_owned();
    let chart = Chart {
        label: format!("{} on other days", title("cagr")),
        height: 168.0,
        across: Across::Names(found.runs.iter().map(|run| short(&run.days)).collect()),
        across_title: "",
        upright: Upright {
            range: Range::Marks,
            ticks: 5,
            label: share_tick,
            title: "",
        },
        marks: marks(found),
        legend: Legend::None,
        empty: "no return to show",
    };
    let place = found.rank.map_or(String::new(), |rank| {
        format!(
            " By {} this one is number {rank} of {}.",
            title("cagr"),
            found.n
        )
    });
    let note = format!("{note}{place}");
    Panel::picture(id, name, note, Picture::Chart(chart), table)
}

/// A square for each run, a larger one for the strategy as it is.
fn marks(found: &Alternatives) -> Vec<Mark> {
    let runs = found.runs.iter().enumerate();
    let point = |(at, run): (usize, &verdict::timing_luck::Alternative)| {
        let is_own = at == found.own;
        let [cagr, sharpe] = [("cagr", run.cagr), ("sharpe", run.sharpe)]
            .map(|(metric, value)| format!("{} {}", title(metric), shown_if(metric, value)));
        Some(Point {
            at: (at as f64 + 0.5, run.cagr?),
            half: if is_own { 4.5 } else { 3.0 },
            ink: if is_own { Ink::Text } else { Ink::Primary },
            title: format!("{}: {cagr}, {sharpe}", run.days),
        })
    };
    let level = found.cagr.and_then(|cagr| cagr.own).map(Mark::Level);
    let points = Mark::Points(runs.filter_map(point).collect());
    level.into_iter().chain([points]).collect()
}
