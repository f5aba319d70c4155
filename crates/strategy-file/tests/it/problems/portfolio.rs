//! What a portfolio allows.

use expect_test::expect;

use super::{check, check_text};

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
              --> strategy.toml:57:23
               |
            57 | assets = { SPY = 1.5, AGG = -0.5 }
               |                       ^^^ must be 0 or more
               |
               = help: a benchmark is long-only"#]],
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
