use diagnostics::{csv_cell, sanitised, shown, shown_json, shown_lines, shown_styled};

#[test]
fn what_one_sees_is_left_alone() {
    for text in [
        "SPY",
        "Société Générale",
        "日経225",
        "−12 %",
        "a\u{a0}b",
        "📈",
        "",
    ] {
        assert_eq!(shown(text), text);
        assert_eq!(shown_lines(text), text);
        assert_eq!(csv_cell(text), text);
    }
}

#[test]
fn what_one_does_not_see_is_shown_by_its_number() {
    let cases = [
        ("\u{1b}[31mred", r"\u{1b}[31mred"),
        ("\u{1b}]0;title\u{7}", r"\u{1b}]0;title\u{7}"),
        ("one\ntwo\r\tthree", r"one\ntwo\r\tthree"),
        // The control characters of eight bits, among them the introducer of escape sequences.
        ("\u{9b}2J", r"\u{9b}2J"),
        // Read from right to left, and back.
        ("\u{202e}YPS\u{202c}", r"\u{202e}YPS\u{202c}"),
        ("\u{2066}SPY\u{2069}", r"\u{2066}SPY\u{2069}"),
        // Without a width: SPY, and not SPY.
        ("S\u{200b}PY", r"S\u{200b}PY"),
        ("\u{feff}SPY", r"\u{feff}SPY"),
        ("S\u{ad}PY\u{2028}", r"S\u{ad}PY\u{2028}"),
        ("SPY\u{e0041}", r"SPY\u{e0041}"),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text), expected);
    }
}

#[test]
fn lines_keep_their_breaks() {
    assert_eq!(shown_lines("a\tb\nc\u{8}\r\n"), "a\tb\nc\\u{8}\\r\n");
}

#[test]
fn of_escape_sequences_only_those_that_set_colours_are_kept() {
    let coloured = "\u{1b}[1;31merror\u{1b}[0m: x";
    assert_eq!(shown_styled(coloured), coloured);
    for text in [
        "\u{1b}[2J",
        "\u{1b}]0;title\u{7}",
        "\u{1b}[31",
        "\u{1b}",
        "\u{1b}c",
    ] {
        let safe = shown_styled(text);
        assert!(!safe.contains(char::is_control), "{safe:?}");
        assert!(safe.starts_with(r"\u{1b}"), "{safe:?}");
    }
    assert_eq!(
        shown_styled("\u{1b}\u{1b}[1mx\u{202e}"),
        "\\u{1b}\u{1b}[1mx\\u{202e}"
    );
}

#[test]
fn json_keeps_its_values() {
    let value =
        serde_json::json!({"na\u{202e}me": ["S\u{200b}PY", "\u{e0041}", "a\nb\\\u{7f}"], "n": 1.5});
    for text in [value.to_string(), format!("{value:#}")] {
        let safe = shown_json(&text);
        assert!(safe.is_ascii(), "{safe}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&safe).unwrap(),
            value
        );
    }
}

#[test]
fn a_cell_is_no_formula() {
    let cases = [
        ("=1+1", "'=1+1"),
        ("+SUM(A1)", "'+SUM(A1)"),
        ("-2+3", "'-2+3"),
        ("@ES", "'@ES"),
        ("=cmd|'/C calc'!A0", "'=cmd|'/C calc'!A0"),
        ("\t=1", r"\t=1"),
        ("ES=F", "ES=F"),
        ("a,b", "\"a,b\""),
        ("=\"a\"", "\"'=\"\"a\"\"\""),
        ("a\nb", r"a\nb"),
    ];
    for (text, expected) in cases {
        assert_eq!(csv_cell(text), expected);
    }
}

#[test]
fn a_long_text_ends_in_dots() {
    assert_eq!(sanitised("plain ünicode", 40), "plain ünicode");
    assert_eq!(sanitised("abcdef", 3), "abc...");
    assert_eq!(sanitised("abc", 3), "abc");
    assert_eq!(sanitised("\u{1b}bcdef", 2), r"\u{1b}b...");
}
