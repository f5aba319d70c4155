//! Growth of 1 of all trials: a fan of quantiles, the best, the benchmark.

use backtest::date::Date;

use super::SweepReport;
use crate::numbers::{number, of};
use crate::panel::{Content, Figure, Panel, Table};
use crate::tearsheet::legend;
use drawing::{Anchor, Axis, Frame, Ink, Scene};

pub(super) fn panel<'a>(report: &SweepReport<'a>) -> Panel<'a> {
    let fan = report.overview.fan.as_ref();
    let mut table = Table::new(&["date", "5 %", "25 %", "median", "75 %", "95 %", "best"]);
    if let Some(fan) = fan {
        let every = fan.dates.len().div_ceil(60).max(1);
        let last = fan.dates.len().saturating_sub(1);
        for at in (0..fan.dates.len()).filter(|at| (last - at).is_multiple_of(every)) {
            let mut row = vec![fan.dates[at].to_string().into()];
            row.extend(
                fan.quantiles
                    .iter()
                    .map(|values| number(values[at], 2).into()),
            );
            row.push(number(fan.best[at], 2).into());
            table.rows.push(row);
        }
    }
    let draw = move |width: f64| {
        let height = 300.0;
        let mut scene = Scene::new(width, height, "Growth of 1 of the trials over time");
        let frame = Frame {
            left: 50.0,
            top: 26.0,
            width: width - 62.0,
            height: height - 52.0,
        };
        let Some(fan) = fan.filter(|fan| fan.dates.len() > 1) else {
            let middle = (width / 2.0, height / 2.0);
            scene.text(middle, "no curve to show", Ink::Muted, Anchor::Middle);
            return scene;
        };
        let all = (fan
            .quantiles
            .iter()
            .chain([&fan.best])
            .chain(&fan.benchmark))
        .flatten();
        let values: Vec<f64> = all.copied().filter(|value| value.is_finite()).collect();
        let axis = Axis::logarithmic(values.iter().copied());
        let days = |date: Date| f64::from(date.epoch_days());
        let (first, last) = (fan.dates[0], fan.dates[fan.dates.len() - 1]);
        let time = Axis::between(days(first), days(last));
        frame.upright(&mut scene, &axis, 5, number);
        frame.times(&mut scene, first.epoch_days(), last.epoch_days());
        let points = |values: &[f64]| -> Vec<(f64, f64)> {
            let point = |(date, value): (&Date, &f64)| {
                (
                    frame.x(time.share(days(*date))),
                    frame.y(axis.share(*value)),
                )
            };
            fan.dates.iter().zip(values).map(point).collect()
        };
        for (low, high, opacity) in [(0, 4, 0.15), (1, 3, 0.28)] {
            let mut edge = points(&fan.quantiles[high]);
            edge.extend(points(&fan.quantiles[low]).into_iter().rev());
            edge.retain(|point| point.1.is_finite());
            scene.area(edge, Ink::Strategy, opacity);
        }
        scene.line(points(&fan.quantiles[2]), Ink::Strategy, 1.6);
        let mut names = vec![("best", Ink::Loss), ("median", Ink::Strategy)];
        if let Some(benchmark) = &fan.benchmark {
            scene.dashed(points(benchmark), Ink::Benchmark, 1.4);
            names.push(("benchmark", Ink::Benchmark));
        }
        scene.line(points(&fan.best), Ink::Loss, 1.6);
        legend(&mut scene, frame.left, &names);
        scene
    };
    let note = match fan {
        Some(fan) => format!(
            "Bands: 5 to 95 % and 25 to 75 % over {}, run again, on {} days; the scale is \
             logarithmic. The best is that by Sharpe ratio.",
            match (fan.n_sampled, of(report.overview.trials.len(), "trial")) {
                (n, all) if n == report.overview.trials.len() => all,
                (n, all) => format!("{n} of {all}, evenly spaced by number"),
            },
            fan.dates.len()
        ),
        None => "No trial could be run again here.".to_owned(),
    };
    Panel {
        id: "growth",
        title: "Growth of 1 of all trials".to_owned(),
        note,
        content: Content::Figure(Figure {
            draw: Box::new(draw),
            is_wide: false,
            interactive: None,
            table,
        }),
    }
}
