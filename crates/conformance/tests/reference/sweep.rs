//! Cells that QSTrader 0.3.0 itself has computed, on real prices, for those who have them.

use std::fs::File;
use std::sync::atomic::AtomicBool;

use conformance::oracle;
use results::{Cell, Query, Results};
use serde_json::Value;
use sweep::{Draft, Existing, Request, RunOptions, StrategyText};
use tempfile::TempDir;

pub(crate) fn the_cells_of_the_tutorials_sweep_end_with_qstraders_equity() {
    let oracle = oracle::folder();
    let golden = oracle.join("golden/sweep");
    let specs = File::open(golden.join("specs.json")).unwrap();
    let specs: Vec<Value> = serde_json::from_reader(specs).unwrap();
    let spec = &specs[0];
    let text = |value: &Value| value.as_str().unwrap().replace(' ', "T");
    let dates = spec["universe"]["dates"].as_object().unwrap();
    let symbol = |name: &str| name.trim_start_matches("EQ:").to_owned();
    let late = dates
        .iter()
        .filter(|(_, date)| text(date) > text(&spec["start"]));
    let enters: Vec<String> = late
        .map(|(name, date)| format!("{} = {}", symbol(name), text(date)))
        .collect();
    let assets: Vec<String> = dates.keys().map(|name| symbol(name)).collect();
    let data = ["../", ""]
        .iter()
        .map(|up| oracle.join(up).join(spec["csv_dir"].as_str().unwrap()));
    let data = data.into_iter().find(|dir| dir.is_dir()).unwrap();
    let strategy = format!(
        r#"
conventions = "qstrader"
[data]
dir = {:?}
[backtest]
start = {}
burn_in = {}
end = {}
[universe]
assets = {assets:?}
enters = {{ {} }}
[alpha]
model = "top-n-momentum"
[portfolio]
cash_buffer = 0.01
[rebalance]
schedule = "end-of-month"
[sweep.axes]
"alpha.lookback" = {{ from = 21, to = 252, step = 21 }}
"alpha.top_n" = [1, 2, 3, 4, 5, 6]
"#,
        data.canonicalize().unwrap().display().to_string(),
        text(&spec["start"]),
        text(&spec["burn_in"]),
        text(&spec["end"]),
        enters.join(", "),
    );
    let dir = TempDir::new().unwrap();
    let request = Request {
        strategies: vec![StrategyText {
            file: "sector-momentum.toml".into(),
            text: strategy,
        }],
        ..Request::default()
    };
    let sweep = Draft::new(&request).unwrap();
    let sweep = sweep
        .into_folder(&dir.path().join("out"), Existing::Resume)
        .unwrap();
    let options = RunOptions {
        threads: 2,
        progress: &|_| {},
        stop: &AtomicBool::new(false),
    };
    assert!(results::run(&sweep, &options).unwrap().finished);
    let results = Results::open(&dir.path().join("out")).unwrap();
    let table = results.select(&Query::default()).unwrap();
    let equity = table
        .columns
        .iter()
        .find(|column| column.name() == "final_equity")
        .unwrap();
    let mut compared = 0;
    for lookback in 1..=12 {
        for top_n in 1..=6 {
            let name = format!("mom_L{:03}_N{top_n}.json.gz", 21 * lookback);
            let Ok(file) = File::open(golden.join(name)) else {
                continue;
            };
            let cell: Value = serde_json::from_reader(flate2::read::GzDecoder::new(file)).unwrap();
            let curve = cell["equity_curve_month_ends"].as_array().unwrap();
            let last = curve.last().unwrap()[1].as_f64().unwrap();
            let row = (lookback - 1) * 6 + top_n - 1;
            let Cell::Float(own) = equity.cell(row) else {
                panic!("row {row} has no equity")
            };
            assert_eq!(
                own.to_bits(),
                last.to_bits(),
                "{own} and {last} in row {row}"
            );
            compared += 1;
        }
    }
    assert_eq!(compared, 7);
}
