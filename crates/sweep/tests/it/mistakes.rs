//! Bad input, and what is said about it.

use diagnostics::Diagnostic;
use std::path::Path;

use expect_test::{Expect, expect};
use sweep::{Draft, Existing, Request, SweepError};

use crate::fixture::{Fixture, GRID, MOMENTUM, run};

/// The error of planning the momentum strategy with this sweep.
#[track_caller]
fn check(sweep: &str, expect: Expect) {
    let fixture = Fixture::new(&format!("{MOMENTUM}{sweep}"));
    let error = match fixture.draft() {
        Ok(_) => panic!("this can be planned"),
        Err(error) => error,
    };
    expect.assert_eq(&fixture.shown(&error));
}

#[test]
fn an_axis_that_names_nothing() {
    check(
        "[sweep.axes]\n\"alpha.lookbak\" = [21]\n",
        expect![[r#"
            error: the axis `alpha.lookbak` names no key of a strategy file
              --> momentum.toml:20:1
               |
            20 | "alpha.lookbak" = [21]
               | ^^^^^^^^^^^^^^^ did you mean `alpha.lookback`?
               |
               = help: the keys of `[alpha]` are `model`, `weights`, `signal`, `lookback`, `top_n`, `bottom_n`, `fast`, `slow`, `short`, `table`, `parameters`, `among`, `score`, `filter`, `enter`, `exit`, `select`, `require`, `weigh`, `replace`, `gate` and `class`"#]],
    );
    check(
        "[sweep.axes]\nlookback = [21]\n",
        expect![[r#"
            error: the axis `lookback` names no key of a strategy file
              --> momentum.toml:20:1
               |
            20 | lookback = [21]
               | ^^^^^^^^ did you mean `alpha.lookback`?
               |
               = help: the keys of the file are `name`, `conventions`, `data`, `backtest`, `universe`, `alpha`, `portfolio`, `rebalance`, `risk`, `costs`, `cash`, `statistics`, `execution`, `benchmark`, `cash_flows`, `signals`, `sweep` and `validate`"#]],
    );
}

#[test]
fn an_axis_without_values() {
    check(
        "[sweep.axes]\n\"alpha.lookback\" = []\n",
        expect![[r#"
        error: the axis `alpha.lookback` has no values
          --> momentum.toml:20:20
           |
        20 | "alpha.lookback" = []
           |                    ^^ empty"#]],
    );
    check(
        "[sweep.axes]\n\"alpha.lookback\" = { from = 9, to = 1, step = 2 }\n",
        expect![[r#"
            error: the axis `alpha.lookback` has no values
              --> momentum.toml:20:20
               |
            20 | "alpha.lookback" = { from = 9, to = 1, step = 2 }
               |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ leads away from `to`
               |
               = help: `to` must lie beyond `from` in the direction of the step"#]],
    );
}

#[test]
fn a_step_of_zero() {
    check(
        "[sweep.axes]\n\"alpha.lookback\" = { from = 1, to = 9, step = 0 }\n",
        expect![[r#"
            error: the range of `alpha.lookback` has a step of zero
              --> momentum.toml:20:47
               |
            20 | "alpha.lookback" = { from = 1, to = 9, step = 0 }
               |                                               ^ never arrives
               |
               = help: a step is positive or negative"#]],
    );
}

#[test]
fn values_of_the_wrong_type_or_out_of_range() {
    check(
        "[sweep.axes]\n\"alpha.lookback\" = [21, \"long\"]\n",
        expect![[r#"
        error: `alpha.lookback` must be a whole number
          --> momentum.toml:20:25
           |
        20 | "alpha.lookback" = [21, "long"]
           |                         ^^^^^^ this is a string"#]],
    );
    check(
        "[sweep.axes]\n\"portfolio.cash_buffer\" = { from = 0.5, to = 1.5, step = 0.5 }\n",
        expect![[r#"
            error: `portfolio.cash_buffer` is 1.5
              --> momentum.toml:20:27
               |
            20 | "portfolio.cash_buffer" = { from = 0.5, to = 1.5, step = 0.5 }
               |                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ must be 0 to 1"#]],
    );
    check(
        "[sweep.axes]\n\"alpha\" = [{ model = \"equal-wait\" }]\n",
        expect![[r#"
            error: `alpha.model` cannot be `equal-wait`
              --> momentum.toml:20:22
               |
            20 | "alpha" = [{ model = "equal-wait" }]
               |                      ^^^^^^^^^^^^ did you mean `equal-weight`?
               |
               = help: it is `fixed-weights`, `equal-weight`, `single-signal`, `top-n-momentum`, `momentum-weighted`, `long-short-momentum`, `sma-crossover`, `inverse-volatility`, `scheduled-weights`, `rules` or `python`"#]],
    );
}

#[test]
fn a_range_of_decimals_without_a_step() {
    check(
        "[sweep.axes]\n\"portfolio.cash_buffer\" = { from = 0.0, to = 0.5 }\n",
        expect![[r#"
            error: the range of `portfolio.cash_buffer` has no `step`
              --> momentum.toml:20:27
               |
            20 | "portfolio.cash_buffer" = { from = 0.0, to = 0.5 }
               |                           ^^^^^^^^^^^^^^^^^^^^^^^^ incomplete
               |
               = help: between decimals, say how far apart: `step = 0.01`"#]],
    );
}

#[test]
fn constraints_without_an_axis_or_without_sense() {
    check(
        &format!("[sweep]\nwhere = \"1 < 2\"\n{GRID}"),
        expect![[r#"
        error: the constraint names no axis
          --> momentum.toml:20:9
           |
        20 | where = "1 < 2"
           |         ^^^^^^^ no axis here
           |
           = help: the axes are `alpha.lookback` and `alpha.top_n`"#]],
    );
    check(
        &format!("[sweep]\nwhere = \"alpha.lookback < top_n\"\n{GRID}"),
        expect![[r#"
            error: the constraint cannot be read
              --> momentum.toml:20:27
               |
            20 | where = "alpha.lookback < top_n"
               |                           ^^^^^ `top_n` is not known
               |
               = help: known names are `alpha.lookback` and `alpha.top_n`"#]],
    );
    check(
        &format!("[sweep]\nwhere = \"alpha.top_n = 3\"\n{GRID}"),
        expect![[r#"
        error: the constraint cannot be read
          --> momentum.toml:20:22
           |
        20 | where = "alpha.top_n = 3"
           |                      ^ this does not belong here
           |
           = help: equality is written `==`"#]],
    );
}

#[test]
fn a_constraint_that_leaves_nothing() {
    check(
        &format!("[sweep]\nwhere = \"alpha.lookback < alpha.top_n\"\n{GRID}"),
        expect![[r#"
            error: the constraint leaves no trial
              --> momentum.toml:20:9
               |
            20 | where = "alpha.lookback < alpha.top_n"
               |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ no point meets this
               |
               = help: widen the axes, or loosen `sweep.where`"#]],
    );
    check(
        &format!(
            "[sweep]\nsampler = \"random\"\ntrials = 10\nwhere = \"alpha.lookback < alpha.top_n\"\n{GRID}"
        ),
        expect![[r#"
            error: the constraint leaves no trial
              --> momentum.toml:22:9
               |
            22 | where = "alpha.lookback < alpha.top_n"
               |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ no draw meets this
               |
               = help: widen the axes, or loosen `sweep.where`"#]],
    );
}

#[test]
fn more_trials_than_doubles_can_number() {
    check(
        "[sweep.axes]\n\"alpha.lookback\" = { from = 1, to = 4000000000 }\n\"alpha.top_n\" = { from = 1, to = 4000000000 }\n",
        expect![[r#"
            error: the grid has more than 2^53 trials
              --> momentum.toml:19:1
               |
            19 | [sweep.axes]
               | ^^^^^^^^^^^^ too many combinations
               |
               = help: set `sampler = "random"` and `trials` to draw some of them"#]],
    );
}

#[test]
fn trials_for_a_grid_and_too_many_for_sobol() {
    check(
        &format!("[sweep]\ntrials = 10\n{GRID}"),
        expect![[r#"
        error: `sweep.trials` does not go with sampler `grid`
          --> momentum.toml:20:1
           |
        20 | trials = 10
           | ^^^^^^ belongs to `random` and `sobol`
           |
           = help: remove `trials`, or set `sampler` to `random` or `sobol`"#]],
    );
    check(
        &format!("[sweep]\nsampler = \"sobol\"\ntrials = 100000\n{GRID}"),
        expect![[r#"
            error: a sobol sweep of 100000 trials and 2 axes
              --> momentum.toml:21:10
               |
            21 | trials = 100000
               |          ^^^^^^ at most 65536 trials and 256 axes
               |
               = help: for more, set `sampler = "random"`"#]],
    );
}

#[test]
fn axes_that_no_trial_can_be_read_with() {
    check(
        "[sweep.axes]\n\"alpha.fast\" = [1, 2]\n",
        expect![[r#"
            none of the first 2 trials of `DIR/momentum.toml` can be read; the cause is that of trial 0
            cause: `alpha.fast` does not go with model `top-n-momentum`
             hint: check that the axes fit the rest of the file"#]],
    );
}

#[test]
fn a_file_without_a_sweep_and_no_file() {
    check(
        "",
        expect![[r#"
        `DIR/momentum.toml` has no table `[sweep]`
         hint: add axes, as in `[sweep.axes]` and `"alpha.lookback" = [63, 126, 252]`"#]],
    );
    let error = Draft::new(&Request::default()).unwrap_err();
    expect![["no strategy file is given"]].assert_eq(&error.to_string());
}

#[test]
fn prices_that_are_not_there() {
    check(
        "[sweep.axes]\n\"universe.assets\" = [[\"EQUITY\", \"BOND\"]]\n",
        expect![[r#"
            cannot load the prices in `DIR/data`
            cause: `DIR/data` has no file for `BOND`
             hint: did you mean `BONDS`?"#]],
    );
}

#[test]
fn a_folder_that_may_not_be_written() {
    // Nobody can make a folder there, not even an administrator.
    let forbidden = Path::new("/sys/gridfolio-sweep");
    if !Path::new("/sys/kernel").is_dir() {
        return;
    }
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    let error = fixture
        .draft()
        .unwrap()
        .into_folder(forbidden, Existing::Resume)
        .unwrap_err();
    let shown = fixture.shown(&error);
    assert!(
        shown.starts_with("cannot make the folder `/sys/gridfolio-sweep"),
        "{shown}"
    );
    let hint = "check that you may write there, or choose another folder";
    assert_eq!(error.hint().as_deref(), Some(hint));
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    let sweep = fixture.sweep("out").unwrap();
    // The device that is always full stands for the disk.
    std::os::unix::fs::symlink("/dev/full", fixture.path("out/results.parquet")).unwrap();
    let options = sweep::RunOptions {
        threads: 1,
        progress: &|_| {},
        stop: &std::sync::atomic::AtomicBool::new(false),
    };
    let error = results::run(&sweep, &options).unwrap_err();
    expect![[r#"
        cannot write `DIR/out/results.parquet`
        cause: No space left on device (os error 28)
         hint: free some disk space and run the same command again: completed shards are kept"#]]
    .assert_eq(&fixture.shown_with(&error, error.hint()));
    std::fs::remove_file(fixture.path("out/results.parquet")).unwrap();
    assert!(run(&sweep, 1).finished);
}

#[test]
fn a_trial_that_is_not_there() {
    let fixture = Fixture::new(&format!(
        "{MOMENTUM}[sweep]\nwhere = \"alpha.top_n != 2\"\n{GRID}"
    ));
    let sweep = fixture.sweep("out").unwrap();
    for number in [1, 72] {
        let error = sweep.trial(number).unwrap_err();
        assert_eq!(error.to_string(), format!("there is no trial {number}"));
    }
}

#[test]
fn a_hold_out_period_outside_of_the_backtest() {
    for date in ["2013-01-01", "2024-01-01"] {
        let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}\n[validate]\nholdout = {date}\n"));
        assert!(matches!(fixture.draft(), Err(SweepError::Holdout { .. })));
    }
}
