//! Rules over formulas: score, filter, select, require, weigh, replace, gate.

use std::sync::Arc;

use super::as_of::AsOf;
use super::model::{AlphaError, AlphaModel};
use super::part::{AlphaPart, Binding, BoundModel, History, UnknownSymbol};
use super::weights::Weights;
use crate::check_context::{ALLOW_SHORTS, Context};
use crate::declaration::{Mistake, Parameter, Path, Place};
use crate::formula::node::Node;
use crate::formula::resolve::{Fault, Reader, Vocabulary, mistake_of};
use crate::market::AssetId;
use crate::signal_tables::Signal;

crate::part! {
    /// Rules, stage by stage, each of which may be left out. A `score` and conditions are formulas over `[signals]`. The candidates that pass `filter` are selected by their score, share the equity as `weigh` says, and what is selected but does not meet `require`, or is not selected at all because too few pass, goes to `replace`, or stays in cash. A `gate` sends a part of everything there. Until the formulas are known for some candidate nothing is held.
    pub struct Rules as "rules" {
        /// Numbers that formulas name. Each can be an axis of a sweep, as `alpha.parameters.NAME`.
        parameters: Vec<(String, Parameter)> => Parameters, Optional;
        /// The assets to choose from.
        among: Option<Vec<String>> => Symbols, Depends("every asset of the universe that is neither a canary nor in `replace.with`");
        /// The formula that ranks the candidates, the highest first.
        score: Option<String> => Formula, Optional;
        /// The condition that a candidate meets to be selected.
        filter: Option<String> => Condition, Optional;
        /// The condition at which a candidate that is out goes in. Between `enter` and `exit` it stays as it is; at first all are out.
        enter: Option<String> => Condition, Optional;
        /// The condition at which a candidate that is in goes out.
        exit: Option<String> => Condition, Optional;
        /// How many are selected, and how; all that pass when left out, each with an equal share of what there are of candidates.
        select: Option<Select> => Table(&Select::TABLE), Optional;
        /// The condition that what is selected meets; else its share goes to `replace`.
        require: Option<String> => Condition, Optional;
        /// How the equity is divided among what is selected.
        weigh: Weigh => Choice(Weigh::NAMES), Text("equal");
        /// Where shares go that are not invested otherwise; cash when left out.
        replace: Option<Replace> => Table(&Replace::TABLE), Optional;
        /// How much of the equity may be at risk at all.
        gate: Option<Gate> => Table(&Gate::TABLE), Optional;
    }
}

crate::record! {
    /// How many candidates are selected, and how.
    pub struct Select: Copy {
        /// How many with the highest scores, equal ones in the order of the universe. Each has a share of `1 / top`, also where fewer pass.
        top: Option<u32> => Count, Optional;
        /// The rank down to which those selected before stay, `top` or more; others fill the places up to `top`.
        keep_within: Option<u32> => Count, Optional;
        /// How many with the lowest scores are sold short, each with a share of `1 / bottom`; none that is among the `top`.
        bottom: Option<u32> => Count, Optional;
        /// The share of the candidates that pass, those with the highest scores; at least one.
        quantile: Option<f64> => Number(Bounds::Fraction), Optional;
        /// All whose score is above this.
        above: Option<f64> => Number(Bounds::Any), Optional;
    }
}

crate::record! {
    /// Where shares go that are not invested otherwise.
    pub struct Replace {
        /// The assets, of which the one with the highest score takes all; equal ones in this order.
        with: Vec<String> => Symbols, Required;
        /// The formula that ranks them.
        score: Option<String> => Formula, Depends("`alpha.score`");
    }
}

