//! The threads that read files.

use std::thread;

/// Does work whose parallel iterators have a thread for each core, whatever the environment asks for; and
/// on this thread alone where no other can be had.
pub(crate) fn on_all_cores<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    // Work within work, and work after the fallback below, is in a pool already.
    if rayon::current_thread_index().is_some() {
        return work();
    }
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let pool = |builder: rayon::ThreadPoolBuilder| builder.build();
    let several = pool(rayon::ThreadPoolBuilder::new().num_threads(cores));
    let alone = || {
        pool(
            rayon::ThreadPoolBuilder::new()
                .num_threads(1)
                .use_current_thread(),
        )
    };
    match several.or_else(|_| alone()) {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}
