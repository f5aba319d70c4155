//! The tests of the engine, in one binary.
#![expect(clippy::disallowed_methods, reason = "goldens are read from files")]
#![expect(clippy::print_stderr, reason = "a test says so when it skips")]

mod audit;
mod batch;
mod invariants;
mod markets;
mod modules;
mod oracle;
mod own_alpha_model;
mod pandas;
mod qstrader;
mod rules;
mod textbook;
