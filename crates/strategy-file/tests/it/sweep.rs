//! The table `[sweep]`.

use expect_test::{Expect, expect};
use strategy_file::{AxisKind, AxisValue, Document, Sampler, Space};

fn space(sweep: &str) -> Space {
    let text = format!("{}{sweep}", crate::MINIMAL);
    Document::parse(&text).unwrap().space().unwrap().unwrap()
}

#[track_caller]
fn check_refused(sweep: &str, expect: Expect) {
    let text = format!("{}{sweep}", crate::MINIMAL);
    let problems = Document::parse(&text).unwrap().space().unwrap_err();
    expect.assert_eq(&problems.render("strategy.toml", &text, false));
}

#[test]
fn a_sweep_changes_nothing_of_a_single_run() {
    let text = format!(
        "{}[sweep.axes]\n\"alpha.model\" = [\"equal-weight\"]\n",
        crate::MINIMAL
    );
    let plain = strategy_file::parse(crate::MINIMAL, &[], "").unwrap();
    assert_eq!(strategy_file::parse(&text, &[], "").unwrap(), plain);
}

#[test]
fn axes_have_names_kinds_and_values() {
    let space = space(
        r#"[sweep]
seed = 7
[sweep.axes]
"alpha.lookback" = { from = 21, to = 100, step = 21 }
"alpha.short" = [true, false]
portfolio.cash_buffer = [0.1]
"costs.slippage_bps" = [1, 2.5]
"rebalance.schedule" = ["daily", "end-of-month"]
"alpha" = [{ model = "equal-weight" }, { model = "inverse-volatility", lookback = 63 }]
"risk" = [{ model = "cap", max_weight = 0.3 }, { model = "cap", max_weight = 0.5 }]
"#,
    );
    assert_eq!((space.sampler(), space.seed()), (Sampler::Grid, 7));
    let shown: Vec<String> = (space.axes().iter())
        .map(|axis| {
            let values = (0..axis.n_values()).map(|at| axis.value(at).to_string());
            format!(
                "{} {:?} {}",
                axis.name(),
                axis.kind(),
                values.collect::<Vec<_>>().join(" | ")
            )
        })
        .collect();
    expect![[r#"
        alpha.lookback Integer 21 | 42 | 63 | 84
        alpha.short Flag true | false
        portfolio.cash_buffer Float 0.1
        costs.slippage_bps Float 1 | 2.5
        rebalance.schedule Text daily | end-of-month
        alpha Text equal-weight | inverse-volatility
        risk Text { model = "cap", max_weight = 0.3 } | { model = "cap", max_weight = 0.5 }"#]]
    .assert_eq(&shown.join("\n"));
    assert_eq!(space.axes()[3].kind(), AxisKind::Float);
    assert_eq!(space.axes()[3].value(0), AxisValue::Float(1.0));
    assert_eq!(space.n_numbers(), 4 * 2 * 2 * 2 * 2 * 2);
}

#[test]
fn a_whole_table_is_set_before_the_keys_in_it() {
    let space = space(
        "[sweep.axes]\n\"alpha.lookback\" = [5]\n\"alpha\" = [{ model = \"inverse-volatility\" , lookback = 63 }]\n",
    );
    let document = Document::parse(crate::MINIMAL).unwrap();
    let file = document.with(&space.settings(&[0, 0])).read("").unwrap();
    let expected =
        backtest::strategy::Alpha::InverseVolatility(backtest::alpha::InverseVolatility {
            lookback: 5,
        });
    assert_eq!(file.strategy.alpha, expected);
}

#[test]
fn a_symbol_may_end_a_path() {
    let space =
        space("[sweep.axes]\n\"alpha.weights.SPY\" = { from = 0.0, to = 1.0, step = 0.25 }\n");
    assert_eq!(space.n_numbers(), 5);
}

#[test]
fn axes_that_are_not_axes_are_told() {
    check_refused(
        "[sweep]\n",
        expect![[r#"
        error: `sweep.axes` is missing
          --> strategy.toml:14:1
           |
        14 | [sweep]
           | ^^^^^^^ `axes` belongs here
           |
           = help: `axes`: the path of each key to vary, with an array of values or a range `{ from = 1, to = 9, step = 2 }`"#]],
    );
    check_refused(
        "[sweep.axes]\n",
        expect![[r#"
        error: the sweep has no axes
          --> strategy.toml:14:1
           |
        14 | [sweep.axes]
           | ^^^^^^^^^^^^ empty
           |
           = help: an axis is written `"alpha.lookback" = { from = 21, to = 252, step = 21 }`"#]],
    );
    check_refused(
        "[sweep.axes]\n\"alpha.top_n\" = 3\n",
        expect![[r#"
        error: the axis `alpha.top_n` is an integer, not values
          --> strategy.toml:15:17
           |
        15 | "alpha.top_n" = 3
           |                 ^ must be an array or a range
           |
           = help: write `[1, 2, 3]` or `{ from = 1, to = 3, step = 1 }`"#]],
    );
    check_refused(
        "[sweep.axes]\n\"alpha.top_n\" = [1]\nalpha.top_n = [2]\n",
        expect![[r#"
            error: two axes are called `alpha.top_n`
              --> strategy.toml:16:7
               |
            16 | alpha.top_n = [2]
               |       ^^^^^ again"#]],
    );
    check_refused(
        "[sweep.axes]\n\"data.dir\" = [\"a\", \"b\"]\n",
        expect![[r#"
            error: `data.dir` cannot be an axis
              --> strategy.toml:15:1
               |
            15 | "data.dir" = ["a", "b"]
               | ^^^^^^^^^^ not a part of the strategy
               |
               = help: to compare data, sweep over several strategy files"#]],
    );
    check_refused(
        "[sweep.axes]\n\"validate.walk_forward.gap\" = [0, 5]\n",
        expect![[r#"
            error: `validate.walk_forward.gap` cannot be an axis
              --> strategy.toml:15:1
               |
            15 | "validate.walk_forward.gap" = [0, 5]
               | ^^^^^^^^^^^^^^^^^^^^^^^^^^^ not a part of the strategy
               |
               = help: it is the same for all trials: set it in its own table"#]],
    );
    check_refused(
        "[sweep]\nholdout = 2019-01-01\n[sweep.axes]\n\"alpha.top_n\" = [1, 2]\n",
        expect![[r#"
            error: unknown key `holdout` in `[sweep]`
              --> strategy.toml:15:1
               |
            15 | holdout = 2019-01-01
               | ^^^^^^^ no such key
               |
               = help: `holdout` belongs in `[validate]`
               = help: the keys here are `sampler`, `seed`, `where` and `axes`"#]],
    );
    check_refused(
        "[sweep.axes]\n\"alpha.top_n\" = { from = 1 }\n",
        expect![[r#"
            error: the range of `alpha.top_n` has no `to`
              --> strategy.toml:15:17
               |
            15 | "alpha.top_n" = { from = 1 }
               |                 ^^^^^^^^^^^^ incomplete
               |
               = help: write `{ from = 1, to = 9, step = 2 }`"#]],
    );
    check_refused(
        "[sweep.axes]\n\"alpha.model\" = { from = \"a\", to = \"b\" }\n",
        expect![[r#"
            error: the range of `alpha.model` is not of numbers or dates
              --> strategy.toml:15:17
               |
            15 | "alpha.model" = { from = "a", to = "b" }
               |                 ^^^^^^^^^^^^^^^^^^^^^^^^ needs numbers of at most 30 digits
               |
               = help: for other values, write an array"#]],
    );
}
