//! Counts as colours.

use crate::palette::{Rgb, cividis};

/// Counts as colours on a logarithmic scale; none for zero.
pub(super) fn colours(counts: &[u32]) -> Vec<Option<Rgb>> {
    // Where all counts are small, one is not drawn as bright as many.
    const FEW: u32 = 8;
    let most = counts.iter().copied().max().unwrap_or(0).max(FEW);
    let scale = libm::log1p(f64::from(most));
    let colour = |n: &u32| (*n > 0).then(|| cividis(libm::log1p(f64::from(*n)) / scale));
    counts.iter().map(colour).collect()
}
