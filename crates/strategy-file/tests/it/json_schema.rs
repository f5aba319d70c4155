//! The schema and the reader accept the same files.
//!
//! Both follow one table of keys; these tests look at the two from outside.

use expect_test::expect;
use serde_json::{Value, json};
use strategy_file::{Document, Override, json_schema, parse};

use crate::schema_validator::{as_json, entries, items, validate};

fn validate_text(text: &str) -> Result<(), String> {
    let document: toml::Table = text.parse().unwrap();
    validate(&json_schema(), &as_json(&toml::Value::Table(document)), "")
}

/// The schema of each key, with its path and, where it has one, the choice that makes it exist.
fn keys(
    schema: &Value,
    path: &str,
    around: Option<&String>,
    found: &mut Vec<(String, Option<String>)>,
) {
    let dot = if path.is_empty() { "" } else { "." };
    for (name, key) in entries(&schema["properties"]) {
        let table = format!("{path}{dot}");
        let path = format!("{table}{name}");
        let choice = (items(&schema["allOf"]).iter())
            .filter(|case| case["then"]["properties"][&name] != json!(false))
            .find_map(|case| {
                let (tag, value) = entries(&case["if"]["properties"]).into_iter().next()?;
                let elsewhere = items(&schema["allOf"]).iter().any(|case| {
                    case["then"]["properties"][&name] == json!(false)
                        && case["if"]["properties"].get(&tag).is_some()
                });
                elsewhere.then(|| format!("{table}{tag}={}", value["const"]))
            });
        // A table of a part has the choice of the part.
        let choice = choice.or_else(|| around.cloned());
        found.push((path.clone(), choice.clone()));
        match items(&key["oneOf"]) {
            [_, table] => keys(table, &path, choice.as_ref(), found),
            _ => keys(&key, &path, choice.as_ref(), found),
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
    keys(&json_schema(), "", None, &mut found);
    // The rows of the table of weights are reached through their array, and tested elsewhere.
    expect!["170"].assert_eq(&found.len().to_string());
    for (path, choice) in found {
        let mut overrides = Vec::new();
        if let Some(choice) = choice {
            overrides.push(choice);
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
