//! Which day a date belongs to, however it is written. All doors ask here: text, Parquet, Arrow, frames.
//!
//! A cell by itself does not always tell: `01/02/2024` may be either of two days, a number since 1970
//! has no unit, and a midnight in Tokyo that was converted to UTC falls on the day before. So a cell is
//! first [`Written`], and [`settle`] looks at all that are open together.

use backtest::date::{Date, Moment, Weekday};

use crate::error::{Problem, shown};

/// What one cell says of its day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Written {
    /// The day, and seconds since its midnight where a time is written.
    Day(Date, Option<u32>),
    /// A moment whose zone is UTC or not written, late enough to be the next day at an exchange.
    Late {
        day: Date,
        second: u32,
        in_utc: bool,
    },
    /// A day and a month, in either order.
    Either {
        first: u32,
        second: u32,
        year: i32,
        time: Option<u32>,
    },
    /// Time since 1970 in an unknown unit.
    Count(i64),
}

/// Seconds of a day.
const DAY: i64 = 86_400;

/// From this time on a moment in UTC may be a midnight of the next day: New Zealand's is the earliest.
const LATE: u32 = 10 * 3600;

/// A bar that is stamped with the last minute of its day belongs to it.
const LAST_MINUTE: u32 = 86_340;

/// What a date in text says.
pub(crate) fn in_text(cell: &str) -> Result<Written, Problem> {
    let text = cell.trim().trim_matches('"').trim();
    if matches!(text, "" | "NaT" | "nan" | "NaN" | "null" | "None" | "<NA>") {
        return Err(Problem::BlankDate);
    }
    parse(text).ok_or_else(|| Problem::BadDate { text: shown(text) })
}

/// A time of day in a cell of its own: `16:00`, `16:00:00` or `160000`.
pub(crate) fn with_time(written: Written, cell: &str) -> Result<Written, Problem> {
    let text = cell.trim();
    if text.is_empty() {
        return Ok(written);
    }
    let bad = || Problem::BadDate { text: shown(text) };
    let second = match text.bytes().all(|byte| byte.is_ascii_digit()) {
        // Leading zeros are often lost.
        true => clock_digits(&format!("{text:0>6}")).ok_or_else(bad)?,
        false => clock(text).ok_or_else(bad)?.0,
    };
    Ok(match written {
        Written::Day(day, None) => Written::Day(day, Some(second)),
        Written::Either {
            first,
            second: b,
            year,
            ..
        } => Written::Either {
            first,
            second: b,
            year,
            time: Some(second),
        },
        other => other,
    })
}

/// What a time stamp of a columnar file says, in seconds since 1970.
pub(crate) fn of_seconds(seconds: i64, zone: &Zone) -> Result<Written, Problem> {
    let bad = || Problem::BadDate {
        text: format!("{seconds} seconds since 1970"),
    };
    let local = |offset: i64| -> Option<(Date, u32)> {
        let seconds = seconds.checked_add(offset)?;
        let day = i32::try_from(seconds.div_euclid(DAY)).ok()?;
        Some((Date::from_epoch_days(day)?, seconds.rem_euclid(DAY) as u32))
    };
    let (offset, in_utc) = match zone {
        Zone::Offset {
            seconds,
            summer_time,
        } => {
            let (day, second) = local(*seconds).ok_or_else(bad)?;
            // In summer a zone's midnight is the hour before midnight of its winter.
            return Ok(match *summer_time && second >= 23 * 3600 {
                true => Written::Day(day.plus_days(1), Some(second - 23 * 3600)),
                false => Written::Day(day, Some(second)),
            });
        }
        Zone::None => (0, false),
        Zone::Utc => (0, true),
    };
    let (day, second) = local(offset).ok_or_else(bad)?;
    Ok(moment(day, second, in_utc))
}

/// The date of a day number; 0 is 1970-01-01.
pub(crate) fn of_days(days: i64) -> Result<Written, Problem> {
    i32::try_from(days)
        .ok()
        .and_then(Date::from_epoch_days)
        .map(|day| Written::Day(day, None))
        .ok_or_else(|| Problem::BadDate {
            text: format!("day {days} since 1970"),
        })
}

/// What a whole number says: a date as `20240102`, or time since 1970.
pub(crate) fn of_number(number: i64) -> Written {
    digits(number).map_or(Written::Count(number), |day| Written::Day(day, None))
}

