//! The oracle's specs as strategy files. What a spec means is said once, in the engine's tests.

use std::path::Path;

use serde_json::Value;
use strategy_file::{Data, StrategyFile};

#[path = "../../../backtest/tests/it/oracle.rs"]
mod specs;

pub(crate) use specs::{csv_folder, folder, goldens, number, read, strategy};

/// A spec as a strategy file.
pub(crate) fn strategy_file(folder: &Path, spec: &Value) -> String {
    let adjusted = (spec.get("adjust_prices")).is_none_or(|adjust| *adjust != false);
    let dir = csv_folder(folder, spec).to_str().map(str::to_owned);
    strategy_file::to_toml(&StrategyFile {
        data: Data { dir, adjusted },
        strategy: strategy(spec),
    })
}
