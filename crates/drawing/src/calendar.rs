//! The dates at which a time axis has labels. A day is its number since 1970-01-01.

use chrono::{Datelike, NaiveDate};

/// The names of the months.
pub const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The calendar's day of a number; 1970-01-01 where the calendar ends.
fn civil(day: i32) -> NaiveDate {
    NaiveDate::from_epoch_days(day).unwrap_or_default()
}

/// Days with their labels on an axis of this many pixels: years, months or days.
pub(crate) fn ticks(first: i32, last: i32, width: f64) -> Vec<(i32, String)> {
    let days = last.saturating_sub(first).max(1);
    if days < 60 {
        return day_ticks(first, last, width);
    }
    // A year's label is narrower than a month's.
    let room = |months: i32| if months < 12 { 80.0 } else { 50.0 };
    let step = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600]
        .into_iter()
        .find(|step| f64::from(days) / (f64::from(*step) * 30.44) <= width / room(*step))
        .unwrap_or(1200);
    let month_of = |day: i32| civil(day).year() * 12 + civil(day).month0() as i32;
    let mut ticks = Vec::new();
    for month in (month_of(first)..=month_of(last)).filter(|month| month % step == 0) {
        let (year, in_year) = (month.div_euclid(12), month.rem_euclid(12));
        let start = NaiveDate::from_ymd_opt(year, in_year as u32 + 1, 1);
        let Some(day) = start
            .map(|start| start.to_epoch_days())
            .filter(|day| *day >= first)
        else {
            continue;
        };
        let label = match in_year {
            0 => year.to_string(),
            in_year => format!("{} {year}", MONTHS[in_year as usize]),
        };
        ticks.push((day, label));
    }
    match ticks.is_empty() {
        true => vec![(first, civil(first).to_string())],
        false => ticks,
    }
}

fn day_ticks(first: i32, last: i32, width: f64) -> Vec<(i32, String)> {
    let about = ((width / 80.0) as i32).max(2);
    let step = (last.saturating_sub(first) as usize).div_ceil(about as usize);
    let label = |day: i32| {
        let civil = civil(day);
        (
            day,
            format!("{} {}", civil.day(), MONTHS[civil.month0() as usize]),
        )
    };
    (first..=last).step_by(step.max(1)).map(label).collect()
}
