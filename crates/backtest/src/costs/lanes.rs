//! Costs of several accounts side by side: one kind of fees, each account's numbers.

use std::array::from_fn;

use super::{Costs, LaneFees};
use crate::conventions::FeeBasis;

/// A cost model of several accounts at once.
pub(crate) trait FeeLanes<const L: usize>: Sized {
    /// The numbers, by account.
    type Lanes: Clone + std::fmt::Debug;

    fn lanes(fees: [Self; L]) -> Self::Lanes;

    /// Currency units paid for trades; never negative, and nothing for no trade.
    fn of_trade(
        lanes: &Self::Lanes,
        price: &[f64; L],
        quantity: &[f64; L],
        basis: FeeBasis,
    ) -> [f64; L];

    /// Currency units to expect for targets of `value` currency units at `price`.
    fn of_target(lanes: &Self::Lanes, value: &[f64; L], price: f64) -> [f64; L];
}

/// Lists the cost models: the enum that a strategy names them by, and `LaneFees`, one kind with
/// numbers by account, whose kind is matched once for all accounts.
macro_rules! fees {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $($variant:ident $(($payload:ident))?,)+ }
    ) => {
        crate::parts! {
            $(#[$meta])*
            #[derive(Clone, Copy, Debug, PartialEq)]
            pub enum $name: FeePart { $($variant $(($payload))?,)+ }
        }

        /// [`Fees`] of one kind, with numbers by account.
        #[derive(Clone, Debug)]
        pub(crate) enum LaneFees<const L: usize> {
            $($variant(<$variant as FeeLanes<L>>::Lanes),)+
        }

        impl<const L: usize> LaneFees<L> {
            /// The fees are of one kind, that of the first.
            pub(crate) fn of(fees: [$name; L]) -> LaneFees<L> {
                match fees[0] {
                    $(crate::parts!(@pattern $name $variant $(($payload first))?) => {
                        let first = crate::parts!(@copy $variant $(($payload first))?);
                        let own = fees.map(|fees| match fees {
                            crate::parts!(@pattern $name $variant $(($payload own))?) => {
                                crate::parts!(@copy $variant $(($payload own))?)
                            }
                            _ => first,
                        });
                        LaneFees::$variant(<$variant as FeeLanes<L>>::lanes(own))
                    })+
                }
            }

            /// Currency units paid for trades; never negative, and nothing for no trade.
            #[inline(always)]
            pub(crate) fn of_trade(
                &self,
                price: &[f64; L],
                quantity: &[f64; L],
                basis: FeeBasis,
            ) -> [f64; L] {
                match self {
                    $(LaneFees::$variant(lanes) => {
                        <$variant as FeeLanes<L>>::of_trade(lanes, price, quantity, basis)
                    })+
                }
            }

            /// Currency units to expect for targets of `value` currency units at `price`.
            #[inline(always)]
            pub(crate) fn of_target(&self, value: &[f64; L], price: f64) -> [f64; L] {
                match self {
                    $(LaneFees::$variant(lanes) => {
                        <$variant as FeeLanes<L>>::of_target(lanes, value, price)
                    })+
                }
            }
        }
    };
}
pub(super) use fees;

/// What trades of several accounts cost.
#[derive(Clone, Debug)]
pub(crate) struct LaneCosts<const L: usize> {
    pub(crate) fees: LaneFees<L>,
    /// The part of a price that buys pay on top and sells do not get.
    spread: [f64; L],
}

/// What orders in one asset would be filled at, by account.
pub(crate) struct Quotes<const L: usize> {
    /// Slippage included.
    pub(crate) price: [f64; L],
    pub(crate) commission: [f64; L],
}

impl<const L: usize> LaneCosts<L> {
    /// The fees are of one kind: see [`Costs::are_like`].
    pub(crate) fn of(costs: [&Costs; L]) -> LaneCosts<L> {
        LaneCosts {
            fees: LaneFees::of(costs.map(|costs| costs.fees)),
            spread: costs.map(Costs::spread),
        }
    }

    /// Buys pay a higher price, sells get a lower one.
    #[inline(always)]
    pub(crate) fn quote(
        &self,
        market_price: f64,
        quantity: &[f64; L],
        basis: FeeBasis,
    ) -> Quotes<L> {
        let side = |lane: usize| 1.0_f64.copysign(quantity[lane]);
        let price = from_fn(|lane| market_price * (1.0 + self.spread[lane] * side(lane)));
        let commission = self.fees.of_trade(&price, quantity, basis);
        Quotes { price, commission }
    }
}
