//! Compares the days of the symbols with each other.

use backtest::date::Date;

use super::findings::SymbolCheck;

/// Fills in the missing and the lone days. `days` has one list for each symbol, increasing.
pub(super) fn compare(symbols: &mut [SymbolCheck], days: &[Vec<Date>]) {
    let mut calendar: Vec<Date> = days.iter().flatten().copied().collect();
    calendar.sort_unstable();
    calendar.dedup();
    // The calendar is increasing, so a day's position in it is found by bisection.
    let position = |day: &Date| calendar.partition_point(|other| other < day);

    let mut n_with_bar = vec![0usize; calendar.len()];
    // Up by one where a symbol's life begins, down by one after it ends.
    let mut births = vec![0isize; calendar.len() + 1];
    for days in days {
        let (Some(first), Some(last)) = (days.first(), days.last()) else {
            continue;
        };
        births[position(first)] += 1;
        births[position(last) + 1] -= 1;
        let mut at = position(first);
        for day in days {
            while calendar[at] < *day {
                at += 1;
            }
            n_with_bar[at] += 1;
        }
    }
    let n_alive: Vec<usize> = births
        .iter()
        .scan(0isize, |alive, change| {
            *alive += change;
            Some(alive.unsigned_abs())
        })
        .collect();

    for (symbol, days) in symbols.iter_mut().zip(days) {
        let (Some(first), Some(last)) = (days.first(), days.last()) else {
            continue;
        };
        let on_weekends = days.iter().any(|day| !day.is_weekday());
        let mut own = days.iter().peekable();
        for at in position(first)..=position(last) {
            let day = calendar[at];
            let n_others = n_alive[at] - 1;
            if own.next_if_eq(&&day).is_some() {
                if n_others >= 2 && n_with_bar[at] == 1 {
                    symbol.lone_days.push(day);
                }
            } else if 2 * n_with_bar[at] > n_others && (on_weekends || day.is_weekday()) {
                symbol.missing_days.push(day);
            }
        }
    }
}
