//! How many sessions make a year, for annualising.

use crate::conventions::Calendar;
use crate::date::Date;
use crate::declaration::{
    Field, Key, Mistake, NameOrNumber, Named, Place, Sink, Source, Value, judge_number,
};

/// How many sessions make a year: found from the calendar, or said.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum SessionsPerYear {
    /// As the calendar of the backtest has them: [`SessionsPerYear::on`].
    #[default]
    Auto,
    /// This many, more than zero.
    Number(f64),
}

/// Sessions a year of an exchange that is open from Monday to Friday.
const EXCHANGE: f64 = 252.0;
/// Of a market that never closes.
const EVERY_DAY: f64 = 365.0;
const WEEKS: f64 = 52.0;
const MONTHS: f64 = 12.0;

/// Calendar days a year, on average.
const DAYS_A_YEAR: f64 = 365.25;

impl SessionsPerYear {
    /// The names that a strategy can give it.
    pub const NAMES: &'static [Named] = &[Named {
        name: "auto",
        doc: "By the calendar of the backtest: 252 for the days of an exchange, 365 for those of a \
              market that never closes, 52 or 12 for weekly or monthly bars, otherwise as many as \
              it has.",
    }];

    /// The number, for a backtest through these sessions, in increasing order.
    ///
    /// A number that was said is returned. Otherwise, on the calendar of weekdays, which is
    /// QSTrader's, it is 252. On the calendar of sessions the pace is the number of sessions after
    /// the first, over the calendar days from the first to the last, times 365.25:
    ///
    /// * With 365 calendar days or more, 365 for a pace of 350 or more, 252 for 235 to 265, 52
    ///   for 50 to 54, 12 for 11.5 to 12.5, and otherwise the pace itself.
    /// * With fewer, in which a pace says less: 365 for a pace of 350 or more with sessions on all
    ///   seven days of the week, otherwise 252 for 100 or more, 52 for 25 or more, 12 for 8 or
    ///   more, and otherwise the pace itself.
    /// * 252 with fewer than two sessions.
    pub fn on(self, sessions: &[Date], calendar: Calendar) -> f64 {
        match (self, calendar) {
            (SessionsPerYear::Number(number), _) => number,
            (SessionsPerYear::Auto, Calendar::Weekdays) => EXCHANGE,
            (SessionsPerYear::Auto, Calendar::Sessions) => of_calendar(sessions),
        }
    }
}

fn of_calendar(sessions: &[Date]) -> f64 {
    let [first, .., last] = sessions else {
        return EXCHANGE;
    };
    let days = f64::from(last.epoch_days() - first.epoch_days());
    let pace = (sessions.len() - 1) as f64 / days * DAYS_A_YEAR;
    if days >= EVERY_DAY {
        return match pace {
            350.0.. => EVERY_DAY,
            235.0..=265.0 => EXCHANGE,
            50.0..=54.0 => WEEKS,
            11.5..=12.5 => MONTHS,
            _ => pace,
        };
    }
    match pace {
        350.0.. if covers_all_days_of_the_week(sessions) => EVERY_DAY,
        100.0.. => EXCHANGE,
        25.0.. => WEEKS,
        8.0.. => MONTHS,
        _ => pace,
    }
}

fn covers_all_days_of_the_week(sessions: &[Date]) -> bool {
    let day = |date: &Date| 1u8 << date.weekday().num_days_from_monday();
    sessions.iter().map(day).fold(0, |seen, day| seen | day) == 0b111_1111
}

impl Field for SessionsPerYear {
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<SessionsPerYear> {
        match source.name_or_number(key)? {
            NameOrNumber::Name("auto") => Some(SessionsPerYear::Auto),
            NameOrNumber::Name(_) => None,
            NameOrNumber::Number(number) => Some(SessionsPerYear::Number(number)),
        }
    }

    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S) {
        let value = match self {
            SessionsPerYear::Auto => Value::Text("auto"),
            SessionsPerYear::Number(number) => Value::Number(*number),
        };
        sink.value(key, value);
    }

    fn judge(&self, key: &'static Key, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        if let SessionsPerYear::Number(number) = self {
            judge_number(*number, key, at, mistakes);
        }
    }
}
