//! The internal rate of return against closed forms.

use statistics::money_weighted_return;

use crate::{check_absolute, check_relative};

#[test]
fn one_payment_grows_by_the_compound_rate() {
    // 1,000 becomes 1,331 in three years of 365 days.
    let rate = money_weighted_return(&[(0, -1000.0), (3 * 365, 1331.0)]).unwrap();
    check_relative("three years", 0.1, rate, 1e-12);
    let rate = money_weighted_return(&[(10, -1000.0), (10 + 73, 990.0)]).unwrap();
    check_relative("a fifth of a year", 0.99_f64.powi(5) - 1.0, rate, 1e-12);
    let rate = money_weighted_return(&[(0, -100.0), (365, 100.0)]).unwrap();
    check_absolute("nothing", 0.0, rate, 1e-14);
}

/// Equal payments that grow at a rate come to an annuity.
#[test]
fn an_annuity_returns_its_rate() {
    for rate in [-0.6, -0.02, 0.0, 0.07, 0.5, 8.0] {
        let growth: f64 = 1.0 + rate;
        let mut flows: Vec<(i32, f64)> = (0..10).map(|year| (365 * year, -100.0)).collect();
        let value: f64 = (1..=10).map(|years| 100.0 * growth.powi(years)).sum();
        flows.push((3650, value));
        check_absolute(
            "annuity",
            rate,
            money_weighted_return(&flows).unwrap(),
            1e-11,
        );
    }
}

/// 100 out, 230 back, 132 out again: zero at 10 % and at 20 %.
#[test]
fn of_two_rates_the_one_nearer_to_zero_is_returned() {
    let flows = [(0, -100.0), (365, 230.0), (730, -132.0)];
    check_relative("nearer", 0.1, money_weighted_return(&flows).unwrap(), 1e-9);
}

#[test]
fn flows_without_a_rate_have_none() {
    assert_eq!(money_weighted_return(&[]), None);
    assert_eq!(money_weighted_return(&[(0, -100.0), (365, -5.0)]), None);
    assert_eq!(money_weighted_return(&[(0, -100.0), (0, 101.0)]), None);
    assert_eq!(money_weighted_return(&[(0, -100.0), (365, 0.0)]), None);
    assert_eq!(money_weighted_return(&[(0, 0.0), (365, 0.0)]), None);
}
