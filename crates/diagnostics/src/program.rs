//! The program's name and version, and the clock of the machine.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The version of the whole workspace.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Name and version, as files name the program that wrote them.
pub const PROGRAM: &str = concat!("gridfolio ", env!("CARGO_PKG_VERSION"));

/// The time since 1970-01-01 in UTC; 0 on a machine whose clock is set before that.
pub fn since_1970() -> Duration {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default()
}
