//! The tests of the engine, in one binary.

mod oracle;
mod qstrader;
