//! The trial ledger: which sweeps were ever made on which prices, so that luck is counted across
//! all of them.
//!
//! A folder of small files, one for each entry, written whole and never changed: nothing is lost
//! when several processes on several machines add to it at the same time, also over NFS. The same
//! sweep run twice is one entry, since its trials are the same tries.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use backtest::date::Moment;
use market_data::write_atomically;
use serde::{Deserialize, Serialize};

use crate::error::SweepError;
use crate::folder::{Sweep, io_error};
use crate::luck::Luck;

/// A folder of entries.
#[derive(Clone, Debug)]
pub struct Ledger {
    dir: PathBuf,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Deed {
    /// A sweep ran to its end.
    Sweep,
    /// The held-out time of a sweep was looked at.
    Holdout,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// What was done.
    pub deed: Deed,
    /// When, in UTC.
    pub when: String,
    /// Tells a sweep from all others.
    pub sweep: String,
    /// The names of its strategies.
    pub strategies: Vec<String>,
    /// Where its folder was.
    pub folder: String,
    /// Trials that ran to their end; for a held-out time, the one trial looked at.
    pub trials: u64,
    /// The highest Sharpe ratio.
    pub best_sharpe: Option<f64>,
    /// The verdict's colour.
    pub verdict: Option<String>,
    /// By symbol, a digest of its prices.
    pub prices: BTreeMap<String, String>,
}

impl Ledger {
    /// The ledger in a folder, which is made with the first entry.
    pub fn new(dir: impl Into<PathBuf>) -> Ledger {
        Ledger { dir: dir.into() }
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// All entries, the oldest first. Files that are no entries are passed over.
    ///
    /// # Errors
    ///
    /// A folder that cannot be read. A missing one has no entries.
    pub fn entries(&self) -> Result<Vec<LedgerEntry>, SweepError> {
        let files = match fs::read_dir(&self.dir) {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(io_error("read the ledger", &self.dir)(error)),
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

    /// Trials of other sweeps that used any of a sweep's price series, as they were.
    ///
    /// # Errors
    ///
    /// As [`Ledger::entries`].
    pub fn tried_elsewhere(&self, sweep: &Sweep) -> Result<u64, SweepError> {
        let (own, prices) = (sweep.plan.identity(), sweep.price_digests());
        let entries = self.entries()?.into_iter();
        let others = entries.filter(|entry| entry.deed == Deed::Sweep && entry.sweep != own);
        Ok(others
            .filter(|entry| entry.shares(&prices))
            .map(|entry| entry.trials)
            .sum())
    }

    /// How often the held-out time of sweeps on any of these prices was looked at.
    ///
    /// # Errors
    ///
    /// As [`Ledger::entries`].
    pub fn holdout_looks(&self, sweep: &Sweep) -> Result<u64, SweepError> {
        let prices = sweep.price_digests();
        let entries = self.entries()?.into_iter();
        let looks = entries.filter(|entry| entry.deed == Deed::Holdout && entry.shares(&prices));
        Ok(looks.count() as u64)
    }

    /// Adds a sweep that ran to its end, unless it is there.
    ///
    /// # Errors
    ///
    /// A folder that cannot be written to.
    pub fn add(&self, sweep: &Sweep, luck: &Luck, now: Moment) -> Result<(), SweepError> {
        let own = sweep.plan.identity();
        let entry = LedgerEntry {
            trials: luck.trials,
            best_sharpe: luck.best.as_ref().map(|best| best.sharpe),
            verdict: luck.light.clone(),
            ..sweep.entry(Deed::Sweep, now)
        };
        self.write(&own, &entry)
    }

    /// Adds that the held-out time was looked at with a trial, unless it is there.
    ///
    /// # Errors
    ///
    /// A folder that cannot be written to.
    pub fn add_holdout(&self, sweep: &Sweep, trial: u64, now: Moment) -> Result<(), SweepError> {
        let name = format!("{}-holdout-{trial}", sweep.plan.identity());
        self.write(&name, &sweep.entry(Deed::Holdout, now))
    }

    fn write(&self, name: &str, entry: &LedgerEntry) -> Result<(), SweepError> {
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
    /// Whether any series is the same, to the last price.
    fn shares(&self, prices: &BTreeMap<String, String>) -> bool {
        let same = |(symbol, digest): (&String, &String)| self.prices.get(symbol) == Some(digest);
        prices.iter().any(same)
    }
}

impl Sweep {
    fn price_digests(&self) -> BTreeMap<String, String> {
        let groups = self.plan.prices.iter();
        groups.flat_map(|group| group.digests.clone()).collect()
    }

    fn entry(&self, deed: Deed, now: Moment) -> LedgerEntry {
        let second = now.second_of_day();
        let time = (second / 3600, second / 60 % 60, second % 60);
        LedgerEntry {
            deed,
            when: format!("{}T{:02}:{:02}:{:02}Z", now.date(), time.0, time.1, time.2),
            sweep: self.plan.identity(),
            strategies: self
                .plan
                .strategies
                .iter()
                .map(|s| s.name.clone())
                .collect(),
            folder: self.dir().display().to_string(),
            trials: 1,
            best_sharpe: None,
            verdict: None,
            prices: self.price_digests(),
        }
    }
}
