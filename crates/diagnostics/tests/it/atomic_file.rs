use std::fs;
use std::io;

use diagnostics::{Diagnostic, write_atomically};

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(dir.path().join(name), content).unwrap();
    }
    dir
}

#[test]
fn a_file_is_written_whole() {
    let dir = folder(&[("old.txt", b"old")]);
    for name in ["old.txt", "new.txt"] {
        write_atomically(&dir.path().join(name), |out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::read(dir.path().join(name)).unwrap(), b"new");
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
}

#[test]
fn a_failure_leaves_the_old_file_and_nothing_else() {
    let dir = folder(&[("result.txt", b"old")]);
    let path = dir.path().join("result.txt");
    let error = write_atomically(&path, |out| {
        out.write_all(b"half")?;
        Err(io::ErrorKind::StorageFull.into())
    })
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("cannot write `{}`", path.display())
    );
    assert_eq!(
        error.hint().as_deref(),
        Some("make room on the disk, or write elsewhere")
    );
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn a_missing_folder_is_named() {
    let dir = folder(&[]);
    let error = write_atomically(&dir.path().join("none/a"), |_| Ok(())).unwrap_err();
    assert_eq!(error.hint().as_deref(), Some("create the folder first"));
}

#[cfg(unix)]
#[test]
fn a_new_file_has_the_permissions_of_any_new_file() {
    use std::os::unix::fs::PermissionsExt;
    let dir = folder(&[("plain", b"")]);
    write_atomically(&dir.path().join("atomic"), |_| Ok(())).unwrap();
    let mode = |name| {
        fs::metadata(dir.path().join(name))
            .unwrap()
            .permissions()
            .mode()
    };
    assert_eq!(mode("atomic"), mode("plain"));
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link() {
    let dir = folder(&[("target", b"old")]);
    let link = dir.path().join("link");
    std::os::unix::fs::symlink(dir.path().join("target"), &link).unwrap();
    write_atomically(&link, |out| out.write_all(b"new")).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read(dir.path().join("target")).unwrap(), b"new");
}

#[cfg(target_os = "linux")]
#[test]
fn a_device_stays_a_device() {
    let null = std::path::Path::new("/dev/null");
    write_atomically(null, |out| out.write_all(b"gone")).unwrap();
    assert!(!fs::metadata(null).unwrap().is_file());
}
