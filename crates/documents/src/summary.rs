//! The report as a few lines for a person. Plain text: colour is the terminal's business.

use std::fmt::Write;

use backtest::Accrual;
use backtest::statistics::{Relative, Summary};

use crate::numbers::{NO_BREAK, lines};
use crate::report::{Moved, Report, Side, WorstDrawdown};
use crate::sparkline::sparkline;
use crate::text_table::TextTable;
use statistics::catalogue::{self, UNDEFINED};
use statistics::text::{amount, grouped};

/// A row's name, its metric, and its value.
type MovedRow = (&'static str, &'static str, fn(Moved) -> Option<f64>);

/// What was paid in and withdrawn, and what became of it.
const MOVED: [MovedRow; 4] = [
    ("paid in", "paid_in", |of| Some(of.paid_in)),
    ("withdrawn", "withdrawn", |of| Some(of.withdrawn)),
    ("final equity", "final_equity", |of| Some(of.final_equity)),
    ("money-weighted", "money_weighted_return", |of| {
        of.money_weighted
    }),
];

/// A row's name, its metric, and the amount.
type InterestRow = (&'static str, &'static str, fn(Accrual) -> f64);

/// What cash earned and borrowing cost, each shown where it is not zero.
const INTEREST: [InterestRow; 3] = [
    ("interest earned", "interest_earned", |of| of.interest),
    ("margin interest", "margin_interest", |of| {
        of.margin_interest
    }),
    ("short fees", "short_fees", |of| of.short_fee),
];

const SPARKLINE_COLUMNS: usize = 60;

/// Characters of a line of text.
const WIDTH: usize = 98;