/// A moment without a zone of its own.
fn moment(day: Date, second: u32, in_utc: bool) -> Written {
    match (LATE..LAST_MINUTE).contains(&second) {
        true => Written::Late {
            day,
            second,
            in_utc,
        },
        false => Written::Day(day, Some(second)),
    }
}

fn parse(text: &str) -> Option<Written> {
    let whole = text.strip_suffix(".0").unwrap_or(text);
    if let Some(number) = integer(whole) {
        return Some(of_number(number));
    }
    if !text.is_ascii() {
        return None;
    }
    // ISO's `20240102T160000Z` and HistData's `20240102 160000`.
    let (day, time) = split_time(text);
    let (time, zone) = match time {
        "" => (None, None),
        time => {
            let (second, zone) = clock(time)?;
            (Some(second), zone)
        }
    };
    let day = day.trim().trim_end_matches(',');
    match plain_day(day).or_else(|| named_month(day))? {
        Written::Day(date, _) => Some(match (time, zone) {
            (None, _) => Written::Day(date, None),
            // An offset other than zero is the exchange's own.
            (Some(second), Some(offset)) if offset != 0 => Written::Day(date, Some(second)),
            (Some(second), zone) => moment(date, second, zone.is_some()),
        }),
        Written::Either {
            first,
            second,
            year,
            ..
        } => Some(Written::Either {
            first,
            second,
            year,
            time,
        }),
        other => Some(other),
    }
}

/// The day and the time of a text, which a `T` or a space with a digit behind it separates.
fn split_time(text: &str) -> (&str, &str) {
    let bytes = text.as_bytes();
    let cut = (1..bytes.len().saturating_sub(1)).find(|&at| {
        let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        // In `Jan 2 2024` a number follows; a time has a colon or six digits.
        let looks_like_time = || {
            let rest = &text[at + 1..];
            let colon = rest.find(':');
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            colon.is_some_and(|colon| colon <= 2) || digits == 6
        };
        match bytes[at] {
            b'T' | b' ' | b'\t' => is_digit(at + 1) && looks_like_time(),
            _ => false,
        }
    });
    match cut {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    }
}

/// Seconds since midnight, and the seconds east of UTC where a zone is written.
fn clock(text: &str) -> Option<(u32, Option<i64>)> {
    let text = text.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.'))
        .unwrap_or(text.len());
    let (time, rest) = (&text[..end], text[end..].trim());
    let mut second = match time.contains(':') {
        false => clock_digits(time)?,
        true => {
            let mut parts = time.split(':');
            let hour = number(parts.next()?)?;
            let minute = number(parts.next()?)?;
            let second = match parts.next() {
                Some(second) => number(second.split('.').next()?)?,
                None => 0,
            };
            if parts.next().is_some() {
                return None;
            }
            in_day(hour, minute, second)?
        }
    };
    let rest = match rest.get(..2).map(str::to_ascii_uppercase).as_deref() {
        Some(half @ ("AM" | "PM")) => {
            let hour = second / 3600;
            if hour == 0 || hour > 12 {
                return None;
            }
            second = second % 3600 + (hour % 12 + if half == "PM" { 12 } else { 0 }) * 3600;
            rest[2..].trim()
        }
        _ => rest,
    };
    Some((second, zone_in_text(rest)?))
}

fn clock_digits(text: &str) -> Option<u32> {
    if text.len() != 6 {
        return None;
    }
    in_day(
        number(&text[..2])?,
        number(&text[2..4])?,
        number(&text[4..])?,
    )
}

fn in_day(hour: u32, minute: u32, second: u32) -> Option<u32> {
    (hour < 24 && minute < 60 && second <= 60).then_some((hour * 60 + minute) * 60 + second)
}

/// The offset of `Z`, `UTC`, `+09:00`, `-0500`, `GMT+0100`; no text is no zone.
fn zone_in_text(text: &str) -> Option<Option<i64>> {
    let bare = text
        .strip_prefix("UTC")
        .or_else(|| text.strip_prefix("GMT"))
        .unwrap_or(text)
        .trim();
    match bare {
        "" if text.is_empty() => Some(None),
        "" | "Z" | "z" => Some(Some(0)),
        // Where New York trades, as some exports write it.
        "EST" | "EDT" | "ET" => Some(Some(-5 * 3600)),
        _ => offset(bare).map(Some),
    }
}

