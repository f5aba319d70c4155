//! The trial ledger: which sweeps were ever made on which prices, so that luck is counted across
//! all of them.
//!
//! A folder of small files, one for each entry, written whole and never changed: nothing is lost
//! when several processes on several machines add to it at the same time, also over NFS. The same
//! sweep run twice is one entry, since its trials are the same trials.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use backtest::date::Moment;
use diagnostics::{chain, since_1970, write_atomically};
use serde::{Deserialize, Serialize};
use sweep::{Sweep, io_error};

use crate::error::VerdictError;
use crate::evaluate::Evaluated;
use crate::overfitting::sign_flips::DRAWS;
use crate::test::Light;
use crate::union::{Ratios, Sessions, SweepTrials, Union};
use crate::verdict::Verdict;
use crate::worlds::{HowMany, compute_worlds};

/// A folder of entries.
#[derive(Clone, Debug)]
pub struct TrialLedger {
    dir: PathBuf,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// A sweep ran to its end.
    Sweep,
    /// The hold-out period of a sweep was looked at.
    Holdout,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// What was done. Entries of version 0.1 have this key, and count.
    #[serde(rename = "deed")]
    pub kind: EntryKind,
    /// When, in UTC.
    pub when: String,
    /// The digest that identifies the sweep.
    pub sweep: String,
    /// The names of its strategies.
    pub strategies: Vec<String>,
    /// Where its folder was.
    pub folder: String,
    /// Trials that ran to their end; 1 for a look at a hold-out period.
    pub trials: u64,
    /// The highest Sharpe ratio.
    pub best_sharpe: Option<f64>,
    /// The verdict's colour.
    pub verdict: Option<Light>,
    /// By symbol, a digest of its prices.
    pub prices: BTreeMap<String, String>,
    /// By symbol, for each year a digest of the days on which it moved by more than half a per cent.
    pub histories: BTreeMap<String, String>,
    /// What the sweep leaves for the verdicts on others; `None` in entries of version 0.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<StoredTrials>,
}

/// [`SweepTrials`] as an entry keeps them. Numbers are the bits of doubles in hexadecimal digits, 16 each, so
/// that they come back as they were.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredTrials {
    /// The session of the first return, as days since 1970-01-01.
    pub first_day: i32,
    /// Returns of each trial.
    pub sessions: u64,
    /// Stretches whose signs are flipped.
    pub stretches: u64,
    /// The highest studentised sum of each draw.
    pub maxima: String,
    /// By trial, its digest and its residual Sharpe ratio per session.
    pub ratios: String,
    /// In place of them for a large sweep: their number, their mean, and the sum of their squared
    /// deviations from it.
    pub summarised: String,
}

impl StoredTrials {
    fn of(kept: &SweepTrials) -> StoredTrials {
        let hex = |words: &mut dyn Iterator<Item = u64>| -> String {
            words.map(|word| format!("{word:016x}")).collect()
        };
        let ratios = kept.ratios.iter();
        let summarised = &kept.summarised;
        let summary = [
            summarised.n,
            summarised.mean.to_bits(),
            summarised.squares.to_bits(),
        ];
        StoredTrials {
            first_day: kept.sessions.first_day,
            sessions: kept.sessions.n,
            stretches: kept.sessions.stretches,
            maxima: hex(&mut kept.maxima.iter().map(|value| value.to_bits())),
            ratios: hex(&mut ratios.flat_map(|(digest, ratio)| [*digest, ratio.to_bits()])),
            summarised: match summarised.n {
                0 => String::new(),
                _ => hex(&mut summary.into_iter()),
            },
        }
    }

