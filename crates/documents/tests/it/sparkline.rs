//! Curves in characters.

use documents::sparkline;
use expect_test::{Expect, expect};

#[track_caller]
fn check<T: Copy>(show: impl Fn(T) -> String, values: &[T], expect: Expect) {
    let shown: Vec<String> = values.iter().map(|value| show(*value)).collect();
    expect.assert_eq(&shown.join(" | "));
}

#[test]
fn a_sparkline_is_logarithmic() {
    // Each value is twice the one before.
    let doubling: Vec<f64> = (0..8).map(|power| f64::from(1 << power)).collect();
    assert_eq!(sparkline(&doubling, 60), "▁▂▃▄▅▆▇█");
}

#[test]
fn a_sparkline_is_linear_below_zero_has_gaps_and_may_be_flat() {
    check(
        |values: &[f64]| sparkline(values, 4),
        &[
            &[-1.0, 0.0, 1.0][..],
            &[1.0, f64::NAN, 2.0],
            &[5.0, 5.0],
            &[],
            &[1.0, 1.0, 1.0, 1.0, 9.0, 9.0, 9.0, 9.0],
        ],
        expect!["▁▅█ | ▁ █ | ▁▁ |  | ▁▁██"],
    );
}
