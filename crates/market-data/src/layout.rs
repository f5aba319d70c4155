//! What the columns of a table of prices are: one stage for text, Parquet, Arrow and frames in memory.

use crate::error::Problem;
use crate::fields::{Field, Fields};
use crate::names::{self, Role, key};
use crate::vendor;

/// Where the fields of one symbol stand, counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Columns([Option<usize>; Field::COUNT]);

impl Columns {
    pub(crate) fn get(&self, field: Field) -> Option<usize> {
        self.0[field as usize]
    }

    pub(crate) fn set(&mut self, field: Field, at: usize) {
        self.0[field as usize] = Some(at);
    }

    /// The fields that there are.
    pub(crate) fn fields(&self) -> Fields {
        let mut fields = Fields::default();
        for field in Fields::CHECKED.iter() {
            if self.get(field).is_some() {
                fields.insert(field);
            }
        }
        fields
    }
}

/// How symbols and rows go together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A row is a day of the one symbol.
    One(Columns),
    /// A row is a day of the symbol that its column names.
    Long { symbol: usize, columns: Columns },
    /// A row is a day, and each symbol has columns of its own.
    Wide(Vec<(String, Columns)>),
}

/// What the columns of a table are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) vendor: Option<&'static str>,
    pub(crate) date: usize,
    /// A time of day in a column of its own.
    pub(crate) time: Option<usize>,
    pub(crate) shape: Shape,
}

/// The names above the columns, and what is known of the values below them.
pub(crate) struct Header<'a> {
    /// The names; those of two levels when there are two.
    pub(crate) levels: Vec<Vec<String>>,
    /// Whether a column holds numbers.
    pub(crate) is_number: &'a dyn Fn(usize) -> bool,
    /// Whether the dates are numbers since 1970.
    pub(crate) counts_time: bool,
}

impl Layout {
    /// Finds out what the columns are.
    pub(crate) fn of(header: &Header<'_>) -> Result<Layout, Problem> {
        match header.levels.as_slice() {
            [first, second, ..] => two_levels(first, second),
            [names] => match tuples(names) {
                Some((first, second)) => two_levels(&first, &second),
                None => one_level(names, header),
            },
            [] => Err(Problem::Empty),
        }
    }

    /// Columns of closes that are named after their symbols, beside a date.
    pub(crate) fn of_closes(names: &[String], date: usize) -> Layout {
        let closes = names.iter().enumerate().filter(|(at, _)| *at != date);
        let closes = closes.map(|(at, name)| {
            let mut columns = Columns::default();
            columns.set(Field::Close, at);
            (name.clone(), columns)
        });
        Layout {
            vendor: None,
            date,
            time: None,
            shape: Shape::Wide(closes.collect()),
        }
    }

    /// The last of the columns that may be read.
    pub(crate) fn last_column(&self) -> usize {
        let of = |columns: &Columns| columns.0.iter().flatten().copied().max();
        let numbers = match &self.shape {
            Shape::One(columns) => of(columns),
            Shape::Long { symbol, columns } => of(columns).max(Some(*symbol)),
            Shape::Wide(symbols) => symbols.iter().filter_map(|(_, columns)| of(columns)).max(),
        };
        let others = [Some(self.date), self.time, numbers];
        others.into_iter().flatten().max().unwrap_or(0)
    }

    /// The columns of the only symbol; `None` when there may be several.
    pub(crate) fn single(&self) -> Option<&Columns> {
        match &self.shape {
            Shape::One(columns) => Some(columns),
            Shape::Wide(symbols) if symbols.len() == 1 => Some(&symbols[0].1),
            _ => None,
        }
    }
}

/// The names of pandas' columns of two levels, as it writes them to Parquet: `('Close', 'SPY')`.
fn tuples(names: &[String]) -> Option<(Vec<String>, Vec<String>)> {
    let mut found = 0;
    let mut levels = (Vec::new(), Vec::new());
    for name in names {
        let inner = name
            .trim()
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'));
        let (first, second) = match inner.and_then(|inner| inner.split_once(',')) {
            Some((first, second)) => {
                found += 1;
                let bare = |text: &str| text.trim().trim_matches(['\'', '"']).to_owned();
                (bare(first), bare(second))
            }
            None => (name.clone(), String::new()),
        };
        levels.0.push(first);
        levels.1.push(second);
    }
    (found > 0).then_some(levels)
}

