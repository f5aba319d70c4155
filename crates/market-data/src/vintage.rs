//! Compares two downloads of the same prices: where the past has changed.

use std::collections::HashMap;
use std::fmt::Write;
use std::path::Path;

use backtest::date::Date;
use serde_json::{Value, json};

use crate::bars::Bars;
use crate::error::LoadError;
use crate::fields::{Field, Fields};
use crate::folder::Folder;
use crate::sources;

/// Two prices of one day that differ by less are the same: vendors round, and write six decimals.
const TOLERANCE: f64 = 1e-4;

/// What has changed between two downloads.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VintageDiff {
    /// The symbols that both have, sorted.
    pub symbols: Vec<SymbolDiff>,
    /// Symbols that only the older has.
    pub only_old: Vec<String>,
    /// Symbols that only the newer has.
    pub only_new: Vec<String>,
}

/// What has changed in the past of a symbol: on the days up to the end of the older prices. Its last day is
/// left out, since it may have been a quote.
#[derive(Clone, Debug, PartialEq)]
pub struct SymbolDiff {
    /// The symbol.
    pub symbol: String,
    /// How many days were compared.
    pub n_days: usize,
    /// Opens and closes.
    pub prices: Option<Change>,
    /// Adjusted closes, but for one factor for all of them: each dividend brings a new one.
    pub adjusted: Option<Change>,
    /// Days that only the older prices have.
    pub gone: Vec<Date>,
    /// Days that only the newer prices have.
    pub added: Vec<Date>,
}

/// Prices of some days that have changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// How many days.
    pub n: usize,
    /// The first.
    pub first: Date,
    /// New over old, where that is farthest from one.
    pub largest: f64,
    /// The first day with that ratio.
    pub on: Date,
}

impl SymbolDiff {
    /// Whether the past is what it was.
    pub fn is_same(&self) -> bool {
        self.prices.is_none()
            && self.adjusted.is_none()
            && self.gone.is_empty()
            && self.added.is_empty()
    }
}

/// Compares the prices of two folders.
///
/// * `symbols`: only these; by default those that both folders have.
///
/// # Errors
///
/// A folder that cannot be listed, or files that cannot be used.
pub fn compare_vintages(
    old: &Path,
    new: &Path,
    symbols: Option<&[String]>,
) -> Result<VintageDiff, LoadError> {
    let (old, new) = (Folder::list(old)?, Folder::list(new)?);
    let mut diff = VintageDiff::default();
    let both: Vec<String> = match symbols {
        Some(symbols) => symbols.to_vec(),
        None => {
            let (of_old, of_new) = (sources::all_symbols(&old), sources::all_symbols(&new));
            let without = |own: &[String], other: &[String]| -> Vec<String> {
                let own = own.iter().filter(|symbol| !other.contains(symbol));
                own.cloned().collect()
            };
            diff.only_old = without(&of_old, &of_new);
            diff.only_new = without(&of_new, &of_old);
            let both = of_old.into_iter();
            both.filter(|symbol| of_new.contains(symbol)).collect()
        }
    };
    let (old, new) = (bars_of(&old, &both), bars_of(&new, &both));
    let mut failures = Vec::new();
    for ((symbol, old), (_, new)) in old.into_iter().zip(new) {
        match (old, new) {
            (Ok(old), Ok(new)) => diff.symbols.push(difference(&symbol, &old, &new)),
            (old, new) => failures.extend(old.err().into_iter().chain(new.err())),
        }
    }
    match failures.is_empty() {
        true => Ok(diff),
        false => Err(LoadError::Symbols(failures)),
    }
}

fn bars_of(folder: &Folder, symbols: &[String]) -> Vec<sources::Outcome<Bars>> {
    sources::gather(folder, symbols, Fields::CHECKED, |_, found| Ok(found.bars))
}

