//! A fast moving average above a slow one.

use std::sync::Arc;

use super::as_of::AsOf;
use super::model::{AlphaError, AlphaModel};
use super::part::{AlphaPart, Binding, BoundModel, Crossover, History, UnknownSymbol};
use super::weights::Weights;
use crate::check_context::{ALLOW_SHORTS, Context};
use crate::conventions::Entry;
use crate::declaration::{Mistake, Path, Place};
use crate::market::{AssetId, Session};
use crate::signal_tables::Signal;

crate::part! {
    /// `1 / n` for each of the universe's `n` assets whose fast moving average is above its slow one.
    pub struct SmaCrossover as "sma-crossover": Copy {
        /// Sessions in the fast moving average; fewer than `slow`.
        fast: u32 => Count, Required;
        /// Sessions in the slow moving average; more than `fast`.
        slow: u32 => Count, Required;
        /// Whether an asset below its slow moving average is sold short, `-1 / n`.
        short: bool => Flag, Flag(false);
    }
}

impl AlphaPart for SmaCrossover {
    fn check(&self, context: &Context<'_>, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        if self.short && !context.allows_shorts {
            let path = at.key("short");
            let message = format!("`{path}` is true, in a long-only portfolio");
            let mistake = Mistake::stating(path, true, message, "must be false");
            let because = Path::to("portfolio", "sizing");
            mistakes.push(mistake.help(ALLOW_SHORTS).because(because));
        }
        if self.fast >= self.slow {
            let (fast, slow) = (at.key("fast"), at.key("slow"));
            let message = format!(
                "`{fast}` ({}) must be less than `{slow}` ({})",
                self.fast, self.slow
            );
            let label = format!("not less than {}", self.slow);
            let mistake = Mistake::stating(fast, self.fast, message, label);
            mistakes.push(mistake.related(slow, "the slow average"));
        }
    }

    fn bind(&self, binding: &Binding<'_>) -> Result<Arc<dyn BoundModel>, UnknownSymbol> {
        Ok(Arc::new(Bound {
            averages: *self,
            entry: binding.conventions.entry,
        }))
    }
}

#[derive(Debug)]
struct Bound {
    averages: SmaCrossover,
    entry: Entry,
}

impl BoundModel for Bound {
    fn history(&self) -> Option<History> {
        let slow = self.averages.slow;
        Some(History {
            warm_up: slow,
            closes: match self.entry {
                Entry::State => slow,
                Entry::Cross => u32::MAX,
            },
            is_of_returns: false,
        })
    }

    fn names_members_only(&self) -> bool {
        true
    }

    fn signals(&self, _: usize) -> Vec<Signal> {
        [self.averages.fast, self.averages.slow]
            .map(|lookback| Signal::MovingAverage { lookback })
            .to_vec()
    }

    fn crossover(&self) -> Option<Crossover> {
        Some(Crossover {
            fast: self.averages.fast,
            slow: self.averages.slow,
            entry: self.entry,
        })
    }

    fn model(&self) -> Box<dyn AlphaModel + '_> {
        let SmaCrossover { fast, slow, short } = self.averages;
        Box::new(Model {
            fast,
            slow,
            short,
            entry: self.entry,
            seen: Vec::new(),
            averages: (Vec::new(), Vec::new()),
        })
    }
}

struct Model {
    fast: u32,
    slow: u32,
    short: bool,
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
    /// Whether the asset has had as many closes as the slow average takes.
    is_full: bool,
    above: bool,
    not_above: bool,
}

impl Model {
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
            let then = as_of.at_close(Session(seen.next));
            // Where only an asset's own bars count, it may have fewer closes than there are sessions.
            seen.is_full |= then.closes(asset, self.slow).len() >= self.slow as usize;
            if !seen.is_full {
                seen.next += 1;
                continue;
            }
            if self.is_above(then, asset) {
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

impl AlphaModel for Model {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        weights.cover_universe();
        if as_of.closes_seen() < self.slow {
            return Ok(());
        }
        let unit = 1.0 / as_of.assets().len() as f64;
        let average = |lookback| Signal::MovingAverage { lookback };
        let (mut fast, mut slow) = std::mem::take(&mut self.averages);
        let fasts = as_of.each(&average(self.fast), &mut fast);
        let slows = as_of.each(&average(self.slow), &mut slow);
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
            } else if !above && signalled && self.short {
                weights.set(asset, -unit);
            }
        }
        self.averages = (fast, slow);
        Ok(())
    }
}
