//! Results of sweeps, as a specification.

#[path = "../../../sweep/tests/it/fixture.rs"]
mod fixture;
mod overview;
mod plateau;
mod queries;
mod trials;