fn offset(text: &str) -> Option<i64> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let digits: String = rest.chars().filter(|c| *c != ':').collect();
    let (hours, minutes) = match digits.len() {
        1 | 2 => (number(&digits)?, 0),
        4 => (number(&digits[..2])?, number(&digits[2..])?),
        6 => (number(&digits[..2])?, number(&digits[2..4])?),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then(|| sign * i64::from(hours * 3600 + minutes * 60))
}

/// A date of three numbers.
fn plain_day(text: &str) -> Option<Written> {
    if let Some(number) = integer(text) {
        return digits(number).map(|day| Written::Day(day, None));
    }
    let separator = text.chars().find(|c| matches!(c, '/' | '-' | '.'))?;
    let mut parts = text.split(separator).map(str::trim);
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some_and(|rest| !rest.is_empty()) {
        return None;
    }
    if a.len() == 4 {
        let day = Date::new(number(a)? as i32, number(b)?, number(c)?)?;
        return Some(Written::Day(day, None));
    }
    let (first, second, year) = (number(a)?, number(b)?, year(c)?);
    if a.len() > 2 || b.len() > 2 || first == 0 || second == 0 {
        return None;
    }
    if separator == '.' {
        // Where dots separate, the day is first.
        let day = Date::new(year, second, first)?;
        return Some(Written::Day(day, None));
    }
    let either =
        Date::new(year, first, second).is_some() || Date::new(year, second, first).is_some();
    either.then_some(Written::Either {
        first,
        second,
        year,
        time: None,
    })
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// A date with the month's name: `Jan 2, 2024`, `2-Jan-24`, `2 January 2024`, `2024-Jan-02`.
fn named_month(text: &str) -> Option<Written> {
    let parts: Vec<&str> = text
        .split([' ', '-', ',', '/', '.'])
        .filter(|part| !part.is_empty())
        .collect();
    // A day of the week before it adds nothing.
    let parts = match parts.as_slice() {
        [weekday, rest @ ..] if rest.len() == 3 && month(weekday).is_none() => rest,
        parts => parts,
    };
    let [a, b, c] = parts else { return None };
    let day = |text: &str| number(text.trim_end_matches(|c: char| c.is_ascii_alphabetic()));
    let date = match (month(a), month(b)) {
        (Some(month), _) => Date::new(year(c)?, month, day(b)?),
        (None, Some(month)) if a.len() == 4 => Date::new(number(a)? as i32, month, day(c)?),
        (None, Some(month)) => Date::new(year(c)?, month, day(a)?),
        _ => None,
    };
    date.map(|date| Written::Day(date, None))
}

fn month(text: &str) -> Option<u32> {
    let start = text.get(..3)?.to_ascii_lowercase();
    if !text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let at = MONTHS.iter().position(|month| *month == start)?;
    Some(at as u32 + 1)
}

/// A year of four digits, or of two: 70 to 99 are of the last century.
fn year(text: &str) -> Option<i32> {
    let year = number(text)? as i32;
    match text.len() {
        4 => Some(year),
        2 if year >= 70 => Some(1900 + year),
        2 => Some(2000 + year),
        _ => None,
    }
}

/// The date of a number as `20240102`.
fn digits(number: i64) -> Option<Date> {
    if !(10_000_101..=99_991_231).contains(&number) {
        return None;
    }
    let (year, rest) = (number / 10_000, number % 10_000);
    Date::new(year as i32, (rest / 100) as u32, (rest % 100) as u32)
}

fn integer(text: &str) -> Option<i64> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let plain =
        (1..=19).contains(&unsigned.len()) && unsigned.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn number(digits: &str) -> Option<u32> {
    let plain = (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

/// The time zone of time stamps, which count from 1970 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zone {
    /// They are in no zone.
    None,
    /// They are in UTC, and the exchange's zone is unknown.
    Utc,
    /// They are shown in a zone this far east of UTC in winter.
    Offset {
        /// Seconds east.
        seconds: i64,
        /// Whether its clocks are an hour ahead for a part of the year.
        summer_time: bool,
    },
}

/// Zones of exchanges, with minutes east of UTC in winter. All are taken to have summer time, now or
/// once: it matters only to stamps in the last hour before midnight.
const ZONES: &[(i64, &[&str])] = &[
    (-600, &["Pacific/Honolulu", "US/Hawaii"]),
    (
        -480,
        &[
            "America/Los_Angeles",
            "US/Pacific",
            "America/Vancouver",
            "PST8PDT",
        ],
    ),
    (-420, &["America/Denver", "US/Mountain", "America/Phoenix"]),
    (
        -360,
        &[
            "America/Chicago",
            "US/Central",
            "America/Mexico_City",
            "CST6CDT",
            "America/Winnipeg",
        ],
    ),
    (
        -300,
        &[
            "America/New_York",
            "US/Eastern",
            "EST5EDT",
            "EST",
            "America/Toronto",
            "America/Montreal",
            "America/Bogota",
            "America/Lima",
            "America/Jamaica",
        ],
    ),
    (
        -240,
        &["America/Halifax", "America/Santiago", "America/Caracas"],
    ),
    (
        -180,
        &[
            "America/Sao_Paulo",
            "America/Buenos_Aires",
            "America/Argentina/Buenos_Aires",
            "Brazil/East",
        ],
    ),
    (
        0,
        &[
            "Europe/London",
            "Europe/Lisbon",
            "Europe/Dublin",
            "GB",
            "Atlantic/Reykjavik",
            "Africa/Casablanca",
        ],
    ),
    (
        60,
        &[
            "Europe/Berlin",
            "Europe/Paris",
            "Europe/Amsterdam",
            "Europe/Brussels",
            "Europe/Madrid",
            "Europe/Rome",
            "Europe/Zurich",
            "Europe/Vienna",
            "Europe/Stockholm",
            "Europe/Oslo",
            "Europe/Copenhagen",
            "Europe/Prague",
            "Europe/Budapest",
            "Europe/Warsaw",
            "Europe/Luxembourg",
            "Europe/Ljubljana",
            "Europe/Zagreb",
            "Europe/Belgrade",
            "CET",
            "MET",
            "Africa/Lagos",
        ],
    ),
    (
        120,
        &[
            "Europe/Helsinki",
            "Europe/Athens",
            "Europe/Bucharest",
            "Europe/Sofia",
            "Europe/Vilnius",
            "Europe/Riga",
            "Europe/Tallinn",
            "Europe/Kiev",
            "Europe/Kyiv",
            "Africa/Johannesburg",
            "Africa/Cairo",
            "Asia/Jerusalem",
            "Asia/Tel_Aviv",
            "Asia/Beirut",
            "EET",
        ],
    ),
    (
        180,
        &[
            "Europe/Istanbul",
            "Turkey",
            "Asia/Riyadh",
            "Asia/Kuwait",
            "Asia/Qatar",
            "Asia/Bahrain",
            "Africa/Nairobi",
            "Europe/Moscow",
        ],
    ),
    (240, &["Asia/Dubai", "Asia/Muscat"]),
    (300, &["Asia/Karachi", "Asia/Tashkent"]),
    (330, &["Asia/Kolkata", "Asia/Calcutta", "Asia/Colombo"]),
    (360, &["Asia/Dhaka", "Asia/Almaty"]),
    (
        420,
        &[
            "Asia/Bangkok",
            "Asia/Jakarta",
            "Asia/Ho_Chi_Minh",
            "Asia/Saigon",
        ],
    ),
    (
        480,
        &[
            "Asia/Hong_Kong",
            "Asia/Shanghai",
            "Asia/Taipei",
            "Asia/Singapore",
            "Asia/Kuala_Lumpur",
            "Asia/Manila",
            "Australia/Perth",
            "Hongkong",
            "Singapore",
            "PRC",
        ],
    ),
    (540, &["Asia/Tokyo", "Asia/Seoul", "Japan", "ROK"]),
    (
        600,
        &[
            "Australia/Sydney",
            "Australia/Melbourne",
            "Australia/Brisbane",
            "Australia/ACT",
            "Australia/NSW",
        ],
    ),
    (720, &["Pacific/Auckland", "NZ"]),
];

impl Zone {
    /// The zone of a name, as Arrow and pandas write it; `Utc` for names that are not known.
    pub(crate) fn named(name: &str) -> Zone {
        if let Some(seconds) = offset(name) {
            return match seconds {
                0 => Zone::Utc,
                _ => Zone::Offset {
                    seconds,
                    summer_time: false,
                },
            };
        }
        let found = ZONES.iter().find(|(_, names)| names.contains(&name));
        match found {
            Some((minutes, _)) => Zone::Offset {
                seconds: minutes * 60,
                summer_time: true,
            },
            None => Zone::Utc,
        }
    }
}

/// Which of the numbers of `01/02/2024` is the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    MonthFirst,
    DayFirst,
}

/// What had to be found out about all dates of a file together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// The stamps are midnights of the exchange that were converted to UTC: each was moved to its day.
    DayEarly { example: String },
}

