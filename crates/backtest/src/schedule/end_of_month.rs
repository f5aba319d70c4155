//! At the last close of each month.

use super::days::{anchored_days, ends, is_last_weekday_of_month};
use super::part::{SchedulePart, Span};
use crate::conventions::Calendar;
use crate::date::{Date, Moment};
use crate::declaration::{Mistake, Place};
use crate::market::Mark;

crate::part! {
    /// At the last close of each month.
    pub struct EndOfMonth as "end-of-month": Copy;
}

impl SchedulePart for EndOfMonth {
    fn on_sessions(&self, span: &Span<'_>) -> Vec<Mark> {
        ends(span, |month| month)
    }

    fn weekdays(&self, start: Moment, end: Moment) -> Vec<Date> {
        anchored_days(start, end, is_last_weekday_of_month)
    }

    fn check(&self, _: Calendar, _: &Place<'_>, _: &mut Vec<Mistake>) {}
}
