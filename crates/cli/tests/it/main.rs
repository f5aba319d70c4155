//! The `gridfolio` command, run as a user would run it.

mod audit;
mod qstrader;
mod run;
mod sweep;
mod worker;

mod cluster;

mod examples;
mod refused;
mod report;

mod mistakes;

mod data;
mod foreign_text;
mod help;
mod kills;
mod limits;
mod output;
mod read_only;

#[path = "../command/mod.rs"]
mod command;
#[path = "../qstrader/comparison.rs"]
mod comparison;

use tempfile::TempDir;

pub(crate) use command::{Done, folder, gridfolio, put};

/// A week of prices, a file of Yahoo's layout.
pub(crate) const PRICES: &str = "\
Date,Open,High,Low,Close,Adj Close,Volume
2024-01-02,10,10,10,10,10,100
2024-01-03,10,11,10,11,11,100
2024-01-04,11,12,11,12,12,100
2024-01-05,12,12,11,11.5,11.5,100
2024-01-08,12,13,12,13,13,100
";

/// A strategy on two assets.
pub(crate) const STRATEGY: &str = r#"
[data]
dir = "prices"

[backtest]
start = 2024-01-02
end = 2024-01-08
initial_cash = 1000

[universe]
assets = ["AAA", "BBB"]

[alpha]
model = "equal-weight"

[portfolio]
cash_buffer = 0.1

[rebalance]
schedule = "daily"
"#;

/// A folder with the strategy and its prices.
pub(crate) fn ready() -> TempDir {
    let folder = folder();
    std::fs::create_dir(folder.path().join("prices")).unwrap();
    put(&folder, "strategy.toml", STRATEGY);
    put(&folder, "prices/AAA.csv", PRICES);
    put(&folder, "prices/BBB.csv", PRICES);
    folder
}
