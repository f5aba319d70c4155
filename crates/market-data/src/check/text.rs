//! A check as text for a terminal.

use std::collections::HashMap;
use std::fmt::{self, Write};

use super::findings::{Break, BreakKind, Check, Jump, SeriesCheck, SymbolCheck};
use crate::faults::{Fault, split_in_words};
use diagnostics::chain;

/// How many of a kind are named for each symbol.
const SHOWN: usize = 3;

impl Check {
    /// A table with a line for each symbol, and below it what is wrong, a few of each kind.
    pub fn to_text(&self) -> String {
        let mut text = match self.symbols.is_empty() {
            true => String::new(),
            false => table(&self.symbols),
        };
        let vendors = vendors(&self.symbols);
        if !vendors.is_empty() {
            let _ = writeln!(text, "\nwritten by {vendors}");
        }
        let mut problems = String::new();
        if !text.is_empty() && !self.series.is_empty() {
            text.push('\n');
        }
        for series in &self.series {
            let _ = writeln!(text, "{}", series_line(series));
            problems.extend(
                (series.notices.iter()).map(|notice| format!("{}: {notice}\n", series.name)),
            );
        }
        for line in problems_of(&self.symbols) {
            let _ = writeln!(problems, "{line}");
        }
        if !problems.is_empty() {
            let _ = write!(text, "\n{problems}");
        }
        if self.symbols.iter().any(has_counts) {
            let _ = write!(text, "\n{COLUMNS}");
        }
        let verdict = match (
            self.symbols.is_empty() && self.series.is_empty(),
            self.usable,
        ) {
            (true, _) => format!("no files of prices in `{}`", self.dir.display()),
            (_, true) => "usable".to_owned(),
            (_, false) if self.lacks_opens_alone() => {
                "usable for signals, and where orders are filled at closes".to_owned()
            }
            (_, false) => "not usable as it is".to_owned(),
        };
        let _ = writeln!(text, "\n{verdict}");
        text
    }
}

impl Check {
    /// Whether missing opens are all that some backtest could not do with.
    fn lacks_opens_alone(&self) -> bool {
        let is_readable =
            |symbol: &SymbolCheck| symbol.error.is_none() && symbol.non_positive_prices.n == 0;
        self.symbols.iter().all(is_readable)
            && self.series.iter().all(|series| series.error.is_none())
    }
}

/// `series DTB3: 1954-01-04 to 2024-12-31, 17,704 observations; 2 rows have none; ...`
fn series_line(series: &SeriesCheck) -> String {
    let SeriesCheck { name, .. } = series;
    if let Some(error) = &series.error {
        return format!("series {name}: {}\n  hint: {}", chain(error), error.hint());
    }
    let mut line = format!("series {name}");
    if let Some((first, last)) = series.span {
        let n = series.n_observations;
        let s = if n == 1 { "" } else { "s" };
        let _ = write!(line, ": {first} to {last}, {n} observation{s}");
    }
    match series.n_missing {
        0 => {}
        1 => line.push_str("; 1 row has none"),
        n => {
            let _ = write!(line, "; {n} rows have none");
        }
    }
    if let Some((days, until)) = series.longest_gap {
        let _ = write!(line, "; the longest gap is {days} days, up to {until}");
    }
    line
}

const HEADINGS: [&str; 10] = [
    "symbol", "first", "last", "rows", "gaps", "lone", "missing", "<= 0", "jumps", "breaks",
];

fn table(symbols: &[SymbolCheck]) -> String {
    let cells = |symbol: &SymbolCheck| -> [String; 10] {
        let Some((first, last)) = symbol.span else {
            return std::array::from_fn(|column| match column {
                0 => symbol.symbol.clone(),
                _ => "-".to_owned(),
            });
        };
        [
            symbol.symbol.clone(),
            first.to_string(),
            last.to_string(),
            symbol.n_rows.to_string(),
            symbol.missing_days.len().to_string(),
            symbol.lone_days.len().to_string(),
            symbol.missing_prices.n.to_string(),
            symbol.non_positive_prices.n.to_string(),
            symbol.jumps.len().to_string(),
            symbol.breaks.len().to_string(),
        ]
    };
    let rows: Vec<[String; 10]> = std::iter::once(HEADINGS.map(str::to_owned))
        .chain(symbols.iter().map(cells))
        .collect();
    let widths: [usize; 10] = std::array::from_fn(|column| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    });
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            // Names and dates to the left, numbers to the right.
            let _ = if column < 3 {
                write!(line, "{cell:<width$}  ")
            } else {
                write!(line, "{cell:>width$}  ")
            };
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// What the columns of the table count.
const COLUMNS: &str = "\
gaps     days without a bar on which most others have one
lone     days with a bar on which no other has one
missing  rows without a price that is needed
<= 0     rows with a price of zero or less
jumps    moves of the adjusted close by more than a quarter
breaks   places where the adjustment is not what splits and dividends make it
";

