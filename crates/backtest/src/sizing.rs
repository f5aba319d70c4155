//! Order sizing: from portfolio weights to how many shares to hold. Knows nothing of orders.

mod leveraged;
mod long_only;
mod long_short;
mod part;

use std::array::from_fn;
use std::mem::discriminant;

use multiversion::multiversion;

use crate::conventions::{Conventions, FeeReserve, LongShortRounding, Shares, WeightScaling};
use crate::costs::{Costs, LaneCosts};
#[doc(hidden)]
pub use crate::lanes::Lanes;
use crate::market::{AssetId, is_price};

use part::{Scaling, SizingLanes, SizingPart, sizings};

pub use leveraged::Leveraged;
pub use long_only::LongOnly;
pub use long_short::LongShort;

impl Sizing {
    /// Whether the account may hold short positions, and borrow.
    pub fn allows_shorts(&self) -> bool {
        self.part().allows_shorts()
    }
}

sizings! {
    /// How portfolio weights become share counts: the sizings that a strategy can name.
    pub enum Sizing {
        LongOnly(LongOnly),
        LongShort(LongShort),
        Leveraged(Leveraged),
    }
}

/// The target positions in one asset, of accounts side by side.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target<const L: usize> {
    /// The asset.
    pub asset: AssetId,
    /// Its portfolio weight, by account; zero where it is not wanted.
    pub weight: Lanes<L>,
    /// Shares; negative for a short position.
    pub quantity: Lanes<L>,
}

/// What shares cost when they are sized.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Quoted<'a> {
    /// One price per asset.
    pub prices: &'a [f64],
    /// Shares as traded for each share at these prices, one per asset; `None` where that is one.
    pub real_shares: Option<&'a [f64]>,
}

/// Why weights could not be sized.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SizingError {
    /// A weight below zero in a long-only portfolio.
    NegativeWeight(AssetId, f64),
    /// A weight that is NaN or infinite.
    NotFinite(AssetId, f64),
    /// A price that is missing, zero, negative or infinite, of an asset that is wanted.
    BadPrice(AssetId, f64),
}

/// The rules by which accounts side by side are sized and charged: of one kind, each account with
/// its own numbers.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct Terms<const L: usize> {
    sizing: LaneSizing<L>,
    pub(crate) costs: LaneCosts<L>,
    /// Whether a trade of some account may cost more than its value.
    pub(crate) costs_may_exceed_value: bool,
}

impl<const L: usize> Terms<L> {
    /// All have one kind of sizing and one kind of fees.
    pub fn of(terms: [(Sizing, &Costs); L]) -> Terms<L> {
        Terms {
            sizing: LaneSizing::of(terms.map(|(sizing, _)| sizing)),
            costs: LaneCosts::of(terms.map(|(_, costs)| costs)),
            costs_may_exceed_value: terms.iter().any(|(_, costs)| costs.may_exceed_value()),
        }
    }

    /// Whether the accounts may hold short positions, and borrow.
    pub(crate) fn allow_shorts(&self) -> bool {
        self.sizing.allows_shorts()
    }
}

/// Whether accounts with these terms can run side by side: they have one kind of sizing and one
/// kind of fees.
pub(crate) fn same_kind(a: (Sizing, &Costs), b: (Sizing, &Costs)) -> bool {
    discriminant(&a.0) == discriminant(&b.0) && a.1.are_like(b.1)
}

/// Fills in the quantity of each target, for each account by itself.
///
/// * `equity`: holdings and cash, at the prices of `quoted`.
/// * The weights are summed in the order of `targets`. One that is zero may be there or not.
/// * What has no price gets no shares.
///
/// Long-only: `floor(equity × (1 − cash_buffer) × weight / price)`. Long/short:
/// `trunc(equity × weight × gross_leverage / price)`. The conventions say which weights are
/// scaled, whether a fee is set aside, and how rounding goes.
///
/// If some accounts cannot be sized, says why by account; the others are.
#[doc(hidden)]
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub fn size<const L: usize>(
    targets: &mut [Target<L>],
    terms: &Terms<L>,
    conventions: &Conventions,
    equity: Lanes<L>,
    quoted: Quoted<'_>,
) -> Result<(), [Option<SizingError>; L]> {
    let prices = quoted.prices;
    let (mut sum, mut gross, mut priced) = (Lanes::ZERO, Lanes::ZERO, true);
    for target in targets.iter() {
        priced &= is_price(prices[target.asset.index()]);
        sum = sum + target.weight;
        gross = gross + target.weight.abs();
    }
    // Sums of the same numbers in the same order are equal unless one of them is negative.
    let long_only = !terms.sizing.allows_shorts();
    let fine = |lane: usize| gross[lane].is_finite() & (!long_only | (gross[lane] == sum[lane]));
    let mistakes = match (0..L).fold(priced, |all, lane| all & fine(lane)) {
        true => Ok(()),
        false => mistakes(targets, gross, long_only, prices),
    };
    let (base, scale) =
        (terms.sizing).base_and_scale(equity, sum, gross, conventions.weight_scaling);
    let common = Common {
        base,
        scale,
        reserve: (conventions.fee_reserve == FeeReserve::TargetValue).then_some(&terms.costs),
    };
    let rounding = conventions.long_short_rounding;
    match (conventions.shares, long_only, rounding) {
        (Shares::Fractional, _, _) => common.each(targets, quoted, |value, price| value / price),
        (Shares::Whole, true, _) => {
            common.each(targets, quoted, |value, price| (value / price).floor());
        }
        (Shares::Whole, false, LongShortRounding::Shares) => {
            common.each(targets, quoted, |value, price| (value / price).trunc());
        }
        (Shares::Whole, false, LongShortRounding::MoneyThenShares) => {
            common.each(targets, quoted, |value, price| {
                (value.trunc() / price).trunc()
            });
        }
    }
    mistakes
}

