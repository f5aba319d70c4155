//! Formulas, and the rules that read them.

use expect_test::expect;

use super::check_text;

const FRAME: &str = r#"
[backtest]
start = 2014-01-02
end = 2023-12-29
[universe]
assets = ["SPY", "AGG"]
[rebalance]
schedule = "end-of-month"
"#;

#[test]
fn a_mistake_stands_under_its_word() {
    let rest = r#"
[signals]
momentum = "mean(retrun(63), return(lookbak))"
trend = "close > smaa(200)"
both = "trend and momentum"
[alpha]
model = "rules"
score = "momentun"
filter = "close['TLT'] > 3 and"
select = { top = 1 }
parameters = { lookback = 126 }
"#;
    check_text(
        &format!("{FRAME}{rest}"),
        expect![[r#"
        error: the formula `signals.momentum` cannot be read: there is no function `retrun`
          --> strategy.toml:11:18
           |
        11 | momentum = "mean(retrun(63), return(lookbak))"
           |                  ^^^^^^ there is no function `retrun`
           |
           = help: did you mean `return`?

        error: the formula `signals.trend` cannot be read: there is no function `smaa`
          --> strategy.toml:12:18
           |
        12 | trend = "close > smaa(200)"
           |                  ^^^^ there is no function `smaa`
           |
           = help: did you mean `sma`?

        error: the formula `alpha.score` cannot be read: there is no signal, parameter or function `momentun`
          --> strategy.toml:16:10
           |
        16 | score = "momentun"
           |          ^^^^^^^^ there is no signal, parameter or function `momentun`
           |
           = help: did you mean `momentum`?

        error: the formula `alpha.filter` cannot be read: a number, a name or a parenthesis is missing here
          --> strategy.toml:17:31
           |
        17 | filter = "close['TLT'] > 3 and"
           |                               ^ a number, a name or a parenthesis is missing here

        error: no formula names the parameter `lookback`
          --> strategy.toml:19:16
           |
        19 | parameters = { lookback = 126 }
           |                ^^^^^^^^ used nowhere
           |
           = help: remove it, or name it in a formula"#]],
    );
}

#[test]
fn what_stages_need_of_each_other() {
    let rest = r#"
[alpha]
model = "rules"
enter = "rsi(14) < 30"
weigh = "rank"
select = { top = 3, keep_within = 2 }
gate = { canaries = ["TLT"] }
replace = { with = ["SHY"] }
"#;
    check_text(
        &format!("{FRAME}{rest}"),
        expect![[r#"
        error: `alpha.enter` and `alpha.exit` go together
          --> strategy.toml:12:9
           |
        12 | enter = "rsi(14) < 30"
           |         ^^^^^^^^^^^^^^
           |
           = help: as in `enter = "rsi(14) < 30"` and `exit = "rsi(14) > 55"`

        error: `weigh = "rank"` needs a score
          --> strategy.toml:13:9
           |
        13 | weigh = "rank"
           |         ^^^^^^
           |
           = help: give `alpha.score` a formula, as in `return(126)`

        error: `alpha.select` needs a score
          --> strategy.toml:14:10
           |
        14 | select = { top = 3, keep_within = 2 }
           |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
           |
           = help: give `alpha.score` a formula, as in `return(126)`

        error: `keep_within` (2) is less than `top` (3)
          --> strategy.toml:14:35
           |
        14 | select = { top = 3, keep_within = 2 }
           |                                   ^
           |
           = help: it must be `top` or more

        error: `canaries` and `good` go together
          --> strategy.toml:15:8
           |
        15 | gate = { canaries = ["TLT"] }
           |        ^^^^^^^^^^^^^^^^^^^^^^
           |
           = help: as in `gate = { canaries = ["TIP"], good = "momentum > 0" }`

        error: `TLT` is neither in `universe.assets` nor in `data.also`
          --> strategy.toml:15:22
           |
        15 | gate = { canaries = ["TLT"] }
           |                      ^^^^^ its prices are not there
           |
           = help: add `TLT` to `data.also`, whose prices are read and not traded

        error: `SHY` is not in `universe.assets`
          --> strategy.toml:16:21
           |
        16 | replace = { with = ["SHY"] }
           |                     ^^^^^ not in the universe
           |
           = help: add `SHY` to `universe.assets`, or remove it here"#]],
    );
}
