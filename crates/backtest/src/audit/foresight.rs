//! How well weights foresee the returns that follow them.

use crate::market::{AssetId, Mark, Market};
use crate::outcome::{Allocation, Outcome};

/// The correlation of target weights with the returns until the next decision, each less its asset's mean
/// over time.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Foresight {
    /// Over all decisions and assets together.
    pub correlation: f64,
    /// Its t-value, from the sum of the products of each decision.
    pub t: f64,
    /// How many decisions.
    pub decisions: usize,
}

/// Fewer decisions say nothing.
const FEWEST_DECISIONS: usize = 24;

/// No signal from the past is so correlated with the future: information coefficients above 0.1 are rare.
const TOO_GOOD: f64 = 0.3;

/// Nor is that luck.
const TOO_SURE: f64 = 5.0;

impl Foresight {
    /// Whether no honest signal foresees returns so well.
    pub fn is_too_good(&self) -> bool {
        self.correlation > TOO_GOOD && self.t > TOO_SURE
    }

    /// * `last`: where the last decision's return ends.
    pub(super) fn of(outcome: &Outcome, market: &Market, last: Mark) -> Option<Foresight> {
        let decisions: Vec<Allocation<'_>> = outcome.allocations.iter().collect();
        if decisions.len() < FEWEST_DECISIONS {
            return None;
        }
        let ends = decisions.iter().skip(1).map(|next| next.mark).chain([last]);
        let spans: Vec<(&Allocation<'_>, Mark)> = decisions.iter().zip(ends).collect();
        let mut named: Vec<AssetId> = (decisions.iter())
            .flat_map(|one| one.weights.iter().map(|(asset, _)| *asset))
            .collect();
        named.sort_unstable();
        named.dedup();
        let n_assets = market.n_assets();
        let pairs = |(decision, end): &(&Allocation<'_>, Mark),
                     visit: &mut dyn FnMut(usize, f64, f64)| {
            let (before, after) = (market.prices(decision.mark), market.prices(*end));
            let mut weights = vec![0.0; n_assets];
            for (asset, weight) in decision.weights {
                weights[asset.index()] = *weight;
            }
            for asset in named.iter().map(|asset| asset.index()) {
                let change = after[asset] / before[asset] - 1.0;
                if change.is_finite() && weights[asset].is_finite() {
                    visit(asset, weights[asset], change);
                }
            }
        };
        let mut sums = vec![(0.0, 0.0, 0.0); n_assets];
        for span in &spans {
            pairs(span, &mut |asset, weight, change| {
                let sum: &mut (f64, f64, f64) = &mut sums[asset];
                *sum = (sum.0 + 1.0, sum.1 + weight, sum.2 + change);
            });
        }
        let (mut of_weights, mut of_changes) = (0.0, 0.0);
        let mut products = Vec::with_capacity(spans.len());
        for span in &spans {
            let mut product = 0.0;
            pairs(span, &mut |asset, weight, change| {
                let (n, weights, changes) = sums[asset];
                let (weight, change) = (weight - weights / n, change - changes / n);
                of_weights += weight * weight;
                of_changes += change * change;
                product += weight * change;
            });
            products.push(product);
        }
        let n = products.len() as f64;
        let total: f64 = products.iter().sum();
        let correlation = total / (of_weights * of_changes).sqrt();
        let mean = total / n;
        let variance = products
            .iter()
            .map(|one| (one - mean) * (one - mean))
            .sum::<f64>()
            / (n - 1.0);
        let t = mean / (variance / n).sqrt();
        // Weights or prices that stand still foresee nothing.
        let stand_still = of_weights <= 1e-18 * n || of_changes <= 1e-24 * n;
        (!stand_still && correlation.is_finite() && t.is_finite()).then_some(Foresight {
            correlation,
            t,
            decisions: products.len(),
        })
    }
}

/// Whether the weights of two decisions differ.
pub(super) fn weights_vary(outcome: &Outcome) -> bool {
    let mut decisions = outcome.allocations.iter();
    let Some(first) = decisions.next() else {
        return false;
    };
    decisions.any(|other| other.weights != first.weights)
}
