//! Days as `statistics.json` has them: milliseconds from 1970-01-01 to midnight UTC.

use backtest::date::Date;

const PER_DAY: i64 = 86_400_000;

/// The milliseconds of a day's midnight UTC.
pub(crate) fn midnight(date: Date) -> i64 {
    i64::from(date.epoch_days()) * PER_DAY
}

/// The day of a number of milliseconds since 1970-01-01. `None` outside the years 1 to 9999.
pub(crate) fn date_of(milliseconds: i64) -> Option<Date> {
    let days = i32::try_from(milliseconds.div_euclid(PER_DAY)).ok()?;
    Date::from_epoch_days(days)
}
