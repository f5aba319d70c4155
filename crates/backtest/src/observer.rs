//! Running backtests, and their observers.

use crate::alpha::AlphaModel;
use crate::backtest::Backtest;
use crate::cash_flows::MovedCash;
use crate::interest::Accrual;
use crate::market::{AssetId, Entitlement, Mark, Session};
use crate::orders::{Fill, Order};
use crate::portfolio::Portfolio;
use crate::run_error::RunError;

/// A decision, as an observer sees it.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Decision<'a> {
    /// When it was made.
    pub mark: Mark,
    /// The equity it is sized on.
    pub equity: f64,
    /// The portfolio weights, before sizing: in the order in which the alpha model named them.
    pub weights: &'a [(AssetId, f64)],
    /// The account as it was.
    pub portfolio: Portfolio<'a>,
}

/// Watches a run. The methods that are not implemented do nothing and cost nothing.
pub trait Observer {
    /// Whether [`Observer::filled`] and [`Observer::accrued`] are to be called.
    const WATCHES_FILLS: bool;

    /// Equity and cash at the closes of consecutive sessions from `first` on, at these holdings. The
    /// portfolio is that of the last of them.
    fn marked(
        &mut self,
        first: Session,
        equity: &[f64],
        cash: CashCurve<'_>,
        portfolio: Portfolio<'_>,
    ) {
        let _ = (first, equity, cash, portfolio);
    }

    /// Cash has earned interest, or borrowing has cost some, up to a mark. Called where there is any.
    fn accrued(&mut self, mark: Mark, accrual: Accrual) {
        let _ = (mark, accrual);
    }

    /// Money has been paid into the account, or withdrawn.
    fn moved_cash(&mut self, moved: &MovedCash) {
        let _ = moved;
    }

    /// A decision has been made.
    fn decided(&mut self, decision: &Decision<'_>) {
        let _ = decision;
    }

    /// An order has been filled.
    fn filled(&mut self, fill: &Fill) {
        let _ = fill;
    }

    /// A dividend or a split has been booked. Called where [`Observer::filled`] is.
    fn entitled(&mut self, entitlement: &Entitlement) {
        let _ = entitlement;
    }

    /// An order was dropped (`filled` is 0) or cut down because the cash did not cover it.
    fn cut(&mut self, mark: Mark, order: Order, filled: f64) {
        let _ = (mark, order, filled);
    }

    /// The account has lost everything and is closed out.
    fn ruined(&mut self, ruin: Ruin) {
        let _ = ruin;
    }
}

/// Cash at the closes of consecutive sessions, in currency units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CashCurve<'a> {
    /// The same at each of them.
    Constant(f64),
    /// One number for each of them.
    Varying(&'a [f64]),
}

impl<'a> CashCurve<'a> {
    /// Cash at one of the closes.
    #[must_use]
    pub fn at(self, index: usize) -> f64 {
        match self {
            CashCurve::Constant(cash) => cash,
            CashCurve::Varying(curve) => curve[index],
        }
    }

    /// Cash at the first `n` closes.
    #[must_use]
    pub fn until(self, n: usize) -> CashCurve<'a> {
        match self {
            CashCurve::Constant(_) => self,
            CashCurve::Varying(curve) => CashCurve::Varying(&curve[..n]),
        }
    }
}

/// The end of an account that has lost everything.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ruin {
    /// The first session at whose close its equity was zero or less.
    pub session: Session,
    /// What its creditors lost, in currency units: the equity below zero, as a positive number.
    pub shortfall: f64,
    /// Whether a withdrawal took all that there was.
    pub by_withdrawal: bool,
}

/// Observes nothing.
impl Observer for () {
    const WATCHES_FILLS: bool = false;
}

/// One of the backtests that a simulation runs side by side.
pub(crate) struct RunningBacktest<'a, 'm, O> {
    /// What is run.
    pub(crate) backtest: &'a Backtest<'m>,
    /// Its alpha model.
    pub(crate) alpha: &'a mut dyn AlphaModel,
    /// What observes it.
    pub(crate) observer: &'a mut O,
    /// Why it stopped, if it did. Its model is not called again, and its observer's values are
    /// meaningless.
    pub(crate) failed: Option<RunError>,
    /// When it lost everything, if it did. It is asked no more.
    pub(crate) ruin: Option<Ruin>,
}

impl<'a, 'm, O> RunningBacktest<'a, 'm, O> {
    /// As before the first session.
    pub(crate) fn new(
        backtest: &'a Backtest<'m>,
        alpha: &'a mut dyn AlphaModel,
        observer: &'a mut O,
    ) -> Self {
        RunningBacktest {
            backtest,
            alpha,
            observer,
            failed: None,
            ruin: None,
        }
    }
}
