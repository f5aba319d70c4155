//! Counter-based random numbers: a number follows from the seed and its position alone, so that
//! every process and every machine draws the same.
//!
//! SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).

/// What the state grows by from one number to the next: 2⁶⁴ over the golden ratio, made odd.
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// One step of SplitMix64: a bijection that changes half of the bits, on average, when one bit of
/// its argument changes.
#[inline]
pub fn mix(bits: u64) -> u64 {
    let bits = bits.wrapping_add(GAMMA);
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// Several counters mixed into 64 random bits, one after another.
#[inline]
pub fn mix_all(counters: impl IntoIterator<Item = u64>) -> u64 {
    let counters = counters.into_iter();
    counters.fold(0, |bits, counter| mix(bits ^ counter))
}

/// Random bits as a whole number below `n`: the upper half of their product, without a remainder
/// and with a bias of at most `n` / 2⁶⁴.
#[inline]
pub fn below(n: u64, bits: u64) -> u64 {
    ((u128::from(bits) * u128::from(n)) >> 64) as u64
}

/// Random bits as a number from 0 to below 1, in steps of 2⁻⁵³.
#[inline]
pub fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / 9_007_199_254_740_992.0
}

/// The numbers of one seed, one after another.
#[derive(Clone, Debug)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// The numbers of a seed.
    pub fn new(seed: u64) -> SplitMix64 {
        SplitMix64(seed)
    }

    /// The next 64 bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        let bits = mix(self.0);
        self.0 = self.0.wrapping_add(GAMMA);
        bits
    }

    /// The next number from 0 to below 1, in steps of 2⁻⁵³.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        unit(self.bits())
    }

    /// The next whole number below `n`.
    #[inline]
    pub fn below(&mut self, n: u64) -> u64 {
        below(n, self.bits())
    }

    /// The next value of roughly a standard normal distribution: twelve uniform numbers less six.
    #[inline]
    pub fn normal(&mut self) -> f64 {
        (0..12).fold(0.0, |sum, _| sum + self.uniform()) - 6.0
    }
}
