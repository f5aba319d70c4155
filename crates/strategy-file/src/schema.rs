//! The strategy file's JSON Schema, for editors.

use serde_json::{Map, Value, json};

use crate::keys::{self, Bounds, Key, Kind, Presence, Table};

/// JSON Schema (draft 2020-12) of a strategy file, with a description, the default and the allowed
/// values of every key.
///
/// Dates of TOML are strings of the format `date` or `date-time`, as editors see them. What one key
/// asks of another beyond its existence (the end after the start, weights of known assets) is left
/// to [`parse`](crate::parse).
pub fn json_schema() -> Value {
    let mut schema = Map::new();
    schema.insert(
        "$schema".to_owned(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    schema.insert("title".to_owned(), json!("gridfolio strategy"));
    if let Value::Object(file) = table_schema(&keys::file::TABLE) {
        schema.extend(file);
    }
    Value::Object(schema)
}

fn table_schema(table: &Table) -> Value {
    let properties: Map<String, Value> = (table.keys.iter())
        .map(|key| (key.name.to_owned(), key_schema(key)))
        .collect();
    let always = |key: &&&Key| key.when.is_none() && is_required(key);
    let required: Vec<&str> = (table.keys.iter().filter(always))
        .map(|key| key.name)
        .collect();
    let mut schema = json!({
        "type": "object",
        "description": table.doc,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    let cases: Vec<Value> = (table.keys.iter())
        .flat_map(|tag| cases(table, tag))
        .collect();
    if !cases.is_empty() {
        schema["allOf"] = Value::Array(cases);
    }
    schema
}

/// For each value of a key that others depend on: which of them are needed, which impossible.
fn cases(table: &Table, tag: &Key) -> Vec<Value> {
    let dependent: Vec<&Key> = (table.keys.iter().copied())
        .filter(|key| key.when.as_ref().is_some_and(|when| when.tag == tag.name))
        .collect();
    let Kind::Choice(values) = tag.kind else {
        return Vec::new();
    };
    if dependent.is_empty() {
        return Vec::new();
    }
    let case = |value: &'static str| {
        let goes = |key: &&Key| (key.when.as_ref()).is_none_or(|when| when.values.contains(&value));
        let (with, without): (Vec<&Key>, Vec<&Key>) = dependent.iter().copied().partition(goes);
        let required: Vec<&str> = (with.iter().filter(|key| is_required(key)))
            .map(|key| key.name)
            .collect();
        let impossible: Map<String, Value> = (without.iter())
            .map(|key| (key.name.to_owned(), json!(false)))
            .collect();
        let mut condition = json!({ "properties": { tag.name: { "const": value } } });
        // Without this the default's case alone should hold for a file that leaves the key out.
        if !matches!(tag.presence, Presence::Text(default) if default == value) {
            condition["required"] = json!([tag.name]);
        }
        json!({
            "if": condition,
            "then": { "required": required, "properties": impossible },
        })
    };
    values().into_iter().map(case).collect()
}

fn is_required(key: &Key) -> bool {
    matches!(key.presence, Presence::Required)
}

fn key_schema(key: &Key) -> Value {
    let mut schema = kind_schema(&key.kind);
    let mut description = key.doc.to_owned();
    if let Some(when) = &key.when {
        let owners = when.values.join("`, `");
        description = format!("{description} Only for {} `{owners}`.", when.tag);
    }
    match key.presence {
        Presence::Required | Presence::Optional => {}
        Presence::Depends(words) => description = format!("{description} Default: {words}."),
        Presence::Text(default) => schema["default"] = json!(default),
        Presence::Number(default) => schema["default"] = json!(default),
        Presence::Flag(default) => schema["default"] = json!(default),
    }
    schema["description"] = json!(description);
    schema
}

fn kind_schema(kind: &Kind) -> Value {
    match kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Count => json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX }),
        Kind::Number(bounds) => number_schema(*bounds),
        Kind::Moment(_) => moment_schema(),
        Kind::Choice(names) => json!({ "type": "string", "enum": names() }),
        Kind::Weekday => weekday_schema(),
        Kind::Symbols => json!({
            "type": "array",
            "items": symbol_schema(),
            "minItems": 1,
            "uniqueItems": true,
        }),
        Kind::Weights => by_symbol_schema(number_schema(Bounds::Any)),
        Kind::Moments => by_symbol_schema(moment_schema()),
        Kind::Nested(table) => table_schema(table),
        Kind::Rows(table) => {
            json!({ "type": "array", "items": table_schema(table), "minItems": 1 })
        }
        Kind::ChoiceOrTable(names, table) => {
            json!({ "oneOf": [{ "type": "string", "enum": names() }, table_schema(table)] })
        }
        Kind::Seed => json!({ "type": "integer", "minimum": 0 }),
        Kind::Parameters => json!({
            "type": "object",
            "additionalProperties": { "anyOf": [
                { "type": "number" },
                { "type": "boolean" },
                { "type": "string" },
            ] },
        }),
        // Values are of the types of their keys, and the reader knows which.
        Kind::Axes => json!({
            "type": "object",
            "additionalProperties": { "anyOf": [
                { "type": "array", "minItems": 1 },
                { "type": "object" },
            ] },
        }),
    }
}

fn number_schema(bounds: Bounds) -> Value {
    match bounds {
        Bounds::Any => json!({ "type": "number" }),
        Bounds::NotNegative => json!({ "type": "number", "minimum": 0 }),
        Bounds::Positive => json!({ "type": "number", "exclusiveMinimum": 0 }),
        Bounds::Fraction => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
    }
}

fn moment_schema() -> Value {
    json!({
        "type": "string",
        "anyOf": [{ "format": "date" }, { "format": "date-time" }],
    })
}

fn weekday_schema() -> Value {
    let names: Vec<&str> = (keys::WEEKDAYS.iter())
        .flat_map(|(short, whole, _)| [*short, *whole])
        .collect();
    // JSON Schema has no patterns without case, so each letter stands in both.
    let in_any_case = |name: &&str| -> String {
        let both = |letter: char| format!("[{}{letter}]", letter.to_ascii_uppercase());
        name.chars().map(both).collect()
    };
    let patterns: Vec<String> = names.iter().map(in_any_case).collect();
    let pattern = format!("^({})$", patterns.join("|"));
    json!({ "type": "string", "anyOf": [{ "enum": names }, { "pattern": pattern }] })
}

fn symbol_schema() -> Value {
    json!({ "type": "string", "pattern": r"^[^/\\]+$" })
}

fn by_symbol_schema(value: Value) -> Value {
    json!({
        "type": "object",
        "propertyNames": symbol_schema(),
        "additionalProperties": value,
    })
}