crate::record! {
    /// How much of the equity may be at risk: by a condition that is the same for all assets, or by the share of canaries that are good.
    pub struct Gate {
        /// A condition at which all of it may; else nothing. It names its assets: `return(252)['SPY'] > 0`.
        open: Option<String> => Condition, Optional;
        /// Assets that warn. They are not candidates, unless `among` names them.
        canaries: Option<Vec<String>> => Symbols, Optional;
        /// The condition at which a canary is good.
        good: Option<String> => Condition, Optional;
        /// How many bad canaries leave nothing at risk; with fewer it is in proportion.
        breadth: Option<u32> => Count, Depends("all of the canaries");
    }
}

crate::choice! {
    /// How the equity is divided among what is selected.
    pub enum Weigh {
        /// In equal shares: `1 / top`; one over the number selected with `quantile` and `above`; one over the number of candidates without `select`.
        Equal = "equal",
        /// In proportion to the scores, which must not be negative.
        Score = "score",
        /// In proportion to the ranks, the highest score having the most.
        Rank = "rank",
        /// The score itself is the weight.
        Raw = "raw",
    }
}

/// The formulas of the rules, resolved; of `parameters` those that they name.
struct Formulas<'a> {
    resolved: Resolved,
    used: Vec<&'a str>,
}

/// The formulas of the rules.
#[derive(Clone, Debug, Default)]
struct Resolved {
    score: Option<Arc<Node>>,
    filter: Option<Arc<Node>>,
    enter: Option<Arc<Node>>,
    exit: Option<Arc<Node>>,
    require: Option<Arc<Node>>,
    open: Option<Arc<Node>>,
    /// Whether each canary is good.
    canaries: Vec<Arc<Node>>,
    /// The score of each asset of `replace.with`.
    replacements: Vec<Arc<Node>>,
}

impl Resolved {
    fn all(&self) -> impl Iterator<Item = &Arc<Node>> {
        let single = [&self.score, &self.filter, &self.enter, &self.exit];
        let more = [&self.require, &self.open];
        let single = single.into_iter().chain(more).flatten();
        single.chain(&self.canaries).chain(&self.replacements)
    }
}

impl Rules {
    /// Resolves the formulas; what cannot be is reported with its path.
    fn resolve<'a>(
        &'a self,
        signals: &'a [(String, String)],
        report: &mut dyn FnMut(Path, &str, Fault),
    ) -> Formulas<'a> {
        let vocabulary = Vocabulary {
            signals,
            parameters: &self.parameters,
        };
        let mut reader = Reader::new(vocabulary);
        let at = Place::ROOT.table("alpha");
        let mut read = |text: &Option<String>, path: &dyn Fn() -> Path, is_condition: bool| {
            let text = text.as_ref()?;
            let node = match is_condition {
                true => reader.condition(text),
                false => reader.number(text),
            };
            node.map_err(|fault| report(path(), text, fault)).ok()
        };
        let mut resolved = Resolved {
            score: read(&self.score, &|| at.key("score"), false),
            filter: read(&self.filter, &|| at.key("filter"), true),
            enter: read(&self.enter, &|| at.key("enter"), true),
            exit: read(&self.exit, &|| at.key("exit"), true),
            require: read(&self.require, &|| at.key("require"), true),
            ..Resolved::default()
        };
        if let Some(gate) = &self.gate {
            let key = |name| at.key("gate").key(name);
            resolved.open = read(&gate.open, &|| key("open"), true);
            let good = read(&gate.good, &|| key("good"), true);
            let of = |canary: &String| {
                let good = good.as_ref()?;
                Some(Arc::new(Node::Of(Arc::clone(good), canary.clone())))
            };
            resolved.canaries = gate.canaries.iter().flatten().filter_map(of).collect();
        }
        if let Some(replace) = &self.replace {
            let key = || at.key("replace").key("score");
            let own = read(&replace.score, &key, false);
            let score = own.as_ref().or(resolved.score.as_ref());
            let of = |symbol: &String| match score {
                Some(score) => Arc::new(Node::Of(Arc::clone(score), symbol.clone())),
                None => Arc::new(Node::number(0.0)),
            };
            resolved.replacements = replace.with.iter().map(of).collect();
        }
        Formulas {
            used: reader.used().iter().copied().collect(),
            resolved,
        }
    }

    fn canaries(&self) -> &[String] {
        let gate = self.gate.as_ref();
        gate.and_then(|gate| gate.canaries.as_deref())
            .unwrap_or(&[])
    }

    fn check_formulas(&self, context: &Context<'_>, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        let mut report = |path: Path, text: &str, fault: Fault| {
            // A signal's own mistakes are found where it stands.
            if fault.signal.is_none() {
                mistakes.push(mistake_of(path, text, fault.error));
            }
        };
        let Formulas { resolved, used } = self.resolve(context.signals, &mut report);
        for (name, value) in &self.parameters {
            if !used.contains(&name.as_str()) {
                let path = at.key("parameters").name(name);
                let message = format!("no formula names the parameter `{name}`");
                let mistake = Mistake::stating(path, shown(value), message, "used nowhere");
                mistakes.push(mistake.help("remove it, or name it in a formula"));
            }
        }
        if let Some(open) = &resolved.open
            && !open.is_common()
        {
            let path = at.key("gate").key("open");
            let message = format!("`{path}` differs from asset to asset");
            let mistake = Mistake::stating(path, "", message, "must name its assets");
            mistakes.push(mistake.help("as in `return(252)['SPY'] > 0`"));
        }
        let mut unknown: Vec<&str> = resolved.all().flat_map(|node| node.symbols()).collect();
        unknown.sort_unstable();
        unknown.dedup();
        for symbol in unknown {
            context.check_readable(symbol, || at.key("score"), mistakes);
        }
    }
}