/// Turns what the cells say into days, each with its time of day, and looks at all of them to do so.
///
/// The error has the position of the cell that it is about.
pub(crate) fn settle(
    cells: &mut [Written],
    vendor: Option<&str>,
) -> Result<Option<Finding>, (usize, Problem)> {
    settle_counts(cells)?;
    settle_order(cells, vendor)?;
    settle_late(cells)
}

/// The unit of numbers since 1970 follows from the largest of them: until the year 5138 seconds have at
/// most eleven digits, milliseconds fourteen, microseconds seventeen.
fn settle_counts(cells: &mut [Written]) -> Result<(), (usize, Problem)> {
    let size = |cell: &Written| match cell {
        Written::Count(count) => Some(count.unsigned_abs()),
        _ => None,
    };
    let Some(largest) = cells.iter().filter_map(size).max() else {
        return Ok(());
    };
    let per_second = match largest {
        // Before 1973 seconds have eight digits; fewer are no dates at all.
        0..10_000_000 => 0,
        10_000_000..100_000_000_000 => 1,
        100_000_000_000..100_000_000_000_000 => 1_000,
        100_000_000_000_000..100_000_000_000_000_000 => 1_000_000,
        _ => 1_000_000_000,
    };
    for (at, cell) in cells.iter_mut().enumerate() {
        if let Written::Count(count) = *cell {
            let bad = || {
                (
                    at,
                    Problem::BadDate {
                        text: count.to_string(),
                    },
                )
            };
            let seconds = count.checked_div(per_second).ok_or_else(bad)?;
            let seconds = match count.rem_euclid(per_second) {
                0 => seconds,
                _ => count.div_euclid(per_second),
            };
            *cell = of_seconds(seconds, &Zone::Utc).map_err(|_| bad())?;
        }
    }
    Ok(())
}