fn one_level(names: &[String], header: &Header<'_>) -> Result<Layout, Problem> {
    let keys: Vec<String> = names.iter().map(|name| key(name)).collect();
    if keys.iter().any(|key| key == "mktrf") {
        return Err(Problem::Returns);
    }
    let listed = || names.iter().map(|name| name.trim().to_owned()).collect();
    let date = date_column(&keys)?.ok_or_else(|| Problem::NoDateColumn { found: listed() })?;
    let time = find(Role::Time, &keys, Some(date))?;
    let layout = |time, shape| Layout {
        vendor: vendor::of(&keys, header.counts_time),
        date,
        time,
        shape,
    };

    let columns = columns(&keys, Some(date))?;
    if columns.get(Field::Close).is_none() {
        if let Some((symbols, program)) = prefixed(names, date)? {
            let vendor = Some(program);
            return Ok(Layout {
                vendor,
                ..layout(time, Shape::Wide(symbols))
            });
        }
        let closes = closes(names, &keys, date, header);
        let n_fields = columns.fields().iter().count();
        if closes.len() <= n_fields || n_fields > 1 {
            return Err(Problem::NoColumn {
                column: Field::Close.name(),
                found: listed(),
            });
        }
        return Ok(match closes.as_slice() {
            [(_, only)] => layout(None, Shape::One(*only)),
            _ => layout(None, Shape::Wide(closes)),
        });
    }
    let shape = match symbol_column(&keys, header) {
        Some(symbol) => Shape::Long { symbol, columns },
        None => Shape::One(columns),
    };
    Ok(layout(time, shape))
}

/// The column of the date. An index without a name is it when nothing else is.
fn date_column(keys: &[String]) -> Result<Option<usize>, Problem> {
    let found = find(Role::Date, keys, None)?;
    Ok(found.or_else(|| keys.iter().position(String::is_empty)))
}

/// The column that names the symbol of each row.
fn symbol_column(keys: &[String], header: &Header<'_>) -> Option<usize> {
    let at = find(Role::Symbol, keys, None).ok().flatten()?;
    let is_certain = matches!(keys[at].as_str(), "symbol" | "ticker");
    (is_certain || !(header.is_number)(at)).then_some(at)
}

/// The column of a role, by the preferred of its spellings.
fn find(role: Role, keys: &[String], other_than: Option<usize>) -> Result<Option<usize>, Problem> {
    // One letter is a price only beside the three others; by itself it may be a symbol.
    let letters = ["o", "h", "l", "c"];
    let is_letters = letters
        .iter()
        .all(|letter| keys.iter().any(|k| k == letter));
    for spelling in names::spellings(role) {
        if spelling.len() == 1 && !is_letters {
            continue;
        }
        let mut found =
            (0..keys.len()).filter(|&at| keys[at] == *spelling && Some(at) != other_than);
        match (found.next(), found.next()) {
            (Some(at), None) => return Ok(Some(at)),
            (Some(first), Some(second)) => {
                let column = match role {
                    Role::Date => "Date",
                    Role::Time => "Time",
                    Role::Symbol => "Symbol",
                    Role::Number(field) => field.name(),
                };
                return Err(Problem::RepeatedColumn {
                    column,
                    first: first + 1,
                    second: second + 1,
                });
            }
            _ => {}
        }
    }
    Ok(None)
}

fn columns(keys: &[String], date: Option<usize>) -> Result<Columns, Problem> {
    let mut columns = Columns::default();
    for field in Fields::CHECKED.iter() {
        if let Some(at) = find(Role::Number(field), keys, date)? {
            columns.set(field, at);
        }
    }
    Ok(columns)
}

/// Columns that are named after symbols and hold their closes.
fn closes(
    names: &[String],
    keys: &[String],
    date: usize,
    header: &Header<'_>,
) -> Vec<(String, Columns)> {
    const NEVER_SYMBOLS: [&str; 5] = [
        "volume",
        "dividends",
        "stocksplits",
        "capitalgains",
        "adjclose",
    ];
    (0..names.len())
        .filter(|&at| at != date && !names[at].trim().is_empty())
        .filter(|&at| (header.is_number)(at) && !NEVER_SYMBOLS.contains(&keys[at].as_str()))
        .map(|at| {
            let mut columns = Columns::default();
            columns.set(Field::Close, at);
            (names[at].trim().to_owned(), columns)
        })
        .collect()
}

