//! A strategy bound to a market: every name resolved, every date a session, every mistake found.

use std::collections::HashSet;
use std::sync::Arc;

use ::statistics::RiskFree;

use crate::alpha::{AlphaModel, AsOf, Binding, BoundModel, FixedWeights, UnknownSymbol};
use crate::asset_set::AssetSet;
use crate::bind_error::BindError;
use crate::cash_flows::{self, PlannedFlow};
use crate::conventions::{
    BuyAndHold, Calendar, CashRule, Conventions, CorporateActions, FeeShares, OutsideUniverse,
    Ruin, SignalBars,
};
use crate::date::Date;
use crate::frame::Frame;
use crate::interest::Financing;
use crate::market::{
    AlignError, AssetId, At, Extras, Mark, Market, PriceSeries, Session, days_with_a_bar, is_price,
    weekdays_between,
};
use crate::optimiser::Plan;
use crate::schedule::{self, Window};
use crate::signal_tables::SignalsRead;
use crate::sizing::LongOnly;
use crate::strategy::{Benchmark, Costs, Optimiser, RiskModel, Sizing, Strategy, Trade, Universe};

/// A strategy that is ready to run on a market. Made by [`Strategy::bind`] only.
#[derive(Clone, Debug)]
pub struct Backtest<'m> {
    pub(crate) market: &'m Market,
    pub(crate) frame: Arc<Frame>,
    pub(crate) conventions: Conventions,
    pub(crate) initial_cash: f64,
    pub(crate) risk: Option<RiskModel>,
    pub(crate) optimiser: Optimiser,
    /// What the optimiser does, if it looks at prices.
    pub(crate) plan: Option<Arc<Plan>>,
    pub(crate) sizing: Sizing,
    pub(crate) trade: Trade,
    pub(crate) costs: Costs,
    pub(crate) alpha: Arc<dyn BoundModel>,
    pub(crate) financing: Financing,
    /// Payments into the account and withdrawals, by session.
    pub(crate) cash_flows: Arc<[PlannedFlow]>,
    /// Signals that a batch has computed for several backtests.
    pub(crate) signals: Option<SignalsRead>,
}

impl Strategy {
    /// Every symbol that a backtest of this strategy needs, in order and without repetition;
    /// those of the benchmark, of the cash, and those that are only read too.
    pub fn symbols(&self) -> Vec<String> {
        let mut symbols = self.traded_symbols();
        symbols.extend_from_slice(&self.also);
        without_repetition(symbols)
    }

    /// Those of [`Strategy::symbols`] that are only read by signals and models: no order is filled at
    /// their prices, and nothing is valued at them.
    pub fn symbols_only_read(&self) -> Vec<String> {
        let traded = self.traded_symbols();
        let also = self.also.iter().filter(|symbol| !traded.contains(symbol));
        without_repetition(also.cloned().collect())
    }

    /// The symbols of the strategy, its benchmark and its cash.
    fn traded_symbols(&self) -> Vec<String> {
        let benchmark = self
            .benchmark
            .iter()
            .flat_map(|benchmark| &benchmark.weights);
        let mut symbols = self.own_symbols();
        symbols.extend(benchmark.map(|(symbol, _)| symbol.clone()));
        let cash = self.cash.iter().filter_map(|cash| cash.rate.named_symbol());
        symbols.extend(cash.map(str::to_owned));
        without_repetition(symbols)
    }

    pub(crate) fn own_symbols(&self) -> Vec<String> {
        let named = self
            .assets()
            .into_iter()
            .chain(self.alpha.named())
            .map(str::to_owned);
        without_repetition(named.collect())
    }