fn shown(parameter: &Parameter) -> String {
    match parameter {
        Parameter::Integer(integer) => integer.to_string(),
        Parameter::Number(number) => number.to_string(),
        Parameter::Flag(flag) => flag.to_string(),
        Parameter::Text(text) => format!("{text:?}"),
    }
}

impl AlphaPart for Rules {
    fn check(&self, context: &Context<'_>, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        self.check_formulas(context, at, mistakes);
        let needs = |path: Path, message: String, help: &str| {
            Mistake::stating(path, "", message, "").help(help)
        };
        if self.enter.is_some() != self.exit.is_some() {
            let path = at.key(if self.enter.is_some() {
                "enter"
            } else {
                "exit"
            });
            let message = "`alpha.enter` and `alpha.exit` go together".to_owned();
            let help = "as in `enter = \"rsi(14) < 30\"` and `exit = \"rsi(14) > 55\"`";
            mistakes.push(needs(path, message, help));
        }
        if self.weigh != Weigh::Equal && self.score.is_none() {
            let message = format!("`weigh = \"{}\"` needs a score", self.weigh.name());
            let help = "give `alpha.score` a formula, as in `return(126)`";
            mistakes.push(needs(at.key("weigh"), message, help));
        }
        if let Some(select) = &self.select {
            self.check_select(select, context, at, mistakes);
        }
        if let Some(gate) = &self.gate {
            let place = at.table("gate");
            let has_canaries = gate.canaries.as_ref().is_some_and(|all| !all.is_empty());
            if gate.open.is_none() && !has_canaries {
                let message = "a gate needs `open`, or `canaries` and `good`".to_owned();
                let help = "as in `gate = { canaries = [\"TIP\"], good = \"momentum > 0\" }`";
                mistakes.push(needs(at.key("gate"), message, help));
            }
            if has_canaries != gate.good.is_some() {
                let message = "`canaries` and `good` go together".to_owned();
                let help = "as in `gate = { canaries = [\"TIP\"], good = \"momentum > 0\" }`";
                mistakes.push(needs(place.key("good"), message, help));
            }
            let canaries = gate.canaries.iter().flatten();
            for (index, symbol) in canaries.enumerate() {
                let path = || place.key("canaries").index(index);
                context.check_readable(symbol, path, mistakes);
            }
        }
        let with = self.replace.iter().flat_map(|replace| &replace.with);
        for (index, symbol) in with.enumerate() {
            let path = || at.key("replace").key("with").index(index);
            context.check_member(symbol, path, mistakes);
        }
        for (index, symbol) in self.among.iter().flatten().enumerate() {
            context.check_member(symbol, || at.key("among").index(index), mistakes);
        }
    }

