//! One test for each kind of problem, with what the user sees.

use expect_test::{Expect, expect};
use strategy_file::parse;

/// Reads the example with one part of it replaced.
#[track_caller]
fn check(part: &str, replacement: &str, expect: Expect) {
    assert!(crate::EXAMPLE.contains(part), "the example has no `{part}`");
    check_text(&crate::EXAMPLE.replacen(part, replacement, 1), expect);
}

#[track_caller]
fn check_text(text: &str, expect: Expect) {
    let problems = parse(text, &[], "strategy").unwrap_err();
    expect.assert_eq(&problems.render("strategy.toml", text, false));
}

#[test]
fn an_unknown_key_suggests_the_nearest_one() {
    check(
        "lookback = 126",
        "lookbak = 126",
        expect![[r#"
            error: unknown key `lookbak` in `[alpha]`
              --> strategy.toml:22:1
               |
            22 | lookbak = 126
               | ^^^^^^^ did you mean `lookback`?
               |
               = help: the keys here are `model`, `lookback` and `top_n`"#]],
    );
}

#[test]
fn an_unknown_table_suggests_the_nearest_one() {
    check(
        "[costs]",
        "[cost]",
        expect![[r#"
        error: unknown key `cost` in the file
          --> strategy.toml:37:2
           |
        37 | [cost]
           |  ^^^^ did you mean `costs`?
           |
           = help: the keys here are `name`, `conventions`, `data`, `backtest`, `universe`, `alpha`, `portfolio`, `rebalance`, `risk`, `costs`, `execution` and `benchmark`"#]],
    );
}

#[test]
fn a_key_of_another_table_says_where_it_belongs() {
    check(
        "top_n = 3",
        "top_n = 3\ninitial_cash = 1000",
        expect![[r#"
            error: unknown key `initial_cash` in `[alpha]`
              --> strategy.toml:24:1
               |
            24 | initial_cash = 1000
               | ^^^^^^^^^^^^ no such key
               |
               = help: `initial_cash` belongs in `[backtest]`
               = help: the keys here are `model`, `lookback` and `top_n`"#]],
    );
    let conventions = "conventions = { base = 'qstrader', fill = 'next-open' }";
    check(
        "conventions = \"qstrader\"",
        conventions,
        expect![[r#"
            error: unknown key `fill` in `[conventions]`
             --> strategy.toml:2:36
              |
            2 | conventions = { base = 'qstrader', fill = 'next-open' }
              |                                    ^^^^ no such key
              |
              = help: `fill` belongs in `[execution]`
              = help: the keys here are `base`, `calendar`, `weight_scaling`, `long_short_rounding`, `fee_reserve`, `fee_basis`, `risk_model`, `outside_universe`, `buy_and_hold`, `momentum`, `fractional_buys`, `realised_profit`, `drawdown`, `deviation` and `sortino`"#]],
    );
}

#[test]
fn an_unknown_name_suggests_the_nearest_one() {
    check(
        "\"top-n-momentum\"",
        "\"topn_momentum\"",
        expect![[r#"
        error: `alpha.model` cannot be `topn_momentum`
          --> strategy.toml:21:9
           |
        21 | model = "topn_momentum"
           |         ^^^^^^^^^^^^^^^ did you mean `top-n-momentum`?
           |
           = help: it is `fixed-weights`, `equal-weight`, `single-signal`, `top-n-momentum`, `momentum-weighted`, `long-short-momentum`, `sma-crossover`, `inverse-volatility` or `scheduled-weights`"#]],
    );
}

#[test]
fn an_unknown_switch_value_lists_the_values() {
    let conventions = "conventions = { base = 'qstrader', deviation = 'sampled' }";
    check(
        "conventions = \"qstrader\"",
        conventions,
        expect![[r#"
        error: `conventions.deviation` cannot be `sampled`
         --> strategy.toml:2:48
          |
        2 | conventions = { base = 'qstrader', deviation = 'sampled' }
          |                                                ^^^^^^^^^ did you mean `sample`?
          |
          = help: it is `sample` or `population`"#]],
    );
}

#[test]
fn a_key_of_another_model_says_whose_it_is() {
    check(
        "\"top-n-momentum\"\nlookback = 126",
        "\"equal-weight\"",
        expect![[r#"
            error: `alpha.top_n` does not go with model `equal-weight`
              --> strategy.toml:22:1
               |
            21 | model = "equal-weight"
               |         -------------- given here
            22 | top_n = 3
               | ^^^^^ belongs to `top-n-momentum` and `long-short-momentum`
               |
               = help: remove `top_n`, or set `model` to `top-n-momentum` or `long-short-momentum`"#]],
    );
}

#[test]
fn a_missing_key_points_at_its_table() {
    check(
        "top_n = 3\n",
        "",
        expect![[r#"
        error: `alpha.top_n` is missing
          --> strategy.toml:20:1
           |
        20 | [alpha]
           | ^^^^^^^ `top-n-momentum` needs `top_n`
           |
           = help: `top_n`: how many assets are held long"#]],
    );
}

#[test]
fn a_missing_table_is_named() {
    check(
        "[rebalance]\nschedule = \"end-of-month\"\n",
        "",
        expect![[r#"
        error: `[rebalance]` is missing
        --> strategy.toml
         = help: add `[rebalance]` with `schedule`"#]],
    );
}

#[test]
fn an_empty_file_lists_what_it_needs() {
    check_text(
        "",
        expect![[r#"
        error: `[alpha]` is missing
        --> strategy.toml
         = help: add `[alpha]` with `model`

        error: `[backtest]` is missing
        --> strategy.toml
         = help: add `[backtest]` with `start` and `end`

        error: `[rebalance]` is missing
        --> strategy.toml
         = help: add `[rebalance]` with `schedule`

        error: `[universe]` is missing
        --> strategy.toml
         = help: add `[universe]` with `assets`"#]],
    );
}

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
        error: `rebalance.schedule` must be `buy-and-hold`, `daily`, `weekly`, `end-of-month` or `end-of-quarter`
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
          --> strategy.toml:49:10
           |
        49 | assets = "SPY"
           |          ^^^^^ this is a string"#]],
    );
    check(
        "{ SPY = 1.0 }",
        "{ SPY = \"all\" }",
        expect![[r#"
            error: `benchmark.assets.SPY` must be a number
              --> strategy.toml:49:18
               |
            49 | assets = { SPY = "all" }
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
           |                                          ^^^^^^ must be 0 or more"#]],
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
           |               ^^^ must be 0 to 1"#]],
    );
    check(
        "initial_cash = 1_000_000",
        "initial_cash = inf",
        expect![[r#"
        error: `backtest.initial_cash` is inf
          --> strategy.toml:12:16
           |
        12 | initial_cash = inf
           |                ^^^ must be 0 or more"#]],
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
              --> strategy.toml:49:18
               |
            49 | assets = { SPY = -inf }
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
            error: the fast average, 50, is not faster than the slow one, 50
              --> strategy.toml:22:8
               |
            22 | fast = 50
               |        ^^ must be below 50
            23 | slow = 50
               |        -- the slow average"#]],
    );
}

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
               |       ^^^^^^^^^^ the end"#]],
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
           |           ^^^^^^^^^^ the burn-in"#]],
    );
}

#[test]
fn negative_weights_need_a_long_short_portfolio() {
    let alpha = "\"top-n-momentum\"\nlookback = 126\ntop_n = 3";
    check(
        alpha,
        "\"fixed-weights\"\nweights = { XLB = 0.5, XLE = -0.5 }",
        expect![[r#"
            error: the weight of `XLE` is -0.5, in a long-only portfolio
              --> strategy.toml:22:24
               |
            22 | weights = { XLB = 0.5, XLE = -0.5 }
               |                        ^^^ must be 0 or more
               |
               = help: to sell short, set `portfolio.sizing` to `long-short`"#]],
    );
    let rows = "table = [{ from = 2010-01-04, weights = { XLB = -1 } }]";
    check(
        alpha,
        &format!("\"scheduled-weights\"\n{rows}"),
        expect![[r#"
        error: the weight of `XLB` is -1, in a long-only portfolio
          --> strategy.toml:22:43
           |
        22 | table = [{ from = 2010-01-04, weights = { XLB = -1 } }]
           |                                           ^^^ must be 0 or more
           |
           = help: to sell short, set `portfolio.sizing` to `long-short`"#]],
    );
    check(
        alpha,
        "\"single-signal\"\nsignal = -1",
        expect![[r#"
        error: `alpha.signal` is -1, in a long-only portfolio
          --> strategy.toml:22:10
           |
        22 | signal = -1
           |          ^^ must be 0 or more
           |
           = help: to sell short, set `portfolio.sizing` to `long-short`"#]],
    );
    check(
        alpha,
        "\"long-short-momentum\"\nlookback = 126\ntop_n = 1\nbottom_n = 1",
        expect![[r#"
            error: the model `long-short-momentum` sells short, in a long-only portfolio
              --> strategy.toml:21:9
               |
            21 | model = "long-short-momentum"
               |         ^^^^^^^^^^^^^^^^^^^^^ has negative weights
               |
               = help: to sell short, set `portfolio.sizing` to `long-short`"#]],
    );
    check(
        alpha,
        "\"sma-crossover\"\nfast = 5\nslow = 9\nshort = true",
        expect![[r#"
            error: `alpha.short` is true, in a long-only portfolio
              --> strategy.toml:24:9
               |
            24 | short = true
               |         ^^^^ must be false
               |
               = help: to sell short, set `portfolio.sizing` to `long-short`"#]],
    );
    check(
        "\"fixed-weight\"",
        "\"equal-weight\"\nscale = -1",
        expect![[r#"
            error: `portfolio.scale` is -1, in a long-only portfolio
              --> strategy.toml:27:9
               |
            27 | scale = -1
               |         ^^ must be 0 or more
               |
               = help: to sell short, set `portfolio.sizing` to `long-short`"#]],
    );
}

#[test]
fn a_risk_model_that_acts_may_not_make_weights_negative_either() {
    let text = crate::EXAMPLE
        .replace("conventions = \"qstrader\"", "")
        .replace("max_weight = 0.4", "max_weight = -0.4");
    check_text(
        &text,
        expect![[r#"
        error: `risk.max_weight` is -0.4, in a long-only portfolio
          --> strategy.toml:35:14
           |
        35 | max_weight = -0.4
           |              ^^^^ must be 0 or more
           |
           = help: to sell short, set `portfolio.sizing` to `long-short`"#]],
    );
}

#[test]
fn a_benchmark_is_long_only() {
    check(
        "{ SPY = 1.0 }",
        "{ SPY = 1.5, AGG = -0.5 }",
        expect![[r#"
        error: the benchmark's weight of `AGG` is -0.5
          --> strategy.toml:49:23
           |
        49 | assets = { SPY = 1.5, AGG = -0.5 }
           |                       ^^^ must be 0 or more
           |
           = help: a benchmark is long-only"#]],
    );
}

#[test]
fn dates_are_for_assets_of_the_universe() {
    check(
        "{ XLC = 2018-06-18 }",
        "{ xlc = 2018-06-18 }",
        expect![[r#"
        error: `xlc` is not in `universe.assets`
          --> strategy.toml:17:12
           |
        17 | enters = { xlc = 2018-06-18 }
           |            ^^^ did you mean `XLC`?
           |
           = help: add `xlc` to `universe.assets`, or remove it here"#]],
    );
    check(
        "{ XLC = 2018-06-18 }",
        "{ XLK = 2018-06-18 }",
        expect![[r#"
            error: `XLK` is not in `universe.assets`
              --> strategy.toml:17:12
               |
            17 | enters = { XLK = 2018-06-18 }
               |            ^^^ not in the universe
               |
               = help: add `XLK` to `universe.assets`, or remove it here"#]],
    );
    check(
        "{ XLB = 2019-01-01 }",
        "{ SPY = 2019-01-01 }",
        expect![[r#"
        error: `SPY` is not in `universe.assets`
          --> strategy.toml:18:12
           |
        18 | leaves = { SPY = 2019-01-01 }
           |            ^^^ not in the universe
           |
           = help: add `SPY` to `universe.assets`, or remove it here"#]],
    );
}

#[test]
fn weights_are_for_assets_of_the_universe() {
    let alpha = "\"fixed-weights\"\nweights = { SPY = 0.5, AGGG = 0.5 }";
    check_text(
        &crate::MINIMAL.replace("\"equal-weight\"", alpha),
        expect![[r#"
            error: `AGGG` is not in `universe.assets`
              --> strategy.toml:11:24
               |
            11 | weights = { SPY = 0.5, AGGG = 0.5 }
               |                        ^^^^ not in the universe
               |
               = help: add `AGGG` to `universe.assets`, or remove it here"#]],
    );
}

#[test]
fn an_asset_is_listed_once() {
    check(
        "\"XLC\", \"XLE\"",
        "\"XLC\", \"XLB\"",
        expect![[r#"
        error: `XLB` is listed twice
          --> strategy.toml:16:25
           |
        16 | assets = ["XLB", "XLC", "XLB"]
           |           -----         ^^^^^ again
           |           |
           |           first here"#]],
    );
}

#[test]
fn a_universe_has_assets() {
    check_text(
        &crate::MINIMAL.replace("[\"SPY\", \"AGG\"]", "[]"),
        expect![[r#"
            error: the universe is empty
             --> strategy.toml:7:10
              |
            7 | assets = []
              |          ^^ no assets
              |
              = help: name at least one asset, as in `["SPY", "AGG"]`"#]],
    );
}

#[test]
fn weights_are_not_empty() {
    check(
        "{ SPY = 1.0 }",
        "{}",
        expect![[r#"
        error: there are no weights
          --> strategy.toml:49:10
           |
        49 | assets = {}
           |          ^^ empty
           |
           = help: name at least one asset, as in `{ SPY = 1.0 }`"#]],
    );
    let alpha = "\"top-n-momentum\"\nlookback = 126\ntop_n = 3";
    check(
        alpha,
        "\"fixed-weights\"\nweights = {}",
        expect![[r#"
        error: there are no weights
          --> strategy.toml:22:11
           |
        22 | weights = {}
           |           ^^ empty
           |
           = help: name at least one asset, as in `{ SPY = 1.0 }`"#]],
    );
}

#[test]
fn an_asset_leaves_after_it_enters() {
    check(
        "{ XLB = 2019-01-01 }",
        "{ XLC = 2018-06-18 }",
        expect![[r#"
        error: `XLC` leaves before it enters
          --> strategy.toml:18:12
           |
        17 | enters = { XLC = 2018-06-18 }
           |            --- enters 2018-06-18 00:00:00+00:00
        18 | leaves = { XLC = 2018-06-18 }
           |            ^^^ leaves 2018-06-18 00:00:00+00:00"#]],
    );
}

#[test]
fn scheduled_weights_are_in_the_order_of_time() {
    let rows = "
table = [
    { from = 2011-01-04, weights = { XLB = 1 } },
    { from = 2010-01-04, weights = {} },
]";
    let alpha = "\"top-n-momentum\"\nlookback = 126\ntop_n = 3";
    check(
        alpha,
        &format!("\"scheduled-weights\"{rows}"),
        expect![[r#"
        error: the rows of `alpha.table` are not in the order of time
          --> strategy.toml:24:14
           |
        23 |     { from = 2011-01-04, weights = { XLB = 1 } },
           |              ---------- 2011-01-04 00:00:00+00:00
        24 |     { from = 2010-01-04, weights = {} },
           |              ^^^^^^^^^^ 2010-01-04 00:00:00+00:00, not after"#]],
    );
    check(
        alpha,
        "\"scheduled-weights\"\ntable = []",
        expect![[r#"
        error: `alpha.table` has no rows
          --> strategy.toml:22:9
           |
        22 | table = []
           |         ^^ empty
           |
           = help: a row is `{ from = 2010-01-04, weights = { SPY = 1.0 } }`"#]],
    );
    check(
        alpha,
        "\"scheduled-weights\"\ntable = [{ until = 2010-01-04 }, 5]",
        expect![[r#"
            error: `alpha.table.from` is missing
              --> strategy.toml:22:10
               |
            22 | table = [{ until = 2010-01-04 }, 5]
               |          ^^^^^^^^^^^^^^^^^^^^^^ `from` belongs here
               |
               = help: `from`: from when on

            error: `alpha.table.weights` is missing
              --> strategy.toml:22:10
               |
            22 | table = [{ until = 2010-01-04 }, 5]
               |          ^^^^^^^^^^^^^^^^^^^^^^ `weights` belongs here
               |
               = help: `weights`: a weight for each symbol; an empty table holds nothing

            error: unknown key `until` in `[alpha.table]`
              --> strategy.toml:22:12
               |
            22 | table = [{ until = 2010-01-04 }, 5]
               |            ^^^^^ no such key
               |
               = help: the keys here are `from` and `weights`

            error: `alpha.table` must be an array of tables
              --> strategy.toml:22:34
               |
            22 | table = [{ until = 2010-01-04 }, 5]
               |                                  ^ this is an integer"#]],
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
              --> strategy.toml:51:1
               |
            50 | schedule = "buy-and-hold"
               |            -------------- given here
            51 | weekday = "wed"
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

#[test]
fn a_cash_buffer_does_not_go_with_long_short() {
    check(
        "sizing = \"long-only\"",
        "sizing = \"long-short\"\ngross_leverage = 1",
        expect![[r#"
            error: `portfolio.cash_buffer` does not go with sizing `long-short`
              --> strategy.toml:29:1
               |
            27 | sizing = "long-short"
               |          ------------ given here
            28 | gross_leverage = 1
            29 | cash_buffer = 0.01
               | ^^^^^^^^^^^ belongs to `long-only`
               |
               = help: remove `cash_buffer`, or set `sizing` to `long-only`"#]],
    );
}

#[test]
fn a_gross_leverage_does_not_go_with_long_only() {
    check(
        "cash_buffer = 0.01",
        "cash_buffer = 0.01\ngross_leverage = 1.5",
        expect![[r#"
            error: `portfolio.gross_leverage` does not go with sizing `long-only`
              --> strategy.toml:29:1
               |
            27 | sizing = "long-only"
               |          ----------- given here
            28 | cash_buffer = 0.01
            29 | gross_leverage = 1.5
               | ^^^^^^^^^^^^^^ belongs to `long-short`
               |
               = help: remove `gross_leverage`, or set `sizing` to `long-short`"#]],
    );
}

#[test]
fn qstrader_conventions_need_a_cash_buffer_or_a_leverage() {
    check(
        "cash_buffer = 0.01\n",
        "",
        expect![[r#"
        error: `portfolio.cash_buffer` is missing
          --> strategy.toml:25:1
           |
         2 | conventions = "qstrader"
           |               ---------- `qstrader` conventions need `cash_buffer`
        ...
        25 | [portfolio]
           | ^^^^^^^^^^^ `cash_buffer` belongs here
           |
           = help: QSTrader has no default for it; the standard conventions' is `cash_buffer = 0.0`"#]],
    );
    let whole =
        "[portfolio]\noptimiser = \"fixed-weight\"\nsizing = \"long-only\"\ncash_buffer = 0.01\n";
    check(
        whole,
        "",
        expect![[r#"
        error: `portfolio.cash_buffer` is missing
         --> strategy.toml:2:15
          |
        2 | conventions = "qstrader"
          |               ^^^^^^^^^^ `qstrader` conventions need `cash_buffer`
          |
          = help: QSTrader has no default for it; the standard conventions' is `cash_buffer = 0.0`"#]],
    );
    check(
        "\"long-only\"\ncash_buffer = 0.01",
        "\"long-short\"",
        expect![[r#"
            error: `portfolio.gross_leverage` is missing
              --> strategy.toml:25:1
               |
             2 | conventions = "qstrader"
               |               ---------- `qstrader` conventions need `gross_leverage`
            ...
            25 | [portfolio]
               | ^^^^^^^^^^^ `gross_leverage` belongs here
               |
               = help: QSTrader has no default for it; the standard conventions' is `gross_leverage = 1.0`"#]],
    );
}

#[test]
fn a_symbol_is_the_name_of_a_file() {
    check(
        "\"XLE\"]",
        "\"\"]",
        expect![[r#"
        error: `` is not a symbol
          --> strategy.toml:16:25
           |
        16 | assets = ["XLB", "XLC", ""]
           |                         ^^ empty"#]],
    );
    check(
        "\"XLE\"]",
        "\"EQ/XLE\"]",
        expect![[r#"
        error: `EQ/XLE` is not a symbol
          --> strategy.toml:16:25
           |
        16 | assets = ["XLB", "XLC", "EQ/XLE"]
           |                         ^^^^^^^^ contains a path separator"#]],
    );
    check(
        "{ SPY = 1.0 }",
        "{ \"..\\\\SPY\" = 1.0 }",
        expect![[r#"
        error: `..\\SPY` is not a symbol
          --> strategy.toml:49:12
           |
        49 | assets = { "..\\SPY" = 1.0 }
           |            ^^^^^^^^^ contains a path separator"#]],
    );
}

#[test]
fn several_problems_are_told_in_the_order_of_the_text() {
    let text = crate::EXAMPLE
        .replace("top_n = 3", "top_n = 0")
        .replace("name = ", "title = ")
        .replace("\"cap\"", "\"cup\"");
    check_text(
        &text,
        expect![[r#"
        error: unknown key `title` in the file
         --> strategy.toml:1:1
          |
        1 | title = "US sector momentum"
          | ^^^^^ no such key
          |
          = help: the keys here are `name`, `conventions`, `data`, `backtest`, `universe`, `alpha`, `portfolio`, `rebalance`, `risk`, `costs`, `execution` and `benchmark`

        error: `alpha.top_n` is 0
          --> strategy.toml:23:9
           |
        23 | top_n = 0
           |         ^ must be 1 or more

        error: `risk.model` cannot be `cup`
          --> strategy.toml:34:9
           |
        34 | model = "cup"
           |         ^^^^^ did you mean `cap`?
           |
           = help: it is `cap`, `scale` or `floor`"#]],
    );
}

#[test]
fn the_list_of_messages_can_be_had_without_the_places() {
    let text = crate::EXAMPLE
        .replace("top_n = 3", "top_n = 0")
        .replace("name = ", "title = ");
    let problems = parse(&text, &[], "strategy").unwrap_err();
    expect![[r#"
        unknown key `title` in the file
        `alpha.top_n` is 0"#]]
    .assert_eq(&problems.to_string());
}

#[test]
fn rendering_with_another_text_leaves_the_lines_out() {
    let text = crate::EXAMPLE.replace("top_n = 3", "top_n = 0");
    let problems = parse(&text, &[], "strategy").unwrap_err();
    expect![[r#"
        error: `alpha.top_n` is 0
        --> strategy.toml"#]]
    .assert_eq(&problems.render("strategy.toml", "", false));
}
