//! Universes whose members stand in a file: the file is read once, where a strategy is.

use std::path::Path;

use backtest::strategy::{MissingMembers, Strategy};
use market_data::{LoadError, MembersError};
use strategy_file::Document;

/// The members that a document's file lists, as [`Document::with_members`] takes them; `None` when it
/// names no file.
///
/// * `file`: the strategy file, in whose folder the list is.
///
/// # Errors
///
/// A list that cannot be used.
pub fn read_members(document: &Document, file: &Path) -> Result<Option<String>, MembersError> {
    let Some(named) = document.members_file() else {
        return Ok(None);
    };
    let beside = file.parent().unwrap_or(Path::new(""));
    let members = market_data::read_members(&beside.join(named))?;
    Ok(Some(strategy_file::spells_to_toml(&members)))
}

/// Members of a universe whose prices are to be loaded.
#[derive(Clone, Debug)]
pub(crate) struct Membership {
    /// The symbols.
    pub(crate) symbols: Vec<String>,
    /// What becomes of those without prices.
    pub(crate) missing: MissingMembers,
}

impl Membership {
    /// The members of a strategy's universe that nothing else of the strategy names; `None` when the
    /// universe names its assets itself.
    pub(crate) fn of(strategy: &Strategy) -> Option<Membership> {
        if !strategy.universe.names_members() {
            return None;
        }
        let mut named: Vec<&str> = strategy.alpha.named();
        let benchmark = strategy.benchmark.iter().flat_map(|one| &one.weights);
        named.extend(benchmark.map(|(symbol, _)| symbol.as_str()));
        named.extend(
            strategy
                .cash
                .iter()
                .filter_map(|cash| cash.rate.named_symbol()),
        );
        let members = strategy.assets().into_iter();
        let members = members.filter(|symbol| !named.contains(symbol));
        Some(Membership {
            symbols: members.map(str::to_owned).collect(),
            missing: strategy.universe.missing_members,
        })
    }

    /// Those that have no prices in a folder.
    ///
    /// # Errors
    ///
    /// There are some, and they are not to be left out; a folder that cannot be listed.
    pub(crate) fn left_out(&self, dir: &Path) -> Result<Vec<String>, LoadError> {
        let known = market_data::symbols_in(dir)?;
        let has_none = |symbol: &&String| known.binary_search(symbol).is_err();
        let missing: Vec<String> = self.symbols.iter().filter(has_none).cloned().collect();
        match self.missing {
            MissingMembers::Error if !missing.is_empty() => Err(LoadError::MissingMembers {
                missing,
                n_members: self.symbols.len(),
                dir: dir.to_owned(),
            }),
            _ => Ok(missing),
        }
    }
}

/// The symbols whose prices a strategy needs of a folder: all of them, but for members that are left
/// out because they have none.
///
/// # Errors
///
/// Members without prices that are not to be left out; a folder that cannot be listed.
pub fn symbols_with_prices(strategy: &Strategy, dir: &Path) -> Result<Vec<String>, LoadError> {
    let mut symbols = strategy.symbols();
    if let Some(membership) = Membership::of(strategy) {
        let left_out = membership.left_out(dir)?;
        symbols.retain(|symbol| !left_out.contains(symbol));
    }
    Ok(symbols)
}
