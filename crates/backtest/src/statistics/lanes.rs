//! Sums of whole series in a few interleaved lanes: quick, and one order of addition everywhere.
//!
//! Value `i` of a series is added to lane `i mod 8`; at the end the lanes are added pairwise. The
//! loops over lanes are written out where they are used, so that each becomes a few wide additions.

/// How many lanes: enough to keep a processor's adders busy.
pub(super) const LANES: usize = 8;

/// One running sum per lane.
pub(super) type Lanes = [f64; LANES];

/// The lanes added pairwise.
pub(super) fn add_lanes([a, b, c, d, e, f, g, h]: Lanes) -> f64 {
    ((a + b) + (c + d)) + ((e + f) + (g + h))
}
