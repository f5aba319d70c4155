//! The alpha models that a strategy file can name.

use super::ranking::Side;
use super::{AlphaError, AlphaModel, AsOf, RankBuffers, Weights};
use crate::conventions::Entry;
use crate::date::Moment;
use crate::market::{AssetId, Session};
use crate::shared_signals::Signal;
use crate::strategy::BelowAverage;

/// An alpha model of the strategy file, with symbols resolved. Data: a model with memory is made
/// from it afresh for each run.
#[derive(Clone, Debug)]
pub(crate) enum BoundAlpha {
    FixedWeights(Vec<(AssetId, f64)>),
    EqualWeight,
    SingleSignal(f64),
    TopNMomentum {
        lookback: u32,
        top_n: usize,
    },
    MomentumWeighted {
        lookback: u32,
    },
    LongShortMomentum {
        lookback: u32,
        top_n: usize,
        bottom_n: usize,
    },
    SmaCrossover {
        fast: u32,
        slow: u32,
        below: BelowAverage,
        entry: Entry,
    },
    InverseVolatility {
        lookback: u32,
    },
    ScheduledWeights(Vec<(Moment, Vec<(AssetId, f64)>)>),
    External(String),
}

/// What a model reads of the past.
#[derive(Clone, Copy, Debug)]
pub(crate) struct History {
    /// Its weights are zero until so many closes have been seen since the start.
    pub(crate) warm_up: u32,
    /// Closes that it reads at a decision, the last included.
    pub(crate) closes: u32,
}

impl BoundAlpha {
    /// What the model reads of the past; `None` when it looks at nothing but the present.
    pub(crate) fn history(&self) -> Option<History> {
        match *self {
            BoundAlpha::FixedWeights(_)
            | BoundAlpha::EqualWeight
            | BoundAlpha::SingleSignal(_)
            | BoundAlpha::ScheduledWeights(_)
            | BoundAlpha::External(_) => None,
            BoundAlpha::TopNMomentum { lookback, .. }
            | BoundAlpha::MomentumWeighted { lookback }
            | BoundAlpha::LongShortMomentum { lookback, .. }
            | BoundAlpha::InverseVolatility { lookback } => Some(History {
                warm_up: lookback,
                closes: lookback.saturating_add(1),
            }),
            BoundAlpha::SmaCrossover {
                slow,
                entry: Entry::State,
                ..
            } => Some(History {
                warm_up: slow,
                closes: slow,
            }),
            BoundAlpha::SmaCrossover {
                slow,
                entry: Entry::Cross,
                ..
            } => Some(History {
                warm_up: slow,
                closes: u32::MAX,
            }),
        }
    }

    /// Whether it weighs nothing but what may be held.
    pub(crate) fn names_members_only(&self) -> bool {
        match self {
            BoundAlpha::FixedWeights(_)
            | BoundAlpha::ScheduledWeights(_)
            | BoundAlpha::External(_) => false,
            BoundAlpha::EqualWeight
            | BoundAlpha::SingleSignal(_)
            | BoundAlpha::TopNMomentum { .. }
            | BoundAlpha::MomentumWeighted { .. }
            | BoundAlpha::LongShortMomentum { .. }
            | BoundAlpha::SmaCrossover { .. }
            | BoundAlpha::InverseVolatility { .. } => true,
        }
    }

    /// The signals that the model reads at each decision.
    pub(crate) fn signals(&self, n_assets: usize) -> Vec<Signal> {
        match *self {
            BoundAlpha::FixedWeights(_)
            | BoundAlpha::EqualWeight
            | BoundAlpha::SingleSignal(_)
            | BoundAlpha::ScheduledWeights(_)
            | BoundAlpha::External(_) => Vec::new(),
            BoundAlpha::TopNMomentum { lookback, top_n } => {
                vec![Signal::MomentumRanking {
                    lookback,
                    depth: top_n.min(n_assets),
                }]
            }
            BoundAlpha::LongShortMomentum { lookback, .. } => {
                vec![Signal::MomentumRanking {
                    lookback,
                    depth: n_assets,
                }]
            }
            BoundAlpha::MomentumWeighted { lookback } => vec![Signal::Momentum { lookback }],
            BoundAlpha::SmaCrossover { fast, slow, .. } => [fast, slow]
                .map(|lookback| Signal::MovingAverage { lookback })
                .to_vec(),
            BoundAlpha::InverseVolatility { lookback } => vec![Signal::Volatility { lookback }],
        }
    }

