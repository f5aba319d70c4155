//! The report as a few lines for a person. Plain text: colour is the terminal's business.

use std::fmt::Write;

use backtest::statistics::{Relative, Summary};

use crate::number::{amount, decimal, grouped, percent};
use crate::report::{Report, Side};
use crate::sparkline::sparkline;

const SPARKLINE_COLUMNS: usize = 60;
const UNDEFINED: &str = "-";

impl Report<'_> {
    /// The result in about twenty lines: a title, a table with a column for the strategy and one
    /// for the benchmark, the curve, the choices that the result depends on, and the warnings.
    pub fn summary(&self) -> String {
        let mut text = String::new();
        self.write_title(&mut text);
        text.push('\n');
        self.write_table(&mut text);
        text.push('\n');
        self.write_curve(&mut text);
        self.write_choices(&mut text);
        if !self.warnings.is_empty() {
            text.push('\n');
        }
        for warning in &self.warnings {
            line(&mut text, format_args!("warning: {warning}"));
        }
        text
    }

    fn write_title(&self, text: &mut String) {
        let (run, market) = (&self.run, self.run.market());
        let sessions = run.outcome.sessions();
        let n = run.outcome.equity.len();
        line(
            text,
            format_args!(
                "{}: {} to {}, {} session{}, {}",
                run.strategy.name,
                market.date(*sessions.start()),
                market.date(*sessions.end()),
                grouped(n as f64),
                if n == 1 { "" } else { "s" },
                run.conventions_in_words(),
            ),
        );
    }

    fn write_table(&self, text: &mut String) {
        let sides: Vec<&Side> = std::iter::once(&self.strategy)
            .chain(&self.benchmark)
            .collect();
        let mut rows: Vec<(&str, Vec<String>)> = Vec::new();
        if let Some(name) = self.run.benchmark_name() {
            rows.push(("", vec!["strategy".to_owned(), name]));
        }
        let mut row = |name, cell: &dyn Fn(&Side) -> String| {
            rows.push((name, sides.iter().map(|side| cell(side)).collect()));
        };
        row("total return", &of(|s| Some(percent(s.total_return, 1))));
        row(
            "CAGR",
            &of(|s| over_a_year(s, s.cagr).map(|cagr| percent(cagr, 2))),
        );
        row("volatility", &of(|s| s.volatility.map(|v| percent(v, 2))));
        row("Sharpe", &of(|s| s.sharpe.map(ratio)));
        row("  95 % interval", &of(sharpe_interval));
        row("Sortino", &of(|s| s.sortino.map(ratio)));
        row("max drawdown", &|side| match side.worst_drawdown {
            Some(worst) => percent(-worst.depth, 1),
            None => percent(0.0, 1),
        });
        row("  peak", &drawdown(|worst| worst.peak.to_string()));
        row("  valley", &drawdown(|worst| worst.valley.to_string()));
        row(
            "  recovery",
            &drawdown(|worst| match worst.recovery {
                Some(recovery) => recovery.to_string(),
                None => "not yet".to_owned(),
            }),
        );
        row(
            "  length",
            &drawdown(|worst| {
                let days = grouped(f64::from(worst.days));
                format!("{days} day{}", if worst.days == 1 { "" } else { "s" })
            }),
        );
        row("MAR", &of(|s| over_a_year(s, s.mar).map(ratio)));
        row("turnover a year", &|side| {
            let turnover = side.trading.turnover;
            turnover.map_or(UNDEFINED.to_owned(), |turnover| percent(turnover, 1))
        });
        row("costs", &|side| {
            amount(side.trading.commission + side.trading.slippage)
        });
        row("trades", &|side| grouped(side.trading.trades as f64));
        row("time in market", &|side| {
            percent(side.trading.time_in_market, 1)
        });

        let width = |column: usize| {
            let cells = rows.iter().map(|(_, cells)| cells[column].chars().count());
            cells.max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..sides.len()).map(width).collect();
        for (name, cells) in &rows {
            let mut table_row = format!("{name:<16}");
            for (cell, width) in cells.iter().zip(&widths) {
                let _ = write!(table_row, "  {cell:>width$}");
            }
            line(text, format_args!("{}", table_row.trim_end()));
        }
        if let Some(relative) = &self.relative {
            text.push('\n');
            line(text, format_args!("{}", against(relative)));
        }
    }

    fn write_curve(&self, text: &mut String) {
        let values = &self.strategy.wealth.values;
        let (Some(first), Some(last)) = (values.first(), values.last()) else {
            return;
        };
        let curve = sparkline(values, SPARKLINE_COLUMNS);
        let (first, last) = (amount(*first), amount(*last));
        line(text, format_args!("{first} {curve} {last}"));
    }

    fn write_choices(&self, text: &mut String) {
        let conventions = &self.run.strategy.conventions;
        line(
            text,
            format_args!(
                "fill {}, shares {}, cash {}, entry {}",
                conventions.fill.name(),
                conventions.shares.name(),
                conventions.cash.name(),
                conventions.entry.name(),
            ),
        );
    }
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("a `String` takes all text");
}

fn of(cell: impl Fn(&Summary) -> Option<String>) -> impl Fn(&Side) -> String {
    move |side| (side.summary.as_ref().and_then(&cell)).unwrap_or_else(|| UNDEFINED.to_owned())
}

/// The growth of a few weeks says nothing of a year's.
fn over_a_year(summary: &Summary, growth: Option<f64>) -> Option<f64> {
    growth.filter(|_| summary.calendar_days >= 365)
}

fn drawdown(cell: impl Fn(crate::WorstDrawdown) -> String) -> impl Fn(&Side) -> String {
    move |side| (side.worst_drawdown).map_or_else(|| UNDEFINED.to_owned(), &cell)
}

fn ratio(value: f64) -> String {
    decimal(value, 2)
}

fn sharpe_interval(summary: &Summary) -> Option<String> {
    let (low, high) = summary.sharpe_evidence.as_ref()?.interval;
    Some(format!("{} to {}", ratio(low), ratio(high)))
}

/// `beta 0.53, alpha 1.9 % a year, ...`: what is defined.
fn against(relative: &Relative) -> String {
    let named = [
        ("beta", relative.beta.map(ratio)),
        (
            "alpha",
            relative.alpha.map(|alpha| percent(alpha, 2) + " a year"),
        ),
        ("correlation", relative.correlation.map(ratio)),
        (
            "tracking error",
            relative.tracking_error.map(|error| percent(error, 2)),
        ),
        ("information ratio", relative.information_ratio.map(ratio)),
        (
            "up capture",
            relative.up_capture.map(|capture| percent(capture, 0)),
        ),
        (
            "down capture",
            relative.down_capture.map(|capture| percent(capture, 0)),
        ),
    ];
    let told: Vec<String> = (named.into_iter())
        .filter_map(|(name, value)| Some(format!("{name} {}", value?)))
        .collect();
    match told.split_at(told.len().div_ceil(2)) {
        ([], _) => "nothing can be said against this benchmark: its value never moves".to_owned(),
        (first, []) => format!("against the benchmark: {}", first.join(", ")),
        (first, rest) => format!(
            "against the benchmark: {},\n  {}",
            first.join(", "),
            rest.join(", ")
        ),
    }
}
