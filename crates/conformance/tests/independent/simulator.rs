//! The whole backtest, day by day.

use backtest::conventions::{
    AfterLastBar, CashRule, CorporateActions, Entry, FeeBasis, FeeReserve, FeeShares, FillBars,
    FillTime, LongShortRounding, MomentumArithmetic, OutsideUniverse, RiskModelUse, Ruin, Shares,
    SignalBars, SignalHistory, WarmUp, WeightScaling,
};
use backtest::date::{Date, Moment, Weekday};
use backtest::market::{Observations, PriceSeries};
use backtest::strategy::{
    Alpha, Delisted, Every, Indexation, Optimiser, RiskModel, Schedule, SessionsPerYear, Sizing,
    Strategy, Trade,
};

use crate::market::{Asset, asset, sessions};
use crate::money::Money;
use crate::orders::{Account, Fill, Rules, fee};
use crate::signals::{average, momentum, volatility};

pub(crate) struct Decision {
    pub(crate) session: usize,
    pub(crate) at_close: bool,
    /// Of each asset.
    pub(crate) weights: Vec<f64>,
}

/// A dividend or a split of something that was held.
#[derive(Debug)]
pub(crate) struct Entitlement {
    pub(crate) session: usize,
    pub(crate) asset: usize,
    pub(crate) holding: f64,
    pub(crate) in_lieu: f64,
    pub(crate) paid: f64,
}

/// What the reference says about a backtest.
pub(crate) struct Simulated {
    pub(crate) days: Vec<Date>,
    pub(crate) symbols: Vec<String>,
    pub(crate) recorded_from: usize,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) fills: Vec<Fill>,
    pub(crate) entitlements: Vec<Entitlement>,
    pub(crate) equity: Vec<f64>,
    pub(crate) cash: Vec<f64>,
    pub(crate) risk_free: Vec<f64>,
    pub(crate) holdings: Vec<(usize, f64)>,
    /// The session, and the shortfall.
    pub(crate) ruin: Option<(usize, f64)>,
}

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Refusal {
    LateAsset,
    EndedAsset,
    NegativeWeight,
}

struct Simulator<'a> {
    strategy: &'a Strategy,
    days: Vec<Date>,
    /// Every day of the data, beyond the start and the end.
    all_days: Vec<Date>,
    /// By symbol.
    assets: Vec<Asset>,
}

fn moment(day: Date, at_close: bool) -> Moment {
    if at_close { day.close() } else { day.open() }
}

fn date_in(table: &[(String, Moment)], symbol: &str) -> Option<Moment> {
    let entry = table.iter().find(|(name, _)| name == symbol);
    entry.map(|(_, moment)| *moment)
}

/// The assets of the universe, in their order.
fn listed(strategy: &Strategy) -> Vec<String> {
    let universe = &strategy.universe;
    let mut listed = universe.assets.clone();
    if let (true, Some(members)) = (listed.is_empty(), &universe.members) {
        for (symbol, spells) in members.iter() {
            let during = spells.iter().any(|spell| {
                spell.from <= strategy.end && spell.to.is_none_or(|to| to > strategy.start)
            });
            if during {
                listed.push(symbol.clone());
            }
        }
    }
    listed
}

/// From when to when an asset of the universe is in it.
fn stays(strategy: &Strategy, symbol: &str) -> Vec<(Option<Moment>, Option<Moment>)> {
    let universe = &strategy.universe;
    let Some(members) = &universe.members else {
        let stay = (
            date_in(&universe.enters, symbol),
            date_in(&universe.leaves, symbol),
        );
        return vec![stay];
    };
    let own = members.iter().filter(|(name, _)| name == symbol);
    let spells = own.flat_map(|(_, spells)| spells);
    spells.map(|spell| (Some(spell.from), spell.to)).collect()
}

/// Whether an asset waits for its first price.
fn waits(strategy: &Strategy, symbol: &str) -> bool {
    strategy.universe.members.is_some() || date_in(&strategy.universe.enters, symbol).is_some()
}

