//! What was held when: the one replay of a run's fills, dividends and splits.

use crate::market::{AssetId, Entitlement, Mark};
use crate::orders::Fill;

/// A position from its opening to its closing. A position that turns from long to short without
/// resting at zero is one round trip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoundTrip {
    /// The asset.
    pub asset: AssetId,
    /// The first fill.
    pub opened: Mark,
    /// The fill, or the split, that brought it to zero.
    pub closed: Mark,
    /// Proceeds less cost, commission and dividends included, in currency units.
    pub profit: f64,
}

/// A position that is open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OpenPosition {
    /// The first fill.
    pub opened: Mark,
    /// Shares; negative when short.
    pub quantity: f64,
    /// What its trades and dividends have paid in and out so far, commission included, in currency units.
    pub cash_flow: f64,
}

/// What changes a holding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Booking<'a> {
    /// A trade.
    Fill(&'a Fill),
    /// A dividend or a split. It comes before the trades of its session.
    Entitlement(&'a Entitlement),
}

impl Booking<'_> {
    /// When it is booked.
    pub fn mark(&self) -> Mark {
        match self {
            Booking::Fill(fill) => fill.mark,
            Booking::Entitlement(entitlement) => Mark::open(entitlement.session),
        }
    }

    /// Whose holding changes.
    pub fn asset(&self) -> AssetId {
        match self {
            Booking::Fill(fill) => fill.asset,
            Booking::Entitlement(entitlement) => entitlement.asset,
        }
    }

    /// Shares held afterwards; negative when short.
    fn holding(&self) -> f64 {
        match self {
            Booking::Fill(fill) => fill.holding,
            Booking::Entitlement(entitlement) => entitlement.holding,
        }
    }

    /// Currency units that come in.
    fn cash_flow(&self) -> f64 {
        match self {
            Booking::Fill(fill) => -(fill.price * fill.quantity + fill.commission),
            Booking::Entitlement(entitlement) => entitlement.in_lieu + entitlement.paid,
        }
    }
}

/// Replays what a run booked: at any point, what is held of each asset.
///
/// The holding after a trade is what the account booked ([`Fill::holding`]), by whatever
/// convention, so a replay needs to know none of them.
///
/// ```
/// # fn show(outcome: &backtest::outcome::Outcome) {
/// let mut positions = outcome.positions();
/// while let Some((booking, round_trip)) = positions.next_booking() {
///     let asset = booking.asset();
///     println!("{asset:?} now holds {}", positions.held(asset));
///     println!("closed: {round_trip:?}");
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Positions<'a> {
    fills: &'a [Fill],
    entitlements: &'a [Entitlement],
    /// By asset: a search among the open positions at each fill would cost more than the run.
    open: Vec<Option<OpenPosition>>,
}

impl<'a> Positions<'a> {
    /// From nothing held, with all of these bookings to come.
    pub(crate) fn new(fills: &'a [Fill], entitlements: &'a [Entitlement]) -> Positions<'a> {
        // What has never been traded is not entitled.
        let n_assets = fills.iter().map(|fill| fill.asset.index() + 1).max();
        Positions {
            fills,
            entitlements,
            open: vec![None; n_assets.unwrap_or(0)],
        }
    }

    /// What is booked next.
    fn next(&self) -> Option<Booking<'a>> {
        match (self.fills.first(), self.entitlements.first()) {
            (Some(fill), Some(entitlement)) if entitlement.session > fill.mark.session => {
                Some(Booking::Fill(fill))
            }
            (_, Some(entitlement)) => Some(Booking::Entitlement(entitlement)),
            (fill, None) => fill.map(Booking::Fill),
        }
    }

    /// Books what comes next. Gives it, and the round trip that it completes.
    pub fn next_booking(&mut self) -> Option<(Booking<'a>, Option<RoundTrip>)> {
        let booking = self.next()?;
        match booking {
            Booking::Fill(_) => self.fills = &self.fills[1..],
            Booking::Entitlement(_) => self.entitlements = &self.entitlements[1..],
        }
        let slot = &mut self.open[booking.asset().index()];
        let mut position = slot.take().unwrap_or(OpenPosition {
            opened: booking.mark(),
            quantity: 0.0,
            cash_flow: 0.0,
        });
        position.quantity = booking.holding();
        position.cash_flow += booking.cash_flow();
        if position.quantity != 0.0 {
            *slot = Some(position);
            return Some((booking, None));
        }
        let round_trip = RoundTrip {
            asset: booking.asset(),
            opened: position.opened,
            closed: booking.mark(),
            profit: position.cash_flow,
        };
        Some((booking, Some(round_trip)))
    }

    /// Books what comes up to and at a mark.
    pub fn advance_through(&mut self, until: Mark) {
        while self.next().is_some_and(|booking| booking.mark() <= until) {
            self.next_booking();
        }
    }

    /// Shares held of an asset now; zero when there are none.
    pub fn held(&self, asset: AssetId) -> f64 {
        let position = self.open.get(asset.index()).and_then(Option::as_ref);
        position.map_or(0.0, |position| position.quantity)
    }

    /// The open positions now, by asset.
    pub fn open(&self) -> impl Iterator<Item = (AssetId, &OpenPosition)> {
        (0..)
            .map(AssetId)
            .zip(&self.open)
            .filter_map(|(asset, position)| Some((asset, position.as_ref()?)))
    }
}
