//! Which rows and columns of the results, and in which order.

use std::cmp::Ordering;
use std::io::Write;

use statistics::catalogue::{self, Better, Prominence};
use statistics::text::grouped_count;
use strategy_file::{Expression, Operand};
use sweep::io_error;

use crate::error::ResultsError;
use crate::reader::Results;
use crate::table::{Cell, Column, Table, TrialStatus};

/// What to take from the results.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// The columns; `None` for all.
    pub columns: Option<Vec<String>>,
    /// Only rows that meet this, as in `max_drawdown < 0.2 and alpha.top_n == 3`.
    pub condition: Option<String>,
    /// What to sort by; rows without a value come last, and equal ones in the order of their
    /// trials. `None` for the order of trials.
    pub sort: Option<Sort>,
    /// The most rows, after sorting.
    pub top: Option<usize>,
}

/// A column to sort by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column.
    pub column: String,
    /// Which end comes first.
    pub direction: Direction,
}

/// Which rows come first. The catalogue of metrics says which values of a column are better; on
/// axes, and for the numbers of trials, the lower are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The better ones.
    BestFirst,
    /// The worse ones.
    WorstFirst,
}

impl Sort {
    /// By a column, the better rows first.
    pub fn best_first(column: &str) -> Sort {
        Sort {
            column: column.to_owned(),
            direction: Direction::BestFirst,
        }
    }
}

impl Results {
    /// The rows and columns that a query asks for. Only columns that it needs are read, and only
    /// the rows that it keeps stay in memory.
    ///
    /// # Errors
    ///
    /// A column that is not there, a condition that cannot be read, a damaged file.
    pub fn select(&self, query: &Query) -> Result<Table, ResultsError> {
        let columns = self.positions(query)?;
        let rows = self.chosen_rows(query)?;
        let mut table = Table::default();
        for at in columns {
            table.columns.push(self.gather(at, &rows)?);
        }
        Ok(table)
    }

    /// The number of the best trial by a statistic; the first of several. `None` when no trial has
    /// it.
    ///
    /// # Errors
    ///
    /// A statistic that does not exist; a damaged file.
    pub fn best_trial(&self, by: &str) -> Result<Option<u64>, ResultsError> {
        let best = self.select(&Query {
            columns: Some(vec!["trial".to_owned(), by.to_owned()]),
            condition: Some(is_ok()),
            sort: Some(Sort::best_first(by)),
            top: Some(1),
        })?;
        let [trial, value] = best.columns.as_slice() else {
            return Ok(None);
        };
        Ok(match (trial.cell(0), value.cell(0)) {
            (Cell::Integer(trial), Cell::Float(_) | Cell::Integer(_)) => Some(trial as u64),
            _ => None,
        })
    }

    /// The best trials by a statistic: their numbers, their values on the axes, and what people
    /// look at first.
    ///
    /// # Errors
    ///
    /// A column that is not there, a damaged file.
    pub fn best(&self, by: &str, top: usize) -> Result<Table, ResultsError> {
        let headlines: Vec<&str> = headlines().collect();
        let by_another = Some(by).filter(|by| !headlines.contains(by));
        let columns = std::iter::once("trial")
            .chain(self.axes().iter().map(String::as_str))
            .chain(by_another)
            .chain(headlines);
        self.select(&Query {
            columns: Some(columns.map(str::to_owned).collect()),
            condition: Some(is_ok()),
            sort: Some(Sort::best_first(by)),
            top: Some(top),
        })
    }

    /// The trials whose accounts lost everything, and when.
    ///
    /// # Errors
    ///
    /// A damaged file.
    pub fn ruined(&self) -> Result<Ruined, ResultsError> {
        let ruined = self.select(&Query {
            columns: Some(vec!["trial".to_owned(), "ruined_on".to_owned()]),
            condition: Some(format!("status == '{}'", TrialStatus::Ruined.name())),
            ..Query::default()
        })?;
        let [trials, days] = ruined.columns.as_slice() else {
            return Ok(Ruined::default());
        };
        let first = match (trials.len(), trials.cell(0), days.cell(0)) {
            (0, ..) => None,
            (_, Cell::Integer(trial), Cell::Text(day)) => Some((trial as u64, day.to_owned())),
            _ => None,
        };
        let (n, of) = (trials.len() as u64, self.n_rows());
        Ok(Ruined { n, of, first })
    }

