//! `gridfolio run`

use expect_test::expect;
use serde_json::Value;

use crate::{gridfolio, put, ready};

#[test]
fn the_result_is_a_summary() {
    let folder = ready();
    let done = gridfolio(folder.path(), &["run", "strategy.toml"]).succeeded();
    expect![[r#"
        strategy: 2024-01-02 to 2024-01-08, 5 sessions, standard conventions

        total return              26.6 %
        CAGR                           -
        volatility              103.74 %
        Sharpe                     12.13
          95 % interval   -6.15 to 30.42
        Sortino                    47.48
        max drawdown               3.7 %
          peak                2024-01-04
          valley              2024-01-05
          recovery            2024-01-08
          length                  4 days
        MAR                            -
        turnover a year          2,050 %
        costs                          0
        trades                         4
        time in market            80.0 %

        1,000 ▁▁▃▆▅█ 1,266
        fill next-open, shares whole, cash scale-down, entry state

        warning: the orders decided on 2024-01-08 were not filled, as no session follows: AAA, BBB
    "#]]
    .assert_eq(&done.stdout);
    assert_eq!(done.stderr, "");
}

#[test]
fn what_is_not_done_as_it_was_written_is_a_warning() {
    let warnings = |settings: &[&str]| {
        let folder = ready();
        let set = settings.iter().flat_map(|setting| ["--set", *setting]);
        let arguments: Vec<&str> = ["run", "strategy.toml"].into_iter().chain(set).collect();
        let done = gridfolio(folder.path(), &arguments).succeeded();
        let lines = done
            .stdout
            .lines()
            .filter(|line| line.starts_with("warning"));
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    let fixed = "alpha.model=fixed-weights";
    let per_cent = [fixed, "alpha.weights.AAA=60", "alpha.weights.BBB=40"];
    expect![[r#"
        warning: the weight of `AAA` is 60, 6,000 % of the equity; a weight is a fraction, and 0.6 is 60 %
        warning: the weights sum to 100 and are scaled down to one, at 5 of 5 decisions, first on 2024-01-02; let them sum to one or less
        warning: the orders decided on 2024-01-08 were not filled, as no session follows: AAA
    "#]].assert_eq(&warnings(&per_cent));
    expect![[r#"
        warning: nothing was traded: `portfolio.cash_buffer` is 1, which keeps 100 % of the equity in cash, and the rest pays for no share; it is a fraction, and 0.01 is 1 %
    "#]].assert_eq(&warnings(&["portfolio.cash_buffer=1"]));
    expect![[r#"
        warning: whole shares cost a part of the return: it is 26.09 % with them and 26.80 % with fractions of shares; set `shares = "fractional"` under `[execution]`, or a larger `backtest.initial_cash`
    "#]].assert_eq(&warnings(&["backtest.initial_cash=23"]));
}

#[test]
fn prices_lie_beside_the_strategy_file_wherever_one_stands() {
    let folder = ready();
    let elsewhere = crate::folder();
    let strategy = folder.path().join("strategy.toml");
    gridfolio(elsewhere.path(), &["run", strategy.to_str().unwrap()]).succeeded();
}

#[test]
fn data_on_the_command_line_is_relative_to_where_one_stands() {
    let folder = ready();
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    let sub = folder.path().join("sub");
    let arguments = ["run", "../strategy.toml", "--data", "../prices", "--quiet"];
    gridfolio(&sub, &arguments).succeeded();
}

#[test]
fn a_setting_on_the_command_line_replaces_that_of_the_file() {
    let folder = ready();
    let arguments = [
        "run",
        "strategy.toml",
        "--set",
        "backtest.initial_cash=5",
        "--json",
    ];
    let done = gridfolio(folder.path(), &arguments).succeeded();
    let json: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(json["run"]["initial_cash"], 5.0);
}

#[test]
fn json_holds_the_statistics_and_the_run_and_no_series() {
    let folder = ready();
    let done = gridfolio(folder.path(), &["run", "strategy.toml", "--json"]).succeeded();
    let json: Value = serde_json::from_str(&done.stdout).unwrap();
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["statistics", "run"]);
    let expected = concat!("gridfolio ", env!("CARGO_PKG_VERSION"));
    assert_eq!(json["run"]["program"], expected);
}

#[test]
fn quiet_says_nothing() {
    let folder = ready();
    let done = gridfolio(folder.path(), &["run", "strategy.toml", "--quiet"]).succeeded();
    assert_eq!(done.stdout + &done.stderr, "");
}

#[test]
fn a_strategy_without_a_name_is_called_as_its_file() {
    let folder = ready();
    let done = gridfolio(folder.path(), &["run", "strategy.toml", "--json"]).succeeded();
    let json: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(json["run"]["strategy"], "strategy");
}

#[test]
fn what_was_put_right_in_the_data_is_told() {
    let folder = ready();
    let without = "Date,Open,Close\n2024-01-03,1,1\n2024-01-02,1,1\n2024-01-08,2,2\n";
    put(&folder, "prices/BBB.csv", without);
    let done = gridfolio(folder.path(), &["run", "strategy.toml"]).succeeded();
    let warnings: Vec<&str> = (done.stdout.lines())
        .filter(|line| line.starts_with("warning"))
        .collect();
    expect![[r#"
        warning: `prices/BBB.csv`: no column `Adj Close`; prices are taken as already adjusted
        warning: `prices/BBB.csv`, line 3: rows out of order; sorted by date
        warning: `BBB`: 2024-01-08 looks like an unadjusted 1:2 split: the split counts as a loss or a gain; download adjusted prices, or add a column of splits and set `adjusted = false` under `[data]`
        warning: the orders decided on 2024-01-08 were not filled, as no session follows: AAA, BBB"#]].assert_eq(&warnings.join("\n"));
}

#[test]
fn prices_that_are_only_read_need_no_opens() {
    let folder = ready();
    let strategy =
        crate::STRATEGY.replace("dir = \"prices\"", "dir = \"prices\"\nalso = [\"FEAR\"]");
    put(&folder, "strategy.toml", &strategy);
    put(
        &folder,
        "prices/FEAR.csv",
        "observation_date,FEAR\n2024-01-02,13\n2024-01-03,14\n2024-01-04,.\n2024-01-05,15\n2024-01-08,13\n",
    );
    let done = gridfolio(folder.path(), &["run", "strategy.toml"]).succeeded();
    let without = ready();
    let other = gridfolio(without.path(), &["run", "strategy.toml"]).succeeded();
    assert_eq!(done.stdout, other.stdout);
    assert_eq!(done.stderr, "");

    std::fs::remove_file(folder.path().join("prices/FEAR.csv")).unwrap();
    let refused = gridfolio(folder.path(), &["run", "strategy.toml"]);
    assert!(refused.said().contains("FEAR"), "{}", refused.said());
}