pub(crate) fn simulate(
    series: &[PriceSeries],
    rates: &[Observations],
    strategy: &Strategy,
) -> Result<Simulated, Refusal> {
    let named: Vec<&PriceSeries> = series
        .iter()
        .filter(|series| {
            let in_alpha = match &strategy.alpha {
                Alpha::FixedWeights(fixed) => {
                    fixed.weights.iter().any(|(name, _)| *name == series.symbol)
                }
                Alpha::ScheduledWeights(scheduled) => scheduled
                    .table
                    .iter()
                    .any(|row| row.weights.iter().any(|(name, _)| *name == series.symbol)),
                _ => false,
            };
            in_alpha || listed(strategy).contains(&series.symbol)
        })
        .collect();
    let days = sessions(&named, strategy.start, strategy.end);
    let mut all_days: Vec<Date> = named.iter().flat_map(|s| s.dates.clone()).collect();
    all_days.sort();
    all_days.dedup();
    let books = strategy.conventions.corporate_actions == CorporateActions::Booked;
    let mut assets: Vec<Asset> = named
        .iter()
        .map(|series| asset(series, &days, books))
        .collect();
    assets.sort_by(|a, b| a.symbol.cmp(&b.symbol));
    let simulator = Simulator {
        strategy,
        days,
        all_days,
        assets,
    };
    simulator.refuse()?;
    let money = Money::new(strategy, series, rates, &simulator.days);
    simulator.run(&money, rates)
}

