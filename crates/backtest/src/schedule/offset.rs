//! The other days of a schedule, as plain data.

use crate::date::Weekday;

/// One of the schedules that decide as often, on other days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offset {
    /// The schedule itself.
    Own,
    /// A day of each week.
    Weekday(Weekday),
    /// A session of each period, or of one of its months.
    Nth {
        period: Period,
        month: Option<u32>,
        day: i32,
    },
    /// Every n sessions.
    Every { sessions: u32, offset: u64 },
}

/// A period of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Period {
    Month,
    Quarter,
    Year,
}

impl Period {
    /// The months of a quarter or a year.
    pub(super) const fn n_months(self) -> u32 {
        match self {
            Period::Month => 1,
            Period::Quarter => 3,
            Period::Year => 12,
        }
    }

    /// The most sessions that it can have.
    pub(super) const fn most_sessions(self) -> i32 {
        match self {
            Period::Month => 31,
            Period::Quarter => 92,
            Period::Year => 366,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Period::Month => "month",
            Period::Quarter => "quarter",
            Period::Year => "year",
        }
    }
}
