//! One test for each kind of problem, with what the user sees.

mod assets;
mod cash;
mod cash_flows;
mod formulas;
mod keys;
mod portfolio;
mod rendering;
mod schedule;
mod values;

use expect_test::Expect;
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
