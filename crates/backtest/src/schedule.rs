//! Which sessions a backtest steps through, and at which of them it decides.

mod buy_and_hold;
mod daily;
mod days;
mod end_of_month;
mod end_of_quarter;
mod weekly;

use crate::conventions::{self, Calendar, Conventions};
use crate::date::{Date, Moment};
use crate::declaration::{At, Mistake};
use crate::market::{Mark, Market, Session};

pub use buy_and_hold::BuyAndHold;
pub use daily::Daily;
pub use days::simulated_weekdays;
pub use end_of_month::EndOfMonth;
pub use end_of_quarter::EndOfQuarter;
pub use weekly::Weekly;

crate::parts! {
    /// When to decide: the schedules that a strategy can name.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum Schedule: SchedulePart {
        BuyAndHold,
        Daily,
        Weekly(Weekly),
        EndOfMonth,
        EndOfQuarter,
    }
}

impl Eq for Schedule {}

/// What the engine asks of a schedule.
pub(crate) trait SchedulePart {
    /// The decisions on a calendar of sessions.
    fn on_sessions(&self, span: &Span<'_>) -> Vec<Mark>;

    /// The decisions on a calendar of weekdays: closes of [`SchedulePart::weekdays`].
    fn on_weekdays(&self, span: &Span<'_>) -> Vec<Mark> {
        span.closes_on(&self.weekdays(span.start, span.end))
    }

    /// The decision days on the weekday calendar, increasing, as QSTrader has them: holidays are
    /// not known, and the start's and end's times of day count.
    fn weekdays(&self, start: Moment, end: Moment) -> Vec<Date>;

    /// Finds what does not go with the calendar.
    fn check(&self, calendar: Calendar, at: &At<'_>, mistakes: &mut Vec<Mistake>);
}

/// The stretch of a market over which a schedule decides.
pub(crate) struct Span<'a> {
    pub(crate) market: &'a Market,
    pub(crate) window: Window,
    pub(crate) start: Moment,
    pub(crate) end: Moment,
    pub(crate) burn_in: Option<Moment>,
    /// When a buy-and-hold strategy buys.
    pub(crate) buy_and_hold: conventions::BuyAndHold,
}

impl Span<'_> {
    /// The positions of its sessions in the market's.
    fn sessions(&self) -> std::ops::RangeInclusive<usize> {
        self.window.first.index()..=self.window.last.index()
    }

    /// The closes of the sessions that are among `days`, which increase.
    fn closes_on(&self, days: &[Date]) -> Vec<Mark> {
        let mut days = days.iter().peekable();
        let decides = |session: &usize| {
            let day = self.market.sessions()[*session];
            while days.next_if(|&&decision| decision < day).is_some() {}
            days.next_if(|&&decision| decision == day).is_some()
        };
        closes(self.sessions().filter(decides))
    }
}

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
    let span = Span {
        market,
        window,
        start,
        end,
        burn_in,
        buy_and_hold: conventions.buy_and_hold,
    };
    let marks = match conventions.calendar {
        Calendar::Sessions => schedule.part().on_sessions(&span),
        Calendar::Weekdays => schedule.part().on_weekdays(&span),
    };
    let burnt_in = |mark: &Mark| burn_in.is_none_or(|burn_in| market.moment(*mark) >= burn_in);
    marks.into_iter().filter(burnt_in).collect()
}

/// The decision days of a schedule on the weekday calendar, increasing, as QSTrader has them:
/// holidays are not known, and the start's and end's times of day count. Empty for buy-and-hold.
pub fn weekday_calendar(schedule: Schedule, start: Moment, end: Moment) -> Vec<Date> {
    schedule.part().weekdays(start, end)
}

fn closes(sessions: impl Iterator<Item = usize>) -> Vec<Mark> {
    sessions
        .map(|session| Mark::close(Session(session as u32)))
        .collect()
}
