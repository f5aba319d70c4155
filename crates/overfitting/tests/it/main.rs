//! The statistics against published numbers and outside implementations.
#![expect(clippy::print_stderr, reason = "a test says so when it skips")]
#![expect(clippy::disallowed_methods, reason = "tests read golden values")]

mod by_hand;
mod closed_form;
mod literature;
mod published;
mod sign_flips;
mod splits;
mod trial_matrices;

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The folder of the golden values; says so when it is not there.
fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/statistics");
    if !folder.is_dir() {
        eprintln!("skipped: `{}` is not there", folder.display());
        return None;
    }
    Some(folder)
}

fn golden(name: &str) -> Option<Value> {
    let text = std::fs::read_to_string(folder()?.join(name)).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is not a number"))
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

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
