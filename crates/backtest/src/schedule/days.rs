//! The days that QSTrader decides on.

use crate::date::{Date, Moment, Weekday};

const DAY: i64 = 86_400;

/// The days that QSTrader simulates: weekdays from start to end, by the rules of `pandas.date_range`.
pub fn simulated_weekdays(start: Moment, end: Moment) -> Vec<Date> {
    anchored_days(start, end, |day| day.is_weekday())
}

pub(super) fn is_last_weekday_of_month(day: Date) -> bool {
    let step = if day.weekday() == Weekday::Fri { 3 } else { 1 };
    day.is_weekday() && day.plus_days(step).month() != day.month()
}

/// `pandas.date_range(start, end, freq)` of pandas 2 for an offset anchored to certain days.
///
/// Each stamp carries the start's time of day and is kept while it is not past the end. When the
/// start is on the offset and the end is not, the end is first rolled back to the offset's day
/// before it, keeping its own time of day; an end earlier in the day than the start then loses
/// that day.
pub(super) fn anchored_days(
    start: Moment,
    end: Moment,
    on_offset: impl Fn(Date) -> bool,
) -> Vec<Date> {
    if end < start {
        return Vec::new();
    }
    let time_of_day = start.second_of_day();
    let mut end = end.epoch_seconds();
    let day_of = |second: i64| Date::from_epoch_days(second.div_euclid(DAY) as i32);
    if on_offset(start.date()) {
        while day_of(end).is_some_and(|day| !on_offset(day)) {
            end -= DAY;
        }
    }
    (start.date().epoch_days()..=end.div_euclid(DAY) as i32)
        .filter(|&day| i64::from(day) * DAY + time_of_day <= end)
        .filter_map(Date::from_epoch_days)
        .filter(|&day| on_offset(day))
        .collect()
}
