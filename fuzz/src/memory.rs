//! How much memory an input takes.

#![expect(
    unsafe_code,
    reason = "counting bytes takes a global allocator, and that trait is unsafe"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Bytes that any input may take, besides 64 for each of its own.
pub(crate) const ALLOWED: usize = 64 << 20;

/// More is a finding at once.
const MOST: usize = 2 << 30;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// Follows the memory of all threads from its start to its end.
pub(crate) struct Peak {
    before: usize,
}

impl Peak {
    pub(crate) fn start() -> Peak {
        let before = NOW.load(Ordering::Relaxed);
        PEAK.store(before, Ordering::Relaxed);
        Peak { before }
    }

    /// The most bytes that were taken at any time.
    pub(crate) fn end(self) -> usize {
        PEAK.load(Ordering::Relaxed).saturating_sub(self.before)
    }
}

fn taken(size: usize) {
    let now = NOW.fetch_add(size, Ordering::Relaxed) + size;
    PEAK.fetch_max(now, Ordering::Relaxed);
}

/// Whether more than [`MOST`] was asked for.
pub(crate) static IS_REFUSED: AtomicBool = AtomicBool::new(false);

/// Whether this much more may be taken. What asks for more than there is waits for the end of the process:
/// an allocator that says no would end it before the input is kept.
fn may_take(size: usize) -> bool {
    let now = NOW.load(Ordering::Relaxed);
    if now.checked_add(size).is_some_and(|all| all < MOST) {
        return true;
    }
    IS_REFUSED.store(true, Ordering::Relaxed);
    loop {
        std::thread::sleep(std::time::Duration::from_secs(1));
    }
}

/// The system's allocator, counting bytes.
struct Counting;

// SAFETY: every method hands its arguments on to `System`, which upholds the contract, or returns the
// null pointer, by which an allocator says that there is no memory. Counting does not allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !may_take(layout.size()) {
            return ptr::null_mut();
        }
        taken(layout.size());
        // SAFETY: the caller's promises are those that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if !may_take(layout.size()) {
            return ptr::null_mut();
        }
        taken(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let more = size.saturating_sub(layout.size());
        if !may_take(more) {
            return ptr::null_mut();
        }
        taken(more);
        NOW.fetch_sub(layout.size().saturating_sub(size), Ordering::Relaxed);
        // SAFETY: as above; `old` came from `System`.
        unsafe { System.realloc(old, layout, size) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as above; `memory` came from `System`.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;
