//! The validation of a strategy, the same for strategies from files, from Python and from Rust.

use std::collections::HashSet;

use crate::alpha::no_weights;
use crate::check_context::Context;
use crate::conventions::{OutsideUniverse, RiskModelUse};
use crate::costs::Costs;
use crate::declaration::{Mistake, Path, Place, judge_symbols, repetitions};
use crate::formula::resolve::{Vocabulary, check_signals};
use crate::strategy::{Benchmark, Members, RiskFreeRate, Strategy, Universe};

impl Strategy {
    /// Everything that is wrong with the strategy, whatever the market: values outside of their
    /// bounds, and values that do not go together.
    ///
    /// ```
    /// use backtest::date::Date;
    /// use backtest::strategy::Strategy;
    ///
    /// let day = |year| Date::new(year, 1, 2).unwrap();
    /// let mut strategy = Strategy::new("mistaken", day(2020).open(), day(2024).close());
    /// strategy.universe.assets = vec!["SPY".to_owned()];
    /// strategy.costs.slippage_bps = -50.0;
    /// let mistakes = strategy.check();
    /// assert_eq!(mistakes[0].path.to_string(), "costs.slippage_bps");
    /// assert_eq!(mistakes[0].to_string(), "`costs.slippage_bps` is -50; it must be 0 or more");
    /// ```
    #[must_use = "a strategy with mistakes cannot be bound"]
    pub fn check(&self) -> Vec<Mistake> {
        let mut mistakes = self.check_in_frame();
        self.check_universe(&mut mistakes);
        self.check_also(&mut mistakes);
        mistakes
    }

    /// As [`Strategy::check`], for a strategy whose universe has been checked.
    pub(crate) fn check_in_frame(&self) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        self.judge(&mut mistakes);
        self.check_dates(&mut mistakes);
        self.check_parts(&mut mistakes);
        mistakes
    }

    /// Finds symbols to be read beside the universe that are of it, or are given a weight.
    fn check_also(&self, mistakes: &mut Vec<Mistake>) {
        if self.also.is_empty() {
            return;
        }
        let path = || Path::to("data", "also");
        judge_symbols(&self.also, &path(), mistakes);
        for again in repetitions(self.also.iter().map(String::as_str)) {
            let message = format!("`{}` is listed twice", self.also[again]);
            let mistake =
                Mistake::stating(path().index(again), &self.also[again], message, "again");
            mistakes.push(mistake);
        }
        for (index, symbol) in self.also.iter().enumerate() {
            if let Some(member) = self.assets().iter().position(|asset| asset == symbol) {
                let message = format!("`{symbol}` is in the universe, whose prices signals read");
                let mistake =
                    Mistake::stating(path().index(index), symbol, message, "not needed here");
                let member = Path::to("universe", "assets").index(member);
                let help = format!("remove `{symbol}` here, or there if it is not to be traded");
                mistakes.push(mistake.related(member, "a member here").help(help));
            } else if self.conventions.outside_universe == OutsideUniverse::Traded
                && self.alpha.named().contains(&symbol.as_str())
            {
                let message = format!("`{symbol}` is given a weight, and `also` is never traded");
                let mistake =
                    Mistake::stating(path().index(index), symbol, message, "has a weight");
                let help = format!("remove `{symbol}` here, or its weight");
                mistakes.push(mistake.help(help));
            }
        }
    }

    fn check_dates(&self, mistakes: &mut Vec<Mistake>) {
        let path = |key| Path::to("backtest", key);
        let (start, end) = (self.start, self.end);
        if end < start {
            let message = format!("the backtest ends before it starts, on {}", start.date());
            let mistake = Mistake::stating(path("end"), end, message, "the end");
            let help = "set `backtest.end` to a day after `backtest.start`";
            mistakes.push(mistake.related(path("start"), "the start").help(help));
        } else if let Some(burn_in) = self.burn_in
            && burn_in > end
        {
            let message = format!("the burn-in lasts beyond the end, {}", end.date());
            let mistake = Mistake::stating(path("burn_in"), burn_in, message, "the burn-in");
            let help = "set `backtest.end` to a day after `backtest.burn_in`";
            mistakes.push(mistake.related(path("end"), "the end").help(help));
        }
    }

    fn check_parts(&self, mistakes: &mut Vec<Mistake>) {
        let conventions = &self.conventions;
        let context = Context::new(
            conventions,
            self.sizing.allows_shorts(),
            &self.signals,
            self.assets(),
            self.universe.names_members(),
            &self.also,
        );
        let vocabulary = Vocabulary {
            signals: &self.signals,
            parameters: self.alpha.part().parameters(),
        };
        check_signals(vocabulary, mistakes);
        let at = |table| Place::ROOT.table(table);
        (self.alpha.part()).check(&context, &at("alpha"), mistakes);
        (self.optimiser.part()).check(&context, &at("portfolio"), mistakes);
        if let Some(risk) = &self.risk
            && conventions.risk_model == RiskModelUse::Applied
        {
            risk.part().check(&context, &at("risk"), mistakes);
        }
        (self.schedule.part()).check(conventions.calendar, &at("rebalance"), mistakes);
        let Costs {
            slippage_bps,
            half_spread_bps,
            ..
        } = self.costs;
        if slippage_bps + half_spread_bps >= 1e4 {
            let path = at("costs").key("slippage_bps");
            let rule = "must come to less than 10000 with `half_spread_bps`";
            let mistake = Mistake::new(path, slippage_bps, rule);
            mistakes.push(mistake.help("basis points are meant: 10 is 0.1 % of the price"));
        }
        if self.cash.is_none() && self.risk_free == Some(RiskFreeRate::Cash) {
            let path = at("statistics").key("risk_free");
            let message = format!("`{path}` is \"cash\", and there is no table `[cash]`");
            let mistake = Mistake::stating(path, "\"cash\"", message, "needs a table `[cash]`");
            mistakes
                .push(mistake.help("add `[cash]` with a `rate`, or write the rate as a number"));
        }
        for (index, flow) in self.cash_flows.iter().enumerate() {
            flow.check(&Place::ROOT.row("cash_flows", index), mistakes);
        }
        if let Some(benchmark) = &self.benchmark {
            let at = at("benchmark");
            check_benchmark(benchmark, &at, mistakes);
            (benchmark.schedule.part()).check(conventions.calendar, &at, mistakes);
        }
    }
}

