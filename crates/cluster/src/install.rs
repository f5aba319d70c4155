//! gridfolio where nodes can run it: one program for each architecture, and a launcher that picks.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use diagnostics::{MANIFEST, MB, Manifest, read_file, remove_leftovers, write_atomically};

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
    /// Who else may write them, and who cannot run them: a sentence each.
    pub warnings: Vec<String>,
}

/// The bytes of the largest program that is installed.
const MOST_PROGRAM: u64 = 1000 * MB;

/// Puts programs and a launcher into a folder, with a manifest of their digests. Links are not followed.
///
/// * `programs`: ELF files for Linux; the architecture is read from them, not from their names.
///
/// # Errors
///
/// A file that is not a Linux executable; a link in place of a file; a folder that cannot be written to.
pub fn install(dir: &Path, programs: &[PathBuf]) -> Result<Installed, ClusterError> {
    fs::create_dir_all(dir).map_err(io_error("make the folder", dir))?;
    remove_leftovers(dir);
    refuse_link(&dir.join(MANIFEST))?;
    let mut installed = Vec::new();
    let mut digests = BTreeMap::new();
    for path in programs {
        let bytes = read_file(path, MOST_PROGRAM).map_err(io_error("read", path))?;
        let elf = Elf::of(&bytes).ok_or_else(|| ClusterError::NotAProgram {
            path: path.to_owned(),
        })?;
        let name = format!("{NAME}-{}", elf.arch);
        digests.insert(name.clone(), put(&dir.join(name), &bytes)?);
        installed.push((elf.arch.to_owned(), elf.is_static));
    }
    let launcher = dir.join(NAME);
    digests.insert(
        NAME.to_owned(),
        put(&launcher, launcher_script().as_bytes())?,
    );
    Manifest::extend(dir, digests.clone())?;
    let mut warnings = Vec::new();
    for path in std::iter::once(dir.to_owned()).chain(digests.keys().map(|name| dir.join(name))) {
        let found = fs::metadata(&path).map_err(io_error("read", &path))?;
        warnings.extend(of_others(&path, found.uid(), found.mode()));
    }
    Ok(Installed {
        launcher,
        programs: installed,
        warnings,
    })
}

/// A link would lead to what another may replace.
fn refuse_link(path: &Path) -> Result<(), ClusterError> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.file_type().is_symlink() => Err(ClusterError::Link {
            path: path.to_owned(),
        }),
        _ => Ok(()),
    }
}

/// Who else may write what is installed, and who cannot run it.
fn of_others(path: &Path, owner: u32, mode: u32) -> Vec<String> {
    let shown = path.display();
    let mut warnings = Vec::new();
    // Linux shows a process as a folder of its user.
    let own = fs::metadata("/proc/self").map_or(owner, |own| own.uid());
    if owner != own {
        warnings.push(format!(
            "`{shown}` belongs to user {owner}, who decides what the nodes run"
        ));
    }
    let bits = mode & 0o7777;
    let writers = match (mode & 0o002, mode & 0o020) {
        (0, 0) => None,
        (0, _) => Some(("its group", "g-w")),
        _ => Some(("every user", "go-w")),
    };
    if let Some((who, change)) = writers {
        warnings.push(format!(
            "`{shown}` can be written by {who} (mode {bits:o}), who decides what the nodes run: \
             `chmod {change} {shown}`"
        ));
    }
    let missing = match (mode & 0o050, mode & 0o005) {
        (_, 0o005) => None,
        (0o050, _) => Some("users outside of its group"),
        _ => Some("other users"),
    };
    if let Some(who) = missing {
        warnings.push(format!(
            "{who} cannot run what is in `{shown}` (mode {bits:o}): `chmod go+rx {shown}`"
        ));
    }
    warnings
}

/// Writes nothing when the same bytes are there already: a program may be running from them. Returns
/// their digest.
fn put(path: &Path, bytes: &[u8]) -> Result<String, ClusterError> {
    refuse_link(path)?;
    if !read_file(path, MOST_PROGRAM).is_ok_and(|there| there == bytes) {
        write_atomically(path, |out| out.write_all(bytes))?;
    }
    // Also where the one before was killed between the two.
    const MODE: u32 = 0o755;
    let is_executable = |found: fs::Metadata| found.mode() & 0o777 == MODE;
    if !fs::metadata(path).is_ok_and(is_executable) {
        fs::set_permissions(path, fs::Permissions::from_mode(MODE))
            .map_err(io_error("make executable", path))?;
    }
    Ok(blake3::hash(bytes).to_hex().to_string())
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
