//! Several backtests side by side: as a page and as a table for the terminal.

use backtest::date::Date;
use drawing::chart::{Across, Chart, Key, Label, Legend, Mark, Picture, Range, Upright, shortened};
use drawing::{Ink, N_NTH};
use maud::{Markup, html};
use serde_json::{Value, json};
use statistics::catalogue::{Form, Metric, metric_at};

use crate::formats::format_of;
use crate::numbers::{UNDEFINED, depth_tick, lines, number, of};
use crate::page::{CURVES, Columns, Page, section, theme_switch, time_controls, with};
use crate::panel::{NARROW, Panel, Table, WIDE};
use crate::tearsheet::{Tearsheet, by_group, depths, growth_of_one, points, shown_metrics};
use crate::text_table::TextTable;
use crate::wealth::Wealth;

/// Several backtests, each with its name.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<'a> {
    /// At least one.
    pub sides: &'a [(String, Tearsheet)],
}

/// Characters of a line in a terminal.
const COLUMNS: usize = 80;

/// The metrics that a terminal shows.
const SHOWN: [&str; 15] = [
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
    /// The panels in order.
    pub fn panels(&self) -> Vec<Panel> {
        let growth = Curves {
            id: "growth",
            title: "Growth of 1",
            note: "What one unit of the starting capital became, after costs; the scale is logarithmic.",
            of: growth_of_one,
            height: 300.0,
            range: Range::Logarithmic,
            tick: number,
        };
        let depth = Curves {
            id: "underwater",
            title: "Drawdowns",
            note: "How far wealth was below its highest value so far.",
            of: depths,
            height: 170.0,
            range: Range::ToZero,
            tick: depth_tick,
        };
        vec![growth.panel(*self), depth.panel(*self), self.statistics()]
    }

    fn statistics(&self) -> Panel {
        let texts = |metric: &Metric| {
            let sheets = self.sides.iter().map(|(_, sheet)| sheet);
            let texts = sheets.map(|sheet| sheet.shown(metric, "strategy").unwrap_or_default());
            texts.collect()
        };
        let table = by_group(self.header(""), shown_metrics(), texts);
        let note = "As in each statistics.json. Backtests over other days are not comparable.";
        Panel::table("statistics", "All statistics", note, table)
    }

    /// A table with a column for each backtest.
    fn header(&self, first: &str) -> Table {
        Table::new(&[first]).with(self.sides.iter().map(|(name, _)| name))
    }

    /// The days, the costs and the digests of each.
    fn provenance(&self) -> Table {
        let mut table = self.header("").of_words();
        let sheets = || self.sides.iter().map(|(_, sheet)| sheet);
        let day = |sheet: &Tearsheet, key: &str| {
            let day = sheet.run[key].as_str();
            day.unwrap_or(UNDEFINED).to_owned()
        };
        let days = sheets().map(|sheet| {
            let [first, last] = ["first_session", "last_session"].map(|key| day(sheet, key));
            format!("{first} to {last}")
        });
        table.named("days", days);
        let all: Vec<_> = sheets().map(Tearsheet::provenance).collect();
        let names = all.first().map_or(0, Vec::len);
        for at in 0..names {
            table.named(all[0][at].0, all.iter().map(|side| side[at].1.clone()));
        }
        table
    }

    /// A warning where the backtests run over different days.
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

    /// What the script reads, as on the page of a tear sheet.
    fn facts(&self) -> Value {
        let chart = |column: &str, more: Value| {
            let series = self.sides.iter().enumerate().map(|(at, (name, _))| {
                let ink = format!("n{}", at % usize::from(N_NTH));
                json!({ "column": format!("{column}{at}"), "ink": ink, "title": name })
            });
            let legends = [WIDE, NARROW].map(|width| self.legend().scene(width).to_svg_marks());
            let top = self.legend().height(WIDE);
            let series: Vec<Value> = series.collect();
            let chart =
                json!({ "series": series, "legend": legends, "top": top, "numbered": true });
            with(chart, more)
        };
        let growth = json!({ "log": true, "base": 1, "form": format_of(Form::Number(3)) });
        let depth = json!({ "zero": true, "hangs": true, "form": format_of(Form::Share(1)) });
        json!({
            "first": self.days().first().map(|day| day.epoch_days()),
            "log": true,
            "charts": { "growth": chart("growth", growth), "underwater": chart("depth", depth) },
        })
    }

    /// The number and the name of each backtest.
    fn legend(&self) -> Legend {
        let sides = self.sides.iter().enumerate();
        let key = |(at, (name, _)): (usize, &(String, Tearsheet))| {
            Key::new(format!("{} · {name}", at + 1), Ink::Nth(at as u8))
        };
        Legend::Rows(sides.map(key).collect())
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
        let mut table = TextTable::new("<>", &[]);
        let names = self
            .sides
            .iter()
            .map(|(name, _)| shortened(&diagnostics::shown(name), 28));
        table.row(std::iter::once(String::new()).chain(names));
        for (title, key) in [
            ("First session", "first_session"),
            ("Last session", "last_session"),
        ] {
            let days = self.sides.iter().map(|(_, sheet)| &sheet.run[key]);
            let days = days.map(|day| day.as_str().unwrap_or(UNDEFINED));
            table.row(std::iter::once(title).chain(days));
        }
        for metric in SHOWN.into_iter().filter_map(metric_at) {
            let sheets = self.sides.iter().map(|(_, sheet)| sheet);
            let cells = sheets.map(|sheet| sheet.shown(metric, "strategy").unwrap_or_default());
            table.row(std::iter::once(metric.title.to_owned()).chain(cells));
        }
        let mut text = table.stacked(COLUMNS);
        if let Some(warning) = self.other_days() {
            text += &format!("\n{}", lines(&format!("warning: {warning}"), COLUMNS));
        }
        text
    }
}

