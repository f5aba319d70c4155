//! Values as TOML.

use std::fmt::Write;

use diagnostics::is_hidden;

use crate::document::{Entry, Value};

/// The shortest decimal that reads back as the same double; always with a point or an exponent.
pub(crate) fn float(number: f64) -> String {
    format!("{number:?}")
}

/// A value on one line, as TOML.
pub(crate) fn compact(value: &Value) -> String {
    match value {
        Value::Text(text) => string(text),
        Value::Integer(integer) => integer.to_string(),
        Value::Float(number) => float(*number),
        Value::Flag(flag) => flag.to_string(),
        Value::Datetime(datetime) => datetime.to_string(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| compact(&item.value)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Table(entries) => {
            let entry = |entry: &Entry| {
                format!("{} = {}", toml_key(&entry.key), compact(&entry.item.value))
            };
            let entries: Vec<String> = entries.iter().map(entry).collect();
            match entries.is_empty() {
                true => "{}".to_owned(),
                false => format!("{{ {} }}", entries.join(", ")),
            }
        }
    }
}

/// A key, in quotes where TOML wants them.
pub fn toml_key(name: &str) -> String {
    let mut bytes = name.bytes();
    let is_bare =
        !name.is_empty() && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    match is_bare {
        true => name.to_owned(),
        false => string(name),
    }
}

/// A basic string of TOML, with escapes for what one does not see.
pub(crate) fn string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            hidden if is_hidden(hidden) => {
                let number = u32::from(hidden);
                let written = match number > 0xffff {
                    true => write!(quoted, "\\U{number:08X}"),
                    false => write!(quoted, "\\u{number:04X}"),
                };
                written.expect("a `String` takes all text");
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
