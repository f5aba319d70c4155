//! Odd input: a sensible page each, on which nothing goes wrong.

use std::path::Path;

use crate::chromium::Page;
use crate::{example, folder, gridfolio};

/// An asset that multiplies by four within two weeks.
const RISING: &str = "\
Date,Open,High,Low,Close,Adj Close,Volume
2024-01-02,10,10,10,10,10,1
2024-01-03,10,12,10,12,12,1
2024-01-04,12,16,12,16,16,1
2024-01-05,16,24,16,24,24,1
2024-01-08,24,30,24,30,30,1
2024-01-09,30,40,30,40,40,1
2024-01-10,40,41,40,41,41,1
";

const HEAD: &str = "\
name = \"NAME\"
backtest = { start = 2024-01-02, end = 2024-01-10, initial_cash = 1000 }
data = { dir = \".\" }
universe = { assets = [\"AAA\"] }
rebalance = { schedule = \"daily\" }
";

fn put(folder: &Path, rest: &str) {
    std::fs::write(folder.join("AAA.csv"), RISING).unwrap();
    std::fs::write(folder.join("s.toml"), HEAD.to_owned() + rest).unwrap();
}

/// Opens a page at two widths; it says all of `expected`, and nothing goes wrong.
#[track_caller]
fn check(file: &Path, expected: &[&str]) {
    let mut page = Page::open(file, 1200);
    let text = page.evaluate("document.body.innerText");
    let text = text.as_str().unwrap();
    for words in expected {
        assert!(text.contains(words), "`{words}` is not in\n{text}");
    }
    for nonsense in ["NaN", "undefined", "Infinity", "inf %"] {
        assert!(!text.contains(nonsense), "`{nonsense}` is in\n{text}");
    }
    let paths = "[...document.querySelectorAll('path,rect,text')].filter(e => /NaN|inf/.test(e.outerHTML.split('>')[0])).length";
    assert_eq!(page.evaluate(paths), 0);
    page.resize(360);
    let is_wide = "document.scrollingElement.scrollWidth > innerWidth";
    assert_eq!(
        page.evaluate(is_wide),
        false,
        "a telephone has to scroll sideways"
    );
    assert_eq!(page.complaints(), [""; 0]);
}

/// A backtest of an example, with some keys changed.
#[track_caller]
fn check_run(arguments: &[&str], expected: &[&str]) {
    let folder = folder();
    let strategy = example("sixty_forty.toml");
    let mut all = vec!["run", &strategy, "--out", "out", "--quiet"];
    all.extend(arguments);
    gridfolio(folder.path(), &all);
    check(&folder.path().join("out/tearsheet.html"), expected);
    gridfolio(folder.path(), &["report", "out", "--format", "terminal"]);
    gridfolio(
        folder.path(),
        &["report", "out", "--format", "png", "--quiet"],
    );
}

/// A sweep of the rising asset.
#[track_caller]
fn check_sweep(rest: &str, more: &[&str], expected: &[&str]) {
    let folder = folder();
    put(folder.path(), rest);
    let mut arguments = vec!["sweep", "s.toml", "--out", "out", "--quiet"];
    arguments.extend(more);
    gridfolio(folder.path(), &arguments);
    gridfolio(folder.path(), &["report", "out", "--quiet"]);
    check(&folder.path().join("out/report.html"), expected);
    gridfolio(folder.path(), &["report", "out", "--format", "terminal"]);
    gridfolio(
        folder.path(),
        &["report", "out", "--format", "svg", "--quiet"],
    );
}

pub(crate) fn one_day() {
    check_run(
        &["--set", "backtest.end=2014-01-02"],
        &["1 session,", "less than 12 months"],
    );
}

pub(crate) fn no_trades() {
    check_run(
        &["--set", "backtest.initial_cash=1"],
        &["nothing was traded", "nothing was ever held"],
    );
}

pub(crate) fn no_benchmark_and_a_name_that_is_a_script() {
    let folder = folder();
    put(
        folder.path(),
        "alpha = { model = \"equal-weight\" }\nportfolio = { cash_buffer = 0.1 }\n",
    );
    let name = "name=\"<script>alert(1)</script>\"";
    let arguments = ["run", "s.toml", "--set", name, "--out", "out", "--quiet"];
    gridfolio(folder.path(), &arguments);
    let file = folder.path().join("out/tearsheet.html");
    check(&file, &["<script>alert(1)</script>"]);
    let html = std::fs::read_to_string(file).unwrap();
    assert!(!html.contains("<script>alert"));
}

pub(crate) fn a_total_loss() {
    let folder = folder();
    put(
        folder.path(),
        "alpha = { model = \"fixed-weights\", weights = { AAA = -1.0 } }\n\
         portfolio = { sizing = \"long-short\", gross_leverage = 1.0 }\n",
    );
    let buy_once = ["--set", "rebalance.schedule=buy-and-hold"];
    let mut arguments = vec!["run", "s.toml", "--out", "out", "--quiet"];
    arguments.extend(buy_once);
    gridfolio(folder.path(), &arguments);
    let file = folder.path().join("out/tearsheet.html");
    check(&file, &["the account lost everything"]);
}

pub(crate) fn all_trials_failed() {
    check_sweep(
        // The sixth and the seventh were no sessions.
        "alpha = { model = \"equal-weight\" }\n\
         [sweep.axes]\n\"backtest.end\" = [2024-01-06, 2024-01-07]\n\"rebalance.trade\" = [\"always\", \"on-change\"]\n",
        &["--set", "backtest.start=2024-01-06"],
        &[
            "4 failed",
            "no trial has a Sharpe ratio",
            "no session lies between",
        ],
    );
}

pub(crate) fn one_axis_and_trials_without_a_sharpe_ratio() {
    check_sweep(
        "alpha = { model = \"equal-weight\" }\n\
         [sweep.axes]\n\"portfolio.cash_buffer\" = [0.0, 0.5, 1.0]\n",
        &[],
        &["1 axis: portfolio.cash_buffer", "3 trials"],
    );
}

pub(crate) fn five_axes_some_of_text_and_whole_tables() {
    check_sweep(
        "[sweep.axes]\n\
         \"portfolio.cash_buffer\" = [0.0, 0.1, 0.2]\n\
         \"costs.slippage_bps\" = [0, 5]\n\
         \"rebalance.trade\" = [\"always\", \"on-change\"]\n\
         \"costs.fees\" = [{ model = \"zero\" }, { model = \"percent\", commission = 0.001 }]\n\
         \"alpha\" = [{ model = \"equal-weight\" }, { model = \"top-n-momentum\", lookback = 2, top_n = 1 }]\n",
        &[],
        &["48 trials, 5 axes", "on-change", "top-n-momentum"],
    );
}
