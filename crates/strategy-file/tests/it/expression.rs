//! The language of constraints and filters.

use expect_test::{Expect, expect};
use proptest::prelude::*;
use strategy_file::{Expression, Operand};

const NAMES: [&str; 6] = [
    "alpha.fast",
    "sharpe",
    "model",
    "short",
    "nothing",
    "alpha.weights.\"BRK.B\"",
];

fn value(name: usize) -> Operand {
    match NAMES[name] {
        "alpha.fast" => Operand::Number(3.0),
        "sharpe" => Operand::Number(0.5),
        "model" => Operand::Text("equal-weight".into()),
        "short" => Operand::Flag(true),
        "nothing" => Operand::Missing,
        _ => Operand::Number(0.25),
    }
}

#[track_caller]
fn check(text: &str, holds: bool) {
    let expression = Expression::parse(text, &NAMES).unwrap();
    assert_eq!(expression.holds(&value), holds, "{text}");
}

#[track_caller]
fn check_refused(text: &str, expect: Expect) {
    let error = Expression::parse(text, &NAMES).unwrap_err();
    let help = error
        .help
        .clone()
        .map_or(String::new(), |help| format!("\n hint: {help}"));
    expect.assert_eq(&format!("{error}{help}"));
}

#[test]
fn comparisons_compare_numbers_strings_and_flags() {
    check("alpha.fast < 4", true);
    check("alpha.fast <= 3 and alpha.fast >= 3", true);
    check("alpha.fast != 3", false);
    check("model == 'equal-weight'", true);
    check("model < \"f\"", true);
    check("short == true", true);
    check("alpha.weights.\"BRK.B\" == 0.25", true);
}

/// Beside a text, a date needs no quotes: without this it would be 2020 less 3 less 1.
#[test]
fn a_date_is_a_text() {
    let last = |text: &str| {
        let expression = Expression::parse(text, &["last"]).unwrap();
        expression.holds(&|_| Operand::Text("2020-03-01".into()))
    };
    assert!(last("last > 2020-02-28") && last("last == 2020-03-01"));
    assert!(!last("last < '2020-03-01'") && !last("last > 2020-03-01"));
    check("2020-3 == 2017 and 10-4-3 == 3", true);
}

#[test]
fn operators_bind_as_in_arithmetic_and_not_before_and_before_or() {
    check("1 + 2 * 3 == 7", true);
    check("(1 + 2) * 3 == 9", true);
    check("8 / 4 / 2 == 1", true);
    check("10 - 4 - 3 == 3", true);
    check("-alpha.fast + 1e1 == 7.0", true);
    check("true or false and false", true);
    check("not false and false", false);
    check("not (false and false)", true);
    check("short", true);
}

#[test]
fn nothing_compares_with_a_missing_value_and_kinds_do_not_mix() {
    check("nothing == nothing", false);
    check("nothing != 1", false);
    check("not nothing > 1", true);
    check("nothing + 1 > 0", false);
    check("model == alpha.fast", false);
    check("model != alpha.fast", true);
}

#[test]
fn mistakes_are_told_with_their_place() {
    check_refused("", expect!["``, column 1: the expression ends too early"]);
    check_refused(
        "sharp > 1",
        expect![[r#"
        `sharp > 1`, column 1: `sharp` is not known
         hint: did you mean `sharpe`?"#]],
    );
    check_refused(
        "(sharpe > 1",
        expect![[r#"
        `(sharpe > 1`, column 1: this parenthesis is not closed
         hint: add `)`"#]],
    );
    check_refused(
        "sharpe > 1)",
        expect!["`sharpe > 1)`, column 11: this does not belong here"],
    );
    check_refused(
        "sharpe && short",
        expect![[r#"
        `sharpe && short`, column 8: this does not belong here
         hint: write `and`"#]],
    );
    check_refused(
        "0 < sharpe < 1",
        expect![[r#"
        `0 < sharpe < 1`, column 1: a comparison of a comparison
         hint: join two comparisons with `and`: `1 < x and x < 2`"#]],
    );
    check_refused(
        "sharpe > 'high'x",
        expect!["`sharpe > 'high'x`, column 16: this does not belong here"],
    );
    check_refused(
        "1 < 'high'",
        expect!["`1 < 'high'`, column 1: the two sides are of different kinds"],
    );
    check_refused(
        "sharpe > 'high",
        expect!["`sharpe > 'high`, column 10: this string has no end"],
    );
    check_refused(
        "sharpe > 1.2.3",
        expect!["`sharpe > 1.2.3`, column 10: not a number"],
    );
    check_refused(
        "sharpe ? 1",
        expect!["`sharpe ? 1`, column 8: `?` means nothing here"],
    );
    check_refused(
        "(short and short) + 1 > 0",
        expect!["`(short and short) + 1 > 0`, column 1: this is true or false, not a number"],
    );
}

#[test]
fn what_is_nested_too_deeply_or_too_long_is_an_error() {
    let deep = format!("{}1 < 2{}", "(".repeat(10_000), ")".repeat(10_000));
    assert!(Expression::parse(&deep, &[]).is_err());
    let signs = format!("{}1 < 2", "-".repeat(1000));
    assert!(Expression::parse(&signs, &[]).is_err());
    let long = format!("1 < 2{}", " or 1 < 2".repeat(100_000));
    assert!(Expression::parse(&long, &[]).is_err());
}

proptest! {
    #[test]
    fn no_text_makes_parsing_or_evaluating_panic(
        text in r#"((alpha\.fast|sharpe|model|short|and|or|not|true|é|[-+*/<>=!()&|'".0-9e ])( )?){0,20}"#,
    ) {
        if let Ok(expression) = Expression::parse(&text, &NAMES) {
            expression.holds(&value);
        }
    }
}
