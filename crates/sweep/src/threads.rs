//! Threads of this process.

use std::io;
use std::thread;

/// The number of threads that a setting means: 0 is as many as the machine has, and more than
/// `PER_CORE` for each core are not started.
pub fn thread_count(threads: usize) -> usize {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    match threads {
        0 => cores,
        threads => threads.min(cores * PER_CORE),
    }
}

/// Some more threads than cores hide the time that a share takes; hundreds only take memory.
const PER_CORE: usize = 16;

/// Does the same work on several threads, and on this one where no other can be had.
pub(crate) fn on_threads(threads: usize, work: impl Fn() + Sync) {
    thread::scope(|scope| {
        let start = |_| thread::Builder::new().spawn_scoped(scope, &work).ok();
        let started = (0..threads).filter_map(start).count();
        if started == 0 {
            work();
        }
    });
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
        let part = &part;
        let started: Vec<_> = (0..threads)
            .map(|thread| thread::Builder::new().spawn_scoped(scope, move || of(part(thread))))
            .collect();
        let join = |(number, started): (usize, io::Result<thread::ScopedJoinHandle<'_, T>>)| {
            match started.map(thread::ScopedJoinHandle::join) {
                Ok(Ok(made)) => made,
                // A panic goes on where it would without threads.
                Ok(Err(panic)) => std::panic::resume_unwind(panic),
                // The machine has no thread to give: this one does its part.
                Err(_) => of(part(number)),
            }
        };
        started.into_iter().enumerate().map(join).collect()
    })
}
