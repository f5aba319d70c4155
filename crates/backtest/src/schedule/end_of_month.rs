//! At the last close of each month.

use super::days::{anchored_days, is_last_weekday_of_month};
use super::monthly::Monthly;
use super::offset::Offset;
use super::part::{SchedulePart, Span};
use crate::conventions::Calendar;
use crate::date::{Date, Moment};
use crate::declaration::{Mistake, Place};
use crate::market::Mark;

crate::part! {
    /// At the last close of each month.
    pub struct EndOfMonth as "end-of-month": Copy;
}

/// The same by its number.
const LAST: Monthly = Monthly { day: -1 };

impl SchedulePart for EndOfMonth {
    fn on_sessions(&self, span: &Span<'_>) -> Vec<Mark> {
        LAST.on_sessions(span)
    }

    fn weekdays(&self, start: Moment, end: Moment) -> Vec<Date> {
        anchored_days(start, end, is_last_weekday_of_month)
    }

    fn check(&self, _: Calendar, _: &Place<'_>, _: &mut Vec<Mistake>) {}

    fn offsets(&self) -> Vec<Offset> {
        let mut offsets = LAST.offsets();
        offsets[0] = Offset::Own;
        offsets
    }

    fn position(&self) -> String {
        LAST.position()
    }
}
