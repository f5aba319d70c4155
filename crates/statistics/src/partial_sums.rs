//! Sums of whole series as a few interleaved partial sums: quick, and one order of addition
//! everywhere.
//!
//! Value `i` of a series is added to partial sum `i mod 4`; at the end they are added pairwise. The
//! loops over partial sums are written out where they are used, so that each becomes a few wide
//! additions.

/// How many partial sums: one wide register, of which a dozen sums fit side by side.
pub(crate) const PARTS: usize = 4;

/// The partial sums of one series.
pub(crate) type PartialSums = [f64; PARTS];

/// The partial sums added pairwise.
pub(crate) fn total([a, b, c, d]: PartialSums) -> f64 {
    (a + b) + (c + d)
}
