//! Order sizing: from portfolio weights to how many shares to hold. Knows nothing of orders.

use multiversion::multiversion;

use crate::conventions::{Conventions, FeeReserve, LongShortRounding, Shares, WeightScaling};
use crate::market::{AssetId, is_price};
use crate::strategy::{Fees, Sizing};

/// What an asset's position is to become.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// The asset.
    pub asset: AssetId,
    /// Its portfolio weight.
    pub weight: f64,
    /// Shares; negative for a short position.
    pub quantity: f64,
}

/// Why weights could not be sized.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SizingError {
    /// A weight below zero in a long-only portfolio.
    NegativeWeight(Target),
    /// A weight that is no number, or infinite.
    NotFinite(Target),
    /// A price that is missing, zero, negative or infinite.
    BadPrice(Target, f64),
}

/// A weight sum of at most this size counts as zero, and its weights are left as they are.
const NEGLIGIBLE: f64 = 1e-8;

/// Fills in the quantity of each target.
///
/// * `equity`: holdings and cash, at `prices` (one per asset).
/// * The weights are summed in the order of `targets`.
///
/// Long-only: `floor(equity × (1 − cash_buffer) × weight / price)`. Long/short:
/// `trunc(equity × weight × gross_leverage / price)`. The conventions say which weights are
/// scaled, whether a fee is set aside, and how rounding goes.
#[multiversion(targets("x86_64+avx2"))]
pub fn size(
    targets: &mut [Target],
    sizing: Sizing,
    conventions: &Conventions,
    fees: &Fees,
    equity: f64,
    prices: &[f64],
) -> Result<(), SizingError> {
    let (mut sum, mut gross) = (0.0, 0.0);
    for target in targets.iter() {
        sum += target.weight;
        gross += target.weight.abs();
    }
    if !gross.is_finite() {
        let not_finite = targets.iter().find(|target| !target.weight.is_finite());
        return Err(SizingError::NotFinite(*not_finite.unwrap_or(&targets[0])));
    }
    let (base, scale) = match sizing {
        Sizing::LongOnly { cash_buffer } => {
            // Sums of the same numbers in the same order are equal unless one of them is negative.
            if gross != sum
                && let Some(target) = targets.iter().find(|target| target.weight < 0.0)
            {
                return Err(SizingError::NegativeWeight(*target));
            }
            let scale = long_only_scale(sum, conventions.weight_scaling);
            (equity * (1.0 - cash_buffer), scale)
        }
        Sizing::LongShort { gross_leverage } => {
            let scale = long_short_scale(gross, gross_leverage, conventions.weight_scaling);
            (equity, scale)
        }
    };
    let common = Common {
        base,
        scale,
        reserve: (conventions.fee_reserve == FeeReserve::TargetValue).then_some(fees),
    };
    let rounding = conventions.long_short_rounding;
    match (conventions.shares, sizing, rounding) {
        (Shares::Fractional, _, _) => common.each(targets, prices, |value, price| value / price),
        (Shares::Whole, Sizing::LongOnly { .. }, _) => {
            common.each(targets, prices, |value, price| (value / price).floor())
        }
        (Shares::Whole, Sizing::LongShort { .. }, LongShortRounding::Shares) => {
            common.each(targets, prices, |value, price| (value / price).trunc())
        }
        (Shares::Whole, Sizing::LongShort { .. }, LongShortRounding::MoneyThenShares) => common
            .each(targets, prices, |value, price| {
                (value.trunc() / price).trunc()
            }),
    }
}

/// What all targets of a decision have in common.
struct Common<'a> {
    base: f64,
    scale: Scale,
    /// The fees that are set aside.
    reserve: Option<&'a Fees>,
}

impl Common<'_> {
    #[inline(always)]
    fn each(
        &self,
        targets: &mut [Target],
        prices: &[f64],
        shares: impl Fn(f64, f64) -> f64,
    ) -> Result<(), SizingError> {
        for target in targets {
            let price = prices[target.asset.index()];
            if !is_price(price) {
                return Err(SizingError::BadPrice(*target, price));
            }
            let mut value = self.base * self.scale.of(target.weight);
            if let Some(fees) = self.reserve {
                value -= fees.of_target(value, price);
            }
            target.quantity = shares(value, price);
        }
        Ok(())
    }
}

/// How weights are scaled. Dividing and multiplying round differently, and QSTrader does both.
#[derive(Clone, Copy)]
enum Scale {
    None,
    DivideBy(f64),
    MultiplyBy(f64),
}

impl Scale {
    fn of(self, weight: f64) -> f64 {
        match self {
            Scale::None => weight,
            Scale::DivideBy(sum) => weight / sum,
            Scale::MultiplyBy(factor) => weight * factor,
        }
    }
}

fn long_only_scale(sum: f64, scaling: WeightScaling) -> Scale {
    match scaling {
        _ if sum.abs() <= NEGLIGIBLE => Scale::None,
        WeightScaling::AboveOne if sum <= 1.0 => Scale::None,
        WeightScaling::AboveOne | WeightScaling::Always => Scale::DivideBy(sum),
    }
}

fn long_short_scale(gross: f64, gross_leverage: f64, scaling: WeightScaling) -> Scale {
    match scaling {
        WeightScaling::AboveOne => Scale::MultiplyBy(gross_leverage / gross.max(1.0)),
        WeightScaling::Always if gross.abs() <= NEGLIGIBLE => Scale::None,
        WeightScaling::Always => Scale::MultiplyBy(gross_leverage / gross),
    }
}