    /// Writes what a query asks for as comma-separated values. Without sorting, memory does not
    /// grow with the number of rows.
    ///
    /// # Errors
    ///
    /// As [`Results::select`]; those of `out`.
    pub fn write_csv(&self, query: &Query, out: &mut dyn Write) -> Result<(), ResultsError> {
        let failed = |error| ResultsError::from(io_error("write the values of", &self.path)(error));
        if query.sort.is_some() || query.top.is_some() {
            return self.select(query)?.write_csv(out).map_err(failed);
        }
        let columns = self.positions(query)?;
        let condition = self.condition(query)?;
        if self.n_groups() == 0 {
            let column = |&at: &usize| Column::Texts(self.names[at].clone(), Vec::new());
            let empty = Table {
                columns: columns.iter().map(column).collect(),
            };
            return empty.write_csv(out).map_err(failed);
        }
        for group in 0..self.n_groups() {
            let rows = self.rows_of_group(group, condition.as_ref())?;
            let part = columns
                .iter()
                .map(|&at| Ok(self.column(group, at)?.rows(&rows)));
            let part = Table {
                columns: part.collect::<Result<_, ResultsError>>()?,
            };
            if group == 0 {
                part.write_csv_header(out).map_err(failed)?;
            }
            part.write_csv_rows(out).map_err(failed)?;
        }
        Ok(())
    }

    fn positions(&self, query: &Query) -> Result<Vec<usize>, ResultsError> {
        match &query.columns {
            None => Ok((0..self.names.len()).collect()),
            Some(names) => names.iter().map(|name| self.position(name)).collect(),
        }
    }

    fn condition(&self, query: &Query) -> Result<Option<Expression>, ResultsError> {
        let Some(text) = &query.condition else {
            return Ok(None);
        };
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let parsed = Expression::parse(text, &names);
        parsed.map(Some).map_err(ResultsError::Condition)
    }

    /// The rows of a row group that meet the condition.
    fn rows_of_group(
        &self,
        group: usize,
        condition: Option<&Expression>,
    ) -> Result<Vec<usize>, ResultsError> {
        let n_rows = self.column(group, 0)?.len();
        let Some(condition) = condition else {
            return Ok((0..n_rows).collect());
        };
        let mut columns = vec![None; self.names.len()];
        for &at in condition.names() {
            columns[at] = Some(self.column(group, at)?);
        }
        let holds = |row: &usize| {
            condition.holds(&|at| {
                let column = columns[at].as_ref();
                column
                    .map_or(Cell::Missing, |column| column.cell(*row))
                    .operand()
            })
        };
        Ok((0..n_rows).filter(holds).collect())
    }

    /// Row group and row in it, in the order asked for.
    fn chosen_rows(&self, query: &Query) -> Result<Vec<(usize, usize)>, ResultsError> {
        let condition = self.condition(query)?;
        let sort = match &query.sort {
            Some(sort) => Some((self.position(&sort.column)?, sort)),
            None => None,
        };
        let top = query.top.unwrap_or(usize::MAX);
        let mut rows: Vec<(usize, usize)> = Vec::new();
        let mut keys: Vec<(bool, Key)> = Vec::new();
        for group in 0..self.n_groups() {
            if sort.is_none() && rows.len() >= top {
                break;
            }
            let own = self.rows_of_group(group, condition.as_ref())?;
            if let Some((at, _)) = sort {
                let column = self.column(group, at)?;
                let status = self.column(group, self.position("status")?)?;
                let ruined = |row| status.cell(row) == Cell::Text(TrialStatus::Ruined.name());
                keys.extend((own.iter()).map(|&row| (ruined(row), Key::of(column.cell(row)))));
            }
            rows.extend(own.into_iter().map(|row| (group, row)));
        }
        if let Some((_, sort)) = sort {
            let better = catalogue::better(&sort.column);
            let mut sorted: Vec<usize> = (0..rows.len()).collect();
            // An account that lost everything is worse than any other, by whatever statistic.
            sorted.sort_by(|&a, &b| {
                let ruined = keys[a].0.cmp(&keys[b].0);
                let ruined = match sort.direction {
                    Direction::BestFirst => ruined,
                    Direction::WorstFirst => ruined.reverse(),
                };
                ruined.then_with(|| keys[a].1.compare(&keys[b].1, better, sort.direction))
            });
            rows = sorted.into_iter().take(top).map(|at| rows[at]).collect();
        }
        rows.truncate(top);
        Ok(rows)
    }

