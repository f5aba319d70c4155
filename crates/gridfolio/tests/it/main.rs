//! What a program that depends on the library sees: results, files and errors.

mod backtest;
mod cash;
mod error;
mod sweep;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Folders for generated prices, a strategy file and results.
struct Desk {
    dir: TempDir,
}

impl Desk {
    /// A desk with a strategy on generated prices.
    fn new() -> Desk {
        let dir = tempfile::tempdir().unwrap();
        market_data::sample::write(&dir.path().join("data"), 1).unwrap();
        let text = include_str!("../../../../examples/sixty_forty.toml");
        fs::write(dir.path().join("sixty_forty.toml"), text).unwrap();
        Desk { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn strategy(&self) -> PathBuf {
        self.path("sixty_forty.toml")
    }

    /// A text without the name of the temporary folder.
    fn shown(&self, text: &str) -> String {
        text.replace(&self.dir.path().display().to_string(), "DIR")
    }
}

/// The names of a folder's files, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
