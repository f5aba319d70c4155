//! The strategy file's JSON Schema, for editors.

use backtest::declaration::{Bounds, Key, Kind, Presence, WEEKDAYS};
use serde_json::{Map, Value, json};

use crate::keys::names;
use crate::tree::{FileKey, FileTable, file, is_required};

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
    if let Value::Object(file) = table_schema(file()) {
        schema.extend(file);
    }
    Value::Object(schema)
}

fn table_schema(table: &FileTable) -> Value {
    let properties: Map<String, Value> = (table.keys.iter())
        .map(|key| (key.key.name.to_owned(), key_schema(key)))
        .collect();
    let always = |key: &&FileKey| key.owners.is_none() && is_required(key.key);
    let required: Vec<&str> = (table.keys.iter().filter(always))
        .map(|key| key.key.name)
        .collect();
    let mut schema = json!({
        "type": "object",
        "description": table.doc,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    let mut cases: Vec<Value> = (table.keys.iter())
        .flat_map(|tag| cases(table, tag.key))
        .collect();
    for key in &table.keys {
        if let Presence::Without { other, .. } = key.key.presence {
            let one_of = [key.key.name, other].map(|name| json!({ "required": [name] }));
            cases.push(json!({ "anyOf": one_of }));
        }
    }
    if !cases.is_empty() {
        schema["allOf"] = Value::Array(cases);
    }
    schema
}

/// For each part that a key may name: which parameters are needed, which impossible.
fn cases(table: &FileTable, tag: &Key) -> Vec<Value> {
    let Kind::Part(parts) = tag.kind else {
        return Vec::new();
    };
    let parameters = table.keys.iter().filter_map(|key| {
        let owners = key.owners.as_ref()?;
        (owners.tag.name == tag.name).then_some((key.key.name, owners))
    });
    let parameters: Vec<_> = parameters.collect();
    if parameters.is_empty() {
        return Vec::new();
    }
    let case = |name: &'static str| {
        let mut required = Vec::new();
        let mut impossible = Map::new();
        for (parameter, owners) in &parameters {
            match owners.of(name) {
                Some(own) if is_required(own) => required.push(*parameter),
                Some(_) => {}
                None => {
                    impossible.insert((*parameter).to_owned(), json!(false));
                }
            }
        }
        let mut condition = json!({ "properties": { tag.name: { "const": name } } });
        // Without this the default's case alone should hold for a file that leaves the key out.
        if !matches!(tag.presence, Presence::Text(default) if default == name) {
            condition["required"] = json!([tag.name]);
        }
        json!({
            "if": condition,
            "then": { "required": required, "properties": impossible },
        })
    };
    parts.iter().map(|part| case(part.name)).collect()
}

fn key_schema(file_key: &FileKey) -> Value {
    let key = file_key.key;
    let mut schema = kind_schema(key, file_key.table.as_ref());
    let mut description = docs_of(file_key).join(" ");
    if let Kind::Part(parts) = key.kind {
        for part in parts {
            description = format!("{description} `{}`: {}", part.name, part.doc);
        }
    }
    if let Some(owners) = &file_key.owners {
        let names = owners.names().join("`, `");
        description = format!("{description} Only for {} `{names}`.", owners.tag.name);
    }
    match key.presence {
        Presence::Depends(words) => description = format!("{description} Default: {words}."),
        Presence::Text(default) => schema["default"] = json!(default),
        Presence::Number(default) => schema["default"] = json!(default),
        Presence::Flag(default) => schema["default"] = json!(default),
        _ => {
            if let Some(words) = default_in_words(key) {
                description = format!("{description} Default: {words}.");
            }
        }
    }
    schema["description"] = json!(description);
    schema
}

/// What a key means; several things where several parts have a parameter of the name.
pub(crate) fn docs_of(key: &FileKey) -> Vec<&'static str> {
    let mut docs = vec![key.key.doc];
    let parts = key.owners.iter().flat_map(|owners| &owners.parts);
    for (_, own) in parts {
        if !docs.contains(&own.doc) {
            docs.push(own.doc);
        }
    }
    docs
}

