//! A backtest and its result, which documents are written of.

use backtest::Backtest;
use backtest::conventions::Conventions;
use backtest::market::Market;
use backtest::outcome::Outcome;
use backtest::strategy::{Benchmark, Strategy};

/// A backtest, and its result.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The program and its version, as in `gridfolio 1.2.3`.
    pub program: &'a str,
    /// The strategy as its file has it.
    pub strategy: &'a Strategy,
    /// The same, bound to a market.
    pub backtest: &'a Backtest<'a>,
    /// Its result.
    pub outcome: &'a Outcome,
    /// The benchmark's result, on the same market.
    pub benchmark: Option<&'a Outcome>,
    /// Corrections made while the prices were read, a sentence each.
    pub notices: &'a [String],
}

impl Run<'_> {
    /// The market it ran on.
    pub fn market(&self) -> &Market {
        self.backtest.market()
    }

    /// `SPY`, or `60 % SPY, 40 % AGG`.
    pub fn benchmark_name(&self) -> Option<String> {
        self.strategy.benchmark.as_ref().map(Benchmark::name)
    }

    /// `standard conventions`, or `qstrader conventions with risk_model = applied`.
    pub fn conventions_in_words(&self) -> String {
        let ours = self.strategy.conventions.named();
        let bases = [
            ("standard", Conventions::STANDARD),
            ("qstrader", Conventions::QSTRADER),
        ];
        let changes = |base: Conventions| -> Vec<String> {
            (ours.iter().zip(base.named()))
                .filter(|(ours, base)| **ours != *base)
                .map(|((switch, value), _)| format!("{switch} = {value}"))
                .collect()
        };
        let (name, changes) = (bases.into_iter())
            .map(|(name, base)| (name, changes(base)))
            .min_by_key(|(_, changes)| changes.len())
            .unwrap_or_default();
        match changes.is_empty() {
            true => format!("{name} conventions"),
            false => format!("{name} conventions with {}", changes.join(", ")),
        }
    }
}
