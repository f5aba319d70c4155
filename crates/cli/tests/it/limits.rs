//! Where the machine or the folder is too small for what is asked.

use std::path::Path;
use std::process::Command;

use expect_test::expect;

use crate::sweep::momentum;
use crate::{Done, STRATEGY, folder, gridfolio, put, ready};

/// Runs the command under limits of the shell, as in `ulimit -n 16`.
fn limited(folder: &Path, limits: &str, arguments: &[&str]) -> Done {
    let script = format!("{limits}; exec \"$0\" \"$@\"");
    let output = Command::new("sh")
        .current_dir(folder)
        .env("GRIDFOLIO_LEDGER", folder.join("ledger"))
        .args(["-c", &script, env!("CARGO_BIN_EXE_gridfolio")])
        .args(arguments)
        .output();
    output.unwrap().into()
}

const HUGE: &str = r#"
[sweep.axes]
"backtest.initial_cash" = { from = 1000.0, to = 1000999.0, step = 1.0 }
"costs.slippage_bps" = { from = 0.0, to = 999.999, step = 0.001 }
"#;

#[test]
fn a_sweep_that_no_folder_holds_is_refused_with_a_question() {
    let folder = ready();
    put(&folder, "strategy.toml", &format!("{STRATEGY}{HUGE}"));
    let done = gridfolio(folder.path(), &["sweep", "strategy.toml", "--out", "out"]);
    expect![[r#"
        exit code 3
        error: the sweep has 1000000000000 combinations in 244140625 shards, and a folder holds at most 4096000000 in 1000000
         hint: is that what you meant? `--dry-run` says how long it would take; use fewer values, or `sampler = "random"` and `trials`
    "#]]
    .assert_eq(&done.said());
    assert!(!folder.path().join("out").exists());
    let done = gridfolio(folder.path(), &["sweep", "strategy.toml", "--dry-run"]).succeeded();
    assert!(
        done.stdout.starts_with("1000000000000 trials, about "),
        "{}",
        done.stdout
    );
}

/// The constraint names two axes: its 10,000 combinations are tried, and not a sample of all points.
#[test]
fn a_rare_constraint_over_many_points_is_counted() {
    let folder = ready();
    let axes = |condition: &str| {
        let text = format!(
            "{STRATEGY}\n[sweep]\nwhere = \"{condition}\"\n[sweep.axes]\n\
             \"portfolio.cash_buffer\" = {{ from = 0.0, to = 0.99, step = 0.01 }}\n\
             \"costs.slippage_bps\" = {{ from = 0, to = 99, step = 1 }}\n\
             \"backtest.initial_cash\" = {{ from = 1000, to = 10999, step = 1 }}\n"
        );
        put(&folder, "strategy.toml", &text);
        gridfolio(folder.path(), &["sweep", "strategy.toml", "--dry-run"])
    };
    let done = axes("portfolio.cash_buffer == 0.5 and costs.slippage_bps == 7").succeeded();
    assert!(done.stdout.starts_with("10000 trials, "), "{}", done.stdout);
    let done = axes("portfolio.cash_buffer > 0.5 and costs.slippage_bps > 99");
    assert_eq!(done.code, 3);
    assert!(
        done.stderr.contains("the constraint leaves no trial"),
        "{}",
        done.stderr
    );
    // With all three axes there are too many to try each: the answer says what was looked at.
    let done = axes(
        "portfolio.cash_buffer == 0.5 and costs.slippage_bps == 7 and backtest.initial_cash == 1234",
    );
    assert_eq!(done.code, 3);
    assert!(
        done.stderr
            .contains("no trial was found that meets the constraint"),
        "{}",
        done.stderr
    );
    assert!(
        done.stderr
            .contains("none of 1000000 points meets this, drawn at random of 100000000"),
        "{}",
        done.stderr
    );
}

/// A login node allows a user few threads, and the environment may ask for any number.
#[test]
fn without_threads_everything_is_done_on_one() {
    let folder = folder();
    let arguments = [
        "sweep",
        &momentum(),
        "--out",
        "out",
        "--quiet",
        "--threads",
        "65535",
    ];
    let program = env!("CARGO_BIN_EXE_gridfolio");
    // A user of its own, since root may start as many as it likes.
    let script = "ulimit -u 1; exec \"$0\" \"$@\"";
    let mut command = Command::new("sh");
    command
        .current_dir(folder.path())
        .env("GRIDFOLIO_LEDGER", folder.path().join("ledger"))
        .env("RAYON_NUM_THREADS", "1000000")
        .args(["-c", script, program])
        .args(arguments);
    let done: Done = command.output().unwrap().into();
    assert_eq!(done.code, 0, "{}", done.stderr);
    gridfolio(
        folder.path(),
        &["sweep", &momentum(), "--out", "other", "--quiet"],
    )
    .succeeded();
    let read =
        |name: &str| std::fs::read(folder.path().join(name).join("results.parquet")).unwrap();
    assert!(read("out") == read("other"));
}

#[test]
fn without_room_the_exit_code_is_5_and_nothing_is_half_written() {
    let folder = ready();
    for limits in ["ulimit -f 0", "ulimit -f 1", "ulimit -f 2"] {
        let done = limited(
            folder.path(),
            limits,
            &["run", "strategy.toml", "--out", "out", "-q"],
        );
        assert_eq!(done.code, 5, "{}", done.stderr);
        assert_eq!(
            std::fs::read_dir(folder.path().join("out"))
                .unwrap()
                .count(),
            0
        );
        let arguments = ["data", "sample", "sample"];
        let done = limited(folder.path(), limits, &arguments);
        assert_eq!(done.code, 5, "{}", done.stderr);
        let done = limited(
            folder.path(),
            limits,
            &["sweep", &momentum(), "--out", "sweep", "-q"],
        );
        assert_eq!(done.code, 5, "{}", done.stderr);
    }
    gridfolio(
        folder.path(),
        &["sweep", &momentum(), "--out", "sweep", "-q"],
    )
    .succeeded();
}

/// Whatever cannot be opened, the command says so; and resumes when it can.
#[test]
fn with_few_open_files_a_command_fails_as_any_other_does() {
    let folder = folder();
    let mut codes = Vec::new();
    for files in 4..24 {
        let limits = format!("ulimit -n {files}");
        let arguments = ["sweep", &momentum(), "--out", "out", "-q", "--threads", "2"];
        let done = limited(folder.path(), &limits, &arguments);
        codes.push(done.code);
        assert!(
            [0, 3, 4, 5].contains(&done.code),
            "{files}: {}",
            done.said()
        );
    }
    assert!(codes.contains(&0), "{codes:?}");
    gridfolio(folder.path(), &["sweep", &momentum(), "--out", "out", "-q"]).succeeded();
    gridfolio(
        folder.path(),
        &["sweep", &momentum(), "--out", "other", "-q"],
    )
    .succeeded();
    let read =
        |name: &str| std::fs::read(folder.path().join(name).join("results.parquet")).unwrap();
    assert!(read("out") == read("other"));
}
