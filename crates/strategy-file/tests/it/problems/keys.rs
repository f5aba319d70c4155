//! Keys and names that do not exist, are missing or stand in the wrong place.

use expect_test::expect;

use super::{check, check_text};

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
               = help: the keys here are `name`, `conventions`, `data`, `backtest`, `universe`, `alpha`, `portfolio`, `rebalance`, `risk`, `costs`, `cash`, `statistics`, `execution`, `benchmark`, `cash_flows`, `signals`, `sweep` and `validate`"#]],
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
    check(
        "[backtest]\n",
        "[backtest]\ncash_buffer = 0.1\n",
        expect![[r#"
            error: unknown key `cash_buffer` in `[backtest]`
             --> strategy.toml:9:1
              |
            9 | cash_buffer = 0.1
              | ^^^^^^^^^^^ no such key
              |
              = help: `cash_buffer` belongs in `[portfolio]` or `[benchmark]`
              = help: the keys here are `start`, `end`, `burn_in`, `initial_cash` and `sessions_per_year`"#]],
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
              = help: the keys here are `base`, `calendar`, `weight_scaling`, `long_short_rounding`, `fee_reserve`, `fee_basis`, `corporate_actions`, `fee_shares`, `risk_model`, `outside_universe`, `buy_and_hold`, `momentum`, `fractional_buys`, `fill_bars`, `signal_bars`, `signal_history`, `warm_up`, `after_last_bar`, `ruin`, `drawdown`, `deviation` and `sortino`"#]],
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
               = help: it is `fixed-weights`, `equal-weight`, `single-signal`, `top-n-momentum`, `momentum-weighted`, `long-short-momentum`, `sma-crossover`, `inverse-volatility`, `scheduled-weights`, `rules` or `python`"#]],
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
