//! Choices of the tables that are no part of a strategy.

backtest::choice! {
    /// How points are chosen from the axes.
    pub enum Sampler {
        /// Every combination, the last axis fastest. A constraint leaves numbers out.
        Grid = "grid",
        /// Independent draws; one that the constraint excludes is drawn again. A point may come twice.
        Random = "random",
        /// Draws of a scrambled Sobol sequence, which cover the space evenly. A constraint leaves numbers out.
        Sobol = "sobol",
    }
}

backtest::choice! {
    /// What stands for the opens of files that have closes alone.
    pub enum Opens {
        /// Each open is the close before it: an order decided at a close is filled at that very price.
        PreviousClose = "previous-close",
    }
}

backtest::choice! {
    /// What is selected by, in-sample: the trial with the highest.
    pub enum Metric {
        /// The Sharpe ratio.
        Sharpe = "sharpe",
        /// The mean return.
        Return = "return",
    }
}

#[allow(
    clippy::derivable_impls,
    reason = "the macro makes the variants, and takes no `#[default]`"
)]
impl Default for Metric {
    fn default() -> Self {
        Metric::Sharpe
    }
}
