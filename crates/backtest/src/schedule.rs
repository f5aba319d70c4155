//! Which sessions a backtest steps through, and at which of them it decides.

mod buy_and_hold;
mod daily;
mod days;
mod end_of_month;
mod end_of_quarter;
mod every_n_sessions;
mod monthly;
mod offset;
mod on_dates;
mod part;
mod period;
mod quarterly;
mod weekly;
mod yearly;

use crate::conventions::{Calendar, Conventions};
use crate::date::{Date, Moment};
use crate::market::{Mark, Market, Session};

use offset::{Offset, Period};
pub use part::Window;
use part::{SchedulePart, Span};

pub use buy_and_hold::BuyAndHold;
pub use daily::Daily;
pub use days::simulated_weekdays;
pub use end_of_month::EndOfMonth;
pub use end_of_quarter::EndOfQuarter;
pub use every_n_sessions::EveryNSessions;
pub use monthly::Monthly;
pub use on_dates::OnDates;
pub use quarterly::Quarterly;
pub use weekly::Weekly;
pub use yearly::Yearly;

crate::parts! {
    /// When to decide: the schedules that a strategy can name.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Schedule: SchedulePart {
        BuyAndHold,
        Daily,
        Weekly(Weekly),
        EndOfMonth,
        EndOfQuarter,
        Monthly(Monthly),
        Quarterly(Quarterly),
        Yearly(Yearly),
        EveryNSessions(EveryNSessions),
        OnDates(OnDates),
    }
}

impl Eq for Schedule {}

impl Schedule {
    /// The schedules that decide as often on other days, in order, and this one's place among them:
    /// a month by its sessions, a week by its days, a quarter and a year by their months. `None`
    /// where there is no choice of days.
    ///
    /// ```
    /// use backtest::strategy::Schedule;
    ///
    /// let (offsets, own) = Schedule::EndOfMonth.offsets().unwrap();
    /// assert_eq!((offsets.len(), own), (21, 0));
    /// assert_eq!(offsets[3].position(), "day -4");
    /// ```
    pub fn offsets(&self) -> Option<(Vec<Schedule>, usize)> {
        let schedule = |offset: Offset| match offset {
            Offset::Own => self.clone(),
            Offset::Weekday(weekday) => Weekly { weekday }.into(),
            Offset::Every { sessions, offset } => EveryNSessions { sessions, offset }.into(),
            Offset::Nth { period, month, day } => match period {
                Period::Month => Monthly { day }.into(),
                Period::Quarter => Quarterly { day, month }.into(),
                Period::Year => Yearly { day, month }.into(),
            },
        };
        let mut offsets: Vec<Schedule> = self.part().offsets().into_iter().map(schedule).collect();
        let own = offsets.iter().position(|offset| offset == self);
        let own = own.unwrap_or(offsets.len());
        if own == offsets.len() {
            offsets.push(self.clone());
        }
        (offsets.len() > 1).then_some((offsets, own))
    }

    /// Which of its offsets it is: `day -3`, `tue`, `month 2, day -1`.
    pub fn position(&self) -> String {
        self.part().position()
    }

    /// Days before the start and after the end of a backtest whose sessions it looks at.
    pub(crate) fn days_around(&self) -> i32 {
        self.part().days_around()
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
    schedule: &Schedule,
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
pub fn weekday_calendar(schedule: &Schedule, start: Moment, end: Moment) -> Vec<Date> {
    schedule.part().weekdays(start, end)
}
