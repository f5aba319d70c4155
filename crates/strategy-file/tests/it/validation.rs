//! The `[validate]` table.

use backtest::date::Date;
use expect_test::{Expect, expect};
use statistics::splits::{Combinatorial, WalkForward};
use strategy_file::{Document, Metric, Validation};

fn read(table: &str) -> Result<Validation, strategy_file::Problems> {
    let text = format!("{}\n{table}", crate::MINIMAL);
    Document::parse(&text).unwrap().validation()
}

#[track_caller]
fn check(table: &str, expect: Expect) {
    expect.assert_eq(&read(table).unwrap_err().to_string());
}

#[test]
fn without_it_a_sweep_is_validated_as_usual() {
    assert_eq!(read("").unwrap(), Validation::default());
}

#[test]
fn all_of_it() {
    let found = read(
        "[validate]\nholdout = 2019-01-01\nmetric = \"return\"\n\
         walk_forward = { train = 500, test = 60, gap = 5, anchored = true }\n\
         cross_validation = { folds = 6, test_folds = 2, purge = 1, embargo = 2 }\n",
    );
    let expected = Validation {
        holdout: Date::new(2019, 1, 1),
        metric: Metric::Return,
        walk_forward: Some(WalkForward {
            train: 500,
            test: 60,
            step: 60,
            gap: 5,
            anchored: true,
        }),
        cross_validation: Some(Combinatorial {
            folds: 6,
            test_folds: 2,
            purge: 1,
            embargo: 2,
        }),
    };
    assert_eq!(found.unwrap(), expected);
}

#[test]
fn windows_must_not_test_a_session_twice() {
    check(
        "[validate]\nwalk_forward = { train = 500, test = 60, step = 20 }\n",
        expect!["`validate.walk_forward.step` is 20, less than `test`"],
    );
}

#[test]
fn something_must_be_left_to_select_on() {
    check(
        "[validate]\ncross_validation = { folds = 4, test_folds = 4 }\n",
        expect!["`validate.cross_validation.test_folds` is 4"],
    );
    check(
        "[validate]\ncross_validation = { folds = 40, test_folds = 4 }\n",
        expect!["`validate.cross_validation.folds` is 40"],
    );
}

#[test]
fn an_unknown_key_suggests_the_nearest_one() {
    check(
        "[validate]\nhold_out = 2019-01-01\n",
        expect!["unknown key `hold_out` in `[validate]`"],
    );
}

/// A single run has no use for the tables of a sweep, and finds their mistakes all the same.
#[test]
fn a_run_checks_the_tables_of_a_sweep() {
    let text = format!(
        "{}[sweep]\nsamplr = \"grid\"\n[sweep.axes]\n\"alpha.top_n\" = [1]\n\
         [validate]\nholdout = \"soon\"\nmetrik = 3\n",
        crate::MINIMAL
    );
    let problems = strategy_file::parse(&text, &[], "").unwrap_err();
    expect![[r#"
        unknown key `samplr` in `[sweep]`
        `validate.holdout` must be a date, as in `2003-09-30`
        unknown key `metrik` in `[validate]`"#]]
    .assert_eq(&problems.to_string());
}