fn settle_order(cells: &mut [Written], vendor: Option<&str>) -> Result<(), (usize, Problem)> {
    let pairs: Vec<(usize, u32, u32, i32)> = cells
        .iter()
        .enumerate()
        .filter_map(|(at, cell)| match cell {
            Written::Either {
                first,
                second,
                year,
                ..
            } => Some((at, *first, *second, *year)),
            _ => None,
        })
        .collect();
    let Some(&(first_at, a, b, year)) = pairs.first() else {
        return Ok(());
    };
    let day_first = pairs.iter().find(|(_, first, ..)| *first > 12);
    let month_first = pairs.iter().find(|(_, _, second, _)| *second > 12);
    let order = match (day_first, month_first) {
        (Some(day), Some(month)) => {
            let text = |(_, a, b, year): &(usize, u32, u32, i32)| format!("{a:02}/{b:02}/{year}");
            return Err((
                day.0.max(month.0),
                Problem::MixedOrder {
                    day_first: text(day),
                    month_first: text(month),
                },
            ));
        }
        (Some(_), None) => Order::DayFirst,
        (None, Some(_)) => Order::MonthFirst,
        (None, None) => match by_calendar(&pairs, vendor) {
            Some(order) => order,
            None => {
                let show = |month, day| {
                    Date::new(year, month, day).map_or(String::new(), |d| d.to_string())
                };
                return Err((
                    first_at,
                    Problem::EitherOrder {
                        text: format!("{a:02}/{b:02}/{year}"),
                        month_first: show(a, b),
                        day_first: show(b, a),
                    },
                ));
            }
        },
    };
    for (at, cell) in cells.iter_mut().enumerate() {
        if let Written::Either {
            first,
            second,
            year,
            time,
        } = *cell
        {
            let (month, day) = match order {
                Order::MonthFirst => (first, second),
                Order::DayFirst => (second, first),
            };
            let text = || format!("{first:02}/{second:02}/{year}");
            let date = Date::new(year, month, day)
                .ok_or_else(|| (at, Problem::BadDate { text: text() }))?;
            *cell = match time {
                Some(second) => moment(date, second, false),
                None => Written::Day(date, None),
            };
        }
    }
    Ok(())
}

