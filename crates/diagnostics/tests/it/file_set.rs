use std::fs;
use std::io;
use std::path::Path;

use diagnostics::{FileSet, WriteError};

/// Adds files that all have one content.
fn set(folder: &Path, names: &[&str], content: &str) -> Result<FileSet, WriteError> {
    let mut set = FileSet::new(folder)?;
    for name in names {
        set.add(name, |file| file.write_all(content.as_bytes()))?;
    }
    Ok(set)
}

/// The folder's files and what they hold.
fn found(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let mut found: Vec<(String, String)> = entries
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    found.sort();
    found
}

fn files(content: &str) -> Vec<(String, String)> {
    ["curve.csv", "statistics.json"]
        .map(|name| (name.to_owned(), content.to_owned()))
        .into()
}

const NAMES: [&str; 2] = ["curve.csv", "statistics.json"];

#[test]
fn a_set_replaces_the_one_before() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("new/folder");
    for content in ["old", "new"] {
        set(&folder, &NAMES, content).unwrap().commit().unwrap();
        assert_eq!(found(&folder), files(content));
    }
}

#[test]
fn a_set_that_cannot_be_completed_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    set(dir.path(), &NAMES, "old").unwrap().commit().unwrap();

    let mut half = set(dir.path(), &NAMES[..1], "new").unwrap();
    let full = half.add(NAMES[1], |_| Err(io::ErrorKind::StorageFull.into()));
    let error = full.unwrap_err();
    assert_eq!(error.path, dir.path().join(NAMES[1]));
    drop(half);
    assert_eq!(found(dir.path()), files("old"));
}

#[test]
fn a_set_that_is_dropped_is_not_written() {
    let dir = tempfile::tempdir().unwrap();
    drop(set(dir.path(), &NAMES, "new").unwrap());
    assert_eq!(found(dir.path()), []);
}

/// As a power cut between two renames would leave it.
#[test]
fn a_set_that_is_half_in_place_lacks_the_file_that_completes_it() {
    let dir = tempfile::tempdir().unwrap();
    set(dir.path(), &NAMES, "old").unwrap().commit().unwrap();
    let new = set(dir.path(), &NAMES, "new").unwrap();
    // What stands in the way of the first rename makes the commit stop there.
    fs::remove_file(dir.path().join(NAMES[0])).unwrap();
    fs::create_dir(dir.path().join(NAMES[0])).unwrap();
    assert_eq!(new.commit().unwrap_err().path, dir.path().join(NAMES[0]));
    assert!(!dir.path().join(NAMES[1]).exists());
}
