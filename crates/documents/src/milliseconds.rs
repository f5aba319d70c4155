//! Days as `statistics.json` has them: milliseconds from 1970-01-01 to midnight UTC.

use backtest::date::Date;

const PER_DAY: i64 = 86_400_000;

/// The milliseconds of a day's midnight UTC.
pub(crate) fn midnight(date: Date) -> i64 {
    i64::from(date.epoch_days()) * PER_DAY
}

/// The dates of these times, which are to follow one another.
///
/// * `name`: of the values, for the message.
///
/// # Errors
///
/// The first that is not a date, or not after the one before it, in words.
pub(crate) fn increasing_dates(
    name: &str,
    times: impl IntoIterator<Item = i64>,
) -> Result<Vec<Date>, String> {
    let mut dates: Vec<Date> = Vec::new();
    for (at, time) in times.into_iter().enumerate() {
        match (date_of(time), dates.last()) {
            (None, _) => {
                return Err(format!(
                    "`{name}[{at}]` is the time {time}, which is not a date"
                ));
            }
            (Some(date), Some(before)) if date <= *before => {
                return Err(format!(
                    "`{name}[{at}]` is of {date}, and the one before of {before}"
                ));
            }
            (Some(date), _) => dates.push(date),
        }
    }
    Ok(dates)
}

/// The day of a number of milliseconds since 1970-01-01. `None` outside the years 1 to 9999.
pub(crate) fn date_of(milliseconds: i64) -> Option<Date> {
    let days = i32::try_from(milliseconds.div_euclid(PER_DAY)).ok()?;
    Date::from_epoch_days(days)
}
