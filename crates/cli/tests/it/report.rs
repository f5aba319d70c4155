//! `gridfolio report` and `compare`, without a browser.

use expect_test::expect;

use crate::{gridfolio, ready};

#[test]
fn a_folder_gives_its_page_again_to_the_byte() {
    let folder = ready();
    gridfolio(folder.path(), &["run", "strategy.toml", "--out", "out"]).succeeded();
    let page = folder.path().join("out/tearsheet.html");
    let before = std::fs::read(&page).unwrap();
    std::fs::remove_file(&page).unwrap();
    // Neither the strategy nor the prices are needed.
    std::fs::remove_file(folder.path().join("strategy.toml")).unwrap();
    std::fs::remove_dir_all(folder.path().join("prices")).unwrap();
    let done = gridfolio(folder.path(), &["report", "out"]).succeeded();
    assert_eq!(done.stdout, "out/tearsheet.html\n");
    assert!(std::fs::read(&page).unwrap() == before);
}

#[test]
fn pictures_go_where_they_are_asked_for() {
    let folder = ready();
    gridfolio(folder.path(), &["run", "strategy.toml", "--out", "out"]).succeeded();
    let asked = [
        "--panel",
        "growth-log",
        "--panel",
        "monthly",
        "--out",
        "plots",
    ];
    let mut arguments = vec!["report", "out", "--format", "png"];
    arguments.extend(asked);
    let done = gridfolio(folder.path(), &arguments).succeeded();
    assert_eq!(done.stdout, "plots/monthly.png\nplots/growth-log.png\n");
    let png = std::fs::read(folder.path().join("plots/monthly.png")).unwrap();
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    let done = gridfolio(folder.path(), &["report", "out", "--format", "svg"]).succeeded();
    expect![[r#"
        out/pictures/growth.svg
        out/pictures/underwater.svg
        out/pictures/monthly.svg
        out/pictures/yearly.svg
        out/pictures/daily-returns.svg
        out/pictures/monthly-returns.svg
        out/pictures/yearly-returns.svg
        out/pictures/rolling-sharpe.svg
        out/pictures/rolling-volatility.svg
        out/pictures/exposure.svg
        out/pictures/turnover.svg
        out/pictures/costs.svg
        out/pictures/growth-log.svg
    "#]]
    .assert_eq(&done.stdout);
}

#[test]
fn what_cannot_be_reported_on_is_told() {
    let folder = ready();
    gridfolio(folder.path(), &["run", "strategy.toml", "--out", "out"]).succeeded();
    let said = |arguments: &[&str]| gridfolio(folder.path(), arguments).said();
    expect![[r#"
        exit code 2
        error: `prices` cannot be reported on
        cause: cannot read `prices/statistics.json`: No such file or directory (os error 2)
         hint: name a folder that `gridfolio run --out DIR` wrote, or one of a sweep
    "#]]
    .assert_eq(&said(&["report", "prices"]));
    expect![[r#"
        exit code 2
        error: `nowhere` cannot be reported on
        cause: there is no such folder
         hint: name a folder that `gridfolio run --out DIR` wrote, or one of a sweep
    "#]]
    .assert_eq(&said(&["report", "nowhere"]));
    let asked = ["report", "out", "--format", "png", "--panel", "grwth"];
    expect![[r#"
        exit code 2
        error: there is no picture `grwth`
         hint: the pictures are growth, underwater, monthly, yearly, daily-returns, monthly-returns, yearly-returns, rolling-sharpe, rolling-volatility, exposure, turnover, costs, growth-log
    "#]]
    .assert_eq(&said(&asked));
    expect![[r#"
        exit code 2
        error: `--panel` goes with `--format png` or `svg` only
         hint: leave it out, or add `--format png`
    "#]]
    .assert_eq(&said(&["report", "out", "--panel", "growth"]));
    std::fs::write(folder.path().join("prices/statistics.json"), "{}").unwrap();
    expect![[r#"
        exit code 2
        error: `prices` cannot be reported on
        cause: cannot use `prices/statistics.json`: it is not the statistics.json of a backtest: missing field `strategy_name` at line 1 column 2
         hint: name a folder that `gridfolio run --out DIR` wrote, or one of a sweep
    "#]]
    .assert_eq(&said(&["report", "prices"]));
}

#[test]
fn backtests_side_by_side() {
    let folder = ready();
    gridfolio(folder.path(), &["run", "strategy.toml", "--out", "a"]).succeeded();
    let half = [
        "run",
        "strategy.toml",
        "--set",
        "portfolio.cash_buffer=0.5",
        "--out",
        "b",
    ];
    gridfolio(folder.path(), &half).succeeded();
    let done = gridfolio(folder.path(), &["compare", "a", "b"]).succeeded();
    expect![[r#"
                                       strategy (a)    strategy (b)
        First session                    2024-01-02      2024-01-02
        Last session                     2024-01-08      2024-01-08
        Total return                         26.6 %          14.2 %
        CAGR                                      –               –
        Volatility                         103.74 %         56.54 %
        Sharpe ratio                          12.13           12.22
        Sharpe ratio, 95 % interval  −6.15 to 30.42  −6.08 to 30.51
        Sortino ratio                         47.48           48.47
        MAR ratio                                 –               –
        Max drawdown                          3.7 %           2.0 %
        Longest drawdown, days                    4               4
        Best year                     26.6 % (2024)   14.2 % (2024)
        Worst year                    26.6 % (2024)   14.2 % (2024)
        Trades                                    4               8
        Turnover a year                     2,050 %         1,391 %
        Time in market                       80.0 %          80.0 %
        Costs                                     0               0
    "#]]
    .assert_eq(&done.stdout);
    // Those that do not fit beside the others stand below them.
    let done = gridfolio(folder.path(), &["compare", "a", "b", "a", "b", "a"]).succeeded();
    let wide = done.stdout.lines().find(|line| line.chars().count() > 80);
    assert_eq!(wide, None);
    assert_eq!(done.stdout.matches("Sharpe ratio, 95 %").count(), 2);
}

/// A sweep of one strategy over a number and over whole tables.
#[test]
fn a_sweep_in_characters_is_as_wide_as_a_terminal_and_says_where_it_was_computed() {
    let folder = ready();
    let axes = "\n[sweep.axes]\n\"portfolio.cash_buffer\" = [0.0, 0.5]\n\
        \"alpha\" = [{ model = \"equal-weight\" }, { model = \"top-n-momentum\", lookback = 2, top_n = 1 }]\n";
    let file = folder.path().join("strategy.toml");
    let strategy = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, strategy + axes).unwrap();
    let arguments = ["sweep", "strategy.toml", "--out", "s", "--quiet"];
    gridfolio(folder.path(), &arguments).succeeded();
    let done = gridfolio(folder.path(), &["report", "s", "--format", "terminal"]).succeeded();
    let wide = done.stdout.lines().find(|line| line.chars().count() > 80);
    assert_eq!(wide, None);
    let best = done
        .stdout
        .lines()
        .filter(|line| line.contains("cash_buffer"));
    assert_eq!(best.count(), 4, "{}", done.stdout);
    assert!(!done.stdout.contains("{ model"), "{}", done.stdout);

    gridfolio(folder.path(), &["report", "s"]).succeeded();
    let page = std::fs::read_to_string(folder.path().join("s/report.html")).unwrap();
    let times = page.split("id=\"times\"").nth(1).unwrap();
    let row = times
        .split("<tbody>")
        .nth(1)
        .unwrap()
        .split("</tr>")
        .next()
        .unwrap();
    let cells: Vec<&str> = row.split("<td>").collect();
    assert_eq!(cells[1], format!("{}</td>", std::env::consts::ARCH));
    assert_eq!(cells[3], "4</td>", "all four trials were computed here");
}
