//! What backtests over the same dates and assets have in common: sessions, decisions, universe.

use std::collections::HashMap;
use std::sync::Arc;

use crate::bind_error::BindError;
use crate::conventions::{AfterLastBar, BuyAndHold, Calendar, SignalBars, SignalHistory};
use crate::date::Moment;
use crate::market::{Mark, Market, Session};
use crate::schedule::{self, Window};
use crate::strategy::{Delisted, Schedule, SessionsPerYear, Strategy, Universe};
use crate::universe::{BoundUniverse, Declared, Ending, UnknownAsset, declared};

/// The part of a bound strategy that does not depend on how it picks and sizes its positions.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    key: FrameKey,
    pub(crate) window: Window,
    /// For annualising: the strategy's number, or the calendar's.
    pub(crate) sessions_per_year: f64,
    pub(crate) decisions: Vec<Mark>,
    pub(crate) universe: BoundUniverse,
    /// When the last of the assets that do not wait has its first price. `None` when one of them
    /// never has one.
    pub(crate) all_priced: Option<Mark>,
    /// Assets whose bars end before the backtest does, by the session after their last bar.
    pub(crate) endings: Vec<Ending>,
    /// By session: the closes of its own that each asset has that does not enter later, at least.
    /// `None` where sessions are counted: by the conventions, or because no close is missing.
    closes_seen: Option<Box<[u32]>>,
}

/// Sessions without a bar at the end of a backtest that may still be a late download.
pub(crate) const LATE: u32 = 5;

/// Everything that a frame is made from, apart from the market.
#[derive(Clone, Debug, PartialEq)]
struct FrameKey {
    start: Moment,
    end: Moment,
    burn_in: Option<Moment>,
    schedule: Schedule,
    calendar: Calendar,
    sessions_per_year: SessionsPerYear,
    buy_and_hold: BuyAndHold,
    universe: Universe,
    also: Vec<String>,
    signal_bars: SignalBars,
    signal_history: SignalHistory,
    after_last_bar: AfterLastBar,
}

impl Frame {
    pub(crate) fn new(strategy: &Strategy, market: &Market) -> Result<Arc<Frame>, BindError> {
        let Strategy {
            start,
            end,
            burn_in,
            ref schedule,
            ..
        } = *strategy;
        if let Some(mistake) = strategy.check().into_iter().next() {
            return Err(BindError::Mistake(Box::new(mistake)));
        }
        let conventions = &strategy.conventions;
        let none = BindError::NoSessions {
            from: burn_in.unwrap_or(start),
            to: end,
        };
        let window =
            schedule::window(market, conventions.calendar, start, end, burn_in).ok_or(none)?;
        let sessions = &market.sessions()[window.first.index()..=window.last.index()];
        let sessions_per_year = (strategy.sessions_per_year).on(sessions, conventions.calendar);
        let decisions =
            schedule::decisions(schedule, conventions, market, window, start, end, burn_in);
        let declared = declared(strategy);
        let endings = match conventions.after_last_bar {
            AfterLastBar::Closed => endings(strategy, &declared, market, window)?,
            AfterLastBar::Traded => Vec::new(),
        };
        let universe = BoundUniverse::bind(strategy, &declared, market, window, &endings)
            .map_err(|UnknownAsset(symbol)| BindError::UnknownAsset { symbol })?;
        let key = FrameKey {
            start,
            end,
            burn_in,
            schedule: schedule.clone(),
            calendar: conventions.calendar,
            sessions_per_year: strategy.sessions_per_year,
            buy_and_hold: conventions.buy_and_hold,
            universe: strategy.universe.clone(),
            also: strategy.also.clone(),
            signal_bars: conventions.signal_bars,
            signal_history: conventions.signal_history,
            after_last_bar: conventions.after_last_bar,
        };
        let first_prices = universe
            .required_assets()
            .map(|asset| market.first_price(asset));
        let all_priced = first_prices
            .into_iter()
            .try_fold(Mark::open(Session(0)), |latest, first| {
                Some(latest.max(first?))
            });
        let closes_seen = match conventions.signal_bars {
            SignalBars::Own if market.lacks_closes() => {
                own_closes_seen(&universe, &endings, market, window)
            }
            SignalBars::Own | SignalBars::Sessions => None,
        };
        Ok(Arc::new(Frame {
            key,
            window,
            sessions_per_year,
            decisions,
            universe,
            all_priced,
            endings,
            closes_seen,
        }))
    }

