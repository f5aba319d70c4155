//! A few numbers that papers print, so that something holds where the golden values are not.

use statistics::bootstrap::Resamples;
use statistics::random::SplitMix64;
use statistics::{SharpeBootstrap, SharpeEstimate, student};

use crate::{check_absolute, check_relative};

/// Bailey and López de Prado (2012), section 5: two years of monthly returns.
#[test]
fn the_probabilistic_sharpe_ratio_falls_with_fat_tails() {
    let normal = SharpeEstimate {
        ratio: 0.458,
        n: 24,
        skewness: 0.0,
        kurtosis: 3.0,
    };
    let skewed = SharpeEstimate {
        skewness: -2.448,
        kurtosis: 10.164,
        ..normal
    };
    check_absolute("normal", 0.982, normal.probabilistic(0.0).unwrap(), 0.0005);
    check_absolute("skewed", 0.913, skewed.probabilistic(0.0).unwrap(), 0.0005);
    // López de Prado, Lipton and Zoonekynd (2025), for the same fund.
    let fund = SharpeEstimate {
        ratio: 0.036 / 0.079,
        ..skewed
    };
    check_absolute("2025", 0.987, fund.probabilistic_2025(0.0).unwrap(), 0.0005);
}

/// The first number of seed 42, from the portable generator that comes with SplitMix64's paper.
#[test]
fn random_numbers_are_the_same_everywhere() {
    assert_eq!(SplitMix64::new(42).bits(), 0xbdd7_3226_2feb_6e95);
    assert_eq!(SplitMix64::new(1).normal(), 1.424_348_090_515_651_1);
}

#[test]
fn every_resampled_series_is_as_long_as_the_first() {
    let resamples = Resamples::stationary(3, 57, 40, 6.0);
    for draw in 0..40 {
        assert_eq!(resamples.indices(draw).count(), 57);
        assert!(resamples.indices(draw).all(|index| index < 57));
    }
}

#[test]
fn students_t_is_inverted() {
    for degrees in [1.0, 4.0, 119.0, 2519.0] {
        for p in [1e-9, 0.003, 0.05, 0.4, 0.99] {
            let t = student::two_sided_quantile(p, degrees);
            check_relative("p", p, student::two_sided_tail(t, degrees), 1e-12);
        }
    }
    assert_eq!(student::two_sided_quantile(1.0, 10.0), 0.0);
}

#[test]
fn a_few_returns_or_equal_ones_have_no_interval() {
    assert_eq!(SharpeBootstrap::of(&[0.01, -0.01, 0.02]), None);
    assert_eq!(SharpeBootstrap::of(&[0.01; 50]), None);
}
