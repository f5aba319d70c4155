//! Which sessions a backtest steps through, and at which of them it decides.

use crate::conventions::{BuyAndHold, Calendar, Conventions};
use crate::date::{Date, Moment, Weekday};
use crate::market::{Mark, Market, Session, month_number};
use crate::strategy::Schedule;

const DAY: i64 = 86_400;

/// The sessions of one backtest within its market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first session: signals begin here.
    pub first: Session,
    /// The first session whose close is recorded; later than `first` when there is a burn-in.
    pub recorded_from: Session,
    /// The last session, included.
    pub last: Session,
}

impl Window {
    /// How many closes are recorded.
    pub fn recorded(&self) -> usize {
        self.last.index() + 1 - self.recorded_from.index()
    }
}

/// The sessions from `start` to `end`, recorded from `burn_in` on. `None` when no session remains.
pub fn window(
    market: &Market,
    calendar: Calendar,
    start: Moment,
    end: Moment,
    burn_in: Option<Moment>,
) -> Option<Window> {
    let sessions = market.sessions();
    let (first, last) = match calendar {
        Calendar::Sessions => (
            sessions.partition_point(|day| day.close() < start),
            sessions.partition_point(|day| day.close() <= end),
        ),
        Calendar::Weekdays => {
            let days = simulated_weekdays(start, end);
            let (first, last) = (*days.first()?, *days.last()?);
            (
                sessions.partition_point(|&day| day < first),
                sessions.partition_point(|&day| day <= last),
            )
        }
    };
    let last = last.checked_sub(1).filter(|&last| last >= first)?;
    let recorded = |day: &Date| burn_in.is_none_or(|burn_in| day.close() >= burn_in);
    let recorded_from = first + sessions[first..=last].iter().position(recorded)?;
    Some(Window {
        first: Session(first as u32),
        recorded_from: Session(recorded_from as u32),
        last: Session(last as u32),
    })
}

/// When a strategy decides: marks within the window, in order, none before the burn-in.
pub fn decisions(
    schedule: Schedule,
    conventions: &Conventions,
    market: &Market,
    window: Window,
    start: Moment,
    end: Moment,
    burn_in: Option<Moment>,
) -> Vec<Mark> {
    let marks = match (schedule, conventions.calendar) {
        (Schedule::BuyAndHold, _) => {
            buy_and_hold(conventions.buy_and_hold, market, window, start, burn_in)
        }
        (Schedule::EndOfMonth, Calendar::Sessions) => ends(market, window, |month| month),
        (Schedule::EndOfQuarter, Calendar::Sessions) => ends(market, window, |month| month / 3),
        (Schedule::Daily, Calendar::Sessions) => closes(window.first.index()..=window.last.index()),
        (Schedule::Weekly(weekday), Calendar::Sessions) => {
            let decides = |&session: &usize| is_of_week(weekday, market.sessions(), session);
            closes((window.first.index()..=window.last.index()).filter(decides))
        }
        (_, Calendar::Weekdays) => {
            let days = weekday_calendar(schedule, start, end);
            let mut days = days.iter().peekable();
            let decides = |session: &usize| {
                let day = market.sessions()[*session];
                while days.next_if(|&&decision| decision < day).is_some() {}
                days.next_if(|&&decision| decision == day).is_some()
            };
            closes((window.first.index()..=window.last.index()).filter(decides))
        }
    };
    let burnt_in = |mark: &Mark| burn_in.is_none_or(|burn_in| market.moment(*mark) >= burn_in);
    marks.into_iter().filter(burnt_in).collect()
}

fn closes(sessions: impl Iterator<Item = usize>) -> Vec<Mark> {
    sessions
        .map(|session| Mark::close(Session(session as u32)))
        .collect()
}

fn buy_and_hold(
    rule: BuyAndHold,
    market: &Market,
    window: Window,
    start: Moment,
    burn_in: Option<Moment>,
) -> Vec<Mark> {
    let marks = (window.first.0..=window.last.0)
        .flat_map(|session| [Mark::open(Session(session)), Mark::close(Session(session))]);
    let wanted: &dyn Fn(Moment) -> bool = match rule {
        BuyAndHold::FirstSession => {
            let from = burn_in.map_or(start, |burn_in| burn_in.max(start));
            &move |moment| moment >= from
        }
        BuyAndHold::ExactTime => {
            let mut day = start.date();
            while !day.is_weekday() {
                day = day.plus_days(1);
            }
            let exact = day.at_second(start.second_of_day());
            &move |moment| moment == exact
        }
    };
    let mut marks = marks;
    marks
        .find(|mark| wanted(market.moment(*mark)))
        .into_iter()
        .collect()
}

