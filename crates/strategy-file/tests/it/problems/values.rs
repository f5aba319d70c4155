//! Values of the wrong type or out of range.

use expect_test::expect;

use super::check;

#[test]
fn a_wrong_type_says_what_was_found() {
    check(
        "lookback = 126",
        "lookback = \"126\"",
        expect![[r#"
            error: `alpha.lookback` must be a whole number
              --> strategy.toml:22:12
               |
            22 | lookback = "126"
               |            ^^^^^ this is a string"#]],
    );
    check(
        "lookback = 126",
        "lookback = 126.0",
        expect![[r#"
            error: `alpha.lookback` must be a whole number
              --> strategy.toml:22:12
               |
            22 | lookback = 126.0
               |            ^^^^^ this is a float"#]],
    );
    check(
        "cash_buffer = 0.01",
        "cash_buffer = \"1 %\"",
        expect![[r#"
            error: `portfolio.cash_buffer` must be a number
              --> strategy.toml:28:15
               |
            28 | cash_buffer = "1 %"
               |               ^^^^^ this is a string"#]],
    );
    check(
        "adjusted = true",
        "adjusted = \"yes\"",
        expect![[r#"
            error: `data.adjusted` must be `true` or `false`
             --> strategy.toml:6:12
              |
            6 | adjusted = "yes"
              |            ^^^^^ this is a string"#]],
    );
    check(
        "dir = \"data\"",
        "dir = 5",
        expect![[r#"
            error: `data.dir` must be a string
             --> strategy.toml:5:7
              |
            5 | dir = 5
              |       ^ this is an integer"#]],
    );
    check(
        "\"end-of-month\"",
        "1",
        expect![[r#"
            error: `rebalance.schedule` must be `buy-and-hold`, `daily`, `weekly`, `end-of-month`, `end-of-quarter`, `monthly`, `quarterly`, `yearly`, `every-n-sessions` or `on-dates`
              --> strategy.toml:31:12
               |
            31 | schedule = 1
               |            ^ this is an integer"#]],
    );
    check(
        "[\"XLB\", \"XLC\", \"XLE\"]",
        "\"XLB\"",
        expect![[r#"
            error: `universe.assets` must be an array of symbols
              --> strategy.toml:16:10
               |
            16 | assets = "XLB"
               |          ^^^^^ this is a string"#]],
    );
    check(
        "[\"XLB\", \"XLC\", \"XLE\"]",
        "[\"XLB\", \"XLC\", 5]",
        expect![[r#"
            error: `universe.assets` must be an array of symbols in quotes
              --> strategy.toml:16:25
               |
            16 | assets = ["XLB", "XLC", 5]
               |                         ^ this is an integer"#]],
    );
    check(
        "{ SPY = 1.0 }",
        "\"SPY\"",
        expect![[r#"
            error: `benchmark.assets` must be a table of weights, as in `{ SPY = 0.6, AGG = 0.4 }`
              --> strategy.toml:57:10
               |
            57 | assets = "SPY"
               |          ^^^^^ this is a string"#]],
    );
    check(
        "{ SPY = 1.0 }",
        "{ SPY = \"all\" }",
        expect![[r#"
            error: `benchmark.assets.SPY` must be a number
              --> strategy.toml:57:18
               |
            57 | assets = { SPY = "all" }
               |                  ^^^^^ this is a string"#]],
    );
    check(
        "{ XLC = 2018-06-18 }",
        "[2018-06-18]",
        expect![[r#"
            error: `universe.enters` must be a table of dates, as in `{ XLC = 2018-06-18 }`
              --> strategy.toml:17:10
               |
            17 | enters = [2018-06-18]
               |          ^^^^^^^^^^^^ this is an array"#]],
    );
    check(
        "start = 1998-12-22",
        "start = 14:30:00",
        expect![[r#"
            error: `backtest.start` must be a date, as in `2003-09-30`
             --> strategy.toml:9:9
              |
            9 | start = 14:30:00
              |         ^^^^^^^^ this is a time"#]],
    );
    check(
        "[risk]\nmodel = \"cap\"\nmax_weight = 0.4",
        "[[risk]]",
        expect![[r#"
            error: `risk` must be a table
              --> strategy.toml:33:1
               |
            33 | [[risk]]
               | ^^^^^^^^ this is an array"#]],
    );
    check(
        "conventions = \"qstrader\"",
        "conventions = 1",
        expect![[r#"
            error: `conventions` must be `standard` or `qstrader`, or a table
             --> strategy.toml:2:15
              |
            2 | conventions = 1
              |               ^ this is an integer"#]],
    );
}

#[test]
fn a_date_in_quotes_is_told_to_drop_them() {
    check(
        "start = 1998-12-22",
        "start = \"1998-12-22\"",
        expect![[r#"
            error: `backtest.start` is a string, not a date
             --> strategy.toml:9:9
              |
            9 | start = "1998-12-22"
              |         ^^^^^^^^^^^^ a date stands without quotes
              |
              = help: drop the quotes: `start = 1998-12-22`"#]],
    );
}

#[test]
fn a_date_outside_the_calendar_is_refused() {
    check(
        "start = 1998-12-22",
        "start = 0000-12-22",
        expect![[r#"
            error: `backtest.start` is 0000-12-22
             --> strategy.toml:9:9
              |
            9 | start = 0000-12-22
              |         ^^^^^^^^^^ must be in the years 1 to 9999"#]],
    );
}

#[test]
fn numbers_outside_their_range_say_what_is_allowed() {
    check(
        "cash_buffer = 0.01",
        "cash_buffer = 1.01",
        expect![[r#"
            error: `portfolio.cash_buffer` is 1.01
              --> strategy.toml:28:15
               |
            28 | cash_buffer = 1.01
               |               ^^^^ must be 0 to 1"#]],
    );
    check(
        "initial_cash = 1_000_000",
        "initial_cash = -1",
        expect![[r#"
            error: `backtest.initial_cash` is -1
              --> strategy.toml:12:16
               |
            12 | initial_cash = -1
               |                ^^ must be 0 or more"#]],
    );
    check(
        "sessions_per_year = 252",
        "sessions_per_year = 0",
        expect![[r#"
            error: `backtest.sessions_per_year` is 0
              --> strategy.toml:13:21
               |
            13 | sessions_per_year = 0
               |                     ^ must be more than 0"#]],
    );
    check(
        "sessions_per_year = 252",
        "sessions_per_year = \"atuo\"",
        expect![[r#"
            error: `backtest.sessions_per_year` cannot be `atuo`
              --> strategy.toml:13:21
               |
            13 | sessions_per_year = "atuo"
               |                     ^^^^^^ did you mean `auto`?
               |
               = help: it is `auto`"#]],
    );
    check(
        "lookback = 126",
        "lookback = 0",
        expect![[r#"
            error: `alpha.lookback` is 0
              --> strategy.toml:22:12
               |
            22 | lookback = 0
               |            ^ must be 1 or more"#]],
    );
    check(
        "top_n = 3",
        "top_n = 5_000_000_000",
        expect![[r#"
            error: `alpha.top_n` is 5000000000
              --> strategy.toml:23:9
               |
            23 | top_n = 5_000_000_000
               |         ^^^^^^^^^^^^^ must be 1 to 4294967295"#]],
    );
    check(
        "commission = 0.001",
        "commission = -0.001",
        expect![[r#"
            error: `costs.fees.commission` is -0.001
              --> strategy.toml:38:42
               |
            38 | fees = { model = "percent", commission = -0.001, tax = 0.0 }
               |                                          ^^^^^^ must be 0 or more and less than 1
               |
               = help: a fraction is meant: 0.001 is ten basis points"#]],
    );
    let long_short = "sizing = \"long-short\"\ngross_leverage = 0";
    check(
        "sizing = \"long-only\"\ncash_buffer = 0.01",
        long_short,
        expect![[r#"
            error: `portfolio.gross_leverage` is 0
              --> strategy.toml:28:18
               |
            28 | gross_leverage = 0
               |                  ^ must be more than 0"#]],
    );
}

#[test]
fn numbers_that_are_not_finite_are_refused() {
    check(
        "cash_buffer = 0.01",
        "cash_buffer = nan",
        expect![[r#"
            error: `portfolio.cash_buffer` is NaN
              --> strategy.toml:28:15
               |
            28 | cash_buffer = nan
               |               ^^^ must be a finite number"#]],
    );
    check(
        "initial_cash = 1_000_000",
        "initial_cash = inf",
        expect![[r#"
            error: `backtest.initial_cash` is inf
              --> strategy.toml:12:16
               |
            12 | initial_cash = inf
               |                ^^^ must be a finite number"#]],
    );
    check(
        "max_weight = 0.4",
        "max_weight = 1e999",
        expect![[r#"
            error: `risk.max_weight` is inf
              --> strategy.toml:35:14
               |
            35 | max_weight = 1e999
               |              ^^^^^ must be a finite number"#]],
    );
    check(
        "{ SPY = 1.0 }",
        "{ SPY = -inf }",
        expect![[r#"
            error: `benchmark.assets.SPY` is -inf
              --> strategy.toml:57:18
               |
            57 | assets = { SPY = -inf }
               |                  ^^^^ must be a finite number"#]],
    );
}

#[test]
fn a_fast_average_must_be_faster_than_the_slow_one() {
    let alpha = "\"sma-crossover\"\nfast = 50\nslow = 50";
    check(
        "\"top-n-momentum\"\nlookback = 126\ntop_n = 3",
        alpha,
        expect![[r#"
            error: `alpha.fast` (50) must be less than `alpha.slow` (50)
              --> strategy.toml:22:8
               |
            22 | fast = 50
               |        ^^ not less than 50
            23 | slow = 50
               |        -- the slow average"#]],
    );
}
