//! Dividends and splits on a calendar: when they take effect, and the total-return prices that signals
//! see.

use crate::date::Date;
use crate::mark::{AssetId, Session};
use crate::price_series::{CorporateAction, PriceSeries};

/// A dividend or a split of an asset of a market, at the open of a session.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Action {
    /// The first session with a price that is without the dividend, or of the new shares.
    pub session: Session,
    /// The asset.
    pub asset: AssetId,
    /// New shares for each old one; 1 without a split.
    pub split: f64,
    /// Currency units for each share after the split; 0 without a dividend.
    pub dividend: f64,
}

/// What a corporate action did to the holding of one account.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Entitlement {
    /// The session, at whose open it was booked.
    pub session: Session,
    /// The asset.
    pub asset: AssetId,
    /// New shares for each old one; 1 without a split.
    pub split: f64,
    /// Currency units for each share after the split; 0 without a dividend.
    pub dividend: f64,
    /// Shares held before; negative when short.
    pub before: f64,
    /// Shares held after it.
    pub holding: f64,
    /// Currency units received for fractions of a share; negative when paid.
    pub in_lieu: f64,
    /// Currency units of dividends received; negative when paid.
    pub paid: f64,
    /// Cash after it.
    pub cash: f64,
}

/// An action of one asset before it has an [`AssetId`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed {
    /// The bar with the first price after it.
    pub(crate) bar: usize,
    /// The first session on or after that bar's day.
    pub(crate) session: usize,
    pub(crate) split: f64,
    pub(crate) dividend: f64,
    /// The price before it over what that price is worth after it: a total return of zero divides the
    /// price by this.
    pub(crate) growth: f64,
}

/// An action that cannot be.
#[derive(Debug)]
pub(crate) struct Unbookable {
    pub(crate) action: CorporateAction,
    /// The price before it; NaN where it does not matter.
    pub(crate) price: f64,
}

/// Where the actions of a series take effect: at the first bar with a price on their day or after it.
/// Those before the first bar or after the last one are left out, and so are those that take effect
/// after the calendar.
pub(crate) fn place(series: &PriceSeries, sessions: &[Date]) -> Result<Vec<Placed>, Unbookable> {
    let price_of = |bar: usize| match series.close[bar].is_nan() {
        false => series.close[bar],
        true => series.open[bar],
    };
    let mut placed: Vec<Placed> = Vec::new();
    for action in &series.actions {
        let CorporateAction {
            date,
            split,
            dividend,
        } = *action;
        let refused = |price: f64| Unbookable {
            action: *action,
            price,
        };
        let is_sound = split > 0.0 && split.is_finite() && dividend >= 0.0 && dividend.is_finite();
        if !is_sound {
            return Err(refused(f64::NAN));
        }
        if split == 1.0 && dividend == 0.0 {
            continue;
        }
        let from = series.dates.partition_point(|day| *day < date);
        let mut after = (from..series.dates.len()).filter(|bar| !price_of(*bar).is_nan());
        let mut before = (0..from).rev().filter(|bar| !price_of(*bar).is_nan());
        let (Some(bar), Some(before)) = (after.next(), before.next()) else {
            continue;
        };
        // Two that wait for one bar act one after the other on the price before both.
        let earlier = placed.last().filter(|earlier| earlier.bar == bar);
        let price = price_of(before) / earlier.map_or(1.0, |earlier| earlier.growth);
        let ex_price = price / split - dividend;
        // What is worth nothing has no dividend that could be judged.
        if price > 0.0 && ex_price <= 0.0 {
            return Err(refused(price));
        }
        let session = sessions.partition_point(|day| *day < series.dates[bar]);
        if session == sessions.len() {
            continue;
        }
        placed.push(Placed {
            bar,
            session,
            split,
            dividend,
            growth: match price > 0.0 {
                true => price / ex_price,
                false => 1.0,
            },
        });
    }
    Ok(placed)
}

/// One action for each session: those of one session together. None at the first session, before which
/// nothing is held and nothing is seen.
pub(crate) fn by_session(placed: &[Placed], asset: AssetId) -> Vec<(Action, f64)> {
    let mut joined: Vec<(Action, f64)> = Vec::new();
    for one in placed.iter().filter(|one| one.session > 0) {
        let session = Session(one.session as u32);
        match joined.last_mut() {
            Some((last, growth)) if last.session == session => {
                last.dividend = last.dividend / one.split + one.dividend;
                last.split *= one.split;
                *growth *= one.growth;
            }
            _ => {
                let (split, dividend) = (one.split, one.dividend);
                let action = Action {
                    session,
                    asset,
                    split,
                    dividend,
                };
                joined.push((action, one.growth));
            }
        }
    }
    joined
}

/// The prices that signals see: closes times the growth of a holding that reinvests, from the first
/// session on. Ratios of them are those of adjusted prices, and none depends on what comes later.
#[derive(Clone, Debug)]
pub(crate) struct SignalPrices {
    /// By session.
    pub(crate) close: Box<[f64]>,
    /// By asset.
    pub(crate) close_by_asset: Box<[f64]>,
    /// By asset: from which session on how much one share has grown to.
    pub(crate) growth: Vec<Vec<(Session, f64)>>,
}

impl SignalPrices {
    /// What one share of the first session has grown to.
    pub(crate) fn growth(&self, asset: AssetId, session: Session) -> f64 {
        let steps = &self.growth[asset.index()];
        let taken = steps.partition_point(|(from, _)| *from <= session);
        taken.checked_sub(1).map_or(1.0, |last| steps[last].1)
    }
}

/// The growth of one share, step by step, of an asset whose actions are these.
pub(crate) fn growth(actions: &[(Action, f64)]) -> Vec<(Session, f64)> {
    let mut growth = 1.0;
    let step = |(action, factor): &(Action, f64)| {
        growth *= factor;
        (action.session, growth)
    };
    actions.iter().map(step).collect()
}

/// Closes by session, each times the growth then.
pub(crate) fn grown(closes: &[f64], growth: &[(Session, f64)], grown: &mut [f64]) {
    grown.copy_from_slice(closes);
    for (step, (from, factor)) in growth.iter().enumerate() {
        let until = growth
            .get(step + 1)
            .map_or(closes.len(), |next| next.0.index());
        for close in &mut grown[from.index()..until] {
            *close *= factor;
        }
    }
}
