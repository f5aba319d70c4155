//! What backtests over the same dates and assets have in common: sessions, decisions, universe.

use std::sync::Arc;

use crate::bind_error::BindError;
use crate::conventions::{BuyAndHold, Calendar};
use crate::date::Moment;
use crate::market::{Mark, Market, Session};
use crate::schedule::{self, Window};
use crate::strategy::{Schedule, Strategy, Universe};
use crate::universe::{BoundUniverse, UnknownAsset};

/// The part of a bound strategy that does not depend on how it picks and sizes its positions.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    key: FrameKey,
    pub(crate) window: Window,
    pub(crate) decisions: Vec<Mark>,
    pub(crate) universe: BoundUniverse,
    /// When the last of the assets that do not wait has its first price. `None` when one of them
    /// never has one.
    pub(crate) all_priced: Option<Mark>,
}

/// Everything that a frame is made from, apart from the market.
#[derive(Clone, Debug, PartialEq)]
struct FrameKey {
    start: Moment,
    end: Moment,
    burn_in: Option<Moment>,
    schedule: Schedule,
    calendar: Calendar,
    buy_and_hold: BuyAndHold,
    universe: Universe,
}

impl Frame {
    pub(crate) fn new(strategy: &Strategy, market: &Market) -> Result<Arc<Frame>, BindError> {
        let Strategy {
            start,
            end,
            burn_in,
            schedule,
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
        let decisions =
            schedule::decisions(schedule, conventions, market, window, start, end, burn_in);
        let universe = BoundUniverse::bind(&strategy.universe, market, window, start)
            .map_err(|UnknownAsset(symbol)| BindError::UnknownAsset { symbol })?;
        let key = FrameKey {
            start,
            end,
            burn_in,
            schedule,
            calendar: conventions.calendar,
            buy_and_hold: conventions.buy_and_hold,
            universe: strategy.universe.clone(),
        };
        let first_prices = universe
            .required_assets()
            .map(|asset| market.first_price(asset));
        let all_priced = first_prices
            .into_iter()
            .try_fold(Mark::open(Session(0)), |latest, first| {
                Some(latest.max(first?))
            });
        Ok(Arc::new(Frame {
            key,
            window,
            decisions,
            universe,
            all_priced,
        }))
    }

    /// Whether a strategy's frame on the same market is this one.
    pub(crate) fn fits(&self, strategy: &Strategy) -> bool {
        let conventions = &strategy.conventions;
        self.key.start == strategy.start
            && self.key.end == strategy.end
            && self.key.burn_in == strategy.burn_in
            && self.key.schedule == strategy.schedule
            && self.key.calendar == conventions.calendar
            && self.key.buy_and_hold == conventions.buy_and_hold
            && self.key.universe == strategy.universe
    }
}
