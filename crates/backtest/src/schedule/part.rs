//! What the engine asks of a schedule, and the stretch of a market over which it decides.

use super::offset::Offset;
use crate::conventions::{self, Calendar};
use crate::date::{Date, Moment};
use crate::declaration::{Mistake, Place};
use crate::market::{Mark, Market, Session};

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
    fn check(&self, calendar: Calendar, at: &Place<'_>, mistakes: &mut Vec<Mistake>);

    /// Days before the start and after the end of a backtest whose sessions it looks at.
    fn days_around(&self) -> i32 {
        0
    }

    /// The schedules that decide as often on other days, this one among them, in order; empty where
    /// there is no choice of days.
    fn offsets(&self) -> Vec<Offset>;

    /// Which of its offsets it is: `day -3`.
    fn position(&self) -> String;
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
    pub(super) fn sessions(&self) -> std::ops::RangeInclusive<usize> {
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

/// The closes of sessions by their positions.
pub(super) fn closes(sessions: impl Iterator<Item = usize>) -> Vec<Mark> {
    sessions
        .map(|session| Mark::close(Session(session as u32)))
        .collect()
}