    fn parameters(&self) -> &[(String, Parameter)] {
        &self.parameters
    }

    fn bind(&self, binding: &Binding<'_>) -> Result<Arc<dyn BoundModel>, UnknownSymbol> {
        let market = binding.market;
        let asset = |symbol: &String| {
            let asset = market.asset(symbol);
            asset.ok_or_else(|| UnknownSymbol(symbol.clone()))
        };
        let mut fault = None;
        let Formulas { resolved, .. } = self.resolve(binding.signals, &mut |_, _, found| {
            fault = Some(found);
        });
        debug_assert!(fault.is_none(), "the strategy has been checked: {fault:?}");
        for symbol in resolved.all().flat_map(|node| node.symbols()) {
            asset(&symbol.to_owned())?;
        }
        let with = self.replace.iter().flat_map(|replace| &replace.with);
        let with: Vec<AssetId> = with.map(asset).collect::<Result<_, _>>()?;
        let canaries: Vec<AssetId> = self
            .canaries()
            .iter()
            .map(asset)
            .collect::<Result<_, _>>()?;
        let mut is_candidate = vec![self.among.is_none(); market.n_assets()];
        match &self.among {
            Some(among) => {
                for symbol in among {
                    is_candidate[asset(symbol)?.index()] = true;
                }
            }
            None => {
                for out in with.iter().chain(&canaries) {
                    is_candidate[out.index()] = false;
                }
            }
        }
        let breadth = self.gate.as_ref().and_then(|gate| gate.breadth);
        Ok(Arc::new(Bound {
            signals: resolved.all().cloned().map(Signal::Formula).collect(),
            warm_up: resolved.all().map(|node| node.warm_up()).max(),
            closes: resolved.all().map(|node| node.closes_read()).max(),
            formulas: resolved,
            is_candidate,
            select: self.select,
            weigh: self.weigh,
            with,
            breadth: breadth.map_or(canaries.len() as f64, f64::from),
        }))
    }
}

impl Rules {
    fn check_select(
        &self,
        select: &Select,
        context: &Context<'_>,
        at: &Place<'_>,
        mistakes: &mut Vec<Mistake>,
    ) {
        let place = at.table("select");
        let mut report = |path: Path, message: &str, help: &str| {
            mistakes.push(Mistake::stating(path, "", message, "").help(help));
        };
        let Select {
            top,
            keep_within,
            bottom,
            quantile,
            above,
        } = *select;
        let ways = [
            top.is_some() || bottom.is_some(),
            quantile.is_some(),
            above.is_some(),
        ];
        match ways.iter().filter(|way| **way).count() {
            0 => report(
                at.key("select"),
                "`alpha.select` selects nothing",
                "as in `select = { top = 3 }`",
            ),
            1 => {}
            _ => report(
                at.key("select"),
                "`alpha.select` selects in two ways",
                "keep one of `top` (with `bottom`), `quantile` and `above`",
            ),
        }
        if self.score.is_none() {
            report(
                at.key("select"),
                "`alpha.select` needs a score",
                "give `alpha.score` a formula, as in `return(126)`",
            );
        }
        match (keep_within, top) {
            (Some(within), Some(top)) if within < top => {
                let message = format!("`keep_within` ({within}) is less than `top` ({top})");
                report(
                    place.key("keep_within"),
                    &message,
                    "it must be `top` or more",
                );
            }
            (Some(_), None) => report(
                place.key("keep_within"),
                "`keep_within` goes with `top`",
                "as in `select = { top = 3, keep_within = 5 }`",
            ),
            _ => {}
        }
        if let Some(bottom) = bottom
            && !context.allows_shorts
        {
            let path = place.key("bottom");
            let message = format!("`{path}` sells short, in a long-only portfolio");
            let because = Path::to("portfolio", "sizing");
            let mistake = Mistake::stating(path, bottom, message, "has negative weights");
            mistakes.push(mistake.help(ALLOW_SHORTS).because(because));
        }
    }
}

