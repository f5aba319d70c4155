//! The statistics against published numbers and by hand.

mod by_hand;
mod literature;
mod sign_flips;

#[track_caller]
fn check_absolute(what: &str, expected: f64, found: f64, tolerance: f64) {
    let error = (expected - found).abs();
    assert!(error <= tolerance, "{what}: {expected} but {found}");
}
