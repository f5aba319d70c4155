//! The report of a sweep as a page.

use drawing::chart::briefs;
use drawing::cividis;
use maud::{Markup, html};
use serde_json::{Value, json};
use statistics::catalogue::{self, Form};
use verdict::{Light, TEST_COLUMNS};

use super::bins::Bins;
use super::report::SweepReport;
use crate::formats::format_of;
use crate::numbers::{UNDEFINED, count, of, shown, title};
use crate::page::{Columns, Page, section, theme_switch};

const SCRIPT: &str = include_str!("../page/sweep.js");

/// In place of the verdict where it was not computed.
const NO_VERDICT: &str = "The best of many trials is partly luck, more so the more there are, and its \
    own numbers do not show how much. Look for a plateau in the maps, not for a spike.";

impl SweepReport<'_> {
    /// The report as one HTML file, which works without a network.
    pub fn to_html(&self) -> Vec<u8> {
        let panels = self.panels();
        let title = self.title();
        let page = Page {
            title: &title,
            program: &format!("gridfolio {}", self.overview.program),
            header: self.header(&title),
            body: html! {
                @for panel in &panels {
                    (section(panel, html! {}))
                    @if panel.id == "sharpe-ratios" && self.overview.axes.len() >= 2 { (self.live_map()) }
                }
            },
            facts: self.facts(),
            columns: self.columns(),
            script: SCRIPT,
        };
        page.to_html()
    }

    fn header(&self, name: &str) -> Markup {
        let overview = self.overview;
        let failed: u64 = overview.failures.iter().map(|failure| failure.1).sum();
        let axes: Vec<&str> = overview
            .axes
            .iter()
            .map(|axis| axis.name.as_str())
            .collect();
        let varied = match axes.len() {
            0 => "nothing varies".to_owned(),
            1 => format!("1 axis: {}", axes[0]),
            n => format!("{n} axes: {}", axes.join(", ")),
        };
        let best = overview.best("sharpe");
        let tile = |metric: &'static str| match best {
            Some(row) => {
                let value = shown(metric, self.values(metric)[row]);
                (title(metric), value, "of the best by Sharpe".to_owned())
            }
            None => (title(metric), UNDEFINED.to_owned(), String::new()),
        };
        let failed = match failed {
            0 => "none failed".to_owned(),
            failed => format!("{} failed", count(failed as f64)),
        };
        let failed = match overview.ruined.n {
            0 => failed,
            ruined => format!("{failed}, {} ruined", count(ruined as f64)),
        };
        let trials = ("Trials", count(overview.trials.len() as f64), failed);
        let metrics = ["sharpe", "cagr", "volatility", "max_drawdown"].map(tile);
        let tiles = std::iter::once(trials).chain(metrics);
        html! {
            div.title { h1 { (name) } (theme_switch()) }
            p.lead {
                "A sweep of " (of(overview.trials.len(), "trial")) ", " (varied) "."
                @if let Some(row) = best {
                    " The best by Sharpe ratio is trial " (overview.trials[row])
                    @if !overview.axes.is_empty() { " with " (self.parameters(row)) }
                    ": " code { (self.command(overview.trials[row])) }
                }
                @if let Some(ruined) = overview.ruined.sentence() { " " (ruined) "." }
            }
            dl.tiles {
                @for (name, value, remark) in tiles {
                    div { dt { (name) } dd.value { (value) } dd.remark { (remark) } }
                }
            }
            (self.verdict())
        }
    }

    fn verdict(&self) -> Markup {
        let light = self.luck.and_then(|luck| luck.light.map(Light::name));
        html! {
            div.verdict.(light.unwrap_or("none")) id="verdict" style="margin-top:20px" {
                h2 { "How much of it is luck" }
                @match self.luck {
                    Some(luck) => {
                        p { b { "Is it luck? " (luck.headline()) } }
                        @if !luck.tests.is_empty() {
                            div.scroll {
                                table {
                                    thead { tr { @for column in TEST_COLUMNS { th { (column) } } } }
                                    tbody {
                                        @for test in &luck.tests {
                                            tr {
                                                @for cell in test.cells() { td { (cell) } }
                                            }
                                        }
                                    }
                                }
                            }
                        }
                        dl {
                            @for (label, words) in luck.labelled() { dt { (label) } dd { (words) "." } }
                        }
                    }
                    None => p { (NO_VERDICT) },
                }
            }
        }
    }

    /// The statistics that the page holds: all, or the most important ones of many trials.
    fn held(&self) -> &[(String, Vec<f64>)] {
        let all = &self.overview.metrics;
        let most = (MOST_VALUES / self.overview.trials.len().max(1)).max(8);
        &all[..all.len().min(most)]
    }

    fn facts(&self) -> Value {
        let axes = self.overview.axes.iter().map(|axis| {
            let bins = Bins::of(axis);
            json!({
                "name": axis.name,
                "values": bins.labels,
                "brief": briefs(&bins.labels),
                "binned": bins.is_binned,
            })
        });
        let metrics = self.held().iter().map(|(name, _)| {
            let form = catalogue::metric(name).map_or(Form::Number(2), |metric| metric.form);
            json!({
                "name": name,
                "title": title(name),
                "form": format_of(form),
                "better": catalogue::better(name).name(),
            })
        });
        json!({
            "dir": self.dir,
            "command": "gridfolio show",
            "trials": self.overview.trials.len(),
            "axes": axes.collect::<Vec<_>>(),
            "metrics": metrics.collect::<Vec<_>>(),
            "colours": (0..17).map(|at| cividis(f64::from(at) / 16.0)).collect::<Vec<_>>(),
        })
    }

    fn columns(&self) -> Columns {
        let mut columns = Columns::default();
        let mut before = 0;
        let steps = self.overview.trials.iter().map(|trial| {
            let step = trial - before;
            before = *trial;
            step as f64
        });
        columns.floats("trial", steps.collect::<Vec<f64>>());
        for (at, axis) in self.overview.axes.iter().enumerate() {
            columns.small(&format!("axis{at}"), Bins::of(axis).of_trial);
        }
        for (name, values) in self.held() {
            columns.quantised(name, values);
        }
        columns
    }
}

/// Values of statistics that a page holds at most, which keeps it under three megabytes.
const MOST_VALUES: usize = 1_000_000;

impl SweepReport<'_> {
    /// The map that the script draws.
    fn live_map(&self) -> Markup {
        let (held, all) = (self.held().len(), self.overview.metrics.len());
        html! {
            section.js id="map" {
                h2 { "Map over any two axes" }
                p.note {
                    "Each cell holds the trials with its two values, whatever the other axes say. Click it \
                     for its best trial and the command that runs it again."
                    @if held < all { " With this many trials, the page holds " (held) " of " (all) " statistics; " code { "gridfolio results" } " has all." }
                }
                div.controls.js {
                    label { "across " select id="choose-x" { } }
                    label { "upwards " select id="choose-y" { } }
                    label { "statistic " select id="choose-metric" { } }
                    label { "of the trials in a cell " select id="choose-statistic" { } }
                }
                figure id="live" { svg class="map" role="img" viewBox="0 0 920 300" { } }
                div.pick id="pick" role="status" { }
            }
        }
    }
}
