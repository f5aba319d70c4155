//! A page: one file that loads nothing. Style, script, pictures and data are in it, and its content
//! security policy forbids it to load more.

mod columns;

use diagnostics::{shown, shown_lines};
use drawing::css;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;

use crate::panel::{Cell, Content, Figure, NARROW, Panel, Table};

pub(crate) use columns::Columns;

/// The script of pages with curves over time.
pub(crate) const CURVES: &str = include_str!("page/curves.js");

/// Characters of a cell that may be broken.
const LONG: usize = 26;

const STYLE: &str = include_str!("page/page.css");
const COMMON: &str = include_str!("page/common.js");

/// The parts of a page.
pub(crate) struct Page<'a> {
    pub(crate) title: &'a str,
    pub(crate) program: &'a str,
    pub(crate) header: Markup,
    pub(crate) body: Markup,
    /// What the script reads.
    pub(crate) facts: Value,
    pub(crate) columns: Columns,
    pub(crate) script: &'static str,
}

impl Page<'_> {
    pub(crate) fn to_html(&self) -> Vec<u8> {
        // Nothing in a script element may look like its end.
        let facts = visible(self.facts.clone())
            .to_string()
            .replace('<', "\\u003c");
        let (index, data) = self.columns.encoded();
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="generator" content=(self.program);
                    title { (self.title) }
                    style { (PreEscaped(css(true))) (PreEscaped(STYLE)) }
                }
                body {
                    header {
                        (self.header)
                    }
                    main { (self.body) }
                    footer {
                        p { "Made by " (self.program) ". This page is one file and loads nothing from elsewhere." }
                    }
                    script type="application/json" id="facts" { (PreEscaped(facts)) }
                    script type="application/json" id="index" { (PreEscaped(index)) }
                    script type="text/plain" id="columns" { (PreEscaped(data)) }
                    script { (PreEscaped(COMMON)) (PreEscaped(self.script)) }
                }
            }
        };
        shown_lines(&page.into_string()).into_owned().into_bytes()
    }
}

/// The same data with all texts as [`shown`].
fn visible(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(shown(&text).into_owned()),
        Value::Array(values) => values.into_iter().map(visible).collect(),
        Value::Object(entries) => Value::Object(
            (entries.into_iter())
                .map(|(key, value)| (shown(&key).into_owned(), visible(value)))
                .collect(),
        ),
        other => other,
    }
}

/// An object with the entries of another added.
pub(crate) fn with(mut object: Value, more: Value) -> Value {
    if let (Some(object), Value::Object(more)) = (object.as_object_mut(), more) {
        object.extend(more);
    }
    object
}

/// A switch between light and dark. It needs scripts.
pub(crate) fn theme_switch() -> Markup {
    html! { button.js type="button" id="theme" aria-label="switch between light and dark" { "◐" } }
}

/// A text in which names in backticks are set as code.
pub(crate) fn remark(text: &str) -> Markup {
    html! {
        @for (at, part) in text.split('`').enumerate() {
            @if at % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// Scale and span of curves over time, for the script that draws them.
pub(crate) fn time_controls(is_logarithmic: bool) -> Markup {
    html! {
        div.controls.js {
            span.group-of-buttons role="group" aria-label="scale" {
                button type="button" data-scale="linear" aria-pressed=(!is_logarithmic) { "linear" }
                button type="button" data-scale="log" aria-pressed=(is_logarithmic) { "log" }
            }
            span.group-of-buttons role="group" aria-label="time" {
                button type="button" data-years="1" { "1 y" }
                button type="button" data-years="3" { "3 y" }
                button type="button" data-years="5" { "5 y" }
                button type="button" data-years="0" { "all" }
            }
            span id="range" role="status" { }
            span { "drag over a chart to zoom, double-click for all" }
        }
    }
}

/// A panel, with more above its picture.
pub(crate) fn section(panel: &Panel, controls: Markup) -> Markup {
    let is_wide = match &panel.content {
        Content::Figure(figure) => figure.is_wide,
        Content::Table(_) => true,
    };
    html! {
        section id=(panel.id) class=[(!is_wide).then_some("half")] {
            h2 { (panel.title) }
            p.note { (remark(&panel.note)) }
            (controls)
            @match &panel.content {
                Content::Figure(figure) => (self::figure(panel, figure)),
                Content::Table(table) if table.rows.iter().any(is_heading) => (groups(table)),
                Content::Table(table) if table.rows.is_empty() => {},
                Content::Table(table) => div.scroll { (self::table(table)) },
            }
        }
    }
}

fn figure(panel: &Panel, figure: &Figure) -> Markup {
    let wide = figure.scene().to_svg_element(" class=\"large\"");
    let narrow = figure
        .picture
        .draw(NARROW)
        .to_svg_element(" class=\"small\"");
    html! {
        figure data-chart=[figure.interactive] {
            (PreEscaped(wide)) (PreEscaped(narrow))
        }
        @if !figure.table.rows.is_empty() {
            details {
                summary { "The numbers" span.hidden { " behind: " (panel.title) } }
                div.scroll { (table(&figure.table)) }
            }
        }
    }
}

fn is_heading(row: &Vec<Cell>) -> bool {
    matches!(row.as_slice(), [only] if only.is_group)
}

/// A table for each group of rows.
fn groups(whole: &Table) -> Markup {
    let groups = whole.rows.chunk_by(|_, next| !is_heading(next));
    html! {
        div.groups.single[whole.header.len() > 3] {
            @for group in groups {
                @let heading = group.first().and_then(|row| row.first()).map_or("", |cell| &cell.text);
                @let mut header = whole.header.clone();
                @let header = { if let Some(first) = header.first_mut() { *first = heading.to_owned(); } header };
                @let part = Table { header, rows: group[1..].to_vec(), is_of_words: whole.is_of_words }.without_empty_columns();
                div.scroll { (table(&part)) }
            }
        }
    }
}

/// A table; the first cell of a row is its heading.
pub(crate) fn table(table: &Table) -> Markup {
    html! {
        table class=[table.is_of_words.then_some("words")] {
            @if table.header.iter().any(|name| !name.is_empty()) { thead { tr { @for name in &table.header { th scope="col" { (name) } } } } }
            tbody {
                @for row in &table.rows {
                    tr {
                        @for (at, cell) in row.iter().enumerate() {
                            @if at == 0 {
                                th scope="row" {
                                    @match &cell.title {
                                        Some(title) => span.defined tabindex="0" title=(title) { (cell.text) },
                                        None => (remark(&cell.text)),
                                    }
                                }
                            } @else {
                                td class=[(cell.text.chars().count() > LONG).then_some("long")] title=[cell.title.as_deref()] { (remark(&cell.text)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
