//! Signals that several backtests of a batch read, computed once: the one place where trials of a
//! sweep share work on signals.
//!
//! A table holds one row per decision of a frame and one number per asset that may be held then.
//! It is filled through [`AsOf`](crate::alpha::AsOf) itself, so a shared signal has the bits of an unshared one.

use crate::alpha::{RankingBuffers, measure, rank, rank_keys};
use crate::asset_set::AssetSet;
use crate::backtest::Backtest;
use crate::formula::columns::Evaluated;
use crate::formula::evaluate::at_decisions;
use crate::market::{Mark, Session};
use crate::signal_tables::{SharedSignals, Signal, SignalRows, SignalTable, SignalsRead};
use ::statistics::summation::{WINDOWS, window_means};
use std::sync::Arc;

/// Tables kept for one frame, in bytes. Beyond it signals are computed where they are needed.
const BUDGET: usize = 48 << 20;

/// Computes a table for each signal that has none, within the memory budget.
pub(crate) fn provide(shared: &mut SharedSignals, backtest: &Backtest<'_>, signals: &[Signal]) {
    let missing: Vec<Signal> = signals
        .iter()
        .filter(|signal| !shared.has(signal))
        .cloned()
        .collect();
    let new_bytes = missing.len() * 8 * backtest.decisions().len() * backtest.frame.universe.len();
    if shared.bytes() + new_bytes > BUDGET {
        shared.tables.clear();
        shared.formulas = Default::default();
    }
    for signal in signals {
        // Models read their formulas from tables only.
        let is_formula = matches!(signal, Signal::Formula(_));
        if !shared.has(signal) && (is_formula || shared.bytes() < BUDGET) {
            let table = fill(backtest, signal, &mut shared.formulas);
            shared.tables.retain(|(known, _)| !signal.serves(known));
            shared.tables.push((signal.clone(), table));
        }
    }
}

impl<'m> Backtest<'m> {
    /// The same with the formulas that its model reads evaluated; `None` when it reads none.
    pub(crate) fn with_formulas(&self) -> Option<Backtest<'m>> {
        let read = self.alpha.signals(self.frame.universe.len());
        let is_formula = |signal: &&Signal| matches!(signal, Signal::Formula(_));
        if self.signals.is_some() || !read.iter().any(|signal| is_formula(&signal)) {
            return None;
        }
        let formulas: Vec<Signal> = read.iter().filter(is_formula).cloned().collect();
        let mut shared = SharedSignals::default();
        provide(&mut shared, self, &formulas);
        Some(Backtest {
            signals: Some(SignalsRead::new(
                &Arc::new(shared),
                &formulas,
                &self.alpha.named_signals(),
            )),
            ..self.clone()
        })
    }
}

fn fill(backtest: &Backtest<'_>, signal: &Signal, formulas: &mut Evaluated) -> SignalTable {
    let frame = &backtest.frame;
    let (n, stride) = (frame.decisions.len(), frame.universe.len());
    let mut inside = AssetSet::of_none(backtest.market.n_assets());
    let mut members = Vec::new();
    let mut numbers = Vec::new();
    let mut each = |row: &mut dyn FnMut(usize, &[f64])| {
        for (decision, &mark) in frame.decisions.iter().enumerate() {
            if decision == 0 || !frame.universe.is_constant() {
                frame
                    .universe
                    .at(backtest.market, mark, &mut members, &mut inside);
            }
            let as_of = backtest.as_of(mark, &members, None);
            measure(as_of, signal, &mut numbers);
            row(decision, &numbers);
        }
    };
    match signal {
        Signal::MomentumRanking { depth, .. } => {
            let depth = stride.min(*depth);
            // Where fewer assets may be held than are ranked, the remaining ranks belong to no asset.
            let none = || SignalRows {
                stride: depth,
                values: vec![u32::MAX; n * depth],
            };
            let (mut positions, mut ranks) = (none(), none());
            let (mut keys, mut buffers) = (Vec::new(), RankingBuffers::default());
            each(&mut |decision, momenta| {
                rank_keys(momenta, &mut keys);
                rank(&keys, depth, &mut buffers);
                positions.values[decision * depth..][..buffers.positions.len()]
                    .copy_from_slice(&buffers.positions);
                ranks.values[decision * depth..][..buffers.ranks.len()]
                    .copy_from_slice(&buffers.ranks);
            });
            SignalTable::Ranking { positions, ranks }
        }
        Signal::MovingAverage { lookback }
            if frame.universe.is_constant() && !backtest.skips_filled() =>
        {
            SignalTable::Numbers(moving_averages(backtest, *lookback))
        }
        Signal::Formula(node) => SignalTable::Numbers(SignalRows {
            stride,
            values: at_decisions(formulas, node, backtest, stride),
        }),
        Signal::Momentum { .. } | Signal::MovingAverage { .. } | Signal::Volatility { .. } => {
            let mut rows = SignalRows {
                stride,
                values: vec![f64::NAN; n * stride],
            };
            each(&mut |decision, numbers| {
                rows.values[decision * stride..][..numbers.len()].copy_from_slice(numbers);
            });
            SignalTable::Numbers(rows)
        }
    }
}

/// The moving averages of a universe that does not change: several neighbouring days at a time.
fn moving_averages(backtest: &Backtest<'_>, lookback: u32) -> SignalRows<f64> {
    let frame = &backtest.frame;
    let (decisions, stride) = (&frame.decisions, frame.universe.len());
    let mut inside = AssetSet::of_none(backtest.market.n_assets());
    let mut members = Vec::new();
    let first = Mark::open(frame.window.first);
    (frame.universe).at(backtest.market, first, &mut members, &mut inside);
    let mut rows = SignalRows {
        stride,
        values: vec![f64::NAN; decisions.len() * stride],
    };
    for (column, &asset) in members.iter().enumerate() {
        let closes = backtest.market.signal_history(asset);
        let since = frame.universe.since()[asset.index()];
        let mut decision = 0;
        while let Some(&mark) = decisions.get(decision) {
            let end = mark.session.0 + 1;
            let is_full = end
                .checked_sub(lookback)
                .is_some_and(|start| start >= since.0);
            let days = decisions[decision..].first_chunk::<WINDOWS>();
            if is_full && days.is_some_and(are_closes_in_a_row) {
                let windows =
                    &closes[(end - lookback) as usize..][..lookback as usize + WINDOWS - 1];
                for average in window_means(windows, lookback as usize) {
                    rows.values[decision * stride + column] = average;
                    decision += 1;
                }
            } else {
                let as_of = backtest.as_of(mark, &members, None);
                let average = as_of.moving_average(asset, lookback);
                rows.values[decision * stride + column] = average;
                decision += 1;
            }
        }
    }
    rows
}

fn are_closes_in_a_row(marks: &[Mark; WINDOWS]) -> bool {
    let sessions = (marks[0].session.0..).map(Session);
    marks
        .iter()
        .copied()
        .eq(sessions.map(Mark::close).take(WINDOWS))
}
