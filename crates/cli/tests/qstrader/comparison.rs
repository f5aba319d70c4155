//! Compares what QSTrader wrote with what the program writes.

use serde_json::Value;

/// A number of a golden, where NaN and the infinities are strings.
pub(crate) fn number(value: &Value) -> f64 {
    match value {
        Value::Number(number) => number.as_f64().unwrap(),
        Value::String(text) => text.parse().unwrap(),
        other => panic!("{other} is not a number"),
    }
}

/// Whether two numbers differ by no more than a tolerance, absolutely or relative to their size.
pub(crate) fn close(theirs: f64, ours: f64, tolerance: f64) -> bool {
    theirs == ours
        || (theirs.is_nan() && ours.is_nan())
        || (theirs - ours).abs() <= tolerance * theirs.abs().max(1.0)
}

/// The cells of a CSV file, row by row, without its header.
pub(crate) fn rows(csv: &str) -> Vec<Vec<&str>> {
    csv.lines()
        .skip(1)
        .map(|line| line.split(',').collect())
        .collect()
}

/// The path to the first difference. What QSTrader calls NaN or infinite is null here.
pub(crate) fn value_difference(theirs: &Value, ours: &Value, tolerance: f64) -> Option<String> {
    let told = || Some(format!(": {theirs} but {ours}"));
    match (theirs, ours) {
        (Value::Object(a), Value::Object(b)) => match a.keys().eq(b.keys()) {
            false => told(),
            true => a.iter().find_map(|(key, theirs)| {
                let difference = value_difference(theirs, &b[key], tolerance)?;
                Some(format!(".{key}{difference}"))
            }),
        },
        (Value::Array(a), Value::Array(b)) if a.len() != b.len() => {
            Some(format!(": {} values, not {}", b.len(), a.len()))
        }
        (Value::Array(a), Value::Array(b)) => {
            a.iter()
                .zip(b)
                .enumerate()
                .find_map(|(index, (theirs, ours))| {
                    let difference = value_difference(theirs, ours, tolerance)?;
                    Some(format!("[{index}]{difference}"))
                })
        }
        (Value::Number(_), Value::Number(_)) => {
            match close(number(theirs), number(ours), tolerance) {
                true => None,
                false => told(),
            }
        }
        (Value::String(text), Value::Null) if text.parse::<f64>().is_ok() => None,
        (a, b) if a == b => None,
        _ => told(),
    }
}
