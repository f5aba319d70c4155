//! Numbers as pages write them: as in the terminal, but with a real minus sign.

use statistics::catalogue::{self, Form};
use statistics::text::{decimal, grouped, percent};

/// In place of a number that does not exist.
pub(crate) const UNDEFINED: &str = "–";

/// The title of a metric in the catalogue; an unknown column by its name.
pub(crate) fn title(metric: &str) -> &str {
    catalogue::metric(metric).map_or(metric, |metric| metric.title)
}

/// A value of a metric, in the form of the catalogue.
pub(crate) fn shown(metric: &str, value: f64) -> String {
    let form = catalogue::metric(metric).map_or(Form::Number(2), |metric| metric.form);
    text(form, value)
}

/// A value of a metric that may not exist.
pub(crate) fn shown_if(metric: &str, value: Option<f64>) -> String {
    shown(metric, value.unwrap_or(f64::NAN))
}

/// A number in a form of the catalogue.
pub(crate) fn text(form: Form, value: f64) -> String {
    finite(value, |value| form.text(value))
}

/// `12.3 %`, `−4.0 %`.
pub(crate) fn share(fraction: f64, decimals: usize) -> String {
    finite(fraction, |fraction| percent(fraction, decimals))
}

/// `+12.3 %`, `−4.0 %`, `0.0 %`.
pub(crate) fn change(fraction: f64, decimals: usize) -> String {
    let text = share(fraction, decimals);
    let is_zero = !text.contains(|c: char| ('1'..='9').contains(&c));
    match fraction > 0.0 && !is_zero {
        true => format!("+{text}"),
        false => text,
    }
}

/// `1.25`, `−0.30`; from 1,000 on without decimals and with thousands apart.
pub(crate) fn number(value: f64, decimals: usize) -> String {
    finite(value, |value| match value.abs() >= 1000.0 {
        true => grouped(value),
        false => decimal(value, decimals),
    })
}

/// `12.3` for 0.123.
pub(crate) fn per_cent(fraction: f64, decimals: usize) -> String {
    finite(fraction, |fraction| decimal(100.0 * fraction, decimals))
}

/// `12,345`.
pub(crate) fn count(value: f64) -> String {
    finite(value, |value| grouped(value.round()))
}

/// `3.52M`.
pub(crate) fn amount(value: f64) -> String {
    finite(value, statistics::text::amount)
}

fn finite(value: f64, text: impl Fn(f64) -> String) -> String {
    match value.is_finite() {
        true => text(value).replace('-', "−"),
        false => UNDEFINED.to_owned(),
    }
}

/// The label of a tick that is a fraction: two decimals of it are those of the per cent sign.
pub(crate) fn share_tick(value: f64, decimals: usize) -> String {
    share(value, decimals.saturating_sub(2))
}

/// As [`share_tick`], with a sign.
pub(crate) fn change_tick(value: f64, decimals: usize) -> String {
    change(value, decimals.saturating_sub(2))
}

/// As [`share_tick`], of a depth, which is drawn downwards and written without a minus.
pub(crate) fn depth_tick(value: f64, decimals: usize) -> String {
    share_tick(-value, decimals)
}

/// The label of a tick that is a count; none between two counts.
pub(crate) fn count_tick(value: f64, _: usize) -> String {
    match value == value.trunc() {
        true => count(value),
        false => String::new(),
    }
}

/// The quantiles of a distribution that tables and charts show.
pub(crate) const QUANTILES: [(&str, f64); 7] = [
    ("minimum", 0.0),
    ("5 %", 0.05),
    ("25 %", 0.25),
    ("median", 0.5),
    ("75 %", 0.75),
    ("95 %", 0.95),
    ("maximum", 1.0),
];

/// Their values, of sorted numbers.
pub(crate) fn quantiles(sorted: &[f64]) -> [f64; 7] {
    QUANTILES.map(|(_, p)| statistics::quantile(sorted, p))
}

/// `1 day`, `12 days`.
pub(crate) fn of(n: usize, noun: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {noun}{s}", count(n as f64))
}

/// A space at which no line is broken.
pub(crate) const NO_BREAK: char = '\u{a0}';

/// A text in lines of at most this many characters, for a terminal; unbroken at no-break spaces.
pub(crate) fn lines(text: &str, most: usize) -> String {
    let mut lines = String::new();
    let mut room = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let size = word.chars().count();
        match room > size {
            true => lines.push(' '),
            false if lines.is_empty() => room = most + 1,
            false => {
                lines.push('\n');
                room = most + 1;
            }
        }
        lines.push_str(&word.replace(NO_BREAK, " "));
        room = room.saturating_sub(size + 1);
    }
    lines.push('\n');
    lines
}