/// The default of a key, where it depends on other keys.
pub(crate) fn default_in_words(key: &Key) -> Option<String> {
    match key.presence {
        Presence::Depends(words) => Some(words.to_owned()),
        Presence::Without { other, then } => {
            Some(format!("must be given, unless `{other}` is: {then}"))
        }
        Presence::StandardNumber(default) => Some(format!(
            "{default:?}, but required under `qstrader` conventions"
        )),
        Presence::Inherited { from, standard } => Some(format!(
            "{standard:?}, but that of `{}` under `qstrader` conventions",
            from.join(".")
        )),
        _ => None,
    }
}

fn kind_schema(key: &Key, table: Option<&FileTable>) -> Value {
    let inner = || table.map_or(json!(true), table_schema);
    match key.kind {
        Kind::Text | Kind::Formula | Kind::Condition => json!({ "type": "string" }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Count => json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX }),
        Kind::Ordinal => json!({ "anyOf": [
            { "type": "integer", "minimum": 1, "maximum": i32::MAX },
            { "type": "integer", "minimum": i32::MIN, "maximum": -1 },
        ] }),
        Kind::Number(bounds) => number_schema(bounds),
        Kind::Moment(_) => moment_schema(),
        Kind::Choice(choices) => json!({ "type": "string", "enum": names(choices) }),
        Kind::Part(parts) => {
            let names: Vec<&str> = parts.iter().map(|part| part.name).collect();
            json!({ "type": "string", "enum": names })
        }
        Kind::Weekday => weekday_schema(),
        Kind::Dates => json!({
            "type": "array",
            "items": { "type": "string", "format": "date" },
            "minItems": 1,
            "uniqueItems": true,
        }),
        Kind::Symbols => json!({
            "type": "array",
            "items": symbol_schema(),
            "minItems": 1,
            "uniqueItems": true,
        }),
        Kind::Weights => by_symbol_schema(number_schema(Bounds::Any)),
        Kind::Moments => by_symbol_schema(moment_schema()),
        Kind::Spells => {
            let spell = json!({
                "type": "array", "items": moment_schema(), "minItems": 1, "maxItems": 2,
            });
            let spells = json!({ "type": "array", "items": spell, "minItems": 1 });
            json!({ "anyOf": [{ "type": "string" }, by_symbol_schema(spells)] })
        }
        Kind::Table(_) | Kind::Flat(_) => inner(),
        Kind::Rows(_) => json!({ "type": "array", "items": inner(), "minItems": 1 }),
        Kind::ChoiceOrTable(choices, _) => {
            json!({ "oneOf": [{ "type": "string", "enum": names(choices) }, inner()] })
        }
        Kind::ChoiceOrNumber(choices, bounds) => {
            let name = json!({ "type": "string", "enum": names(choices) });
            json!({ "anyOf": [name, number_schema(bounds)] })
        }
        Kind::NumberOrTable(choices, bounds, _) => {
            let mut allowed = vec![number_schema(bounds), inner()];
            if !choices.is_empty() {
                allowed.insert(0, json!({ "type": "string", "enum": names(choices) }));
            }
            json!({ "anyOf": allowed })
        }
        Kind::WholeNumber => json!({ "type": "integer", "minimum": 0 }),
        Kind::Parameters => json!({
            "type": "object",
            "additionalProperties": { "anyOf": [
                { "type": "number" },
                { "type": "boolean" },
                { "type": "string" },
            ] },
        }),
        Kind::Texts => json!({
            "type": "object",
            "additionalProperties": { "type": "string" },
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
    let mut schema = json!({ "type": "number" });
    match bounds {
        Bounds::NotNegative => schema["minimum"] = json!(0),
        Bounds::Positive => schema["exclusiveMinimum"] = json!(0),
        Bounds::Fraction => {
            schema["minimum"] = json!(0);
            schema["maximum"] = json!(1);
        }
        Bounds::Return => schema["minimum"] = json!(-1),
        Bounds::Interest => {
            schema["minimum"] = json!(-0.5);
            schema["exclusiveMaximum"] = json!(1);
        }
        Bounds::Rate => {
            schema["minimum"] = json!(0);
            schema["exclusiveMaximum"] = json!(1);
        }
        _ => {}
    }
    schema
}

fn moment_schema() -> Value {
    json!({
        "type": "string",
        "anyOf": [{ "format": "date" }, { "format": "date-time" }],
    })
}

fn weekday_schema() -> Value {
    let names: Vec<&str> = (WEEKDAYS.iter())
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
