//! `gridfolio sweep`, `results` and `show`, as a user would run them.

use std::path::Path;
use std::process::{Command, Stdio};

use expect_test::{Expect, expect};
use serde_json::Value;

use crate::{Done, folder, gridfolio};

/// The example of sector momentum, with its 72 combinations.
pub(crate) fn momentum() -> String {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    examples
        .join("sector_momentum.toml")
        .to_str()
        .unwrap()
        .to_owned()
}

fn sweep(folder: &Path, arguments: &[&str]) -> Done {
    gridfolio(
        folder,
        &[&["sweep", &momentum(), "--out", "out"][..], arguments].concat(),
    )
}

#[test]
fn a_sweep_ends_with_the_best_and_a_map() {
    let folder = folder();
    let done = sweep(folder.path(), &["--top", "3"]).succeeded();
    expect![[r#"
        the best by sharpe

        trial  alpha.lookback  alpha.top_n     cagr  volatility  sharpe  sortino  max_drawdown  trades  turnover  final_equity
           66             252            1  29.62 %     22.97 %    1.24     1.99        25.5 %     123   185.5 %        11.49M
           54             210            1  29.16 %     22.99 %    1.23     1.96        25.5 %     130   178.4 %        11.12M
           55             210            2  20.33 %     16.17 %    1.23     1.90        18.7 %     265   247.4 %         5.71M

        cagr: median by alpha.lookback and alpha.top_n
                       1 2 3 4 5 6
                    21 . : - . . .
                    42 = : : : : .
                    63 + = - : . .
                    84 : - : : : .
                   105 : = : . . .
                   126 - - - : . .
                   147 # - - : . .
                   168 * = - : . .
                   189 % + = - : :
                   210 @ * = - : :
                   231 % + - : : :
                   252 @ + - - : :
        8.39 % .:-=+*#%@ 29.62 %

        sharpe: median by alpha.lookback and alpha.top_n
                       1 2 3 4 5 6
                    21 . = + - - .
                    42 = - + = = -
                    63 * * + + - -
                    84 : + = + = :
                   105 . * = : - :
                   126 - + * + - -
                   147 # + + = : :
                   168 * * * + = :
                   189 # % % * + +
                   210 @ @ % # * +
                   231 % @ # + + =
                   252 @ @ # * * +
        0.58 .:-=+*#%@ 1.24

        max_drawdown: median by alpha.lookback and alpha.top_n
                       1 2 3 4 5 6
                    21 . + = + = +
                    42 = = + = = +
                    63 * % + * * *
                    84 * # # * + +
                   105 : % # * * +
                   126 + % @ # * *
                   147 = * % % + *
                   168 * % % # * *
                   189 + % @ # + +
                   210 * @ % # * #
                   231 * @ # + * #
                   252 * # % * * *
        38.6 % .:-=+*#%@ 18.7 %

        72 trials in `out`

        is it luck? red

          Nothing here beats EQUITY and equal weights by more than luck: the best of 72 is 0.98 a year
          ahead per unit of risk, and luck alone does as well in 9 of 100 cases, though in 2 of 100 null
          worlds.

          test                                       value  asked for       result
          reality check                              0.091  at most 0.025   failed
          deflated Sharpe ratio                      0.894  at least 0.5    passed
          walk-forward                               0.298  above 0         passed
          Sharpe ratio above the yardsticks'         0.526  above 0         passed

          furthest ahead     trial 56: 7.2 % a year beyond its yardsticks (95 % interval 1.8 % to 12.6 %),
                             a residual Sharpe ratio of 0.98 (95 % interval 0.24 to 1.71); beta -0.44 to
                             EQUITY and 1.36 to equal weights
          nothing hedged     12.2 % a year over EQUITY (95 % interval 4.4 % to 20.1 %); 16.5 % a year over
                             cash (95 % interval 6.7 % to 26.3 %)
          yardsticks         EQUITY: Sharpe ratio 0.31, 4.3 % a year; equal weights: Sharpe ratio 0.62,
                             8.3 % a year
          null worlds        2 of 100 with days shuffled reach a residual Sharpe ratio of 0.98 (median
                             0.49, less than 0.89 in 95 of 100): p = 0.030
          power              9.4 years of data; the reality check sees a residual Sharpe ratio of 1.27
                             four times in five, and one of 0.2 after 379 years; minimum backtest length
                             for a Sharpe ratio of 1 with 72 trials: 5.8 years
          best of 72         trial 66, Sharpe ratio 1.24 (95 % interval 0.62 to 1.87, as a single trial);
                             minimum track record: 1.7 years
          luck bar           without skill, the best of these trials has a residual Sharpe ratio of 0.56
                             on average and of less than 1.03 in 95 of 100 cases; the best of 72
                             independent ones 0.79 on average
          reality check      p = 0.091: the probability of a residual this good by luck alone; for trial
                             66, which has the highest Sharpe ratio, 0.192; Hansen's test: 0.091; 0 of 72
                             trials survive the step-down test (Romano-Wolf); 128 stretches of time
          deflated Sharpe    0.894 with 72 trials; at least 0.5 with up to 281,818 trials; by their
                             correlation, 72 trials are equivalent to 35 independent ones, which is not
                             counted here
          haircut residual   0.27 (BHY) to 0.42 (Bonferroni, Holm) after correction for multiple testing
          plateau            4 neighbouring trials, itself included: median 1.18, minimum 1.12
          timing luck        trial 56 on other days of its schedule: CAGR 14.61 % to 17.78 %, Sharpe ratio
                             1.01 to 1.21, final equity 3,609,562 to 4,668,101; by CAGR, this one is 12th
                             of 21; begun up to a year later: CAGR 14.60 % to 16.75 %, Sharpe ratio 1.03
                             to 1.15, final equity 3,293,895 to 4,297,186; by CAGR, this one is the best
                             of 12
          walk-forward       Sharpe ratio 1.16 (95 % interval 0.43 to 1.89) over 12 windows; residual
                             Sharpe ratio 0.30 (95 % interval -0.46 to 1.06); efficiency 106 % of the
                             in-sample return; rank correlation of trials where they are selected with the
                             test: -0.08
          selection          the best trial of one half of the time has a mean Sharpe ratio of 1.36 there
                             and of 0.90 in the other half, where 1 % of selections lose money;
                             probability of backtest overfitting 0.37 (near one half also on a flat
                             plateau, where selection adds nothing)
    "#]].assert_eq(&done.stdout);
    assert_eq!(done.stderr, "");
}

#[test]
fn a_dry_run_says_what_would_be_done() {
    let folder = folder();
    let done = sweep(folder.path(), &["--dry-run"]).succeeded();
    assert!(done.stdout.starts_with("72 trials, "), "{}", done.stdout);
    assert!(
        done.stdout.contains("alpha.lookback = 21  alpha.top_n = 1"),
        "{}",
        done.stdout
    );
    assert!(
        done.stdout.contains("the verdict sees a residual Sharpe"),
        "{}",
        done.stdout
    );
    assert!(!folder.path().join("out").exists());
}

#[test]
fn results_are_sorted_filtered_and_selected() {
    let folder = folder();
    sweep(folder.path(), &["--quiet"]).succeeded();
    let done = gridfolio(
        folder.path(),
        &[
            "results",
            "out",
            "--where",
            "alpha.top_n == 3 and alpha.lookback <= 84",
            "--sort",
            "max_drawdown",
            "--columns",
            "trial,alpha.lookback,alpha.top_n,max_drawdown",
        ],
    );
    expect![[r#"
        trial  alpha.lookback  alpha.top_n  max_drawdown
           20              84            3        24.4 %
           14              63            3        28.8 %
            8              42            3        29.3 %
            2              21            3        30.6 %

        4 of 72 rows
    "#]]
    .assert_eq(&done.succeeded().stdout);
}

/// Cells of the results, by column name, for each row.
fn rows(folder: &Path) -> Vec<serde_json::Map<String, Value>> {
    let done = gridfolio(folder, &["results", "out", "--json"]).succeeded();
    serde_json::from_str(&done.stdout).unwrap()
}

#[test]
fn every_row_is_what_run_gives_for_the_same_keys() {
    let folder = folder();
    sweep(folder.path(), &["--quiet"]).succeeded();
    let rows = rows(folder.path());
    assert_eq!(rows.len(), 72);
    for row in rows {
        let lookback = format!("alpha.lookback={}", row["alpha.lookback"]);
        let top_n = format!("alpha.top_n={}", row["alpha.top_n"]);
        let strategy = momentum();
        let arguments = [
            "run", &strategy, "--set", &lookback, "--set", &top_n, "--json",
        ];
        let done = gridfolio(folder.path(), &arguments).succeeded();
        let run: Value = serde_json::from_str(&done.stdout).unwrap();
        let ours = &run["statistics"]["strategy"];
        let same = [
            ("total_return", &ours["returns"]["total"]),
            ("cagr", &ours["returns"]["cagr"]),
            ("sharpe", &ours["ratios"]["sharpe"]),
            ("sortino", &ours["ratios"]["sortino"]),
            ("max_drawdown", &ours["drawdown"]["max"]),
            ("turnover", &ours["trading"]["turnover"]),
            ("trades", &ours["trading"]["trades"]),
        ];
        for (column, value) in same {
            assert_eq!(
                row[column].as_f64(),
                value.as_f64(),
                "{column} of {lookback} {top_n}"
            );
        }
    }
}

#[test]
fn a_trial_is_shown_and_its_file_runs() {
    let folder = folder();
    sweep(folder.path(), &["--quiet"]).succeeded();
    let shown = gridfolio(folder.path(), &["show", "out", "17", "--json"]).succeeded();
    let toml = gridfolio(folder.path(), &["show", "out", "17", "--toml"]).succeeded();
    std::fs::write(folder.path().join("one.toml"), &toml.stdout).unwrap();
    let run = gridfolio(folder.path(), &["run", "one.toml", "--json"]).succeeded();
    assert_eq!(shown.stdout, run.stdout);
}

/// The second run finds everything done and gives the same bytes.
#[test]
fn a_finished_sweep_is_not_computed_again() {
    let folder = folder();
    let first = sweep(folder.path(), &["--csv"]).succeeded();
    let results = |name: &str| std::fs::read(folder.path().join("out").join(name)).unwrap();
    let before = (results("results.parquet"), results("results.csv"));
    let second = sweep(folder.path(), &["--csv", "--threads", "1"]).succeeded();
    assert_eq!(first.stdout, second.stdout);
    assert_eq!(before, (results("results.parquet"), results("results.csv")));
}

#[test]
fn an_interrupt_leaves_a_sweep_that_goes_on() {
    let folder = folder();
    let strategy = momentum();
    // Enough trials to be interrupted.
    let many = [
        "--set",
        r#"sweep.axes."portfolio.cash_buffer"={ from = 0.001, to = 0.9, step = 0.001 }"#,
    ];
    let arguments = [&["sweep", &strategy, "--out", "out"][..], &many].concat();
    let child = Command::new(env!("CARGO_BIN_EXE_gridfolio"))
        .env(
            "GRIDFOLIO_LEDGER",
            std::env::temp_dir().join("gridfolio-test-ledger"),
        )
        .current_dir(folder.path())
        .args(&arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let shards = folder.path().join("out/shards");
    while std::fs::read_dir(&shards).map_or(0, Iterator::count) < 2 {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let pid = child.id().to_string();
    Command::new("kill").args(["-INT", &pid]).status().unwrap();
    let stopped: Done = child.wait_with_output().unwrap().into();
    // On a quick machine it may have been done before it heard.
    if stopped.code == 0 {
        return;
    }
    assert_eq!(stopped.code, 6, "{}", stopped.stderr);
    assert!(
        stopped
            .stderr
            .contains("run the same command again to continue"),
        "{}",
        stopped.stderr
    );
    let done = gridfolio(folder.path(), &[&arguments[..], &["--quiet"]].concat());
    assert_eq!(done.code, 0, "{}", done.stderr);
}

#[track_caller]
fn refused(arguments: &[&str], change: impl FnOnce(&Path), expect: Expect) {
    let folder = folder();
    sweep(folder.path(), &["--quiet"]).succeeded();
    change(folder.path());
    let done = gridfolio(folder.path(), arguments);
    let said = done.said().replace(&momentum(), "momentum.toml");
    expect.assert_eq(&said);
}

#[test]
fn another_sweep_in_the_same_folder_is_refused() {
    let strategy = momentum();
    let arguments = [
        "sweep",
        &strategy,
        "--out",
        "out",
        "--set",
        "portfolio.cash_buffer=0.5",
    ];
    refused(
        &arguments,
        |_| {},
        expect![[r#"
            exit code 2
            error: `out` holds another sweep: it was planned with no overrides, and now with `portfolio.cash_buffer=0.5`
             hint: name another folder with `--out`, or start over with `--fresh`, which deletes the results there
        "#]],
    );
}

#[test]
fn a_column_that_does_not_exist_is_refused() {
    refused(
        &["results", "out", "--sort", "sharp"],
        |_| {},
        expect![[r#"
            exit code 2
            error: there is no column `sharp`
             hint: did you mean `sharpe`?
        "#]],
    );
}

#[test]
fn a_condition_with_a_mistake_is_refused() {
    refused(
        &["results", "out", "--where", "sharpe <"],
        |_| {},
        expect![[r#"
            exit code 2
            error: cannot filter the results: `sharpe <`, column 9: the expression ends too early
        "#]],
    );
}

#[test]
fn a_trial_that_does_not_exist_is_refused() {
    refused(
        &["show", "out", "72"],
        |_| {},
        expect![[r#"
        exit code 2
        error: there is no trial 72
         hint: trials are numbered from 0 to 71; `where` excludes some
    "#]],
    );
}

#[test]
fn a_folder_without_a_sweep_is_refused() {
    let folder = folder();
    let dir = folder.path();
    std::fs::create_dir(dir.join("empty")).unwrap();
    std::fs::write(dir.join("notes.txt"), "notes").unwrap();
    std::fs::create_dir(dir.join("result")).unwrap();
    std::fs::write(dir.join("result/statistics.json"), "{}").unwrap();
    let mut said = String::new();
    for place in ["nowhere", "empty", "notes.txt", "result", "data"] {
        let commands: [&[&str]; 6] = [
            &["results", place],
            &["show", place, "1"],
            &["status", place],
            &["verdict", place],
            &["resume", place],
            &["cancel", place],
        ];
        // `resume` names the whole path, as the tasks will see it.
        let whole = format!("{}/", dir.canonicalize().unwrap().display());
        let said_by = |command| gridfolio(dir, command).said().replace(&whole, "");
        let answers = commands.map(said_by);
        assert!(
            answers.iter().all(|answer| *answer == answers[0]),
            "{answers:#?}"
        );
        said += &answers[0];
    }
    expect![[r#"
        exit code 2
        error: `nowhere` does not exist
         hint: check the spelling; `gridfolio sweep FILE --out DIR` makes such a folder
        exit code 2
        error: `empty` is an empty folder, and no sweep
         hint: `gridfolio sweep FILE --out DIR` writes one; name that folder
        exit code 2
        error: `notes.txt` is a file, and a sweep is a folder
         hint: name the folder that `gridfolio sweep` wrote
        exit code 2
        error: `result` holds a backtest, and no sweep
         hint: `gridfolio report result` draws the backtest
        exit code 2
        error: `data` does not exist
         hint: check the spelling; `gridfolio sweep FILE --out DIR` makes such a folder
    "#]]
    .assert_eq(&said);
}

#[test]
fn a_strategy_without_axes_is_refused() {
    let folder = folder();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    std::fs::copy(
        examples.join("sixty_forty.toml"),
        folder.path().join("one.toml"),
    )
    .unwrap();
    let done = gridfolio(folder.path(), &["sweep", "one.toml"]);
    expect![[r#"
        exit code 3
        error: `one.toml` has no table `[sweep]`
         hint: add axes, as in `[sweep.axes]` and `"alpha.lookback" = [63, 126, 252]`
    "#]]
    .assert_eq(&done.said());
}

#[test]
fn a_strategy_file_that_cannot_be_read_is_refused_as_by_run() {
    let folder = folder();
    std::fs::write(folder.path().join("latin.toml"), b"name = \"\xe9\"\n").unwrap();
    for file in ["missing.toml", "latin.toml", "."] {
        let by_run = gridfolio(folder.path(), &["run", file]);
        let by_sweep = gridfolio(folder.path(), &["sweep", file]);
        assert_eq!(by_sweep.said(), by_run.said());
        assert_eq!(by_sweep.code, 3);
    }
}

#[test]
fn a_mistake_in_an_axis_is_shown_in_its_place() {
    let folder = folder();
    let text = std::fs::read_to_string(momentum()).unwrap();
    let text = text.replace("\"alpha.lookback\" = {", "\"alpha.lookbak\" = {");
    std::fs::write(folder.path().join("m.toml"), text).unwrap();
    let done = gridfolio(folder.path(), &["sweep", "m.toml"]);
    expect![[r#"
        exit code 3
        error: the axis `alpha.lookbak` names no key of a strategy file
          --> m.toml:52:1
           |
        52 | "alpha.lookbak" = { from = 21, to = 252, step = 21 }
           | ^^^^^^^^^^^^^^^ did you mean `alpha.lookback`?
           |
           = help: the keys of `[alpha]` are `model`, `weights`, `signal`, `lookback`, `top_n`, `bottom_n`, `fast`, `slow`, `short`, `table`, `parameters`, `among`, `score`, `filter`, `enter`, `exit`, `select`, `require`, `weigh`, `replace`, `gate` and `class`
    "#]].assert_eq(&done.said());
}
