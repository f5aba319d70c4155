//! Once a week.

use super::days::anchored_days;
use super::offset::Offset;
use super::part::{SchedulePart, Span, closes};
use crate::conventions::Calendar;
use crate::date::{Date, Moment, Weekday};
use crate::declaration::{Mistake, Place, WEEKDAYS};
use crate::market::Mark;

crate::part! {
    /// Once a week, at the close of the given day; when that is not a session, at the last session
    /// of the week before it, or else the first after it.
    pub struct Weekly as "weekly": Copy {
        /// The day of a weekly schedule: `mon` to `fri`, and `sat` and `sun` when the calendar is `sessions`.
        weekday: Weekday => Weekday, Required;
    }
}

impl SchedulePart for Weekly {
    fn on_sessions(&self, span: &Span<'_>) -> Vec<Mark> {
        let sessions = span.market.sessions();
        closes((span.sessions()).filter(|&session| is_of_week(self.weekday, sessions, session)))
    }

    fn weekdays(&self, start: Moment, end: Moment) -> Vec<Date> {
        anchored_days(start, end, |day| day.weekday() == self.weekday)
    }

    fn check(&self, calendar: Calendar, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        if self.weekday.number_from_monday() > 5 && calendar == Calendar::Weekdays {
            let path = at.key("weekday");
            let message = format!("`{path}` is on a weekend");
            let mistake = Mistake::new(path, self.weekday, "must be mon to fri").message(message);
            let help = "the calendar `weekdays` has no weekends; `sessions` may have";
            mistakes.push(mistake.help(help));
        }
    }

    fn offsets(&self) -> Vec<Offset> {
        let days = WEEKDAYS.iter().map(|(.., weekday)| *weekday);
        let days = days.filter(|day| *day == self.weekday || day.number_from_monday() <= 5);
        days.map(Offset::Weekday).collect()
    }

    fn position(&self) -> String {
        let mut names = WEEKDAYS.iter().filter(|(.., day)| *day == self.weekday);
        let name = names.next().map_or("", |(name, ..)| name);
        (*name).to_owned()
    }
}

/// Whether the close of a session is the week's decision: the last one up to a weekday, or the first
/// after it where there is none; seen from the sessions around it, as for the end of a period.
fn is_of_week(weekday: Weekday, sessions: &[Date], session: usize) -> bool {
    let day = sessions[session];
    let next = sessions.get(session + 1).copied();
    let previous = session.checked_sub(1).map(|session| sessions[session]);
    let target = weekday.num_days_from_monday();
    let position = |day: Date| day.weekday().num_days_from_monday();
    let monday = |day: Date| day.plus_days(-(position(day) as i32));
    let same_week = |other: Option<Date>| other.filter(|&other| monday(other) == monday(day));
    if position(day) <= target {
        same_week(next).is_none_or(|next| position(next) > target)
            && (next.is_some() || position(day) == target || passed_over(day, target))
    } else {
        same_week(previous).is_none()
    }
}

/// At the end of the calendar: whether no weekday is left between a day and the target weekday.
fn passed_over(day: Date, target: u32) -> bool {
    let mut next = day.plus_days(1);
    while next.weekday().num_days_from_monday() <= target
        && next.weekday().num_days_from_monday() > day.weekday().num_days_from_monday()
    {
        if next.is_weekday() {
            return false;
        }
        next = next.plus_days(1);
    }
    true
}
