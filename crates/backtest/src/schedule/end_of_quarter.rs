//! At the last close of each quarter.

use super::days::{anchored_days, ends, is_last_weekday_of_month};
use super::part::{SchedulePart, Span};
use crate::conventions::Calendar;
use crate::date::{Date, Moment};
use crate::declaration::{Mistake, Place};
use crate::market::Mark;

crate::part! {
    /// At the last close of March, June, September and December.
    pub struct EndOfQuarter as "end-of-quarter": Copy;
}

impl SchedulePart for EndOfQuarter {
    fn on_sessions(&self, span: &Span<'_>) -> Vec<Mark> {
        ends(span, |month| month / 3)
    }

    fn weekdays(&self, start: Moment, end: Moment) -> Vec<Date> {
        let anchor = |day: Date| day.month().is_multiple_of(3) && is_last_weekday_of_month(day);
        anchored_days(start, end, anchor)
    }

    fn check(&self, _: Calendar, _: &Place<'_>, _: &mut Vec<Mistake>) {}
}
