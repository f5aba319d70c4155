//! Every n sessions.

use super::days::simulated_weekdays;
use super::offset::Offset;
use super::part::{SchedulePart, Span, closes};
use crate::conventions::Calendar;
use crate::date::{Date, Moment};
use crate::declaration::{Mistake, Place};
use crate::market::Mark;

crate::part! {
    /// At the close of every n-th session, counted from the first that is recorded, which has the number 0.
    pub struct EveryNSessions as "every-n-sessions": Copy {
        /// How many sessions there are from one decision to the next.
        sessions: u32 => Count, Required;
        /// The number of the session of the first decision, less than `sessions`.
        offset: u64 => WholeNumber, Number(0.0);
    }
}

/// The most offsets that are compared.
const MOST_OFFSETS: u64 = 63;

impl EveryNSessions {
    fn of<T>(&self, sessions: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
        let offset = usize::try_from(self.offset).unwrap_or(usize::MAX);
        sessions.skip(offset).step_by(self.sessions.max(1) as usize)
    }
}

impl SchedulePart for EveryNSessions {
    fn on_sessions(&self, span: &Span<'_>) -> Vec<Mark> {
        let recorded = span.window.recorded_from.index()..=span.window.last.index();
        closes(self.of(recorded))
    }

    fn on_weekdays(&self, span: &Span<'_>) -> Vec<Mark> {
        self.on_sessions(span)
    }

    fn weekdays(&self, start: Moment, end: Moment) -> Vec<Date> {
        self.of(simulated_weekdays(start, end).into_iter())
            .collect()
    }

    fn check(&self, _: Calendar, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        if self.offset >= u64::from(self.sessions) && self.sessions > 0 {
            let rule = format!("must be less than `sessions`, {}", self.sessions);
            mistakes.push(Mistake::new(at.key("offset"), self.offset, rule));
        }
    }

    fn offsets(&self) -> Vec<Offset> {
        let n = u64::from(self.sessions);
        let step = n.div_ceil(MOST_OFFSETS).max(1);
        // Those that are as far from this one as a multiple of the step.
        let others = (self.offset % step..n).step_by(step as usize);
        let sessions = self.sessions;
        others
            .map(|offset| Offset::Every { sessions, offset })
            .collect()
    }

    fn position(&self) -> String {
        format!("offset {}", self.offset)
    }
}
