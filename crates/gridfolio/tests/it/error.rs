use std::path::Path;

use expect_test::{Expect, expect};
use gridfolio::{Backtest, Code, Error, Market, Strategy};

use crate::Desk;

#[track_caller]
fn check(desk: &Desk, error: &Error, code: Code, expected: Expect) {
    assert_eq!(error.code(), code);
    expected.assert_eq(&(desk.shown(&error.to_string()) + "\n"));
}

#[test]
fn an_error_of_any_crate_becomes_one_by_the_question_mark() {
    fn symbols() -> Result<Vec<String>, Error> {
        Ok(market_data::symbols_in(Path::new("no/such/folder"))?)
    }
    let error = symbols().unwrap_err();
    let expected = expect![[r#"
        cannot list the folder `no/such/folder`
        cause: No such file or directory (os error 2)
         hint: check the spelling of the folder
    "#]];
    check(&Desk::new(), &error, Code::Data, expected);
    assert!(error.downcast_ref::<std::io::Error>().is_some());
}

#[test]
fn a_mistake_in_a_strategy_is_shown_in_its_place() {
    let desk = Desk::new();
    std::fs::write(desk.path("typo.toml"), "[backtets]\nstart = 2020-01-01\n").unwrap();
    let error = Strategy::from_file(&desk.path("typo.toml"), &[]).unwrap_err();
    assert_eq!(error.code(), Code::Strategy);
    assert!(
        error.to_string().contains("did you mean `backtest`?"),
        "{error}"
    );
    assert!(error.styled().contains('\u{1b}'));
    assert!(!error.to_string().contains('\u{1b}'));
}

#[test]
fn a_strategy_without_its_prices_names_the_folder_and_the_way_out() {
    let desk = Desk::new();
    std::fs::remove_dir_all(desk.path("data")).unwrap();
    let strategy = Strategy::from_file(&desk.strategy(), &[]).unwrap();
    let error = Market::of_strategy(&strategy, None).unwrap_err();
    let expected = expect![[r#"
        `DIR/sixty_forty.toml` cannot be run
        cause: cannot list the folder `DIR/data`
        cause: No such file or directory (os error 2)
         hint: check the spelling of the folder
    "#]];
    check(&desk, &error, Code::Data, expected);
}

#[test]
fn a_run_that_cannot_start_says_what_to_change() {
    let desk = Desk::new();
    let late = [
        "backtest.start=2000-01-01".to_owned(),
        "backtest.end=2000-02-01".to_owned(),
    ];
    let overrides = gridfolio::overrides(&late, "--set").unwrap();
    let strategy = Strategy::from_file(&desk.strategy(), &overrides).unwrap();
    let market = Market::of_strategy(&strategy, None).unwrap();
    let error = Backtest::run(&strategy, &market).map(|_| ()).unwrap_err();
    assert_eq!(error.code(), Code::Data);
    assert!(error.to_string().contains("hint: "), "{error}");
}
