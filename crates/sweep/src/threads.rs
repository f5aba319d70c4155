//! Threads of this process.

use std::thread;

/// The number of threads that a setting means: 0 is as many as the machine has.
pub fn thread_count(threads: usize) -> usize {
    match threads {
        0 => thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    }
}

/// Cuts a slice into one equal part per thread, maps each part on a thread of its own, and returns
/// what they made, in order. A panic in one of them is the caller's.
pub fn par_map_chunks<S: Sync, T: Send>(
    threads: usize,
    all: &[S],
    of: impl Fn(&[S]) -> T + Sync,
) -> Vec<T> {
    let threads = threads.clamp(1, all.len().max(1));
    let part = |thread: usize| {
        let edge = |thread: usize| thread * all.len() / threads;
        &all[edge(thread)..edge(thread + 1)]
    };
    if threads == 1 {
        return vec![of(all)];
    }
    thread::scope(|scope| {
        let of = &of;
        let started: Vec<_> = (0..threads)
            .map(|thread| scope.spawn(move || of(part(thread))))
            .collect();
        let join = |started: thread::ScopedJoinHandle<'_, T>| match started.join() {
            Ok(made) => made,
            // A panic goes on where it would without threads.
            Err(panic) => std::panic::resume_unwind(panic),
        };
        started.into_iter().map(join).collect()
    })
}
