//! The program's name and version, and the name and the clock of the machine.

use std::fs;
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

/// The machine's name, as Linux knows it.
pub fn host_name() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name: String = (name.trim().chars())
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
        .collect();
    match name.is_empty() {
        true => "unknown".to_owned(),
        false => name,
    }
}
