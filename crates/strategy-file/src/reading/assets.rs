//! The universe, and weights for its assets.

use backtest::date::Moment;
use backtest::strategy::Universe;

use super::Context;
use crate::document::Value;
use crate::keys::{Key, file, universe};
use crate::problem::{Place, Problem};
use crate::section::{Named, Section};

/// The universe as written, every symbol with its place.
pub(super) struct UniverseText<'a> {
    section: Section<'a>,
    assets: Vec<(&'a str, &'a Place)>,
    enters: Vec<Named<'a, Moment>>,
    leaves: Vec<Named<'a, Moment>>,
}

pub(super) fn universe<'a>(root: &Section<'a>) -> Option<UniverseText<'a>> {
    let section = root.table(&file::UNIVERSE)?;
    let assets = section.symbols(&universe::ASSETS);
    let enters = section.moments(&universe::ENTERS).unwrap_or_default();
    let leaves = section.moments(&universe::LEAVES).unwrap_or_default();
    let assets = assets?;

    if assets.is_empty() {
        let place = section.place_of(&universe::ASSETS);
        let problem = Problem::new(place, "the universe is empty", "no assets");
        (section.found).report(problem.help("name at least one asset, as in `[\"SPY\", \"AGG\"]`"));
    }
    let mut sorted = assets.clone();
    // Stable, so that of two equal symbols the first one in the text comes first.
    sorted.sort_by_key(|(symbol, _)| *symbol);
    for pair in sorted.windows(2) {
        if let [(first, first_place), (second, place)] = pair
            && first == second
        {
            let message = format!("`{second}` is listed twice");
            let problem = Problem::new(place, message, "again").related(first_place, "first here");
            section.found.report(problem);
        }
    }
    for (symbol, place, leaves) in &leaves {
        if let Some((_, entry_place, enters)) = enters.iter().find(|(name, ..)| name == symbol)
            && leaves <= enters
        {
            let message = format!("`{symbol}` leaves before it enters");
            let problem = Problem::new(place, message, format!("leaves {leaves}"));
            (section.found).report(problem.related(entry_place, format!("enters {enters}")));
        }
    }
    Some(UniverseText {
        section,
        assets,
        enters,
        leaves,
    })
}

impl<'a> UniverseText<'a> {
    /// The symbols, sorted.
    pub(super) fn members(&self) -> Vec<&'a str> {
        let mut members: Vec<&str> = self.assets.iter().map(|(symbol, _)| *symbol).collect();
        members.sort_unstable();
        members
    }

    pub(super) fn into_universe(self) -> Universe {
        let dated = |named: &[Named<'_, Moment>]| {
            let owned = |(symbol, _, moment): &Named<'_, Moment>| ((*symbol).to_owned(), *moment);
            named.iter().map(owned).collect()
        };
        Universe {
            assets: (self.assets.iter())
                .map(|(symbol, _)| (*symbol).to_owned())
                .collect(),
            enters: dated(&self.enters),
            leaves: dated(&self.leaves),
        }
    }

    /// Reports dates for assets that are not in the universe.
    pub(super) fn check_dates(&self, context: &Context<'_>) {
        for (symbol, place, _) in self.enters.iter().chain(&self.leaves) {
            if !context.has_member(symbol) {
                report_outside(&self.section, symbol, place, context);
            }
        }
    }
}

/// Weights by symbol, in the order of the text.
pub(super) fn weights(
    section: &Section<'_>,
    key: &Key,
    context: &Context<'_>,
) -> Option<Vec<(String, f64)>> {
    let named = section.weights(key)?;
    for (symbol, place, weight) in &named {
        if !context.may_weigh(symbol) {
            report_outside(section, symbol, place, context);
        }
        if *weight < 0.0 && !context.shorts {
            let message = format!("the weight of `{symbol}` is {weight}, in a long-only portfolio");
            let problem = Problem::new(place, message, "must be 0 or more");
            section.found.report(problem.help(ALLOW_SHORTS));
        }
    }
    Some(owned(&named))
}

pub(super) const ALLOW_SHORTS: &str = "to sell short, set `portfolio.sizing` to `long-short`";

pub(super) fn owned(named: &[Named<'_, f64>]) -> Vec<(String, f64)> {
    let owned = |(symbol, _, weight): &Named<'_, f64>| ((*symbol).to_owned(), *weight);
    named.iter().map(owned).collect()
}

/// Says that weights were given for nothing.
pub(super) fn check_not_empty(section: &Section<'_>, key: &Key) {
    if let Some(item) = section.item(key)
        && let Value::Table(entries) = &item.value
        && entries.is_empty()
    {
        let problem = Problem::new(&item.place, "there are no weights", "empty");
        (section.found).report(problem.help("name at least one asset, as in `{ SPY = 1.0 }`"));
    }
}

fn report_outside(section: &Section<'_>, symbol: &str, place: &Place, context: &Context<'_>) {
    let members = context.members.as_deref().unwrap_or_default();
    let label = match (members.iter()).find(|member| member.eq_ignore_ascii_case(symbol)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "not in the universe".to_owned(),
    };
    let message = format!("`{symbol}` is not in `universe.assets`");
    let problem = Problem::new(place, message, label);
    let help = format!("add `{symbol}` to `universe.assets`, or remove it here");
    section.found.report(problem.help(help));
}
