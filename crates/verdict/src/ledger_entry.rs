//! One entry of the ledger, and whether it can be true.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use strategy_file::MOST_TRIALS;

use crate::overfitting::sign_flips::DRAWS;
use crate::test::Light;
use crate::union::{Ratios, Sessions, SweepTrials};

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
    pub(crate) fn of(kept: &SweepTrials) -> StoredTrials {
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
    pub(crate) fn kept(&self) -> Option<SweepTrials> {
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

impl LedgerEntry {
    /// Why the entry cannot be true; `None` for one that can.
    pub(crate) fn fault(&self) -> Option<String> {
        if self.sweep.is_empty() {
            return Some("it names no sweep".to_owned());
        }
        if self.trials > MOST_TRIALS {
            return Some(format!("no sweep has {} trials", self.trials));
        }
        let kept = match &self.kept {
            None => return None,
            Some(stored) => stored.kept(),
        };
        let Some(kept) = kept else {
            return Some("what it keeps of the trials is damaged".to_owned());
        };
        let of_trials = (kept.ratios.len() as u64).saturating_add(kept.summarised.n);
        (of_trials > self.trials).then(|| {
            format!(
                "it has {of_trials} residual Sharpe ratios of {} trials",
                self.trials
            )
        })
    }

    /// Whether any series has a year in common.
    pub(crate) fn shares(&self, histories: &BTreeMap<String, String>) -> bool {
        let in_common = |(symbol, own): (&String, &String)| {
            let theirs = self.histories.get(symbol).map_or("", String::as_str);
            let theirs: BTreeSet<&str> = theirs.split_whitespace().collect();
            own.split_whitespace().any(|year| theirs.contains(year))
        };
        histories.iter().any(in_common)
    }
}
