//! Target weights in the making.

use crate::asset_set::AssetSet;
use crate::market::AssetId;

/// Target weights in the making: fractions of the equity, negative for short positions.
///
/// Weights keep the order in which they are first set. An asset that is not mentioned is not
/// held; mentioning it with zero says the same, but counts for the equal-weight optimiser.
#[derive(Clone, Debug, Default)]
pub struct Weights {
    entries: Vec<(AssetId, f64)>,
    mentioned: AssetSet,
    /// For each asset mentioned, its position in `entries`; for others anything.
    position: Vec<u32>,
    covers_universe: bool,
}

impl Weights {
    pub(crate) fn reset(&mut self, n_assets: usize) {
        self.entries.clear();
        self.mentioned.reset(n_assets);
        self.position.resize(n_assets, 0);
        self.covers_universe = false;
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.mentioned.clear();
        self.covers_universe = false;
    }

    /// Sets the weight of an asset, in place of an earlier one.
    #[inline]
    pub fn set(&mut self, asset: AssetId, weight: f64) {
        let position = &mut self.position[asset.index()];
        if self.mentioned.contains(asset) {
            self.entries[*position as usize].1 = weight;
        } else {
            self.mentioned.insert(asset);
            *position = self.entries.len() as u32;
            self.entries.push((asset, weight));
        }
    }

    /// Mentions every asset of the universe: those without a weight of their own have zero.
    pub fn cover_universe(&mut self) {
        self.covers_universe = true;
    }

    /// The weights set, in the order in which they were first set.
    pub fn entries(&self) -> &[(AssetId, f64)] {
        &self.entries
    }

    pub(crate) fn covers(&self) -> bool {
        self.covers_universe
    }

    pub(crate) fn mentions(&self, asset: AssetId) -> bool {
        self.mentioned.contains(asset)
    }

    pub(crate) fn mentioned(&self) -> &AssetSet {
        &self.mentioned
    }

    pub(crate) fn change_each(&mut self, change: impl Fn(f64) -> f64) {
        for (_, weight) in &mut self.entries {
            *weight = change(*weight);
        }
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(AssetId) -> bool) {
        if self.entries.iter().all(|(asset, _)| keep(*asset)) {
            return;
        }
        self.entries.retain(|(asset, _)| keep(*asset));
        self.mentioned.clear();
        for (index, (asset, _)) in self.entries.iter().enumerate() {
            self.mentioned.insert(*asset);
            self.position[asset.index()] = index as u32;
        }
    }
}
