//! Once a year.

use super::offset::{Offset, Period};
use super::part::{SchedulePart, Span};
use super::period::NthSession;
use crate::conventions::Calendar;
use crate::date::{Date, Moment};
use crate::declaration::{Mistake, Place};
use crate::market::Mark;

crate::part! {
    /// Once a year, at the close of one of its sessions.
    pub struct Yearly as "yearly": Copy {
        /// Which session of the period: 1 is the first, 10 the tenth, -1 the last, -3 the third from the end. Sessions are counted, not days of the calendar. Where a period has fewer, its last or first takes the place. A backtest whose prices begin within a period counts from the next one on.
        day: i32 => Ordinal, Number(-1.0);
        /// Counts the sessions of this month of the year, 1 to 12, in place of all its sessions.
        month: Option<u32> => Count, Optional;
    }
}

impl Yearly {
    const fn rule(&self) -> NthSession {
        NthSession {
            period: Period::Year,
            month: self.month,
            day: self.day,
        }
    }
}

impl SchedulePart for Yearly {
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
        self.rule().by_month()
    }

    fn position(&self) -> String {
        self.rule().position()
    }
}
