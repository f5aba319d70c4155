//! What is to be done, as it is written into the folder once: `plan.json`.
//!
//! A plan holds no time and no place but where its prices came from, so that the same request gives
//! the same bytes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strategy_file::{Document, Override, Problems, TrialCount, Validation};

use crate::ranges::{MOST_NUMBERS, MOST_SHARDS};
use crate::trials::{Source, Trials};

/// The layout of a sweep folder. Another layout is another number.
pub(crate) const FORMAT: u32 = 3;

/// The plan of a sweep, as `plan.json` has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// The layout of the folder.
    pub format: u32,
    /// The version of the program, to which the bits of the results belong.
    pub program: String,
    /// Trials have the numbers below this one. A constraint may exclude some.
    pub numbers: u64,
    /// How many of them there are; estimated when `trials_counted` is false.
    pub trials: u64,
    /// Whether `trials` is exact.
    pub trials_counted: bool,
    /// Trial numbers per shard, at least 1; the last shard may have fewer.
    pub shard_size: u64,
    /// BLAKE3 digest of `market.snap`, in hexadecimal digits.
    pub snapshot: String,
    /// The strategies, in the order of their trials.
    pub strategies: Vec<PlannedStrategy>,
    /// The price folders, each used by one or more strategies.
    pub prices: Vec<PlannedPrices>,
}

/// One strategy of a plan.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlannedStrategy {
    /// The name in the `strategy` column of its rows.
    pub name: String,
    /// The name that applies when the text has none.
    pub default_name: String,
    /// The path of its file, as given.
    pub file: String,
    /// BLAKE3 digest of the text, in hexadecimal digits.
    pub digest: String,
    /// The whole strategy file.
    pub text: String,
    /// The `--set` arguments, applied in order.
    pub overrides: Vec<String>,
    /// The members of its universe, as a table of TOML, where it names a file that lists them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<String>,
    /// The position of its prices in [`Plan::prices`].
    pub prices: usize,
    /// A summary of the `[sweep]` table in the text, for people; `None` when nothing varies.
    pub sweep: Option<PlannedSweep>,
}

/// What a strategy's `[sweep]` table varies.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlannedSweep {
    /// `grid`, `random` or `sobol`.
    pub sampler: String,
    /// The seed of the sampler; a grid does not use it.
    pub seed: u64,
    /// Trial numbers of this strategy.
    pub numbers: u64,
    /// The axes, in the order of the file.
    pub axes: Vec<PlannedAxis>,
}

/// One axis of a plan.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlannedAxis {
    /// The key it varies, as in `alpha.lookback`.
    pub name: String,
    /// How many values it has.
    pub values: u64,
    /// The first value.
    pub first: String,
    /// The last value.
    pub last: String,
}

/// The prices of one folder.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlannedPrices {
    /// The folder.
    pub dir: String,
    /// Whether prices are adjusted for dividends and splits.
    pub adjusted: bool,
    /// By symbol, a digest of the prices used.
    pub digests: BTreeMap<String, String>,
    /// By symbol, a fingerprint of its returns, year by year, that survives a new download.
    #[serde(default)]
    pub histories: BTreeMap<String, String>,
}

impl PlannedSweep {
    pub(crate) fn of(source: &Source) -> Option<PlannedSweep> {
        let space = source.space.as_ref()?;
        let axis = |axis: &strategy_file::Axis| PlannedAxis {
            name: axis.name().to_owned(),
            values: axis.n_values(),
            first: axis.value(0).to_string(),
            last: axis.value(axis.n_values() - 1).to_string(),
        };
        Some(PlannedSweep {
            sampler: space.sampler().name().to_owned(),
            seed: space.seed(),
            numbers: space.n_numbers(),
            axes: space.axes().iter().map(axis).collect(),
        })
    }
}

impl Plan {
    /// The trials that the plan's texts describe.
    pub(crate) fn trials(&self) -> Result<Trials, Problems> {
        let mut first = 0;
        let mut sources = Vec::with_capacity(self.strategies.len());
        for planned in &self.strategies {
            let overrides = planned.overrides.iter().map(|text| Override::parse(text));
            let overrides = overrides.collect::<Result<Vec<_>, _>>()?;
            let mut document = Document::parse(&planned.text)?.with(&overrides);
            if let Some(members) = &planned.members {
                document = document.with_members(members)?;
            }
            let space = document.space()?;
            let n = space.as_ref().map_or(1, |space| space.n_numbers());
            sources.push(Source {
                name: planned.name.clone(),
                default_name: planned.default_name.clone(),
                document,
                space,
                first,
                n,
                group: planned.prices,
            });
            first += n;
        }
        let validation = validation(sources.iter().map(|source| &source.document))?;
        Ok(Trials::new(sources, validation.unwrap_or_default()))
    }

