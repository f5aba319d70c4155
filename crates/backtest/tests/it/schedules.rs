//! At which sessions the schedules decide.

use backtest::PriceSeries;
use backtest::date::{Date, Weekday};
use backtest::schedule::{EveryNSessions, Monthly, OnDates, Quarterly, Weekly, Yearly};
use backtest::strategy::{Schedule, Strategy, Universe};
use expect_test::{Expect, expect};
use proptest::prelude::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Prices on these days.
fn on(days: &[Date]) -> Vec<PriceSeries> {
    vec![PriceSeries {
        symbol: "ABC".to_owned(),
        dates: days.to_vec(),
        open: vec![10.0; days.len()],
        close: vec![10.0; days.len()],
        ..PriceSeries::default()
    }]
}

/// The weekdays from one day to another, both included, without holidays.
fn weekdays(first: &str, last: &str, holidays: &[&str]) -> Vec<Date> {
    let holidays: Vec<Date> = holidays.iter().map(|holiday| day(holiday)).collect();
    let days = (day(first).epoch_days()..=day(last).epoch_days()).filter_map(Date::from_epoch_days);
    days.filter(|day| day.is_weekday() && !holidays.contains(day))
        .collect()
}

fn strategy(schedule: Schedule, first: Date, last: Date) -> Strategy {
    Strategy {
        universe: Universe {
            assets: vec!["ABC".to_owned()],
            ..Universe::default()
        },
        schedule,
        ..Strategy::new("schedules", first.open(), last.close())
    }
}

fn decisions(strategy: &Strategy, days: &[Date]) -> Vec<Date> {
    let market = strategy.market(&on(days)).unwrap();
    let backtest = strategy.bind(&market).unwrap();
    let marks = backtest.decisions().iter();
    marks.map(|mark| market.date(mark.session)).collect()
}

#[track_caller]
fn check(schedule: impl Into<Schedule>, days: &[Date], first: &str, last: &str, expect: Expect) {
    let strategy = strategy(schedule.into(), day(first), day(last));
    let days = decisions(&strategy, days);
    let days: Vec<String> = days.iter().map(ToString::to_string).collect();
    expect.assert_eq(&days.join(" "));
}

/// In January 2024 the 1st and the 15th are holidays, in February the 19th: the sessions of January
/// are 2 3 4 5 8 9 10 11 12 16 17 18 19 22 23 24 25 26 29 30 31.
fn winter() -> Vec<Date> {
    let holidays = ["2024-01-01", "2024-01-15", "2024-02-19"];
    weekdays("2023-12-01", "2024-03-29", &holidays)
}

#[test]
fn a_month_is_counted_in_sessions_from_its_start_and_from_its_end() {
    let days = winter();
    let monthly = |day, expect| check(Monthly { day }, &days, "2024-01-02", "2024-02-29", expect);
    monthly(1, expect!["2024-01-02 2024-02-01"]);
    monthly(10, expect!["2024-01-16 2024-02-14"]);
    monthly(-1, expect!["2024-01-31 2024-02-29"]);
    monthly(-3, expect!["2024-01-29 2024-02-27"]);
    // January has 21 sessions, February 20: there its last or first takes the place.
    monthly(21, expect!["2024-01-31 2024-02-29"]);
    monthly(-21, expect!["2024-01-02 2024-02-01"]);
}

#[test]
fn the_last_session_of_a_month_is_the_end_of_the_month() {
    let days = winter();
    for (first, last) in [("2024-01-10", "2024-02-20"), ("2023-12-29", "2024-03-29")] {
        let decided = |schedule| decisions(&strategy(schedule, day(first), day(last)), &days);
        let monthly = Monthly { day: -1 }.into();
        assert_eq!(decided(monthly), decided(Schedule::EndOfMonth));
        let quarterly = Quarterly {
            day: -1,
            month: None,
        };
        assert_eq!(decided(quarterly.into()), decided(Schedule::EndOfQuarter));
    }
}

/// A backtest that starts within a month counts the sessions before it, too, where there are prices.
#[test]
fn sessions_before_the_start_are_counted() {
    check(
        Monthly { day: 10 },
        &winter(),
        "2024-01-10",
        "2024-02-29",
        expect!["2024-01-16 2024-02-14"],
    );
}

/// Where the prices begin within a month, its tenth session is not known; its third from the end is.
#[test]
fn a_period_whose_beginning_is_unknown_is_counted_from_its_end_only() {
    let days: Vec<Date> = (winter().into_iter())
        .filter(|known| *known >= day("2024-01-10"))
        .collect();
    let monthly = |day, expect| check(Monthly { day }, &days, "2024-01-10", "2024-02-29", expect);
    monthly(10, expect!["2024-02-14"]);
    monthly(-3, expect!["2024-01-29 2024-02-27"]);
    monthly(-20, expect!["2024-02-01"]);
}

/// At the end of the prices, the weekdays that are left are taken for sessions.
#[test]
fn the_end_of_the_prices_is_not_the_end_of_the_month() {
    let days = weekdays("2024-01-02", "2024-02-27", &["2024-01-15"]);
    let monthly = |day, expect| check(Monthly { day }, &days, "2024-01-02", "2024-02-27", expect);
    monthly(-1, expect!["2024-01-31"]);
    monthly(-3, expect!["2024-01-29 2024-02-27"]);
}