#[derive(Debug)]
struct Bound {
    formulas: Resolved,
    /// The same, as a batch computes them.
    signals: Vec<Signal>,
    warm_up: Option<u32>,
    closes: Option<u32>,
    /// By asset.
    is_candidate: Vec<bool>,
    select: Option<Select>,
    weigh: Weigh,
    with: Vec<AssetId>,
    breadth: f64,
}

impl BoundModel for Bound {
    fn history(&self) -> Option<History> {
        Some(History {
            warm_up: self.warm_up?,
            closes: self.closes?,
            is_of_returns: false,
        })
    }

    fn names_members_only(&self) -> bool {
        false
    }

    fn signals(&self, _: usize) -> Vec<Signal> {
        self.signals.clone()
    }

    fn model(&self) -> Box<dyn AlphaModel + '_> {
        Box::new(Model {
            bound: self,
            inside: Vec::new(),
            selected: Vec::new(),
            eligible: Vec::new(),
            order: Vec::new(),
            chosen: Vec::new(),
        })
    }
}

struct Model<'a> {
    bound: &'a Bound,
    /// By asset: whether it is in, between `enter` and `exit`.
    inside: Vec<bool>,
    /// The assets selected at the decision before.
    selected: Vec<AssetId>,
    /// Positions of the candidates that pass.
    eligible: Vec<usize>,
    /// The same, the highest score first.
    order: Vec<usize>,
    /// What is selected now, with its weight.
    chosen: Vec<(usize, f64)>,
}

/// What the rules read at one decision.
#[derive(Clone, Copy)]
struct Readings<'a> {
    as_of: AsOf<'a>,
}

impl<'a> Readings<'a> {
    /// The numbers of a formula, one for each asset that may be held.
    fn row(&self, node: &Arc<Node>) -> &'a [f64] {
        let (signals, decision) = self.as_of.shared.expect("evaluated before the run");
        let row = signals.formula(node, decision);
        let row = row.expect("the model's own formulas have been evaluated");
        &row[..self.as_of.assets().len()]
    }

    /// The number of a formula that is the same for all assets; NaN when none may be held.
    fn common(&self, node: &Arc<Node>) -> f64 {
        self.row(node).first().copied().unwrap_or(f64::NAN)
    }

    fn each(&self, node: &Option<Arc<Node>>) -> Option<&'a [f64]> {
        node.as_ref().map(|node| self.row(node))
    }
}

impl AlphaModel for Model<'_> {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        weights.cover_universe();
        let readings = Readings { as_of };
        let Some(share) = self.bound.share_at_risk(readings) else {
            return Ok(());
        };
        let Some(slots) = self.select(readings) else {
            return Ok(());
        };
        self.weigh(readings, slots);
        let require = readings.each(&self.bound.formulas.require);
        let mut invested = 0.0;
        for &(position, weight) in &self.chosen {
            if require.is_none_or(|require| require[position] == 1.0) {
                let weight = weight * share;
                weights.set(as_of.assets()[position], weight);
                invested += weight;
            }
        }
        if let Some(safe) = self.bound.best_replacement(readings) {
            let rest = self.rest(require, share, invested, slots);
            if rest > 0.0 {
                let own = weights.entries().iter().find(|(asset, _)| *asset == safe);
                let own = own.map_or(0.0, |(_, weight)| *weight);
                weights.set(safe, own + rest);
            }
        }
        Ok(())
    }
}

