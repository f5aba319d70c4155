//! What killed commands leave behind.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use diagnostics::{host_name, remove_leftovers, write_atomically};

/// The name that a temporary file has on a machine.
fn name(host: &str) -> String {
    format!(".gridfolio-{}-aB3xYz.tmp", host.replace('-', "_"))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[cfg(unix)]
#[test]
fn the_first_file_that_is_written_into_a_folder_removes_what_has_no_owner() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(name(&host_name())), "half").unwrap();
    write_atomically(&dir.path().join("whole"), |out| out.write_all(b"whole")).unwrap();
    assert_eq!(names(dir.path()), ["whole"]);
}

#[cfg(unix)]
#[test]
fn a_file_that_is_being_written_stays() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().to_owned();
    write_atomically(&dir.path().join("whole"), |out| {
        remove_leftovers(&folder);
        assert_eq!(names(&folder).len(), 1);
        out.write_all(b"whole")
    })
    .unwrap();
    assert_eq!(names(dir.path()), ["whole"]);
}

/// Its locks may not be seen here.
#[cfg(unix)]
#[test]
fn a_file_of_another_machine_stays_for_a_day() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name("another.machine"));
    fs::write(&path, "half").unwrap();
    remove_leftovers(dir.path());
    assert!(path.exists());
    let hours = |n: u64| SystemTime::now() - Duration::from_secs(n * 3600);
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(hours(25))
        .unwrap();
    remove_leftovers(dir.path());
    assert!(!path.exists());
}

#[cfg(unix)]
#[test]
fn a_link_with_such_a_name_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("target");
    fs::write(&target, "a user's").unwrap();
    std::os::unix::fs::symlink(&target, dir.path().join(name(&host_name()))).unwrap();
    remove_leftovers(dir.path());
    assert_eq!(names(dir.path()).len(), 2);
}
