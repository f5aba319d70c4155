//! What a trade costs: fees on its value or its shares, and a worse price.

mod lanes;
mod part;
mod per_share;
mod percent;
mod zero;

use std::mem::discriminant;

use crate::conventions::FeeBasis;
use crate::declaration::{Key, Kind, Presence, Table};

use crate::lanes::Lanes;
use lanes::{FeeLanes, fees};
use part::FeePart;
pub use per_share::PerShare;
pub use percent::Percent;
pub use zero::Zero;

fees! {
    /// Commission and tax: the cost models that a strategy can name.
    pub enum Fees {
        Zero,
        Percent(Percent),
        PerShare(PerShare),
    }
}

crate::record! {
    /// What a trade costs.
    pub struct Costs: Copy {
        /// Commission and tax; none when left out.
        fees: Fees => Table(&FEES), Text("zero");
        /// Basis points by which buys fill higher and sells lower than the price.
        slippage_bps: f64 => Number(Bounds::NotNegative), Number(0.0);
        /// Half the bid-ask spread in basis points, on top of the slippage.
        half_spread_bps: f64 => Number(Bounds::NotNegative), Number(0.0);
    }
}

static FEES: Table = Table {
    doc: "Commission and tax.",
    keys: &[&Key {
        name: "model",
        kind: Kind::Part(Fees::PARTS),
        presence: Presence::Required,
        axis: true,
        doc: "How commission and tax are computed.",
    }],
};

impl Fees {
    /// Currency units paid for a trade of `quantity` shares at `price`. Never negative.
    pub fn of_trade(&self, price: f64, quantity: f64, basis: FeeBasis) -> f64 {
        let fees = LaneFees::of([*self]);
        fees.of_trade(Lanes([price]), Lanes([quantity]), 1.0, basis)[0]
    }

    /// Whether the fee depends on how many shares are traded.
    pub fn are_per_share(&self) -> bool {
        self.part().is_per_share()
    }

    /// `commission 5 bp`, an entry for each thing that is paid.
    pub fn in_words(&self) -> Vec<String> {
        self.part().in_words()
    }

    /// Whether a trade may cost more than its value.
    pub(crate) fn may_exceed_value(&self) -> bool {
        self.part().may_exceed_value()
    }

    /// The parameters that are fractions of a trade's value, by key.
    pub fn rates(&self) -> Vec<(&'static str, f64)> {
        self.part().rates()
    }
}

impl Costs {
    /// Trading costs nothing.
    pub const NONE: Costs = Costs {
        fees: Fees::Zero,
        slippage_bps: 0.0,
        half_spread_bps: 0.0,
    };

    /// Whether a trade may cost more than its value.
    pub(crate) fn may_exceed_value(&self) -> bool {
        self.slippage_bps + self.half_spread_bps >= 1e4 || self.fees.may_exceed_value()
    }

    /// The same costs with all amounts multiplied.
    pub(crate) fn times(&self, factor: f64) -> Costs {
        Costs {
            fees: self.fees.times(factor),
            slippage_bps: self.slippage_bps * factor,
            half_spread_bps: self.half_spread_bps * factor,
        }
    }

    /// `commission 5 bp, slippage 3 bp`, or `no trading costs`.
    pub fn in_words(&self) -> String {
        let mut words = self.fees.in_words();
        for (name, points) in [
            ("slippage", self.slippage_bps),
            ("half spread", self.half_spread_bps),
        ] {
            if points != 0.0 {
                words.push(format!("{name} {points} bp"));
            }
        }
        match words.is_empty() {
            true => "no trading costs".to_owned(),
            false => words.join(", "),
        }
    }

    /// The part of a price that buys pay on top and sells do not get.
    pub(crate) fn spread(&self) -> f64 {
        (self.slippage_bps + self.half_spread_bps) / 10_000.0
    }

    /// Whether the fees of both are of one kind.
    pub(crate) fn are_like(&self, other: &Costs) -> bool {
        discriminant(&self.fees) == discriminant(&other.fees)
    }
}

/// What trades of several accounts cost.
#[derive(Clone, Debug)]
pub(crate) struct LaneCosts<const L: usize> {
    pub(crate) fees: LaneFees<L>,
    /// The part of a price that buys pay on top and sells do not get.
    spread: Lanes<L>,
}

/// What orders in one asset would be filled at, by account.
pub(crate) struct Quotes<const L: usize> {
    /// Slippage included.
    pub(crate) price: Lanes<L>,
    pub(crate) commission: Lanes<L>,
}

impl<const L: usize> LaneCosts<L> {
    /// The fees are of one kind: see [`Costs::are_like`].
    pub(crate) fn of(costs: [&Costs; L]) -> LaneCosts<L> {
        LaneCosts {
            fees: LaneFees::of(costs.map(|costs| costs.fees)),
            spread: Lanes(costs.map(Costs::spread)),
        }
    }

    /// Buys pay a higher price, sells get a lower one.
    ///
    /// * `real`: shares as traded for each share of `quantity`.
    #[inline(always)]
    pub(crate) fn quote(
        &self,
        market_price: f64,
        quantity: Lanes<L>,
        real: f64,
        basis: FeeBasis,
    ) -> Quotes<L> {
        let price = market_price * (1.0 + self.spread * quantity.sign());
        let commission = self.fees.of_trade(price, quantity, real, basis);
        Quotes { price, commission }
    }
}
