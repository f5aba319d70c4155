//! Why trials failed, reasons that differ in their numbers alone counted as one.

use std::collections::BTreeMap;

use crate::table::{Cell, Column};

/// The reasons, each with how many trials failed for it and the first of them; the most frequent
/// first.
pub(crate) fn failures(errors: &Column, trials: &[u64]) -> Vec<(String, u64, u64)> {
    struct Kind<'a> {
        first: u64,
        example: &'a str,
        differ: bool,
        n: u64,
    }
    let mut kinds: BTreeMap<String, Kind<'_>> = BTreeMap::new();
    for (row, trial) in trials.iter().enumerate() {
        if let Cell::Text(reason) = errors.cell(row) {
            let kind = kinds.entry(without_digits(reason)).or_insert(Kind {
                first: *trial,
                example: reason,
                differ: false,
                n: 0,
            });
            kind.n += 1;
            kind.differ |= kind.example != reason;
        }
    }
    let shown = |kind: Kind<'_>| {
        let reason = match kind.differ {
            true => format!("such as: {}", kind.example),
            false => kind.example.to_owned(),
        };
        (reason, kind.n, kind.first)
    };
    let mut all: Vec<(String, u64, u64)> = kinds.into_values().map(shown).collect();
    all.sort_by_key(|(_, n, first)| (std::cmp::Reverse(*n), *first));
    all
}

fn without_digits(reason: &str) -> String {
    let kept = |c: &char| !c.is_ascii_digit() && !"-.".contains(*c);
    reason.chars().filter(kept).collect()
}
