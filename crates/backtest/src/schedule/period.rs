//! The n-th session of each month, quarter or year.

use super::days::anchored_days;
use super::offset::{Offset, Period};
use super::part::{Span, closes};
use crate::date::{Date, Moment};
use crate::declaration::{Mistake, Place};
use crate::market::{Mark, Market, month_number};

/// One session of each period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NthSession {
    pub(super) period: Period,
    /// Sessions are counted in this month of each quarter or year only, from 1 on.
    pub(super) month: Option<u32>,
    /// 1 is the first session of the period, -1 the last. Where a period has fewer sessions, its
    /// last or its first takes the place.
    pub(super) day: i32,
}

/// Sessions of a month in most years: the number of its offsets.
pub(super) const SESSIONS_OF_MONTH: i32 = 21;

impl NthSession {
    /// Days before the start and after the end of a backtest in which its sessions are counted.
    pub(super) fn days_around(&self) -> i32 {
        self.counted().most_sessions()
    }

    /// The period in which sessions are counted.
    fn counted(&self) -> Period {
        match self.month {
            Some(_) => Period::Month,
            None => self.period,
        }
    }

    /// The number of the period that a month is in.
    fn number(&self, month: i32) -> i32 {
        match self.counted() {
            Period::Month => month,
            Period::Quarter => month.div_euclid(3),
            Period::Year => month.div_euclid(12),
        }
    }

    fn number_of(&self, day: Date) -> i32 {
        self.number(month_number(day))
    }

    /// Whether a session of the period is decided on, by its number.
    fn is_chosen(&self, number: i32) -> bool {
        let n_months = self.period.n_months() as i32;
        (self.month).is_none_or(|month| number.rem_euclid(n_months) + 1 == month as i32)
    }

    /// The place of the session in a period of `n`.
    fn place(&self, n: usize) -> usize {
        let nth = self.day.unsigned_abs().max(1) as usize;
        match self.day > 0 {
            true => nth.min(n) - 1,
            false => n - nth.min(n),
        }
    }

    /// The closes on a calendar of sessions.
    ///
    /// The calendar is known in advance, so a look at later sessions' dates is no look-ahead. Where
    /// there are none, every weekday that is left in the period is taken for a session.
    pub(super) fn on_sessions(&self, span: &Span<'_>) -> Vec<Mark> {
        let market = span.market;
        let (days, months) = (market.sessions(), market.months());
        let (first, last) = (span.window.first.index(), span.window.last.index());
        let number = |at: usize| self.number(months[at]);
        let mut chosen = Vec::new();
        // Back to where the first of the periods begins.
        let mut from = first;
        while from > 0 && number(from - 1) == number(first) {
            from -= 1;
        }
        while from <= last {
            let own = number(from);
            let mut until = from + 1;
            while until < days.len() && number(until) == own {
                until += 1;
            }
            let left = if until == days.len() {
                self.weekdays_left(market)
            } else {
                0
            };
            let n = until - from + left;
            let is_whole = from > 0 || self.begins_with(days[0]);
            // Where the first days of a period are not known, only its end can be counted from.
            let is_known = is_whole || (self.day < 0 && self.day.unsigned_abs() as usize <= n);
            let at = from + self.place(n);
            if self.is_chosen(own) && is_known && at < until && (first..=last).contains(&at) {
                chosen.push(at);
            }
            from = until;
        }
        closes(chosen.into_iter())
    }

    /// The weekdays after the market's last session in the same period.
    fn weekdays_left(&self, market: &Market) -> usize {
        let Some(&last) = market.sessions().last() else {
            return 0;
        };
        let after = (1..=366).map(|days| last.plus_days(days));
        let own =
            after.take_while(|day| *day > last && self.number_of(*day) == self.number_of(last));
        own.filter(|day| day.is_weekday()).count()
    }

    /// Whether no session of its period can have been before a day: no weekday, New Year apart.
    fn begins_with(&self, day: Date) -> bool {
        let before = (1..=366).map(|days| day.plus_days(-days));
        let mut own = before.take_while(|earlier| {
            *earlier < day && self.number_of(*earlier) == self.number_of(day)
        });
        !own.any(|earlier| earlier.is_weekday() && (earlier.month(), earlier.day()) != (1, 1))
    }

    /// The days on a calendar of weekdays.
    pub(super) fn weekdays(&self, start: Moment, end: Moment) -> Vec<Date> {
        anchored_days(start, end, |day| self.is_on_weekday(day))
    }

    fn is_on_weekday(&self, day: Date) -> bool {
        let own = self.number_of(day);
        if !day.is_weekday() || !self.is_chosen(own) {
            return false;
        }
        let others = |step: i32| {
            let days = (1..=366).map(|days| day.plus_days(step * days));
            let same = days.take_while(|other| *other != day && self.number_of(*other) == own);
            same.filter(|other| other.is_weekday()).count()
        };
        let before = others(-1);
        self.place(before + 1 + others(1)) == before
    }

    /// Which session it is, in words.
    pub(super) fn position(&self) -> String {
        match self.month {
            Some(month) => format!("month {month}, day {}", self.day),
            None => format!("day {}", self.day),
        }
    }

    /// Finds numbers that no period has.
    pub(super) fn check(&self, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        let (counted, n_months) = (self.counted(), self.period.n_months());
        if self.month.is_some_and(|month| month > n_months) {
            let month = self.month.unwrap_or_default();
            let rule = format!("must be 1 to {n_months}");
            mistakes.push(Mistake::new(at.key("month"), month, rule));
        }
        let most = counted.most_sessions();
        if self.day.unsigned_abs() > most.unsigned_abs() {
            let rule = format!("must be 1 to {most}, or -1 to -{most}");
            let mistake = Mistake::new(at.key("day"), self.day, rule);
            let help = format!(
                "sessions of a {} are counted: -1 is its last",
                counted.name()
            );
            mistakes.push(mistake.help(help));
        }
    }

    fn offset(self) -> Offset {
        Offset::Nth {
            period: self.period,
            month: self.month,
            day: self.day,
        }
    }

    /// The same session of each of the months that it could stand in, in the order of the months.
    pub(super) fn by_month(&self) -> Vec<Offset> {
        let n_months = self.period.n_months();
        let nth = self.day.unsigned_abs().max(1) as i32;
        match self.month {
            None if nth > SESSIONS_OF_MONTH => {
                let in_month = (nth - 1) % SESSIONS_OF_MONTH + 1;
                let others = (0..n_months as i32).map(|month| NthSession {
                    day: self.day.signum() * (in_month + SESSIONS_OF_MONTH * month),
                    ..*self
                });
                others.map(NthSession::offset).collect()
            }
            month => {
                let own = month.unwrap_or(if self.day > 0 { 1 } else { n_months });
                let others = (1..=n_months).map(|other| NthSession {
                    month: if other == own { month } else { Some(other) },
                    ..*self
                });
                others.map(NthSession::offset).collect()
            }
        }
    }

    /// Each session of a period that has `n`, counted from the same end.
    pub(super) fn by_day(&self, n: i32) -> Vec<Offset> {
        let n = n.max(self.day.saturating_abs());
        let others = (1..=n).map(|nth| NthSession {
            day: if self.day > 0 { nth } else { -nth },
            ..*self
        });
        others.map(NthSession::offset).collect()
    }
}
