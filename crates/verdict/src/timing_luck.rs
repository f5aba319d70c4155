//! How much of a result is the choice of its days, as files and people read it.

use backtest::timing_luck::{self as engine, Spread};
use serde::{Deserialize, Serialize};
use statistics::catalogue;
use statistics::text::grouped;

/// A result among those of the same strategy on other days.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimingLuck {
    /// On the other days of its schedule; `None` where it leaves no choice.
    pub offsets: Option<Alternatives>,
    /// Begun later, through the first year; `None` where less than two years are recorded.
    pub starts: Option<Alternatives>,
}

/// Runs that differ in their days only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alternatives {
    /// How many they are, the strategy as it is among them.
    pub n: usize,
    /// Its place by CAGR, from 1 for the highest; `None` where that is undefined.
    pub rank: Option<usize>,
    /// Fractions a year.
    pub cagr: Option<Range>,
    /// The Sharpe ratios.
    pub sharpe: Option<Range>,
    /// Equity at the last close, in currency units.
    pub final_equity: Option<Range>,
    /// Which of the runs is the strategy as it is.
    pub own: usize,
    /// The runs, in the order of their days.
    pub runs: Vec<Alternative>,
}

/// The range of one number over the runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Range {
    /// The strategy as it is; `None` where it is undefined.
    pub own: Option<f64>,
    /// The lowest.
    pub low: f64,
    /// The median.
    pub median: f64,
    /// The highest.
    pub high: f64,
}

/// A run on other days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    /// Its days: `day -3` for the third session from the end of each month, or the first day.
    pub days: String,
    /// A fraction a year.
    pub cagr: Option<f64>,
    /// The Sharpe ratio.
    pub sharpe: Option<f64>,
    /// Equity at the last close, in currency units.
    pub final_equity: f64,
}

impl From<engine::TimingLuck> for TimingLuck {
    fn from(found: engine::TimingLuck) -> TimingLuck {
        TimingLuck {
            offsets: found.offsets.map(Alternatives::from),
            starts: found.starts.map(Alternatives::from),
        }
    }
}

impl From<engine::Alternatives> for Alternatives {
    fn from(found: engine::Alternatives) -> Alternatives {
        let finite = |value: Option<f64>| value.filter(|value| value.is_finite());
        let range = |spread: Spread| Range {
            own: spread.own,
            low: spread.low,
            median: spread.median,
            high: spread.high,
        };
        Alternatives {
            n: found.runs.len(),
            rank: found.rank(),
            cagr: found.spread(|run| finite(run.cagr)).map(range),
            sharpe: found.spread(|run| finite(run.sharpe)).map(range),
            final_equity: found
                .spread(|run| finite(Some(run.final_equity)))
                .map(range),
            own: found.own,
            runs: (found.runs.into_iter())
                .map(|run| Alternative {
                    days: run.days,
                    cagr: finite(run.cagr),
                    sharpe: finite(run.sharpe),
                    final_equity: run.final_equity,
                })
                .collect(),
        }
    }
}

impl TimingLuck {
    /// Whether there is nothing to compare with.
    pub fn is_empty(&self) -> bool {
        self.offsets.is_none() && self.starts.is_none()
    }

    /// All of it, as `statistics.json` has it.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// A sentence for each kind of choice that there is.
    pub fn sentences(&self) -> Vec<String> {
        let kinds = [
            ("on other days of its schedule", &self.offsets),
            ("begun up to a year later", &self.starts),
        ];
        let said = kinds
            .into_iter()
            .filter_map(|(what, found)| Some((what, found.as_ref()?)));
        said.map(|(what, found)| format!("{what}: {}", found.in_words()))
            .collect()
    }
}

impl Alternatives {
    /// The ranges, and the place of the strategy as it is.
    fn in_words(&self) -> String {
        let shown = |key: &str, value: f64| {
            let text = catalogue::text(key, value);
            text.unwrap_or_else(|| grouped(value))
        };
        let between = |name: &str, key: &str, range: Option<Range>| {
            let range = range?;
            let (low, high) = (shown(key, range.low), shown(key, range.high));
            Some(format!("{name} {low} to {high}"))
        };
        let equity = self.final_equity.map(|range| {
            let (low, high) = (grouped(range.low), grouped(range.high));
            format!("final equity {low} to {high}")
        });
        let parts = [
            between("CAGR", "cagr", self.cagr),
            between("Sharpe ratio", "sharpe", self.sharpe),
            equity,
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let place = self.rank.map_or(String::new(), |rank| {
            format!("; by CAGR, this one is {}", place(rank, self.n))
        });
        format!("{}{place}", parts.join(", "))
    }
}

/// `the best of 21`, `5th of 21`.
fn place(rank: usize, n: usize) -> String {
    let ending = match (rank % 10, rank % 100) {
        (1, other) if other != 11 => "st",
        (2, other) if other != 12 => "nd",
        (3, other) if other != 13 => "rd",
        _ => "th",
    };
    match rank {
        1 => format!("the best of {n}"),
        rank if rank == n => format!("the worst of {n}"),
        rank => format!("{rank}{ending} of {n}"),
    }
}