    /// The calendar that this strategy is simulated on: by its conventions, the days on which an
    /// asset of its own (not the benchmark's) has a bar, or the weekdays from start to end.
    ///
    /// Of the days with a bar those around the backtest are enough, [`Strategy::days_around`], and the
    /// first day after them, which says whether a month has ended.
    pub fn calendar(&self, series: &[PriceSeries]) -> Vec<Date> {
        match self.conventions.calendar {
            Calendar::Sessions => {
                let own: HashSet<String> = self.own_symbols().into_iter().collect();
                let own = series.iter().filter(|series| own.contains(&series.symbol));
                let mut days = days_with_a_bar(own);
                let (first, last) = self.days_around();
                let after = days.partition_point(|day| *day <= last);
                days.truncate(after + 1);
                days.drain(..days.partition_point(|day| *day < first));
                days
            }
            Calendar::Weekdays => weekdays_between(self.start.date(), self.end.date()),
        }
    }

    /// The days whose sessions its schedules look at: those of the backtest, with the week before it,
    /// and as much before and after as a schedule counts sessions in.
    pub fn days_around(&self) -> (Date, Date) {
        let of_benchmark =
            (self.benchmark.as_ref()).map(|benchmark| benchmark.schedule.days_around());
        let around = self.schedule.days_around().max(of_benchmark.unwrap_or(0));
        let (start, end) = (self.start.date(), self.end.date());
        (start.plus_days(-around.max(7)), end.plus_days(around))
    }

    /// Aligns prices on this strategy's calendar.
    pub fn market(&self, series: &[PriceSeries]) -> Result<Market, AlignError> {
        Market::align_with(series, self.calendar(series), self.extras())
    }

    /// What its market has beyond prices.
    fn extras(&self) -> Extras {
        Extras {
            real_shares: self.costs.fees.are_per_share()
                && self.conventions.fee_shares == FeeShares::AsTraded,
            actions: self.conventions.corporate_actions == CorporateActions::Booked,
        }
    }

    /// Whether a market of this strategy is one of another, if they have the same calendar and symbols.
    pub fn has_market_like(&self, other: &Strategy) -> bool {
        self.extras() == other.extras()
    }

    /// How many sessions of a market make a year, for annualising a backtest of this strategy on
    /// it: as [`Backtest::sessions_per_year`], without binding.
    pub fn sessions_per_year_on(&self, market: &Market) -> f64 {
        let calendar = self.conventions.calendar;
        let window = schedule::window(market, calendar, self.start, self.end, self.burn_in);
        let sessions = window.map_or(&[][..], |window| {
            &market.sessions()[window.first.index()..=window.last.index()]
        });
        self.sessions_per_year.on(sessions, calendar)
    }