impl Strategy {
    fn check_universe(&self, mistakes: &mut Vec<Mistake>) {
        let path = |key| Path::to("universe", key);
        let Universe {
            assets,
            members,
            missing_members: _,
            enters,
            leaves,
            delisted: _,
        } = &self.universe;
        for again in repetitions(assets.iter().map(String::as_str)) {
            let symbol = &assets[again];
            let first = assets.iter().position(|asset| asset == symbol).unwrap_or(0);
            let message = format!("`{symbol}` is listed twice");
            let mistake = Mistake::stating(path("assets").index(again), symbol, message, "again");
            mistakes.push(mistake.related(path("assets").index(first), "first here"));
        }
        if let Some(members) = members {
            self.check_members(members, mistakes);
            return;
        }
        if assets.is_empty() {
            let message = "the universe is empty";
            let mistake = Mistake::stating(path("assets"), "[]", message, "no assets");
            mistakes.push(mistake.help("name at least one asset, as in `[\"SPY\", \"AGG\"]`"));
        }
        if enters.is_empty() && leaves.is_empty() {
            return;
        }
        let conventions = crate::conventions::Conventions::STANDARD;
        let context = Context::new(&conventions, true, &[], self.assets(), false, &[]);
        for (key, dates) in [("enters", enters), ("leaves", leaves)] {
            for (symbol, _) in dates {
                context.check_member(symbol, || path(key).name(symbol), mistakes);
            }
        }
        for (symbol, leaves) in leaves {
            if let Some((_, enters)) = enters.iter().find(|(named, _)| named == symbol)
                && leaves <= enters
            {
                let own = |key| path(key).name(symbol);
                let message = format!("`{symbol}` leaves before it enters");
                let label = format!("leaves {leaves}");
                let mistake = Mistake::stating(own("leaves"), leaves, message, label);
                mistakes.push(mistake.related(own("enters"), format!("enters {enters}")));
            }
        }
    }

    /// Finds what does not go together with members that come and go.
    fn check_members(&self, members: &Members, mistakes: &mut Vec<Mistake>) {
        let path = |key| Path::to("universe", key);
        let Universe {
            assets,
            enters,
            leaves,
            ..
        } = &self.universe;
        for (key, dates) in [("enters", enters), ("leaves", leaves)] {
            if !dates.is_empty() {
                let message = format!("`universe.{key}` does not go with `universe.members`");
                let mistake = Mistake::stating(path(key), "", message, "given here");
                let mistake = mistake.related(path("members"), "who belongs when");
                mistakes.push(mistake.help("say it in the list of members, and remove it here"));
            }
        }
        let known: HashSet<&str> = members.iter().map(|(symbol, _)| symbol.as_str()).collect();
        for (index, symbol) in assets.iter().enumerate() {
            if !known.contains(symbol.as_str()) {
                let near = known
                    .iter()
                    .find(|known| known.eq_ignore_ascii_case(symbol));
                let label = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "never a member".to_owned(),
                };
                let message = format!("`{symbol}` is not one of `universe.members`");
                let at = path("assets").index(index);
                let mistake = Mistake::stating(at, symbol, message, label);
                let mistake = mistake.because(path("members"));
                mistakes.push(mistake.help("remove it, or add its spell to the members"));
            }
        }
        let from = self.burn_in.unwrap_or(self.start);
        let spells = || members.iter().flat_map(|(_, spells)| spells);
        let during = spells().filter(|spell| spell.overlaps(from, self.end));
        let stating = |message: String, label: &str| {
            let mistake = Mistake::stating(path("members"), "", message, label);
            let mistake = mistake.because(Path::to("backtest", "start"));
            mistake.because(Path::to("backtest", "end"))
        };
        match during.map(|spell| spell.from).min() {
            None => {
                let (first, last) = (from.date(), self.end.date());
                let message = format!("there is no member from {first} to {last}");
                let mistake = stating(message, "members at other times");
                let begins = spells().map(|spell| spell.from).min();
                mistakes.push(match begins {
                    Some(begins) => {
                        mistake.help(format!("the first spell begins on {}", begins.date()))
                    }
                    None => mistake.help("name at least one member"),
                });
            }
            Some(first) if first.date() > from.date() => {
                let message = format!(
                    "the first member joins on {}, after the backtest starts",
                    first.date()
                );
                let mistake = stating(message, "no members before");
                mistakes.push(mistake.help(format!(
                    "set `backtest.start` to {} or later, or get an earlier list",
                    first.date()
                )));
            }
            Some(_) => {}
        }
    }
}

fn check_benchmark(benchmark: &Benchmark, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
    if benchmark.weights.is_empty() {
        mistakes.push(no_weights(at, "assets"));
    }
    for (symbol, weight) in &benchmark.weights {
        if *weight < 0.0 {
            let message = format!("the benchmark's weight of `{symbol}` is {weight}");
            let path = at.key("assets").name(symbol);
            let mistake = Mistake::new(path, weight, "must be 0 or more").message(message);
            mistakes.push(mistake.help("a benchmark is long-only"));
        }
    }
}