    /// Closes that signals have seen before a session, since the start of the simulation: of the
    /// asset that has the fewest, where only an asset's own bars count.
    pub(crate) fn closes_seen_before(&self, session: Session) -> u32 {
        match (&self.closes_seen, session.0.checked_sub(1)) {
            (Some(seen), Some(last)) => seen[last as usize],
            _ => session.0.saturating_sub(self.window.first.0),
        }
    }

    /// By session, where only an asset's own bars count: what [`Frame::closes_seen_before`] the
    /// next one gives.
    pub(crate) fn own_closes_seen(&self) -> Option<&[u32]> {
        self.closes_seen.as_deref()
    }

    /// Whether a strategy's frame on the same market is this one.
    pub(crate) fn fits(&self, strategy: &Strategy) -> bool {
        let conventions = &strategy.conventions;
        self.key.start == strategy.start
            && self.key.end == strategy.end
            && self.key.burn_in == strategy.burn_in
            && self.key.schedule == strategy.schedule
            && self.key.calendar == conventions.calendar
            && self.key.sessions_per_year == strategy.sessions_per_year
            && self.key.buy_and_hold == conventions.buy_and_hold
            && self.key.universe == strategy.universe
            && self.key.also == strategy.also
            && self.key.signal_bars == conventions.signal_bars
            && self.key.signal_history == conventions.signal_history
            && self.key.after_last_bar == conventions.after_last_bar
    }
}

/// The assets that a strategy names and whose bars end before the backtest does.
fn endings(
    strategy: &Strategy,
    declared: &[Declared<'_>],
    market: &Market,
    window: Window,
) -> Result<Vec<Ending>, BindError> {
    let declared: HashMap<&str, &Declared<'_>> =
        (declared.iter().map(|declared| (declared.symbol, declared))).collect();
    let universe = &strategy.universe;
    let mut endings = Vec::new();
    for symbol in strategy.own_symbols() {
        let Some(asset) = market.asset(&symbol) else {
            continue;
        };
        // An asset that ended before the calendar begins has ended at its first session.
        let Some(ended) = market.session_after_last_bar(asset) else {
            continue;
        };
        if ended.0 + LATE > window.last.0 {
            continue;
        }
        let late = market.moment(Mark::open(Session(ended.0 + LATE)));
        let goes_on = declared
            .get(symbol.as_str())
            .is_none_or(|declared| declared.belongs_between(late, strategy.end));
        let leaves = universe.leaves.iter().any(|(named, _)| *named == symbol);
        if universe.delisted == Delisted::Error && goes_on && !leaves {
            let Some(last_bar) = market.last_bar(asset) else {
                continue;
            };
            let end = market.date(window.last);
            return Err(BindError::Ends {
                symbol,
                last_bar,
                end,
            });
        }
        endings.push(Ending {
            asset,
            session: ended,
            payout: universe.delisted.payout(),
        });
    }
    endings.sort_by_key(|ending| (ending.session, ending.asset));
    Ok(endings)
}

/// By session: the closes of its own, since the start of the simulation and up to that session's,
/// of the asset that has the fewest. Assets that enter later wait for no model.
fn own_closes_seen(
    universe: &BoundUniverse,
    endings: &[Ending],
    market: &Market,
    window: Window,
) -> Option<Box<[u32]>> {
    let sessions = || (0..=window.last.0).map(Session);
    // An asset without gaps has a close at every session.
    let every = |session: Session| (session.0 + 1).saturating_sub(window.first.0);
    let mut fewest: Option<Vec<u32>> = None;
    for asset in universe.required_assets() {
        let Some(own) = market.own_closes(asset) else {
            continue;
        };
        let before = own.count_before(window.first);
        let ended = endings.iter().find(|ending| ending.asset == asset);
        let fewest = fewest.get_or_insert_with(|| sessions().map(every).collect());
        for (fewest, session) in fewest.iter_mut().zip(sessions()) {
            // No model waits for an asset that has ended.
            if ended.is_none_or(|ended| session < ended.session) {
                let seen = own
                    .count_before(Session(session.0 + 1))
                    .saturating_sub(before);
                *fewest = (*fewest).min(seen as u32);
            }
        }
    }
    fewest.map(Vec::into_boxed_slice)
}
