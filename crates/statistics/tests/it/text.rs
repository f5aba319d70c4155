//! Numbers for people.

use expect_test::{Expect, expect};
use statistics::text::{amount, grouped, percent};

#[track_caller]
fn check<T: Copy>(show: impl Fn(T) -> String, values: &[T], expect: Expect) {
    let shown: Vec<String> = values.iter().map(|value| show(*value)).collect();
    expect.assert_eq(&shown.join(" | "));
}

#[test]
fn thousands_stand_apart() {
    check(
        grouped,
        &[0.0, 12.0, 999.0, 1000.0, 1234567.0, -1234567.4, 0.125, -0.0],
        expect!["0 | 12 | 999 | 1,000 | 1,234,567 | -1,234,567 | 0.1250 | 0"],
    );
}

#[test]
fn fractions_are_shown_in_per_cent() {
    check(
        |value| percent(value, 1),
        &[0.123, -0.3532, 0.0, -0.0001, 1.0, 9.999, 51.234, f64::NAN],
        expect!["12.3 % | -35.3 % | 0.0 % | 0.0 % | 100.0 % | 999.9 % | 5,123 % | NaN %"],
    );
}

#[test]
fn amounts_are_short() {
    check(
        amount,
        &[
            0.0,
            987.4,
            9999.4,
            12_345.0,
            999_499.0,
            999_500.0,
            3_518_063.0,
            -2.5e6,
            1.2e9,
        ],
        expect!["0 | 987 | 9,999 | 12.3k | 999.5k | 1.00M | 3.52M | -2.50M | 1.20G"],
    );
}
