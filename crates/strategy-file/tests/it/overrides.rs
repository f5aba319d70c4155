//! `--set path=value`.

use backtest::conventions::{Conventions, RiskModelUse};
use backtest::strategy::{Alpha, Schedule, Sizing};
use backtest::{alpha, sizing};
use expect_test::{Expect, expect};
use strategy_file::{Document, Override, Problems, StrategyFile};

fn parse(text: &str, overrides: &[&str]) -> Result<StrategyFile, Problems> {
    let overrides = overrides.iter().map(|text| Override::parse(text));
    let overrides: Vec<Override> = overrides.collect::<Result<_, _>>()?;
    strategy_file::parse(text, &overrides, "unnamed")
}

#[track_caller]
fn check(overrides: &[&str], expect: Expect) {
    let problems = parse(crate::EXAMPLE, overrides).unwrap_err();
    expect.assert_eq(&problems.render("strategy.toml", crate::EXAMPLE, false));
}

#[test]
fn a_value_replaces_the_one_in_the_file() {
    let alpha = parse(crate::EXAMPLE, &["alpha.top_n=2"])
        .unwrap()
        .strategy
        .alpha;
    assert_eq!(
        alpha,
        Alpha::TopNMomentum(alpha::TopNMomentum {
            lookback: 126,
            top_n: 2
        })
    );
}

#[test]
fn of_two_overrides_the_later_wins() {
    let strategy = parse(crate::EXAMPLE, &["alpha.top_n=2", "alpha.top_n=1"])
        .unwrap()
        .strategy;
    assert_eq!(
        strategy.alpha,
        Alpha::TopNMomentum(alpha::TopNMomentum {
            lookback: 126,
            top_n: 1
        })
    );
}

#[test]
fn spaces_around_the_parts_do_not_matter() {
    let alpha = parse(crate::EXAMPLE, &[" alpha . top_n = 2 "])
        .unwrap()
        .strategy
        .alpha;
    assert_eq!(
        alpha,
        Alpha::TopNMomentum(alpha::TopNMomentum {
            lookback: 126,
            top_n: 2
        })
    );
}

#[test]
fn a_bare_word_is_a_string() {
    let schedule = parse(crate::EXAMPLE, &["rebalance.schedule=daily"])
        .unwrap()
        .strategy
        .schedule;
    assert_eq!(schedule, Schedule::Daily);
    let dir = parse(crate::EXAMPLE, &["data.dir=../other data"])
        .unwrap()
        .data
        .dir;
    assert_eq!(dir.as_deref(), Some("../other data"));
}

