//! The schema and the reader accept the same files.
//!
//! Both follow one table of keys; these tests look at the two from outside.

use serde_json::{Map, Value, json};
use strategy_file::{Document, Override, json_schema, parse};

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
            "maximum" => value.as_f64().is_none_or(|v| v <= wanted.as_f64().unwrap()),
            "minItems" => {
                items(value).len() as u64 >= wanted.as_u64().unwrap() || !value.is_array()
            }
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

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn entries(value: &Value) -> Map<String, Value> {
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

fn validate_text(text: &str) -> Result<(), String> {
    let document: toml::Table = text.parse().unwrap();
    validate(&json_schema(), &as_json(&toml::Value::Table(document)), "")
}

/// The schema of each key, with its path and, where it has one, the choice that makes it exist.
fn keys(schema: &Value, path: &str, found: &mut Vec<(String, Option<String>)>) {
    for (name, key) in entries(&schema["properties"]) {
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        let choice = (items(&schema["allOf"]).iter())
            .filter(|case| case["then"]["properties"][&name] != json!(false))
            .find_map(|case| {
                let (tag, value) = entries(&case["if"]["properties"]).into_iter().next()?;
                let elsewhere = items(&schema["allOf"]).iter().any(|case| {
                    case["then"]["properties"][&name] == json!(false)
                        && case["if"]["properties"].get(&tag).is_some()
                });
                elsewhere.then(|| format!("{tag}={}", value["const"]))
            });
        found.push((path.clone(), choice));
        match items(&key["oneOf"]) {
            [_, table] => keys(table, &path, found),
            _ => keys(&key, &path, found),
        }
    }
}

#[test]
fn the_examples_meet_the_schema() {
    assert_eq!(validate_text(crate::EXAMPLE), Ok(()));
    assert_eq!(validate_text(crate::MINIMAL), Ok(()));
    let sweep =
        "[sweep]\nsampler = \"sobol\"\ntrials = 9\n[sweep.axes]\n\"alpha.top_n\" = [1, 2]\n";
    assert_eq!(validate_text(&format!("{}{sweep}", crate::MINIMAL)), Ok(()));
}

#[test]
fn every_key_of_the_schema_is_read() {
    let mut found = Vec::new();
    keys(&json_schema(), "", &mut found);
    // The rows of the table of weights are reached through their array, and tested elsewhere.
    assert_eq!(found.len(), 97, "{found:#?}");
    for (path, choice) in found {
        let mut overrides = Vec::new();
        if let Some(choice) = choice {
            let table = path.rsplit_once('.').map_or("", |(table, _)| table);
            overrides.push(format!("{table}.{choice}"));
        }
        // No key takes an array of arrays, so whoever reads this one complains.
        overrides.push(format!("{path}=[[]]"));
        let parsed: Vec<Override> = (overrides.iter())
            .map(|text| Override::parse(text).unwrap())
            .collect();
        let document = Document::parse(crate::MINIMAL).unwrap().with(&parsed);
        // Only a sweep reads the first two.
        let problems = match path.split('.').next() {
            Some("sweep") => document.space().expect_err(&path).to_string(),
            Some("validate") => document.validation().expect_err(&path).to_string(),
            _ => parse(crate::MINIMAL, &parsed, "")
                .expect_err(&path)
                .to_string(),
        };
        assert!(
            problems.contains(&format!("`{path}` must be")),
            "{path}: {problems}"
        );
    }
}

#[test]
fn every_key_has_a_description() {
    fn check(schema: &Value, path: &str) {
        for (name, key) in entries(&schema["properties"]) {
            let path = format!("{path}.{name}");
            let described = key["description"]
                .as_str()
                .is_some_and(|text| text.ends_with('.'));
            assert!(described, "{path}");
            for table in items(&key["oneOf"]).iter().chain([&key, &key["items"]]) {
                check(table, &path);
            }
        }
    }
    check(&json_schema(), "");
}

#[track_caller]
fn check_refused_by_both(part: &str, replacement: &str) {
    let text = crate::EXAMPLE.replacen(part, replacement, 1);
    assert_ne!(text, crate::EXAMPLE);
    assert!(
        validate_text(&text).is_err(),
        "the schema accepts {replacement}"
    );
    assert!(
        parse(&text, &[], "").is_err(),
        "the reader accepts {replacement}"
    );
}

#[test]
fn schema_and_reader_refuse_the_same_mistakes() {
    check_refused_by_both("lookback = 126", "lookbak = 126");
    check_refused_by_both("lookback = 126", "lookback = 0");
    check_refused_by_both("lookback = 126", "");
    check_refused_by_both("\"top-n-momentum\"", "\"equal-weight\"");
    check_refused_by_both("\"top-n-momentum\"", "\"momentum\"");
    check_refused_by_both("cash_buffer = 0.01", "cash_buffer = 1.01");
    check_refused_by_both("cash_buffer = 0.01", "gross_leverage = 1.5");
    check_refused_by_both("cash_buffer = 0.01", "scale = 0.5");
    check_refused_by_both("\"long-only\"", "\"long-short\"");
    check_refused_by_both("\"end-of-month\"", "\"weekly\"");
    check_refused_by_both("\"end-of-month\"", "\"daily\"\nweekday = \"wed\"");
    check_refused_by_both("\"qstrader\"", "\"zipline\"");
    check_refused_by_both("[\"XLB\", \"XLC\", \"XLE\"]", "[]");
    check_refused_by_both("{ SPY = 1.0 }", "{ SPY = \"all\" }");
    check_refused_by_both("max_weight = 0.4", "max_weight = \"0.4\"");
    check_refused_by_both("tax = 0.0", "per_share = 0.0");
}
