//! Which day a date in text, or a moment in a columnar file, belongs to.

use backtest::date::{Date, Moment};

use crate::error::{Problem, shown};

/// The day that a date in text names. A time of day and a time zone after it do not count: the
/// day is the one that is written.
///
/// Known are `2003-09-29`, `2003/09/29`, `20030929`, and month/day/year with slashes.
pub(crate) fn date_in_text(cell: &str) -> Result<Date, Problem> {
    let text = cell.trim();
    if matches!(text, "" | "NaT" | "nan" | "NaN" | "null" | "None") {
        return Err(Problem::BlankDate);
    }
    let bad = || Problem::BadDate { text: shown(text) };
    let (day, time) = match text.find([' ', 'T']) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    };
    let time_of_day = |c: char| c.is_ascii_digit() || ":.,+-Z ".contains(c);
    if !time.chars().all(time_of_day) {
        return Err(bad());
    }
    if day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit()) {
        return date(&day[..4], &day[4..6], &day[6..]).ok_or_else(bad);
    }
    let separator = if day.contains('/') { '/' } else { '-' };
    let mut parts = day.split(separator);
    let (Some(a), Some(b), Some(c), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(bad());
    };
    if a.len() == 4 {
        return date(a, b, c).ok_or_else(bad);
    }
    if separator == '-' || c.len() != 4 {
        return Err(bad());
    }
    match number(a) {
        Some(first @ 13..) => Err(Problem::DayFirst {
            text: shown(text),
            first,
        }),
        _ => date(c, a, b).ok_or_else(bad),
    }
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    Date::new(number(year)? as i32, number(month)?, number(day)?)
}

fn number(digits: &str) -> Option<u32> {
    let plain = (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

/// What a columnar file says of the time zone of its time stamps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Zone {
    /// They are in no zone: the day is the one that is written.
    None,
    /// They are moments in UTC, shown in the zone of this name.
    Named(String),
    /// They are moments in UTC, and the zone is unknown.
    Unknown,
}

const DAY: i64 = 86_400;

/// The day of a time stamp, in seconds since 1970-01-01.
///
/// In a named zone daily bars are stamped with its midnight, so the day is the one whose midnight
/// UTC is nearest; that holds from UTC-12 to UTC+12, and needs no time zone database.
pub(crate) fn date_of_seconds(seconds: i64, zone: &Zone) -> Result<Date, Problem> {
    let second_of_day = seconds.rem_euclid(DAY);
    let rounds_up_from = match zone {
        Zone::None => DAY,
        Zone::Named(name)
            if matches!(name.as_str(), "UTC" | "Etc/UTC" | "GMT" | "Z" | "+00:00") =>
        {
            DAY
        }
        // The only exchange beyond UTC+12: its midnight is 11:00 or 12:00 UTC.
        Zone::Named(name) if matches!(name.as_str(), "Pacific/Auckland" | "NZ") => 11 * 3600,
        Zone::Named(_) => 12 * 3600 + 1,
        Zone::Unknown if second_of_day <= 12 * 3600 => DAY,
        Zone::Unknown => {
            let text = Moment::from_epoch_seconds(seconds)
                .map_or_else(|| seconds.to_string(), |moment| moment.to_string());
            return Err(Problem::AmbiguousDay { text });
        }
    };
    let days = seconds.div_euclid(DAY) + i64::from(second_of_day >= rounds_up_from);
    date_of_days(days)
}

/// The date of a day number; 0 is 1970-01-01.
pub(crate) fn date_of_days(days: i64) -> Result<Date, Problem> {
    i32::try_from(days)
        .ok()
        .and_then(Date::from_epoch_days)
        .ok_or_else(|| Problem::BadDate {
            text: format!("day {days} since 1970"),
        })
}
