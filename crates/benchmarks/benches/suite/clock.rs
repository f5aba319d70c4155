//! CPU clocks, and how long a job takes on them.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// CPU time of many repetitions of one job, each as a time for one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    pub(crate) median: Duration,
    pub(crate) minimum: Duration,
}

/// Whose CPU time is read.
#[derive(Clone, Copy)]
pub(crate) enum Clock {
    /// This thread's alone.
    Thread,
    /// That of all threads of this process.
    Process,
}

impl Clock {
    fn now(self) -> Duration {
        let id = match self {
            Clock::Thread => ClockId::CLOCK_THREAD_CPUTIME_ID,
            Clock::Process => ClockId::CLOCK_PROCESS_CPUTIME_ID,
        };
        Duration::from(clock_gettime(id).expect("Linux has both clocks"))
    }

    fn time(self, repetitions: u32, job: &mut impl FnMut()) -> Duration {
        let before = self.now();
        for _ in 0..repetitions {
            job();
        }
        self.now() - before
    }

    /// Takes so many samples of single repetitions.
    pub(crate) fn samples(self, n: usize, mut job: impl FnMut()) -> Timing {
        let samples = (0..n).map(|_| self.time(1, &mut job)).collect();
        Timing::of(samples, 1)
    }
}

/// Repeats a job for about a second, in samples long enough that reading the clock costs nothing.
pub(crate) fn repeat(mut job: impl FnMut()) -> Timing {
    const SAMPLE: Duration = Duration::from_millis(1);
    const TOTAL: Duration = Duration::from_secs(1);
    let mut repetitions = 1;
    let mut sample = Clock::Thread.time(repetitions, &mut job);
    while sample < SAMPLE {
        repetitions *= 2;
        sample = Clock::Thread.time(repetitions, &mut job);
    }
    let n = (TOTAL.as_nanos() / sample.as_nanos()).max(11);
    let samples = (0..n).map(|_| Clock::Thread.time(repetitions, &mut job));
    Timing::of(samples.collect(), repetitions)
}

impl Timing {
    /// The time of each of `n` equal parts.
    pub(crate) fn of_each(self, n: usize) -> Timing {
        let each = |time: Duration| time.div_f64(n as f64);
        Timing {
            median: each(self.median),
            minimum: each(self.minimum),
        }
    }

    pub(crate) fn of(mut samples: Vec<Duration>, repetitions: u32) -> Timing {
        samples.sort_unstable();
        Timing {
            median: samples[samples.len() / 2] / repetitions,
            minimum: samples[0] / repetitions,
        }
    }
}
