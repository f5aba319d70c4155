//! Costs of several accounts side by side: one kind of fees, each account's numbers.

use crate::conventions::FeeBasis;
use crate::lanes::Lanes;

/// A cost model of several accounts at once.
pub(crate) trait FeeLanes<const L: usize>: Sized {
    /// The numbers of all accounts.
    type Numbers: Clone + std::fmt::Debug;

    fn lanes(fees: [Self; L]) -> Self::Numbers;

    /// Currency units paid for trades; never negative, and nothing for no trade.
    ///
    /// * `real`: shares as traded for each share of `quantity`.
    fn of_trade(
        numbers: &Self::Numbers,
        price: Lanes<L>,
        quantity: Lanes<L>,
        real: f64,
        basis: FeeBasis,
    ) -> Lanes<L>;

    /// Currency units to expect for targets of `value` currency units at `price`.
    fn of_target(numbers: &Self::Numbers, value: Lanes<L>, price: f64, real: f64) -> Lanes<L>;
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

        impl $name {
            /// The same model with all amounts multiplied.
            pub(crate) fn times(&self, factor: f64) -> $name {
                match self {
                    $(crate::parts!(@pattern $name $variant $(($payload own))?) => {
                        crate::parts!(@part $variant $(($payload own))?).times(factor).into()
                    })+
                }
            }
        }

        /// [`Fees`] of one kind, with numbers by account.
        #[derive(Clone, Debug)]
        pub(crate) enum LaneFees<const L: usize> {
            $($variant(<$variant as FeeLanes<L>>::Numbers),)+
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
                price: Lanes<L>,
                quantity: Lanes<L>,
                real: f64,
                basis: FeeBasis,
            ) -> Lanes<L> {
                match self {
                    $(LaneFees::$variant(numbers) => {
                        <$variant as FeeLanes<L>>::of_trade(numbers, price, quantity, real, basis)
                    })+
                }
            }

            /// Currency units to expect for targets of `value` currency units at `price`.
            #[inline(always)]
            pub(crate) fn of_target(&self, value: Lanes<L>, price: f64, real: f64) -> Lanes<L> {
                match self {
                    $(LaneFees::$variant(numbers) => {
                        <$variant as FeeLanes<L>>::of_target(numbers, value, price, real)
                    })+
                }
            }
        }
    };
}
pub(super) use fees;
