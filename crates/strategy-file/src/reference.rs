//! The reference page of the strategy file, made from the declarations of its keys.

use std::fmt::Write;

use backtest::declaration::{BareDate, Bounds, Key, Kind, Named, PartInfo, Presence};

use backtest::formula::FUNCTIONS;

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

const FORMULAS: &str = "\
# Formulas and rules

<!-- Generated from the declarations of the functions: `UPDATE_EXPECT=1 cargo test -p strategy-file`. -->

A formula is an expression over what is known at a decision. It gives a number or a condition for each
asset. `[signals]` gives formulas a name, and the model `rules` reads them:

```toml
[signals]
momentum = \"mean(return(21), return(63), return(126), return(252))\"
trend = \"close / sma(slow) - 1\"

[alpha]
model = \"rules\"
score = \"momentum\"
filter = \"trend > 0\"
select = { top = 3, keep_within = 5 }
replace = { with = [\"SHY\"] }
parameters = { slow = 200 }
```

A parameter is a number that formulas name, and an axis of a sweep as `alpha.parameters.slow`.
[strategy-file.md](strategy-file.md) lists the stages of the rules under `model = \"rules\"`; models written
in Python and Rust read a signal as `as_of.signal(\"trend\")`.

## How to read a formula

- Operators, the loosest first: `or`, `and`, `not`, comparisons (`<`, `<=`, `>`, `>=`, `==`, `!=`), `+` and `-`,
  `*` and `/`, the sign.
- `x['SPY']` is the value of `x` for SPY: `close / close['SPY']` is an asset's price in shares of SPY. The asset
  is one of the universe or of `[data] also`. A window over another asset's values counts that asset's bars.
- A window counts the asset's own bars up to the last close that is known, and a filled day is no bar. It is
  never shorter than asked. Where there are too few bars the number is missing.
- `every = 'month'` samples a series at the last bar of each month, and at the last bar of all:
  `return(12, every = 'month')` at the end of a month is the return over twelve month-ends.
- What depends on a missing number is missing too. A comparison with it is neither true nor false; `and` is false if
  one side is false, and `or` is true if one side is true, whatever the other.
- Averages that depend on all bars before (`ema`, `rsi`) begin at the start of the backtest, or when the asset
  joins the universe.
- Functions across assets look at those that may be held at that moment and have a number.

## Functions

`gridfolio functions` prints the same list.

| function | gives |
|---|---|
";

/// The page on formulas, as Markdown: how they are written, and every function.
pub fn formulas() -> String {
    let mut page = FORMULAS.to_owned();
    for function in FUNCTIONS {
        let row = format!("| `{}` | {} |", function.signature, function.doc);
        line(&mut page, format_args!("{row}"));
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
        Kind::Formula => "a formula".to_owned(),
        Kind::Condition => "a condition".to_owned(),
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
        Kind::Spells => "a file, or a table from symbols to lists of spells".to_owned(),
        Kind::Parameters => "a table from names to numbers, booleans or strings".to_owned(),
        Kind::Texts => "a table from names to formulas".to_owned(),
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
