//! The trial ledger: which sweeps were ever made on which prices, so that luck is counted across
//! all of them.
//!
//! A folder of small files, one for each entry, written whole and never changed: nothing is lost
//! when several processes on several machines add to it at the same time, also over NFS. The same
//! sweep run twice is one entry, since its trials are the same trials.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use backtest::date::Moment;
use diagnostics::{MB, chain, read_file, sanitised, shown, since_1970, write_atomically};
use sweep::{Sweep, io_error};

use crate::error::VerdictError;
use crate::evaluate::Evaluated;
use crate::ledger_entry::{EntryKind, LedgerEntry, StoredTrials};
use crate::union::{SweepTrials, Union};
use crate::verdict::Verdict;
use crate::worlds::{HowMany, compute_worlds};

/// A folder of entries.
#[derive(Clone, Debug)]
pub struct TrialLedger {
    dir: PathBuf,
}

/// What a ledger holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LedgerEntries {
    /// Its entries, the oldest first.
    pub entries: Vec<LedgerEntry>,
    /// Files that should be entries and cannot be used, by name.
    pub unusable: Vec<Unusable>,
}

/// A file of a ledger that should be an entry and cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// Its name.
    pub file: String,
    /// What is wrong with it.
    pub reason: String,
}

impl LedgerEntries {
    /// The trials of all sweeps.
    pub fn trials(&self) -> u64 {
        let sweeps = self
            .entries
            .iter()
            .filter(|entry| entry.kind == EntryKind::Sweep);
        sweeps.fold(0, |sum, entry| sum.saturating_add(entry.trials))
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}`: {}",
            shown(&self.file),
            sanitised(&self.reason, 200)
        )
    }
}

/// The bytes of the largest entry that is read: some twice those of the ratios that an entry keeps.
const MOST_ENTRY: u64 = 8 * MB;

/// The variable that names the folder of a user's ledger.
pub const LEDGER_VARIABLE: &str = "GRIDFOLIO_LEDGER";

/// The verdict on a sweep, counting the trials in this user's ledger, and an entry for it there. A
/// ledger that cannot be used is no error: the warnings come with the verdict.
///
/// * `threads`: 0 for as many as the machine has.
///
/// # Errors
///
/// As [`Verdict::evaluate`].
pub fn evaluate(sweep: &Sweep, threads: usize) -> Result<(Verdict, Vec<String>), VerdictError> {
    const NOT_COUNTED: &str = "the trials of other sweeps are not counted";
    let mut warnings = Vec::new();
    let mut warn = |what: &str, error: &VerdictError| {
        warnings.push(format!("{what}: {}", chain(error)));
    };
    let ledger = TrialLedger::of_user();
    let elsewhere = match ledger.as_ref().map(|ledger| ledger.elsewhere(sweep)) {
        Some(Ok(kept)) => kept,
        Some(Err(error)) => {
            warn(NOT_COUNTED, &error);
            Union::default()
        }
        None => Union::default(),
    };
    let never = AtomicBool::new(false);
    if let Err(error) = compute_worlds(sweep, HowMany::Cheap, threads, &never) {
        warn("no null worlds", &error);
    }
    let evaluated = Verdict::evaluate(sweep, threads, &elsewhere)?;
    let Evaluated { verdict, kept, .. } = evaluated;
    if let Some(ledger) = &ledger
        && let Err(error) = ledger.add(sweep, &verdict, kept.as_ref(), now())
    {
        warn("this sweep is not in the ledger", &error);
    }
    if ledger.is_none() {
        warnings.push(format!(
            "{NOT_COUNTED}: set `{LEDGER_VARIABLE}` to a folder"
        ));
    }
    warnings.extend(elsewhere.uncounted_in_words());
    let unwritten = evaluated.unwritten.into_iter();
    warnings.extend(unwritten.map(|reason| format!("not kept: {reason}")));
    Ok((verdict, warnings))
}

/// The time of this machine's clock.
fn now() -> Option<Moment> {
    Moment::from_epoch_seconds(i64::try_from(since_1970().as_secs()).ok()?)
}

impl TrialLedger {
    /// The ledger of the user who runs this program: the folder that [`LEDGER_VARIABLE`] names, or
    /// `gridfolio/ledger` among the user's data. `None` when neither is known.
    pub fn of_user() -> Option<TrialLedger> {
        let named = |name: &str| {
            let value = std::env::var_os(name).filter(|value| !value.is_empty());
            value.map(PathBuf::from)
        };
        let data = || {
            let home = named("HOME");
            match cfg!(target_os = "macos") {
                true => home.map(|home| home.join("Library/Application Support")),
                false => named("XDG_DATA_HOME").or(home.map(|home| home.join(".local/share"))),
            }
        };
        let dir = named(LEDGER_VARIABLE).or_else(|| Some(data()?.join("gridfolio").join("ledger")));
        dir.map(TrialLedger::new)
    }

    /// The ledger in a folder, which is made with the first entry.
    pub fn new(dir: impl Into<PathBuf>) -> TrialLedger {
        TrialLedger { dir: dir.into() }
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// All entries, the oldest first, and the files that should be entries and cannot be used. Files
    /// with another ending than `.json` are no entries.
    ///
    /// # Errors
    ///
    /// A folder that cannot be read. A missing one has no entries.
    pub fn read(&self) -> Result<LedgerEntries, VerdictError> {
        let mut read = LedgerEntries::default();
        let files = match fs::read_dir(&self.dir) {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(read),
            Err(error) => return Err(io_error("read the ledger", &self.dir)(error).into()),
        };
        for file in files {
            let path = file.map_err(io_error("read the ledger", &self.dir))?.path();
            let is_entry = path
                .extension()
                .is_some_and(|extension| extension == "json");
            if !is_entry {
                continue;
            }
            match entry_of(&path) {
                Ok(entry) => read.entries.push(entry),
                Err(reason) => read.unusable.push(Unusable {
                    file: path
                        .file_name()
                        .unwrap_or_default()
                        .to_string_lossy()
                        .into(),
                    reason,
                }),
            }
        }
        (read.entries)
            .sort_by(|a, b| (&a.when, &a.sweep, a.trials).cmp(&(&b.when, &b.sweep, b.trials)));
        read.unusable.sort_by(|a, b| a.file.cmp(&b.file));
        Ok(read)
    }

    /// The trials of other sweeps on any year of any of a sweep's price series, whatever their source and
    /// adjustment. An entry that cannot be used may be of such a sweep: the count is a lower bound then.
    ///
    /// # Errors
    ///
    /// As [`TrialLedger::read`].
    pub fn elsewhere(&self, sweep: &Sweep) -> Result<Union, VerdictError> {
        let (own, histories) = (sweep.plan().identity(), histories(sweep));
        let mut union = Union::default();
        let LedgerEntries { entries, unusable } = self.read()?;
        union.uncounted = unusable.iter().map(Unusable::to_string).collect();
        for entry in entries {
            let is_other = entry.kind == EntryKind::Sweep && entry.sweep != own;
            if is_other && entry.shares(&histories) {
                let kept = entry.kept.as_ref().and_then(StoredTrials::kept);
                union.add(&entry.sweep, entry.trials, kept.as_ref());
            }
        }
        Ok(union)
    }

    /// How often the hold-out period of sweeps on any of these prices was looked at.
    ///
    /// # Errors
    ///
    /// As [`TrialLedger::read`].
    pub fn holdout_looks(&self, sweep: &Sweep) -> Result<u64, VerdictError> {
        let histories = histories(sweep);
        let entries = self.read()?.entries.into_iter();
        let looks =
            entries.filter(|entry| entry.kind == EntryKind::Holdout && entry.shares(&histories));
        Ok(looks.count() as u64)
    }

    /// Adds a sweep that ran to its end, unless it is there.
    ///
    /// * `now`: `None` when the clock has no time that a calendar has.
    ///
    /// # Errors
    ///
    /// A folder that cannot be written to.
    pub fn add(
        &self,
        sweep: &Sweep,
        verdict: &Verdict,
        kept: Option<&SweepTrials>,
        now: Option<Moment>,
    ) -> Result<(), VerdictError> {
        let own = sweep.plan().identity();
        let entry = LedgerEntry {
            kept: kept.map(StoredTrials::of),
            trials: verdict.trials,
            best_sharpe: verdict.best.as_ref().map(|best| best.sharpe),
            verdict: verdict.light,
            ..entry(sweep, EntryKind::Sweep, now)
        };
        self.write(&own, &entry)
    }

    /// Adds a look at the hold-out period with a trial, unless it is there.
    ///
    /// # Errors
    ///
    /// A folder that cannot be written to.
    pub fn add_holdout(&self, sweep: &Sweep, trial: u64) -> Result<(), VerdictError> {
        let name = format!("{}-holdout-{trial}", sweep.plan().identity());
        self.write(&name, &entry(sweep, EntryKind::Holdout, now()))
    }

    fn write(&self, name: &str, entry: &LedgerEntry) -> Result<(), VerdictError> {
        let path = self.dir.join(format!("{name}.json"));
        if path.exists() {
            return Ok(());
        }
        fs::create_dir_all(&self.dir).map_err(io_error("make the ledger's folder", &self.dir))?;
        let mut text = serde_json::to_vec_pretty(entry).unwrap_or_default();
        text.push(b'\n');
        Ok(write_atomically(&path, |out| out.write_all(&text))?)
    }
}

fn histories(sweep: &Sweep) -> BTreeMap<String, String> {
    let groups = sweep.plan().prices.iter();
    groups.flat_map(|group| group.histories.clone()).collect()
}

fn entry(sweep: &Sweep, kind: EntryKind, now: Option<Moment>) -> LedgerEntry {
    let plan = sweep.plan();
    let dir = std::path::absolute(sweep.dir()).unwrap_or(sweep.dir().to_owned());
    let digests = plan.prices.iter().flat_map(|group| group.digests.clone());
    LedgerEntry {
        kind,
        when: now.map_or("unknown".to_owned(), timestamp),
        sweep: plan.identity(),
        strategies: plan.strategies.iter().map(|s| s.name.clone()).collect(),
        folder: dir.display().to_string(),
        trials: 1,
        best_sharpe: None,
        verdict: None,
        prices: digests.collect(),
        histories: histories(sweep),
        kept: None,
    }
}

/// `2026-11-30T09:55:00Z`
fn timestamp(moment: Moment) -> String {
    let second = moment.second_of_day();
    let time = (second / 3600, second / 60 % 60, second % 60);
    let (hour, minute, second) = time;
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", moment.date())
}

/// The entry in a file, or why there is none.
fn entry_of(path: &Path) -> Result<LedgerEntry, String> {
    let text = read_file(path, MOST_ENTRY).map_err(|error| error.to_string())?;
    let entry = serde_json::from_slice::<LedgerEntry>(&text).map_err(|error| error.to_string())?;
    match entry.fault() {
        None => Ok(entry),
        Some(fault) => Err(fault),
    }
}
