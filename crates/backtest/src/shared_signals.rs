//! Signals that several backtests of a batch read, computed once: the one place where trials of a
//! sweep share work on signals.
//!
//! A table holds one row per decision of a frame and one number per asset that may be held then.
//! It is filled through [`AsOf`] itself, so a shared signal has the bits of an unshared one.

use crate::alpha::{AsOf, Threshold, rank_keys};
use crate::backtest::Backtest;

/// A signal at every decision, for every asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Signal {
    /// Momentum, and the ranking by it down to `depth`.
    MomentumRanking {
        lookback: u32,
        depth: usize,
    },
    Momentum {
        lookback: u32,
    },
    MovingAverage {
        lookback: u32,
    },
    Volatility {
        lookback: u32,
    },
}

impl Signal {
    /// Whether a table for `self` serves a request for `other`.
    fn serves(&self, other: &Signal) -> bool {
        use Signal::MomentumRanking;
        match (*self, *other) {
            (
                MomentumRanking {
                    lookback: ours,
                    depth,
                },
                MomentumRanking {
                    lookback,
                    depth: asked,
                },
            ) => ours == lookback && depth >= asked,
            _ => self == other,
        }
    }
}

/// One row per decision, `stride` numbers in each.
#[derive(Clone, Debug)]
struct Rows<T> {
    stride: usize,
    values: Vec<T>,
}

impl<T> Rows<T> {
    fn row(&self, decision: usize) -> &[T] {
        &self.values[decision * self.stride..(decision + 1) * self.stride]
    }
}

#[derive(Clone, Debug)]
enum Table {
    Numbers(Rows<f64>),
    /// The rank key of each asset, and the lowest keys in order.
    Ranking {
        keys: Rows<u64>,
        sorted: Rows<u64>,
    },
}

impl Table {
    fn bytes(&self) -> usize {
        8 * match self {
            Table::Numbers(rows) => rows.values.len(),
            Table::Ranking { keys, sorted } => keys.values.len() + sorted.values.len(),
        }
    }
}

/// The tables of one frame.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedSignals {
    tables: Vec<(Signal, Table)>,
}

/// Tables kept for one frame, in bytes. Beyond it signals are computed where they are needed.
const BUDGET: usize = 48 << 20;

impl SharedSignals {
    /// Makes sure that there is a table for each signal, as far as memory allows.
    pub(crate) fn provide(&mut self, backtest: &Backtest<'_>, signals: &[Signal]) {
        let missing: Vec<Signal> = signals
            .iter()
            .copied()
            .filter(|signal| !self.has(signal))
            .collect();
        let new_bytes =
            missing.len() * 8 * backtest.decisions().len() * backtest.frame.universe.len();
        if self.bytes() + new_bytes > BUDGET {
            self.tables.clear();
        }
        for signal in signals {
            if !self.has(signal) && self.bytes() < BUDGET {
                let table = fill(backtest, *signal);
                self.tables.retain(|(known, _)| !signal.serves(known));
                self.tables.push((*signal, table));
            }
        }
    }

    fn has(&self, signal: &Signal) -> bool {
        self.tables.iter().any(|(known, _)| known.serves(signal))
    }

    fn bytes(&self) -> usize {
        self.tables.iter().map(|(_, table)| table.bytes()).sum()
    }

    /// The numbers of a signal at every decision, one row after another.
    pub(crate) fn all_numbers(&self, signal: Signal) -> Option<&[f64]> {
        self.tables.iter().find_map(|(known, table)| match table {
            Table::Numbers(rows) if *known == signal => Some(&rows.values[..]),
            _ => None,
        })
    }

    /// The numbers of a signal at one decision, in the order of [`AsOf::assets`].
    pub(crate) fn numbers(&self, signal: Signal, decision: usize) -> Option<&[f64]> {
        self.tables.iter().find_map(|(known, table)| match table {
            Table::Numbers(rows) if *known == signal => Some(rows.row(decision)),
            _ => None,
        })
    }

    /// The rank keys at one decision and where the first `n` end.
    pub(crate) fn ranking(
        &self,
        lookback: u32,
        n: usize,
        n_assets: usize,
        decision: usize,
    ) -> Option<(&[u64], Threshold)> {
        self.tables
            .iter()
            .find_map(|(known, table)| match (known, table) {
                (
                    Signal::MomentumRanking { lookback: ours, .. },
                    Table::Ranking { keys, sorted },
                ) if *ours == lookback => {
                    let threshold = Threshold::among_sorted(sorted.row(decision), n_assets, n)?;
                    Some((&keys.row(decision)[..n_assets], threshold))
                }
                _ => None,
            })
    }
}

fn fill(backtest: &Backtest<'_>, signal: Signal) -> Table {
    let frame = &backtest.frame;
    let (n, stride) = (frame.decisions.len(), frame.universe.len());
    let (mut members, mut is_member) = (Vec::new(), vec![false; backtest.market.n_assets()]);
    let mut numbers = Vec::new();
    let mut each = |row: &mut dyn FnMut(usize, &[f64])| {
        for (decision, &mark) in frame.decisions.iter().enumerate() {
            if decision == 0 || !frame.universe.is_constant() {
                frame
                    .universe
                    .at(backtest.market, mark, &mut members, &mut is_member);
            }
            let as_of = backtest.as_of(mark, &members, None);
            measure(as_of, signal, &mut numbers);
            row(decision, &numbers);
        }
    };
    match signal {
        Signal::MomentumRanking { depth, .. } => {
            let depth = depth.min(stride);
            let mut keys = Rows {
                stride,
                values: vec![u64::MAX; n * stride],
            };
            let mut sorted = Rows {
                stride: depth,
                values: vec![u64::MAX; n * depth],
            };
            let mut row_keys = Vec::new();
            each(&mut |decision, momenta| {
                rank_keys(momenta, &mut row_keys);
                keys.values[decision * stride..][..row_keys.len()].copy_from_slice(&row_keys);
                let kept = depth.min(row_keys.len());
                if kept > 0 && kept < row_keys.len() {
                    row_keys.select_nth_unstable(kept - 1);
                }
                row_keys[..kept].sort_unstable();
                sorted.values[decision * depth..][..kept].copy_from_slice(&row_keys[..kept]);
            });
            Table::Ranking { keys, sorted }
        }
        Signal::Momentum { .. } | Signal::MovingAverage { .. } | Signal::Volatility { .. } => {
            let mut rows = Rows {
                stride,
                values: vec![f64::NAN; n * stride],
            };
            each(&mut |decision, numbers| {
                rows.values[decision * stride..][..numbers.len()].copy_from_slice(numbers);
            });
            Table::Numbers(rows)
        }
    }
}

/// Writes a signal of each asset that may be held.
pub(crate) fn measure(as_of: AsOf<'_>, signal: Signal, numbers: &mut Vec<f64>) {
    match signal {
        Signal::MomentumRanking { lookback, .. } | Signal::Momentum { lookback } => {
            as_of.momenta(lookback, numbers);
        }
        Signal::MovingAverage { lookback } => {
            numbers.clear();
            let assets = as_of.assets().iter();
            numbers.extend(assets.map(|&asset| as_of.moving_average(asset, lookback)));
        }
        Signal::Volatility { lookback } => {
            numbers.clear();
            let assets = as_of.assets().iter();
            numbers.extend(assets.map(|&asset| as_of.volatility(asset, lookback)));
        }
    }
}