    /// The model, as at the start of a run.
    pub(crate) fn model(&self) -> Box<dyn AlphaModel + '_> {
        match *self {
            BoundAlpha::FixedWeights(ref weights) => Box::new(FixedWeights { weights }),
            BoundAlpha::EqualWeight => Box::new(EqualWeight),
            BoundAlpha::SingleSignal(signal) => Box::new(SingleSignal { signal }),
            BoundAlpha::TopNMomentum { lookback, top_n } => Box::new(TopNMomentum {
                lookback,
                top_n,
                buffers: RankBuffers::default(),
            }),
            BoundAlpha::MomentumWeighted { lookback } => Box::new(MomentumWeighted {
                lookback,
                momenta: Vec::new(),
            }),
            BoundAlpha::LongShortMomentum {
                lookback,
                top_n,
                bottom_n,
            } => Box::new(LongShortMomentum {
                lookback,
                top_n,
                bottom_n,
                buffers: RankBuffers::default(),
            }),
            BoundAlpha::SmaCrossover {
                fast,
                slow,
                below,
                entry,
            } => Box::new(SmaCrossover {
                fast,
                slow,
                below,
                entry,
                seen: Vec::new(),
                averages: (Vec::new(), Vec::new()),
            }),
            BoundAlpha::InverseVolatility { lookback } => Box::new(InverseVolatility {
                lookback,
                volatilities: Vec::new(),
            }),
            BoundAlpha::ScheduledWeights(ref table) => Box::new(ScheduledWeights { table }),
            BoundAlpha::External(ref class) => Box::new(Missing { class }),
        }
    }
}

/// A strategy names a model that whoever runs it should have brought.
#[derive(Debug, thiserror::Error)]
#[error("`{class}` is a model that this program does not have")]
pub struct MissingModel {
    /// The class that it names.
    pub class: String,
}

/// Stands for such a model.
struct Missing<'a> {
    class: &'a str,
}

impl AlphaModel for Missing<'_> {
    fn weights(&mut self, _: AsOf<'_>, _: &mut Weights) -> Result<(), AlphaError> {
        Err(Box::new(MissingModel {
            class: self.class.to_owned(),
        }))
    }
}

struct FixedWeights<'a> {
    weights: &'a [(AssetId, f64)],
}

impl AlphaModel for FixedWeights<'_> {
    fn weights(&mut self, _: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        for &(asset, weight) in self.weights {
            weights.set(asset, weight);
        }
        Ok(())
    }
}

struct EqualWeight;

impl AlphaModel for EqualWeight {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        let weight = 1.0 / as_of.assets().len() as f64;
        for &asset in as_of.assets() {
            weights.set(asset, weight);
        }
        Ok(())
    }
}

struct SingleSignal {
    signal: f64,
}

impl AlphaModel for SingleSignal {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        for &asset in as_of.assets() {
            weights.set(asset, self.signal);
        }
        Ok(())
    }
}

struct TopNMomentum {
    lookback: u32,
    top_n: usize,
    buffers: RankBuffers,
}

impl AlphaModel for TopNMomentum {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        weights.cover_universe();
        if as_of.closes_seen() >= self.lookback {
            let weight = 1.0 / self.top_n as f64;
            let buffers = &mut self.buffers;
            for &position in as_of.by_momentum(self.lookback, self.top_n, Side::First, buffers) {
                weights.set(as_of.assets()[position as usize], weight);
            }
        }
        Ok(())
    }
}

struct MomentumWeighted {
    lookback: u32,
    momenta: Vec<f64>,
}

impl AlphaModel for MomentumWeighted {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        weights.cover_universe();
        if as_of.closes_seen() >= self.lookback {
            let lookback = self.lookback;
            let momenta = as_of.each(Signal::Momentum { lookback }, &mut self.momenta);
            for (&asset, &momentum) in as_of.assets().iter().zip(momenta) {
                weights.set(asset, momentum);
            }
        }
        Ok(())
    }
}

struct LongShortMomentum {
    lookback: u32,
    top_n: usize,
    bottom_n: usize,
    buffers: RankBuffers,
}

