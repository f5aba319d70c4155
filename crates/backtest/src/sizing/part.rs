//! What the engine asks of a sizing.

use crate::conventions::WeightScaling;
use crate::lanes::Lanes;

/// A weight sum of at most this size counts as zero, and its weights are left as they are.
pub(super) const NEGLIGIBLE: f64 = 1e-8;

/// What the checks ask of a sizing.
pub(crate) trait SizingPart {
    /// Whether the accounts may hold short positions, and borrow.
    fn allows_shorts(&self) -> bool;
}

/// A sizing of several accounts at once.
pub(crate) trait SizingLanes<const L: usize>: Sized {
    /// The one number of each account.
    fn number(&self) -> f64;

    /// What weights are fractions of, by account, and how they are scaled.
    ///
    /// * `sum`, `gross`: of the weights, and of their absolute values.
    fn base_and_scale(
        numbers: Lanes<L>,
        equity: Lanes<L>,
        sum: Lanes<L>,
        gross: Lanes<L>,
        scaling: WeightScaling,
    ) -> (Lanes<L>, Scaling<L>);
}

/// Lists the sizings: the enum that a strategy names them by, and `LaneSizing`, one kind with
/// numbers by account, whose kind is matched once for all accounts.
macro_rules! sizings {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $($variant:ident($payload:ident),)+ }
    ) => {
        crate::parts! {
            $(#[$meta])*
            #[derive(Clone, Copy, Debug, PartialEq)]
            pub enum $name: SizingPart { $($variant($payload),)+ }
        }

        /// [`Sizing`] of one kind, with numbers by account.
        #[derive(Clone, Debug)]
        enum LaneSizing<const L: usize> {
            $($variant(Lanes<L>),)+
        }

        impl<const L: usize> LaneSizing<L> {
            /// All are of one kind, that of the first.
            fn of(sizings: [$name; L]) -> LaneSizing<L> {
                let numbers = sizings.map(|sizing| match sizing {
                    $($name::$variant(own) => <$payload as SizingLanes<L>>::number(&own),)+
                });
                match sizings[0] {
                    $($name::$variant(_) => LaneSizing::$variant(Lanes(numbers)),)+
                }
            }

            #[inline(always)]
            fn allows_shorts(&self) -> bool {
                match self {
                    $(LaneSizing::$variant(_) => $payload::ALLOWS_SHORTS,)+
                }
            }

            #[inline(always)]
            fn base_and_scale(
                &self,
                equity: Lanes<L>,
                sum: Lanes<L>,
                gross: Lanes<L>,
                scaling: WeightScaling,
            ) -> (Lanes<L>, Scaling<L>) {
                match self {
                    $(LaneSizing::$variant(numbers) => {
                        $payload::base_and_scale(*numbers, equity, sum, gross, scaling)
                    })+
                }
            }
        }
    };
}
pub(super) use sizings;

/// How weights are scaled. Dividing and multiplying round differently, and QSTrader does both.
/// Both by one change nothing.
pub(crate) enum Scaling<const L: usize> {
    None,
    DivideBy(Lanes<L>),
    MultiplyBy(Lanes<L>),
}

impl<const L: usize> Scaling<L> {
    #[inline(always)]
    pub(super) fn divide_by(divisor: Lanes<L>) -> Scaling<L> {
        match divisor == Lanes::from(1.0) {
            true => Scaling::None,
            false => Scaling::DivideBy(divisor),
        }
    }
}
