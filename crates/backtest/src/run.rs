//! One backtest from its first session to its last, with everything that it produced.

use crate::alpha::AlphaModel;
use crate::backtest::Backtest;
use crate::outcome::Outcome;
use crate::run_error::RunError;
use crate::simulation::Simulation;

impl Backtest<'_> {
    /// Runs it and keeps everything.
    ///
    /// # Errors
    ///
    /// A [`RunError`] if a weight or a price cannot be used, or if the alpha model fails.
    ///
    /// ```
    /// # use backtest::strategy::{Schedule, Strategy, Universe};
    /// # use backtest::{Date, PriceSeries};
    /// # let day = |day| Date::new(2024, 1, day).unwrap();
    /// # let prices = PriceSeries {
    /// #     symbol: "ABC".to_owned(),
    /// #     dates: vec![day(2), day(3), day(4)],
    /// #     open: vec![10.0, 10.0, 11.0],
    /// #     close: vec![10.0, 10.5, 12.0],
    /// #     ..PriceSeries::default()
    /// # };
    /// # let strategy = Strategy {
    /// #     universe: Universe { assets: vec!["ABC".to_owned()], ..Universe::default() },
    /// #     schedule: Schedule::BuyAndHold,
    /// #     ..Strategy::new("all in", day(2).open(), day(4).close())
    /// # };
    /// let market = strategy.market(&[prices])?;
    /// let backtest = strategy.bind(&market)?;
    /// let outcome = backtest.run()?;
    /// assert_eq!(outcome.fills.len(), 1);
    /// assert_eq!(outcome.fills[0].quantity, 100_000.0);
    /// assert_eq!(outcome.equity.last(), Some(&1_200_000.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run(&self) -> Result<Outcome, RunError> {
        self.run_with(&mut *self.alpha_model())
    }

    /// Runs it with a custom alpha model in place of the strategy's, and keeps everything.
    pub fn run_with(&self, alpha: &mut dyn AlphaModel) -> Result<Outcome, RunError> {
        let with_formulas = self.with_formulas();
        let backtest = with_formulas.as_ref().unwrap_or(self);
        let mut simulation = Simulation::<1>::default();
        let mut outcome = Outcome::with_capacity(backtest);
        simulation.run(backtest, alpha, &mut outcome)?;
        outcome.close(simulation.portfolio(0), simulation.open_orders());
        Ok(outcome)
    }
}
