//! The alpha models that a strategy file can name.

use super::{AlphaError, AlphaModel, AsOf, Weights};
use crate::conventions::Entry;
use crate::date::Moment;
use crate::market::{AssetId, Session};
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
            | BoundAlpha::ScheduledWeights(_) => None,
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

    /// The model, as at the start of a run.
    pub(crate) fn model(&self) -> Box<dyn AlphaModel + '_> {
        match *self {
            BoundAlpha::FixedWeights(ref weights) => Box::new(FixedWeights { weights }),
            BoundAlpha::EqualWeight => Box::new(EqualWeight),
            BoundAlpha::SingleSignal(signal) => Box::new(SingleSignal { signal }),
            BoundAlpha::TopNMomentum { lookback, top_n } => Box::new(TopNMomentum {
                lookback,
                top_n,
                ranking: Ranking::default(),
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
                ranking: Ranking::default(),
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
            }),
            BoundAlpha::InverseVolatility { lookback } => Box::new(InverseVolatility { lookback }),
            BoundAlpha::ScheduledWeights(ref table) => Box::new(ScheduledWeights { table }),
        }
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
    ranking: Ranking,
}

impl AlphaModel for TopNMomentum {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        weights.cover_universe();
        if as_of.closes_seen() >= self.lookback {
            as_of.momenta(self.lookback, &mut self.ranking.momenta);
            let weight = 1.0 / self.top_n as f64;
            for &position in self.ranking.first(self.top_n) {
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
            as_of.momenta(self.lookback, &mut self.momenta);
            for (&asset, &momentum) in as_of.assets().iter().zip(&self.momenta) {
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
    ranking: Ranking,
}

impl AlphaModel for LongShortMomentum {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        weights.cover_universe();
        if as_of.closes_seen() >= self.lookback {
            as_of.momenta(self.lookback, &mut self.ranking.momenta);
            let n = as_of.assets().len();
            let longs = self.top_n.min(n);
            let shorts = self.bottom_n.min(n - longs);
            for &position in self.ranking.first(longs) {
                let weight = 1.0 / self.top_n as f64;
                weights.set(as_of.assets()[position as usize], weight);
            }
            for &position in self.ranking.last(shorts) {
                let weight = -1.0 / self.bottom_n as f64;
                weights.set(as_of.assets()[position as usize], weight);
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
        for &asset in as_of.assets() {
            let above = self.is_above(as_of, asset);
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
        Ok(())
    }
}

struct InverseVolatility {
    lookback: u32,
}

impl AlphaModel for InverseVolatility {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        weights.cover_universe();
        if as_of.closes_seen() >= self.lookback {
            for &asset in as_of.assets() {
                let volatility = as_of.volatility(asset, self.lookback);
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

/// Ranks assets by momentum, the highest first, equal ones in their order.
#[derive(Default)]
struct Ranking {
    momenta: Vec<f64>,
    keys: Vec<u64>,
    partitioned: Vec<u64>,
    chosen: Vec<u32>,
}

impl Ranking {
    /// The positions of the `n` ranked first, in increasing order.
    fn first(&mut self, n: usize) -> &[u32] {
        self.choose(n, |rank_is_first| rank_is_first)
    }

    /// The positions of the `n` ranked last, in increasing order.
    fn last(&mut self, n: usize) -> &[u32] {
        self.choose(self.momenta.len() - n, |rank_is_first| !rank_is_first)
    }

    /// The positions for which `keep` holds, given whether they are among the `n` ranked first.
    fn choose(&mut self, n: usize, keep: impl Fn(bool) -> bool) -> &[u32] {
        self.keys.clear();
        self.keys.extend(
            self.momenta
                .iter()
                .map(|&momentum| descending_key(momentum)),
        );
        // Everything below the threshold is among the first, and as many ties as are left over.
        let (threshold, ties) = self.threshold(n);
        self.chosen.clear();
        self.chosen.resize(self.keys.len(), 0);
        let (mut count, mut ties_seen) = (0, 0);
        for (position, &key) in (0..).zip(&self.keys) {
            let tied = key == threshold;
            let first = (key < threshold) | (tied & (ties_seen < ties));
            ties_seen += usize::from(tied);
            // Written always and counted sometimes: no branch to mispredict.
            self.chosen[count] = position;
            count += usize::from(keep(first));
        }
        &self.chosen[..count]
    }

    /// The key of the `n`th, and how many of the keys equal to it are among the first `n`.
    fn threshold(&mut self, n: usize) -> (u64, usize) {
        if n == 0 {
            return (0, 0);
        }
        if n >= self.keys.len() {
            return (u64::MAX, usize::MAX);
        }
        self.partitioned.clear();
        self.partitioned.extend_from_slice(&self.keys);
        let (below, &mut threshold, _) = self.partitioned.select_nth_unstable(n - 1);
        (
            threshold,
            below.iter().filter(|key| **key == threshold).count() + 1,
        )
    }
}

/// An integer that orders as the number does, the other way round. Both zeros are one number.
fn descending_key(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    let ascending = if bits >> 63 == 1 {
        !bits
    } else {
        bits | 1 << 63
    };
    !ascending
}
