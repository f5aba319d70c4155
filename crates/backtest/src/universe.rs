//! Which assets may be held when, and since when their history counts.

use crate::asset_set::AssetSet;
use crate::date::Moment;
use crate::market::{AssetId, Mark, Market, Session};
use crate::schedule::Window;
use crate::strategy::Strategy;

/// One asset of a universe, bound to a market.
#[derive(Clone, Copy, Debug)]
struct Member {
    asset: AssetId,
    /// Not before this moment, nor before its first price.
    enters: Option<Moment>,
    leaves: Option<Moment>,
    /// The first session whose close its signals see.
    since: Session,
}

/// The end of an asset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ending {
    pub(crate) asset: AssetId,
    /// The session after its last bar.
    pub(crate) session: Session,
    /// The return on its last close at which holdings are paid out.
    pub(crate) payout: f64,
}

/// A universe bound to a market.
///
/// Members are in the order in which their signals began, and in declaration order among those
/// that began together; that order breaks ties between equal signals.
#[derive(Clone, Debug)]
pub(crate) struct BoundUniverse {
    members: Vec<Member>,
    /// By asset: the first session of its history, of one that is only read too; or [`NEVER`].
    since: Vec<Session>,
    constant: bool,
    /// The assets that signals read and nothing trades.
    only_read: Vec<AssetId>,
    /// When the members are the market's assets in its order: since when all have a history.
    whole_market_since: Option<Session>,
}

/// The history of an asset that is not of the universe.
const NEVER: Session = Session(u32::MAX);

/// Why a universe does not fit a market.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UnknownAsset(pub(crate) String);

impl BoundUniverse {
    pub(crate) fn bind(
        strategy: &Strategy,
        market: &Market,
        window: Window,
        endings: &[Ending],
    ) -> Result<BoundUniverse, UnknownAsset> {
        let (universe, start) = (&strategy.universe, strategy.start);
        let id_of = |symbol: &String| {
            let found = market.asset(symbol);
            found.ok_or_else(|| UnknownAsset(symbol.clone()))
        };
        // Nothing of an asset is seen before the simulation begins, nor before its first price.
        let first_seen = |asset: AssetId, from: Session| {
            let first_priced = market.first_price(asset).map_or(NEVER, |mark| mark.session);
            from.max(first_priced)
        };
        let moment_in = |list: &[(String, Moment)], symbol: &str| {
            list.iter()
                .find(|(named, _)| named == symbol)
                .map(|(_, moment)| *moment)
        };
        let mut members = Vec::new();
        for symbol in &universe.assets {
            let asset = id_of(symbol)?;
            let enters = moment_in(&universe.enters, symbol);
            let leaves = moment_in(&universe.leaves, symbol);
            let ends = endings.iter().find(|ending| ending.asset == asset);
            let ends = ends.map(|ending| market.moment(Mark::open(ending.session)));
            let first_entered = match enters {
                Some(enters) => (window.first.0..=window.last.0)
                    .map(Session)
                    .find(|&session| market.moment(Mark::close(session)) >= enters)
                    .unwrap_or(NEVER),
                None => window.first,
            };
            let since = first_seen(asset, first_entered);
            members.push(Member {
                asset,
                enters,
                leaves: [leaves, ends].into_iter().flatten().min(),
                since,
            });
        }
        // A stable sort: declaration order among equals. Those that are there at the start come
        // before those that join at the first close.
        members.sort_by_key(|member| {
            let joins = member.enters.filter(|&enters| enters > start);
            joins.map(|_| member.since)
        });
        let mut since = vec![NEVER; market.n_assets()];
        for member in &members {
            since[member.asset.index()] = member.since;
        }
        let only_read = (strategy.also.iter()).map(id_of);
        let only_read = only_read.collect::<Result<Vec<AssetId>, UnknownAsset>>()?;
        for &asset in &only_read {
            since[asset.index()] = first_seen(asset, window.first);
        }
        let constant = members
            .iter()
            .all(|member| member.enters.is_none() && member.leaves.is_none());
        let assets = members.iter().map(|member| member.asset.index());
        let is_whole_market = constant && assets.eq(0..market.n_assets());
        Ok(BoundUniverse {
            whole_market_since: members
                .iter()
                .map(|member| member.since)
                .max()
                .filter(|_| is_whole_market),
            members,
            since,
            constant,
            only_read,
        })
    }

    /// Whether the members are the same from the first open to the last close.
    pub(crate) fn is_constant(&self) -> bool {
        self.constant
    }

    /// By asset: the first session of its history; `u32::MAX` for one that is neither of the universe nor
    /// read beside it.
    pub(crate) fn since(&self) -> &[Session] {
        &self.since
    }

    /// When the members are the market's assets in its order: since when all have a history.
    pub(crate) fn whole_market_since(&self) -> Option<Session> {
        self.whole_market_since
    }

    /// The assets that signals read and nothing trades.
    pub(crate) fn only_read(&self) -> &[AssetId] {
        &self.only_read
    }

    /// How many assets there ever are.
    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    /// The assets that must have a price from the start.
    pub(crate) fn required_assets(&self) -> impl Iterator<Item = AssetId> {
        let present = self.members.iter().filter(|member| member.enters.is_none());
        present.map(|member| member.asset)
    }

    /// Whether an asset is of the universe and enters it on a date of its own.
    pub(crate) fn waits(&self, asset: AssetId) -> bool {
        self.members
            .iter()
            .any(|member| member.asset == asset && member.enters.is_some())
    }

    /// Writes the members at a mark, in their order and as a set.
    pub(crate) fn at(
        &self,
        market: &Market,
        mark: Mark,
        members: &mut Vec<AssetId>,
        inside: &mut AssetSet,
    ) {
        members.clear();
        inside.clear();
        let moment = market.moment(mark);
        for member in &self.members {
            let entered = member.enters.is_none_or(|enters| moment >= enters);
            let left = member.leaves.is_some_and(|leaves| moment >= leaves);
            let waits = member.enters.is_some()
                && market
                    .first_price(member.asset)
                    .is_none_or(|first| first > mark);
            if entered && !left && !waits {
                members.push(member.asset);
                inside.insert(member.asset);
            }
        }
    }
}
