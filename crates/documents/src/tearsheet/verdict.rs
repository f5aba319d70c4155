//! What a reader sees first: what was run, and the most important numbers.

use drawing::chart::shortened;
use statistics::catalogue::metric_at;

use super::sheet::Tearsheet;
use crate::numbers::{UNDEFINED, amount, of};

/// A number in large type, with its name above and a remark below.
pub(crate) struct Headline {
    pub(crate) name: &'static str,
    pub(crate) value: String,
    /// Pieces that are not broken.
    pub(crate) remark: Vec<String>,
}

impl Tearsheet {
    /// What was run, in a sentence.
    pub(crate) fn sentence(&self) -> String {
        let text = |key: &str| self.run[key].as_str().unwrap_or(UNDEFINED).to_owned();
        let n = self.run["n_sessions"].as_u64().unwrap_or(0) as usize;
        let initial = self.run["initial_cash"].as_f64().unwrap_or(f64::NAN);
        let last = self.run["final_equity"].as_f64().unwrap_or(f64::NAN);
        let against = match &self.benchmark_name {
            Some(name) => format!(", held against {name}"),
            None => String::new(),
        };
        format!(
            "{} to {}, {}, {} in the universe{against}: {} became {}.",
            text("first_session"),
            text("last_session"),
            of(n, "session"),
            of(self.detail.n_assets, "asset"),
            amount(initial),
            amount(last),
        )
    }

    /// How it was run, as names and values.
    pub(crate) fn provenance(&self) -> Vec<(&'static str, String)> {
        let text = |key: &str| self.run[key].as_str().unwrap_or(UNDEFINED).to_owned();
        let choice = |key: &str| self.run["conventions"][key].as_str().unwrap_or(UNDEFINED);
        vec![
            ("costs", self.detail.costs.clone()),
            (
                "choices",
                format!(
                    "{}: fill {}, shares {}, cash {}, entry {}",
                    self.detail.conventions,
                    choice("fill"),
                    choice("shares"),
                    choice("cash"),
                    choice("entry")
                ),
            ),
            (
                "run digest",
                self.detail
                    .run_digest
                    .clone()
                    .unwrap_or(UNDEFINED.to_owned()),
            ),
            ("data digest", self.detail.data_digest.clone()),
            ("program", text("program")),
        ]
    }

    /// The most important numbers.
    pub(crate) fn headlines(&self) -> Vec<Headline> {
        let shown = |path: &str, side: &str| {
            let shown = metric_at(path).and_then(|metric| self.shown(metric, side));
            shown.unwrap_or_else(|| UNDEFINED.to_owned())
        };
        let ours = |path: &str| shown(path, "strategy");
        let beside = |path: &str| match &self.benchmark {
            Some(_) => {
                let name = shortened(self.against(), 18);
                vec![format!("{name} {}", shown(path, "benchmark"))]
            }
            None => Vec::new(),
        };
        let headline = |path: &str, remark| Headline {
            name: metric_at(path).map_or("", |metric| metric.title),
            value: ours(path),
            remark,
        };
        let recovery = match (ours("drawdown.peak"), ours("drawdown.recovery")) {
            (peak, _) if peak == UNDEFINED => Vec::new(),
            (peak, recovery) if recovery == UNDEFINED => {
                vec![format!("since {peak},"), "not recovered".to_owned()]
            }
            (peak, recovery) => vec![peak, format!("to {recovery}")],
        };
        let interval = match ours("ratios.sharpe_interval_95") {
            undefined if undefined == UNDEFINED => vec!["no interval".to_owned()],
            interval => vec!["95 % interval".to_owned(), interval],
        };
        let total = "returns.total";
        vec![
            headline(total, beside(total)),
            headline("returns.cagr", beside("returns.cagr")),
            headline("risk.volatility", beside("risk.volatility")),
            headline("ratios.sharpe", interval),
            headline("drawdown.max", recovery),
            headline("run.costs.total", {
                let turnover = ours("trading.turnover");
                vec![format!("turnover {turnover}"), "a year".to_owned()]
            }),
        ]
    }
}
