//! At the last close of each quarter.

use super::days::{anchored_days, is_last_weekday_of_month};
use super::offset::Offset;
use super::part::{SchedulePart, Span};
use super::quarterly::Quarterly;
use crate::conventions::Calendar;
use crate::date::{Date, Moment};
use crate::declaration::{Mistake, Place};
use crate::market::Mark;

crate::part! {
    /// At the last close of March, June, September and December.
    pub struct EndOfQuarter as "end-of-quarter": Copy;
}

/// The same by its number.
const LAST: Quarterly = Quarterly {
    day: -1,
    month: None,
};

impl SchedulePart for EndOfQuarter {
    fn on_sessions(&self, span: &Span<'_>) -> Vec<Mark> {
        LAST.on_sessions(span)
    }

    fn weekdays(&self, start: Moment, end: Moment) -> Vec<Date> {
        let anchor = |day: Date| day.month().is_multiple_of(3) && is_last_weekday_of_month(day);
        anchored_days(start, end, anchor)
    }

    fn check(&self, _: Calendar, _: &Place<'_>, _: &mut Vec<Mistake>) {}

    fn offsets(&self) -> Vec<Offset> {
        let mut offsets = LAST.offsets();
        if let Some(last) = offsets.last_mut() {
            *last = Offset::Own;
        }
        offsets
    }

    fn position(&self) -> String {
        LAST.position()
    }
}
