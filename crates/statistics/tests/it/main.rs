//! The statistics against published numbers and by hand.

mod catalogue;
mod literature;
mod money_weighted;
mod risk_free;
mod text;

#[track_caller]
fn check_relative(what: &str, expected: f64, found: f64, tolerance: f64) {
    let error = (expected - found).abs();
    assert!(
        error <= tolerance * expected.abs(),
        "{what}: {expected} but {found}"
    );
}

#[track_caller]
fn check_absolute(what: &str, expected: f64, found: f64, tolerance: f64) {
    let error = (expected - found).abs();
    assert!(error <= tolerance, "{what}: {expected} but {found}");
}