#[test]
fn a_quarter_and_a_year_are_counted_whole_or_within_one_of_their_months() {
    let days = weekdays("2021-01-01", "2023-12-29", &[]);
    let quarterly = |day, month, expect| {
        let quarterly = Quarterly { day, month };
        check(quarterly, &days, "2023-01-02", "2023-12-29", expect);
    };
    quarterly(
        1,
        None,
        expect!["2023-01-02 2023-04-03 2023-07-03 2023-10-02"],
    );
    quarterly(
        -1,
        Some(2),
        expect!["2023-02-28 2023-05-31 2023-08-31 2023-11-30"],
    );
    quarterly(
        30,
        None,
        expect!["2023-02-10 2023-05-12 2023-08-11 2023-11-10"],
    );
    let yearly = |day, month, expect| {
        let yearly = Yearly { day, month };
        check(yearly, &days, "2021-01-01", "2023-12-29", expect);
    };
    yearly(-1, None, expect!["2021-12-31 2022-12-30 2023-12-29"]);
    yearly(10, Some(6), expect!["2021-06-14 2022-06-14 2023-06-14"]);
    yearly(1, None, expect!["2021-01-01 2022-01-03 2023-01-02"]);
}

#[test]
fn every_n_sessions_is_counted_from_the_first_that_is_recorded() {
    let days = winter();
    let every = |sessions, offset| EveryNSessions { sessions, offset };
    let (first, last) = ("2024-01-02", "2024-01-31");
    check(
        every(8, 0),
        &days,
        first,
        last,
        expect!["2024-01-02 2024-01-12 2024-01-25"],
    );
    check(
        every(8, 3),
        &days,
        first,
        last,
        expect!["2024-01-05 2024-01-18 2024-01-30"],
    );
    let strategy = Strategy {
        burn_in: Some(day("2024-01-10").open()),
        ..strategy(every(8, 1).into(), day(first), day(last))
    };
    let decided = decisions(&strategy, &days);
    assert_eq!(decided, ["2024-01-11", "2024-01-24"].map(day));
}

/// A Saturday and a holiday decide on the session after them, and two dates may share it.
#[test]
fn dates_decide_at_the_first_session_on_them_or_after() {
    let dates = [
        "2023-06-30",
        "2024-01-13",
        "2024-01-15",
        "2024-02-01",
        "2024-03-01",
    ];
    let dates = OnDates {
        dates: dates.map(day).to_vec(),
    };
    check(
        dates,
        &winter(),
        "2024-01-02",
        "2024-02-29",
        expect!["2024-01-16 2024-02-01"],
    );
}

#[test]
fn offsets_decide_as_often_on_other_days() {
    let positions = |schedule: Schedule| {
        let (offsets, own) = schedule.offsets().unwrap();
        assert_eq!(offsets[own], schedule);
        let positions: Vec<String> = offsets.iter().map(Schedule::position).collect();
        positions.join(", ")
    };
    let weekday = Weekday::Wed;
    assert_eq!(
        positions(Weekly { weekday }.into()),
        "mon, tue, wed, thu, fri"
    );
    assert_eq!(
        positions(Schedule::EndOfQuarter),
        "month 1, day -1, month 2, day -1, day -1"
    );
    assert_eq!(
        positions(
            Quarterly {
                day: 10,
                month: None
            }
            .into()
        ),
        "day 10, month 2, day 10, month 3, day 10"
    );
    assert_eq!(
        positions(
            Quarterly {
                day: 30,
                month: None
            }
            .into()
        ),
        "day 9, day 30, day 51"
    );
    let (sessions, offset) = (4, 2);
    assert_eq!(
        positions(EveryNSessions { sessions, offset }.into()),
        "offset 0, offset 1, offset 2, offset 3"
    );
    assert!(Schedule::Daily.offsets().is_none());
    assert!(Schedule::BuyAndHold.offsets().is_none());
}

proptest! {
    /// A plain implementation, which sees all days of all periods.
    #[test]
    fn the_nth_session_is_the_nth_of_its_period(
        open in proptest::collection::vec(0.0..1.0f64, 1200),
        day in prop_oneof![1..40i32, -40..0],
        period in 0..3usize,
    ) {
        let length = [1, 3, 12][period];
        let first = Date::new(2010, 1, 1).unwrap();
        let days: Vec<Date> = (0..1200).filter(|at| open[*at as usize] < 0.7)
            .map(|at| first.plus_days(at)).collect();
        let number = |day: &Date| (day.year() * 12 + day.month() as i32 - 1) / length;
        let (from, until) = (Date::new(2011, 1, 1).unwrap(), Date::new(2012, 12, 31).unwrap());
        let mut expected: Vec<Date> = days.chunk_by(|a, b| number(a) == number(b)).map(|own| {
            let last = own.len() - 1;
            match day {
                1.. => own[(day as usize - 1).min(last)],
                _ => own[own.len() - (-day as usize).min(own.len())],
            }
        }).collect();
        expected.retain(|day| (from..=until).contains(day));
        let schedule: Schedule = match length {
            1 => Monthly { day: day.clamp(-31, 31) }.into(),
            3 => Quarterly { day, month: None }.into(),
            _ => Yearly { day, month: None }.into(),
        };
        prop_assert_eq!(decisions(&strategy(schedule, from, until), &days), expected);
    }
}
