//! At every close.

use super::days::anchored_days;
use super::offset::Offset;
use super::part::{SchedulePart, Span, closes};
use crate::conventions::Calendar;
use crate::date::{Date, Moment};
use crate::declaration::{Mistake, Place};
use crate::market::Mark;

crate::part! {
    /// At every close.
    pub struct Daily as "daily": Copy;
}

impl SchedulePart for Daily {
    fn on_sessions(&self, span: &Span<'_>) -> Vec<Mark> {
        closes(span.sessions())
    }

    fn weekdays(&self, start: Moment, end: Moment) -> Vec<Date> {
        // QSTrader normalises both ends of the daily schedule to midnight.
        let (start, end) = (start.date().at_second(0), end.date().at_second(0));
        anchored_days(start, end, |day| day.is_weekday())
    }

    fn check(&self, _: Calendar, _: &Place<'_>, _: &mut Vec<Mistake>) {}

    fn offsets(&self) -> Vec<Offset> {
        Vec::new()
    }

    fn position(&self) -> String {
        "every session".to_owned()
    }
}