impl Bound {
    /// The share of the equity that may be at risk; `None` while that is not known.
    fn share_at_risk(&self, readings: Readings<'_>) -> Option<f64> {
        let mut share = 1.0;
        if let Some(open) = &self.formulas.open {
            let open = readings.common(open);
            if open.is_nan() {
                return None;
            }
            share = open;
        }
        let canaries = &self.formulas.canaries;
        if !canaries.is_empty() {
            let good = canaries.iter().map(|canary| readings.common(canary));
            let (mut bad, mut known) = (0.0, false);
            for good in good {
                known |= !good.is_nan();
                if good != 1.0 {
                    bad += 1.0;
                }
            }
            if !known {
                return None;
            }
            share *= 1.0 - (bad / self.breadth).min(1.0);
        }
        Some(share)
    }

    /// The asset that takes what is not invested otherwise, if one of them may be held.
    fn best_replacement(&self, readings: Readings<'_>) -> Option<AssetId> {
        let mut best: Option<(AssetId, f64)> = None;
        for (&asset, score) in self.with.iter().zip(&self.formulas.replacements) {
            let score = readings.common(score);
            let is_better = best.is_none_or(|(_, best)| score > best);
            if !score.is_nan() && is_better && readings.as_of.assets().contains(&asset) {
                best = Some((asset, score));
            }
        }
        best.map(|(asset, _)| asset)
    }
}

