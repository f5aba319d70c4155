//! Prices that stand still, prices that end, and prices that do not cover the backtest.

use backtest::conventions::{Calendar, FillBars};
use backtest::date::Date;
use backtest::market::{AssetId, Mark, Market, Session};
use backtest::outcome::Outcome;

use crate::run::Run;
use crate::warning::Warning;

/// What is said of the prices.
pub(super) fn of(run: &Run<'_>) -> Vec<Warning> {
    let mut warnings = gaps(run.outcome, run.market());
    warnings.extend(stale_prices(run));
    warnings
}

/// Closes that repeat this often are more than holidays.
const GAP: usize = 10;

/// For each asset that was traded, the longest time for which its price stood still, from its first
/// bar to its last, if it is long. A price that never moves is no gap.
fn gaps(outcome: &Outcome, market: &Market) -> Vec<Warning> {
    let mut traded = vec![false; market.n_assets()];
    for fill in &outcome.fills {
        traded[fill.asset.index()] = true;
    }
    let (start, end) = (
        outcome.sessions().start().index(),
        outcome.sessions().end().index(),
    );
    let dates = &market.sessions()[start..=end];
    let gap = |asset: AssetId| {
        let closes = &market.close_history(asset)[start..=end];
        let until = market.last_bar(asset).map_or(0, |last_bar| {
            dates.partition_point(|date| *date <= last_bar)
        });
        let (mut longest, mut from) = ((0, 0), 0);
        for at in 1..=until {
            if at == until || closes[at] != closes[at - 1] {
                if at - from > longest.1 - longest.0 {
                    longest = (from, at);
                }
                from = at;
            }
        }
        let n_sessions = longest.1 - longest.0;
        (n_sessions >= GAP && n_sessions < until).then(|| Warning::Gap {
            symbol: market.symbol(asset).to_owned(),
            first: dates[longest.0],
            last: dates[longest.1 - 1],
            n_sessions,
        })
    };
    (0..market.n_assets() as u32)
        .map(AssetId)
        .filter(|asset| traded[asset.index()])
        .filter_map(gap)
        .collect()
}

/// The assets of which something was held at the last session that has a bar of them, when later
/// sessions follow. Not those that are paid out.
fn stale_prices(run: &Run<'_>) -> Vec<Warning> {
    let (outcome, market) = (run.outcome, run.market());
    let end = market.date(*outcome.sessions().end());
    let stale = |asset: AssetId| {
        let last_bar = market.last_bar(asset).filter(|last_bar| *last_bar < end)?;
        let n_until = (market.sessions()).partition_point(|date| *date <= last_bar);
        let mut positions = outcome.positions();
        positions.advance_through(Mark::close(Session(n_until.checked_sub(1)? as u32)));
        let mut quantity = positions.held(asset);
        if quantity == 0.0 {
            // Bought after its last bar.
            let held = outcome.holdings.iter().find(|held| held.asset == asset);
            quantity = held.map_or(0.0, |held| held.quantity);
        }
        (quantity != 0.0).then(|| Warning::StalePrice {
            symbol: market.symbol(asset).to_owned(),
            last_bar,
            quantity,
            is_traded: run.strategy.conventions.fill_bars == FillBars::FilledForward,
        })
    };
    (0..market.n_assets() as u32)
        .map(AssetId)
        .filter(|asset| !run.backtest.ends_early(*asset))
        .filter_map(stale)
        .collect()
}

/// Calendar days at either end of a backtest that a weekend and holidays explain.
const HOLIDAYS: f64 = 7.0;

/// Where the prices do not reach the start or the end by more than a week, or by more than two bars
/// where bars are longer.
pub(super) fn shortened(run: &Run<'_>) -> Vec<Warning> {
    let (strategy, backtest, market) = (run.strategy, run.backtest, run.market());
    let window = backtest.window();
    let (mut first, mut last) = (market.date(window.first), market.date(window.last));
    let goes_on = strategy.conventions.calendar == Calendar::Weekdays;
    if goes_on {
        // Weekdays are sessions whether or not there are bars.
        let assets = strategy.assets().into_iter();
        let assets: Vec<AssetId> = assets.filter_map(|symbol| market.asset(symbol)).collect();
        let begins = assets.iter().filter_map(|asset| market.first_price(*asset));
        let ends = assets.iter().filter_map(|asset| market.last_bar(*asset));
        first = begins.min().map_or(first, |mark| market.date(mark.session));
        last = ends.max().map_or(last, |last_bar| last.min(last_bar));
    }
    let allowed = HOLIDAYS.max(2.0 * 365.25 / backtest.sessions_per_year());
    let is_short = |from: Date, to: Date| f64::from(to.epoch_days() - from.epoch_days()) > allowed;
    let sides = [
        (
            "start",
            strategy.start.date(),
            first,
            is_short(strategy.start.date(), first),
        ),
        (
            "end",
            strategy.end.date(),
            last,
            is_short(last, strategy.end.date()),
        ),
    ];
    let short = sides.into_iter().filter(|(.., is_short)| *is_short);
    short
        .map(|(key, asked, covered, _)| Warning::Shortened {
            key,
            asked,
            covered,
            goes_on,
        })
        .collect()
}
