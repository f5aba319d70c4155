//! The reference page of the strategy file, made from the declarations of its keys.

use std::fmt::Write;

use backtest::declaration::{BareDate, Bounds, Key, Kind, Named, PartInfo, Presence};

use crate::schema::default_in_words;
use crate::tree::{FileKey, FileTable, file};

const INTRODUCTION: &str = "\
# The strategy file

<!-- Generated from the declarations of the keys: `UPDATE_EXPECT=1 cargo test -p strategy-file`. -->

A strategy file is TOML. This page lists every table and every key: what its value may be, what
holds when it is left out, whether a sweep may vary it (as an axis under `[sweep.axes]`), and what it
means. A key of a model, of an optimiser, of a schedule and so on is listed under the name that it
goes with. Editors read the same from `gridfolio schema`.
";

/// The reference page of the strategy file, as Markdown: every table, every key, every model.
pub fn reference() -> String {
    let mut page = INTRODUCTION.to_owned();
    for table in file().all() {
        section(&mut page, table);
    }
    page
}

fn section(page: &mut String, table: &FileTable) {
    match table.path.as_str() {
        "" => page.push_str("\n## At the top\n"),
        path => line(page, format_args!("\n## `[{path}]`\n\n{}", table.doc)),
    }
    let own: Vec<&FileKey> = (table.keys.iter())
        .filter(|key| key.owners.is_none() && !(table.path.is_empty() && is_table(key)))
        .collect();
    rows(page, own.iter().map(|key| key.key));
    for key in &own {
        if let Kind::Part(parts) = key.key.kind {
            for part in parts {
                part_section(page, key.key, part);
            }
        }
    }
}

fn part_section(page: &mut String, tag: &Key, part: &PartInfo) {
    let heading = format!("### `{} = \"{}\"`", tag.name, part.name);
    line(page, format_args!("\n{heading}\n\n{}", part.doc));
    rows(page, part.keys.iter().copied());
}

/// Whether a key holds nothing but a table, which has a section of its own.
fn is_table(key: &FileKey) -> bool {
    matches!(key.key.kind, Kind::Table(_))
}

fn rows<'a>(page: &mut String, keys: impl Iterator<Item = &'a Key>) {
    let mut keys = keys.peekable();
    if keys.peek().is_none() {
        return;
    }
    page.push_str("\n| key | value | when left out | axis | meaning |\n|---|---|---|---|---|\n");
    for key in keys {
        let axis = if key.axis { "yes" } else { "no" };
        let mut meaning = key.doc.to_owned();
        if let Kind::Choice(choices)
        | Kind::ChoiceOrTable(choices, _)
        | Kind::ChoiceOrNumber(choices, _)
        | Kind::NumberOrTable(choices, ..) = key.kind
        {
            meaning.push_str(&meanings(choices));
        }
        let cells = [value(key), when_left_out(key), axis.to_owned(), meaning];
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        line(
            page,
            format_args!("| `{}` | {} |", key.name, cells.join(" | ")),
        );
    }
}

fn meanings(choices: &[Named]) -> String {
    let meaning = |choice: &Named| format!(" `{}`: {}", choice.name, choice.doc);
    choices.iter().map(meaning).collect()
}

fn line(page: &mut String, text: std::fmt::Arguments<'_>) {
    writeln!(page, "{text}").expect("a `String` takes all text");
}

/// What the value may be.
fn value(key: &Key) -> String {
    match key.kind {
        Kind::Text => "a string".to_owned(),
        Kind::Flag => "`true` or `false`".to_owned(),
        Kind::Count => "a whole number, 1 or more".to_owned(),
        Kind::WholeNumber => "a whole number, 0 or more".to_owned(),
        Kind::Ordinal => "a whole number other than 0".to_owned(),
        Kind::Number(Bounds::Any) => "a number".to_owned(),
        Kind::Number(bounds) => format!("a number, {}", bounds.allowed()),
        Kind::Moment(bare) => format!("a date or date-time; a bare date is {}", time_of(bare)),
        Kind::Choice(choices) => one_of(choices.iter().map(|choice| choice.name)),
        Kind::Part(parts) => one_of(parts.iter().map(|part| part.name)),
        Kind::ChoiceOrTable(choices, _) => {
            let names = one_of(choices.iter().map(|choice| choice.name));
            format!("{names}, or a table")
        }
        Kind::ChoiceOrNumber(choices, bounds) => {
            let names = one_of(choices.iter().map(|choice| choice.name));
            format!("{names}, or a number, {}", bounds.allowed())
        }
        Kind::NumberOrTable(&[], bounds, _) => {
            format!("a number, {}, or a table", bounds.allowed())
        }
        Kind::NumberOrTable(choices, bounds, _) => {
            let names = one_of(choices.iter().map(|choice| choice.name));
            format!("{names}, a number, {}, or a table", bounds.allowed())
        }
        Kind::Weekday => "a day of the week, `mon` or `monday`".to_owned(),
        Kind::Dates => "an array of dates".to_owned(),
        Kind::Symbols => "an array of symbols".to_owned(),
        Kind::Weights => "a table from symbols to numbers".to_owned(),
        Kind::Moments => "a table from symbols to dates".to_owned(),
        Kind::Parameters => "a table from names to numbers, booleans or strings".to_owned(),
        Kind::Axes => "a table from keys to arrays or ranges".to_owned(),
        Kind::Table(_) | Kind::Flat(_) => "a table".to_owned(),
        Kind::Rows(_) => "an array of tables".to_owned(),
    }
}

fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn time_of(bare: BareDate) -> &'static str {
    match bare {
        BareDate::Midnight => "00:00 UTC",
        BareDate::Open => "14:30 UTC",
        BareDate::End => "23:59:59 UTC",
    }
}

fn when_left_out(key: &Key) -> String {
    match key.presence {
        Presence::Required => "must be given".to_owned(),
        Presence::Optional => "nothing".to_owned(),
        Presence::Text(default) => format!("`{default}`"),
        Presence::Number(default) => format!("`{default}`"),
        Presence::Flag(default) => format!("`{default}`"),
        _ => default_in_words(key).unwrap_or_default(),
    }
}
