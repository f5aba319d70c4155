//! The tests of the engine, in one binary.
#![expect(clippy::print_stderr, reason = "a test says so when it skips")]

mod invariants;
mod markets;
mod modules;
mod oracle;
mod own_alpha_model;
mod qstrader;
mod rules;
mod textbook;
