//! A few numbers that papers print, so that something holds where the golden values are not.

use overfitting::haircut::{self, LargestP};
use overfitting::resampling::{Resamples, SplitMix64, UsualInterval};
use overfitting::selection::{
    break_even_trials, deflated_sharpe, expected_best, expected_best_exact, min_backtest_years,
};
use overfitting::sharpe::Estimate;
use overfitting::splits::binomial;
use overfitting::student;

use crate::{check_absolute, check_relative};

/// Bailey and López de Prado (2012), section 5: two years of monthly returns.
#[test]
fn the_probabilistic_sharpe_ratio_falls_with_fat_tails() {
    let normal = Estimate {
        ratio: 0.458,
        n: 24,
        skewness: 0.0,
        kurtosis: 3.0,
    };
    let skewed = Estimate {
        skewness: -2.448,
        kurtosis: 10.164,
        ..normal
    };
    check_absolute("normal", 0.982, normal.probabilistic(0.0).unwrap(), 0.0005);
    check_absolute("skewed", 0.913, skewed.probabilistic(0.0).unwrap(), 0.0005);
    // López de Prado, Lipton and Zoonekynd (2025), for the same fund.
    let fund = Estimate {
        ratio: 0.036 / 0.079,
        ..skewed
    };
    check_absolute("2025", 0.987, fund.probabilistic_2025(0.0).unwrap(), 0.0005);
}

/// Bailey and López de Prado (2014), pages 9 and 10 of the preprint.
#[test]
fn a_sharpe_ratio_of_two_and_a_half_fades_with_the_number_of_trials() {
    let year = 250f64;
    let found = Estimate {
        ratio: 2.5 / year.sqrt(),
        n: 1250,
        skewness: -3.0,
        kurtosis: 10.0,
    };
    let variance = 0.5 / year;
    let at = |n| deflated_sharpe(&found, n, variance).unwrap();
    check_absolute("100 trials", 0.9004, at(100.0), 0.00005);
    check_absolute("46 trials", 0.9505, at(46.0), 0.00005);
    // "the strategy should have been rejected" beyond 46 trials at 95 %.
    assert_eq!(break_even_trials(&found, variance, 0.9505), Some(46));
    assert_eq!(
        break_even_trials(
            &Estimate {
                ratio: 0.01,
                ..found
            },
            variance,
            0.95
        ),
        None
    );
}

/// Bailey, Borwein, López de Prado and Zhu (2014).
#[test]
fn five_years_are_enough_for_45_trials_and_two_for_7() {
    check_absolute("best of 10", 1.57, expected_best(10.0), 0.005);
    check_absolute(
        "best of 10 exactly",
        1.5388,
        expected_best_exact(10),
        0.0001,
    );
    check_absolute("45", 5.0, min_backtest_years(45.0, 1.0), 0.5);
    check_absolute("7", 2.0, min_backtest_years(7.0, 1.0), 0.5);
}

/// Harvey and Liu (2015): their six p-values.
#[test]
fn p_values_of_six_tests() {
    let p = [0.005, 0.009, 0.0128, 0.0135, 0.045, 0.06];
    let check = |expected: [f64; 6], found: Vec<f64>| {
        for (expected, found) in expected.into_iter().zip(found) {
            check_absolute("p", expected, found, 0.00005);
        }
    };
    check([0.03, 0.045, 0.0512, 0.0512, 0.09, 0.09], haircut::holm(&p));
    let theirs = haircut::benjamini_yekutieli(&p, LargestP::AsItIs);
    check([0.0496, 0.0496, 0.0496, 0.0496, 0.06, 0.06], theirs);
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
fn sixteen_folds_have_12870_halves() {
    assert_eq!(binomial(16, 8), 12_870);
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
    assert_eq!(UsualInterval::of(&[0.01, -0.01, 0.02]), None);
    assert_eq!(UsualInterval::of(&[0.01; 50]), None);
}
