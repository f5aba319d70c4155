//! Files that list the members of an index: spells by symbol, or a snapshot per date.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use backtest::date::{Date, Spell};
use diagnostics::{Code, Diagnostic, MB, read_file, sanitised};

use crate::dates::{self, Written};
use crate::error::{Place, Problem};
use crate::series_header::{begins_spell, ends_spell, names_members, plain_name, without_mark};
use crate::text::{is_missing, split_at_commas};

/// The bytes of the largest file that is read: a snapshot of 3,000 members a day for 30 years has 150 MB.
const MOST: u64 = 256 * MB;

/// What is wrong with a list of members.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MembersProblem {
    /// The operating system does not let it be read.
    #[error("cannot be read")]
    Unreadable(#[source] std::io::Error),
    /// It has no rows.
    #[error("the list has no rows")]
    Empty,
    /// The columns are others.
    #[error(
        "a list of members has the columns `symbol`, `from` and `to`, or `date` and `symbols`; there are {found}"
    )]
    Columns {
        /// The columns there are.
        found: String,
    },
    /// A cell that is not a date.
    #[error(transparent)]
    Date(#[from] Problem),
    /// A row without a symbol.
    #[error("the symbol is blank")]
    NoSymbol,
    /// A text that cannot be a symbol.
    #[error("`{symbol}` is not a symbol: {fault}")]
    BadSymbol {
        /// The text.
        symbol: String,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// A spell without a beginning.
    #[error("`from` is blank")]
    NoBeginning,
    /// A spell that ends before it begins.
    #[error("`{symbol}` leaves on {to}, not after it joined on {from}")]
    Backwards {
        /// The symbol.
        symbol: String,
        /// Its first day.
        from: Date,
        /// The first day after the spell.
        to: Date,
    },
    /// Two spells of one symbol have days in common.
    #[error("the spell of `{symbol}` from {from} overlaps with that of line {other}")]
    Overlap {
        /// The symbol.
        symbol: String,
        /// The first day of the later spell.
        from: Date,
        /// The line of the other one.
        other: u64,
    },
    /// Two snapshots of one day.
    #[error("line {other} has other members for {date}")]
    SameDay {
        /// The day.
        date: Date,
        /// The line of the other one.
        other: u64,
    },
    /// A cell of a table with a column for each symbol.
    #[error("`{text}` says neither that `{symbol}` is a member nor that it is not")]
    NotAFlag {
        /// The cell.
        text: String,
        /// The column.
        symbol: String,
    },
}

impl MembersProblem {
    fn hint(&self) -> &'static str {
        match self {
            MembersProblem::Unreadable(_) => {
                "name a file beside the strategy file under `universe.members`"
            }
            MembersProblem::Empty | MembersProblem::Columns { .. } => {
                "write a line for each spell, as in `AAL,1996-01-02,1997-01-15` under `symbol,from,to`, or one for each change, as in `1996-01-02,\"AAL,AAPL\"` under `date,symbols`"
            }
            MembersProblem::Date(problem) => problem.hint(),
            MembersProblem::NoSymbol => "fill in the symbol, or delete the line",
            MembersProblem::BadSymbol { .. } => "write the symbol as its file of prices is named",
            MembersProblem::NoBeginning => {
                "fill in the first day, an early one such as 1900-01-01 for an asset that always was a member"
            }
            MembersProblem::Backwards { .. } => {
                "`to` is the first day on which it is no member, and empty for one that still is"
            }
            MembersProblem::Overlap { .. } => "keep one of the two lines, or correct their dates",
            MembersProblem::SameDay { .. } => {
                "keep one of the two lines, or write one symbol a line under `date,symbol`"
            }
            MembersProblem::NotAFlag { .. } => {
                "write 1 for a member, and 0 for an asset that is none"
            }
        }
    }
}

/// A list of members that cannot be used.
#[derive(Debug)]
pub struct MembersError {
    /// The file.
    pub path: PathBuf,
    /// The line, when it is one.
    pub line: Option<u64>,
    /// What is wrong.
    pub problem: MembersProblem,
}

