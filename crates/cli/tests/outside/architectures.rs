//! The static builds give the numbers of this one, to the bit; the one for aarch64 under emulation.
//!
//! They are made by `cargo static-x86_64` and `cargo static-aarch64`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use conformance::{Kind, Requirement};

use crate::command::{Done, folder, gridfolio};

/// A static program for a Raspberry Pi, and what starts it here.
pub(crate) const AARCH64: Requirement = Requirement {
    kind: Kind::Program,
    needs: "`cargo static-aarch64` and qemu-aarch64",
    missing: || missing("aarch64"),
};

/// A static program for a PC.
pub(crate) const X86_64: Requirement = Requirement {
    kind: Kind::Program,
    needs: "`cargo static-x86_64`",
    missing: || missing("x86_64"),
};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The static program for an architecture.
fn program(arch: &str) -> PathBuf {
    workspace().join(format!(
        "target/{arch}-unknown-linux-musl/release/gridfolio"
    ))
}

/// How to start it here.
fn command(arch: &str) -> Command {
    if arch == std::env::consts::ARCH {
        return Command::new(program(arch));
    }
    let mut command = Command::new(format!("qemu-{arch}"));
    command.arg(program(arch));
    command
}

/// Why the static program for an architecture says nothing about this build.
fn missing(arch: &str) -> Option<String> {
    let program = program(arch);
    let shown = format!("`target/{arch}-unknown-linux-musl/release/gridfolio`");
    let made = |path: &Path| fs::metadata(path).and_then(|data| data.modified()).ok();
    if !program.exists() {
        return Some(format!("{shown} does not exist"));
    }
    // One that was made before the code changed may have other bits.
    let is_old = made(&program) < made(Path::new(env!("CARGO_BIN_EXE_gridfolio")));
    if is_old && !AARCH64.is_required() {
        return Some(format!("{shown} is older than the program under test"));
    }
    match command(arch).arg("--version").output() {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(format!("{shown} ends with {}", output.status)),
        Err(error) => Some(format!("{shown} does not start: {error}")),
    }
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
    let folder = folder();
    let example = |name: &str| {
        let path = workspace().join("examples").join(name);
        path.to_str().unwrap().to_owned()
    };
    let (momentum, sixty_forty) = (example("sector_momentum.toml"), example("sixty_forty.toml"));
    let run = ["run", &sixty_forty, "--quiet", "--out"];
    let sweep = ["sweep", &momentum, "--quiet", "--csv", "--out"];
    for (arguments, name) in [(&run[..], "run"), (&sweep, "sweep")] {
        let mut other = command(arch);
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

pub(crate) fn aarch64_gives_the_same_bits() {
    gives_the_same("aarch64");
}

pub(crate) fn a_static_program_gives_the_same_bits() {
    gives_the_same("x86_64");
}

/// One folder has the programs for both, and the launcher picks.
pub(crate) fn an_installation_has_a_program_for_each_architecture() {
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
