//! Which assets may be held when, and since when their history counts.

use std::collections::HashMap;

use crate::asset_set::AssetSet;
use crate::conventions::SignalHistory;
use crate::date::{Moment, Spell};
use crate::market::{AssetId, Mark, Market, Session};
use crate::schedule::Window;
use crate::strategy::{MissingMembers, Strategy};

/// A time in the universe: without bounds, for an asset that neither enters nor leaves.
#[derive(Clone, Copy, Debug)]
struct Stay {
    from: Option<Moment>,
    /// The first moment after it.
    to: Option<Moment>,
}

impl Stay {
    fn contains(&self, moment: Moment) -> bool {
        self.from.is_none_or(|from| moment >= from) && self.to.is_none_or(|to| moment < to)
    }
}

impl From<&Spell> for Stay {
    fn from(spell: &Spell) -> Stay {
        Stay {
            from: Some(spell.from),
            to: spell.to,
        }
    }
}

/// An asset of a universe, as a strategy declares it.
#[derive(Clone, Debug)]
pub(crate) struct Declared<'a> {
    pub(crate) symbol: &'a str,
    stays: Box<[Stay]>,
    /// Whether it waits for its first price.
    waits: bool,
}

impl Declared<'_> {
    /// Whether it is of the universe at a moment, or at a later one up to an end.
    pub(crate) fn belongs_between(&self, from: Moment, end: Moment) -> bool {
        let within = |stay: &Stay| {
            stay.from.is_none_or(|begins| begins <= end) && stay.to.is_none_or(|to| to > from)
        };
        self.stays.iter().any(within)
    }
}

/// The assets of a strategy's universe in the order of their declaration, each with its stays.
pub(crate) fn declared(strategy: &Strategy) -> Vec<Declared<'_>> {
    let universe = &strategy.universe;
    let Some(members) = &universe.members else {
        let by_symbol = |list: &'_ [(String, Moment)]| -> HashMap<String, Moment> {
            list.iter().cloned().collect()
        };
        let (enters, leaves) = (by_symbol(&universe.enters), by_symbol(&universe.leaves));
        let declared = |symbol| {
            let stay = Stay {
                from: enters.get(symbol).copied(),
                to: leaves.get(symbol).copied(),
            };
            Declared {
                symbol,
                waits: stay.from.is_some(),
                stays: Box::new([stay]),
            }
        };
        return strategy.assets().into_iter().map(declared).collect();
    };
    let spells = members
        .iter()
        .map(|(symbol, spells)| (symbol.as_str(), spells));
    let spells: HashMap<&str, &Vec<Spell>> = spells.collect();
    let declared = |symbol| Declared {
        symbol,
        stays: spells
            .get(symbol)
            .copied()
            .into_iter()
            .flatten()
            .map(Stay::from)
            .collect(),
        waits: true,
    };
    strategy.assets().into_iter().map(declared).collect()
}

/// One asset of a universe, bound to a market.
#[derive(Clone, Debug)]
struct Member {
    asset: AssetId,
    /// When it is of the universe, in the order of time.
    stays: Box<[Stay]>,
    /// Whether it waits for its first price.
    waits: bool,
    /// The session at whose close it joins.
    joins: Session,
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
    /// Binds the declared assets of a strategy to a market.
    pub(crate) fn bind(
        strategy: &Strategy,
        declared: &[Declared<'_>],
        market: &Market,
        window: Window,
        endings: &[Ending],
    ) -> Result<BoundUniverse, UnknownAsset> {
        let universe = &strategy.universe;
        // Nothing of an asset is seen before the simulation begins, nor before its first price.
        let first_seen = |asset: AssetId, from: Session| {
            let first_priced = market.first_price(asset).map_or(NEVER, |mark| mark.session);
            from.max(first_priced)
        };
        let may_miss =
            universe.names_members() && universe.missing_members == MissingMembers::LeaveOut;
        let mut members = Vec::with_capacity(declared.len());
        for declared in declared {
            let asset = match market.asset(declared.symbol) {
                Some(asset) => asset,
                None if may_miss => continue,
                None => return Err(UnknownAsset(declared.symbol.to_owned())),
            };
            let ended = endings.iter().find(|ending| ending.asset == asset);
            let ended = ended.map(|ending| market.moment(Mark::open(ending.session)));
            let cut = |stay: &Stay| Stay {
                to: [stay.to, ended].into_iter().flatten().min(),
                ..*stay
            };
            let stays: Box<[Stay]> = declared.stays.iter().map(cut).collect();
            let is_in = |session: &Session| {
                let moment = market.moment(Mark::close(*session));
                let begins = market.moment(Mark::open(window.first));
                let entered = |stay: &Stay| {
                    stay.from.is_none_or(|from| moment >= from)
                        && stay.to.is_none_or(|to| to > begins)
                };
                declared.stays.iter().any(entered)
            };
            let first_entered = match declared.waits {
                true => {
                    ((window.first.0..=window.last.0).map(Session).find(is_in)).unwrap_or(NEVER)
                }
                false => window.first,
            };
            let joins = first_seen(asset, first_entered);
            members.push(Member {
                asset,
                stays,
                waits: declared.waits,
                joins,
                since: match strategy.conventions.signal_history {
                    SignalHistory::Membership => joins,
                    SignalHistory::Prices => first_seen(asset, window.first),
                },
            });
        }
        // A stable sort: declaration order among equals. Those that are there at the start come
        // before those that join at the first close.
        members.sort_by_key(|member| {
            let is_there = member
                .stays
                .iter()
                .any(|stay| stay.contains(strategy.start));
            (!is_there).then_some(member.joins)
        });
        let mut since = vec![NEVER; market.n_assets()];
        for member in &members {
            since[member.asset.index()] = member.since;
        }
        let id_of = |symbol: &String| {
            let found = market.asset(symbol);
            found.ok_or_else(|| UnknownAsset(symbol.clone()))
        };
        let only_read = (strategy.also.iter()).map(id_of);
        let only_read = only_read.collect::<Result<Vec<AssetId>, UnknownAsset>>()?;
        for &asset in &only_read {
            since[asset.index()] = first_seen(asset, window.first);
        }
        let is_always_in = |stay: &Stay| stay.from.is_none() && stay.to.is_none();
        let constant = members
            .iter()
            .all(|member| !member.waits && member.stays.iter().any(is_always_in));
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
        let present = self.members.iter().filter(|member| !member.waits);
        present.map(|member| member.asset)
    }

    /// Its assets.
    pub(crate) fn assets(&self) -> impl Iterator<Item = AssetId> {
        self.members.iter().map(|member| member.asset)
    }

    /// Whether an asset is of the universe and enters it on a date of its own.
    pub(crate) fn waits(&self, asset: AssetId) -> bool {
        self.members
            .iter()
            .any(|member| member.asset == asset && member.waits)
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
            let belongs = member.stays.iter().any(|stay| stay.contains(moment));
            let waits = member.waits
                && market
                    .first_price(member.asset)
                    .is_none_or(|first| first > mark);
            if belongs && !waits {
                members.push(member.asset);
                inside.insert(member.asset);
            }
        }
    }
}
