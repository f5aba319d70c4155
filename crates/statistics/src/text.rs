//! Numbers for people: few digits, thousands apart, units.

/// A number rounded to whole ones, with its thousands apart: `1,234,567`.
///
/// Small numbers of shares that are no whole ones keep four digits: `0.1250`.
pub fn grouped(value: f64) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    if value != 0.0 && value.abs() < 10.0 && value.fract() != 0.0 {
        return format!("{value:.4}");
    }
    let digits = format!("{:.0}", value.abs());
    let sign = if value < 0.0 && digits != "0" {
        "-"
    } else {
        ""
    };
    format!("{sign}{}", thousands_apart(&digits))
}

/// A count with its thousands apart, exact at any size: `1,234,567`.
pub fn grouped_count(count: u64) -> String {
    thousands_apart(&count.to_string())
}

fn thousands_apart(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A fraction in per cent with the given decimals: `12.3 %`. From 1,000 % on without decimals and
/// with thousands apart.
pub fn percent(fraction: f64, decimals: usize) -> String {
    let percent = 100.0 * fraction;
    if percent.abs() >= 1000.0 {
        return format!("{} %", grouped(percent));
    }
    format!("{} %", decimal(percent, decimals))
}

/// A number with the given decimals, and without a minus before a zero.
pub fn decimal(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|byte| matches!(byte, b'0' | b'.')) => rest.to_owned(),
        _ => text,
    }
}

/// Currency units in short: `987`, `12.3k`, `3.52M`, `1.20G`.
pub fn amount(value: f64) -> String {
    let size = value.abs();
    match size {
        _ if !value.is_finite() => value.to_string(),
        _ if size >= 999_500_000.0 => format!("{:.2}G", value / 1e9),
        _ if size >= 999_500.0 => format!("{:.2}M", value / 1e6),
        _ if size >= 9_999.5 => format!("{:.1}k", value / 1e3),
        _ => grouped(value.round()),
    }
}