impl Simulator<'_> {
    fn asset(&self, symbol: &str) -> usize {
        let place = self.assets.iter().position(|asset| asset.symbol == symbol);
        place.unwrap()
    }

    fn refuse(&self) -> Result<(), Refusal> {
        let universe = &self.strategy.universe;
        let first = self.days[0];
        // Whether something is asked of the first session's open.
        let from = self.strategy.start.max(first.open());
        for symbol in &listed(self.strategy) {
            let asset = &self.assets[self.asset(symbol)];
            if !waits(self.strategy, symbol) && asset.first_price > from {
                return Err(Refusal::LateAsset);
            }
        }
        for symbol in &listed(self.strategy) {
            let Some(ended) = self.ended_from(self.asset(symbol)) else {
                continue;
            };
            // Fewer than five sessions without a bar may be a late download.
            let late = self.days[ended + 5].open();
            let stays = stays(self.strategy, symbol);
            let goes_on = stays.iter().any(|(from, to)| {
                from.is_none_or(|from| from <= self.strategy.end) && to.is_none_or(|to| to > late)
            });
            let said = date_in(&universe.leaves, symbol).is_some();
            if goes_on && !said && universe.delisted == Delisted::Error {
                return Err(Refusal::EndedAsset);
            }
        }
        Ok(())
    }

    /// The session from whose open on an asset has ended.
    fn ended_from(&self, asset: usize) -> Option<usize> {
        if self.strategy.conventions.after_last_bar == AfterLastBar::Traded {
            return None;
        }
        let last_bar = self.assets[asset].last_bar;
        let after = self.days.iter().position(|day| *day > last_bar)?;
        // `after` is the session after the last bar.
        (self.days.len() - 1 + 1 - after > 5).then_some(after)
    }

    /// When an asset joins the universe, if it is ever in it.
    fn joins(&self, asset: usize) -> Option<Moment> {
        let asset = &self.assets[asset];
        if !listed(self.strategy).contains(&asset.symbol) {
            return None;
        }
        if !waits(self.strategy, &asset.symbol) {
            return Some(self.strategy.start);
        }
        let mut joins = Vec::new();
        for (from, to) in stays(self.strategy, &asset.symbol) {
            if to.is_none_or(|to| to > self.days[0].open()) {
                joins.push(from.unwrap_or(self.strategy.start));
            }
        }
        let entered = joins.into_iter().min()?;
        let joins = entered.max(self.strategy.start).max(asset.first_price);
        Some(joins)
    }

    fn is_member(&self, asset: usize, session: usize, at_close: bool) -> bool {
        let now = moment(self.days[session], at_close);
        let symbol = &self.assets[asset].symbol;
        let mut stays = stays(self.strategy, symbol).into_iter();
        let belongs = stays
            .any(|(from, to)| from.is_none_or(|from| from <= now) && to.is_none_or(|to| to > now));
        let ended = self.ended_from(asset).is_some_and(|from| from <= session);
        self.joins(asset).is_some_and(|joins| joins <= now) && belongs && !ended
    }

    /// The universe in its order: who joined earlier first, then by place in the list.
    fn universe(&self, session: usize, at_close: bool) -> Vec<usize> {
        let listed = listed(self.strategy);
        let mut members: Vec<usize> = listed.iter().map(|symbol| self.asset(symbol)).collect();
        members.retain(|asset| self.is_member(*asset, session, at_close));
        members.sort_by_key(|asset| self.joins(*asset));
        members
    }

    /// The closes that a signal sees, oldest first.
    fn closes(&self, asset: usize, session: usize, at_close: bool) -> Vec<f64> {
        let mut closes = Vec::new();
        let first_price = self.assets[asset].first_price;
        let since = match (self.strategy.conventions.signal_history, self.joins(asset)) {
            (SignalHistory::Prices, _) => first_price.max(self.strategy.start),
            (SignalHistory::Membership, Some(joins)) => joins,
            (SignalHistory::Membership, None) => return closes,
        };
        let sessions = if at_close { session + 1 } else { session };
        for session in 0..sessions {
            let counts = self.strategy.conventions.signal_bars == SignalBars::Sessions
                || self.assets[asset].bar[session];
            if counts && self.days[session].close() >= since {
                let asset = &self.assets[asset];
                closes.push(asset.close[session] * asset.growth[session]);
            }
        }
        closes
    }

    /// Whether each asset that does not enter later has enough closes.
    fn is_warm(&self, needed: usize, session: usize, at_close: bool) -> bool {
        let mut early = listed(self.strategy);
        early.retain(|symbol| !waits(self.strategy, symbol));
        if early.is_empty() {
            // Then the sessions count.
            return session + usize::from(at_close) >= needed;
        }
        let n_closes = |symbol: &String| self.closes(self.asset(symbol), session, at_close).len();
        // No model waits for an asset that has ended.
        let has_ended = |symbol: &String| {
            let ended = self.ended_from(self.asset(symbol));
            ended.is_some_and(|from| from <= session)
        };
        early
            .iter()
            .all(|symbol| has_ended(symbol) || n_closes(symbol) >= needed)
    }

    fn decides(&self, session: usize) -> bool {
        let day = self.days[session];
        let place = self.all_days.iter().position(|date| *date == day).unwrap();
        let next = match self.all_days.get(place + 1) {
            Some(next) => *next,
            None => {
                let mut next = day.plus_days(1);
                while !next.is_weekday() {
                    next = next.plus_days(1);
                }
                next
            }
        };
        match &self.strategy.schedule {
            Schedule::BuyAndHold => false,
            Schedule::Daily => true,
            Schedule::EndOfMonth => (day.year(), day.month()) != (next.year(), next.month()),
            Schedule::EndOfQuarter => {
                day.month().is_multiple_of(3)
                    && (day.year(), day.month()) != (next.year(), next.month())
            }
            Schedule::Weekly(weekly) => {
                let number = |weekday: Weekday| weekday.num_days_from_monday() as i32;
                let wanted = number(weekly.weekday);
                let monday = |day: Date| day.plus_days(-number(day.weekday()));
                let on_or_before = |date: Date| number(date.weekday()) <= wanted;
                let same_week = |date: Date| monday(date) == monday(day);
                if on_or_before(day) {
                    !(same_week(next) && on_or_before(next))
                } else {
                    let mut earlier = self.all_days[..place].iter();
                    !earlier.any(|date| same_week(*date))
                }
            }
            other => panic!("the reference does not know {other:?}"),
        }
    }

    /// The alpha model's weights: zero as long as an asset lacks closes.
    fn alpha(&self, session: usize, at_close: bool) -> Vec<(usize, f64)> {
        let conventions = &self.strategy.conventions;
        let universe = self.universe(session, at_close);
        let closes = |asset: usize| self.closes(asset, session, at_close);
        let nothing: Vec<(usize, f64)> = universe.iter().map(|asset| (*asset, 0.0)).collect();
        let of_returns = |lookback: u32| {
            let more = usize::from(conventions.warm_up == WarmUp::Returns);
            self.is_warm(lookback as usize + more, session, at_close)
        };
        let compounded = conventions.momentum == MomentumArithmetic::Compounded;
        let momentum =
            |asset: usize, lookback: u32| momentum(&closes(asset), lookback as usize, compounded);
        let ranked = |lookback: u32| {
            let mut ranked = universe.clone();
            ranked.sort_by(|a, b| momentum(*b, lookback).total_cmp(&momentum(*a, lookback)));
            ranked
        };
        match &self.strategy.alpha {
            Alpha::FixedWeights(fixed) => {
                let weights = fixed.weights.iter();
                weights
                    .map(|(symbol, weight)| (self.asset(symbol), *weight))
                    .collect()
            }
            Alpha::ScheduledWeights(scheduled) => {
                let now = moment(self.days[session], at_close);
                let row = scheduled.table.iter().rfind(|row| row.from <= now);
                let weights = row.map_or(&[][..], |row| &row.weights).iter();
                weights
                    .map(|(symbol, weight)| (self.asset(symbol), *weight))
                    .collect()
            }
            Alpha::EqualWeight => {
                let n = universe.len() as f64;
                universe.iter().map(|asset| (*asset, 1.0 / n)).collect()
            }
            Alpha::SingleSignal(single) => universe
                .iter()
                .map(|asset| (*asset, single.signal))
                .collect(),
            Alpha::TopNMomentum(model) => {
                if !of_returns(model.lookback) {
                    return nothing;
                }
                let mut weights = Vec::new();
                for (rank, asset) in ranked(model.lookback).into_iter().enumerate() {
                    let top = rank < model.top_n as usize;
                    weights.push((
                        asset,
                        if top {
                            1.0 / f64::from(model.top_n)
                        } else {
                            0.0
                        },
                    ));
                }
                weights
            }
            Alpha::LongShortMomentum(model) => {
                if !of_returns(model.lookback) {
                    return nothing;
                }
                let ranked = ranked(model.lookback);
                let (top_n, bottom_n) = (model.top_n as usize, model.bottom_n as usize);
                let mut weights = Vec::new();
                for (rank, asset) in ranked.iter().enumerate() {
                    let weight = if rank < top_n {
                        1.0 / f64::from(model.top_n)
                    } else if rank + bottom_n >= ranked.len() {
                        -1.0 / f64::from(model.bottom_n)
                    } else {
                        0.0
                    };
                    weights.push((*asset, weight));
                }
                weights
            }
            Alpha::MomentumWeighted(model) => {
                if !of_returns(model.lookback) {
                    return nothing;
                }
                let weight = |asset: &usize| (*asset, momentum(*asset, model.lookback));
                universe.iter().map(weight).collect()
            }
            Alpha::InverseVolatility(model) => {
                if !of_returns(model.lookback) {
                    return nothing;
                }
                let mut weights = Vec::new();
                for asset in universe {
                    let SessionsPerYear::Number(a_year) = self.strategy.sessions_per_year else {
                        panic!("each case has a number of sessions a year");
                    };
                    let volatility = volatility(&closes(asset), model.lookback as usize, a_year);
                    let weight = if volatility > 0.0 {
                        1.0 / volatility
                    } else {
                        0.0
                    };
                    weights.push((asset, weight));
                }
                weights
            }
            Alpha::SmaCrossover(model) => {
                let (fast, slow) = (model.fast as usize, model.slow as usize);
                if !self.is_warm(slow, session, at_close) {
                    return nothing;
                }
                let n = universe.len() as f64;
                let mut weights = Vec::new();
                for asset in universe {
                    let closes = closes(asset);
                    let side = |closes: &[f64]| average(closes, fast) - average(closes, slow);
                    let above = side(&closes) > 0.0;
                    // Whether it has been on the other side since the slow average is full.
                    let crossed =
                        (slow..=closes.len()).any(|until| (side(&closes[..until]) > 0.0) != above);
                    let weight = if conventions.entry == Entry::Cross && !crossed {
                        0.0
                    } else if above {
                        1.0 / n
                    } else if model.short {
                        -1.0 / n
                    } else {
                        0.0
                    };
                    weights.push((asset, weight));
                }
                weights
            }
            other => panic!("the reference does not know {other:?}"),
        }
    }

    /// The portfolio weights: after the risk model and the optimiser.
    fn weights(&self, session: usize, at_close: bool) -> Vec<(usize, f64)> {
        let mut weights = self.alpha(session, at_close);
        let applied = self.strategy.conventions.risk_model == RiskModelUse::Applied;
        if let (true, Some(risk)) = (applied, &self.strategy.risk) {
            for (_, weight) in &mut weights {
                match risk {
                    RiskModel::Cap(cap) => *weight = weight.min(cap.max_weight),
                    RiskModel::Scale(scale) => *weight *= scale.factor,
                    RiskModel::Floor(floor) => {
                        if *weight < floor.min_weight {
                            *weight = 0.0;
                        }
                    }
                    other => panic!("the reference does not know {other:?}"),
                }
            }
        }
        if let Optimiser::EqualWeight(equal) = self.strategy.optimiser {
            let n = weights.len() as f64;
            for (_, weight) in &mut weights {
                *weight = equal.scale / n;
            }
        }
        weights
    }

    /// A weight for each asset, as it can be traded.
    fn tradable(&self, weights: &[(usize, f64)], session: usize, at_close: bool) -> Vec<f64> {
        let traded = self.strategy.conventions.outside_universe == OutsideUniverse::Traded;
        let mut tradable = vec![0.0; self.assets.len()];
        let now = moment(self.days[session], at_close);
        for (asset, weight) in weights {
            // Who enters later waits for its first price all the same.
            let own = &self.assets[*asset];
            let may_trade = own.first_price <= now || !waits(self.strategy, &own.symbol);
            if (traded && may_trade) || self.is_member(*asset, session, at_close) {
                tradable[*asset] = *weight;
            }
        }
        tradable
    }

    /// Target shares of each asset.
    fn targets(
        &self,
        weights: &[f64],
        equity: f64,
        prices: &[f64],
        real_shares: &[f64],
    ) -> Result<Vec<f64>, Refusal> {
        let conventions = &self.strategy.conventions;
        let always = conventions.weight_scaling == WeightScaling::Always;
        let long_only = matches!(self.strategy.sizing, Sizing::LongOnly(_));
        if long_only && weights.iter().any(|weight| *weight < 0.0) {
            return Err(Refusal::NegativeWeight);
        }
        let mut total = 0.0;
        for weight in weights {
            total += weight.abs();
        }
        let divisor = if always { total } else { f64::max(total, 1.0) };
        let mut targets = vec![0.0; weights.len()];
        for (asset, weight) in weights.iter().enumerate() {
            if *weight == 0.0 {
                continue;
            }
            let price = prices[asset];
            let mut money = match self.strategy.sizing {
                Sizing::LongOnly(sizing) => equity * (1.0 - sizing.cash_buffer) * weight / divisor,
                Sizing::LongShort(sizing) => equity * weight * sizing.gross_leverage / divisor,
                other => panic!("the reference does not know {other:?}"),
            };
            if conventions.fee_reserve == FeeReserve::TargetValue {
                let costs = &self.strategy.costs;
                let left = money
                    - fee(
                        costs,
                        money,
                        money / price * real_shares[asset],
                        FeeBasis::Exact,
                    );
                money = if money >= 0.0 { left.max(0.0) } else { left };
            }
            if !long_only
                && conventions.shares == Shares::Whole
                && conventions.long_short_rounding == LongShortRounding::MoneyThenShares
            {
                money = money.trunc();
            }
            targets[asset] = match (conventions.shares, long_only) {
                (Shares::Fractional, _) => money / price,
                (Shares::Whole, true) => (money / price).floor(),
                (Shares::Whole, false) => (money / price).trunc(),
            };
        }
        Ok(targets)
    }

    /// What is paid in at the open of a session, or withdrawn.
    fn flow(
        &self,
        session: usize,
        recorded_from: usize,
        equity: f64,
        rates: &[Observations],
    ) -> f64 {
        let today = self.days[session];
        let first = self.days[recorded_from];
        let opened = self.strategy.burn_in.unwrap_or(self.strategy.start).date();
        let known = |name: &str, day: Date| {
            let series = rates.iter().find(|series| series.name == name).unwrap();
            let until = series.dates.iter().filter(|date| **date <= day).count();
            series.values[until - 1]
        };
        let mut total = 0.0;
        let mut part = 0.0;
        for flow in &self.strategy.cash_flows {
            let moves = match (flow.date, flow.every) {
                (Some(date), _) => {
                    let date = date.date();
                    let before = session > recorded_from && self.days[session - 1] >= date;
                    date >= opened && today >= date && !before
                }
                (None, Some(every)) if session > recorded_from => {
                    let last = self.days[session - 1];
                    let months = |day: Date| (day.year() * 12 + day.month() as i32 - 1, 0);
                    let period = |day: Date| match every {
                        Every::Week => {
                            let monday = -(day.weekday().num_days_from_monday() as i32);
                            (day.plus_days(monday).epoch_days(), 0)
                        }
                        Every::Month => months(day),
                        Every::Quarter => (day.year(), (day.month() as i32 - 1) / 3),
                        Every::Year => (day.year(), 0),
                    };
                    let from = flow.from.is_none_or(|from| today >= from.date());
                    let until = flow.until.is_none_or(|until| today <= until.date());
                    period(today) != period(last) && from && until
                }
                _ => false,
            };
            if !moves {
                continue;
            }
            let since = flow.from.map_or(first, |from| from.date().max(first));
            let growth = match &flow.indexed {
                None => 1.0,
                Some(Indexation::Rate(rate)) => {
                    let days = today.epoch_days() - since.epoch_days();
                    (1.0 + rate).powf(f64::from(days) / 365.25)
                }
                Some(Indexation::Series(source)) => {
                    let before = self.days[session.saturating_sub(1)];
                    let base = known(&source.series, since);
                    if before < since {
                        1.0
                    } else {
                        known(&source.series, before) / base
                    }
                }
            };
            total += flow.amount.unwrap_or(0.0) * growth;
            part += flow.percent.unwrap_or(0.0) / 100.0;
        }
        total + part * equity
    }

    fn run(&self, money: &Money<'_>, rates: &[Observations]) -> Result<Simulated, Refusal> {
        let strategy = self.strategy;
        let conventions = &strategy.conventions;
        let rules = Rules {
            conventions,
            costs: &strategy.costs,
            long_only: matches!(strategy.sizing, Sizing::LongOnly(_)),
        };
        let n = self.assets.len();
        let recorded = strategy
            .burn_in
            .unwrap_or(strategy.start)
            .max(strategy.start);
        let recorded_from = self
            .days
            .iter()
            .position(|day| day.close() >= recorded)
            .unwrap();
        let mut account = Account {
            cash: strategy.initial_cash,
            positions: Vec::new(),
        };
        let mut result = Simulated {
            days: self.days.clone(),
            symbols: self
                .assets
                .iter()
                .map(|asset| asset.symbol.clone())
                .collect(),
            recorded_from,
            decisions: Vec::new(),
            fills: Vec::new(),
            entitlements: Vec::new(),
            equity: Vec::new(),
            cash: Vec::new(),
            risk_free: Vec::new(),
            holdings: Vec::new(),
            ruin: None,
        };
        // The weights of the last decision that traded, its orders that are not yet filled, and what
        // its buys lack until its sells are filled.
        let mut traded = vec![0.0; n];
        let mut orders: Vec<(usize, f64)> = Vec::new();
        let mut lacking: Vec<(usize, f64)> = Vec::new();

        // Equity at the close before; whether a decision there has been sized with the flow.
        let mut equity_before = strategy.initial_cash;
        let mut decided_before = false;

        for session in recorded_from..self.days.len() {
            let mut overdrawn = false;
            let opens: Vec<f64> = self
                .assets
                .iter()
                .map(|asset| asset.open[session])
                .collect();
            let closes: Vec<f64> = self
                .assets
                .iter()
                .map(|asset| asset.close[session])
                .collect();
            let real_shares: Vec<f64> = self
                .assets
                .iter()
                .map(|asset| match conventions.fee_shares {
                    FeeShares::AsTraded => asset.real_shares[session],
                    FeeShares::AsPriced => 1.0,
                })
                .collect();
            let prices = |at_close: bool| if at_close { &closes } else { &opens };
            let own_bars = conventions.fill_bars == FillBars::Own;
            let is_due = |asset: usize, at_close: bool| {
                let asset = &self.assets[asset];
                let own = asset.bar[session] && (at_close || !asset.own_open[session].is_nan());
                !own_bars || own
            };
            result
                .risk_free
                .push(money.risk_free(session, recorded_from));
            if result.ruin.is_some() {
                result.equity.push(0.0);
                result.cash.push(0.0);
                continue;
            }

            // 1. Cash earns the interest of the night.
            if session > recorded_from {
                let assets = self.assets.iter();
                let closes_before: Vec<f64> =
                    assets.map(|asset| asset.close[session - 1]).collect();
                money.night(&mut account, session, &closes_before);
            }

            // 2. Splits and dividends.
            let whole = |shares: f64| {
                let rounded = shares.round();
                if conventions.shares == Shares::Fractional {
                    shares
                } else if (shares - rounded).abs() <= 1e-9 * rounded.abs() {
                    rounded
                } else {
                    shares.trunc()
                }
            };
            for (asset, price) in opens.iter().enumerate() {
                let (split, dividend) = self.assets[asset].actions[session];
                if split != 1.0 {
                    for waiting in [&mut orders, &mut lacking] {
                        for order in waiting.iter_mut().filter(|(ordered, _)| *ordered == asset) {
                            order.1 = whole(order.1 * split);
                        }
                        waiting.retain(|(_, quantity)| *quantity != 0.0);
                    }
                }
                let held = account.held(asset);
                if held == 0.0 || (split, dividend) == (1.0, 0.0) {
                    continue;
                }
                let holding = if split == 1.0 {
                    held
                } else {
                    whole(held * split)
                };
                let mut fraction = held * split - holding;
                if fraction.abs() <= 1e-9 * holding.abs() {
                    fraction = 0.0;
                }
                let entitlement = Entitlement {
                    session,
                    asset,
                    holding,
                    in_lieu: fraction * price,
                    paid: holding * dividend,
                };
                account.cash += entitlement.in_lieu + entitlement.paid;
                for position in &mut account.positions {
                    if position.0 == asset {
                        position.1 = holding;
                    }
                }
                account.positions.retain(|(_, quantity)| *quantity != 0.0);
                result.entitlements.push(entitlement);
            }

            // 3. Money is paid in.
            let flow = self.flow(session, recorded_from, equity_before, rates);
            let open_equity = account.equity(&opens);
            account.cash += flow.max(0.0);
            let mut sized_with_flow = std::mem::take(&mut decided_before);

            // 4. What has ended is paid out.
            for (asset, price) in opens.iter().enumerate() {
                let held = account.held(asset);
                if self.ended_from(asset) == Some(session) {
                    orders.retain(|(ordered, _)| *ordered != asset);
                    lacking.retain(|(ordered, _)| *ordered != asset);
                    if held != 0.0 {
                        let fill = Fill {
                            session,
                            at_close: false,
                            asset,
                            quantity: -held,
                            price: price * (1.0 + strategy.universe.delisted.payout()),
                            commission: 0.0,
                        };
                        account.trade(&fill, conventions.fractional_buys);
                        result.fills.push(fill);
                    }
                }
            }

            // What a decision at this moment does.
            let decide = |at_close: bool,
                          account: &Account,
                          traded: &mut Vec<f64>,
                          orders: &mut Vec<(usize, f64)>,
                          lacking: &mut Vec<(usize, f64)>,
                          result: &mut Simulated|
             -> Result<(), Refusal> {
                let weights = self.weights(session, at_close);
                let tradable = self.tradable(&weights, session, at_close);
                if strategy.trade == Trade::OnChange && *traded == tradable {
                    return Ok(());
                }
                result.decisions.push(Decision {
                    session,
                    at_close,
                    weights: tradable.clone(),
                });
                let prices = prices(at_close);
                let equity = account.equity(prices);
                let fills_next = at_close && conventions.fill == FillTime::NextOpen;
                let next_flow = match fills_next && session + 1 < self.days.len() {
                    true => self.flow(session + 1, recorded_from, equity, rates),
                    false => 0.0,
                };
                let sized_on = match next_flow == 0.0 {
                    true => equity,
                    false => equity + next_flow.max(-equity),
                };
                let targets = self.targets(&tradable, sized_on, prices, &real_shares)?;
                *traded = tradable;
                orders.clear();
                lacking.clear();
                for (asset, target) in targets.iter().enumerate() {
                    let order = target - account.held(asset);
                    if order != 0.0 {
                        orders.push((asset, order));
                    }
                }
                Ok(())
            };
            let execute = |at_close: bool,
                           account: &mut Account,
                           orders: &mut Vec<(usize, f64)>,
                           lacking: &mut Vec<(usize, f64)>,
                           fills: &mut Vec<Fill>| {
                let mut due: Vec<(usize, f64)> = orders
                    .iter()
                    .copied()
                    .filter(|(asset, _)| is_due(*asset, at_close))
                    .collect();
                orders.retain(|(asset, _)| !is_due(*asset, at_close));
                let sells_wait = orders.iter().any(|(_, quantity)| *quantity < 0.0);
                if !sells_wait {
                    due.extend(lacking.iter().filter(|(asset, _)| is_due(*asset, at_close)));
                    lacking.retain(|(asset, _)| !is_due(*asset, at_close));
                }
                let before = fills.len();
                rules.execute(
                    account,
                    &due,
                    (session, at_close),
                    prices(at_close),
                    &real_shares,
                    fills,
                );
                for (asset, wanted) in due.into_iter().filter(|(_, wanted)| *wanted > 0.0) {
                    let fill = fills[before..].iter().find(|fill| fill.asset == asset);
                    let lacks = wanted - fill.map_or(0.0, |fill| fill.quantity);
                    if sells_wait && lacks > 0.0 {
                        lacking.push((asset, lacks));
                    }
                }
            };

            // 4. Orders are filled at the open.
            let buys_now = strategy.schedule == Schedule::BuyAndHold && session == recorded_from;
            let open_is_past = recorded > self.days[session].open();
            if buys_now && !open_is_past {
                decide(
                    false,
                    &account,
                    &mut traded,
                    &mut orders,
                    &mut lacking,
                    &mut result,
                )?;
            }
            execute(
                false,
                &mut account,
                &mut orders,
                &mut lacking,
                &mut result.fills,
            );
            if buys_now && !open_is_past {
                sized_with_flow = true;
            }
            // 5. The holdings follow the money, and what is withdrawn leaves.
            if flow != 0.0 {
                let waits = [&orders[..], &lacking[..]].concat();
                let scale = |account: &mut Account, part: f64, fills: &mut Vec<Fill>| {
                    let mut scaled = Vec::new();
                    for (asset, shares) in &account.positions {
                        let exact = shares * part;
                        let rounded = match (conventions.shares, part > 0.0) {
                            (Shares::Fractional, _) => exact,
                            (Shares::Whole, true) => exact.trunc(),
                            (Shares::Whole, false) => {
                                exact.abs().ceil().min(shares.abs()) * exact.signum()
                            }
                        };
                        let mut waiting = waits.iter();
                        let decided = waiting.any(|(ordered, _)| ordered == asset);
                        if rounded != 0.0 && is_due(*asset, false) && !decided {
                            scaled.push((*asset, rounded));
                        }
                    }
                    let now = (session, false);
                    rules.execute(account, &scaled, now, &opens, &real_shares, fills);
                    !scaled.is_empty()
                };
                if !sized_with_flow && open_equity > 0.0 {
                    let part = (flow / open_equity).max(-1.0);
                    scale(&mut account, part, &mut result.fills);
                }
                let never_borrows = rules.long_only && conventions.cash != CashRule::AllowNegative;
                for _ in 0..8 {
                    let missing = -flow - account.cash;
                    let value = account.equity(&opens) - account.cash;
                    if !never_borrows || flow > 0.0 || missing <= 0.0 || value <= 0.0 {
                        break;
                    }
                    let part = -(missing / value).min(1.0);
                    if !scale(&mut account, part, &mut result.fills) {
                        break;
                    }
                }
                account.cash += flow.min(0.0);
                overdrawn = flow < 0.0 && account.equity(&opens) <= 0.0;
            }
            money.day(&mut account, session, recorded_from);
            // 6. And at the close, where a bar has no open.
            execute(
                true,
                &mut account,
                &mut orders,
                &mut lacking,
                &mut result.fills,
            );

            let decides = self.decides(session) || (buys_now && open_is_past);
            let same_close = conventions.fill == FillTime::SameClose;
            // Who has lost everything decides nothing.
            let lost = conventions.ruin == Ruin::Final && account.equity(&closes) <= 0.0;
            if decides && same_close && !lost {
                decide(
                    true,
                    &account,
                    &mut traded,
                    &mut orders,
                    &mut lacking,
                    &mut result,
                )?;
                execute(
                    true,
                    &mut account,
                    &mut orders,
                    &mut lacking,
                    &mut result.fills,
                );
            }
            // 7. Equity is recorded.
            let mut equity = account.equity(&closes);
            if (equity <= 0.0 || overdrawn) && conventions.ruin == Ruin::Final {
                result.ruin = Some((session, -equity));
                for (asset, quantity) in &account.positions {
                    result.fills.push(Fill {
                        session,
                        at_close: true,
                        asset: *asset,
                        quantity: -quantity,
                        price: closes[*asset],
                        commission: 0.0,
                    });
                }
                account = Account {
                    cash: 0.0,
                    positions: Vec::new(),
                };
                equity = 0.0;
            }
            result.equity.push(equity);
            result.cash.push(account.cash);
            // 8. The strategy decides.
            equity_before = equity;
            if decides && !same_close && result.ruin.is_none() {
                let n_decisions = result.decisions.len();
                decide(
                    true,
                    &account,
                    &mut traded,
                    &mut orders,
                    &mut lacking,
                    &mut result,
                )?;
                decided_before = result.decisions.len() > n_decisions;
            }
        }
        result.holdings = account.positions;
        Ok(result)
    }
}
