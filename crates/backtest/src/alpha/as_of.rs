//! The market as known at one decision.

use multiversion::multiversion;

use super::ranking::{Group, Threshold, choose, choose_ranked, rank_keys};
use crate::conventions::{MomentumArithmetic, WarmUp};
use crate::date::{Date, Moment};
use crate::market::{AssetId, At, Mark, Market, Session};
use crate::signal;
use crate::signal_tables::{Signal, SignalsRead};

/// The market as known at one decision. Nothing later can be reached, by construction: every
/// price it hands out was known at that open or close.
#[derive(Clone, Copy)]
pub struct AsOf<'a> {
    pub(crate) market: &'a Market,
    pub(crate) mark: Mark,
    /// The first session of the simulation.
    pub(crate) first: Session,
    pub(crate) members: &'a [AssetId],
    pub(crate) since: &'a [Session],
    /// When `members` are the market's assets in its order: since when all have a history.
    pub(crate) whole_market_since: Option<Session>,
    pub(crate) momentum: MomentumArithmetic,
    pub(crate) warm_up: WarmUp,
    pub(crate) sessions_per_year: f64,
    /// By session: closes seen of the asset that has the fewest, where own bars count.
    pub(crate) own_closes_seen: Option<&'a [u32]>,
    /// Whether histories are of an asset's own bars, and some are missing.
    pub(crate) skips_filled: bool,
    /// Signals computed before, and which decision this is.
    pub(crate) shared: Option<(&'a SignalsRead, usize)>,
}

impl<'a> AsOf<'a> {
    /// The day of the decision.
    pub fn date(&self) -> Date {
        self.market.date(self.mark.session)
    }

    /// The moment of the decision, UTC.
    pub fn moment(&self) -> Moment {
        self.market.moment(self.mark)
    }

