//! Names and paths from elsewhere: they neither steer the terminal nor pretend to be something else.

use crate::{PRICES, STRATEGY, folder, gridfolio, put, ready};

/// A colour, the title of the window, a new line, the direction of reading, and a character without width.
const HOSTILE: &str = "x\u{1b}[31mRED\u{1b}]0;pwn\u{7}\nwarning: no\u{202e}SPY\u{200b}";

/// The same in a basic string of TOML.
const IN_TOML: &str = r#""x\u001b[31mRED\u001b]0;pwn\u0007\nwarning: no\u202eSPY\u200b""#;

#[track_caller]
fn hides_nothing(text: &str) {
    let harmful = |c: char| diagnostics::is_hidden(c) && !matches!(c, '\n' | '\t');
    assert!(!text.contains(harmful), "{text:?}");
}

/// Besides, no line of it looks like one of ours.
#[track_caller]
fn is_harmless(text: &str) {
    hides_nothing(text);
    let own = ["warning: no", "error: no"];
    assert!(
        !text
            .lines()
            .any(|line| own.iter().any(|own| line.starts_with(own))),
        "{text}"
    );
}

#[test]
fn a_strategys_name_is_shown_and_does_nothing() {
    let folder = ready();
    put(
        &folder,
        "strategy.toml",
        &format!("name = {IN_TOML}\n{STRATEGY}"),
    );
    let done = gridfolio(folder.path(), &["run", "strategy.toml", "--out", "out"]).succeeded();
    is_harmless(&done.stdout);
    is_harmless(&done.stderr);
    assert!(
        done.stdout
            .starts_with(r"x\u{1b}[31mRED\u{1b}]0;pwn\u{7}\nwarning: no\u{202e}SPY\u{200b}: 2024")
    );
    let page = std::fs::read_to_string(folder.path().join("out/tearsheet.html")).unwrap();
    hides_nothing(&page);
    assert!(page.contains(r"no\u{202e}SPY\u{200b}"));
    for arguments in [
        &["report", "out", "--format", "terminal"][..],
        &["compare", "out", "out"],
        &["audit", "strategy.toml"],
        &[
            "report", "out", "--format", "svg", "--panel", "growth", "--out", "pictures",
        ],
    ] {
        let done = gridfolio(folder.path(), arguments).succeeded();
        is_harmless(&done.stdout);
        is_harmless(&done.stderr);
    }
    let picture = std::fs::read_to_string(folder.path().join("pictures/growth.svg")).unwrap();
    hides_nothing(&picture);
    // JSON has the very name.
    let done = gridfolio(folder.path(), &["run", "strategy.toml", "--json"]).succeeded();
    is_harmless(&done.stdout);
    let json: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    let text = json.to_string();
    assert!(
        text.contains(&serde_json::Value::from(HOSTILE).to_string()),
        "{text}"
    );
}

#[test]
fn a_sweeps_names_are_shown_and_do_nothing() {
    let folder = ready();
    let sweep = "\n[sweep.axes]\n\"portfolio.cash_buffer\" = [0.1, 0.2]\n";
    put(
        &folder,
        "strategy.toml",
        &format!("name = {IN_TOML}\n{STRATEGY}{sweep}"),
    );
    let second = format!("name = \"=1+1\"\n{STRATEGY}{sweep}");
    put(&folder, "second.toml", &second);
    let arguments = [
        "sweep",
        "strategy.toml",
        "second.toml",
        "--out",
        "out",
        "--csv",
    ];
    let done = gridfolio(folder.path(), &arguments).succeeded();
    is_harmless(&done.stdout);
    is_harmless(&done.stderr);
    for arguments in [
        &["results", "out"][..],
        &["results", "out", "--csv"],
        &["results", "out", "--json"],
        &["ledger"],
        &["ledger", "--json"],
        &["show", "out", "0"],
        &["status", "out"],
        &["verdict", "out"],
        &["report", "out", "--format", "terminal"],
        &["report", "out"],
    ] {
        let done = gridfolio(folder.path(), arguments).succeeded();
        is_harmless(&done.stdout);
        is_harmless(&done.stderr);
    }
    for file in ["out/report.html", "out/results.csv"] {
        hides_nothing(&std::fs::read_to_string(folder.path().join(file)).unwrap());
    }
    let csv = std::fs::read_to_string(folder.path().join("out/results.csv")).unwrap();
    assert!(csv.contains(",'=1+1,"), "{csv}");
}

#[test]
fn paths_and_mistakes_are_shown_and_do_nothing() {
    let folder = ready();
    for arguments in [
        ["run", HOSTILE],
        ["report", HOSTILE],
        ["results", HOSTILE],
        ["verdict", HOSTILE],
    ] {
        let done = gridfolio(folder.path(), &arguments);
        assert_ne!(done.code, 0);
        is_harmless(&done.stderr);
    }
    // A file and a key with such names.
    let path = format!("{}.toml", HOSTILE.replace('\n', ""));
    put(&folder, &path, &format!("{IN_TOML} = 1\n{STRATEGY}"));
    let done = gridfolio(folder.path(), &["run", &path]);
    assert_eq!(done.code, 3);
    is_harmless(&done.stderr);
}

#[test]
fn a_symbol_is_shown_escaped() {
    let folder = ready();
    let symbol = "S\u{200b}PY\u{202e}";
    put(&folder, &format!("prices/{symbol}.csv"), PRICES);
    let strategy = STRATEGY.replace("\"BBB\"", r#""S\u200bPY\u202e""#);
    put(&folder, "strategy.toml", &strategy);
    let done = gridfolio(folder.path(), &["run", "strategy.toml", "--out", "out"]).succeeded();
    is_harmless(&done.stdout);
    let csv = std::fs::read_to_string(folder.path().join("out/transactions.csv")).unwrap();
    assert!(csv.contains(r",S\u{200b}PY\u{202e},"), "{csv}");
    let page = std::fs::read_to_string(folder.path().join("out/tearsheet.html")).unwrap();
    hides_nothing(&page);
    let done = gridfolio(folder.path(), &["data", "check", "prices"]);
    is_harmless(&done.stdout);
    assert!(
        done.stdout.contains(r"S\u{200b}PY\u{202e}"),
        "{}",
        done.stdout
    );
    // A symbol that is absent is quoted so that one sees why.
    let strategy = STRATEGY.replace("\"BBB\"", r#""AAA\u200b""#);
    put(&folder, "strategy.toml", &strategy);
    let done = gridfolio(folder.path(), &["run", "strategy.toml"]);
    assert!(done.stderr.contains(r"AAA\u{200b}"), "{}", done.stderr);
    is_harmless(&done.stderr);
}

#[test]
fn an_entry_of_another_user_in_the_ledger_is_harmless() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("ledger")).unwrap();
    let entry = serde_json::json!({
        "deed": "sweep", "when": HOSTILE, "sweep": HOSTILE, "strategies": [HOSTILE], "folder": HOSTILE,
        "trials": 3, "best_sharpe": null, "verdict": null, "prices": {HOSTILE: "x"}, "histories": {},
    });
    put(&folder, "ledger/a.json", &entry.to_string());
    for arguments in [&["ledger"][..], &["ledger", "--json"]] {
        let done = gridfolio(folder.path(), arguments).succeeded();
        is_harmless(&done.stdout);
        is_harmless(&done.stderr);
    }
}
