//! The static builds give the numbers of this one, to the bit; the one for aarch64 under emulation.
//!
//! They are made by `cargo static-x86_64` and `cargo static-aarch64`. Where one is not there, or no
//! emulator, this says so and skips; with `GRIDFOLIO_STATIC_TESTS=required`, as in `.ci/run`, that is
//! a failure.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::sweep::momentum;
use crate::{Done, folder, gridfolio};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The static program for an architecture.
fn program(arch: &str) -> PathBuf {
    workspace().join(format!(
        "target/{arch}-unknown-linux-musl/release/gridfolio"
    ))
}

#[expect(
    clippy::print_stderr,
    reason = "who runs the tests must see what was skipped"
)]
fn skip(arch: &str) {
    eprintln!("skipped: no static program for {arch} that is new and starts here");
}

/// How to start it here; `None` when it cannot be.
fn command(arch: &str) -> Option<Command> {
    let program = program(arch);
    let emulator = (arch != std::env::consts::ARCH).then(|| format!("qemu-{arch}"));
    let mut command = match &emulator {
        Some(emulator) => Command::new(emulator),
        None => Command::new(&program),
    };
    if emulator.is_some() {
        command.arg(&program);
    }
    let is_required =
        std::env::var("GRIDFOLIO_STATIC_TESTS").is_ok_and(|value| value == "required");
    let made = |path: &Path| fs::metadata(path).and_then(|data| data.modified()).ok();
    // One that was made before the code changed has other bits, and that says nothing.
    let is_old = !is_required && made(&program) < made(Path::new(env!("CARGO_BIN_EXE_gridfolio")));
    let starts = !is_old
        && program.exists()
        && Command::new(command.get_program())
            .args(command.get_args())
            .arg("--version")
            .output()
            .is_ok_and(|said| said.status.success());
    if starts {
        return Some(command);
    }
    assert!(
        !is_required,
        "there is no static program for {arch}, or nothing to start it"
    );
    skip(arch);
    None
}

/// The files in a folder, by name, with what tells two of them apart.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
    let mut files: Vec<_> = files
        .map(|file| {
            (
                file.file_name().into_string().unwrap(),
                fs::read(file.path()).unwrap(),
            )
        })
        .collect();
    files.sort();
    files
}

#[track_caller]
fn gives_the_same(arch: &str) {
    let (folder, momentum) = (folder(), momentum());
    let sixty_forty = workspace().join("examples/sixty_forty.toml");
    let sixty_forty = sixty_forty.to_str().unwrap();
    let run = ["run", sixty_forty, "--quiet", "--out"];
    let sweep = ["sweep", &momentum, "--quiet", "--csv", "--out"];
    for (arguments, name) in [(&run[..], "run"), (&sweep, "sweep")] {
        let Some(mut other) = command(arch) else {
            return;
        };
        let (ours, theirs) = (format!("{name}-here"), format!("{name}-there"));
        gridfolio(folder.path(), &[arguments, &[&ours]].concat()).succeeded();
        // A ledger of its own: what was tried before is part of a verdict.
        other
            .env("GRIDFOLIO_LEDGER", folder.path().join("other-ledger"))
            .current_dir(folder.path())
            .args(arguments)
            .arg(&theirs);
        Done::from(other.output().unwrap()).succeeded();
        let (ours, theirs) = (folder.path().join(ours), folder.path().join(theirs));
        assert!(files(&ours).len() >= 4);
        for (ours, theirs) in files(&ours).iter().zip(files(&theirs)) {
            assert!(*ours == theirs, "{} differs on {arch}", theirs.0);
        }
    }
}

#[test]
fn aarch64_gives_the_same_bits() {
    gives_the_same("aarch64");
}

#[test]
fn a_static_program_gives_the_same_bits() {
    gives_the_same("x86_64");
}

/// One folder has the programs for both, and the launcher picks.
#[test]
fn an_installation_has_a_program_for_each_architecture() {
    let Some(_) = command("aarch64") else { return };
    let folder = folder();
    let binary = program("aarch64");
    let arguments = [
        "cluster",
        "install",
        "share/bin",
        "--binary",
        binary.to_str().unwrap(),
    ];
    let done = gridfolio(folder.path(), &arguments).succeeded();
    let own = std::env::consts::ARCH;
    assert_eq!(
        done.stdout,
        format!("share/bin/gridfolio for aarch64 and {own}\n")
    );
    let launched = Command::new(folder.path().join("share/bin/gridfolio"))
        .arg("--version")
        .output();
    let version = concat!("gridfolio ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(Done::from(launched.unwrap()).succeeded().stdout, version);
    let installed = folder.path().join("share/bin/gridfolio-aarch64");
    assert!(fs::read(installed).unwrap() == fs::read(program("aarch64")).unwrap());
}
