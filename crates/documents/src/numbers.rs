//! Numbers for pictures: those of the summary in the terminal, with a real minus sign.

use statistics::catalogue::Form;
use statistics::text::{decimal, grouped, percent};

/// What stands for a number that does not exist.
pub(crate) const UNDEFINED: &str = "–";

/// A number in the form that the catalogue of metrics gives it.
pub(crate) fn text(form: Form, value: f64) -> String {
    match value.is_finite() {
        true => proper(&form.text(value)),
        false => UNDEFINED.to_owned(),
    }
}

/// `12.3 %`, `−4.0 %`.
pub(crate) fn share(fraction: f64, decimals: usize) -> String {
    match fraction.is_finite() {
        true => proper(&percent(fraction, decimals)),
        false => UNDEFINED.to_owned(),
    }
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
    match value {
        _ if !value.is_finite() => UNDEFINED.to_owned(),
        _ if value.abs() >= 1000.0 => proper(&grouped(value)),
        _ => proper(&decimal(value, decimals)),
    }
}

/// `12,345`.
pub(crate) fn count(value: f64) -> String {
    match value.is_finite() {
        true => proper(&grouped(value.round())),
        false => UNDEFINED.to_owned(),
    }
}

/// `3.52M`.
pub(crate) fn amount(value: f64) -> String {
    match value.is_finite() {
        true => proper(&statistics::text::amount(value)),
        false => UNDEFINED.to_owned(),
    }
}

fn proper(text: &str) -> String {
    text.replace('-', "−")
}

/// `1 day`, `12 days`.
pub(crate) fn of(n: usize, noun: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {noun}{s}", count(n as f64))
}

/// A space at which no line is broken.
pub(crate) const NO_BREAK: char = '\u{a0}';

/// A text in lines of at most so many characters, for a terminal; unbroken at no-break spaces.
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