/// A chart with a curve for each backtest.
struct Curves {
    id: &'static str,
    title: &'static str,
    note: &'static str,
    of: fn(&Wealth) -> Vec<f64>,
    height: f64,
    range: Range,
    tick: Label,
}

impl Curves {
    fn panel(self, comparison: Comparison<'_>) -> Panel {
        let days = comparison.days();
        let ends = [days.first(), days.last()].map(|day| day.map_or(0, |day| day.epoch_days()));
        let sheets = comparison.sides.iter().map(|(_, sheet)| &sheet.strategy);
        let line = |(at, wealth): (usize, &Wealth)| Mark::Line {
            points: points(&wealth.dates, &(self.of)(wealth)),
            ink: Ink::Nth(at as u8),
            end: (at + 1).to_string(),
        };
        let chart = Chart {
            label: self.title.to_owned(),
            height: self.height,
            across: Across::Days(ends[0], ends[1]),
            across_title: "",
            upright: Upright {
                range: self.range,
                ticks: 6,
                label: self.tick,
                title: "",
            },
            marks: sheets.enumerate().map(line).collect(),
            legend: comparison.legend(),
            empty: "no curve to show",
        };
        let table = self.year_ends(comparison);
        let panel = Panel::picture(self.id, self.title, self.note, Picture::Chart(chart), table);
        panel.wide().interactive()
    }

    /// The value of each curve at the end of each year.
    fn year_ends(&self, comparison: Comparison<'_>) -> Table {
        let mut years: Vec<i32> = comparison.days().iter().map(|date| date.year()).collect();
        years.dedup();
        let sheets = comparison.sides.iter().map(|(_, sheet)| &sheet.strategy);
        let curves: Vec<_> = sheets
            .map(|wealth| (&wealth.dates, (self.of)(wealth)))
            .collect();
        let mut table = comparison.header("year's end");
        for year in years {
            let cells = curves.iter().map(|(dates, values)| {
                let after = dates.partition_point(|date| date.year() <= year);
                let last = after.checked_sub(1).filter(|at| dates[*at].year() == year);
                last.map_or(UNDEFINED.to_owned(), |at| (self.tick)(values[at], 3))
            });
            table.named(year.to_string(), cells);
        }
        table
    }
}
