//! On given dates.

use super::offset::Offset;
use super::part::{SchedulePart, Span, closes};
use crate::conventions::Calendar;
use crate::date::{Date, Moment};
use crate::declaration::{Mistake, Place};
use crate::market::Mark;

crate::part! {
    /// At the close of the first session on each of these dates or after.
    pub struct OnDates as "on-dates" {
        /// The dates, increasing. Those before the backtest's start are left out.
        dates: Vec<Date> => Dates, Required;
    }
}

impl SchedulePart for OnDates {
    fn on_sessions(&self, span: &Span<'_>) -> Vec<Mark> {
        let days = span.market.sessions();
        let start = span.start.date();
        let (first, last) = (span.window.first.index(), span.window.last.index());
        let dates = self.dates.iter().filter(|date| **date >= start);
        let session = |date: &Date| first + days[first..].partition_point(|day| day < date);
        let mut sessions: Vec<usize> = dates.map(session).filter(|at| *at <= last).collect();
        sessions.dedup();
        closes(sessions.into_iter())
    }

    fn on_weekdays(&self, span: &Span<'_>) -> Vec<Mark> {
        self.on_sessions(span)
    }

    fn weekdays(&self, start: Moment, end: Moment) -> Vec<Date> {
        let dates = self.dates.iter().filter(|date| **date >= start.date());
        let weekday = |date: &Date| {
            let mut day = *date;
            while !day.is_weekday() {
                day = day.plus_days(1);
            }
            day
        };
        let mut days: Vec<Date> = dates
            .map(weekday)
            .filter(|day| *day <= end.date())
            .collect();
        days.dedup();
        days
    }

    fn check(&self, _: Calendar, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        let path = || at.key("dates");
        if self.dates.is_empty() {
            let message = format!("`{}` has no dates", path());
            let mistake = Mistake::stating(path(), "[]", message, "empty");
            mistakes.push(mistake.help("name at least one, as in `[2020-01-31, 2020-02-28]`"));
        }
        for (index, pair) in self.dates.windows(2).enumerate() {
            if pair[1] <= pair[0] {
                let message = format!("`{}` are not in the order of time", path());
                let label = format!("{}, not after", pair[1]);
                let mistake = Mistake::stating(path().index(index + 1), pair[1], message, label);
                mistakes.push(mistake.related(path().index(index), pair[0].to_string()));
            }
        }
    }

    fn offsets(&self) -> Vec<Offset> {
        Vec::new()
    }

    fn position(&self) -> String {
        "on these dates".to_owned()
    }
}