/// Names of a symbol and a field in one: `SPY.Close` of quantmod, `Close_SPY` of flattened levels.
#[expect(clippy::type_complexity, reason = "the symbols, and who wrote them")]
fn prefixed(
    names: &[String],
    date: usize,
) -> Result<Option<(Vec<(String, Columns)>, &'static str)>, Problem> {
    let parts = |name: &str, separator: char, symbol_first: bool| -> Option<(String, String)> {
        let (symbol, field) = match symbol_first {
            true => name.rsplit_once(separator)?,
            false => {
                let (field, symbol) = name.split_once(separator)?;
                (symbol, field)
            }
        };
        names::is_known(&key(field)).then(|| (symbol.trim().to_owned(), field.to_owned()))
    };
    for (separator, symbol_first) in [
        ('.', true),
        ('_', false),
        ('_', true),
        (' ', false),
        (' ', true),
        ('-', true),
    ] {
        let others = names.iter().enumerate().filter(|(at, _)| *at != date);
        let split: Option<Vec<(usize, String, String)>> = others
            .map(|(at, name)| {
                parts(name.trim(), separator, symbol_first).map(|(s, field)| (at, s, field))
            })
            .collect();
        let Some(split) = split.filter(|split| !split.is_empty()) else {
            continue;
        };
        let symbols = by_symbol(
            split
                .iter()
                .map(|(at, s, field)| (*at, s.as_str(), field.as_str())),
        )?;
        if !symbols.is_empty() {
            let program = if separator == '.' {
                "quantmod"
            } else {
                "columns of two levels"
            };
            return Ok(Some((symbols, program)));
        }
    }
    Ok(None)
}

/// Groups columns by symbol, in the order in which symbols appear; those without a close are left out.
fn by_symbol<'a>(
    cells: impl Iterator<Item = (usize, &'a str, &'a str)>,
) -> Result<Vec<(String, Columns)>, Problem> {
    type Own<'a> = (&'a str, Vec<(usize, String)>);
    let mut groups: Vec<Own<'_>> = Vec::new();
    let mut index = std::collections::HashMap::new();
    for (at, symbol, field) in cells {
        let group = *index.entry(symbol).or_insert_with(|| {
            groups.push((symbol, Vec::new()));
            groups.len() - 1
        });
        groups[group].1.push((at, key(field)));
    }
    let mut symbols = Vec::new();
    for (symbol, cells) in groups {
        let keys: Vec<String> = cells.iter().map(|(_, key)| key.clone()).collect();
        let within = columns(&keys, None)?;
        let mut own = Columns::default();
        for field in within.fields().iter() {
            if let Some(at) = within.get(field) {
                own.set(field, cells[at].0);
            }
        }
        if own.get(Field::Close).is_some() {
            symbols.push((symbol.to_owned(), own));
        }
    }
    Ok(symbols)
}

/// Columns of two levels, one of prices and one of symbols, in either order.
fn two_levels(first: &[String], second: &[String]) -> Result<Layout, Problem> {
    let n = first.len().min(second.len());
    let is_date = |at: usize| {
        let (a, b) = (key(&first[at]), key(&second[at]));
        (names::is(Role::Date, &a) && b.is_empty()) || (names::is(Role::Date, &b) && a.is_empty())
    };
    // The first column is the index, whose cells may name the levels.
    let date = (0..n).find(|&at| is_date(at)).unwrap_or(0);
    let symbols_first = {
        let label = |level: &[String]| level.first().map(|name| key(name)).unwrap_or_default();
        let names_prices =
            |label: &str| matches!(label, "price" | "prices" | "attributes" | "field");
        let names_symbols =
            |label: &str| matches!(label, "ticker" | "tickers" | "symbol" | "symbols");
        let (a, b) = (label(first), label(second));
        if names_prices(&a) || names_symbols(&b) {
            false
        } else if names_symbols(&a) || names_prices(&b) {
            true
        } else {
            let known = |level: &[String]| {
                let cells = (0..n).filter(|&at| at != date);
                cells
                    .filter(|&at| names::field(&key(&level[at])).is_some())
                    .count()
            };
            known(second) > known(first)
        }
    };
    let (prices, symbols) = match symbols_first {
        true => (second, first),
        false => (first, second),
    };
    let cells = (0..n)
        .filter(|&at| at != date)
        .map(|at| (at, symbols[at].trim(), prices[at].as_str()));
    let symbols = by_symbol(cells)?;
    if symbols.is_empty() {
        return Err(Problem::NoColumn {
            column: Field::Close.name(),
            found: prices.to_vec(),
        });
    }
    Ok(Layout {
        vendor: Some("yfinance"),
        date,
        time: None,
        shape: Shape::Wide(symbols),
    })
}