impl Report<'_> {
    /// The result in about twenty lines: a title, a table with a column for the strategy and one
    /// for the benchmark, the curve, the choices that the result depends on, and the warnings.
    pub fn summary(&self) -> String {
        let mut text = String::new();
        self.write_title(&mut text);
        text.push('\n');
        self.write_table(&mut text);
        self.write_timing_luck(&mut text);
        text.push('\n');
        self.write_curve(&mut text);
        self.write_choices(&mut text);
        if !self.warnings.is_empty() {
            text.push('\n');
        }
        for warning in &self.warnings {
            line(
                &mut text,
                format_args!("warning: {}", diagnostics::shown(&warning.to_string())),
            );
        }
        diagnostics::shown_lines(&text).into_owned()
    }

    fn write_title(&self, text: &mut String) {
        let (run, market) = (&self.run, self.run.market());
        let sessions = run.outcome.sessions();
        let n = run.outcome.equity.len();
        line(
            text,
            format_args!(
                "{}: {} to {}, {} session{}, {}",
                diagnostics::shown(&run.strategy.name),
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
        row(
            "total return",
            &of("total_return", |s| Some(s.total_return)),
        );
        row("CAGR", &of("cagr", |s| s.cagr));
        row("volatility", &of("volatility", |s| s.volatility));
        row("Sharpe", &of("sharpe", |s| s.sharpe));
        row("  95 % interval", &sharpe_interval);
        row("Sortino", &of("sortino", |s| s.sortino));
        row(
            "max drawdown",
            &of("max_drawdown", |s| Some(s.drawdowns.max)),
        );
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
                let days = shown("drawdown_days", Some(f64::from(worst.days)));
                format!("{days} day{}", if worst.days == 1 { "" } else { "s" })
            }),
        );
        row("MAR", &of("mar", |s| s.mar));
        row("turnover a year", &|side| {
            shown("turnover", side.trading.turnover)
        });
        row("costs", &|side| {
            shown(
                "cost",
                Some(side.trading.commission + side.trading.slippage),
            )
        });
        if sides.iter().any(|side| side.trading.dividends != 0.0) {
            row("dividends received", &|side| {
                shown("dividends", Some(side.trading.dividends))
            });
        }
        let charged = |of: fn(Accrual) -> f64| {
            let of_side = move |side: &Side| side.interest.map(of);
            (sides.iter())
                .any(|side| of_side(side).is_some_and(|amount| amount != 0.0))
                .then_some(of_side)
        };
        if sides.iter().any(|side| side.moved.is_some()) {
            for (name, key, of) in MOVED {
                row(name, &|side| shown(key, side.moved.and_then(of)));
            }
        }
        for (name, key, of) in INTEREST {
            if let Some(amount) = charged(of) {
                row(name, &|side| shown(key, amount(side)));
            }
        }
        row("trades", &|side| {
            shown("trades", Some(side.trading.trades as f64))
        });
        row("time in market", &|side| {
            shown("time_in_market", Some(side.trading.time_in_market))
        });

        let mut table = TextTable::new("<>", &[16]);
        for (name, cells) in rows {
            table.row(std::iter::once(name.to_owned()).chain(cells));
        }
        text.push_str(&table.text());
        if let Some(relative) = &self.relative {
            text.push('\n');
            line(text, format_args!("{}", against(relative)));
        }
    }

    fn write_timing_luck(&self, text: &mut String) {
        let sentences = self.run.timing_luck().sentences();
        if !sentences.is_empty() {
            text.push('\n');
        }
        for sentence in sentences {
            // A number and its per cent stay together.
            let sentence = sentence.replace(" %", &format!("{NO_BREAK}%"));
            text.push_str(&lines(&sentence, WIDTH));
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

/// A metric by its key, as the catalogue writes it.
fn shown(key: &str, value: Option<f64>) -> String {
    let text = value.and_then(|value| catalogue::text(key, value));
    text.unwrap_or_else(|| UNDEFINED.to_owned())
}

/// A metric of the curve; undefined where it is a rate per year and the curve is shorter.
fn of(key: &'static str, value: fn(&Summary) -> Option<f64>) -> impl Fn(&Side) -> String {
    let is_yearly = catalogue::metric(key).is_some_and(|metric| metric.is_yearly);
    move |side| {
        let summary = side.summary.as_ref();
        let long_enough = summary.filter(|s| !is_yearly || s.calendar_days >= 365);
        shown(key, long_enough.and_then(value))
    }
}

fn drawdown(cell: impl Fn(WorstDrawdown) -> String) -> impl Fn(&Side) -> String {
    move |side| (side.worst_drawdown).map_or_else(|| UNDEFINED.to_owned(), &cell)
}

fn sharpe_interval(side: &Side) -> String {
    let evidence = side.summary.as_ref().and_then(|s| s.sharpe_evidence);
    let Some((low, high)) = evidence.map(|evidence| evidence.interval) else {
        return UNDEFINED.to_owned();
    };
    let [low, high] = [low, high].map(|end| shown("sharpe_interval", Some(end)));
    format!("{low} to {high}")
}

/// `beta 0.53, alpha 1.90 % a year, ...`: what is defined.
fn against(relative: &Relative) -> String {
    let named = [
        ("beta", "beta", relative.beta, ""),
        ("alpha", "alpha", relative.alpha, " a year"),
        ("correlation", "correlation", relative.correlation, ""),
        (
            "tracking_error",
            "tracking error",
            relative.tracking_error,
            "",
        ),
        (
            "information_ratio",
            "information ratio",
            relative.information_ratio,
            "",
        ),
        ("up_capture", "up capture", relative.up_capture, ""),
        ("down_capture", "down capture", relative.down_capture, ""),
    ];
    let defined: Vec<String> = (named.into_iter())
        .filter(|(.., value, _)| value.is_some())
        .map(|(key, name, value, unit)| format!("{name} {}{unit}", shown(key, value)))
        .collect();
    match defined.split_at(defined.len().div_ceil(2)) {
        ([], _) => "no relative statistics: the benchmark is constant".to_owned(),
        (first, []) => format!("against the benchmark: {}", first.join(", ")),
        (first, rest) => format!(
            "against the benchmark: {},\n  {}",
            first.join(", "),
            rest.join(", ")
        ),
    }
}
