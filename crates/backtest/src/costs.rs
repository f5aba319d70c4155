//! What a trade costs: fees on its value or its shares, and a worse price.

use std::array::from_fn;
use std::mem::discriminant;

use crate::conventions::FeeBasis;
use crate::strategy::{Costs, Fees};

impl Fees {
    /// Currency units paid for a trade of `quantity` shares at `price`. Never negative.
    pub fn of_trade(&self, price: f64, quantity: f64, basis: FeeBasis) -> f64 {
        let [paid] = LaneFees::of([*self]).of_trade(&[price], &[quantity], basis);
        paid
    }
}

/// What trades of several accounts side by side cost: one kind of fees, each account's numbers.
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
            spread: costs.map(|costs| (costs.slippage_bps + costs.half_spread_bps) / 10_000.0),
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

impl Costs {
    /// Whether the fees of both are of one kind.
    pub(crate) fn are_like(&self, other: &Costs) -> bool {
        discriminant(&self.fees) == discriminant(&other.fees)
    }
}

/// [`Fees`] of one kind, with numbers by account.
#[derive(Clone, Debug)]
pub(crate) enum LaneFees<const L: usize> {
    Zero,
    Percent {
        commission: [f64; L],
        tax: [f64; L],
    },
    PerShare {
        per_share: [f64; L],
        minimum: [f64; L],
    },
}

impl<const L: usize> LaneFees<L> {
    fn of(fees: [Fees; L]) -> LaneFees<L> {
        let numbers = fees.map(|fees| match fees {
            Fees::Zero => (0.0, 0.0),
            Fees::Percent { commission, tax } => (commission, tax),
            Fees::PerShare { per_share, minimum } => (per_share, minimum),
        });
        let (first, second) = (numbers.map(|(a, _)| a), numbers.map(|(_, b)| b));
        match fees.first() {
            None | Some(Fees::Zero) => LaneFees::Zero,
            Some(Fees::Percent { .. }) => LaneFees::Percent {
                commission: first,
                tax: second,
            },
            Some(Fees::PerShare { .. }) => LaneFees::PerShare {
                per_share: first,
                minimum: second,
            },
        }
    }

    /// Currency units paid for trades; never negative, and nothing for no trade.
    #[inline(always)]
    fn of_trade(&self, price: &[f64; L], quantity: &[f64; L], basis: FeeBasis) -> [f64; L] {
        match self {
            LaneFees::Zero => [0.0; L],
            LaneFees::Percent { commission, tax } => {
                let value = from_fn(|lane| price[lane] * quantity[lane]);
                percent(
                    commission,
                    tax,
                    &match basis {
                        FeeBasis::Exact => value,
                        FeeBasis::WholeUnits => value.map(whole_units),
                    },
                )
            }
            LaneFees::PerShare { per_share, minimum } => {
                from_fn(|lane| match quantity[lane].abs() {
                    0.0 => 0.0,
                    quantity => (per_share[lane] * quantity).max(minimum[lane]),
                })
            }
        }
    }

    /// Currency units to expect for targets of `value` currency units at `price`.
    #[inline(always)]
    pub(crate) fn of_target(&self, value: &[f64; L], price: f64) -> [f64; L] {
        match self {
            LaneFees::Zero => [0.0; L],
            LaneFees::Percent { commission, tax } => percent(commission, tax, value),
            LaneFees::PerShare { per_share, minimum } => from_fn(|lane| match value[lane] {
                0.0 => 0.0,
                value => (per_share[lane] * (value / price).abs()).max(minimum[lane]),
            }),
        }
    }
}

#[inline(always)]
fn percent<const L: usize>(commission: &[f64; L], tax: &[f64; L], value: &[f64; L]) -> [f64; L] {
    from_fn(|lane| commission[lane] * value[lane].abs() + tax[lane] * value[lane].abs())
}

/// To whole currency units, ties to even as Python's `round` breaks them.
///
/// The same as `f64::round_ties_even` but for the sign, which a fee does not have: that one is a
/// call into the C library on processors that have no instruction for it.
#[inline(always)]
fn whole_units(value: f64) -> f64 {
    /// From here on there are no fractions.
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    let value = value.abs();
    if value < WHOLE {
        (value + WHOLE) - WHOLE
    } else {
        value
    }
}