impl std::fmt::Display for MembersError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}`", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ", {}", Place::Line(line))?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl std::error::Error for MembersError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.problem.source()
    }
}

impl Diagnostic for MembersError {
    fn code(&self) -> Code {
        Code::Data
    }

    fn hint(&self) -> Option<String> {
        Some(self.problem.hint().to_owned())
    }
}

/// Reads who was a member when, in the order in which the file names them.
///
/// Comma-separated text in UTF-8, in one of these shapes:
///
/// * `symbol,from,to`: a line for each spell. `to` is the first day on which the asset is no member,
///   and empty for one that still is. Spells that follow each other without a gap are one.
/// * `date,symbols`: a line for each change, with all who are members from that day on: separated by
///   commas in quotes, by blanks, or in cells of their own.
/// * `date,symbol`: the same with a line for each member.
/// * `date` and a column for each symbol, with 1 for a member.
///
/// # Errors
///
/// A file that cannot be read, with the line of its first fault.
pub fn read_members(path: &Path) -> Result<Vec<(String, Vec<Spell>)>, MembersError> {
    let bytes = read_file(path, MOST).map_err(|error| MembersError {
        path: path.to_owned(),
        line: None,
        problem: MembersProblem::Unreadable(error),
    })?;
    members(&bytes).map_err(|Fault(line, problem)| MembersError {
        path: path.to_owned(),
        line,
        problem,
    })
}

/// What is wrong, and in which line.
struct Fault(Option<u64>, MembersProblem);

fn at(line: u64) -> impl Fn(MembersProblem) -> Fault {
    move |problem| Fault(Some(line), problem)
}

/// The lines that are not blank, each with its number and its cells.
type Rows = Vec<(u64, Vec<String>)>;

fn members(bytes: &[u8]) -> Result<Vec<(String, Vec<Spell>)>, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|_| Fault(None, Problem::NotUtf8.into()))?;
    let lines = (1..).zip(without_mark(text).lines());
    let lines = lines.filter(|(_, line)| !line.trim().is_empty());
    let mut rows: Rows = lines.map(|(n, line)| (n, split_at_commas(line))).collect();
    if rows.len() < 2 {
        return Err(Fault(None, MembersProblem::Empty));
    }
    let (line, header) = rows.remove(0);
    let column = |known: &dyn Fn(&str) -> bool| header.iter().position(|name| known(name));
    let is_date = |name: &str| matches!(plain_name(name).as_str(), "date" | "effective_date");
    let columns = (column(&begins_spell), column(&ends_spell), column(&is_date));
    match (column(&names_members), columns) {
        (Some(symbol), (Some(from), Some(to), _)) => spells(&rows, symbol, from, to),
        (named, (None, None, Some(date))) => {
            let others = || (0..header.len()).filter(|at| *at != date && !header[*at].is_empty());
            let only = others().next().filter(|_| others().count() == 1);
            snapshots(&rows, &header, date, named.or(only))
        }
        _ => {
            let found = header.iter().take(12);
            let found = found.map(|name| format!("`{}`", sanitised(name, 40)));
            let found = found.collect::<Vec<_>>().join(", ");
            Err(at(line)(MembersProblem::Columns { found }))
        }
    }
}

/// The cell of a column; empty where the row is shorter.
fn cell(cells: &[String], column: usize) -> &str {
    cells
        .get(column)
        .map_or("", |cell| cell.trim().trim_matches('"').trim())
}

/// The days of cells in one column: a file tells which of day and month stands first.
fn days(cells: &[(u64, &str)]) -> Result<Vec<Date>, Fault> {
    let mut written = Vec::with_capacity(cells.len());
    for (line, cell) in cells {
        written.push(dates::in_text(cell).map_err(|problem| at(*line)(problem.into()))?);
    }
    dates::settle(&mut written, None).map_err(|(row, problem)| at(cells[row].0)(problem.into()))?;
    let day = |(written, (line, cell)): (Written, &(u64, &str))| match written {
        Written::Day(day, _) => Ok(day),
        _ => {
            let text = sanitised(cell, 40);
            Err(at(*line)(Problem::BadDate { text }.into()))
        }
    };
    written.into_iter().zip(cells).map(day).collect()
}

/// A symbol that can be one.
fn symbol_in(text: &str, line: u64) -> Result<String, Fault> {
    if text.is_empty() {
        return Err(at(line)(MembersProblem::NoSymbol));
    }
    match backtest::declaration::symbol_fault(text) {
        Some(fault) => {
            let symbol = sanitised(text, 40);
            Err(at(line)(MembersProblem::BadSymbol { symbol, fault }))
        }
        None => Ok(text.to_owned()),
    }
}

/// A spell and the line that says it.
struct Line {
    number: u64,
    from: Date,
    to: Option<Date>,
}

/// `symbol,from,to`
fn spells(
    rows: &Rows,
    symbol: usize,
    from: usize,
    to: usize,
) -> Result<Vec<(String, Vec<Spell>)>, Fault> {
    let mut cells = Vec::new();
    for (line, row) in rows {
        let begins = cell(row, from);
        if is_blank(begins) {
            return Err(at(*line)(MembersProblem::NoBeginning));
        }
        cells.push((*line, begins));
    }
    let n = cells.len();
    let ends = rows.iter().map(|(line, row)| (*line, cell(row, to)));
    cells.extend(ends.clone().filter(|(_, end)| !is_blank(end)));
    let days = days(&cells)?;
    let mut ended = days[n..].iter().copied();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut members: Vec<(String, Vec<Line>)> = Vec::new();
    for (((number, row), from), (_, end)) in rows.iter().zip(&days).zip(ends) {
        let name = symbol_in(cell(row, symbol), *number)?;
        let to = (!is_blank(end)).then(|| ended.next()).flatten();
        if let Some(to) = to.filter(|to| to <= from) {
            let (symbol, from) = (name, *from);
            return Err(at(*number)(MembersProblem::Backwards { symbol, from, to }));
        }
        let index = *known.entry(name.clone()).or_insert_with(|| {
            members.push((name, Vec::new()));
            members.len() - 1
        });
        let (number, from) = (*number, *from);
        members[index].1.push(Line { number, from, to });
    }
    members.into_iter().map(in_order).collect()
}

fn is_blank(text: &str) -> bool {
    is_missing(text) || matches!(text, "-" | "NaT" | "None" | "<NA>")
}

/// The spells of a symbol in the order of time; those without a gap between them are one.
fn in_order((symbol, mut lines): (String, Vec<Line>)) -> Result<(String, Vec<Spell>), Fault> {
    lines.sort_by_key(|line| (line.from, line.number));
    let mut spells: Vec<Spell> = Vec::with_capacity(lines.len());
    for (i, line) in lines.iter().enumerate() {
        let spell = Spell {
            from: line.from.at_second(0),
            to: line.to.map(|to| to.at_second(0)),
        };
        match spells.last_mut() {
            Some(last) if last.to.is_none_or(|to| to > spell.from) => {
                let other = lines[i - 1].number;
                let (line, other) = (line.number.max(other), line.number.min(other));
                let from = lines[i].from;
                return Err(at(line)(MembersProblem::Overlap {
                    symbol,
                    from,
                    other,
                }));
            }
            Some(last) if last.to == Some(spell.from) => last.to = spell.to,
            _ => spells.push(spell),
        }
    }
    Ok((symbol, spells))
}

/// Who is a member from a day on.
struct Snapshot<'a> {
    line: u64,
    date: Date,
    symbols: Vec<&'a str>,
}

/// `date` and the symbols
fn snapshots(
    rows: &Rows,
    header: &[String],
    date: usize,
    lists: Option<usize>,
) -> Result<Vec<(String, Vec<Spell>)>, Fault> {
    let dated: Vec<(u64, &str)> = (rows.iter())
        .map(|(line, row)| (*line, cell(row, date)))
        .collect();
    let days = days(&dated)?;
    let mut snapshots: Vec<Snapshot<'_>> = Vec::with_capacity(rows.len());
    for ((line, row), date_of) in rows.iter().zip(days) {
        let symbols = match lists {
            // A list without quotes has a cell for each symbol, beyond the last column.
            Some(list) => row[list.min(row.len())..]
                .iter()
                .take(if list + 1 == header.len() {
                    usize::MAX
                } else {
                    1
                })
                .flat_map(|cell| cell.split([',', ';', ' ', '\t', '|']))
                .map(|symbol| symbol.trim().trim_matches(['"', '\'', '[', ']']))
                .filter(|symbol| !symbol.is_empty())
                .collect(),
            None => flagged(*line, row, header, date)?,
        };
        snapshots.push(Snapshot {
            line: *line,
            date: date_of,
            symbols,
        });
    }
    snapshots.sort_by_key(|snapshot| (snapshot.date, snapshot.line));
    one_a_day(&mut snapshots)?;
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut members: Vec<(String, Vec<Spell>)> = Vec::new();
    let mut inside: Vec<usize> = Vec::new();
    for Snapshot {
        line,
        date,
        symbols,
    } in &snapshots
    {
        if symbols.is_empty() && lists.is_some() {
            return Err(at(*line)(MembersProblem::NoSymbol));
        }
        let from = date.at_second(0);
        let mut now: Vec<usize> = Vec::with_capacity(symbols.len());
        for symbol in symbols {
            let index = match known.get(symbol) {
                Some(index) => *index,
                None => {
                    members.push((symbol_in(symbol, *line)?, Vec::new()));
                    known.insert(symbol, members.len() - 1);
                    members.len() - 1
                }
            };
            now.push(index);
        }
        let in_order = now.clone();
        now.sort_unstable();
        now.dedup();
        for index in &inside {
            if now.binary_search(index).is_err()
                && let Some(spell) = members[*index].1.last_mut()
            {
                spell.to = Some(from);
            }
        }
        for index in in_order {
            let joins = inside.binary_search(&index).is_err();
            let named_before = members[index]
                .1
                .last()
                .is_some_and(|last| last.from == from);
            if joins && !named_before {
                members[index].1.push(Spell { from, to: None });
            }
        }
        inside = now;
    }
    Ok(members)
}

/// Whether two snapshots have the same members.
fn is_same(a: &Snapshot<'_>, b: &Snapshot<'_>) -> bool {
    let set = |snapshot: &Snapshot<'_>| -> BTreeSet<String> {
        snapshot
            .symbols
            .iter()
            .map(|symbol| (*symbol).to_owned())
            .collect()
    };
    set(a) == set(b)
}

/// Brings the lines of one day together, where each names one symbol.
fn one_a_day(snapshots: &mut Vec<Snapshot<'_>>) -> Result<(), Fault> {
    let one_each = snapshots.iter().all(|snapshot| snapshot.symbols.len() <= 1);
    let mut days: Vec<Snapshot<'_>> = Vec::with_capacity(snapshots.len());
    for mut snapshot in snapshots.drain(..) {
        match days.last_mut() {
            Some(last) if last.date == snapshot.date && one_each => {
                last.symbols.append(&mut snapshot.symbols);
            }
            Some(last) if last.date == snapshot.date && is_same(last, &snapshot) => {}
            Some(last) if last.date == snapshot.date => {
                let (date, other) = (last.date, last.line);
                return Err(at(snapshot.line)(MembersProblem::SameDay { date, other }));
            }
            _ => days.push(snapshot),
        }
    }
    *snapshots = days;
    Ok(())
}

/// The symbols whose columns say that they are members.
fn flagged<'a>(
    line: u64,
    row: &[String],
    header: &'a [String],
    date: usize,
) -> Result<Vec<&'a str>, Fault> {
    let mut symbols = Vec::new();
    let columns = header.iter().enumerate();
    for (column, name) in
        columns.filter(|(column, name)| *column != date && !name.trim().is_empty())
    {
        let text = cell(row, column);
        match text.to_lowercase().as_str() {
            "1" | "1.0" | "true" | "yes" | "y" | "x" => symbols.push(cell(header, column)),
            "" | "0" | "0.0" | "false" | "no" | "n" | "nan" => {}
            _ => {
                let (text, symbol) = (sanitised(text, 40), sanitised(name, 40));
                return Err(at(line)(MembersProblem::NotAFlag { text, symbol }));
            }
        }
    }
    Ok(symbols)
}
