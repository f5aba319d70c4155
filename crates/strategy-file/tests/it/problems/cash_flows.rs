//! Payments and withdrawals.

use expect_test::{Expect, expect};

use super::check_text;

fn check(row: &str, expect: Expect) {
    check_text(
        &format!("{}\n[[cash_flows]]\n{row}\n", crate::MINIMAL),
        expect,
    );
}

#[test]
fn a_flow_says_when_and_how_much() {
    check(
        "amount = 500",
        expect![[r#"
        error: a cash flow says neither when nor how often
          --> strategy.toml:15:1
           |
        15 | [[cash_flows]]
           | ^^^^^^^^^^^^^^ `date` or `every`
           |
           = help: add `date = 2020-01-31` or `every = "month"`"#]],
    );
    check(
        "every = \"month\"",
        expect![[r#"
        error: a cash flow has no amount
          --> strategy.toml:15:1
           |
        15 | [[cash_flows]]
           | ^^^^^^^^^^^^^^ `amount` or `percent`
           |
           = help: add `amount = 500`, negative for a withdrawal, or `percent = -1`"#]],
    );
    check(
        "every = \"monthly\"\namount = 500",
        expect![[r#"
        error: `cash_flows.every` cannot be `monthly`
          --> strategy.toml:16:9
           |
        16 | every = "monthly"
           |         ^^^^^^^^^ did you mean `month`?
           |
           = help: it is `week`, `month`, `quarter` or `year`"#]],
    );
    check(
        "date = 2020-01-31\nuntil = 2021-01-31\namount = 500",
        expect![[r#"
            error: a single cash flow does not begin and end
              --> strategy.toml:17:9
               |
            17 | until = 2021-01-31
               |         ^^^^^^^^^^ goes with `every`
               |
               = help: remove it, or replace `date` by `every = "month"`"#]],
    );
    check(
        "date = 2020-01-31\npercent = -120\nindexed = 0.02",
        expect![[r#"
            error: `cash_flows[0].indexed` goes with an amount
              --> strategy.toml:18:11
               |
            18 | indexed = 0.02
               |           ^^^^ a percentage grows with the equity
               |
               = help: remove it, or write an `amount`"#]],
    );
    check(
        "date = 2020-01-31\nammount = 5",
        expect![[r#"
        error: a cash flow has no amount
          --> strategy.toml:15:1
           |
        15 | [[cash_flows]]
           | ^^^^^^^^^^^^^^ `amount` or `percent`
           |
           = help: add `amount = 500`, negative for a withdrawal, or `percent = -1`

        error: unknown key `ammount` in `[cash_flows]`
          --> strategy.toml:17:1
           |
        17 | ammount = 5
           | ^^^^^^^ did you mean `amount`?
           |
           = help: the keys here are `date`, `every`, `from`, `until`, `amount`, `percent` and `indexed`"#]],
    );
}