impl Model<'_> {
    /// Fills `chosen` with positions, each with its sign, and gives the number of equal shares that
    /// the equity has. `None` while the formulas are not known for any candidate.
    fn select(&mut self, readings: Readings<'_>) -> Option<f64> {
        let bound = self.bound;
        let assets = readings.as_of.assets();
        let score = readings.each(&bound.formulas.score);
        let filter = readings.each(&bound.formulas.filter);
        let turns = (readings.each(&bound.formulas.enter)).zip(readings.each(&bound.formulas.exit));
        if self.inside.is_empty() {
            self.inside = vec![false; bound.is_candidate.len()];
        }
        self.eligible.clear();
        let (mut candidates, mut known) = (0u32, false);
        for (position, &asset) in assets.iter().enumerate() {
            if !bound.is_candidate[asset.index()] {
                continue;
            }
            candidates += 1;
            let at = |row: Option<&[f64]>| row.map_or(1.0, |row| row[position]);
            let (score, filter) = (at(score), at(filter));
            let mut is_in = true;
            if let Some((enter, exit)) = turns {
                let inside = &mut self.inside[asset.index()];
                let turn = if *inside {
                    exit[position]
                } else {
                    enter[position]
                };
                known |= !turn.is_nan() && !score.is_nan() && !filter.is_nan();
                if turn == 1.0 {
                    *inside = !*inside;
                }
                is_in = *inside;
            } else {
                known |= !score.is_nan() && !filter.is_nan();
            }
            if is_in && filter == 1.0 && !score.is_nan() {
                self.eligible.push(position);
            }
        }
        self.chosen.clear();
        if !known {
            return None;
        }
        let Some(select) = bound.select else {
            self.chosen
                .extend(self.eligible.iter().map(|at| (*at, 1.0)));
            return Some(f64::from(candidates));
        };
        let score = score.unwrap_or(&[]);
        self.order.clone_from(&self.eligible);
        // The sort is stable: equal scores keep the order of the universe.
        self.order
            .sort_by(|a, b| score[*b].total_cmp(&(score[*a] + 0.0)));
        Some(self.take(select, score, assets))
    }

    /// Fills `chosen` from the ranking.
    fn take(&mut self, select: Select, score: &[f64], assets: &[AssetId]) -> f64 {
        let order = &self.order;
        let chosen = &mut self.chosen;
        if let Some(quantile) = select.quantile {
            let n = (quantile * order.len() as f64).floor().max(1.0) as usize;
            chosen.extend(order.iter().take(n).map(|at| (*at, 1.0)));
        } else if let Some(above) = select.above {
            let above = order.iter().filter(|at| score[**at] > above);
            chosen.extend(above.map(|at| (*at, 1.0)));
        }
        if select.top.is_none() && select.bottom.is_none() {
            chosen.sort_unstable_by_key(|(at, _)| *at);
            return chosen.len() as f64;
        }
        let top = select.top.map_or(0, |top| top as usize);
        let within = select.keep_within.map_or(0, |within| within as usize);
        let is_kept = |at: &&usize| self.selected.contains(&assets[**at]);
        let kept = order.iter().take(within).filter(is_kept).take(top);
        chosen.extend(kept.map(|at| (*at, 1.0)));
        for at in order {
            if chosen.len() == top {
                break;
            }
            if !chosen.iter().any(|(kept, _)| kept == at) {
                chosen.push((*at, 1.0));
            }
        }
        self.selected.clear();
        self.selected
            .extend(chosen.iter().map(|(at, _)| assets[*at]));
        if let Some(bottom) = select.bottom {
            let longs = chosen.len();
            for at in order.iter().rev() {
                if chosen.len() == longs + bottom as usize {
                    break;
                }
                if !chosen[..longs].iter().any(|(long, _)| long == at) {
                    chosen.push((*at, -1.0));
                }
            }
        }
        chosen.sort_unstable_by_key(|(at, _)| *at);
        top as f64
    }

    /// Gives each that is chosen its weight.
    ///
    /// * `slots`: the number of equal shares.
    fn weigh(&mut self, readings: Readings<'_>, slots: f64) {
        let bound = self.bound;
        let score = readings.each(&bound.formulas.score).unwrap_or(&[]);
        let shorts = bound.select.and_then(|select| select.bottom);
        let longs = || self.chosen.iter().filter(|(_, sign)| *sign > 0.0);
        let total = match bound.weigh {
            Weigh::Equal | Weigh::Raw => slots,
            Weigh::Score => longs().fold(0.0, |sum, (at, _)| sum + score[*at].max(0.0)),
            Weigh::Rank => (0..longs().count()).fold(0.0, |sum, rank| sum + 1.0 + rank as f64),
        };
        let n = longs().count();
        let rank = |at: usize| {
            let above = self.chosen.iter().filter(|(other, sign)| {
                let (own, other_score) = (score[at], score[*other]);
                *sign > 0.0 && (other_score > own || (other_score == own && *other < at))
            });
            (n - above.count()) as f64
        };
        let weights: Vec<f64> = self
            .chosen
            .iter()
            .map(|&(at, sign)| match (sign < 0.0, bound.weigh) {
                (_, Weigh::Raw) => score[at],
                (true, _) => -1.0 / f64::from(shorts.unwrap_or(1)),
                (false, Weigh::Equal) => 1.0 / slots,
                (false, Weigh::Score) if total > 0.0 => score[at].max(0.0) / total,
                (false, Weigh::Score) => 0.0,
                (false, Weigh::Rank) => rank(at) / total,
            })
            .collect();
        for ((_, weight), new) in self.chosen.iter_mut().zip(weights) {
            *weight = new;
        }
    }

    /// What goes to the replacement: the shares that are not filled or not wanted, and what the gate
    /// keeps from risk.
    fn rest(&self, require: Option<&[f64]>, share: f64, invested: f64, slots: f64) -> f64 {
        let longs = self.chosen.iter().filter(|(_, weight)| *weight > 0.0);
        let fails = |at: usize| require.is_some_and(|require| require[at] != 1.0);
        match self.bound.weigh {
            Weigh::Equal => {
                let held = longs.filter(|(at, _)| !fails(*at)).count() as f64;
                let open = (slots - held).max(0.0);
                open * (1.0 / slots.max(1.0)) * share + (1.0 - share)
            }
            // As much as there would be at risk, if all were good, is the whole.
            Weigh::Score | Weigh::Rank => 1.0 - invested,
            Weigh::Raw => {
                let failed = longs.filter(|(at, _)| fails(*at));
                failed.fold(0.0, |sum, (_, weight)| sum + weight * share)
            }
        }
    }
}