impl AlphaModel for LongShortMomentum {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        weights.cover_universe();
        if as_of.closes_seen() >= self.lookback {
            let n = as_of.assets().len();
            let longs = self.top_n.min(n);
            let shorts = self.bottom_n.min(n - longs);
            let legs = [
                (longs, Side::First, 1.0 / self.top_n as f64),
                (n - shorts, Side::Rest, -1.0 / self.bottom_n as f64),
            ];
            for (n, side, weight) in legs {
                for &position in as_of.by_momentum(self.lookback, n, side, &mut self.buffers) {
                    weights.set(as_of.assets()[position as usize], weight);
                }
            }
        }
        Ok(())
    }
}

struct SmaCrossover {
    fast: u32,
    slow: u32,
    below: BelowAverage,
    entry: Entry,
    /// By asset, for true crossings only.
    seen: Vec<Seen>,
    /// Memory for the averages of one decision.
    averages: (Vec<f64>, Vec<f64>),
}

/// Which sides of the slow average an asset's fast average has been on, up to a session.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// The next session to look at.
    next: u32,
    above: bool,
    not_above: bool,
}

impl SmaCrossover {
    fn is_above(&self, as_of: AsOf<'_>, asset: AssetId) -> bool {
        as_of.moving_average(asset, self.fast) > as_of.moving_average(asset, self.slow)
    }

    /// Brings `seen` up to the last close before now, from the first with a full slow window.
    fn look_back(&mut self, as_of: AsOf<'_>, asset: AssetId) -> Seen {
        if self.seen.len() <= asset.index() {
            self.seen.resize(asset.index() + 1, Seen::default());
        }
        let mut seen = self.seen[asset.index()];
        let history_begins = as_of.since[asset.index()].0;
        seen.next = seen.next.max(history_begins.saturating_add(self.slow - 1));
        let now = as_of.last_close().map_or(0, |session| session.0);
        while seen.next < now {
            if self.is_above(as_of.at_close(Session(seen.next)), asset) {
                seen.above = true;
            } else {
                seen.not_above = true;
            }
            seen.next += 1;
        }
        self.seen[asset.index()] = seen;
        seen
    }
}

impl AlphaModel for SmaCrossover {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        weights.cover_universe();
        if as_of.closes_seen() < self.slow {
            return Ok(());
        }
        let unit = 1.0 / as_of.assets().len() as f64;
        let average = |lookback| Signal::MovingAverage { lookback };
        let (mut fast, mut slow) = std::mem::take(&mut self.averages);
        let fasts = as_of.each(average(self.fast), &mut fast);
        let slows = as_of.each(average(self.slow), &mut slow);
        for ((&asset, fast), slow) in as_of.assets().iter().zip(fasts).zip(slows) {
            let above = fast > slow;
            let signalled = match self.entry {
                Entry::State => true,
                Entry::Cross => {
                    let seen = self.look_back(as_of, asset);
                    if above { seen.not_above } else { seen.above }
                }
            };
            if above && signalled {
                weights.set(asset, unit);
            } else if !above && signalled && self.below == BelowAverage::Short {
                weights.set(asset, -unit);
            }
        }
        self.averages = (fast, slow);
        Ok(())
    }
}

struct InverseVolatility {
    lookback: u32,
    volatilities: Vec<f64>,
}

impl AlphaModel for InverseVolatility {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        weights.cover_universe();
        if as_of.closes_seen() >= self.lookback {
            let lookback = self.lookback;
            let volatilities = as_of.each(Signal::Volatility { lookback }, &mut self.volatilities);
            for (&asset, &volatility) in as_of.assets().iter().zip(volatilities) {
                weights.set(
                    asset,
                    if volatility > 0.0 {
                        1.0 / volatility
                    } else {
                        0.0
                    },
                );
            }
        }
        Ok(())
    }
}

struct ScheduledWeights<'a> {
    table: &'a [(Moment, Vec<(AssetId, f64)>)],
}

impl AlphaModel for ScheduledWeights<'_> {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        let now = as_of.moment();
        let row = self
            .table
            .iter()
            .take_while(|(from, _)| *from <= now)
            .last();
        for &(asset, weight) in row.map_or(&[][..], |(_, weights)| weights) {
            weights.set(asset, weight);
        }
        Ok(())
    }
}