/// Whether a column of the table has something to explain.
fn has_counts(symbol: &SymbolCheck) -> bool {
    let lists = [
        symbol.missing_days.len(),
        symbol.lone_days.len(),
        symbol.missing_prices.n,
        symbol.non_positive_prices.n,
        symbol.jumps.len(),
        symbol.breaks.len(),
    ];
    lists.iter().any(|n| *n > 0)
}

/// Who wrote the files: `Yahoo (12 symbols), Alpaca (SPY)`.
fn vendors(symbols: &[SymbolCheck]) -> String {
    let mut by_vendor: Vec<(&str, Vec<&str>)> = Vec::new();
    for symbol in symbols {
        let Some(vendor) = symbol.vendor else {
            continue;
        };
        match by_vendor.iter_mut().find(|(other, _)| *other == vendor) {
            Some((_, symbols)) => symbols.push(&symbol.symbol),
            None => by_vendor.push((vendor, vec![&symbol.symbol])),
        }
    }
    let listed = by_vendor
        .iter()
        .map(|(vendor, symbols)| match symbols.as_slice() {
            [one] => format!("{vendor} ({one})"),
            several if several.len() <= SHOWN => format!("{vendor} ({})", several.join(", ")),
            several => format!("{vendor} ({} symbols)", several.len()),
        });
    listed.collect::<Vec<_>>().join(", ")
}

/// What was found, symbol by symbol; what several have in common is said once, before the rest.
fn problems_of(symbols: &[SymbolCheck]) -> Vec<String> {
    let mut with: HashMap<&str, Vec<&str>> = HashMap::new();
    for symbol in symbols {
        for finding in &symbol.findings {
            with.entry(&finding.what).or_default().push(&symbol.symbol);
        }
    }
    let (mut common, mut lines) = (Vec::new(), Vec::new());
    for symbol in symbols {
        let name = &symbol.symbol;
        if symbol.n_dividends + symbol.n_splits > 0 {
            lines.push(format!(
                "{name}: stated: {} dividends, {} splits; they are booked with `adjusted = false`",
                symbol.n_dividends, symbol.n_splits
            ));
        }
        for finding in &symbol.findings {
            match with.get(finding.what.as_str()).map(Vec::as_slice) {
                Some([first, _, ..]) if first != name => {}
                Some(names @ [_, _, ..]) => {
                    let shown = names[..names.len().min(SHOWN)].join(", ");
                    let named = match names.len().saturating_sub(SHOWN) {
                        0 => shown,
                        more => format!("{shown} and {more} more"),
                    };
                    common.push(problem(&named, finding));
                }
                _ => lines.push(problem(name, finding)),
            }
        }
    }
    common.append(&mut lines);
    common
}

fn problem(names: &str, finding: &Fault) -> String {
    let Fault {
        what,
        effect,
        way_out,
        ..
    } = finding;
    let found = format!("{names}: {what}\n  {effect}");
    match way_out.is_empty() {
        true => found,
        false => format!("{found}\n  hint: {way_out}"),
    }
}

impl fmt::Display for Jump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Jump {
            date,
            place,
            change,
        } = self;
        write!(f, "{date} {:+.1} % ({place})", 100.0 * change)
    }
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Break { date, place, kind } = self;
        match kind {
            BreakKind::FactorFalls { from, to } => {
                write!(
                    f,
                    "{date} the factor falls from {from:.6} to {to:.6} ({place})"
                )
            }
            BreakKind::NotOneAtEnd { factor } => {
                write!(f, "{date} the factor ends at {factor:.6}, not 1 ({place})")
            }
            BreakKind::UnadjustedSplit { shares } => {
                let split = split_in_words(*shares);
                write!(f, "{date} looks like an unadjusted {split} split ({place})")
            }
        }
    }
}