    /// Where the decision stands on the market's calendar.
    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// The first session of each asset's history, by [`AssetId`]; the same at each decision of a
    /// run. Beyond the calendar for an asset that is neither of the universe nor read beside it.
    pub fn histories_begin(&self) -> &'a [Session] {
        self.since
    }

    /// The assets that may be held now. Ties between equal signals break in this order: assets
    /// that joined the universe earlier first, then in the order of their declaration.
    pub fn assets(&self) -> &'a [AssetId] {
        self.members
    }

    /// The symbol of an asset.
    pub fn symbol(&self, asset: AssetId) -> &'a str {
        self.market.symbol(asset)
    }

    /// The asset with this symbol.
    pub fn asset(&self, symbol: &str) -> Option<AssetId> {
        self.market.asset(symbol)
    }

    /// Closes seen since the start of the simulation, this one included if it is a close. Where an
    /// asset's own bars count and some are missing, those of the asset that has the fewest.
    pub fn closes_seen(&self) -> u32 {
        match (self.own_closes_seen, self.last_close()) {
            (Some(seen), Some(last)) => seen[last.index()],
            _ => self.end() - self.first.0,
        }
    }

    /// Whether enough has been seen for returns over a lookback: by the conventions as many
    /// returns as that, or as many closes.
    pub fn has_returns(&self, lookback: u32) -> bool {
        match self.warm_up {
            WarmUp::Returns => self.closes_seen() > lookback,
            WarmUp::Closes => self.closes_seen() >= lookback,
        }
    }

    /// The price now; NaN before an asset's first price. Like [`AsOf::closes`], times the growth by
    /// dividends and splits that are not in the prices.
    pub fn price(&self, asset: AssetId) -> f64 {
        self.market.signal_price(self.mark, asset)
    }

    /// The last `n` closes of an asset, oldest first; fewer when its history is shorter. History
    /// begins at the start of the simulation, or when the asset joined the universe. An asset that is
    /// neither of the universe nor of [`Strategy::also`](crate::strategy::Strategy::also) has none.
    ///
    /// Where dividends and splits are not in the prices, each close is multiplied by what one share has
    /// grown to by then, so that ratios are those of adjusted prices.
    pub fn closes(&self, asset: AssetId, n: u32) -> &'a [f64] {
        let (since, end) = (self.since[asset.index()], Session(self.end()));
        (self.market).closes_between(asset, since, end, n, self.own_only())
    }

    /// The last `n` closes of an asset by session, the last price repeated where there is no bar;
    /// fewer when its history is shorter.
    pub(crate) fn sessions_closes(&self, asset: AssetId, n: u32) -> &'a [f64] {
        let (since, end) = (self.since[asset.index()], Session(self.end()));
        self.market.closes_between(asset, since, end, n, false)
    }

    /// Whether [`AsOf::closes`] are those of an asset's own bars, by the conventions.
    pub fn own_only(&self) -> bool {
        self.skips_filled
    }

    /// Return over the last `lookback` sessions, or over as many as there are.
    pub fn momentum(&self, asset: AssetId, lookback: u32) -> f64 {
        let closes = self.closes(asset, lookback.saturating_add(1));
        match self.momentum {
            MomentumArithmetic::Ratio => signal::momentum(closes),
            MomentumArithmetic::Compounded => signal::compounded_momentum(closes),
        }
    }

    /// The momentum of each asset that may be held, in the order of [`AsOf::assets`].
    pub fn momenta(&self, lookback: u32, momenta: &mut Vec<f64>) {
        momenta.clear();
        let end = self.end();
        if self.momentum == MomentumArithmetic::Compounded || end == 0 || self.skips_filled {
            momenta.extend(
                self.members
                    .iter()
                    .map(|&asset| self.momentum(asset, lookback)),
            );
            return;
        }
        // The same as asset by asset, along two rows of the price table instead of across it.
        let now = Session(end - 1);
        let then = Session(now.0.saturating_sub(lookback));
        let (now_row, then_row) = (
            self.market.signal_closes(now),
            self.market.signal_closes(then),
        );
        if self.whole_market_since.is_some_and(|since| since <= then) {
            momenta.extend_from_slice(now_row);
            divide_and_take_one(momenta, then_row);
            return;
        }
        momenta.extend(self.members.iter().map(|&asset| {
            let since = self.since[asset.index()];
            if since <= then {
                now_row[asset.index()] / then_row[asset.index()] - 1.0
            } else {
                self.momentum(asset, lookback)
            }
        }));
    }

    /// The positions in [`AsOf::assets`], increasing, of the `n` assets with the highest momentum
    /// (or of all the others), equal ones in their order.
    pub(crate) fn by_momentum<'b>(
        &self,
        lookback: u32,
        n: usize,
        group: Group,
        buffers: &'b mut RankBuffers,
    ) -> &'b [u32] {
        let shared =
            (self.shared).and_then(|(signals, decision)| signals.ranking(lookback, decision));
        if let Some((positions, ranks)) = shared {
            let n_ranked = positions.len().min(self.members.len());
            let (positions, ranks) = (&positions[..n_ranked], &ranks[..n_ranked]);
            return choose_ranked(positions, ranks, n as u32, group, &mut buffers.chosen);
        }
        let RankBuffers {
            momenta,
            keys,
            reordered,
            chosen,
        } = buffers;
        self.momenta(lookback, momenta);
        rank_keys(momenta, keys);
        reordered.clone_from(keys);
        choose(keys, Threshold::among(reordered, n), group, chosen)
    }

    /// A signal of each asset that may be held, in the order of [`AsOf::assets`].
    pub(crate) fn each<'b>(&self, signal: &Signal, buffer: &'b mut Vec<f64>) -> &'b [f64]
    where
        'a: 'b,
    {
        let shared = self
            .shared
            .and_then(|(signals, decision)| signals.numbers(signal, decision));
        if let Some(numbers) = shared {
            return &numbers[..self.members.len()];
        }
        measure(*self, signal, buffer);
        buffer
    }

    /// Mean of the last `lookback` closes, or of as many as there are; NaN without any.
    pub fn moving_average(&self, asset: AssetId, lookback: u32) -> f64 {
        signal::moving_average(self.closes(asset, lookback))
    }

    /// The numbers of one of the strategy's `[signals]`, one for each of [`AsOf::assets`]: a condition
    /// is 1 or 0, and NaN stands where a number is missing. `None` for a name that the strategy does
    /// not have, and where the strategy's model is not an external one.
    pub fn signal(&self, name: &str) -> Option<&'a [f64]> {
        let (signals, decision) = self.shared?;
        let row = signals.formula(signals.named(name)?, decision)?;
        row.get(..self.members.len())
    }

    /// How many sessions make a year, for annualising.
    pub fn sessions_per_year(&self) -> f64 {
        self.sessions_per_year
    }

    /// Annualised volatility of the last `lookback` daily returns, or of as many as there are.
    pub fn volatility(&self, asset: AssetId, lookback: u32) -> f64 {
        let closes = self.closes(asset, lookback.saturating_add(1));
        signal::volatility(closes, self.sessions_per_year)
    }

    /// The same moment's view at an earlier close, for rules about what happened since.
    pub(crate) fn at_close(&self, session: Session) -> AsOf<'a> {
        debug_assert!(session < Session(self.end()));
        AsOf {
            mark: Mark::close(session),
            shared: None,
            ..*self
        }
    }

    /// One past the last session whose close is known.
    fn end(&self) -> u32 {
        match self.mark.at {
            At::Open => self.mark.session.0,
            At::Close => self.mark.session.0 + 1,
        }
    }

    /// The last session whose close is known.
    pub(crate) fn last_close(&self) -> Option<Session> {
        self.end().checked_sub(1).map(Session)
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn divide_and_take_one(values: &mut [f64], by: &[f64]) {
    for (value, by) in values.iter_mut().zip(by) {
        *value = *value / by - 1.0;
    }
}

/// Memory for rankings, kept from one decision to the next.
#[derive(Default)]
pub(crate) struct RankBuffers {
    momenta: Vec<f64>,
    keys: Vec<u64>,
    reordered: Vec<u64>,
    chosen: Vec<u32>,
}

/// Writes a signal of each asset that may be held.
pub(crate) fn measure(as_of: AsOf<'_>, signal: &Signal, numbers: &mut Vec<f64>) {
    match *signal {
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
        Signal::Formula(_) => unreachable!("formulas are evaluated for all decisions at once"),
    }
}
