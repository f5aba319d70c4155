//! Several backtests side by side.

use crate::Wealth;
use backtest::date::Date;
use maud::{Markup, html};
use serde_json::{Value, json};
use statistics::catalogue::metric_at;

use crate::numbers::{number, of, share};
use crate::page::{CURVES, Columns, Page, section, theme_switch, time_controls};
use crate::panel::{Cell, Content, Figure, NARROW, Panel, Table, WIDE};
use crate::tearsheet::{Tearsheet, depths, growth_of_one, legend, short, shown_metrics};
use drawing::{Anchor, Axis, Frame, Ink, N_NTH, Scene, decimated};

/// Several backtests, each with the name it is told by.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<'a> {
    /// At least one.
    pub sides: &'a [(String, Tearsheet)],
}

/// How wide a terminal is.
const COLUMNS: usize = 80;

/// What a terminal shows of each.
const TOLD: [&str; 15] = [
    "returns.total",
    "returns.cagr",
    "risk.volatility",
    "ratios.sharpe",
    "ratios.sharpe_interval_95",
    "ratios.sortino",
    "ratios.mar",
    "drawdown.max",
    "drawdown.longest_days",
    "periods.best_year",
    "periods.worst_year",
    "trading.trades",
    "trading.turnover",
    "trading.time_in_market",
    "run.costs.total",
];

