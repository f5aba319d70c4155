use std::io;
use std::path::PathBuf;

use diagnostics::{Code, Diagnostic, WriteError, causes, chain};

#[derive(Debug, thiserror::Error)]
#[error("cannot save the sweep")]
struct Outer(#[source] WriteError);

#[test]
fn a_chain_is_one_line_from_the_error_to_its_last_cause() {
    let error = Outer(WriteError {
        path: PathBuf::from("a/b"),
        source: io::Error::other("the disk is gone"),
    });
    assert_eq!(
        chain(&error),
        "cannot save the sweep: cannot write `a/b`: the disk is gone"
    );
    assert_eq!(causes(&error).count(), 2);
}

#[test]
fn a_full_disk_has_a_way_out() {
    let error = WriteError {
        path: PathBuf::from("a/b"),
        source: io::ErrorKind::StorageFull.into(),
    };
    assert_eq!(error.code(), Code::Output);
    assert_eq!(
        error.hint().as_deref(),
        Some("make room on the disk, or write elsewhere")
    );
    assert_eq!(error.excerpt(), None);
}
