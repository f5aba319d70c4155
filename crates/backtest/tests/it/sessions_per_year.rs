//! How many sessions make a year, where the strategy leaves it to the calendar.

use backtest::conventions::{Calendar, Conventions};
use backtest::date::Date;
use backtest::market::{PriceSeries, weekdays_between};
use backtest::statistics::Summary;
use backtest::strategy::{SessionsPerYear, Strategy};

use crate::markets::over;

fn day(year: i32, month: u32, day: u32) -> Date {
    Date::new(year, month, day).unwrap()
}

/// Every `step` days for `n` sessions.
fn every(step: i32, n: i32) -> Vec<Date> {
    let first = day(2015, 1, 5);
    (0..n).map(|i| first.plus_days(step * i)).collect()
}

fn auto(sessions: &[Date]) -> f64 {
    SessionsPerYear::Auto.on(sessions, Calendar::Sessions)
}

/// Weekdays without these days of each year.
fn exchange(years: i32, holidays: &[(u32, u32)]) -> Vec<Date> {
    let mut days = weekdays_between(day(2015, 1, 2), day(2014 + years, 12, 31));
    days.retain(|date| !holidays.contains(&(date.month(), date.day())));
    days
}

#[test]
fn an_exchange_has_252_sessions_a_year_with_few_holidays_or_many() {
    let few = [(1, 1), (7, 3), (12, 25)];
    let golden_weeks: Vec<(u32, u32)> = (3..=9).chain(17..=23).map(|day| (10, day)).collect();
    for years in [1, 3, 10] {
        assert_eq!(auto(&exchange(years, &[])), 252.0);
        assert_eq!(auto(&exchange(years, &few)), 252.0);
        assert_eq!(auto(&exchange(years, &golden_weeks)), 252.0);
    }
}

#[test]
fn a_market_that_never_closes_has_365_also_with_a_few_missing_days() {
    assert_eq!(auto(&every(1, 3 * 365)), 365.0);
    let mut outages = every(1, 3 * 365);
    outages.retain(|date| (date.month(), date.day()) != (3, 7));
    assert_eq!(auto(&outages), 365.0);
}

#[test]
fn bars_of_weeks_and_months_are_recognised() {
    assert_eq!(auto(&every(7, 500)), 52.0);
    let month_ends: Vec<Date> = exchange(4, &[])
        .windows(2)
        .filter(|pair| pair[0].month() != pair[1].month())
        .map(|pair| pair[0])
        .collect();
    assert_eq!(month_ends.len(), 47);
    assert_eq!(auto(&month_ends), 12.0);
}

/// Tuesdays and Fridays of two years, and four bars a quarter apart.
#[test]
fn another_pace_is_what_it_is() {
    let mut sessions = exchange(2, &[]);
    sessions.retain(|date| date.weekday().num_days_from_monday() % 3 == 1);
    let days = f64::from(sessions.last().unwrap().epoch_days() - sessions[0].epoch_days());
    assert_eq!((sessions.len(), days), (209, 728.0));
    assert_eq!(auto(&sessions), 208.0 / 728.0 * 365.25);
    assert_eq!(auto(&every(91, 4)), 3.0 / 273.0 * 365.25);
}

/// One week from Monday to Friday has a session on each of its days: 365 a year, by its pace.
#[test]
fn in_less_than_a_year_days_of_the_week_tell_an_exchange_from_a_market_that_never_closes() {
    assert_eq!(auto(&every(1, 5)), 252.0);
    assert_eq!(auto(&every(1, 6)), 252.0);
    assert_eq!(auto(&every(1, 7)), 365.0);
    assert_eq!(auto(&exchange(1, &[])[..40]), 252.0);
    assert_eq!(auto(&every(7, 5)), 52.0);
    assert_eq!(auto(&every(30, 5)), 12.0);
}

#[test]
fn without_two_sessions_a_year_has_252() {
    assert_eq!(auto(&[]), 252.0);
    assert_eq!(auto(&every(1, 1)), 252.0);
}

#[test]
fn qstraders_calendar_of_weekdays_has_252_and_a_number_is_taken_as_it_is() {
    assert_eq!(
        SessionsPerYear::Auto.on(&every(1, 700), Calendar::Weekdays),
        252.0
    );
    for calendar in [Calendar::Sessions, Calendar::Weekdays] {
        let said = SessionsPerYear::Number(250.0);
        assert_eq!(said.on(&every(1, 700), calendar), 250.0);
    }
}

#[test]
fn a_backtest_annualises_with_the_sessions_of_its_own_window() {
    let dates = every(7, 300);
    let prices: Vec<f64> = (0..300).map(|i| 100.0 + f64::from(i * i % 17)).collect();
    let series = [PriceSeries {
        symbol: "WEEKLY".to_owned(),
        dates,
        open: prices.clone(),
        close: prices,
        ..PriceSeries::default()
    }];
    let strategy = over(&series);
    let market = strategy.market(&series).unwrap();
    let backtest = strategy.bind(&market).unwrap();
    assert_eq!(backtest.sessions_per_year(), 52.0);
    assert_eq!(strategy.sessions_per_year_on(&market), 52.0);
    let outcome = backtest.run().unwrap();
    let summary = Summary::of_equity(
        outcome.initial_cash,
        &outcome.equity,
        outcome.dates(&market),
        52.0,
    )
    .unwrap();
    let record = backtest.record().unwrap();
    assert_eq!(record.summary.unwrap().volatility, summary.volatility);

    let qstrader = Strategy {
        conventions: Conventions::QSTRADER,
        ..strategy.clone()
    };
    let market = qstrader.market(&series).unwrap();
    assert_eq!(qstrader.bind(&market).unwrap().sessions_per_year(), 252.0);
}
