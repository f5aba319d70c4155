//! A validator of JSON Schema, as far as the schema of the strategy file uses it.
//! The tests of conformance include this file, too.

use serde_json::{Map, Value, json};

/// Whether a value meets a schema: the part of draft 2020-12 that the schema uses.
///
/// `Err` names the place of the first violation. A keyword that is not known here is a failure of
/// the test, lest the schema say more than is checked.
pub(crate) fn validate(schema: &Value, value: &Value, path: &str) -> Result<(), String> {
    let keywords = match schema {
        Value::Bool(true) => return Ok(()),
        Value::Bool(false) => return Err(format!("{path}: must not be there")),
        Value::Object(keywords) => keywords,
        other => panic!("not a schema: {other}"),
    };
    for (keyword, wanted) in keywords {
        let met = match keyword.as_str() {
            "$schema" | "title" | "description" | "default" | "then" => true,
            "type" => is_type(wanted.as_str().unwrap(), value),
            "enum" => wanted.as_array().unwrap().contains(value),
            "const" => wanted == value,
            "minimum" => value.as_f64().is_none_or(|v| v >= wanted.as_f64().unwrap()),
            "exclusiveMinimum" => value.as_f64().is_none_or(|v| v > wanted.as_f64().unwrap()),
            "exclusiveMaximum" => value.as_f64().is_none_or(|v| v < wanted.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|v| v <= wanted.as_f64().unwrap()),
            "minItems" => {
                items(value).len() as u64 >= wanted.as_u64().unwrap() || !value.is_array()
            }
            "maxItems" => items(value).len() as u64 <= wanted.as_u64().unwrap(),
            "uniqueItems" => {
                let items = items(value);
                (1..items.len()).all(|i| !items[..i].contains(&items[i]))
            }
            "required" => (wanted.as_array().unwrap().iter()).all(|key| {
                !value.is_object() || entries(value).contains_key(key.as_str().unwrap())
            }),
            "format" => has_format(wanted.as_str().unwrap(), value.as_str().unwrap_or("")),
            "pattern" => has_pattern(wanted.as_str().unwrap(), value.as_str().unwrap_or("x")),
            "anyOf" => branches(wanted, value, path) > 0,
            "oneOf" => branches(wanted, value, path) == 1,
            "allOf" => {
                for branch in wanted.as_array().unwrap() {
                    validate(branch, value, path)?;
                }
                true
            }
            "if" => {
                if validate(wanted, value, path).is_ok() {
                    validate(&keywords["then"], value, path)?;
                }
                true
            }
            "items" => {
                for (i, item) in items(value).iter().enumerate() {
                    validate(wanted, item, &format!("{path}[{i}]"))?;
                }
                true
            }
            "properties" => {
                for (key, schema) in wanted.as_object().unwrap() {
                    if let Some(item) = entries(value).get(key) {
                        validate(schema, item, &format!("{path}.{key}"))?;
                    }
                }
                true
            }
            "additionalProperties" => {
                let known = keywords.get("properties").map(entries).unwrap_or_default();
                for (key, item) in entries(value) {
                    if !known.contains_key(&key) {
                        validate(wanted, &item, &format!("{path}.{key}"))?;
                    }
                }
                true
            }
            "propertyNames" => {
                for key in entries(value).keys() {
                    validate(wanted, &json!(key), path)?;
                }
                true
            }
            other => panic!("the schema uses `{other}`"),
        };
        if !met {
            return Err(format!("{path}: {value} does not meet {keyword}: {wanted}"));
        }
    }
    Ok(())
}

fn is_type(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        other => panic!("the schema has the type `{other}`"),
    }
}

fn has_format(format: &str, text: &str) -> bool {
    let is_date = text.parse::<backtest::date::Date>().is_ok();
    match format {
        "date" => is_date,
        "date-time" => !is_date && text.parse::<toml::value::Datetime>().is_ok(),
        other => panic!("the schema has the format `{other}`"),
    }
}

fn has_pattern(pattern: &str, text: &str) -> bool {
    match pattern {
        r"^[^/\\]+$" => !text.is_empty() && !text.contains(['/', '\\']),
        weekdays if weekdays.starts_with("^([Mm][Oo][Nn]|") => true,
        other => panic!("the schema has the pattern `{other}`"),
    }
}

fn branches(schemas: &Value, value: &Value, path: &str) -> usize {
    let schemas = schemas.as_array().unwrap().iter();
    schemas
        .filter(|schema| validate(schema, value, path).is_ok())
        .count()
}

pub(crate) fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

pub(crate) fn entries(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// TOML as an editor's validator sees it: dates are strings.
pub(crate) fn as_json(toml: &toml::Value) -> Value {
    match toml {
        toml::Value::Datetime(datetime) => json!(datetime.to_string()),
        toml::Value::Array(items) => items.iter().map(as_json).collect(),
        toml::Value::Table(table) => {
            let entries = table
                .iter()
                .map(|(key, value)| (key.clone(), as_json(value)));
            Value::Object(entries.collect())
        }
        other => json!(other),
    }
}
