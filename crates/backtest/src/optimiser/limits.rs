//! Limits of weights, by asset.

use optimisers::{Constraints, Group};

use crate::alpha::{Binding, UnknownSymbol};
use crate::check_context::Context;
use crate::declaration::{Mistake, Place, Row, repetitions};
use crate::market::AssetId;

crate::record! {
    /// Limits of the sum of some weights.
    pub struct GroupLimit {
        /// The assets whose weights are summed.
        assets: Vec<String> => Symbols, Required;
        /// The least sum of their weights. No limit when left out.
        min_weight: Option<f64> => Number(Bounds::Any), Optional;
        /// The greatest sum of their weights. No limit when left out.
        max_weight: Option<f64> => Number(Bounds::Any), Optional;
    }
}

impl Row for GroupLimit {}

/// The limits of an optimiser, as a strategy names them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits<'a> {
    pub(crate) min_weight: f64,
    pub(crate) max_weight: f64,
    pub(crate) min_weights: &'a [(String, f64)],
    pub(crate) max_weights: &'a [(String, f64)],
    pub(crate) groups: &'a [GroupLimit],
    pub(crate) max_gross: Option<f64>,
    pub(crate) max_turnover: Option<f64>,
}

/// The limits of each asset of the market, by [`AssetId`]; and those of the whole.
#[derive(Clone, Debug)]
pub(crate) struct BoundLimits {
    lower: Vec<f64>,
    upper: Vec<f64>,
    groups: Vec<Group>,
    gross: f64,
    turnover: f64,
    penalty: f64,
}

impl Limits<'_> {
    /// Finds what does not go with the strategy, and bounds that exclude each other.
    pub(crate) fn check(&self, context: &Context<'_>, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        context.check_sign(self.min_weight, || at.key("min_weight"), mistakes);
        context.check_weights(self.min_weights, at, "min_weights", mistakes);
        for (symbol, _) in self.max_weights {
            let path = || at.key("max_weights").name(symbol);
            context.check_member(symbol, path, mistakes);
        }
        if self.min_weight > self.max_weight {
            let path = at.key("max_weight");
            let rule = format!("must be at least `min_weight`, {}", self.min_weight);
            mistakes.push(Mistake::new(path, self.max_weight, rule));
        }
        self.check_groups(context, at, mistakes);
        for (symbol, lower) in self.min_weights {
            let own = self.max_weights.iter().find(|(other, _)| other == symbol);
            let upper = own.map_or(self.max_weight, |(_, upper)| *upper);
            if *lower > upper {
                let path = at.key("min_weights").name(symbol);
                let rule = format!("must be at most the greatest weight, {upper}");
                mistakes.push(Mistake::new(path, lower, rule));
            }
        }
    }

    fn check_groups(&self, context: &Context<'_>, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        for (index, group) in self.groups.iter().enumerate() {
            let at = at.row("groups", index);
            for (position, symbol) in group.assets.iter().enumerate() {
                context.check_member(symbol, || at.key("assets").index(position), mistakes);
            }
            for again in repetitions(group.assets.iter().map(String::as_str)) {
                let path = at.key("assets").index(again);
                let symbol = &group.assets[again];
                let message = format!("`{symbol}` is listed twice");
                let mistake = Mistake::stating(path, symbol, message, "a second time");
                mistakes.push(mistake.help("remove it here"));
            }
            if let (Some(lower), Some(upper)) = (group.min_weight, group.max_weight)
                && lower > upper
            {
                let rule = format!("must be at least `min_weight`, {lower}");
                mistakes.push(Mistake::new(at.key("max_weight"), upper, rule));
            }
        }
    }

    /// Resolves the names.
    pub(crate) fn bind(
        &self,
        binding: &Binding<'_>,
        penalty: f64,
    ) -> Result<BoundLimits, UnknownSymbol> {
        let of_each = |all: f64, named: &[(String, f64)]| {
            let mut limits = vec![all; binding.market.n_assets()];
            for (asset, limit) in binding.resolve(named)? {
                limits[asset.index()] = limit;
            }
            Ok(limits)
        };
        let group = |group: &GroupLimit| {
            let member = |symbol: &String| {
                let asset = binding.market.asset(symbol);
                asset.map_or_else(|| Err(UnknownSymbol(symbol.clone())), |a| Ok(a.index()))
            };
            Ok(Group {
                members: group.assets.iter().map(member).collect::<Result<_, _>>()?,
                lower: group.min_weight.unwrap_or(f64::NEG_INFINITY),
                upper: group.max_weight.unwrap_or(f64::INFINITY),
            })
        };
        Ok(BoundLimits {
            lower: of_each(self.min_weight, self.min_weights)?,
            upper: of_each(self.max_weight, self.max_weights)?,
            groups: self.groups.iter().map(group).collect::<Result<_, _>>()?,
            gross: self.max_gross.unwrap_or(f64::INFINITY),
            // Purchases and sales together.
            turnover: self.max_turnover.map_or(f64::INFINITY, |limit| 2.0 * limit),
            penalty,
        })
    }
}

impl BoundLimits {
    /// No limit but that nothing is sold short.
    pub(crate) fn long_only(n_assets: usize) -> Self {
        Self {
            lower: vec![0.0; n_assets],
            upper: vec![f64::INFINITY; n_assets],
            groups: Vec::new(),
            gross: f64::INFINITY,
            turnover: f64::INFINITY,
            penalty: 0.0,
        }
    }

    /// Writes the limits of some assets, whose weights sum to `net`.
    ///
    /// * `closed`: what has to be sold of others, which leave the portfolio; `None` while nothing is
    ///   held, when turnover has no limit.
    pub(crate) fn write(
        &self,
        assets: &[AssetId],
        net: f64,
        closed: Option<f64>,
        constraints: &mut Constraints,
    ) {
        let lists = [
            (&mut constraints.lower, &self.lower),
            (&mut constraints.upper, &self.upper),
        ];
        for (own, all) in lists {
            own.clear();
            own.extend(assets.iter().map(|asset| all[asset.index()]));
        }
        constraints.groups.resize(
            self.groups.len(),
            Group {
                members: Vec::new(),
                lower: 0.0,
                upper: 0.0,
            },
        );
        for (own, group) in constraints.groups.iter_mut().zip(&self.groups) {
            own.members.clear();
            let positions = assets.iter().enumerate();
            let members = positions.filter(|(_, asset)| group.members.contains(&asset.index()));
            own.members.extend(members.map(|(position, _)| position));
            (own.lower, own.upper) = (group.lower, group.upper);
        }
        constraints.net = net;
        constraints.gross = self.gross;
        constraints.turnover_limit = match closed {
            Some(closed) => (self.turnover - closed).max(0.0),
            None => f64::INFINITY,
        };
        constraints.turnover_penalty = self.penalty;
    }
}
