//! The highest wealth so far, and how long it took to come back to it.

use crate::day::Day;

/// Follows a wealth curve from peak to peak. The starting capital is the first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peaks {
    peak: f64,
    /// Its position in the wealth curve.
    at: usize,
    /// How many values lay below the peak.
    pub(super) under: usize,
    /// Sessions from peak to peak (or the end) in the longest stretch below one.
    pub(super) longest_sessions: usize,
    /// Calendar days in the one that took most.
    pub(super) longest_days: i32,
}

/// The days of a wealth curve, by position.
#[derive(Clone, Copy)]
pub(super) struct Days<'a> {
    /// Looked up only when a drawdown ends: a call that is not known at compile time costs nothing
    /// there, and the loop over values is compiled once.
    pub(super) known: &'a dyn Numbered,
    /// Whether the first of them is the starting capital's. Else it is dated like the first close.
    pub(super) start_with_capital: bool,
}

/// Days that can be looked up by position.
pub(super) trait Numbered {
    /// The day's number, as [`Day::number`].
    fn number(&self, at: usize) -> i32;
}

impl<D: Day> Numbered for &[D] {
    fn number(&self, at: usize) -> i32 {
        self[at].number()
    }
}

impl Days<'_> {
    fn number(self, at: usize) -> i32 {
        let known = match self.start_with_capital {
            true => at,
            false => at.saturating_sub(1),
        };
        self.known.number(known)
    }
}

/// Values that are looked at together: most lie below the peak.
const BLOCK: usize = 8;

impl Peaks {
    pub(super) fn from(capital: f64) -> Peaks {
        Peaks {
            peak: capital,
            at: 0,
            under: 0,
            longest_sessions: 0,
            longest_days: 0,
        }
    }

    /// Writes the highest value so far at each value, itself included.
    ///
    /// * `first`: the position in the curve of the first of them.
    #[inline(always)]
    pub(super) fn follow(
        &mut self,
        wealth: &[f64],
        peaks: &mut [f64],
        first: usize,
        days: Days<'_>,
    ) {
        let (blocks, rest) = wealth.as_chunks::<BLOCK>();
        let (peak_blocks, peak_rest) = peaks.as_chunks_mut::<BLOCK>();
        let mut now = first;
        for (wealth, peaks) in blocks.iter().zip(peak_blocks) {
            let peak = self.peak;
            peaks.fill(peak);
            if wealth
                .iter()
                .fold(true, |below, value| below & (*value < peak))
            {
                self.under += BLOCK;
            } else {
                self.look_at_each(wealth, peaks, now, days);
            }
            now += BLOCK;
        }
        self.look_at_each(rest, peak_rest, now, days);
    }

    fn look_at_each(&mut self, wealth: &[f64], peaks: &mut [f64], first: usize, days: Days<'_>) {
        for (now, (value, peak)) in (first..).zip(wealth.iter().zip(peaks)) {
            if *value < self.peak {
                self.under += 1;
            } else {
                self.lasted_until(now, days);
                (self.peak, self.at) = (*value, now);
            }
            *peak = self.peak;
        }
    }

    /// Ends the curve at a position.
    pub(super) fn end(&mut self, at: usize, days: Days<'_>) {
        if self.at < at {
            self.lasted(at, days);
        }
    }

    #[inline(always)]
    fn lasted_until(&mut self, recovery: usize, days: Days<'_>) {
        // From one peak straight to the next nothing has been lost.
        if self.at + 1 < recovery {
            self.lasted(recovery, days);
        }
    }

    fn lasted(&mut self, until: usize, days: Days<'_>) {
        let length = days.number(until) - days.number(self.at);
        self.longest_sessions = self.longest_sessions.max(until - self.at);
        self.longest_days = self.longest_days.max(length);
    }
}