    /// Resolves names and dates against a market and finds what does not fit.
    ///
    /// An asset whose price is needed before it has one is an error here, not a look-ahead: in a
    /// universe where it `enters`, it waits instead.
    pub fn bind<'m>(&self, market: &'m Market) -> Result<Backtest<'m>, BindError> {
        self.bind_in(Frame::new(self, market)?, market, Financing::bind)
    }

    /// As [`Strategy::bind`], in a frame that is known to fit.
    ///
    /// * `financing`: asked once the strategy is known to have no mistake.
    pub(crate) fn bind_in<'m>(
        &self,
        frame: Arc<Frame>,
        market: &'m Market,
        financing: impl FnOnce(&Strategy, &Frame, &Market) -> Result<Financing, BindError>,
    ) -> Result<Backtest<'m>, BindError> {
        if let Some(mistake) = self.check_in_frame().into_iter().next() {
            return Err(BindError::Mistake(mistake.into()));
        }
        let financing = financing(self, &frame, market)?;
        let cash_flows = cash_flows::bind(self, &frame, market)?;
        let backtest = Backtest {
            market,
            frame,
            conventions: self.conventions,
            initial_cash: self.initial_cash,
            risk: self.risk,
            optimiser: self.optimiser.clone(),
            plan: self.bind_optimiser(market)?,
            sizing: self.sizing,
            trade: self.trade,
            costs: self.costs,
            alpha: self.bind_alpha(market)?,
            financing,
            cash_flows,
            signals: None,
        };
        self.check_prices(&backtest)?;
        Ok(backtest)
    }

    /// The benchmark as a strategy of its own: from the burn-in (or the start) on, long-only,
    /// without costs.
    #[must_use]
    pub fn benchmark_strategy(&self) -> Option<Strategy> {
        let Benchmark {
            weights,
            schedule,
            cash_buffer,
        } = self.benchmark.clone()?;
        let assets = weights.iter().map(|(symbol, _)| symbol.clone()).collect();
        Some(Strategy {
            name: "benchmark".to_owned(),
            start: self.burn_in.unwrap_or(self.start),
            burn_in: None,
            universe: Universe {
                assets,
                ..Universe::default()
            },
            alpha: FixedWeights { weights }.into(),
            signals: Vec::new(),
            risk: None,
            optimiser: Optimiser::FixedWeight,
            sizing: LongOnly { cash_buffer }.into(),
            schedule,
            trade: Trade::Always,
            costs: Costs::NONE,
            benchmark: None,
            also: Vec::new(),
            ..self.clone()
        })
    }

    fn bind_alpha(&self, market: &Market) -> Result<Arc<dyn BoundModel>, BindError> {
        let binding = Binding {
            market,
            conventions: &self.conventions,
            signals: &self.signals,
        };
        let bound = self.alpha.part().bind(&binding);
        bound.map_err(|UnknownSymbol(symbol)| BindError::UnknownAsset { symbol })
    }

    fn bind_optimiser(&self, market: &Market) -> Result<Option<Arc<Plan>>, BindError> {
        let binding = Binding {
            market,
            conventions: &self.conventions,
            signals: &self.signals,
        };
        let plan = self.optimiser.part().plan(&binding);
        let plan = plan.map_err(|UnknownSymbol(symbol)| BindError::UnknownAsset { symbol })?;
        Ok(plan.map(Arc::new))
    }

    /// Assets that do not wait must have a price when it is first needed: at the first decision,
    /// or at the first close that the first decision with a signal looks back to.
    fn check_prices(&self, backtest: &Backtest<'_>) -> Result<(), BindError> {
        let (market, window) = (backtest.market, backtest.frame.window);
        let Some(needed) = backtest.first_price_needed() else {
            return Ok(());
        };
        let reads_history = backtest.alpha.history().is_some() || backtest.plan.is_some();
        let names_assets = !self.alpha.named().is_empty();
        let all_priced = backtest
            .frame
            .all_priced
            .is_some_and(|priced| priced <= needed);
        if all_priced && !names_assets && (!reads_history || market.every_price_is_positive()) {
            return Ok(());
        }
        let universe = &backtest.frame.universe;
        let declared: HashSet<&str> = self.assets().into_iter().collect();
        let outside_is_cash = self.conventions.outside_universe == OutsideUniverse::Cash;
        for symbol in &self.own_symbols() {
            // A member that is left out has no prices.
            let Some(asset) = market.asset(symbol) else {
                continue;
            };
            if universe.waits(asset) {
                continue;
            }
            let outside = !declared.contains(symbol.as_str());
            if outside
                && (outside_is_cash || !self.alpha.part().names_at(symbol, market.moment(needed)))
            {
                continue;
            }
            let first = market.first_price(asset);
            if first.is_none_or(|first| first > needed) {
                return Err(BindError::NoPriceYet {
                    symbol: symbol.clone(),
                    needed: market.date(needed.session),
                    first: first.map(|first| market.date(first.session)),
                });
            }
        }
        if reads_history && !market.every_price_is_positive() {
            for asset in universe.assets() {
                let since = universe.since()[asset.index()].index();
                let history = market.close_history(asset);
                let sessions = market.sessions()[since.min(history.len())..].iter();
                for (date, price) in sessions.zip(&history[since.min(history.len())..]) {
                    if !is_price(*price) && *date <= market.date(window.last) {
                        let symbol = market.symbol(asset).to_owned();
                        let (date, price) = (*date, *price);
                        return Err(BindError::BadPrice {
                            symbol,
                            date,
                            price,
                        });
                    }
                }
            }
        }
        Ok(())
    }
}

