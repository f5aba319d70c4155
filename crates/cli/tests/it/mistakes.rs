//! What a user can get wrong, and what is said then.

use expect_test::{Expect, expect};

use crate::{Done, PRICES, STRATEGY, gridfolio, put, ready};

/// A strategy file that differs from the good one.
#[track_caller]
fn check_strategy(edits: &[(&str, &str)], expect: Expect) {
    let folder = ready();
    let mut text = STRATEGY.to_owned();
    for (old, new) in edits {
        assert!(text.contains(old), "{old}");
        text = text.replace(old, new);
    }
    put(&folder, "strategy.toml", &text);
    let done = gridfolio(folder.path(), &["run", "strategy.toml", "--quiet"]);
    assert_eq!(done.stdout, "");
    expect.assert_eq(&done.said());
}

/// A file of prices that differs from the good one.
#[track_caller]
fn check_prices(prices: &str, expect: Expect) {
    let folder = ready();
    put(&folder, "prices/BBB.csv", prices);
    let done = gridfolio(folder.path(), &["run", "strategy.toml", "--quiet"]);
    assert_eq!(done.stdout, "");
    expect.assert_eq(&done.said());
}

/// Arguments after `gridfolio run`.
#[track_caller]
fn check_arguments(arguments: &[&str], expect: Expect) {
    let folder = ready();
    let done = gridfolio(folder.path(), &[&["run"], arguments].concat());
    assert_eq!(done.stdout, "");
    expect.assert_eq(&done.said());
}

