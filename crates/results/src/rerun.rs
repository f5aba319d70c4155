//! A trial run again, compared with its row.

use backtest::batch::Record;
use sweep::{Sweep, Trial};

use crate::error::ResultsError;
use crate::query::Query;
use crate::reader::Results;
use crate::table::Cell;

/// Runs a trial again and compares it with its row, if the results are there.
///
/// # Errors
///
/// A trial that fails; one that gives other numbers than its row.
pub fn rerun(sweep: &Sweep, trial: &Trial) -> Result<Record, ResultsError> {
    let record = trial.record()?;
    let now = format!("{:016x}", record.digest());
    match digest(sweep, trial.number)? {
        Some(then) if then != now => Err(ResultsError::NotReproduced {
            trial: trial.number,
            then,
            now,
        }),
        _ => Ok(record),
    }
}

/// The digest in the row of a trial; `None` without results, without the row, or of one that failed.
fn digest(sweep: &Sweep, number: u64) -> Result<Option<String>, ResultsError> {
    let results = match Results::open(sweep.dir()) {
        Ok(results) => results,
        Err(ResultsError::NoResults { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let row = results.select(&Query {
        columns: Some(vec!["digest".to_owned()]),
        condition: Some(format!("trial == {number}")),
        ..Query::default()
    })?;
    Ok(row.columns.first().and_then(|column| match column.cell(0) {
        Cell::Text(digest) => Some(digest.to_owned()),
        _ => None,
    }))
}
