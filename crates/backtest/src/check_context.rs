//! What the checks of one part ask about the rest of the strategy.

use std::cell::OnceCell;
use std::collections::HashSet;

use crate::conventions::{Conventions, OutsideUniverse};
use crate::declaration::{Mistake, Path, Place};

/// How to allow short positions, in messages.
pub(crate) const ALLOW_SHORTS: &str = "to sell short, set `portfolio.sizing` to `long-short`";

/// The strategy around a part that is checked.
pub(crate) struct Context<'a> {
    pub(crate) conventions: &'a Conventions,
    /// Whether weights may be negative.
    pub(crate) allows_shorts: bool,
    /// Formulas by name.
    pub(crate) signals: &'a [(String, String)],
    assets: Vec<&'a str>,
    /// Whether they are the members of a list.
    are_members: bool,
    /// Symbols that are only read.
    also: &'a [String],
    members: OnceCell<HashSet<&'a str>>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        conventions: &'a Conventions,
        allows_shorts: bool,
        signals: &'a [(String, String)],
        assets: Vec<&'a str>,
        are_members: bool,
        also: &'a [String],
    ) -> Context<'a> {
        Context {
            conventions,
            allows_shorts,
            signals,
            assets,
            are_members,
            also,
            members: OnceCell::new(),
        }
    }

    fn has_member(&self, symbol: &str) -> bool {
        let set = || self.assets.iter().copied().collect();
        self.members.get_or_init(set).contains(symbol)
    }

    /// Finds weights of assets outside the universe, and negative ones in a long-only portfolio.
    pub(crate) fn check_weights(
        &self,
        weights: &[(String, f64)],
        at: &Place<'_>,
        key: &'static str,
        mistakes: &mut Vec<Mistake>,
    ) {
        for (symbol, weight) in weights {
            let path = || at.key(key).name(symbol);
            if self.conventions.outside_universe == OutsideUniverse::Cash {
                self.check_member(symbol, path, mistakes);
            }
            if *weight < 0.0 && !self.allows_shorts {
                let message =
                    format!("the weight of `{symbol}` is {weight}, in a long-only portfolio");
                mistakes.push(long_only(path(), weight).message(message));
            }
        }
    }

    /// Finds a symbol that is not of the universe.
    pub(crate) fn check_member(
        &self,
        symbol: &str,
        path: impl Fn() -> Path,
        mistakes: &mut Vec<Mistake>,
    ) {
        if self.has_member(symbol) {
            return;
        }
        let near = |member: &&&str| member.eq_ignore_ascii_case(symbol);
        let label = match self.assets.iter().find(near) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "not in the universe".to_owned(),
        };
        let (message, help, key) = match self.are_members {
            false => (
                format!("`{symbol}` is not in `universe.assets`"),
                format!("add `{symbol}` to `universe.assets`, or remove it here"),
                "assets",
            ),
            true => (
                format!("`{symbol}` is not one of `universe.members` during the backtest"),
                format!("add its spell to the members, or remove `{symbol}` here"),
                "members",
            ),
        };
        let mistake = Mistake::stating(path(), symbol, message, label);
        mistakes.push(mistake.help(help).because(Path::to("universe", key)));
    }

    /// Finds a symbol that a formula cannot read.
    pub(crate) fn check_readable(
        &self,
        symbol: &str,
        path: impl Fn() -> Path,
        mistakes: &mut Vec<Mistake>,
    ) {
        if self.has_member(symbol) || self.also.iter().any(|also| also == symbol) {
            return;
        }
        let message = format!("`{symbol}` is neither in `universe.assets` nor in `data.also`");
        let help = format!("add `{symbol}` to `data.also`, whose prices are read and not traded");
        let mistake = Mistake::stating(path(), symbol, message, "its prices are not there");
        mistakes.push(mistake.help(help).because(Path::to("universe", "assets")));
    }

    /// Finds a number that makes weights negative where none may be.
    pub(crate) fn check_sign(
        &self,
        number: f64,
        path: impl Fn() -> Path,
        mistakes: &mut Vec<Mistake>,
    ) {
        if number < 0.0 && !self.allows_shorts {
            let message = format!("`{}` is {number}, in a long-only portfolio", path());
            mistakes.push(long_only(path(), number).message(message));
        }
    }
}

/// A value that needs short positions, in a long-only portfolio.
pub(crate) fn long_only(path: Path, value: impl std::fmt::Display) -> Mistake {
    Mistake::new(path, value, "must be 0 or more")
        .help(ALLOW_SHORTS)
        .because(Path::to("portfolio", "sizing"))
}
