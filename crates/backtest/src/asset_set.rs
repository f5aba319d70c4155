//! A set of assets, one bit each: quick to clear, to combine, and to walk in order.

use crate::market::AssetId;

/// A set of the assets of one market.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct AssetSet {
    words: Vec<u64>,
}

/// Assets in one word.
const BITS: usize = u64::BITS as usize;

impl AssetSet {
    /// The empty set, for a market of `n_assets`.
    pub(crate) fn of_none(n_assets: usize) -> AssetSet {
        let mut set = AssetSet::default();
        set.reset(n_assets);
        set
    }

    /// Makes it the empty set of another market, keeping the memory.
    pub(crate) fn reset(&mut self, n_assets: usize) {
        self.words.clear();
        self.words.resize(n_assets.div_ceil(BITS), 0);
    }

    pub(crate) fn clear(&mut self) {
        self.words.fill(0);
    }

    pub(crate) fn contains(&self, asset: AssetId) -> bool {
        self.words[asset.index() / BITS] >> (asset.index() % BITS) & 1 == 1
    }

    #[inline(always)]
    pub(crate) fn insert(&mut self, asset: AssetId) {
        self.words[asset.index() / BITS] |= 1 << (asset.index() % BITS);
    }

    /// Inserts the asset or removes it.
    #[inline(always)]
    pub(crate) fn set(&mut self, asset: AssetId, is_in: bool) {
        let (word, bit) = (asset.index() / BITS, asset.index() % BITS);
        self.words[word] = self.words[word] & !(1 << bit) | u64::from(is_in) << bit;
    }

    /// Whether another set has all of its assets.
    pub(crate) fn is_within(&self, other: &AssetSet) -> bool {
        let mut words = self.words.iter().zip(&other.words);
        words.all(|(own, other)| own & !other == 0)
    }

    /// Its bits, the first asset's lowest in the first word.
    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }
}

/// The assets whose bits are set in the word at a position, in order.
pub(crate) fn assets_in(position: usize, mut word: u64) -> impl Iterator<Item = AssetId> {
    std::iter::from_fn(move || {
        let bit = word.trailing_zeros();
        // Zero has no lowest bit to take away.
        word &= word.checked_sub(1)?;
        Some(AssetId((position * BITS) as u32 + bit))
    })
}