    /// `None` when they are damaged: not what was written.
    fn kept(&self) -> Option<SweepTrials> {
        let words = |text: &str| -> Option<Vec<u64>> {
            let (words, rest) = text.as_bytes().as_chunks::<16>();
            let word =
                |digits: &[u8; 16]| u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
            let words = words.iter().map(word).collect::<Option<Vec<u64>>>();
            words.filter(|_| rest.is_empty())
        };
        let maxima: Vec<f64> = words(&self.maxima)?
            .into_iter()
            .map(f64::from_bits)
            .collect();
        let ratios = words(&self.ratios)?;
        let (pairs, odd) = ratios.as_chunks::<2>();
        let summarised = match words(&self.summarised)?.as_slice() {
            [] => Ratios::default(),
            [n, mean, squares] => Ratios {
                n: *n,
                mean: f64::from_bits(*mean),
                squares: f64::from_bits(*squares),
            },
            _ => return None,
        };
        let kept = SweepTrials {
            sessions: Sessions {
                first_day: self.first_day,
                n: self.sessions,
                stretches: self.stretches,
            },
            maxima,
            ratios: (pairs.iter())
                .map(|[digest, ratio]| (*digest, f64::from_bits(*ratio)))
                .collect(),
            summarised,
        };
        let finite = kept.maxima.iter().chain(kept.ratios.values());
        let is_whole = kept.maxima.len() == DRAWS && odd.is_empty();
        (is_whole && finite.into_iter().all(|value| value.is_finite())).then_some(kept)
    }
}

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
    if let (Some(ledger), Some(now)) = (&ledger, now())
        && let Err(error) = ledger.add(sweep, &verdict, kept.as_ref(), now)
    {
        warn("this sweep is not in the ledger", &error);
    }
    if ledger.is_none() {
        warnings.push(format!(
            "{NOT_COUNTED}: set `{LEDGER_VARIABLE}` to a folder"
        ));
    }
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

    /// All entries, the oldest first. Files that are not entries are skipped.
    ///
    /// # Errors
    ///
    /// A folder that cannot be read. A missing one has no entries.
    pub fn entries(&self) -> Result<Vec<LedgerEntry>, VerdictError> {
        let files = match fs::read_dir(&self.dir) {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(io_error("read the ledger", &self.dir)(error).into()),
        };
        let mut entries = Vec::new();
        for file in files {
            let path = file.map_err(io_error("read the ledger", &self.dir))?.path();
            let is_entry = path
                .extension()
                .is_some_and(|extension| extension == "json");
            let text = fs::read(&path).unwrap_or_default();
            if let (true, Ok(entry)) = (is_entry, serde_json::from_slice::<LedgerEntry>(&text)) {
                entries.push(entry);
            }
        }
        entries.sort_by(|a, b| (&a.when, &a.sweep, a.trials).cmp(&(&b.when, &b.sweep, b.trials)));
        Ok(entries)
    }

    /// The trials of other sweeps on any year of any of a sweep's price series, whatever their source and
    /// adjustment.
    ///
    /// # Errors
    ///
    /// As [`TrialLedger::entries`].
    pub fn elsewhere(&self, sweep: &Sweep) -> Result<Union, VerdictError> {
        let (own, histories) = (sweep.plan().identity(), histories(sweep));
        let mut union = Union::default();
        for entry in self.entries()? {
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
    /// As [`TrialLedger::entries`].
    pub fn holdout_looks(&self, sweep: &Sweep) -> Result<u64, VerdictError> {
        let histories = histories(sweep);
        let entries = self.entries()?.into_iter();
        let looks =
            entries.filter(|entry| entry.kind == EntryKind::Holdout && entry.shares(&histories));
        Ok(looks.count() as u64)
    }

    /// Adds a sweep that ran to its end, unless it is there.
    ///
    /// # Errors
    ///
    /// A folder that cannot be written to.
    pub fn add(
        &self,
        sweep: &Sweep,
        verdict: &Verdict,
        kept: Option<&SweepTrials>,
        now: Moment,
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
        match now() {
            Some(now) => self.write(&name, &entry(sweep, EntryKind::Holdout, now)),
            None => Ok(()),
        }
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

impl LedgerEntry {
    /// Whether any series has a year in common.
    fn shares(&self, histories: &BTreeMap<String, String>) -> bool {
        let in_common = |(symbol, own): (&String, &String)| {
            let theirs = self.histories.get(symbol).map_or("", String::as_str);
            let theirs: Vec<&str> = theirs.split_whitespace().collect();
            own.split_whitespace().any(|year| theirs.contains(&year))
        };
        histories.iter().any(in_common)
    }
}

fn histories(sweep: &Sweep) -> BTreeMap<String, String> {
    let groups = sweep.plan().prices.iter();
    groups.flat_map(|group| group.histories.clone()).collect()
}

fn entry(sweep: &Sweep, kind: EntryKind, now: Moment) -> LedgerEntry {
    let plan = sweep.plan();
    let second = now.second_of_day();
    let time = (second / 3600, second / 60 % 60, second % 60);
    let digests = plan.prices.iter().flat_map(|group| group.digests.clone());
    LedgerEntry {
        kind,
        when: format!("{}T{:02}:{:02}:{:02}Z", now.date(), time.0, time.1, time.2),
        sweep: plan.identity(),
        strategies: plan.strategies.iter().map(|s| s.name.clone()).collect(),
        folder: sweep.dir().display().to_string(),
        trials: 1,
        best_sharpe: None,
        verdict: None,
        prices: digests.collect(),
        histories: histories(sweep),
        kept: None,
    }
}
