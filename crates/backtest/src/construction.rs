//! Portfolio construction: from alpha weights to portfolio weights.

use crate::alpha::Weights;
use crate::market::AssetId;
use crate::strategy::{Optimiser, RiskModel};

impl RiskModel {
    /// The adjusted weight. Zero stays zero.
    pub fn adjust(&self, weight: f64) -> f64 {
        match *self {
            RiskModel::Cap { max_weight } => weight.min(max_weight),
            RiskModel::Scale { factor } => weight * factor,
            RiskModel::Floor { min_weight } if weight >= min_weight => weight,
            RiskModel::Floor { .. } => 0.0,
        }
    }
}

impl Optimiser {
    pub(crate) fn apply(&self, weights: &mut Weights, members: &[AssetId]) {
        match *self {
            Optimiser::FixedWeight => {}
            Optimiser::EqualWeight { scale } => {
                if weights.covers() {
                    for &asset in members {
                        if !weights.mentions(asset) {
                            weights.set(asset, 0.0);
                        }
                    }
                }
                let weight = scale * (1.0 / weights.entries().len() as f64);
                weights.change_each(|_| weight);
            }
        }
    }
}
