//! One backtest from its first session to its last, with everything that it produced.

use crate::alpha::AlphaModel;
use crate::backtest::Backtest;
use crate::outcome::Outcome;
use crate::run_error::RunError;
use crate::simulation::Simulation;

impl Backtest<'_> {
    /// Runs it and keeps everything.
    pub fn run(&self) -> Result<Outcome, RunError> {
        self.run_with(&mut *self.alpha_model())
    }

    /// Runs it with an alpha model of one's own in place of the strategy's, and keeps everything.
    pub fn run_with(&self, alpha: &mut dyn AlphaModel) -> Result<Outcome, RunError> {
        let mut simulation = Simulation::<1>::default();
        let mut outcome = Outcome::with_capacity(self);
        simulation.run(self, alpha, &mut outcome)?;
        outcome.close(simulation.portfolio(0), simulation.open_orders());
        Ok(outcome)
    }
}
