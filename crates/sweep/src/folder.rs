//! The sweep folder: a plan, prices, shards and results. Workers decide nothing; a file that is
//! there is whole.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use diagnostics::write_atomically;
use strategy_file::{AxisValue, Validation};

use crate::draft::Draft;
use crate::error::{SweepError, io_error};
use crate::layout::{PLAN, RESULTS, SHARDS, SNAPSHOT, delete};
use crate::models::Models;
use crate::plan::Plan;
use crate::plan_file::{check_version, planned, read_plan, write_plan};
use crate::prices::Prices;
use crate::shard::{Row, ShardId, decode, read_shard};
use crate::snapshot;
use crate::trials::{AxisColumn, Point, Trials};

/// What to do with a folder that holds a sweep already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Resume it when it is the same sweep, and refuse otherwise.
    Resume,
    /// Delete its plan, prices, shards and results, and nothing else, and start over.
    StartOver,
}

/// A sweep in its folder.
#[derive(Debug)]
pub struct Sweep {
    pub(crate) dir: PathBuf,
    pub(crate) plan: Plan,
    pub(crate) digest: [u8; 32],
    pub(crate) trials: Trials,
    pub(crate) prices: Prices,
}

impl Draft {
    /// Writes the sweep into a folder, or finds it there. A missing folder is made.
    ///
    /// Two processes may do this at the same time.
    ///
    /// # Errors
    ///
    /// A folder that holds something else, or cannot be written to.
    pub fn into_folder(self, dir: &Path, existing: Existing) -> Result<Sweep, SweepError> {
        if !self.plan.fits_a_folder() {
            return Err(SweepError::TooLarge {
                numbers: self.plan.numbers,
                shards: self.plan.n_shards(),
            });
        }
        let found = read_plan(dir)?;
        let found = match (found, existing) {
            (Some(_), Existing::StartOver) => {
                delete(dir)?;
                None
            }
            (Some((plan, digest)), Existing::Resume) => {
                check_version(dir, &plan)?;
                let differences = self.plan.differences(&plan);
                if !differences.is_empty() {
                    return Err(SweepError::Changed {
                        dir: dir.to_owned(),
                        differences,
                    });
                }
                Some((plan, digest))
            }
            (None, _) => None,
        };
        make_folder(&dir.join(SHARDS))?;
        let Draft {
            plan,
            trials,
            prices,
            ..
        } = self;
        let snapshot_path = dir.join(SNAPSHOT);
        let is_whole = snapshot::file_digest(&snapshot_path)
            .is_ok_and(|digest| digest.to_hex().as_str() == plan.snapshot);
        if !is_whole {
            write_atomically(&snapshot_path, |out| {
                snapshot::write(prices.groups(), out).map(|_| ())
            })?;
        }
        let (plan, digest) = match found {
            Some(found) => found,
            None => write_plan(dir, plan)?,
        };
        Ok(Sweep {
            dir: dir.to_owned(),
            plan,
            digest,
            trials,
            prices,
        })
    }
}

impl Sweep {
    /// Opens the folder of a sweep that was planned before. The strategy files and the data folder
    /// are not needed.
    ///
    /// # Errors
    ///
    /// A folder that holds no sweep, one of another version, or a damaged one.
    pub fn open(dir: &Path) -> Result<Sweep, SweepError> {
        let (plan, digest) = planned(dir)?;
        let damaged = |reason: String| SweepError::Damaged {
            path: dir.join(PLAN),
            reason,
        };
        let trials = plan
            .trials()
            .map_err(|problems| damaged(problems.to_string()))?;
        if trials.n_numbers() != plan.numbers || plan.shard_size == 0 {
            return Err(damaged("its numbers do not fit its strategies".to_owned()));
        }
        let path = dir.join(SNAPSHOT);
        let found = snapshot::read(&path).map_err(io_error("read", &path))?;
        let own = found.filter(|(_, digest)| digest.to_hex().as_str() == plan.snapshot);
        let (groups, _) = own.ok_or_else(|| SweepError::Damaged {
            path,
            reason: "it is truncated or changed".to_owned(),
        })?;
        let prices = Prices::new(groups);
        Ok(Sweep {
            dir: dir.to_owned(),
            plan,
            digest,
            trials,
            prices,
        })
    }

    /// Sets what makes the alpha models that the engine does not have. Without, a sweep that asks
    /// for them is not computed.
    pub fn set_models(&mut self, models: Arc<dyn Models>) {
        self.trials.models = Some(models);
    }

    /// Whether trials ask for such models.
    pub fn asks_models(&self) -> bool {
        self.trials.ask_models()
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Trials have the numbers below this one.
    pub fn n_numbers(&self) -> u64 {
        self.plan.numbers
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// How the strategies ask to be tested out of sample.
    pub fn validation(&self) -> &Validation {
        &self.trials.validation
    }

    /// The axes of all strategies, by name, in the order of their first appearance.
    pub fn axis_columns(&self) -> Vec<AxisColumn> {
        self.trials.columns()
    }

    /// Where a trial lies; `None` for a number that has no trial.
    pub fn point(&self, trial: u64) -> Option<Point> {
        self.trials.point(trial)
    }

    /// The value of an axis at a point; `None` when its strategy does not have the axis.
    pub fn axis_value(&self, column: &AxisColumn, point: &Point) -> Option<AxisValue> {
        self.trials.value(column, point)
    }

    /// The rows of a shard that has been computed.
    ///
    /// # Errors
    ///
    /// A file that is not there, cannot be read or is damaged.
    pub fn rows(&self, shard: u64) -> Result<Vec<Row>, SweepError> {
        let path = self.shard_path(shard);
        let file = read_shard(&path).map_err(io_error("read", &path))?;
        let rows = decode(&self.shard(shard), &file);
        rows.map_err(|reason| SweepError::Damaged {
            path: path.clone(),
            reason: reason.to_owned(),
        })
    }

    pub(crate) fn shard(&self, shard: u64) -> ShardId {
        let first = shard * self.plan.shard_size;
        ShardId {
            plan: self.digest,
            shard,
            first,
            end: (first + self.plan.shard_size).min(self.plan.numbers),
        }
    }

    pub(crate) fn shard_path(&self, shard: u64) -> PathBuf {
        self.dir.join(SHARDS).join(format!("{shard:06}"))
    }

    /// The path of the table of results, whether or not it is there.
    pub fn results_path(&self) -> PathBuf {
        self.dir.join(RESULTS)
    }
}

fn make_folder(dir: &Path) -> Result<(), SweepError> {
    Ok(fs::create_dir_all(dir).map_err(io_error("make the folder", dir))?)
}
