//! A trading calendar like New York's, from rules alone.

use backtest::date::{Date, Weekday};

/// The weekdays from `first` to `last` that are not holidays.
///
/// Holidays are the New York Stock Exchange's regular ones; closures for mourning or storms, which
/// follow no rule, are not among them.
pub(super) fn sessions(first: Date, last: Date) -> Vec<Date> {
    let holidays: Vec<Date> = (first.year()..=last.year()).flat_map(holidays).collect();
    (first.epoch_days()..=last.epoch_days())
        .filter_map(Date::from_epoch_days)
        .filter(|day| day.is_weekday() && !holidays.contains(day))
        .collect()
}

fn holidays(year: i32) -> Vec<Date> {
    let mut holidays = vec![
        nth(year, 1, Weekday::Mon, 3),
        nth(year, 2, Weekday::Mon, 3),
        easter(year).plus_days(-2),
        // The last Monday of May.
        nth(year, 6, Weekday::Mon, 1).plus_days(-7),
        observed(day(year, 7, 4)),
        nth(year, 9, Weekday::Mon, 1),
        nth(year, 11, Weekday::Thu, 4),
        observed(day(year, 12, 25)),
    ];
    // A New Year's Day on a Saturday is not made up for: the year before is still to be closed.
    let new_year = day(year, 1, 1);
    if new_year.weekday() != Weekday::Sat {
        holidays.push(observed(new_year));
    }
    if year >= 2022 {
        holidays.push(observed(day(year, 6, 19)));
    }
    holidays
}

fn day(year: i32, month: u32, day: u32) -> Date {
    Date::new(year, month, day).expect("the rules name days that exist")
}

/// The nearest weekday.
fn observed(day: Date) -> Date {
    match day.weekday() {
        Weekday::Sat => day.plus_days(-1),
        Weekday::Sun => day.plus_days(1),
        _ => day,
    }
}

/// The `n`-th such weekday of the month.
fn nth(year: i32, month: u32, weekday: Weekday, n: i32) -> Date {
    let first = day(year, month, 1);
    let ahead = (weekday.num_days_from_monday() + 7 - first.weekday().num_days_from_monday()) % 7;
    first.plus_days(ahead as i32 + 7 * (n - 1))
}

/// Easter Sunday of the Gregorian calendar: the "anonymous" computus (Nature, 20 April 1876).
fn easter(year: i32) -> Date {
    let golden = year % 19;
    let (century, of_century) = (year / 100, year % 100);
    let (leaps, rest) = (century / 4, century % 4);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - leaps - correction + 15) % 30;
    let weekday = (32 + 2 * rest + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let count = epact + weekday - 7 * late + 114;
    day(year, (count / 31) as u32, (count % 31 + 1) as u32)
}