    /// The values of a column in these rows, in their order.
    fn gather(&self, at: usize, rows: &[(usize, usize)]) -> Result<Column, ResultsError> {
        let mut whole: Option<Column> = None;
        // Where each group's rows come to lie while they are read group by group.
        let mut landed = vec![0; rows.len()];
        let mut n = 0;
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|&row| rows[row].0);
        for chunk in order.chunk_by(|&a, &b| rows[a].0 == rows[b].0) {
            let column = self.column(rows[chunk[0]].0, at)?;
            let own: Vec<usize> = chunk.iter().map(|&row| rows[row].1).collect();
            for &row in chunk {
                landed[row] = n;
                n += 1;
            }
            match &mut whole {
                Some(whole) => whole.extend(&column, &own),
                None => whole = Some(column.rows(&own)),
            }
        }
        let empty = || match self.is_text(at) {
            true => Column::Texts(self.names[at].clone(), Vec::new()),
            false => Column::Floats(self.names[at].clone(), Vec::new()),
        };
        Ok(whole.map_or_else(empty, |whole| whole.rows(&landed)))
    }
}

/// The trials of a sweep whose accounts lost everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ruined {
    /// How many there are.
    pub n: u64,
    /// Of how many trials.
    pub of: u64,
    /// The first of them, and the day of its ruin.
    pub first: Option<(u64, String)>,
}

impl Ruined {
    /// `5 of 6 trials lost the whole account, trial 1 first, on 2024-03-01`; `None` for none.
    pub fn sentence(&self) -> Option<String> {
        let (trial, day) = self.first.as_ref()?;
        let (n, of) = (grouped_count(self.n), grouped_count(self.of));
        Some(format!(
            "{n} of {of} trials lost the whole account (trial {trial} on {day}); they rank last"
        ))
    }
}

/// The condition of trials that ran to their end and did not lose everything.
fn is_ok() -> String {
    format!("status == '{}'", TrialStatus::Ok.name())
}

enum Key {
    Missing,
    Number(f64),
    Text(String),
}

impl Key {
    fn of(cell: Cell<'_>) -> Key {
        match cell {
            Cell::Missing => Key::Missing,
            Cell::Integer(integer) => Key::Number(integer as f64),
            Cell::Float(float) => Key::Number(float),
            Cell::Flag(flag) => Key::Number(f64::from(u8::from(flag))),
            Cell::Text(text) => Key::Text(text.to_owned()),
        }
    }

    fn compare(&self, other: &Key, better: Better, direction: Direction) -> Ordering {
        let best_first = match (self, other) {
            (Key::Missing, Key::Missing) => return Ordering::Equal,
            (Key::Missing, _) => return Ordering::Greater,
            (_, Key::Missing) => return Ordering::Less,
            (Key::Number(a), Key::Number(b)) => better.merit(*b).total_cmp(&better.merit(*a)),
            (Key::Text(a), Key::Text(b)) => a.cmp(b),
            (Key::Number(_), Key::Text(_)) => Ordering::Less,
            (Key::Text(_), Key::Number(_)) => Ordering::Greater,
        };
        match direction {
            Direction::BestFirst => best_first,
            Direction::WorstFirst => best_first.reverse(),
        }
    }
}

/// The keys of the metrics that are mapped over the axes when a sweep has ended.
pub fn mapped() -> impl Iterator<Item = &'static str> {
    catalogue::metrics()
        .filter(|metric| metric.map.is_some())
        .map(|metric| metric.key)
}

/// The keys of the metrics that every table of trials shows.
pub fn headlines() -> impl Iterator<Item = &'static str> {
    catalogue::metrics()
        .filter(|metric| metric.prominence == Prominence::Headline)
        .map(|metric| metric.key)
}

impl Cell<'_> {
    fn operand(&self) -> Operand {
        match *self {
            Cell::Missing => Operand::Missing,
            Cell::Integer(integer) => Operand::Number(integer as f64),
            Cell::Float(float) => Operand::Number(float),
            Cell::Flag(flag) => Operand::Flag(flag),
            Cell::Text(text) => Operand::Text(text.into()),
        }
    }
}