    /// How many shards there are; they are numbered from 0.
    pub fn n_shards(&self) -> u64 {
        self.numbers.div_ceil(self.shard_size.max(1))
    }

    /// Whether a folder can hold the shards.
    pub(crate) fn fits_a_folder(&self) -> bool {
        self.numbers <= MOST_NUMBERS && self.n_shards() <= MOST_SHARDS
    }

    /// A digest of what the results depend on: neither the size of shards nor the place of files.
    pub fn identity(&self) -> String {
        let mut digest = blake3::Hasher::new();
        let mut add = |text: &str| {
            digest.update(&(text.len() as u64).to_le_bytes());
            digest.update(text.as_bytes());
        };
        add(&self.program);
        add(&self.snapshot);
        for strategy in &self.strategies {
            add(&strategy.name);
            add(&strategy.text);
            add(&strategy.overrides.join("\n"));
            // Where there are none the digest is as it was.
            if let Some(members) = &strategy.members {
                add(members);
            }
        }
        digest.finalize().to_hex().to_string()
    }

    /// What a plan in a folder has otherwise than this one, in words.
    pub(crate) fn differences(&self, found: &Plan) -> Vec<String> {
        let mut differences = Vec::new();
        if self.strategies.len() != found.strategies.len() {
            let (n, was) = (self.strategies.len(), found.strategies.len());
            differences.push(format!("there were {was} strategies, and now {n}"));
        }
        for (now, then) in self.strategies.iter().zip(&found.strategies) {
            let file = &now.file;
            if now.text != then.text {
                differences.push(format!("the strategy `{file}` has changed"));
            } else if (&now.name, &now.default_name) != (&then.name, &then.default_name) {
                differences.push(format!("`{file}` was called `{}`", then.name));
            }
            if now.members != then.members {
                differences.push(format!(
                    "the members of the universe of `{file}` have changed"
                ));
            }
            if now.overrides != then.overrides {
                let shown = |overrides: &[String]| match overrides {
                    [] => "no overrides".to_owned(),
                    overrides => format!("`{}`", overrides.join("`, `")),
                };
                let (then, now) = (shown(&then.overrides), shown(&now.overrides));
                differences.push(format!("it was planned with {then}, and now with {now}"));
            }
        }
        for (now, then) in self.prices.iter().zip(&found.prices) {
            let changed = |(symbol, digest): &(&String, &String)| {
                then.digests.get(*symbol).is_none_or(|then| then != *digest)
            };
            let symbols: Vec<&String> = (now.digests.iter().filter(changed))
                .map(|(symbol, _)| symbol)
                .collect();
            if !symbols.is_empty() {
                let shown: Vec<String> = symbols
                    .iter()
                    .take(3)
                    .map(|symbol| format!("`{symbol}`"))
                    .collect();
                let more = match symbols.len() - shown.len() {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                differences.push(format!(
                    "the prices of {}{more} have changed",
                    shown.join(", ")
                ));
            }
        }
        if differences.is_empty() && self.identity() != found.identity() {
            differences.push("its prices are others".to_owned());
        }
        differences
    }
}

/// How a sweep is tested out of sample: what its strategies say, if all that say something say the
/// same. `None` when they do not.
pub(crate) fn validation<'a>(
    documents: impl Iterator<Item = &'a Document>,
) -> Result<Option<Validation>, Problems> {
    let mut said = Vec::new();
    for document in documents.filter(|document| document.has_validation()) {
        said.push(document.validation()?);
    }
    let is_one = said.windows(2).all(|pair| pair[0] == pair[1]);
    Ok(is_one.then(|| said.pop().unwrap_or_default()))
}

/// Both counts of trials, or that one of them is an estimate.
pub(crate) fn add(a: TrialCount, b: TrialCount) -> TrialCount {
    match (a, b) {
        (TrialCount::Exact(a), TrialCount::Exact(b)) => TrialCount::Exact(a + b),
        (
            TrialCount::Exact(a) | TrialCount::About(a),
            TrialCount::Exact(b) | TrialCount::About(b),
        ) => TrialCount::About(a.saturating_add(b)),
    }
}