/// Where the past of a symbol has changed.
pub(crate) fn difference(symbol: &str, old: &Bars, new: &Bars) -> SymbolDiff {
    let mut diff = SymbolDiff {
        symbol: symbol.to_owned(),
        n_days: 0,
        prices: None,
        adjusted: None,
        gone: Vec::new(),
        added: Vec::new(),
    };
    let rows: HashMap<Date, usize> = (new.dates.iter().copied().zip(0..)).collect();
    let past = &old.dates[..old.len().saturating_sub(1)];
    let Some((&first, &last)) = past.first().zip(past.last()) else {
        return diff;
    };
    // New files may begin later: what is before them has not changed, it is gone as a whole.
    let pairs: Vec<(usize, usize)> = past
        .iter()
        .enumerate()
        .filter_map(|(row, day)| Some((row, *rows.get(day)?)))
        .collect();
    diff.n_days = pairs.len();
    diff.gone = (past.iter().copied().filter(|day| !rows.contains_key(day))).collect();
    diff.added = (new.dates.iter().copied())
        .filter(|day| (first..=last).contains(day) && past.binary_search(day).is_err())
        .collect();
    let ratio = |field: Field, (old_row, new_row): (usize, usize)| {
        let of = |bars: &Bars, row: usize| bars.column(field).get(row).copied();
        let (old, new) = (of(old, old_row)?, of(new, new_row)?);
        (old > 0.0 && new > 0.0).then_some(new / old)
    };
    let changes = |field: Field, factor: f64| {
        let ratios = pairs.iter().filter_map(|pair| {
            let ratio = ratio(field, *pair)? / factor;
            Some((old.dates[pair.0], ratio))
        });
        change(ratios)
    };
    diff.prices = [Field::Close, Field::Open]
        .into_iter()
        .filter_map(|field| changes(field, 1.0))
        .reduce(|a, b| Change {
            n: a.n.max(b.n),
            first: a.first.min(b.first),
            ..if distance(b.largest) > distance(a.largest) {
                b
            } else {
                a
            }
        });
    let factor = (pairs.iter().rev()).find_map(|pair| ratio(Field::AdjClose, *pair));
    diff.adjusted = factor.and_then(|factor| changes(Field::AdjClose, factor));
    diff
}

/// How far from one a ratio is, up or down.
fn distance(ratio: f64) -> f64 {
    ratio.max(1.0 / ratio)
}

fn change(ratios: impl Iterator<Item = (Date, f64)>) -> Option<Change> {
    let mut found: Option<Change> = None;
    for (day, ratio) in ratios.filter(|(_, ratio)| (ratio - 1.0).abs() > TOLERANCE) {
        let change = found.get_or_insert(Change {
            n: 0,
            first: day,
            largest: ratio,
            on: day,
        });
        change.n += 1;
        if distance(ratio) > distance(change.largest) {
            (change.largest, change.on) = (ratio, day);
        }
    }
    found
}

impl VintageDiff {
    /// Whether no past has changed.
    pub fn is_same(&self) -> bool {
        self.symbols.iter().all(SymbolDiff::is_same)
    }

    /// A line for each change, and how many symbols have none.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for symbol in &self.symbols {
            for line in symbol.lines() {
                let _ = writeln!(text, "{}: {line}", symbol.symbol);
            }
        }
        let only = |text: &mut String, symbols: &[String], which: &str| {
            if !symbols.is_empty() {
                let _ = writeln!(text, "only in the {which} folder: {}", symbols.join(", "));
            }
        };
        only(&mut text, &self.only_old, "older");
        only(&mut text, &self.only_new, "newer");
        let same = self.symbols.iter().filter(|symbol| symbol.is_same());
        let _ = match same.count() {
            0 if self.symbols.is_empty() => writeln!(text, "no symbol is in both folders"),
            1 => writeln!(text, "1 symbol has the same past"),
            n => writeln!(text, "{n} symbols have the same past"),
        };
        text
    }

    /// All of it. Dates are text, `YYYY-MM-DD`.
    pub fn to_json(&self) -> Value {
        json!({
            "same": self.is_same(),
            "symbols": self.symbols.iter().map(SymbolDiff::to_json).collect::<Vec<_>>(),
            "only_old": self.only_old,
            "only_new": self.only_new,
        })
    }
}

impl SymbolDiff {
    /// All of it. Dates are text, `YYYY-MM-DD`.
    pub fn to_json(&self) -> Value {
        let days = |days: &[Date]| days.iter().map(Date::to_string).collect::<Vec<_>>();
        let change = |change: &Option<Change>| {
            change.map(|change| {
                json!({
                    "days": change.n,
                    "first": change.first.to_string(),
                    "largest_ratio": change.largest,
                    "on": change.on.to_string(),
                })
            })
        };
        json!({
            "symbol": self.symbol,
            "days": self.n_days,
            "prices": change(&self.prices),
            "adjusted": change(&self.adjusted),
            "gone": days(&self.gone),
            "added": days(&self.added),
        })
    }

    /// A line for each way in which the past has changed.
    pub fn lines(&self) -> Vec<String> {
        let n_days = self.n_days;
        let changed = |change: Change, which: &str| {
            let Change {
                n,
                first,
                largest,
                on,
            } = change;
            format!(
                "{which} of {n} of {n_days} days have changed, first {first}; the largest ratio of new and old is {largest:.4}, on {on}"
            )
        };
        let days = |days: &[Date], which: &str| {
            let first = days.first()?;
            Some(match days.len() {
                1 => format!("{first} is {which}"),
                n => format!("{n} days are {which}, first {first}"),
            })
        };
        let lines = [
            self.prices.map(|change| changed(change, "prices")),
            self.adjusted
                .map(|change| changed(change, "adjusted closes")),
            days(&self.gone, "gone"),
            days(&self.added, "new among those before"),
        ];
        lines.into_iter().flatten().collect()
    }
}
