//! Numbers of accounts side by side, written as one number.

use std::array;
use std::ops::{Add, Div, Index, IndexMut, Mul, Sub};

/// One number per account. Arithmetic is done lane by lane, so that each lane has the bits of the
/// same formula over plain numbers; where it is inlined into a function for wide registers, all
/// lanes are done at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lanes<const L: usize>(pub [f64; L]);

impl<const L: usize> Lanes<L> {
    /// Zero for each account.
    pub const ZERO: Lanes<L> = Lanes([0.0; L]);

    /// The number that a function gives for each account.
    #[inline(always)]
    pub fn from_fn(number: impl FnMut(usize) -> f64) -> Lanes<L> {
        Lanes(array::from_fn(number))
    }

    /// A function of each number.
    #[inline(always)]
    pub fn map(self, function: impl FnMut(f64) -> f64) -> Lanes<L> {
        Lanes(self.0.map(function))
    }

    /// A function of each pair of numbers.
    #[inline(always)]
    pub(crate) fn zip(self, other: Lanes<L>, function: impl Fn(f64, f64) -> f64) -> Lanes<L> {
        Lanes::from_fn(|lane| function(self.0[lane], other.0[lane]))
    }

    #[inline(always)]
    pub(crate) fn abs(self) -> Lanes<L> {
        self.map(f64::abs)
    }

    /// One, with the sign of each number.
    #[inline(always)]
    pub(crate) fn sign(self) -> Lanes<L> {
        self.map(|number| 1.0_f64.copysign(number))
    }

    /// The greater of two, and the other one where this is NaN.
    #[inline(always)]
    pub(crate) fn at_least(self, other: Lanes<L>) -> Lanes<L> {
        self.zip(
            other,
            |number, least| if number > least { number } else { least },
        )
    }

    /// The smaller of two, and the other one where this is NaN.
    #[inline(always)]
    pub(crate) fn at_most(self, other: Lanes<L>) -> Lanes<L> {
        self.zip(
            other,
            |number, most| if number < most { number } else { most },
        )
    }

    /// These numbers where a condition holds, and zero elsewhere.
    #[inline(always)]
    pub(crate) fn only(self, condition: &[bool; L]) -> Lanes<L> {
        Lanes::from_fn(|lane| if condition[lane] { self.0[lane] } else { 0.0 })
    }

    /// These numbers where `other` is not zero, and zero elsewhere.
    #[inline(always)]
    pub(crate) fn where_not_zero(self, other: Lanes<L>) -> Lanes<L> {
        self.zip(
            other,
            |number, other| if other == 0.0 { 0.0 } else { number },
        )
    }

    /// Whether all are zero.
    #[inline(always)]
    pub(crate) fn are_zero(&self) -> bool {
        // Without a branch for each; the highest bit is the sign.
        let bits = self
            .0
            .iter()
            .fold(0, |bits, number| bits | number.to_bits());
        bits << 1 == 0
    }

    /// One bit for each number for which it is true.
    #[inline(always)]
    pub(crate) fn bits(&self, is_true: impl Fn(f64) -> bool) -> u32 {
        let bit = |(lane, number): (usize, &f64)| u32::from(is_true(*number)) << lane;
        let bits = self.0.iter().enumerate().map(bit);
        bits.fold(0, |bits, bit| bits | bit)
    }
}

impl<const L: usize> From<f64> for Lanes<L> {
    /// The same number for each account.
    #[inline(always)]
    fn from(number: f64) -> Lanes<L> {
        Lanes([number; L])
    }
}

impl<const L: usize> Index<usize> for Lanes<L> {
    type Output = f64;

    #[inline(always)]
    fn index(&self, lane: usize) -> &f64 {
        &self.0[lane]
    }
}

impl<const L: usize> IndexMut<usize> for Lanes<L> {
    #[inline(always)]
    fn index_mut(&mut self, lane: usize) -> &mut f64 {
        &mut self.0[lane]
    }
}

/// Between lanes, and between lanes and a number that is the same for all accounts.
macro_rules! lane_by_lane {
    ($($operation:ident $method:ident $sign:tt,)+) => {
        $(
            impl<const L: usize> $operation for Lanes<L> {
                type Output = Lanes<L>;

                #[inline(always)]
                fn $method(self, other: Lanes<L>) -> Lanes<L> {
                    self.zip(other, |a, b| a $sign b)
                }
            }

            impl<const L: usize> $operation<f64> for Lanes<L> {
                type Output = Lanes<L>;

                #[inline(always)]
                fn $method(self, other: f64) -> Lanes<L> {
                    self.map(|a| a $sign other)
                }
            }

            impl<const L: usize> $operation<Lanes<L>> for f64 {
                type Output = Lanes<L>;

                #[inline(always)]
                fn $method(self, other: Lanes<L>) -> Lanes<L> {
                    other.map(|b| self $sign b)
                }
            }
        )+
    };
}
lane_by_lane!(Add add +, Sub sub -, Mul mul *, Div div /,);

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBERS: Lanes<3> = Lanes([3.0, -2.0, 0.0]);

    #[test]
    fn a_formula_holds_lane_by_lane() {
        let others = Lanes([2.0, 4.0, 8.0]);
        assert_eq!(NUMBERS * others - 1.0, Lanes([5.0, -9.0, -1.0]));
        assert_eq!(1.0 + NUMBERS / others, Lanes([2.5, 0.5, 1.0]));
    }

    #[test]
    fn a_bound_replaces_nan() {
        let numbers = Lanes([f64::NAN, 0.5, 7.0]);
        assert_eq!(numbers.at_least(Lanes::from(1.0)), Lanes([1.0, 1.0, 7.0]));
        assert_eq!(numbers.at_most(Lanes::from(1.0)), Lanes([1.0, 0.5, 1.0]));
    }

    #[test]
    fn numbers_are_chosen_by_a_condition() {
        assert_eq!(NUMBERS.only(&[false, true, true]), Lanes([0.0, -2.0, 0.0]));
        assert_eq!(
            Lanes::from(9.0).where_not_zero(NUMBERS),
            Lanes([9.0, 9.0, 0.0])
        );
        assert_eq!(NUMBERS.bits(|number| number <= 0.0), 0b110);
    }

    #[test]
    fn a_negative_zero_is_zero_and_its_sign_counts() {
        assert!(Lanes([0.0, -0.0]).are_zero());
        assert!(!NUMBERS.are_zero());
        assert_eq!(Lanes([-0.0, 0.0]).sign(), Lanes([-1.0, 1.0]));
    }
}
