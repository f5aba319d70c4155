//! Signals computed before, by decision and asset, and what one backtest reads of them.

use std::sync::Arc;

use crate::formula::columns::Evaluated;
use crate::formula::node::Node;

/// A signal at every decision, for every asset.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// A formula.
    Formula(Arc<Node>),
}

impl Signal {
    /// Whether a table for `self` serves a request for `other`.
    pub(crate) fn serves(&self, other: &Signal) -> bool {
        use Signal::MomentumRanking;
        match (self, other) {
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
pub(crate) struct SignalRows<T> {
    pub(crate) stride: usize,
    pub(crate) values: Vec<T>,
}

impl<T> SignalRows<T> {
    fn row(&self, decision: usize) -> &[T] {
        &self.values[decision * self.stride..(decision + 1) * self.stride]
    }
}

#[derive(Clone, Debug)]
pub(crate) enum SignalTable {
    Numbers(SignalRows<f64>),
    /// The positions of the assets ranked first, increasing, and the rank of each.
    Ranking {
        positions: SignalRows<u32>,
        ranks: SignalRows<u32>,
    },
}

impl SignalTable {
    fn bytes(&self) -> usize {
        match self {
            SignalTable::Numbers(rows) => 8 * rows.values.len(),
            SignalTable::Ranking { positions, ranks } => {
                4 * (positions.values.len() + ranks.values.len())
            }
        }
    }
}

/// The tables of one frame.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedSignals {
    pub(crate) tables: Vec<(Signal, SignalTable)>,
    /// Parts of formulas.
    pub(crate) formulas: Evaluated,
}

/// The tables that one backtest reads, found once.
#[derive(Clone, Debug)]
pub(crate) struct SignalsRead {
    tables: Arc<SharedSignals>,
    /// For each signal that the backtest reads and that there is a table for: which one.
    places: Vec<(Signal, usize)>,
    /// The formulas that models ask for by name.
    named: Arc<[(String, Arc<Node>)]>,
}

impl SignalsRead {
    pub(crate) fn new(
        tables: &Arc<SharedSignals>,
        signals: &[Signal],
        named: &Arc<[(String, Arc<Node>)]>,
    ) -> SignalsRead {
        let place = |signal: &Signal| {
            let serves = |(known, _): &(Signal, SignalTable)| known.serves(signal);
            Some((signal.clone(), tables.tables.iter().position(serves)?))
        };
        let places = signals.iter().filter_map(place).collect();
        SignalsRead {
            tables: Arc::clone(tables),
            places,
            named: Arc::clone(named),
        }
    }

    /// The numbers of a signal at every decision, one row after another.
    pub(crate) fn all_numbers(&self, signal: &Signal) -> Option<&[f64]> {
        self.rows(signal).map(|rows| &rows.values[..])
    }

    /// The numbers of a signal at one decision, in the order of [`AsOf::assets`](crate::alpha::AsOf::assets).
    pub(crate) fn numbers(&self, signal: &Signal, decision: usize) -> Option<&[f64]> {
        self.rows(signal).map(|rows| rows.row(decision))
    }

    /// The formula of a name.
    pub(crate) fn named(&self, name: &str) -> Option<&Arc<Node>> {
        let (_, node) = self.named.iter().find(|(known, _)| known == name)?;
        Some(node)
    }

    /// The numbers of a formula at one decision.
    pub(crate) fn formula(&self, node: &Arc<Node>, decision: usize) -> Option<&[f64]> {
        let own = |(known, _): &&(Signal, usize)| match known {
            Signal::Formula(known) => Arc::ptr_eq(known, node) || known == node,
            _ => false,
        };
        let (_, place) = self.places.iter().find(own)?;
        match &self.tables.tables[*place].1 {
            SignalTable::Numbers(rows) => Some(rows.row(decision)),
            SignalTable::Ranking { .. } => None,
        }
    }

    fn rows(&self, signal: &Signal) -> Option<&SignalRows<f64>> {
        let (_, place) = self.places.iter().find(|(known, _)| known == signal)?;
        match &self.tables.tables[*place].1 {
            SignalTable::Numbers(rows) => Some(rows),
            SignalTable::Ranking { .. } => None,
        }
    }

    /// The positions ranked first at one decision, increasing, and their ranks.
    pub(crate) fn ranking(&self, lookback: u32, decision: usize) -> Option<(&[u32], &[u32])> {
        let by_lookback = |(known, _): &&(Signal, usize)| matches!(known, Signal::MomentumRanking { lookback: ours, .. } if *ours == lookback);
        let (_, place) = self.places.iter().find(by_lookback)?;
        match &self.tables.tables[*place].1 {
            SignalTable::Ranking { positions, ranks } => {
                Some((positions.row(decision), ranks.row(decision)))
            }
            SignalTable::Numbers(_) => None,
        }
    }
}

impl SharedSignals {
    pub(crate) fn has(&self, signal: &Signal) -> bool {
        self.tables.iter().any(|(known, _)| known.serves(signal))
    }

    pub(crate) fn bytes(&self) -> usize {
        self.tables
            .iter()
            .map(|(_, table)| table.bytes())
            .sum::<usize>()
            + self.formulas.bytes()
    }
}
