//! Growth of 1 of all trials: a fan of quantiles, the best, the benchmark.

use drawing::Ink;
use drawing::chart::{Across, Chart, Key, Legend, Mark, Picture, Range, Upright};
use results::Fan;

use super::report::SweepReport;
use crate::numbers::{number, of};
use crate::panel::{Panel, Table};
use crate::tearsheet::points;

pub(super) fn panel(report: &SweepReport<'_>) -> Panel {
    let fan = report.overview.fan.as_ref();
    let days = |fan: &Fan| (fan.dates.first().copied()).zip(fan.dates.last().copied());
    let (first, last) = match fan.and_then(days) {
        Some((first, last)) => (first.epoch_days(), last.epoch_days()),
        None => (0, 0),
    };
    let mut keys = vec![
        Key::new("best", Ink::Contrast),
        Key::new("median", Ink::Primary),
    ];
    let benchmark = fan.and_then(|fan| fan.benchmark.as_ref());
    keys.extend(benchmark.map(|_| Key::new("benchmark", Ink::Reference)));
    let drawn = fan.filter(|fan| fan.dates.len() > 1);
    let label = "Growth of 1 of the trials over time";
    let chart = growth_chart(label, (first, last), drawn.map_or(Vec::new(), marks), keys);
    let note = match fan {
        Some(fan) => {
            let all = of(report.overview.trials.len(), "trial");
            let sampled = match fan.n_sampled == report.overview.trials.len() {
                true => all,
                false => format!("{} of {all}, evenly spaced by number", fan.n_sampled),
            };
            format!(
                "Bands: 5 to 95 % and 25 to 75 % over {sampled}, run again, on {} days; the scale is \
                 logarithmic. The best is that by Sharpe ratio.",
                fan.dates.len()
            )
        }
        None => "No trial could be run again here.".to_owned(),
    };
    let title = "Growth of 1 of all trials";
    Panel::picture(
        "growth",
        title,
        note,
        Picture::Chart(chart),
        fan.map_or_else(Table::default, table),
    )
}

/// Curves of growth over time, on a logarithmic scale.
///
/// * `ends`: the first and the last day.
pub(super) fn growth_chart(
    label: &str,
    ends: (i32, i32),
    marks: Vec<Mark>,
    keys: Vec<Key>,
) -> Chart {
    Chart {
        label: label.to_owned(),
        height: 248.0,
        across: Across::Days(ends.0, ends.1),
        across_title: "",
        upright: Upright {
            range: Range::Logarithmic,
            ticks: 5,
            label: number,
            title: "",
        },
        marks,
        legend: Legend::Row(keys),
        empty: "no curve to show",
    }
}

/// Two bands, the median, the benchmark, the best.
fn marks(fan: &Fan) -> Vec<Mark> {
    let line = |values: &[f64], ink| Mark::Line {
        points: points(&fan.dates, values),
        ink,
        end: String::new(),
    };
    let band = |(low, high, opacity): (usize, usize, f64)| {
        let mut outline = points(&fan.dates, &fan.quantiles[high]);
        outline.extend(points(&fan.dates, &fan.quantiles[low]).into_iter().rev());
        outline.retain(|point| point.1.is_finite());
        Mark::Area {
            outline,
            ink: Ink::Primary,
            opacity,
            is_outlined: false,
        }
    };
    let bands = [(0, 4, 0.15), (1, 3, 0.28)].map(band);
    let median = line(&fan.quantiles[2], Ink::Primary);
    let benchmark = fan
        .benchmark
        .iter()
        .map(|values| line(values, Ink::Reference));
    let marks = bands.into_iter().chain([median]).chain(benchmark);
    marks.chain([line(&fan.best, Ink::Contrast)]).collect()
}

/// Rows of the table, at most.
const ROWS: usize = 60;

fn table(fan: &Fan) -> Table {
    let mut table = Table::new(&["date", "5 %", "25 %", "median", "75 %", "95 %", "best"]);
    let every = fan.dates.len().div_ceil(ROWS).max(1);
    let last = fan.dates.len().saturating_sub(1);
    for at in (0..fan.dates.len()).filter(|at| (last - at).is_multiple_of(every)) {
        let columns = fan.quantiles.iter().chain([&fan.best]);
        let cells = columns.map(|values| number(values[at], 2));
        table.named(fan.dates[at].to_string(), cells);
    }
    table
}
