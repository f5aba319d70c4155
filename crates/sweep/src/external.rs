//! Alpha models that the engine does not have: made by whoever runs the sweep, for each trial anew.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use backtest::alpha::{AlphaError, AlphaModel};
use backtest::batch::Record;
use backtest::market::Market;
use backtest::strategy::{Alpha, Strategy};
use backtest::stretches::CutsOf;

use crate::draft::Draft;
use crate::error::SweepError;
use crate::folder::Sweep;
use crate::trials::Trials;

/// Makes the alpha models of [`Alpha::External`](backtest::strategy::Alpha::External).
pub trait Models: fmt::Debug + Send + Sync {
    /// The model that a strategy names, as at the start of a run on a market.
    ///
    /// # Errors
    ///
    /// When there is none of this name, or it does not take the parameters.
    fn model(
        &self,
        strategy: &Strategy,
        market: &Arc<Market>,
    ) -> Result<Box<dyn AlphaModel>, AlphaError>;
}

impl Draft {
    /// Says who makes the alpha models that the engine does not have, for the calibration.
    pub fn set_models(&mut self, models: Arc<dyn Models>) {
        self.trials.models = Some(models);
    }

    /// Whether trials ask for such models.
    pub fn asks_models(&self) -> bool {
        self.trials.ask_models()
    }
}

impl Sweep {
    /// Says who makes the alpha models that the engine does not have. Without, a sweep that asks for
    /// them is not computed.
    pub fn set_models(&mut self, models: Arc<dyn Models>) {
        self.trials.models = Some(models);
    }

    /// Whether trials ask for such models.
    pub fn asks_models(&self) -> bool {
        self.trials.ask_models()
    }

    /// Computes one shard if it is missing, on this thread; returns how many of its trials there
    /// are and how many of them failed. `None` when `stop` was set meanwhile.
    ///
    /// # Errors
    ///
    /// As [`Sweep::run`].
    pub fn compute_shard(
        &self,
        shard: u64,
        stop: &AtomicBool,
    ) -> Result<Option<(u64, u64)>, SweepError> {
        let is_over = || stop.load(Ordering::Relaxed);
        let done = self.shard_rows(&self.shard(shard), &mut None, &is_over)?;
        Ok(done.map(|done| {
            let failed = done.rows.iter().filter(|row| row.outcome.is_err());
            (done.rows.len() as u64, failed.count() as u64)
        }))
    }
}

impl Trials {
    /// Whether trials name models that the engine does not have, as far as the first of each
    /// strategy tell.
    fn ask_models(&self) -> bool {
        const LOOKED_AT: u64 = 16;
        let is_external = |number| {
            let file = self.read(&self.point(number)?).ok()?;
            Some(matches!(file.strategy.alpha, Alpha::External { .. }))
        };
        self.sources.iter().any(|source| {
            let mut numbers = source.first..source.first + source.n.min(LOOKED_AT);
            numbers.any(|number| is_external(number) == Some(true))
        })
    }
}

/// Runs a strategy whose model the engine does not have.
pub(crate) fn run_alone(
    market: &Arc<Market>,
    strategy: &Strategy,
    models: &dyn Models,
    cuts_of: &CutsOf,
) -> Result<Record, String> {
    let backtest = strategy.bind(market).map_err(|error| told(&error))?;
    let mut model = models
        .model(strategy, market)
        .map_err(|error| told(&*error))?;
    let record = backtest.record_with_stretches(&mut *model, Arc::clone(cuts_of));
    record.map_err(|error| told(&error))
}

/// An error and all that it came from, in one line.
pub(crate) fn told(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| (**cause).source());
    causes.fold(error.to_string(), |told, cause| format!("{told}: {cause}"))
}