#[test]
fn a_whole_table_can_be_replaced() {
    let alpha = parse(crate::EXAMPLE, &[r#"alpha={model="equal-weight"}"#])
        .unwrap()
        .strategy
        .alpha;
    assert_eq!(alpha, Alpha::EqualWeight);
}

#[test]
fn a_missing_table_is_made() {
    let overrides = ["portfolio.cash_buffer=0.02"];
    let sizing = parse(crate::MINIMAL, &overrides).unwrap().strategy.sizing;
    assert_eq!(
        sizing,
        Sizing::LongOnly(sizing::LongOnly { cash_buffer: 0.02 })
    );
}

#[test]
fn a_quoted_key_may_contain_dots() {
    let overrides = [
        r#"universe.assets=["BRK.B"]"#,
        r#"alpha={model="fixed-weights"}"#,
        r#"alpha.weights."BRK.B"=0.5"#,
    ];
    let alpha = parse(crate::MINIMAL, &overrides).unwrap().strategy.alpha;
    let weights = vec![("BRK.B".to_owned(), 0.5)];
    assert_eq!(alpha, Alpha::FixedWeights(alpha::FixedWeights { weights }));
}

#[test]
fn a_switch_keeps_the_base_that_the_file_names() {
    let overrides = ["conventions.risk_model=applied"];
    let strategy = parse(crate::EXAMPLE, &overrides).unwrap().strategy;
    assert_eq!(strategy.conventions.risk_model, RiskModelUse::Applied);
    assert_eq!(
        strategy.conventions.calendar,
        Conventions::QSTRADER.calendar
    );
}

#[test]
fn a_document_is_not_changed_by_its_variants() {
    let document = Document::parse(crate::EXAMPLE).unwrap();
    let before = document.read("").unwrap();
    let variant = document.with(&[Override::parse("alpha.top_n=1").unwrap()]);
    assert_ne!(variant.read("").unwrap(), before);
    assert_eq!(document.read("").unwrap(), before);
}

#[test]
fn a_wrong_value_is_shown_in_the_override() {
    check(
        &["alpha.top_n=0"],
        expect![[r#"
            error: `alpha.top_n` is 0
             --> --set:1:13
              |
            1 | alpha.top_n=0
              |             ^ must be 1 or more"#]],
    );
}

#[test]
fn a_wrong_key_is_shown_in_the_override() {
    check(
        &["alpha.topn=2"],
        expect![[r#"
            error: unknown key `topn` in `[alpha]`
             --> --set:1:7
              |
            1 | alpha.topn=2
              |       ^^^^ did you mean `top_n`?
              |
              = help: the keys here are `model`, `lookback` and `top_n`"#]],
    );
}

#[test]
fn a_path_through_a_value_makes_a_table_of_the_wrong_kind() {
    check(
        &["alpha.top_n.x=2"],
        expect![[r#"
            error: `alpha.top_n` must be a whole number
             --> --set:1:7
              |
            1 | alpha.top_n.x=2
              |       ^^^^^ this is a table"#]],
    );
}

#[test]
fn a_contradiction_between_override_and_file_shows_both() {
    check(
        &["backtest.end=1990-01-01"],
        expect![[r#"
            error: the backtest ends before it starts, on 1998-12-22
             --> --set:1:14
              |
            1 | backtest.end=1990-01-01
              |              ^^^^^^^^^^ the end
              |
             ::: strategy.toml:9:9
              |
            9 | start = 1998-12-22
              |         ---------- the start
              |
              = help: set `backtest.end` to a day after `backtest.start`"#]],
    );
    check(
        &["alpha.model=equal-weight"],
        expect![[r#"
            error: `alpha.lookback` does not go with model `equal-weight`
              --> strategy.toml:22:1
               |
            22 | lookback = 126
               | ^^^^^^^^ belongs to `top-n-momentum`, `momentum-weighted`, `long-short-momentum` and `inverse-volatility`
               |
              ::: --set:1:13
               |
             1 | alpha.model=equal-weight
               |             ------------ given here
               |
               = help: to replace the whole table, set `alpha={model="equal-weight"}`
               = help: remove `lookback`, or set `model` to `top-n-momentum`, `momentum-weighted`, `long-short-momentum` or `inverse-volatility`

            error: `alpha.top_n` does not go with model `equal-weight`
              --> strategy.toml:23:1
               |
            23 | top_n = 3
               | ^^^^^ belongs to `top-n-momentum` and `long-short-momentum`
               |
              ::: --set:1:13
               |
             1 | alpha.model=equal-weight
               |             ------------ given here
               |
               = help: to replace the whole table, set `alpha={model="equal-weight"}`
               = help: remove `top_n`, or set `model` to `top-n-momentum` or `long-short-momentum`"#]],
    );
}

#[test]
fn what_an_override_leaves_out_is_missed_in_the_override() {
    check(
        &[r#"alpha={model="top-n-momentum", lookback=5}"#],
        expect![[r#"
            error: `alpha.top_n` is missing
             --> --set:1:7
              |
            1 | alpha={model="top-n-momentum", lookback=5}
              |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `top-n-momentum` needs `top_n`
              |
              = help: `top_n`: how many assets are held long"#]],
    );
}

#[test]
fn an_override_without_a_value_is_refused() {
    check(
        &["alpha.top_n"],
        expect![[r#"
            error: an override needs a value
             --> --set:1:1
              |
            1 | alpha.top_n
              | ^^^^^^^^^^^ no `=` here
              |
              = help: write `table.key=value`, as in `alpha.top_n=5`"#]],
    );
    check(
        &["alpha.top_n="],
        expect![[r#"
            error: an override needs a value
             --> --set:1:12
              |
            1 | alpha.top_n=
              |            ^ nothing after this
              |
              = help: a string stands in quotes: `alpha.top_n=""`"#]],
    );
}

#[test]
fn an_override_without_a_path_is_refused() {
    check(
        &["=5"],
        expect![[r#"
            error: this is not a path to a key
             --> --set:1:1
              |
            1 | =5
              | ^
              |
              = help: write `table.key=value`, as in `alpha.top_n=5`"#]],
    );
    check(
        &["alpha..top_n=5"],
        expect![[r#"
            error: this is not a path to a key
             --> --set:1:1
              |
            1 | alpha..top_n=5
              | ^^^^^^^^^^^^
              |
              = help: write `table.key=value`, as in `alpha.top_n=5`"#]],
    );
}

#[test]
fn a_value_that_is_neither_toml_nor_a_word_is_refused() {
    check(
        &["name=60/40"],
        expect![[r#"
            error: this is not TOML
             --> --set:1:6
              |
            1 | name=60/40
              |      ^^^^^ a string stands in quotes
              |
              = help: a string stands in quotes: `name="60/40"`"#]],
    );
    check(
        &["universe.assets=[SPY, AGG]"],
        expect![[r#"
            error: this is not TOML
             --> --set:1:18
              |
            1 | universe.assets=[SPY, AGG]
              |                  ^^^ a string stands in quotes
              |
              = help: in arrays and tables, strings stand in quotes"#]],
    );
}