impl Backtest<'_> {
    /// Whether the account may come to nothing: it may borrow, sell short, or pay more than it has.
    ///
    /// A long-only account that never borrows is worth what it holds, and prices are positive.
    pub(crate) fn may_be_ruined(&self) -> bool {
        let withdraws = self.cash_flows.iter().any(PlannedFlow::may_withdraw);
        self.conventions.ruin == Ruin::Final && (withdraws || !self.never_borrows())
    }

    /// Whether cash never goes below zero.
    pub(crate) fn never_borrows(&self) -> bool {
        !self.sizing.allows_shorts()
            && self.conventions.cash != CashRule::AllowNegative
            && self.conventions.buy_and_hold == BuyAndHold::FirstSession
    }

    /// The market that it runs on.
    pub fn market(&self) -> &Market {
        self.market
    }

    /// The sessions that it runs through.
    pub fn window(&self) -> Window {
        self.frame.window
    }

    /// How many of its sessions make a year, for annualising: the strategy's number, or the
    /// calendar's.
    pub fn sessions_per_year(&self) -> f64 {
        self.frame.sessions_per_year
    }

    /// What returns are held against, by recorded session; `None` when it is zero.
    pub fn risk_free(&self) -> Option<&RiskFree> {
        self.financing.risk_free.as_ref()
    }

    /// When it decides.
    pub fn decisions(&self) -> &[Mark] {
        &self.frame.decisions
    }

    /// The assets that a decision may give a weight, in the order that breaks ties.
    pub fn members_at(&self, decision: Mark) -> Vec<AssetId> {
        let (mut members, mut inside) = (Vec::new(), AssetSet::of_none(self.market.n_assets()));
        let universe = &self.frame.universe;
        universe.at(self.market, decision, &mut members, &mut inside);
        members
    }

    /// The strategy's own alpha model, as at the start of a run.
    pub fn alpha_model(&self) -> Box<dyn AlphaModel + '_> {
        self.alpha.model()
    }

    /// The market as the alpha model sees it at a mark.
    pub(crate) fn as_of<'a>(
        &'a self,
        mark: Mark,
        members: &'a [AssetId],
        shared: Option<(&'a SignalsRead, usize)>,
    ) -> AsOf<'a> {
        AsOf {
            market: self.market,
            mark,
            first: self.frame.window.first,
            members,
            since: self.frame.universe.since(),
            whole_market_since: self.frame.universe.whole_market_since(),
            momentum: self.conventions.momentum,
            warm_up: self.conventions.warm_up,
            sessions_per_year: self.sessions_per_year(),
            own_closes_seen: self.frame.own_closes_seen(),
            skips_filled: self.skips_filled(),
            shared,
        }
    }

    /// Whether signals leave out sessions at which an asset has no bar, and there are some.
    pub(crate) fn skips_filled(&self) -> bool {
        self.conventions.signal_bars == SignalBars::Own && self.market.lacks_closes()
    }

    /// The earliest price that a decision depends on. `None` when no decision does.
    fn first_price_needed(&self) -> Option<Mark> {
        let Some(history) = self.alpha.history() else {
            return self.frame.decisions.first().copied();
        };
        let first = self.frame.window.first.0;
        let last_known = |decision: &Mark| match decision.at {
            At::Open => decision.session.0.checked_sub(1),
            At::Close => Some(decision.session.0),
        };
        let known = self.frame.decisions.iter().filter_map(last_known);
        let warm_up = history.warm_up_under(self.conventions.warm_up);
        let seen = |known: u32| self.frame.closes_seen_before(Session(known + 1));
        let mut warm = known.filter(|known| seen(*known) >= warm_up);
        let from = (warm.next()? + 1).saturating_sub(history.closes).max(first);
        Some(Mark::close(Session(from)))
    }
}

fn without_repetition(symbols: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::with_capacity(symbols.len());
    let unique: Vec<bool> = symbols.iter().map(|symbol| seen.insert(symbol)).collect();
    symbols
        .iter()
        .zip(unique)
        .filter(|(_, unique)| *unique)
        .map(|(s, _)| s.clone())
        .collect()
}
