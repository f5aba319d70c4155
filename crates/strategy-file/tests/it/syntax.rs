//! Texts that are not TOML.

use expect_test::{Expect, expect};
use strategy_file::Document;

#[track_caller]
fn check(text: &str, expect: Expect) {
    let problems = Document::parse(text).unwrap_err();
    expect.assert_eq(&problems.render("strategy.toml", text, false));
}

#[test]
fn an_unquoted_string_is_shown() {
    check("[alpha]\nmodel = equal weight\n", expect![]);
}

#[test]
fn a_missing_value_is_shown() {
    check("[alpha]\nlookback =\ntop_n = 3\n", expect![]);
}

#[test]
fn an_open_bracket_is_shown() {
    check("[alpha\nmodel = 'equal-weight'", expect![]);
}

#[test]
fn a_key_given_twice_is_shown() {
    check("[alpha]\ntop_n = 3\ntop_n = 4\n", expect![]);
}

#[test]
fn a_day_that_does_not_exist_is_shown() {
    check("[backtest]\nstart = 2021-02-30\n", expect![]);
}

#[test]
fn an_integer_beyond_64_bits_is_shown() {
    check("[alpha]\nlookback = 99999999999999999999\n", expect![]);
}

#[test]
fn two_mistakes_are_shown_together() {
    check("[alpha]\nmodel = x\n[risk]\nmodel = y\n", expect![]);
}
