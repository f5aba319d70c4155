//! Once a month.

use super::offset::{Offset, Period};
use super::part::{SchedulePart, Span};
use super::period::{NthSession, SESSIONS_OF_MONTH};
use crate::conventions::Calendar;
use crate::date::{Date, Moment};
use crate::declaration::{Mistake, Place};
use crate::market::Mark;

crate::part! {
    /// Once a month, at the close of one of its sessions.
    pub struct Monthly as "monthly": Copy {
        /// Which session of the period: 1 is the first, 10 the tenth, -1 the last, -3 the third from the end. Sessions are counted, not days of the calendar. Where a period has fewer, its last or first takes the place. A backtest whose prices begin within a period counts from the next one on.
        day: i32 => Ordinal, Number(-1.0);
    }
}

impl Monthly {
    const fn rule(&self) -> NthSession {
        NthSession {
            period: Period::Month,
            month: None,
            day: self.day,
        }
    }
}

impl SchedulePart for Monthly {
    fn on_sessions(&self, span: &Span<'_>) -> Vec<Mark> {
        self.rule().on_sessions(span)
    }

    fn weekdays(&self, start: Moment, end: Moment) -> Vec<Date> {
        self.rule().weekdays(start, end)
    }

    fn days_around(&self) -> i32 {
        self.rule().days_around()
    }

    fn check(&self, _: Calendar, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        self.rule().check(at, mistakes);
    }

    fn offsets(&self) -> Vec<Offset> {
        self.rule().by_day(SESSIONS_OF_MONTH)
    }

    fn position(&self) -> String {
        format!("day {}", self.day)
    }
}