/// The order in which the days look like a calendar, when only one does.
///
/// In the right order daily bars are close together, and none is on a weekend. In the wrong one they
/// are the same days of different months, which a file of monthly bars is in the right one.
fn by_calendar(pairs: &[(usize, u32, u32, i32)], vendor: Option<&str>) -> Option<Order> {
    let days = |order: Order| -> Option<Vec<Date>> {
        let day = |&(_, first, second, year): &(usize, u32, u32, i32)| match order {
            Order::MonthFirst => Date::new(year, first, second),
            Order::DayFirst => Date::new(year, second, first),
        };
        let mut days: Vec<Date> = pairs.iter().map(day).collect::<Option<_>>()?;
        days.sort_unstable();
        days.dedup();
        Some(days)
    };
    let (month_first, day_first) = (days(Order::MonthFirst), days(Order::DayFirst));
    if month_first == day_first && month_first.is_some() {
        return Some(Order::MonthFirst);
    }
    let gaps = |days: &[Date]| -> Vec<i32> {
        let gap = |pair: &[Date]| pair[1].epoch_days() - pair[0].epoch_days();
        days.windows(2).map(gap).collect()
    };
    let is_daily = |days: &Option<Vec<Date>>| {
        days.as_ref().is_some_and(|days| {
            days.iter().all(|day| day.is_weekday()) && gaps(days).iter().all(|gap| *gap <= 5)
        })
    };
    // Nasdaq's site writes the month first wherever it is read, and so does the English Investing.com.
    if matches!(vendor, Some("Nasdaq" | "Investing.com")) && is_daily(&month_first) {
        return Some(Order::MonthFirst);
    }
    // Two dozen gaps, and all of them a month: no daily file reads like that in the wrong order, since
    // it would be one of the first twelve days of many months, and of no other day.
    let is_monthly = |days: &Option<Vec<Date>>| {
        days.as_ref().is_some_and(|days| {
            let gaps = gaps(days);
            gaps.len() >= 12 && gaps.iter().all(|gap| (28..=31).contains(gap))
        })
    };
    match (is_monthly(&month_first), is_monthly(&day_first)) {
        (true, false) => Some(Order::MonthFirst),
        (false, true) => Some(Order::DayFirst),
        _ => None,
    }
}

/// Late moments in UTC are midnights of the next day when that day is never on a weekend and their own
/// is: bars on Sundays, and none on Fridays.
fn settle_late(cells: &mut [Written]) -> Result<Option<Finding>, (usize, Problem)> {
    let late = |cell: &Written| match cell {
        Written::Late {
            day,
            second,
            in_utc,
        } => Some((*day, *second, *in_utc)),
        _ => None,
    };
    let on_weekend = |day: Date| u32::from(!day.is_weekday());
    let (mut as_written, mut moved) = (0, 0);
    for (day, ..) in cells.iter().filter_map(late) {
        as_written += on_weekend(day);
        moved += on_weekend(day.plus_days(1));
    }
    let moves = as_written > 0 && moved == 0;
    let mut example = None;
    for (at, cell) in cells.iter_mut().enumerate() {
        let Some((day, second, in_utc)) = late(cell) else {
            continue;
        };
        // Until noon no midnight but New Zealand's is meant; New York opens at 13:30 or 14:30 UTC.
        let is_plain = !in_utc
            || second <= DAY as u32 / 2
            || matches!(second, 48_600 | 52_200)
            || (as_written == 0 && moved > 0);
        if !moves && !is_plain {
            let text =
                Moment::from_epoch_seconds(i64::from(day.epoch_days()) * DAY + i64::from(second))
                    .map_or_else(|| day.to_string(), |moment| moment.to_string());
            return Err((at, Problem::AmbiguousDay { text }));
        }
        if moves && day.weekday() == Weekday::Sun {
            let clock = (second / 3600, second % 3600 / 60);
            example.get_or_insert_with(|| format!("{day} {:02}:{:02}", clock.0, clock.1));
        }
        *cell = match moves {
            true => Written::Day(day.plus_days(1), None),
            false => Written::Day(day, Some(second)),
        };
    }
    Ok(moves.then(|| Finding::DayEarly {
        example: example.unwrap_or_default(),
    }))
}
