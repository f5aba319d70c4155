//! A few numbers that papers print, so that something holds where the golden values are not.

use statistics::SharpeEstimate;
use statistics::splits::binomial;
use verdict::overfitting::haircut::{self, LargestP};
use verdict::overfitting::selection::{
    break_even_trials, deflated_sharpe, expected_best, expected_best_exact, min_backtest_years,
};

use crate::check_absolute;

/// Bailey and López de Prado (2014), pages 9 and 10 of the preprint.
#[test]
fn a_sharpe_ratio_of_two_and_a_half_fades_with_the_number_of_trials() {
    let year = 250f64;
    let found = SharpeEstimate {
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
            &SharpeEstimate {
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

#[test]
fn sixteen_folds_have_12870_halves() {
    assert_eq!(binomial(16, 8), 12_870);
}
