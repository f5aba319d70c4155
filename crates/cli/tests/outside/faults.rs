//! The operating system refuses one call after the other: the error has a code, nothing is half written, and
//! the same command completes what was begun. A library in front of the C library does the refusing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use conformance::{Kind, Requirement};

use crate::command::folder;

/// What makes the library.
pub(crate) const COMPILER: Requirement = Requirement {
    kind: Kind::Program,
    needs: "a C compiler",
    missing: || {
        let found = Command::new("cc").arg("--version").output().is_ok();
        (!found).then(|| "`cc` is not on the path".to_owned())
    },
};

/// Refuses the call of one kind that has this number, once.
const LIBRARY: &str = r#"
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_int count;

static int is_refused(const char *call) {
    const char *refused = getenv("REFUSED_CALL"), *number = getenv("REFUSED_NUMBER");
    if (!refused || !number || strcmp(refused, call)) return 0;
    if (atomic_fetch_add(&count, 1) + 1 != atoi(number)) return 0;
    errno = atoi(getenv("REFUSED_ERROR"));
    return 1;
}

ssize_t write(int file, const void *bytes, size_t n) {
    if (file > 2 && is_refused("write")) return -1;
    return syscall(SYS_write, file, bytes, n);
}
ssize_t read(int file, void *bytes, size_t n) {
    if (file > 2 && is_refused("read")) return -1;
    return syscall(SYS_read, file, bytes, n);
}
int fsync(int file) {
    if (is_refused("fsync")) return -1;
    return syscall(SYS_fsync, file);
}
int mkdir(const char *path, mode_t mode) {
    if (is_refused("mkdir")) return -1;
    return syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}
int unlink(const char *path) {
    if (is_refused("unlink")) return -1;
    return syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}
static int opened(const char *path, int flags, mode_t mode) {
    if (is_refused("open")) return -1;
    return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}
int open(const char *path, int flags, ...) {
    va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, mode_t); va_end(rest);
    return opened(path, flags, mode);
}
int open64(const char *path, int flags, ...) {
    va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, mode_t); va_end(rest);
    return opened(path, flags, mode);
}
"#;

/// The library, compiled into a folder.
fn library(folder: &Path) -> PathBuf {
    let (source, library) = (folder.join("refuse.c"), folder.join("refuse.so"));
    fs::write(&source, LIBRARY).unwrap();
    let made = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .arg(&library)
        .arg(&source)
        .output();
    let made = made.unwrap();
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    library
}

fn command(folder: &Path, arguments: &[String]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gridfolio"));
    command
        .current_dir(folder)
        .env("GRIDFOLIO_LEDGER", folder.join("ledger"))
        .args(arguments);
    command
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

const INPUT_OUTPUT: &str = "5";
const TOO_MANY_FILES: &str = "24";
const NO_ROOM: &str = "28";
const QUOTA: &str = "122";

#[track_caller]
fn is_an_error(output: &Output, what: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    let code = output.status.code();
    assert!(
        matches!(code, Some(0 | 2 | 3 | 4 | 5)),
        "{what}: {code:?}\n{said}"
    );
    assert!(!said.contains("a bug"), "{what}: {said}");
}

pub(crate) fn a_refused_call_is_an_error_and_leaves_nothing_half() {
    let folder = folder();
    let at = folder.path();
    let library = library(at);
    let example = |name: &str| {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
        examples.join(name).to_str().unwrap().to_owned()
    };
    let words =
        |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
    let run = format!("run {} --out out -q", example("sixty_forty.toml"));
    let sweep = format!(
        "sweep {} --out out -q --threads 2",
        example("sector_momentum.toml")
    );
    let mut refused = 0;
    for arguments in [&run, &sweep, "data sample out", "cluster install out"].map(words) {
        let out = at.join("out");
        let _ = fs::remove_dir_all(&out);
        assert!(command(at, &arguments).output().unwrap().status.success());
        let whole = files(&out);
        for (call, errors) in [
            ("write", &[INPUT_OUTPUT, NO_ROOM, QUOTA][..]),
            ("fsync", &[INPUT_OUTPUT, NO_ROOM]),
            ("read", &[INPUT_OUTPUT]),
            ("open", &[INPUT_OUTPUT, TOO_MANY_FILES]),
            ("mkdir", &[NO_ROOM]),
            ("unlink", &[INPUT_OUTPUT]),
        ] {
            // Each of the first calls, and then ever fewer.
            for (turn, number) in [1, 2, 3, 5, 8, 13, 21].into_iter().enumerate() {
                let error = errors[turn % errors.len()];
                let _ = fs::remove_dir_all(&out);
                let output = command(at, &arguments)
                    .env("LD_PRELOAD", &library)
                    .env("REFUSED_CALL", call)
                    .env("REFUSED_NUMBER", number.to_string())
                    .env("REFUSED_ERROR", error)
                    .output()
                    .unwrap();
                let what = format!("{arguments:?}: {call} {number}, error {error}");
                is_an_error(&output, &what);
                refused += u64::from(!output.status.success());
                for (name, bytes) in files(&out) {
                    if !diagnostics::is_temporary(&name) && name != "verdict.json" {
                        assert!(
                            whole.get(&name) == Some(&bytes),
                            "{what}: `{name}` is half written"
                        );
                    }
                }
                // What is completed now has the bytes of a run without a fault.
                if turn % 6 == 0 {
                    assert!(
                        command(at, &arguments).output().unwrap().status.success(),
                        "{what}"
                    );
                    let done = files(&out);
                    for (name, bytes) in &whole {
                        let varies = name == "verdict.json";
                        assert!(varies || done.get(name) == Some(bytes), "{what}: `{name}`");
                    }
                }
            }
        }
    }
    assert!(refused > 50, "only {refused} calls were refused");
}
