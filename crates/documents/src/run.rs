//! A backtest and its result, which documents are written of.

use backtest::Backtest;
use backtest::conventions::Conventions;
use backtest::market::Market;
use backtest::outcome::Outcome;
use backtest::strategy::{Benchmark, Strategy};
use verdict::timing_luck::TimingLuck;

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

    /// The strategy on other days of its schedule, and begun later. It takes some thirty runs; there is
    /// nothing for a model that is not built in, and for less than a year.
    pub fn timing_luck(&self) -> TimingLuck {
        let dates = self.outcome.dates(self.market());
        let days = dates.last().zip(dates.first());
        let is_long =
            days.is_some_and(|(last, first)| last.epoch_days() - first.epoch_days() >= 365);
        match is_long {
            true => self.strategy.timing_luck(self.market()).into(),
            false => TimingLuck::default(),
        }
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
