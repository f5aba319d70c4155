//! What was held when: the one replay of a run's fills.

use crate::market::{AssetId, Mark};
use crate::orders::Fill;

/// A position from its opening to its closing. A position that turns from long to short without
/// resting at zero is one round trip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoundTrip {
    /// The asset.
    pub asset: AssetId,
    /// The first fill.
    pub opened: Mark,
    /// The fill that brought it to zero.
    pub closed: Mark,
    /// Proceeds less cost, commission included, in currency units.
    pub profit: f64,
}

/// A position that is open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OpenPosition {
    /// The first fill.
    pub opened: Mark,
    /// Shares; negative when short.
    pub quantity: f64,
    /// What its trades have paid in and out so far, commission included, in currency units.
    pub cash_flow: f64,
}

/// Replays the fills of a run: at any point, what is held of each asset.
///
/// The holding after a trade is what the account booked ([`Fill::holding`]), by whatever
/// convention, so a replay needs to know none of them.
///
/// ```
/// # fn show(outcome: &backtest::outcome::Outcome) {
/// let mut positions = outcome.positions();
/// while let Some((fill, round_trip)) = positions.next_fill() {
///     println!("{:?} now holds {}", fill.asset, positions.held(fill.asset));
///     println!("closed: {round_trip:?}");
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Positions<'a> {
    fills: std::slice::Iter<'a, Fill>,
    /// By asset: a search among the open positions at each fill would cost more than the run.
    open: Vec<Option<OpenPosition>>,
}

impl<'a> Positions<'a> {
    /// From nothing held, with all of these fills to come.
    pub(crate) fn new(fills: &'a [Fill]) -> Positions<'a> {
        let n_assets = fills.iter().map(|fill| fill.asset.index() + 1).max();
        Positions {
            fills: fills.iter(),
            open: vec![None; n_assets.unwrap_or(0)],
        }
    }

    /// Books the next fill. Gives it, and the round trip that it completes.
    pub fn next_fill(&mut self) -> Option<(&'a Fill, Option<RoundTrip>)> {
        let fill = self.fills.next()?;
        let slot = &mut self.open[fill.asset.index()];
        let mut position = slot.take().unwrap_or(OpenPosition {
            opened: fill.mark,
            quantity: 0.0,
            cash_flow: 0.0,
        });
        position.quantity = fill.holding;
        position.cash_flow -= fill.price * fill.quantity + fill.commission;
        if position.quantity != 0.0 {
            *slot = Some(position);
            return Some((fill, None));
        }
        let round_trip = RoundTrip {
            asset: fill.asset,
            opened: position.opened,
            closed: fill.mark,
            profit: position.cash_flow,
        };
        Some((fill, Some(round_trip)))
    }

    /// Books the fills up to and at a mark.
    pub fn advance_through(&mut self, until: Mark) {
        while self
            .fills
            .as_slice()
            .first()
            .is_some_and(|fill| fill.mark <= until)
        {
            self.next_fill();
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
