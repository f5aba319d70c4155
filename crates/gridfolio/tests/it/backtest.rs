use gridfolio::{Backtest, Market, Strategy, open_tearsheet};

use crate::{Desk, names};

#[test]
fn a_backtest_is_written_and_opened_again() {
    let desk = Desk::new();
    let strategy = Strategy::from_file(&desk.strategy(), &[]).unwrap();
    let market = Market::of_strategy(&strategy, None).unwrap();
    let backtest = Backtest::run(&strategy, &market).unwrap();

    let out = desk.path("result");
    backtest.write(&out).unwrap();
    let files = [
        "equity_curve.csv",
        "gridfolio-manifest.json",
        "statistics.json",
        "target_allocations.csv",
        "tearsheet.html",
        "transactions.csv",
    ];
    assert_eq!(names(&out), files);
    let opened = open_tearsheet(&out).unwrap();
    let own = backtest.tearsheet().unwrap();
    assert_eq!(opened.to_html(), own.to_html());
}

#[test]
fn a_result_with_a_file_of_another_backtest_is_refused() {
    let desk = Desk::new();
    let strategy = Strategy::from_file(&desk.strategy(), &[]).unwrap();
    let market = Market::of_strategy(&strategy, None).unwrap();
    let out = desk.path("result");
    Backtest::run(&strategy, &market)
        .unwrap()
        .write(&out)
        .unwrap();

    // A file that was deleted misleads no reader, and a page may have been made again.
    std::fs::remove_file(out.join("transactions.csv")).unwrap();
    std::fs::write(out.join("tearsheet.html"), "another page").unwrap();
    open_tearsheet(&out).unwrap();

    std::fs::write(out.join("equity_curve.csv"), "Date,Equity\n").unwrap();
    let error = open_tearsheet(&out).err().unwrap().to_string();
    assert!(
        error.contains("`equity_curve.csv` has changed since it was written"),
        "{error}"
    );
}

#[test]
fn prices_that_the_strategy_does_not_name_change_nothing() {
    let desk = Desk::new();
    let strategy = Strategy::from_file(&desk.strategy(), &[]).unwrap();
    let own = Market::of_strategy(&strategy, None).unwrap();
    let all = Market::from_folder(
        &desk.path("data"),
        None,
        None,
        strategy.adjusted(),
        strategy.opens(),
        &[],
    )
    .unwrap();
    assert!(all.series().len() > own.series().len());

    let equity = |market| {
        Backtest::run(&strategy, market)
            .unwrap()
            .outcome()
            .equity
            .clone()
    };
    assert_eq!(equity(&all), equity(&own));
}

#[test]
fn overrides_are_laid_over_the_file() {
    let desk = Desk::new();
    let overrides = ["backtest.initial_cash=5000".to_owned()];
    let overrides = gridfolio::overrides(&overrides, "--set").unwrap();
    let strategy = Strategy::from_file(&desk.strategy(), &overrides).unwrap();
    assert_eq!(strategy.definition().initial_cash, 5000.0);
    assert_eq!(strategy.definition().name, "Sixty-forty");
}
