//! Round ticks, and curves that keep their spikes.

use drawing::{Axis, cividis, decimated};
use expect_test::{Expect, expect};

#[track_caller]
fn check(axis: &Axis, expected: Expect) {
    let ticks: Vec<String> = axis.ticks(5).iter().map(f64::to_string).collect();
    expected.assert_eq(&ticks.join(" "));
}

#[test]
fn ticks_are_one_two_or_five_times_a_power_of_ten() {
    check(&Axis::between(0.0, 10.0), expect!["0 2 4 6 8 10"]);
    check(
        &Axis::between(-0.31, 0.29),
        expect!["-0.3 -0.2 -0.1 0 0.1 0.2"],
    );
    check(
        &Axis::between(0.0, 0.3),
        expect!["0 0.05 0.1 0.15 0.2 0.25 0.3"],
    );
    check(
        &Axis::between(1e6, 3.7e6),
        expect!["1000000 1500000 2000000 2500000 3000000 3500000"],
    );
}

#[test]
fn logarithmic_ticks_are_evenly_spread() {
    check(&Axis::logarithmic([1.0, 30.0]), expect!["1 2 5 10 20"]);
    check(
        &Axis::logarithmic([1.0, 1e6]),
        expect!["1 10 100 1000 10000 100000 1000000"],
    );
    // Hardly more than linear: linear ticks are rounder.
    check(&Axis::logarithmic([0.9, 1.6]), expect!["1 1.2 1.4 1.6"]);
}

#[test]
fn values_that_are_no_numbers_do_not_stretch_an_axis() {
    let axis = Axis::holding([1.0, f64::NAN, f64::INFINITY, 2.0]);
    assert_eq!((axis.low(), axis.high()), (0.96, 2.04));
    check(&Axis::holding([]), expect!["0 0.2 0.4 0.6 0.8 1"]);
    check(&Axis::holding([7.0]), expect!["6.7 6.8 6.9 7 7.1 7.2 7.3"]);
}

#[test]
fn a_decimated_curve_keeps_its_ends_and_its_spikes() {
    let mut points: Vec<(f64, f64)> = (0..10_000).map(|at| (f64::from(at) / 100.0, 0.0)).collect();
    points[4321].1 = 9.0;
    points[8765].1 = -9.0;
    let kept = decimated(&points, 100.0);
    assert!(kept.len() <= 400, "{}", kept.len());
    for at in [0, 4321, 8765, 9999] {
        assert!(kept.contains(&points[at]), "point {at}");
    }
    assert!(kept.windows(2).all(|pair| pair[0].0 < pair[1].0));
}

#[test]
fn cividis_runs_from_dark_blue_to_yellow() {
    // Published end points: 00224e and fee838 (Nuñez, Anderton and Renslow, 2018; matplotlib).
    assert_eq!(cividis(0.0), [0x00, 0x22, 0x4e]);
    assert_eq!(cividis(1.0), [0xfe, 0xe8, 0x38]);
    assert_eq!(cividis(7.0), cividis(1.0));
}
