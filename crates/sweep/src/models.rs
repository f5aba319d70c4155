//! External alpha models: the process that runs the sweep makes a new one for each trial.

use std::fmt;
use std::sync::Arc;

use backtest::alpha::{AlphaError, AlphaModel};
use backtest::batch::Record;
use backtest::market::Market;
use backtest::strategy::Strategy;
use statistics::period_sums::{BoundariesFn, YardstickReturns};

use diagnostics::chain;

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

/// Runs a strategy whose model the engine does not have.
pub(crate) fn run_external(
    market: &Arc<Market>,
    strategy: &Strategy,
    models: &dyn Models,
    boundaries_fn: &BoundariesFn,
    yardsticks: Option<Arc<YardstickReturns>>,
) -> Result<Record, String> {
    let backtest = strategy.bind(market).map_err(|error| chain(&error))?;
    let mut model = models
        .model(strategy, market)
        .map_err(|error| chain(&*error))?;
    let boundaries_fn = Arc::clone(boundaries_fn);
    let record = backtest.record_with_period_sums(&mut *model, boundaries_fn, yardsticks);
    record.map_err(|error| chain(&error))
}
