//! Members without prices, and assets that could never be held.

use backtest::market::{AssetId, Mark};

use crate::run::Run;
use crate::warning::Warning;

/// Members without prices above this share of the days of membership are worth a word.
const NOTICEABLE: f64 = 0.01;

/// How much of the membership has no prices.
pub(super) fn survivorship(run: &Run<'_>) -> Option<Warning> {
    let (strategy, market) = (run.strategy, run.market());
    let universe = &strategy.universe;
    let members = universe
        .members
        .as_ref()
        .filter(|_| universe.names_members())?;
    let window = run.backtest.window();
    let (first, last) = (market.date(window.first), market.date(window.last));
    let coverage = members.coverage(first, last, |symbol| {
        let asset = market.asset(symbol)?;
        let begins = market.date(market.first_price(asset)?.session);
        Some((begins, market.last_bar(asset).unwrap_or(begins)))
    });
    let is_noticeable =
        !coverage.without_prices.is_empty() || coverage.share_without() >= NOTICEABLE;
    is_noticeable.then_some(Warning::Survivorship(coverage))
}

/// Assets of the universe that were of it at no decision.
pub(super) fn never_held(run: &Run<'_>) -> Option<Warning> {
    let (strategy, market, backtest) = (run.strategy, run.market(), run.backtest);
    if strategy.universe.names_members() || backtest.decisions().is_empty() {
        // A list of members may well hold some for whom there was no decision.
        return None;
    }
    let mut ever = vec![false; market.n_assets()];
    for decision in backtest.decisions() {
        for asset in backtest.members_at(*decision) {
            ever[asset.index()] = true;
        }
    }
    let never = |asset: &AssetId| !ever[asset.index()];
    let assets = strategy
        .assets()
        .into_iter()
        .filter_map(|symbol| market.asset(symbol));
    let assets: Vec<String> = assets
        .filter(never)
        .map(|asset| market.symbol(asset).to_owned())
        .collect();
    let decided = |mark: &Mark| market.date(mark.session);
    let (first, last) = (backtest.decisions().first()?, backtest.decisions().last()?);
    (!assets.is_empty()).then(|| Warning::NeverHeld {
        symbols: assets,
        first: decided(first),
        last: decided(last),
    })
}
