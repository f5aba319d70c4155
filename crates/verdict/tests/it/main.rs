//! Verdicts, as a specification: by hand, against published numbers, and of whole sweeps.

mod by_hand;
#[path = "../../../sweep/tests/it/fixture.rs"]
mod fixture;
mod hedge;
mod ledger;
mod literature;
mod models;
mod sign_flips;
mod sweeps;
mod union;
mod worlds;
mod yardsticks;

#[track_caller]
fn check_absolute(what: &str, expected: f64, found: f64, tolerance: f64) {
    let error = (expected - found).abs();
    assert!(error <= tolerance, "{what}: {expected} but {found}");
}
