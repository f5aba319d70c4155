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
fn a_run_ignores_the_sweep_and_its_mistakes() {
    let text = format!("{}[sweep.axes]\n\"alpha.none\" = []\n", crate::MINIMAL);
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
alpha.short = [true, false]
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
    expect![[""]].assert_eq(&shown.join("\n"));
    assert_eq!(space.axes()[2].kind(), AxisKind::Float);
    assert_eq!(space.axes()[2].value(0), AxisValue::Float(1.0));
    assert_eq!(space.n_numbers(), 4 * 2 * 2 * 2 * 2 * 2);
}

#[test]
fn a_whole_table_is_set_before_the_keys_in_it() {
    let space = space(
        "[sweep.axes]\n\"alpha.lookback\" = [5]\n\"alpha\" = [{ model = \"inverse-volatility\" , lookback = 63 }]\n",
    );
    let document = Document::parse(crate::MINIMAL).unwrap();
    let file = document.with(&space.settings(&[0, 0])).read("").unwrap();
    let expected = backtest::strategy::Alpha::InverseVolatility { lookback: 5 };
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
    check_refused("[sweep]\n", expect![[""]]);
    check_refused("[sweep.axes]\n", expect![[""]]);
    check_refused("[sweep.axes]\n\"alpha.top_n\" = 3\n", expect![[""]]);
    check_refused(
        "[sweep.axes]\n\"alpha.top_n\" = [1]\nalpha.top_n = [2]\n",
        expect![[""]],
    );
    check_refused(
        "[sweep.axes]\n\"data.dir\" = [\"a\", \"b\"]\n",
        expect![[""]],
    );
    check_refused(
        "[sweep.axes]\n\"alpha.top_n\" = { from = 1 }\n",
        expect![[""]],
    );
    check_refused(
        "[sweep.axes]\n\"alpha.model\" = { from = \"a\", to = \"b\" }\n",
        expect![[""]],
    );
}
