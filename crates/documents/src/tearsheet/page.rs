//! The tearsheet as a page.

use crate::{Wealth, date_of};
use backtest::date::Date;
use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::Tearsheet;
use super::curves::{
    SHADED, growth_of_one, legends, rolling_sharpes, rolling_volatilities, worst_drawdowns,
};
use crate::numbers::{UNDEFINED, share};
use crate::page::{CURVES, Columns, Page, remark, section, theme_switch, time_controls};
use drawing::Ink;

impl Tearsheet {
    /// The tearsheet as one HTML file, which works without a network.
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

    /// What the script wants to know: the first day, which columns each chart has, the shaded
    /// drawdowns and the days with trades.
    fn facts(&self) -> Value {
        let dates = &self.strategy.dates;
        let series = |column: &str, ink: &str, fill: bool| {
            let mut series = Vec::new();
            if self.benchmark.is_some() {
                let column = format!("benchmark_{column}");
                series.push(json!({ "column": column, "ink": "b", "title": self.against() }));
            }
            series.push(json!({ "column": column, "ink": ink, "title": self.name, "fill": fill }));
            series
        };
        let mut charts = Map::new();
        let growth = series("growth", "s", false);
        charts.insert(
            "growth".to_owned(),
            json!({
                "series": growth, "log": true, "shade": true, "base": 1, "decimals": 3,
                "legend": legends(self, Ink::Strategy, true),
            }),
        );
        let depth = series("depth", "d", true);
        charts.insert(
            "underwater".to_owned(),
            json!({
                "series": depth, "share": true, "zero": true, "hangs": true,
                "legend": legends(self, Ink::Loss, true),
            }),
        );
        let sharpe = series("sharpe", "s", false);
        charts.insert(
            "rolling-sharpe".to_owned(),
            json!({
                "series": sharpe, "zero": true, "base": 0,
                "legend": legends(self, Ink::Strategy, false),
            }),
        );
        let volatility = series("volatility", "s", false);
        charts.insert(
            "rolling-volatility".to_owned(),
            json!({
                "series": volatility, "share": true, "zero": true,
                "legend": legends(self, Ink::Strategy, false),
            }),
        );
        let drawdowns = worst_drawdowns(&self.strategy, SHADED);
        let drawdowns = drawdowns.iter().map(|drawdown| {
            let until = drawdown.recovery.unwrap_or(dates.len() - 1);
            let title = format!(
                "drawdown of {} from {}",
                share(drawdown.depth, 1),
                dates[drawdown.peak]
            );
            json!([drawdown.peak, until, title])
        });
        let trades = self
            .detail
            .trading
            .times
            .iter()
            .filter_map(|time| date_of(*time));
        json!({
            "first": self.first_date().map(Date::epoch_days),
            "last": self.last_date().map_or(UNDEFINED.to_owned(), |date| date.to_string()),
            "charts": charts,
            "drawdowns": drawdowns.collect::<Vec<_>>(),
            "trades": trades.map(Date::epoch_days).collect::<Vec<_>>(),
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
