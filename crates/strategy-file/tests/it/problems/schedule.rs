//! When a backtest runs and decides.

use expect_test::expect;

use super::check;

#[test]
fn the_end_must_come_after_the_start() {
    check(
        "end = 2020-12-31",
        "end = 1998-12-21",
        expect![[r#"
            error: the backtest ends before it starts, on 1998-12-22
              --> strategy.toml:10:7
               |
             9 | start = 1998-12-22
               |         ---------- the start
            10 | end = 1998-12-21
               |       ^^^^^^^^^^ the end
               |
               = help: set `backtest.end` to a day after `backtest.start`"#]],
    );
}

#[test]
fn the_burn_in_must_come_before_the_end() {
    check(
        "burn_in = 1999-12-22",
        "burn_in = 2021-01-01",
        expect![[r#"
            error: the burn-in lasts beyond the end, 2020-12-31
              --> strategy.toml:11:11
               |
            10 | end = 2020-12-31
               |       ---------- the end
            11 | burn_in = 2021-01-01
               |           ^^^^^^^^^^ the burn-in
               |
               = help: set `backtest.end` to a day after `backtest.burn_in`"#]],
    );
}

#[test]
fn a_weekly_schedule_needs_a_weekday() {
    check(
        "\"end-of-month\"",
        "\"weekly\"",
        expect![[r#"
            error: `rebalance.weekday` is missing
              --> strategy.toml:30:1
               |
            30 | [rebalance]
               | ^^^^^^^^^^^ `weekly` needs `weekday`
               |
               = help: `weekday`: the day of a weekly schedule: `mon` to `fri`, and `sat` and `sun` when the calendar is `sessions`"#]],
    );
}

#[test]
fn a_weekday_needs_a_weekly_schedule() {
    check(
        "\"end-of-month\"",
        "\"end-of-month\"\nweekday = \"wed\"",
        expect![[r#"
            error: `rebalance.weekday` does not go with schedule `end-of-month`
              --> strategy.toml:32:1
               |
            31 | schedule = "end-of-month"
               |            -------------- given here
            32 | weekday = "wed"
               | ^^^^^^^ belongs to `weekly`
               |
               = help: remove `weekday`, or set `schedule` to `weekly`"#]],
    );
    check(
        "\"buy-and-hold\"",
        "\"buy-and-hold\"\nweekday = \"wed\"",
        expect![[r#"
            error: `benchmark.weekday` does not go with schedule `buy-and-hold`
              --> strategy.toml:59:1
               |
            58 | schedule = "buy-and-hold"
               |            -------------- given here
            59 | weekday = "wed"
               | ^^^^^^^ belongs to `weekly`
               |
               = help: remove `weekday`, or set `schedule` to `weekly`"#]],
    );
}

#[test]
fn a_weekday_is_a_day_of_the_week() {
    check(
        "\"end-of-month\"",
        "\"weekly\"\nweekday = \"wednsday\"",
        expect![[r#"
            error: `rebalance.weekday` cannot be `wednsday`
              --> strategy.toml:32:11
               |
            32 | weekday = "wednsday"
               |           ^^^^^^^^^^ did you mean `wednesday`?
               |
               = help: it is `mon`, `tue`, `wed`, `thu`, `fri`, `sat` or `sun`"#]],
    );
}

#[test]
fn a_weekend_needs_a_calendar_that_has_them() {
    check(
        "\"end-of-month\"",
        "\"weekly\"\nweekday = \"sat\"",
        expect![[r#"
            error: `rebalance.weekday` is on a weekend
              --> strategy.toml:32:11
               |
            32 | weekday = "sat"
               |           ^^^^^ must be mon to fri
               |
               = help: the calendar `weekdays` has no weekends; `sessions` may have"#]],
    );
}
