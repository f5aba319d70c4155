//! What a sweep prints at its end.

use std::path::Path;

use gridfolio::Error;
use gridfolio::sweep::Collected;
use results::{Results, mapped};

use crate::terminal;

/// Reports what went wrong besides failed trials.
pub(crate) fn warn(collected: &Collected) {
    for redone in &collected.summary.redone {
        terminal::warn(&format!("computed again: {redone}"));
    }
    for warning in &collected.warnings {
        terminal::warn(&warning.to_string());
    }
}

/// The best trials, a map of each main statistic, why trials failed, and the verdict.
pub(crate) fn of(
    dir: &Path,
    collected: &Collected,
    sort: &str,
    top: usize,
) -> Result<String, Error> {
    let results = Results::open(dir)?;
    let best = results.best(sort, top)?;
    let mut text = format!("the best by {sort}\n\n{}", best.to_text());
    if let Some([rows, columns]) = results.varying_axes()? {
        for metric in mapped() {
            let map = results.map_over(metric, rows, columns)?;
            text += &format!("\n{}", map.to_text());
        }
    }
    text += &format!("\n{} trials in `{}`\n", results.n_rows(), dir.display());
    if let Some(ruined) = results.ruined()?.sentence() {
        text += &format!("{ruined}\n");
    }
    text += &collected.summary.failures_to_text();
    if let Some(verdict) = &collected.verdict {
        text += &format!("\n{}", verdict.to_text());
    }
    Ok(text)
}
