//! Order sizing: from portfolio weights to how many shares to hold. Knows nothing of orders.

use multiversion::multiversion;

use crate::conventions::{Conventions, FeeReserve, LongShortRounding, Shares, WeightScaling};
use crate::market::AssetId;
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
    for target in targets {
        let price = prices[target.asset.index()];
        if !(price > 0.0 && price.is_finite()) {
            return Err(SizingError::BadPrice(*target, price));
        }
        let mut value = base * scale.of(target.weight);
        if conventions.fee_reserve == FeeReserve::TargetValue {
            value -= fees.of_target(value, price);
        }
        target.quantity = match (conventions.shares, sizing) {
            (Shares::Fractional, _) => value / price,
            (Shares::Whole, Sizing::LongOnly { .. }) => (value / price).floor(),
            (Shares::Whole, Sizing::LongShort { .. }) => match conventions.long_short_rounding {
                LongShortRounding::Shares => (value / price).trunc(),
                LongShortRounding::MoneyThenShares => (value.trunc() / price).trunc(),
            },
        };
    }
    Ok(())
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
