//! What ARCHITECTURE.md names between backticks exists, so the map cannot rot in silence.

use std::fs;
use std::path::Path;

use crate::{root, text};

/// What a map names that is not there: paths below `crates/`, and types that stand before a path,
/// as in `` `Market` (`crates/backtest/src/market.rs`) ``.
fn missing(map: &str, root: &Path) -> Vec<String> {
    let mut missing = Vec::new();
    for line in map.lines() {
        // What is between backticks is every other piece.
        let names: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
        for (position, name) in names.iter().enumerate() {
            if !is_path(name) {
                continue;
            }
            let path = root.join(name);
            if !path.exists() {
                missing.push((*name).to_owned());
                continue;
            }
            let before = names[..position]
                .iter()
                .rev()
                .take_while(|name| !is_path(name));
            for name in before.filter(|name| is_type(name)) {
                if !defines(&path, name) {
                    missing.push(format!("{name} in {}", names[position]));
                }
            }
        }
    }
    missing
}

fn is_path(name: &str) -> bool {
    name.starts_with("crates/") && !name.contains([' ', '*', '<', '{'])
}

fn is_type(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(char::is_alphanumeric)
        && name.contains(char::is_lowercase)
}

/// Whether a source file, or one below a folder, defines a type or trait of this name.
fn defines(path: &Path, name: &str) -> bool {
    if path.is_dir() {
        let entries = fs::read_dir(path).expect("it exists");
        return entries.flatten().any(|entry| defines(&entry.path(), name));
    }
    let source = fs::read_to_string(path).unwrap_or_default();
    let words: Vec<&str> = source.split_whitespace().collect();
    words.windows(2).any(|pair| {
        let defined = pair[1].split(|c: char| !c.is_alphanumeric()).next();
        ["struct", "enum", "trait", "type"].contains(&pair[0]) && defined == Some(name)
    })
}

#[test]
fn what_the_map_names_exists() {
    let map = text("ARCHITECTURE.md");
    assert_eq!(missing(&map, &root()), [""; 0]);
}

#[test]
fn a_path_or_type_that_is_gone_is_noticed() {
    let map = "\
        Prices are a `Market`, aligned with `AlignError`s, in `crates/backtest/src/market.rs`.\n\
        `Bazaar` is in `crates/backtest/src/market.rs`, `Market` in `crates/backtest/src`.\n\
        `crates/backtest/src/bazaar.rs` is `quite` gone.\n";
    let gone = [
        "Bazaar in crates/backtest/src/market.rs",
        "crates/backtest/src/bazaar.rs",
    ];
    assert_eq!(missing(map, &root()), gone);
}
