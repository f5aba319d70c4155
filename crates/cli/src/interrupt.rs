//! Ctrl-C and SIGTERM.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use gridfolio::{Code, Error};

/// The first Ctrl-C or SIGTERM sets the flag, so that the sweep stops soon. The second ends the
/// program.
pub(crate) fn stop_on_interrupt() -> Result<Arc<AtomicBool>, Error> {
    let stop = Arc::new(AtomicBool::new(false));
    // A thread waits for the signal. Where the machine has none to give, a signal ends the program, as it
    // does without a handler: every file is whole.
    match thread::Builder::new().spawn(|| {}) {
        Ok(started) => drop(started.join()),
        Err(_) => return Ok(stop),
    }
    let asked = Arc::clone(&stop);
    #[expect(
        clippy::exit,
        reason = "a user who asks twice does not want to wait for the shards in progress"
    )]
    let set = ctrlc::set_handler(move || {
        if asked.swap(true, Ordering::Relaxed) {
            // Every file is whole; what is missing is computed by the next run.
            std::process::exit(Code::Interrupted as i32);
        }
    });
    set.map_err(|error| Error::new(Code::Bug, "cannot listen for Ctrl-C").caused_by(error))?;
    Ok(stop)
}
