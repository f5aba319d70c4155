//! What a test needs that a clone of the project does not hold.

use std::path::{Path, PathBuf};

/// What must be met, so that an unmet requirement fails its tests: `all`, as in `.ci/run`, or
/// `programs`, where the reference material cannot be had.
const REQUIRED: &str = "GRIDFOLIO_REQUIRED";

/// Whether anyone can provide it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Programs: they can be built or installed.
    Program,
    /// Data that are not part of the project and cannot be downloaded.
    Material,
}

/// Something outside the project without which a test cannot run.
#[derive(Clone, Copy, Debug)]
pub struct Requirement {
    /// Whether anyone can provide it.
    pub kind: Kind,
    /// Completes "needs …".
    pub needs: &'static str,
    /// Why it is not met; `None` when it is.
    pub missing: fn() -> Option<String>,
}

/// The oracle's goldens, the reference values of statistics and the real prices, in the folder
/// `shared` beside the project's own.
pub const REFERENCE_MATERIAL: Requirement = Requirement {
    kind: Kind::Material,
    needs: "the reference material in `../shared`",
    missing: || {
        let parts = ["oracle/golden", "statistics", "data"].map(reference_folder);
        let absent = parts.into_iter().find(|part| !part.is_dir())?;
        Some(format!("`{}` does not exist", absent.display()))
    },
};

impl Requirement {
    /// The reason to ignore a test, in one line; `None` when the requirement is met.
    pub fn reason_to_ignore(&self) -> Option<String> {
        (self.missing)().map(|missing| format!("needs {}: {missing}", self.needs))
    }

    /// Whether it is a failure, and not a reason to ignore a test, that the requirement is not met.
    pub fn is_required(&self) -> bool {
        match std::env::var(REQUIRED).as_deref() {
            Ok("all") => true,
            Ok("programs") => self.kind == Kind::Program,
            _ => false,
        }
    }
}

/// A part of the reference material, whether it exists or not.
pub fn reference_folder(part: &str) -> PathBuf {
    // The folder that holds the project's own: three up from this crate.
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3);
    beside.unwrap_or(Path::new("/")).join("shared").join(part)
}
