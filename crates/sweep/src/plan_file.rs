//! `plan.json`: written once, read by every process that works on the sweep.

use std::fs;
use std::io;
use std::path::Path;

use diagnostics::{MB, VERSION, read_file, write_atomically};

use crate::error::{SweepError, io_error};
use crate::layout::{PLAN, holds_other_things};
use crate::no_sweep::InPlaceOfSweep;
use crate::plan::{FORMAT, Plan};

/// The bytes of the largest plan that is read: it holds the strategy files.
const MOST_PLAN: u64 = 256 * MB;

/// Why no sweep can be opened at a path that has no plan.
fn no_sweep_in(dir: &Path) -> SweepError {
    match InPlaceOfSweep::at(dir) {
        Ok(holds) => SweepError::NoSweepIn {
            dir: dir.to_owned(),
            holds,
        },
        Err(error) => io_error("read", dir)(error).into(),
    }
}

/// Whether a path is the folder of a sweep, by its plan.
///
/// # Errors
///
/// What is there instead.
pub fn expect_sweep_in(dir: &Path) -> Result<(), SweepError> {
    match dir.join(PLAN).exists() {
        true => Ok(()),
        false => Err(no_sweep_in(dir)),
    }
}

/// The plan that must be in a folder, of this version, and its digest.
pub(crate) fn planned(dir: &Path) -> Result<(Plan, [u8; 32]), SweepError> {
    expect_sweep_in(dir)?;
    let (plan, digest) = read_plan(dir)?.ok_or_else(|| no_sweep_in(dir))?;
    check_version(dir, &plan)?;
    Ok((plan, digest))
}

/// The plan in a folder and its digest; `None` when the folder is new or was left unfinished.
pub(crate) fn read_plan(dir: &Path) -> Result<Option<(Plan, [u8; 32])>, SweepError> {
    let path = dir.join(PLAN);
    let text = match read_file(&path, MOST_PLAN) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return match holds_other_things(dir) {
                // Another process has put its plan there since.
                true if path.exists() => read_plan(dir),
                true => Err(SweepError::NotASweep {
                    dir: dir.to_owned(),
                }),
                false => Ok(None),
            };
        }
        Err(error) => return Err(io_error("read", &path)(error).into()),
    };
    let damaged = |reason: String| SweepError::Damaged {
        path: path.clone(),
        reason,
    };
    // The version is read first: the rest may be laid out otherwise.
    #[derive(serde::Deserialize)]
    struct Version {
        format: u32,
        program: String,
    }
    let version: Version =
        serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
    if version.format != FORMAT {
        return Err(SweepError::OtherVersion {
            dir: dir.to_owned(),
            planned: version.program,
            own: VERSION.to_owned(),
        });
    }
    let plan: Plan = serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
    if plan.shard_size == 0 || !plan.fits_a_folder() {
        return Err(damaged(format!(
            "no sweep has {} trials in shards of {}",
            plan.numbers, plan.shard_size
        )));
    }
    Ok(Some((plan, *blake3::hash(&text).as_bytes())))
}

/// Refuses the plan of another version of this program.
pub(crate) fn check_version(dir: &Path, plan: &Plan) -> Result<(), SweepError> {
    if plan.program == VERSION {
        return Ok(());
    }
    Err(SweepError::OtherVersion {
        dir: dir.to_owned(),
        planned: plan.program.clone(),
        own: VERSION.to_owned(),
    })
}

/// Writes the plan, read-only; returns it with its digest.
pub(crate) fn write_plan(dir: &Path, plan: Plan) -> Result<(Plan, [u8; 32]), SweepError> {
    let mut text = serde_json::to_vec_pretty(&plan).unwrap_or_default();
    text.push(b'\n');
    let path = dir.join(PLAN);
    write_atomically(&path, |out| out.write_all(&text))?;
    if let Ok(metadata) = fs::metadata(&path) {
        let mut permissions = metadata.permissions();
        permissions.set_readonly(true);
        // A reminder for people; a file system without permissions does without.
        let _ = fs::set_permissions(&path, permissions);
    }
    Ok((plan, *blake3::hash(&text).as_bytes()))
}
