//! TOML's dates and times as moments in UTC, and back.

use backtest::date::{Date, Moment};
use backtest::declaration::BareDate;
use toml::value::{Datetime, Offset};

/// `None` for a time without a date, and outside the years 1 to 9999.
///
/// Without an offset, times are UTC. Fractions of a second are dropped.
pub(crate) fn from_toml(datetime: &Datetime, bare: BareDate) -> Option<Moment> {
    let date = datetime.date?;
    let date = Date::new(date.year.into(), date.month.into(), date.day.into())?;
    let Some(time) = datetime.time else {
        return Some(match bare {
            BareDate::Midnight => date.at_second(0),
            BareDate::Open => date.open(),
            BareDate::End => date.at_second(86_399),
        });
    };
    let offset_minutes = match datetime.offset {
        Some(Offset::Custom { minutes }) => i64::from(minutes),
        Some(Offset::Z) | None => 0,
    };
    let second = 3600 * i64::from(time.hour)
        + 60 * (i64::from(time.minute) - offset_minutes)
        + i64::from(time.second.unwrap_or(0));
    Moment::from_epoch_seconds(date.at_second(second).epoch_seconds())
}

/// `1998-12-22T14:30:00Z`
pub(crate) fn to_toml(moment: Moment) -> String {
    let second = moment.second_of_day();
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", moment.date())
}
