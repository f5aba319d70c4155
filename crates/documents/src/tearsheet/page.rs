//! The tear sheet as a page.

use backtest::date::Date;
use drawing::Ink;
use maud::{Markup, html};
use serde_json::{Value, json};
use statistics::catalogue::Form;

use super::curves::{legends, rolling_sharpes, rolling_volatilities, shaded, trading_days};
use super::series::growth_of_one;
use super::sheet::Tearsheet;
use crate::formats::format_of;
use crate::page::{CURVES, Columns, Page, remark, section, theme_switch, time_controls, with};
use crate::panel::{HALF, WIDE};
use crate::wealth::Wealth;

impl Tearsheet {
    /// The tear sheet as one HTML file, which works without a network.
    pub fn to_html(&self) -> Vec<u8> {
        let panels = self.panels();
        let page = Page {
            title: &self.name,
            program: self.run["program"].as_str().unwrap_or("gridfolio"),
            header: self.header(),
            body: html! {
                @for panel in &panels {
                    (section(panel, if panel.id == "growth" { time_controls(false) } else { html! {} }))
                }
            },
            facts: self.facts(),
            columns: self.columns(),
            script: CURVES,
        };
        page.to_html()
    }

    fn header(&self) -> Markup {
        let warnings = self.warnings();
        html! {
            div.title { h1 { (self.name) } (theme_switch()) }
            p.lead { (self.sentence()) }
            dl.tiles {
                @for headline in self.headlines() {
                    div {
                        dt { (headline.name) }
                        dd.value { (headline.value) }
                        dd.remark { @for part in &headline.remark { span.nb { (part) } " " } }
                    }
                }
            }
            dl.provenance {
                @for (name, value) in self.provenance() { dt { (name) } dd { (value) } }
            }
            @if !warnings.is_empty() {
                div.warnings id="warnings" {
                    h2 { (crate::numbers::of(warnings.len(), "warning")) }
                    ul { @for warning in &warnings { li { (remark(warning)) } } }
                }
            }
        }
    }

    /// What the script reads: the first day, the columns of each chart, the shaded drawdowns and the
    /// days with trades.
    fn facts(&self) -> Value {
        let chart = |column: &str, ink: Ink, width: f64, more: Value| {
            let mut series = Vec::new();
            if self.benchmark.is_some() {
                let column = format!("benchmark_{column}");
                series.push(json!({ "column": column, "ink": "b", "title": self.against() }));
            }
            let (name, fill) = match ink {
                Ink::Contrast => ("d", true),
                _ => ("s", false),
            };
            let title = &self.name;
            series.push(json!({ "column": column, "ink": name, "title": title, "fill": fill }));
            let legend = legends(self, ink, width);
            with(json!({ "series": series, "legend": legend }), more)
        };
        let growth =
            json!({ "log": true, "shade": true, "base": 1, "form": format_of(Form::Number(3)) });
        let depth = json!({ "zero": true, "hangs": true, "form": format_of(Form::Share(1)) });
        let sharpe = json!({ "zero": true, "base": 0, "form": format_of(Form::Number(2)) });
        let volatility = json!({ "zero": true, "form": format_of(Form::Share(1)) });
        json!({
            "first": self.first_date().map(Date::epoch_days),
            "charts": {
                "growth": chart("growth", Ink::Primary, WIDE, growth),
                "underwater": chart("depth", Ink::Contrast, WIDE, depth),
                "rolling-sharpe": chart("sharpe", Ink::Primary, HALF, sharpe),
                "rolling-volatility": chart("volatility", Ink::Primary, HALF, volatility),
            },
            "drawdowns": shaded(self),
            "trades": trading_days(self).map(Date::epoch_days).collect::<Vec<_>>(),
        })
    }

    fn columns(&self) -> Columns {
        let mut columns = Columns::default();
        columns.days("day", &self.strategy.dates);
        let both = [
            ("growth", Some(&self.strategy)),
            ("benchmark_growth", self.benchmark.as_ref()),
        ];
        for (name, wealth) in both {
            if let Some(wealth) = wealth {
                let growth = growth_of_one(wealth);
                columns.floats(name, on_the_days_of(&self.strategy, wealth, growth));
            }
        }
        type Of = fn(&Tearsheet, &Wealth) -> Vec<f64>;
        let rolling: [(&str, Of); 2] = [
            ("sharpe", rolling_sharpes),
            ("volatility", rolling_volatilities),
        ];
        for (name, of) in rolling {
            columns.quantised(name, &of(self, &self.strategy));
            if let Some(benchmark) = &self.benchmark {
                let name = format!("benchmark_{name}");
                let values = of(self, benchmark);
                let values = on_the_days_of(&self.strategy, benchmark, values);
                columns.quantised(&name, &values);
            }
        }
        columns
    }
}

/// The benchmark's values at the points of the strategy's curve; NaN where it has none.
fn on_the_days_of(strategy: &Wealth, benchmark: &Wealth, values: Vec<f64>) -> Vec<f64> {
    let value = |(at, date): (usize, &Date)| {
        // A starting capital in front has the date of the first close.
        let place = match at {
            0 => benchmark.dates.iter().position(|known| known == date),
            _ => {
                let after = benchmark.dates.partition_point(|known| known <= date);
                after
                    .checked_sub(1)
                    .filter(|before| benchmark.dates[*before] == *date)
            }
        };
        place.map_or(f64::NAN, |place| values[place])
    };
    strategy.dates.iter().enumerate().map(value).collect()
}
