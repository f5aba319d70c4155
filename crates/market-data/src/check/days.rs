//! Compares the days of the symbols with each other.

use backtest::date::Date;

use super::findings::SymbolCheck;
use crate::faults::Fault;

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

/// Days by which an end or a beginning may differ: holidays, and files downloaded one after another.
const RAGGED: i32 = 14;

/// Notes the symbols that end before most others do, or begin after them.
pub(super) fn ragged(symbols: &mut [SymbolCheck], days: &[Vec<Date>]) {
    let middle = |mut ends: Vec<Date>| {
        ends.sort_unstable();
        ends.get(ends.len() / 2).copied()
    };
    let spans = || symbols.iter().filter_map(|symbol| symbol.span);
    if spans().count() < 2 {
        return;
    }
    let usual_first = middle(spans().map(|(first, _)| first).collect());
    let usual_last = middle(spans().map(|(_, last)| last).collect());
    for (symbol, days) in symbols.iter_mut().zip(days) {
        let (Some((first, last)), Some(usual_first), Some(usual_last)) =
            (symbol.span, usual_first, usual_last)
        else {
            continue;
        };
        let mut add = |kind, day: Date, n: i32, what: String, effect, way_out: &str| {
            if n > RAGGED {
                symbol.findings.push(Fault {
                    kind,
                    symbol: symbol.symbol.clone(),
                    n: days.len(),
                    first: day,
                    place: None,
                    what,
                    effect,
                    way_out: way_out.to_owned(),
                });
            }
        };
        let n = usual_last.epoch_days() - last.epoch_days();
        add(
            "ends-early",
            last,
            n,
            format!("ends on {last}, {n} days before most others"),
            "a backtest that goes on needs to know what became of it",
            "download the rest, or say `delisted` or `leaves` under `[universe]`",
        );
        let n = first.epoch_days() - usual_first.epoch_days();
        add(
            "begins-late",
            first,
            n,
            format!("begins on {first}, {n} days after most others"),
            "a backtest that starts before has no price for it",
            "start later, or say when it `enters` under `[universe]`",
        );
    }
}

/// Notes the symbols that have the days and closes of another.
pub(super) fn same(symbols: &mut [SymbolCheck]) {
    let mut first: std::collections::HashMap<u64, String> = std::collections::HashMap::new();
    for symbol in symbols {
        // Two closes may agree by chance.
        let Some((day, _)) = symbol
            .span
            .filter(|_| symbol.n_rows > 5 && symbol.digest != 0)
        else {
            continue;
        };
        match first.get(&symbol.digest) {
            None => {
                first.insert(symbol.digest, symbol.symbol.clone());
            }
            Some(other) => symbol.findings.push(Fault {
                kind: "same-prices",
                symbol: symbol.symbol.clone(),
                n: symbol.n_rows,
                first: day,
                place: None,
                what: format!("the same days and closes as `{other}`"),
                effect: "one of the two is not what its name says, and both together are one asset",
                way_out: "delete one of the files".to_owned(),
            }),
        }
    }
}
