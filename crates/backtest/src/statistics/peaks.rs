//! The highest wealth so far, and how long it took to come back to it.

use crate::date::Date;

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

/// The dates of a wealth curve, by position.
#[derive(Clone, Copy)]
pub(super) struct Dates<'a> {
    /// Of the sessions.
    pub(super) sessions: &'a [Date],
    /// Whether the starting capital is the first session's value. Else it stands before the curve
    /// and is dated like the first close.
    pub(super) start_with_capital: bool,
}

impl Dates<'_> {
    fn epoch_days(self, at: usize) -> i32 {
        let session = match self.start_with_capital {
            true => at,
            false => at.saturating_sub(1),
        };
        self.sessions[session].epoch_days()
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
        dates: Dates<'_>,
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
                self.look_at_each(wealth, peaks, now, dates);
            }
            now += BLOCK;
        }
        self.look_at_each(rest, peak_rest, now, dates);
    }

    fn look_at_each(&mut self, wealth: &[f64], peaks: &mut [f64], first: usize, dates: Dates<'_>) {
        for (now, (value, peak)) in (first..).zip(wealth.iter().zip(peaks)) {
            if *value < self.peak {
                self.under += 1;
            } else {
                self.lasted_until(now, dates);
                (self.peak, self.at) = (*value, now);
            }
            *peak = self.peak;
        }
    }

    /// Ends the curve at a position.
    pub(super) fn end(&mut self, at: usize, dates: Dates<'_>) {
        if self.at < at {
            self.lasted(at, dates);
        }
    }

    #[inline(always)]
    fn lasted_until(&mut self, recovery: usize, dates: Dates<'_>) {
        // From one peak straight to the next nothing has been lost.
        if self.at + 1 < recovery {
            self.lasted(recovery, dates);
        }
    }

    fn lasted(&mut self, until: usize, dates: Dates<'_>) {
        let days = dates.epoch_days(until) - dates.epoch_days(self.at);
        self.longest_sessions = self.longest_sessions.max(until - self.at);
        self.longest_days = self.longest_days.max(days);
    }
}