/// The last close of each period of months.
///
/// The calendar is known in advance, so a look at the next session's date is no look-ahead. When
/// there is none, the period has ended if no weekday is left in it.
fn ends(market: &Market, window: Window, period: impl Fn(i32) -> i32) -> Vec<Mark> {
    let (first, last) = (window.first.index(), window.last.index());
    let months = &market.months()[first..];
    let known = months[..=last - first].iter().zip(&months[1..]);
    let ended = known.map(|(month, next)| period(*month) != period(*next));
    let at_the_end_of_the_calendar = (last + 1 == market.months().len()).then(|| {
        let next = next_weekday(market.date(window.last));
        period(market.months()[last]) != period(month_number(next))
    });
    let ended = ended.chain(at_the_end_of_the_calendar);
    closes(
        (first..)
            .zip(ended)
            .filter_map(|(session, ended)| ended.then_some(session)),
    )
}

/// Whether the close of a session is the week's decision: the last one up to a weekday, or the first
/// after it where there is none; seen from the sessions around it, as for [`ends`].
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

fn next_weekday(day: Date) -> Date {
    let mut next = day.plus_days(1);
    while !next.is_weekday() {
        next = next.plus_days(1);
    }
    next
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

/// The days that QSTrader simulates: weekdays from start to end, by the rules of `pandas.date_range`.
pub fn simulated_weekdays(start: Moment, end: Moment) -> Vec<Date> {
    anchored_days(start, end, |day| day.is_weekday())
}

/// The decision days of a schedule on the weekday calendar, increasing, as QSTrader has them:
/// holidays are not known, and the start's and end's times of day count. Empty for buy-and-hold.
pub fn weekday_calendar(schedule: Schedule, start: Moment, end: Moment) -> Vec<Date> {
    match schedule {
        Schedule::BuyAndHold => Vec::new(),
        // QSTrader normalises both ends of the daily schedule to midnight.
        Schedule::Daily => {
            let (start, end) = (start.date().at_second(0), end.date().at_second(0));
            anchored_days(start, end, |day| day.is_weekday())
        }
        Schedule::Weekly(weekday) => anchored_days(start, end, |day| day.weekday() == weekday),
        Schedule::EndOfMonth => anchored_days(start, end, is_last_weekday_of_month),
        Schedule::EndOfQuarter => {
            let anchor = |day: Date| day.month().is_multiple_of(3) && is_last_weekday_of_month(day);
            anchored_days(start, end, anchor)
        }
    }
}

fn is_last_weekday_of_month(day: Date) -> bool {
    let step = if day.weekday() == Weekday::Fri { 3 } else { 1 };
    day.is_weekday() && day.plus_days(step).month() != day.month()
}

/// `pandas.date_range(start, end, freq)` of pandas 2 for an offset anchored to certain days.
///
/// Each stamp carries the start's time of day and is kept while it is not past the end. When the
/// start is on the offset and the end is not, the end is first rolled back to the offset's day
/// before it, keeping its own time of day; an end earlier in the day than the start then loses
/// that day.
fn anchored_days(start: Moment, end: Moment, on_offset: impl Fn(Date) -> bool) -> Vec<Date> {
    if end < start {
        return Vec::new();
    }
    let time_of_day = start.second_of_day();
    let mut end = end.epoch_seconds();
    let day_of = |second: i64| Date::from_epoch_days(second.div_euclid(DAY) as i32);
    if on_offset(start.date()) {
        while day_of(end).is_some_and(|day| !on_offset(day)) {
            end -= DAY;
        }
    }
    (start.date().epoch_days()..=end.div_euclid(DAY) as i32)
        .filter(|&day| i64::from(day) * DAY + time_of_day <= end)
        .filter_map(Date::from_epoch_days)
        .filter(|&day| on_offset(day))
        .collect()
}
