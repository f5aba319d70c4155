//! What is to be done, as it is written into the folder once: `plan.json`.
//!
//! A plan holds no time and no place but where its prices came from, so that the same request gives
//! the same bytes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strategy_file::{Document, Override, Problems, TrialCount, Validation};

use crate::overview::StrategyOverview;
use crate::trials::{Source, Trials};

/// The layout of a sweep folder. Another layout is another number.
pub(crate) const FORMAT: u32 = 2;

/// The version of this program, to which the bits of its results belong.
pub(crate) const PROGRAM: &str = env!("CARGO_PKG_VERSION");

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) format: u32,
    pub(crate) program: String,
    /// Trials have the numbers below this one.
    pub(crate) numbers: u64,
    /// How many of them there are; estimated when `trials_counted` is false.
    pub(crate) trials: u64,
    pub(crate) trials_counted: bool,
    pub(crate) shard_size: u64,
    /// The digest of `market.snap`.
    pub(crate) snapshot: String,
    pub(crate) strategies: Vec<PlannedStrategy>,
    pub(crate) prices: Vec<PlannedPrices>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PlannedStrategy {
    /// The name that its rows carry.
    pub(crate) name: String,
    /// The name it has when the text gives none.
    pub(crate) default_name: String,
    pub(crate) file: String,
    /// The digest of the text.
    pub(crate) digest: String,
    pub(crate) text: String,
    pub(crate) overrides: Vec<String>,
    /// The position of its prices.
    pub(crate) prices: usize,
    /// For the reader; the text says the same.
    pub(crate) sweep: Option<PlannedSweep>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PlannedSweep {
    sampler: String,
    seed: u64,
    numbers: u64,
    axes: Vec<PlannedAxis>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct PlannedAxis {
    name: String,
    values: u64,
    first: String,
    last: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PlannedPrices {
    pub(crate) dir: String,
    pub(crate) adjusted: bool,
    /// A digest of the prices used from each symbol's file.
    pub(crate) digests: BTreeMap<String, String>,
    /// What tells the history of each symbol from all others, year by year.
    #[serde(default)]
    pub(crate) histories: BTreeMap<String, String>,
}

impl PlannedSweep {
    /// What a report tells of it.
    pub(crate) fn overview(&self) -> StrategyOverview {
        let axis = |axis: &PlannedAxis| {
            let (first, last) = (axis.first.clone(), axis.last.clone());
            (axis.name.clone(), axis.values, first, last)
        };
        StrategyOverview {
            sampler: Some(self.sampler.clone()),
            seed: self.seed,
            axes: self.axes.iter().map(axis).collect(),
            ..StrategyOverview::default()
        }
    }

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
            let document = Document::parse(&planned.text)?.with(&overrides);
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

    pub(crate) fn n_shards(&self) -> u64 {
        self.numbers.div_ceil(self.shard_size)
    }

    /// What the results depend on: not the size of shards, nor where files are.
    pub(crate) fn identity(&self) -> String {
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
        ) => TrialCount::About(a + b),
    }
}
