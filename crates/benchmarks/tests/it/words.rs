//! Names, messages and documents use the words of the field, as CONTRIBUTING.md's glossary has them,
//! and none of the phrases below.

use std::fs;
use std::path::{Path, PathBuf};

use crate::root;

/// Invented idioms. Instead, say who does what, in the field's words.
const FORBIDDEN: [&str; 24] = [
    "told",
    "nobody",
    "somebody",
    "whoever",
    "whosoever",
    "anew",
    "lest",
    "so many",
    "in the middle",
    "at worst",
    "slip of the pen",
    "put right",
    "as time went on",
    "brothers",
    "what came of",
    "what comes of",
    "last words",
    "goes on with",
    "for ever",
    "of one's own",
    "is no number",
    "is no date",
    "is no symbol",
    "is no program",
];

/// Places that still have some: crates, and folders and files of the project. To see them, take a
/// place off the list.
const NOT_YET: &[&str] = &[];

/// The words of a text in lower case, each with its line. Punctuation does not count: a phrase may
/// continue in the next line of a comment, and an identifier is its words.
fn words(text: &str) -> Vec<(String, usize)> {
    let mut words = Vec::new();
    for (line, text) in text.lines().enumerate() {
        let text = text.replace("\\n", "  ").to_lowercase();
        let parts = text.split(|c: char| !c.is_alphanumeric() && c != '\'');
        let parts = parts.map(|word| word.trim_matches('\'').to_owned());
        words.extend(
            parts
                .filter(|word| !word.is_empty())
                .map(|word| (word, line + 1)),
        );
    }
    words
}

/// The forbidden phrases of a text, each with its line.
fn found(text: &str) -> Vec<(usize, &'static str)> {
    let words = words(text);
    let mut found = Vec::new();
    for phrase in FORBIDDEN {
        let wanted: Vec<&str> = phrase.split(' ').collect();
        for window in words.windows(wanted.len()) {
            if window.iter().map(|(word, _)| word).eq(&wanted) {
                found.push((window[0].1, phrase));
            }
        }
    }
    found.sort_unstable();
    found
}

/// The files of a place whose words count. Of a crate those are its sources.
fn files(place: &Path) -> Vec<PathBuf> {
    if place.is_file() {
        return vec![place.to_owned()];
    }
    let mut files = Vec::new();
    let source = place.join("src");
    let folder = if source.exists() { &source } else { place };
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        if path.is_dir() {
            files.extend(self::files(&path));
        } else if ["rs", "md", "py", "pyi", "toml", "js", "css"].contains(&ending.unwrap_or("")) {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn places() -> Vec<String> {
    let crates = fs::read_dir(root().join("crates")).unwrap();
    let crates = crates.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let others = [
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "README.md",
        "docs",
        "examples",
        "python/gridfolio",
    ];
    let mut places: Vec<String> = crates.map(|name| format!("crates/{name}")).collect();
    places.extend(others.map(str::to_owned));
    places
}

#[test]
fn the_forbidden_phrases_are_nowhere() {
    let mut lines = Vec::new();
    for place in places() {
        if NOT_YET.contains(&place.as_str()) {
            continue;
        }
        for file in files(&root().join(place)) {
            let text = fs::read_to_string(&file).unwrap();
            let shown = file.strip_prefix(root()).unwrap().display();
            let found = found(&text);
            lines.extend(
                found
                    .iter()
                    .map(|(line, phrase)| format!("{shown}:{line}: {phrase}")),
            );
        }
    }
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

#[test]
fn a_phrase_is_found_across_lines_and_in_names() {
    let text = "/// It has so\n/// many.\nlet reason_told = \"a\\nToldo\";";
    assert_eq!(found(text), [(1, "so many"), (3, "told")]);
}
