//! gridfolio where nodes can run it: one program for each architecture, and a launcher that picks.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use diagnostics::{MB, read_file, write_atomically};

use crate::error::{ClusterError, io_error};
use crate::settings::Settings;

/// The environment variable in which the launcher passes its own path to the program.
pub const LAUNCHER: &str = "GRIDFOLIO_LAUNCHER";

const NAME: &str = "gridfolio";

/// The programs that stand beside a launcher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// The launcher.
    pub launcher: PathBuf,
    /// Each program: its architecture as `uname -m` says it, and whether it brings its libraries.
    pub programs: Vec<(String, bool)>,
}

/// The bytes of the largest program that is installed.
const MOST_PROGRAM: u64 = 1000 * MB;

/// Puts programs and a launcher into a folder.
///
/// * `programs`: ELF files for Linux; the architecture is read from them, not from their names.
///
/// # Errors
///
/// A file that is not a Linux executable; a folder that cannot be written to.
pub fn install(dir: &Path, programs: &[PathBuf]) -> Result<Installed, ClusterError> {
    fs::create_dir_all(dir).map_err(io_error("make the folder", dir))?;
    let mut installed = Vec::new();
    for path in programs {
        let bytes = read_file(path, MOST_PROGRAM).map_err(io_error("read", path))?;
        let elf = Elf::of(&bytes).ok_or_else(|| ClusterError::NotAProgram {
            path: path.to_owned(),
        })?;
        put(&dir.join(format!("{NAME}-{}", elf.arch)), &bytes)?;
        installed.push((elf.arch.to_owned(), elf.is_static));
    }
    let launcher = dir.join(NAME);
    put(&launcher, launcher_script().as_bytes())?;
    Ok(Installed {
        launcher,
        programs: installed,
    })
}

/// Writes nothing when the same bytes are there already: a program may be running from them.
fn put(path: &Path, bytes: &[u8]) -> Result<(), ClusterError> {
    if read_file(path, MOST_PROGRAM).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    write_atomically(path, |out| out.write_all(bytes))?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
        .map_err(io_error("make executable", path))
}

fn launcher_script() -> String {
    format!(
        "#!/bin/sh
# Starts gridfolio for the architecture of this machine.
PATH=${{PATH:+$PATH:}}/usr/local/bin:/usr/bin:/bin
here=$(dirname -- \"$(readlink -f -- \"$0\")\")
program=$here/{NAME}-$(uname -m)
if ! [ -x \"$program\" ]; then
    echo \"gridfolio: $here has no program for $(uname -m); add one with \\`gridfolio cluster install\\`\" >&2
    exit 127
fi
{LAUNCHER}=$here/{NAME}
export PATH {LAUNCHER}
exec \"$program\" \"$@\"
"
    )
}

/// gridfolio as the nodes see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its path.
    pub path: PathBuf,
    /// The folder that gets a copy of what is running, if it is to be that.
    copied_to: Option<PathBuf>,
}

impl Program {
    /// What the settings say; the launcher through which this program was started; or a copy of it
    /// in a folder.
    ///
    /// # Errors
    ///
    /// A path that cannot be made absolute.
    pub fn of(settings: &Settings, folder: &Path) -> Result<Program, ClusterError> {
        let found = |path| Program {
            path,
            copied_to: None,
        };
        if let Some(program) = &settings.program {
            let path = std::path::absolute(program).map_err(io_error("find", program))?;
            return Ok(found(path));
        }
        if let Some(launcher) = std::env::var_os(LAUNCHER).filter(|path| !path.is_empty()) {
            return Ok(found(PathBuf::from(launcher)));
        }
        Ok(Program {
            path: folder.join(NAME),
            copied_to: Some(folder.to_owned()),
        })
    }

    /// Makes the copy, if it is one and not there yet.
    ///
    /// # Errors
    ///
    /// A copy that cannot be made.
    pub fn put(&self) -> Result<(), ClusterError> {
        if let Some(folder) = &self.copied_to {
            let own = std::env::current_exe().map_err(io_error("find", Path::new(NAME)))?;
            install(folder, &[own])?;
        }
        Ok(())
    }
}

struct Elf {
    arch: &'static str,
    is_static: bool,
}

impl Elf {
    /// What the header of a 64-bit little-endian ELF file says. Source: the System V ABI, chapters 4
    /// and 5.
    fn of(bytes: &[u8]) -> Option<Elf> {
        const MAGIC: &[u8] = b"\x7fELF\x02\x01";
        const INTERPRETER: u32 = 3;
        if !bytes.starts_with(MAGIC) {
            return None;
        }
        let half = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
        let word = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let long = |at: usize| Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
        let arch = match half(18)? {
            62 => "x86_64",
            183 => "aarch64",
            _ => return None,
        };
        let (table, size, n) = (usize::try_from(long(32)?).ok()?, half(54)?, half(56)?);
        let header = |i: u16| word(table.checked_add(usize::from(i) * usize::from(size))?);
        let has_interpreter = (0..n).any(|i| header(i) == Some(INTERPRETER));
        Some(Elf {
            arch,
            is_static: !has_interpreter,
        })
    }
}
