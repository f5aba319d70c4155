//! Text that comes from files, names and other programs, made fit to be shown: it can neither steer a
//! terminal nor look like something else.
//!
//! Characters that one does not see are shown by their numbers. [`shown`] is for a text within a line,
//! [`shown_lines`] and [`shown_styled`] are for all that is printed, [`shown_json`] and [`csv_cell`] for
//! files that programs read.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character is not seen, or changes how those around it are seen: control characters, and of
/// Unicode the separators of lines, the marks of direction, and those without a width (the property
/// `Default_Ignorable_Code_Point`).
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// A text as a part of a line: hidden characters, breaks of lines too, are written as `\n` and
/// `\u{202e}`.
pub fn shown(text: &str) -> Cow<'_, str> {
    escaped(text, is_hidden, rust_escape)
}

/// Lines of text: as [`shown`], with the breaks of lines and the tabs kept.
pub fn shown_lines(text: &str) -> Cow<'_, str> {
    let is_escaped = |c| is_hidden(c) && !matches!(c, '\n' | '\t');
    escaped(text, is_escaped, rust_escape)
}

/// Lines with colours: as [`shown_lines`], with the escape sequences kept that set colours and weights.
pub fn shown_styled(text: &str) -> Cow<'_, str> {
    const ESCAPE: char = '\u{1b}';
    if !text.contains(ESCAPE) {
        return shown_lines(text);
    }
    let mut parts = text.split(ESCAPE);
    let mut safe = shown_lines(parts.next().unwrap_or_default()).into_owned();
    for part in parts {
        let numbers = part
            .strip_prefix('[')
            .map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';'));
        match numbers {
            Some(rest) if rest.starts_with('m') => safe.push(ESCAPE),
            _ => rust_escape(&mut safe, ESCAPE),
        }
        safe.push_str(&shown_lines(part));
    }
    safe.into()
}

/// A document of JSON with the same values, whose texts hide nothing.
pub fn shown_json(json: &str) -> Cow<'_, str> {
    // Outside of its texts it has none of these, and inside a reader takes the escape for the character.
    let is_escaped = |c| is_hidden(c) && !matches!(c, '\n' | '\r' | '\t');
    escaped(json, is_escaped, |safe, c| {
        for unit in c.encode_utf16(&mut [0; 2]) {
            // A `String` takes all text.
            let _ = write!(safe, "\\u{unit:04x}");
        }
    })
}

/// A text as a cell of a CSV file: hidden characters are escaped as by [`shown`], and it is quoted where
/// it must be. What a spreadsheet would take for a formula begins with an apostrophe.
pub fn csv_cell(text: &str) -> Cow<'_, str> {
    let mut cell = shown(text);
    if cell.starts_with(['=', '+', '-', '@']) {
        cell = format!("'{cell}").into();
    }
    match cell.contains([',', '"']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")).into(),
        false => cell,
    }
}

/// A text as a message quotes it: as [`shown`], and after `longest` characters it ends in `...`.
pub fn sanitised(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}...", shown(&text[..end])),
        None => shown(text).into_owned(),
    }
}

fn escaped(
    text: &str,
    is_escaped: impl Fn(char) -> bool,
    escape: impl Fn(&mut String, char),
) -> Cow<'_, str> {
    let Some(first) = text.find(&is_escaped) else {
        return text.into();
    };
    let mut safe = String::with_capacity(text.len() + 16);
    safe.push_str(&text[..first]);
    for c in text[first..].chars() {
        match is_escaped(c) {
            true => escape(&mut safe, c),
            false => safe.push(c),
        }
    }
    safe.into()
}

fn rust_escape(safe: &mut String, c: char) {
    match c {
        '\n' | '\r' | '\t' => safe.extend(c.escape_default()),
        c => safe.extend(c.escape_unicode()),
    }
}
