//! Days and moments. Everything is UTC; nothing here asks a clock.

use std::fmt;
use std::str::FromStr;

pub use chrono::Weekday;
use chrono::{Datelike, NaiveDate};

/// Days from 0001-01-01, day 1 of the common era, to 1970-01-01.
const CE_DAYS_AT_EPOCH: i32 = 719_163;

/// 9999-12-31, counted from day 1 of the common era.
const LAST_CE_DAY: i32 = 3_652_059;

/// A calendar day, counted from 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

impl Date {
    /// 1970-01-01.
    pub const EPOCH: Date = Date(0);

    /// `None` when there is no such day, as 30 February, or when the year is outside 1 to 9999.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Date> {
        if !(1..=9999).contains(&year) {
            return None;
        }
        NaiveDate::from_ymd_opt(year, month, day)
            .map(|day| Date(day.num_days_from_ce() - CE_DAYS_AT_EPOCH))
    }

    /// The day `days` days after 1970-01-01. `None` outside the years 1 to 9999.
    pub fn from_epoch_days(days: i32) -> Option<Date> {
        let civil = NaiveDate::from_num_days_from_ce_opt(days.checked_add(CE_DAYS_AT_EPOCH)?)?;
        (1..=9999).contains(&civil.year()).then_some(Date(days))
    }

    /// Days since 1970-01-01.
    pub const fn epoch_days(self) -> i32 {
        self.0
    }

    fn civil(self) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(self.0 + CE_DAYS_AT_EPOCH)
            .expect("a `Date` is made only from days that exist")
    }

    /// The year, 1 to 9999.
    pub fn year(self) -> i32 {
        self.civil().year()
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u32 {
        self.civil().month()
    }

    /// The day of the month, 1 to 31.
    pub fn day(self) -> u32 {
        self.civil().day()
    }

    /// The day of the week.
    pub const fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday.
        match (self.0 + 3).rem_euclid(7) {
            0 => Weekday::Mon,
            1 => Weekday::Tue,
            2 => Weekday::Wed,
            3 => Weekday::Thu,
            4 => Weekday::Fri,
            5 => Weekday::Sat,
            _ => Weekday::Sun,
        }
    }

    /// Whether the day is one of Monday to Friday.
    pub const fn is_weekday(self) -> bool {
        (self.0 + 3).rem_euclid(7) < 5
    }

    /// The day `days` days later; earlier when negative. Saturates at the ends of the calendar.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Date {
        Date::from_epoch_days(self.0.saturating_add(days)).unwrap_or(self)
    }

    /// 14:30 UTC of this day: the moment the model knows the opening price.
    pub const fn open(self) -> Moment {
        self.at_second(14 * 3600 + 30 * 60)
    }

    /// 21:00 UTC of this day: the moment the model knows the closing price.
    pub const fn close(self) -> Moment {
        self.at_second(21 * 3600)
    }

    /// The moment `seconds` seconds after midnight UTC.
    pub const fn at_second(self, second: i64) -> Moment {
        Moment(self.0 as i64 * SECONDS_PER_DAY + second)
    }
}

impl statistics::Day for Date {
    fn number(self) -> i32 {
        self.epoch_days()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let civil = self.civil();
        let text = format!(
            "{:04}-{:02}-{:02}",
            civil.year(),
            civil.month(),
            civil.day()
        );
        f.pad(&text)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not a date written `YYYY-MM-DD`.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a date written YYYY-MM-DD")]
pub struct ParseDateError(pub String);

impl FromStr for Date {
    type Err = ParseDateError;

    fn from_str(text: &str) -> Result<Date, ParseDateError> {
        let error = || ParseDateError(text.to_owned());
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return Err(error());
        }
        let number = |range: std::ops::Range<usize>| {
            bytes[range].iter().try_fold(0u32, |sum, byte| {
                byte.is_ascii_digit()
                    .then(|| sum * 10 + u32::from(byte - b'0'))
            })
        };
        let parts = (number(0..4), number(5..7), number(8..10));
        let (Some(year), Some(month), Some(day)) = parts else {
            return Err(error());
        };
        Date::new(year as i32, month, day).ok_or_else(error)
    }
}

const SECONDS_PER_DAY: i64 = 86_400;

/// A second in time, UTC, counted from 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Moment {
    /// The first second of the year 1.
    pub const MIN: Moment = Date(1 - CE_DAYS_AT_EPOCH).at_second(0);
    /// The last second of the year 9999.
    pub const MAX: Moment = Date(LAST_CE_DAY - CE_DAYS_AT_EPOCH).at_second(SECONDS_PER_DAY - 1);

    /// From seconds since 1970-01-01T00:00:00Z. `None` outside the years 1 to 9999.
    pub fn from_epoch_seconds(seconds: i64) -> Option<Moment> {
        let days = i32::try_from(seconds.div_euclid(SECONDS_PER_DAY)).ok()?;
        Date::from_epoch_days(days).map(|_| Moment(seconds))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub const fn epoch_seconds(self) -> i64 {
        self.0
    }

    /// The day it falls on, in UTC.
    pub const fn date(self) -> Date {
        Date(self.0.div_euclid(SECONDS_PER_DAY) as i32)
    }

    /// Seconds since midnight UTC.
    pub const fn second_of_day(self) -> i64 {
        self.0.rem_euclid(SECONDS_PER_DAY)
    }
}

/// `2003-09-30 14:30:00+00:00`, as pandas and QSTrader write it.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.second_of_day();
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{} {hour:02}:{minute:02}:{second:02}+00:00", self.date())
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A stretch of time: from a moment on, up to another one that is not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spell {
    /// The first moment.
    pub from: Moment,
    /// The first moment after it; `None` when it goes on.
    pub to: Option<Moment>,
}

impl Spell {
    /// Whether it and the time from `first` to `last`, both included, have a moment in common.
    pub fn overlaps(&self, first: Moment, last: Moment) -> bool {
        self.from <= last && self.to.is_none_or(|to| to > first)
    }
}