/// Scales the weights of one decision as [`size`] does.
pub(crate) fn scale(weights: &mut [(AssetId, f64)], sizing: Sizing, scaling: WeightScaling) {
    let (mut sum, mut gross) = (Lanes::ZERO, Lanes::ZERO);
    for (_, weight) in weights.iter() {
        sum = sum + Lanes([*weight]);
        gross = gross + Lanes([weight.abs()]);
    }
    let sizing = LaneSizing::of([sizing]);
    let (_, scale) = sizing.base_and_scale(Lanes([1.0]), sum, gross, scaling);
    for (_, weight) in weights {
        match &scale {
            Scaling::None => {}
            Scaling::DivideBy(sum) => *weight /= sum[0],
            Scaling::MultiplyBy(factor) => *weight *= factor[0],
        }
    }
}

/// Looks again at what may be wrong.
#[cold]
fn mistakes<const L: usize>(
    targets: &[Target<L>],
    gross: Lanes<L>,
    long_only: bool,
    prices: &[f64],
) -> Result<(), [Option<SizingError>; L]> {
    let mistakes = from_fn(|lane| {
        let mut weights = (targets.iter()).map(|target| (target.asset, target.weight[lane]));
        if !gross[lane].is_finite() {
            let not_finite = weights.clone().find(|(_, weight)| !weight.is_finite());
            // Else all are, and only their sum is not.
            let (asset, weight) = not_finite.or_else(|| weights.next())?;
            return Some(SizingError::NotFinite(asset, weight));
        }
        let negative = |(_, weight): &(_, f64)| long_only && *weight < 0.0;
        if let Some((asset, weight)) = weights.clone().find(negative) {
            return Some(SizingError::NegativeWeight(asset, weight));
        }
        let price = |asset: AssetId| prices[asset.index()];
        // An account by itself has no targets but its own.
        let is_own = |weight: f64| L == 1 || weight != 0.0;
        let (asset, _) =
            weights.find(|(asset, weight)| is_own(*weight) && !is_price(price(*asset)))?;
        Some(SizingError::BadPrice(asset, price(asset)))
    });
    match mistakes.iter().all(Option::is_none) {
        true => Ok(()),
        false => Err(mistakes),
    }
}

/// What all targets of a decision have in common.
struct Common<'a, const L: usize> {
    base: Lanes<L>,
    scale: Scaling<L>,
    /// The costs whose fees are set aside.
    reserve: Option<&'a LaneCosts<L>>,
}

impl<const L: usize> Common<'_, L> {
    #[inline(always)]
    fn each(
        &self,
        targets: &mut [Target<L>],
        quoted: Quoted<'_>,
        shares: impl Fn(f64, f64) -> f64 + Copy,
    ) {
        match &self.scale {
            Scaling::None => self.each_scaled(targets, quoted, shares, |weight| weight),
            Scaling::DivideBy(sum) => {
                self.each_scaled(targets, quoted, shares, |weight| weight / *sum);
            }
            Scaling::MultiplyBy(factor) => {
                self.each_scaled(targets, quoted, shares, |weight| weight * *factor);
            }
        }
    }

    #[inline(always)]
    fn each_scaled(
        &self,
        targets: &mut [Target<L>],
        quoted: Quoted<'_>,
        shares: impl Fn(f64, f64) -> f64,
        scaled: impl Fn(Lanes<L>) -> Lanes<L>,
    ) {
        for target in targets {
            let price = quoted.prices[target.asset.index()];
            let price = if is_price(price) {
                price
            } else {
                f64::INFINITY
            };
            let mut value = self.base * scaled(target.weight);
            if let Some(costs) = self.reserve {
                let real = quoted.real_shares;
                let real = real.map_or(1.0, |real| real[target.asset.index()]);
                let left = value - costs.fees.of_target(value, price, real);
                // Fees that exceed the value leave nothing to buy: no long target becomes short.
                let least = |value: f64| if value >= 0.0 { 0.0 } else { f64::NEG_INFINITY };
                value = left.at_least(value.map(least));
            }
            target.quantity = value.map(|value| shares(value, price));
        }
    }
}