#[test]
fn a_strategy_file_that_is_not_there() {
    check_arguments(
        &["strategy.tml"],
        expect![[r#"
        exit code 3
        error: cannot read the strategy file `strategy.tml`
        cause: No such file or directory (os error 2)
         hint: check the spelling of the path
    "#]],
    );
}

#[test]
fn a_folder_for_a_strategy_file() {
    check_arguments(
        &["prices"],
        expect![[r#"
        exit code 3
        error: cannot read the strategy file `prices`
        cause: it is a folder
         hint: name a file, not a folder
    "#]],
    );
}

#[test]
fn a_strategy_file_that_is_no_text() {
    let folder = ready();
    let path = folder.path().join("strategy.toml");
    std::fs::write(path, b"name = \"a\"\n\xff\xfe").unwrap();
    let done = gridfolio(folder.path(), &["run", "strategy.toml"]);
    expect![[r#"
        exit code 3
        error: cannot read the strategy file `strategy.toml`
        cause: line 2 is not UTF-8 text
         hint: save it as UTF-8 text
    "#]]
    .assert_eq(&done.said());
}

#[test]
fn no_strategy_file() {
    check_arguments(
        &[],
        expect![[r#"
        exit code 2
        error: the following required arguments were not provided:
          <STRATEGY.toml>

        Usage: gridfolio run <STRATEGY.toml>

        For more information, try '--help'.
    "#]],
    );
}

#[test]
fn a_setting_without_a_value() {
    check_arguments(
        &["strategy.toml", "--set", "alpha.top_n"],
        expect![[r#"
        exit code 2
        error: an override needs a value
         --> --set:1:1
          |
        1 | alpha.top_n
          | ^^^^^^^^^^^ no `=` here
          |
          = help: write `table.key=value`, as in `alpha.top_n=5`
    "#]],
    );
}

#[test]
fn a_setting_that_does_not_exist() {
    check_arguments(
        &["strategy.toml", "--set", "portfolio.cash_bufer=0.1"],
        expect![[r#"
            exit code 3
            error: unknown key `cash_bufer` in `[portfolio]`
             --> --set:1:11
              |
            1 | portfolio.cash_bufer=0.1
              |           ^^^^^^^^^^ did you mean `cash_buffer`?
              |
              = help: the keys here are `optimiser`, `sizing` and `cash_buffer`
        "#]],
    );
}

#[test]
fn text_that_is_not_toml() {
    check_strategy(
        &[("cash_buffer = 0.1", "cash_buffer = ")],
        expect![[r#"
        exit code 3
        error: this is not TOML
          --> strategy.toml:17:15
           |
        17 | cash_buffer = 
           |               ^ a value is missing
    "#]],
    );
}

#[test]
fn an_unknown_key() {
    check_strategy(
        &[("cash_buffer", "cash_bufer")],
        expect![[r#"
        exit code 3
        error: unknown key `cash_bufer` in `[portfolio]`
          --> strategy.toml:17:1
           |
        17 | cash_bufer = 0.1
           | ^^^^^^^^^^ did you mean `cash_buffer`?
           |
           = help: the keys here are `optimiser`, `sizing` and `cash_buffer`
    "#]],
    );
}

#[test]
fn a_cash_buffer_out_of_range() {
    check_strategy(
        &[("cash_buffer = 0.1", "cash_buffer = 1.1")],
        expect![[r#"
        exit code 3
        error: `portfolio.cash_buffer` is 1.1
          --> strategy.toml:17:15
           |
        17 | cash_buffer = 1.1
           |               ^^^ must be 0 to 1
    "#]],
    );
}

#[test]
fn a_start_after_the_end() {
    check_strategy(
        &[("start = 2024-01-02", "start = 2024-01-09")],
        expect![[r#"
            exit code 3
            error: the backtest ends before it starts, on 2024-01-09
             --> strategy.toml:7:7
              |
            6 | start = 2024-01-09
              |         ---------- the start
            7 | end = 2024-01-08
              |       ^^^^^^^^^^ the end
              |
              = help: set `backtest.end` to a day after `backtest.start`
        "#]],
    );
}

#[test]
fn a_period_without_prices() {
    let edits = [
        ("start = 2024-01-02", "start = 2030-01-02"),
        ("end = 2024-01-08", "end = 2030-01-08"),
    ];
    check_strategy(
        &edits,
        expect![[r#"
        exit code 4
        error: `strategy.toml` cannot be run
        cause: no session lies between 2030-01-02 14:30:00+00:00 and 2030-01-08 23:59:59+00:00
         hint: the prices run from 2024-01-02 to 2024-01-08; set `backtest.start` and `backtest.end` within these days
    "#]],
    );
}

#[test]
fn negative_weights_in_a_long_only_portfolio() {
    let model = r#"model = "fixed-weights"
weights = { AAA = 1.5, BBB = -0.5 }"#;
    check_strategy(
        &[(r#"model = "equal-weight""#, model)],
        expect![[r#"
        exit code 3
        error: the weight of `BBB` is -0.5, in a long-only portfolio
          --> strategy.toml:15:24
           |
        15 | weights = { AAA = 1.5, BBB = -0.5 }
           |                        ^^^ must be 0 or more
           |
           = help: to sell short, set `portfolio.sizing` to `long-short`
    "#]],
    );
}

#[test]
fn weights_that_turn_negative_on_the_way() {
    let model = r#"model = "momentum-weighted"
lookback = 1"#;
    check_strategy(
        &[(r#"model = "equal-weight""#, model)],
        expect![[r#"
        exit code 3
        error: `strategy.toml` cannot be run
        cause: the weight of `AAA` on 2024-01-05 21:00:00+00:00 is -0.04166666666666663, and a long-only portfolio holds no negative weights
         hint: set `sizing = "long-short"` under `[portfolio]`, or cut negative weights off with `[risk]`: `model = "floor"`, `min_weight = 0`
    "#]],
    );
}

#[test]
fn a_symbol_without_a_file() {
    check_strategy(
        &[(r#""BBB""#, r#""BBC""#)],
        expect![[r#"
        exit code 4
        error: `strategy.toml` cannot be run
        cause: `prices` has no file for `BBC`
         hint: did you mean `BBB`?
    "#]],
    );
}

#[test]
fn no_folder_of_prices() {
    check_strategy(
        &[(r#"dir = "prices""#, "")],
        expect![[r#"
        exit code 3
        error: `strategy.toml` cannot be run
        cause: it names no folder of prices
         hint: add `dir = "..."` under `[data]`, or run it with `--data DIR`
    "#]],
    );
}

#[test]
fn a_folder_of_prices_that_is_not_there() {
    check_strategy(
        &[(r#"dir = "prices""#, r#"dir = "price""#)],
        expect![[r#"
        exit code 4
        error: `strategy.toml` cannot be run
        cause: cannot list the folder `price`
        cause: No such file or directory (os error 2)
         hint: check the spelling of the folder
    "#]],
    );
}

#[test]
fn an_empty_file() {
    check_prices(
        "",
        expect![[r#"
            exit code 4
            error: `strategy.toml` cannot be run
            cause: `prices/BBB.csv`: the file is empty
             hint: download it again; the source may not know this symbol
        "#]],
    );
}

#[test]
fn a_missing_column() {
    check_prices(
        &PRICES.replace("Close", "Ending"),
        expect![[r#"
        exit code 4
        error: `strategy.toml` cannot be run
        cause: `prices/BBB.csv`, line 1: no column is named `Close`; there are `Date`, `Open`, `High`, `Low`, `Ending`, `Adj Ending`, `Volume`
         hint: name the columns Date, Open and Close (and Adj Close, if there is one) in the first line
    "#]],
    );
}

#[test]
fn text_in_a_number() {
    check_prices(
        &PRICES.replace("11.5,11.5", "11.5,n.a.b"),
        expect![[r#"
        exit code 4
        error: `strategy.toml` cannot be run
        cause: `prices/BBB.csv`, line 5: `Adj Close` is `n.a.b`, not a number
         hint: write the price as 1234.5 or 1.2345e3, or leave the cell empty if it is missing
    "#]],
    );
}

#[test]
fn two_prices_for_a_day() {
    check_prices(
        &PRICES.replace("2024-01-05", "2024-01-04"),
        expect![[r#"
        exit code 4
        error: `strategy.toml` cannot be run
        cause: `prices/BBB.csv`, line 5: line 4 has other prices for 2024-01-04
         hint: find out which of the two is right, and delete the other
    "#]],
    );
}

#[test]
fn a_negative_price() {
    check_prices(
        &PRICES.replace("11.5,11.5", "11.5,-11.5"),
        expect![[r#"
        exit code 4
        error: `strategy.toml` cannot be run
        cause: the price of `BBB` on 2024-01-05 14:30:00+00:00 is -12, and it is needed there
        cause: `prices/BBB.csv`, line 5
         hint: correct the price, or leave its cell empty: then the last price before it counts
    "#]],
    );
}

#[test]
fn an_asset_that_starts_late() {
    let late = PRICES.replace("2024-01-02,10,10,10,10,10,100\n", "");
    check_prices(
        &late,
        expect![[r#"
        exit code 4
        error: `strategy.toml` cannot be run
        cause: `BBB` is needed on 2024-01-02 and has no price before 2024-01-03
         hint: its prices start on 2024-01-03; set `backtest.start` to that day or later, or let it join later with `enters = { BBB = 2024-01-03 }` under `[universe]`
    "#]],
    );
}

#[test]
fn an_asset_that_starts_after_the_backtest() {
    check_prices(
        &PRICES.replace("2024-01-", "2024-02-"),
        expect![[r#"
            exit code 4
            error: `strategy.toml` cannot be run
            cause: `BBB` is needed on 2024-01-02 and has no price before 2024-02-02
             hint: its prices start on 2024-02-02, after the backtest; drop it, or set `backtest.end` later
        "#]],
    );
}

#[test]
fn a_benchmark_that_starts_late() {
    let folder = ready();
    let late = PRICES.replace("2024-01-02,10,10,10,10,10,100\n", "");
    put(&folder, "prices/CCC.csv", &late);
    let arguments = [
        "run",
        "strategy.toml",
        "--set",
        "benchmark.assets={ CCC = 1 }",
    ];
    expect![[r#"
        exit code 4
        error: the benchmark of `strategy.toml` cannot be run
        cause: `CCC` is needed on 2024-01-02 and has no price before 2024-01-03
         hint: its prices start on 2024-01-03; set `backtest.start` to that day or later
    "#]]
    .assert_eq(&gridfolio(folder.path(), &arguments).said());
}

/// As root nothing is forbidden, so there the program runs as another user.
#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_read() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;

    const NOBODY: u32 = 65_534;
    let folder = ready();
    let allow = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let is_root = std::fs::metadata(folder.path()).unwrap().uid() == 0;
    // The other user may enter the folder, but perhaps not the one in which the program was built.
    allow(folder.path(), 0o755);
    let program = folder.path().join("gridfolio");
    std::fs::copy(env!("CARGO_BIN_EXE_gridfolio"), &program).unwrap();
    let prices = folder.path().join("prices");
    allow(&prices, 0o000);
    let mut command = std::process::Command::new(&program);
    command.args(["run", "strategy.toml"]).current_dir(&folder);
    if is_root {
        command.uid(NOBODY).gid(NOBODY);
    }
    let said = Done::from(command.output().unwrap()).said();
    allow(&prices, 0o755);
    expect![[r#"
        exit code 4
        error: `strategy.toml` cannot be run
        cause: cannot list the folder `prices`
        cause: Permission denied (os error 13)
         hint: check that you may read the folder
    "#]]
    .assert_eq(&said);
}

#[test]
fn a_model_that_only_python_has() {
    let (native, class) = (
        "model = \"equal-weight\"",
        "model = \"python\"\nclass = \"my_models:Mine\"",
    );
    check_strategy(
        &[(native, class)],
        expect![[r#"
            exit code 3
            error: `strategy.toml` cannot be run
            cause: the alpha model failed on 2024-01-02 21:00:00+00:00
            cause: `my_models:Mine` is a model that this program does not have
             hint: `my_models:Mine` is a Python class: run the file from Python, with `gridfolio.Strategy.from_toml(...).run()`
        "#]],
    );
    let folder = ready();
    let axis = "[sweep.axes]\n\"portfolio.cash_buffer\" = [0.1, 0.2]\n";
    put(
        &folder,
        "strategy.toml",
        &(STRATEGY.replace(native, class) + axis),
    );
    let done = gridfolio(folder.path(), &["sweep", "strategy.toml"]);
    expect![[r#"
        exit code 3
        error: the alpha models of this sweep are Python classes, which only Python can run
         hint: use `gridfolio.sweep(...)` in Python, on a cluster with `on="slurm"`, or `python -m gridfolio worker --trust`
    "#]]
    .assert_eq(&done.said());
    assert!(!folder.path().join("strategy.sweep").exists());
}
