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
    check(
        "[alpha]\nmodel = equal weight\n",
        expect![[r#"
            error: this is not TOML
             --> strategy.toml:2:9
              |
            2 | model = equal weight
              |         ^^^^^^^^^^^^ a string stands in quotes"#]],
    );
}

#[test]
fn a_missing_value_is_shown() {
    check(
        "[alpha]\nlookback =\ntop_n = 3\n",
        expect![[r#"
            error: this is not TOML
             --> strategy.toml:2:11
              |
            2 | lookback =
              |           ^ a value is missing"#]],
    );
}

#[test]
fn an_open_bracket_is_shown() {
    check(
        "[alpha\nmodel = 'equal-weight'",
        expect![[r#"
            error: this is not TOML
             --> strategy.toml:1:7
              |
            1 | [alpha
              |       ^ unclosed table, expected `]`"#]],
    );
}

#[test]
fn a_key_given_twice_is_shown() {
    check(
        "[alpha]\ntop_n = 3\ntop_n = 4\n",
        expect![[r#"
            error: this is not TOML
             --> strategy.toml:3:1
              |
            3 | top_n = 4
              | ^^^^^ duplicate key"#]],
    );
}

#[test]
fn a_day_that_does_not_exist_is_shown() {
    check(
        "[backtest]\nstart = 2021-02-30\n",
        expect![[r#"
            error: this is not TOML
             --> strategy.toml:2:9
              |
            2 | start = 2021-02-30
              |         ^^^^^^^^^^ invalid date, expected day between 01 and 28"#]],
    );
}

#[test]
fn an_integer_beyond_64_bits_is_shown() {
    check(
        "[alpha]\nlookback = 99999999999999999999\n",
        expect![[r#"
            error: the integer `99999999999999999999` is too large
             --> strategy.toml:2:12
              |
            2 | lookback = 99999999999999999999
              |            ^^^^^^^^^^^^^^^^^^^^ beyond 64 bits"#]],
    );
}

#[test]
fn two_mistakes_are_shown_together() {
    check(
        "[alpha]\nmodel = x\n[risk]\nmodel = y\n",
        expect![[r#"
            error: this is not TOML
             --> strategy.toml:2:9
              |
            2 | model = x
              |         ^ a string stands in quotes

            error: this is not TOML
             --> strategy.toml:4:9
              |
            4 | model = y
              |         ^ a string stands in quotes"#]],
    );
}
