use std::fs;
use std::io;
use std::path::Path;

use diagnostics::{Difference, FileSet, MANIFEST, Manifest, WriteError};

/// Adds files that all have one content.
fn set(folder: &Path, names: &[&str], content: &str) -> Result<FileSet, WriteError> {
    let mut set = FileSet::new(folder)?;
    for name in names {
        set.add(name, |file| file.write_all(content.as_bytes()))?;
    }
    Ok(set)
}

/// The folder's files and what they hold, but for the manifest.
fn found(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let mut found: Vec<(String, String)> = entries
        .filter(|entry| entry.file_name() != MANIFEST)
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
    assert!(!dir.path().join(MANIFEST).exists());
}

#[test]
fn the_manifest_shows_which_files_are_not_of_the_set() {
    let dir = tempfile::tempdir().unwrap();
    set(dir.path(), &NAMES, "old").unwrap().commit().unwrap();
    let manifest = Manifest::read(dir.path()).unwrap().unwrap();
    assert_eq!(manifest.differences(dir.path()), []);
    fs::write(dir.path().join(NAMES[0]), "new").unwrap();
    fs::remove_file(dir.path().join(NAMES[1])).unwrap();
    let differences = [
        (NAMES[0], Difference::Changed),
        (NAMES[1], Difference::Missing),
    ];
    assert_eq!(manifest.differences(dir.path()), differences);
}

/// The digest of no bytes, from the test vectors of BLAKE3.
const OF_NOTHING: &str = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";

#[test]
fn a_manifest_has_the_digest_of_each_file() {
    let dir = tempfile::tempdir().unwrap();
    set(dir.path(), &NAMES, "").unwrap().commit().unwrap();
    let manifest = Manifest::read(dir.path()).unwrap().unwrap();
    let digests: Vec<(&str, &str)> = (manifest.files.iter())
        .map(|(name, digest)| (name.as_str(), digest.as_str()))
        .collect();
    assert_eq!(digests, NAMES.map(|name| (name, OF_NOTHING)));
}

#[test]
fn a_manifest_names_files_beside_it_only() {
    for name in ["../outside", "/etc/passwd", "a/b", "", ".", ".."] {
        let dir = tempfile::tempdir().unwrap();
        let text = format!(r#"{{"program": "x", "files": {{"{name}": "00"}}}}"#);
        fs::write(dir.path().join(MANIFEST), text).unwrap();
        let error = Manifest::read(dir.path()).unwrap_err().to_string();
        assert!(
            error.contains("is not the name of a file in the folder"),
            "{error}"
        );
    }
}

#[test]
fn a_file_that_this_set_does_not_have_is_removed_with_the_set_before() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("notes.txt"), "a user's").unwrap();
    let names = ["actions.csv", "curve.csv", "statistics.json"];
    set(dir.path(), &names, "old").unwrap().commit().unwrap();
    let mut new = set(dir.path(), &NAMES, "new").unwrap();
    new.without("actions.csv");
    new.commit().unwrap();
    let mut all = files("new");
    all.insert(1, ("notes.txt".to_owned(), "a user's".to_owned()));
    assert_eq!(found(dir.path()), all);
}

/// Eight writers of one folder, 25 times each: whatever the order, the files are of one of them.
#[test]
fn writers_at_the_same_time_take_turns() {
    let dir = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let folder = dir.path();
            scope.spawn(move || {
                for turn in 0..25 {
                    let content = format!("{writer} {turn}");
                    set(folder, &NAMES, &content).unwrap().commit().unwrap();
                }
            });
        }
    });
    let found = found(dir.path());
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].1, found[1].1);
    let manifest = Manifest::read(dir.path()).unwrap().unwrap();
    assert_eq!(manifest.differences(dir.path()), []);
}