impl<'a> Comparison<'a> {
    /// The panels, in order.
    pub fn panels(&self) -> Vec<Panel<'a>> {
        let growth = curves(
            *self,
            "growth",
            "Growth of 1",
            "What one unit of the starting capital became, after costs; the scale is logarithmic.",
            growth_of_one,
            number,
        );
        let depth = curves(
            *self,
            "underwater",
            "Drawdowns",
            "How far wealth was below its highest value so far.",
            depths,
            |value, step| share(-value, step.saturating_sub(2)),
        );
        vec![growth, depth, self.statistics()]
    }

    fn statistics(&self) -> Panel<'a> {
        let mut table = self.header();
        let mut group = None;
        for metric in shown_metrics() {
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
            let cells = (self.sides.iter())
                .map(|(_, sheet)| sheet.shown(metric, "strategy").unwrap_or_default().into());
            table
                .rows
                .push(std::iter::once(name).chain(cells).collect());
        }
        Panel {
            id: "statistics",
            title: "All statistics".to_owned(),
            note: "As in each statistics.json. Backtests over other days are not comparable."
                .to_owned(),
            content: Content::Table(table),
        }
    }

    fn header(&self) -> Table {
        let mut table = Table::new(&[""]);
        table
            .header
            .extend(self.sides.iter().map(|(name, _)| name.clone()));
        table
    }

    /// What each was: its days, its costs, its digests.
    fn provenance(&self) -> Table {
        let mut table = self.header();
        table.is_of_words = true;
        let days = self.sides.iter().map(|(_, sheet)| {
            let day = |key: &str| sheet.run[key].as_str().unwrap_or("–").to_owned();
            format!("{} to {}", day("first_session"), day("last_session")).into()
        });
        table
            .rows
            .push(std::iter::once("days".into()).chain(days).collect());
        let first = self
            .sides
            .first()
            .map(|(_, sheet)| sheet.provenance())
            .unwrap_or_default();
        for (at, (name, _)) in first.iter().enumerate() {
            let values = self
                .sides
                .iter()
                .map(|(_, sheet)| sheet.provenance()[at].1.clone().into());
            table
                .rows
                .push(std::iter::once((*name).into()).chain(values).collect());
        }
        table
    }

    /// The days on which the backtests differ, as a warning.
    fn other_days(&self) -> Option<String> {
        let days = |sheet: &Tearsheet| {
            (
                sheet.run["first_session"].clone(),
                sheet.run["last_session"].clone(),
            )
        };
        let mut all = self.sides.iter().map(|(_, sheet)| days(sheet));
        let first = all.next()?;
        all.any(|other| other != first).then(|| {
            "these backtests run over different days, so their numbers are not comparable"
                .to_owned()
        })
    }

    /// The comparison as one HTML file, which works without a network.
    pub fn to_html(&self) -> Vec<u8> {
        let panels = self.panels();
        let program = self
            .sides
            .first()
            .and_then(|(_, sheet)| sheet.run["program"].as_str());
        let page = Page {
            title: "Comparison",
            program: program.unwrap_or("gridfolio"),
            header: self.heading(),
            body: html! {
                @for panel in &panels {
                    (section(panel, if panel.id == "growth" { time_controls(true) } else { html! {} }))
                }
            },
            facts: self.facts(),
            columns: self.columns(),
            script: CURVES,
        };
        page.to_html()
    }

    /// What the script wants to know, as of a tearsheet.
    fn facts(&self) -> Value {
        let series = |column: &str| -> Vec<Value> {
            let one = |(at, (name, _)): (usize, &(String, Tearsheet))| {
                let ink = format!("n{}", at % usize::from(N_NTH));
                json!({ "column": format!("{column}{at}"), "ink": ink, "title": name })
            };
            self.sides.iter().enumerate().map(one).collect()
        };
        let legends = [WIDE, NARROW].map(|width| legends(*self, width).to_svg_marks());
        let chart = |column: &str, more: Value| {
            let mut chart = json!({
                "series": series(column), "legend": legends, "top": top(*self), "numbered": true,
            });
            if let (Some(chart), Value::Object(more)) = (chart.as_object_mut(), more) {
                chart.extend(more);
            }
            chart
        };
        json!({
            "first": self.days().first().map(|day| day.epoch_days()),
            "log": true,
            "charts": {
                "growth": chart("growth", json!({ "log": true, "base": 1, "decimals": 3 })),
                "underwater": chart("depth", json!({ "share": true, "zero": true, "hangs": true })),
            },
        })
    }

    /// All days of all backtests.
    fn days(&self) -> Vec<Date> {
        let all = (self.sides.iter()).flat_map(|(_, sheet)| &sheet.strategy.dates);
        let mut days: Vec<Date> = all.copied().collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    fn columns(&self) -> Columns {
        let days = self.days();
        let mut columns = Columns::default();
        columns.days("day", &days);
        for (at, (_, sheet)) in self.sides.iter().enumerate() {
            let growth = growth_of_one(&sheet.strategy);
            let dates = &sheet.strategy.dates;
            // The last of two on one day: a starting capital has the date of the first close.
            let value = |day: &Date| {
                let after = dates.partition_point(|known| known <= day);
                let place = after.checked_sub(1).filter(|at| dates[*at] == *day);
                place.map_or(f64::NAN, |place| growth[place])
            };
            columns.floats(&format!("growth{at}"), days.iter().map(value));
        }
        columns
    }

    fn heading(&self) -> Markup {
        html! {
            div.title { h1 { "Comparison of " (of(self.sides.len(), "backtest")) } (theme_switch()) }
            @if let Some(warning) = self.other_days() {
                div.warnings { p { (warning) } }
            }
            div.scroll style="margin-top:16px" { (crate::page::table(&self.provenance())) }
        }
    }

    /// The main statistics side by side, in characters.
    pub fn to_terminal(&self) -> String {
        let name = |name: &str| short(&printable(name), 28);
        let mut rows = vec![vec![String::new()]];
        rows[0].extend(self.sides.iter().map(|(side, _)| name(side)));
        let day = |sheet: &Tearsheet, key: &str| sheet.run[key].as_str().unwrap_or("–").to_owned();
        for (title, key) in [
            ("first session", "first_session"),
            ("last session", "last_session"),
        ] {
            let days = self.sides.iter().map(|(_, sheet)| day(sheet, key));
            rows.push(std::iter::once(title.to_owned()).chain(days).collect());
        }
        for path in TOLD {
            let Some(metric) = metric_at(path) else {
                continue;
            };
            let cells = (self.sides.iter())
                .map(|(_, sheet)| sheet.shown(metric, "strategy").unwrap_or_default());
            rows.push(
                std::iter::once(metric.title.to_owned())
                    .chain(cells)
                    .collect(),
            );
        }
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
        let widths: Vec<usize> = (0..rows[0].len())
            .map(|column| width(column).unwrap_or(0))
            .collect();
        // As many side by side as fit, and the others below them.
        let mut text = String::new();
        let mut next = 1;
        while next < widths.len() {
            let room = |until: &usize| {
                widths[0] + widths[next..*until].iter().map(|w| w + 2).sum::<usize>() <= COLUMNS
            };
            let until = (next + 1..=widths.len())
                .rev()
                .find(room)
                .unwrap_or(next + 1);
            if next > 1 {
                text.push('\n');
            }
            for row in &rows {
                let mut line = format!("{:<1$}", row[0], widths[0]);
                for (cell, width) in row[next..until].iter().zip(&widths[next..until]) {
                    line += &format!("  {cell:>width$}");
                }
                text += line.trim_end();
                text.push('\n');
            }
            next = until;
        }
        if let Some(warning) = self.other_days() {
            text += &format!(
                "\n{}",
                crate::numbers::lines(&format!("warning: {warning}"), COLUMNS)
            );
        }
        text
    }
}

fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn curves<'a>(
    comparison: Comparison<'a>,
    id: &'static str,
    title: &'static str,
    note: &'static str,
    of: fn(&Wealth) -> Vec<f64>,
    label: fn(f64, usize) -> String,
) -> Panel<'a> {
    let sides: Vec<(&str, &Wealth, Vec<f64>)> = (comparison.sides.iter())
        .map(|(name, sheet)| (name.as_str(), &sheet.strategy, of(&sheet.strategy)))
        .collect();
    let mut table = Table::new(&["year's end"]);
    table
        .header
        .extend(sides.iter().map(|side| side.0.to_owned()));
    let mut years: Vec<i32> = (sides.iter())
        .flat_map(|(_, wealth, _)| wealth.dates.iter().map(|date| date.year()))
        .collect();
    years.sort_unstable();
    years.dedup();
    for year in years {
        let mut row = vec![year.to_string().into()];
        for (_, wealth, values) in &sides {
            let after = wealth.dates.partition_point(|date| date.year() <= year);
            let last = after
                .checked_sub(1)
                .filter(|at| wealth.dates[*at].year() == year);
            row.push(
                last.map_or("–".to_owned(), |at| label(values[at], 3))
                    .into(),
            );
        }
        table.rows.push(row);
    }
    let draw = move |width: f64| {
        let mut scene = legends(comparison, width);
        scene.label = title.to_owned();
        let top = top(comparison);
        let high = if id == "growth" { 300.0 } else { 170.0 };
        scene.height = top + high + 26.0;
        let frame = Frame {
            left: 50.0,
            top,
            width: width - 62.0,
            height: high,
        };
        let ends = || {
            sides
                .iter()
                .filter_map(|side| side.1.dates.first().zip(side.1.dates.last()))
        };
        let (Some(first), Some(last)) = (
            ends().map(|(first, _)| *first).min(),
            ends().map(|(_, last)| *last).max(),
        ) else {
            return scene;
        };
        let days = |date: Date| f64::from(date.epoch_days());
        let time = Axis::between(days(first), days(last));
        let values: Vec<f64> = sides
            .iter()
            .flat_map(|side| side.2.iter().copied())
            .collect();
        let axis = match id {
            "growth" => Axis::logarithmic(values),
            _ => Axis::holding(values.into_iter().chain([0.0])),
        };
        frame.upright(&mut scene, &axis, 6, label);
        frame.times(&mut scene, first.epoch_days(), last.epoch_days());
        let mut ends = Vec::new();
        for (at, (_, wealth, values)) in sides.iter().enumerate() {
            let points: Vec<(f64, f64)> = (wealth.dates.iter().zip(values))
                .map(|(date, value)| {
                    (
                        frame.x(time.share(days(*date))),
                        frame.y(axis.share(*value)),
                    )
                })
                .collect();
            ends.extend(points.last().map(|end| (at + 1, *end)));
            scene.line(decimated(&points, frame.width), Ink::Nth(at as u8), 1.5);
        }
        // The number of each at its end, below one another where they end together.
        ends.sort_by(|a, b| a.1.1.total_cmp(&b.1.1));
        let mut lowest = f64::NEG_INFINITY;
        for (number, (x, y)) in ends {
            lowest = y.max(lowest + 10.0);
            let place = (x + 3.0, lowest + 3.5);
            scene.sized(place, number.to_string(), 10.0, Ink::Text, Anchor::Start);
        }
        scene
    };
    Panel {
        id,
        title: title.to_owned(),
        note: note.to_owned(),
        content: Content::Figure(Figure {
            draw: Box::new(draw),
            is_wide: true,
            interactive: Some(id),
            table,
        }),
    }
}

/// A line of the legend for each, with its number.
fn legends(comparison: Comparison<'_>, width: f64) -> Scene {
    let mut scene = Scene::new(width, top(comparison), "");
    for (at, (name, _)) in comparison.sides.iter().enumerate() {
        let mut row = Scene::new(width, 18.0, "");
        let name = format!("{} · {name}", at + 1);
        legend(&mut row, 50.0, &[(&name, Ink::Nth(at as u8))]);
        scene.place(&row, 0.0, at as f64 * 18.0);
    }
    scene
}

/// Where curves begin, below the legend.
fn top(comparison: Comparison<'_>) -> f64 {
    10.0 + comparison.sides.len() as f64 * 18.0
}
