//! Prices of many assets, aligned on one calendar and shared read-only by any number of backtests.

use crate::bind_error::BindError;
use crate::corporate_actions::{self, Placed, SignalPrices, Unbookable};
pub use crate::corporate_actions::{Action, Entitlement};
use crate::date::{Date, Moment};
pub use crate::mark::{AssetId, At, Mark, Session};
pub use crate::observations::Observations;
use crate::own_bars::{OwnBars, OwnBarsBuilder, OwnCloses};
pub use crate::price_series::{CorporateAction, PriceSeries, RealShares};

/// Sessions that are valued side by side: a month of them, in as many wide registers as there are.
pub(crate) const TILE: usize = 24;

/// One number for each session of a tile.
pub(crate) type Tile = [f64; TILE];

/// The prices of several assets on one calendar.
///
/// A missing open repeats the price before it, a missing close the day's open, a day without a bar
/// the last price; so does every day after the last bar. Before an asset's first price there is
/// NaN, and nothing that the engine does reads it.
///
/// Closes are kept twice: by session, for decisions, which compare all assets on a few days, and
/// by asset, for holding, which follows a few assets over many days.
#[derive(Clone, Debug)]
pub struct Market {
    symbols: Vec<String>,
    sessions: Vec<Date>,
    months: Vec<i32>,
    open: Box<[f64]>,
    close: Box<[f64]>,
    close_by_asset: Box<[f64]>,
    first_price: Vec<Option<Mark>>,
    last_bar: Vec<Option<Date>>,
    every_price_is_positive: bool,
    own: OwnBars,
    /// By session, and in it by asset: shares as traded for each share at these prices. `None` where
    /// that is one, or not asked for.
    real_shares: Option<Box<[f64]>>,
    /// By asset: whether that is not known.
    unknown_shares: Vec<bool>,
    /// Dividends and splits, by session and asset.
    actions: Vec<Action>,
    /// The prices that signals see; `None` where they are those that are traded at.
    signal: Option<SignalPrices>,
    extras: Extras,
    series: Vec<Observations>,
}

/// What a market has beyond prices, where its series have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extras {
    /// The number of shares as traded.
    pub(crate) real_shares: bool,
    /// Dividends and splits.
    pub(crate) actions: bool,
}

/// Why prices could not be aligned.
#[derive(Debug, thiserror::Error, PartialEq)]
#[non_exhaustive]
pub enum AlignError {
    /// Two series share a symbol.
    #[error("`{symbol}` is given twice")]
    DuplicateSymbol {
        /// The symbol.
        symbol: String,
    },
    /// A series' dates do not increase.
    #[error("`{symbol}`: {date} does not come after {previous}")]
    OutOfOrder {
        /// The series.
        symbol: String,
        /// The offending date.
        date: Date,
        /// The date before it.
        previous: Date,
    },
    /// A series' columns differ in length.
    #[error("`{symbol}`: {dates} dates, {opens} opens and {closes} closes")]
    RaggedColumns {
        /// The series.
        symbol: String,
        /// How many dates.
        dates: usize,
        /// How many opens.
        opens: usize,
        /// How many closes.
        closes: usize,
    },
    /// The dates of a series' dividends and splits do not increase.
    #[error("`{symbol}`: the dividend or split of {date} does not come after that of {previous}")]
    ActionsOutOfOrder {
        /// The series.
        symbol: String,
        /// The offending date.
        date: Date,
        /// The date before it.
        previous: Date,
    },
    /// A dividend or a split that cannot be.
    #[error("`{symbol}`: {}", bad_action(*.date, *.split, *.dividend, *.price))]
    BadAction {
        /// The series.
        symbol: String,
        /// Its day.
        date: Date,
        /// New shares for each old one.
        split: f64,
        /// Currency units for each share after the split.
        dividend: f64,
        /// The price before it; NaN where it does not matter.
        price: f64,
    },
}

fn bad_action(date: Date, split: f64, dividend: f64, price: f64) -> String {
    if !(split > 0.0 && split.is_finite()) {
        return format!("the split on {date} is {split} new shares for each old one");
    }
    if !(dividend >= 0.0 && dividend.is_finite()) {
        return format!("the dividend on {date} is {dividend}");
    }
    format!(
        "the dividend on {date} is {dividend}, not less than the share's price before it, {}",
        price / split
    )
}

impl Market {
    /// Aligns `series` on `sessions`, which must increase strictly.
    ///
    /// A bar on a day that is not a session still counts as the last price of later sessions. A
    /// missing bar repeats the last price; before an asset's first price there is NaN.
    ///
    /// # Errors
    ///
    /// An [`AlignError`] if a symbol occurs twice, if dates do not increase, or if the columns of a
    /// series differ in length.
    ///
    /// ```
    /// use backtest::{Date, Market, PriceSeries};
    ///
    /// let day = |day| Date::new(2024, 1, day).unwrap();
    /// let series = PriceSeries {
    ///     symbol: "ABC".to_owned(),
    ///     dates: vec![day(2), day(4)],
    ///     open: vec![10.0, 11.0],
    ///     close: vec![10.5, 12.0],
    ///     ..PriceSeries::default()
    /// };
    /// let market = Market::align(&[series], vec![day(2), day(3), day(4)])?;
    /// let asset = market.asset("ABC").unwrap();
    /// assert_eq!(market.close_history(asset), [10.5, 10.5, 12.0]);
    /// # Ok::<(), backtest::AlignError>(())
    /// ```
    pub fn align(series: &[PriceSeries], sessions: Vec<Date>) -> Result<Market, AlignError> {
        let extras = Extras {
            real_shares: true,
            actions: true,
        };
        Market::align_with(series, sessions, extras)
    }

    /// As [`Market::align`], with no more than is asked for.
    pub(crate) fn align_with(
        series: &[PriceSeries],
        sessions: Vec<Date>,
        extras: Extras,
    ) -> Result<Market, AlignError> {
        debug_assert!(sessions.is_sorted_by(|a, b| a < b));
        let mut order: Vec<&PriceSeries> = series.iter().collect();
        order.sort_by(|a, b| a.symbol.cmp(&b.symbol));
        for pair in order.windows(2) {
            if pair[0].symbol == pair[1].symbol {
                return Err(AlignError::DuplicateSymbol {
                    symbol: pair[0].symbol.clone(),
                });
            }
        }
        let (n_assets, n_sessions) = (order.len(), sessions.len());
        let mut open_by_asset = vec![f64::NAN; n_assets * n_sessions];
        let mut close_by_asset = vec![f64::NAN; n_assets * n_sessions + TILE];
        let mut first_price = vec![None; n_assets];
        let mut last_bar = vec![None; n_assets];
        let mut own = OwnBarsBuilder::new(n_assets, n_sessions);
        let mut placed = vec![Vec::new(); n_assets];
        for (placed, series) in placed.iter_mut().zip(&order) {
            check_columns(series)?;
            if extras.actions {
                let place = corporate_actions::place(series, &sessions);
                *placed = place.map_err(|Unbookable { action, price }| AlignError::BadAction {
                    symbol: series.symbol.clone(),
                    date: action.date,
                    split: action.split,
                    dividend: action.dividend,
                    price,
                })?;
            }
        }
        let assets = (0..n_assets as u32).map(AssetId);
        let by_asset = assets.zip(&placed);
        let by_asset: Vec<Vec<(Action, f64)>> = by_asset
            .map(|(asset, placed)| corporate_actions::by_session(placed, asset))
            .collect();
        let acts = by_asset.iter().any(|actions| !actions.is_empty());
        let growth: Vec<Vec<(Session, f64)>> = by_asset
            .iter()
            .map(|actions| corporate_actions::growth(actions))
            .collect();
        let mut grown_by_asset = vec![f64::NAN; if acts { n_assets * n_sessions } else { 0 }];
        for (asset, series) in order.iter().enumerate() {
            let column = asset * n_sessions..(asset + 1) * n_sessions;
            let opens = &mut open_by_asset[column.clone()];
            let closes = &mut close_by_asset[column.clone()];
            fill_forward(series, &sessions, &placed[asset], opens, closes, &mut own);
            match acts {
                false => own.end_asset(closes),
                true => {
                    let grown = &mut grown_by_asset[column];
                    corporate_actions::grown(closes, &growth[asset], grown);
                    own.end_asset(grown);
                }
            }
            first_price[asset] = (0..n_sessions).find_map(|session| {
                let id = Session(session as u32);
                if !opens[session].is_nan() {
                    Some(Mark::open(id))
                } else if !closes[session].is_nan() {
                    Some(Mark::close(id))
                } else {
                    None
                }
            });
            last_bar[asset] = (0..series.dates.len())
                .rev()
                .find(|&bar| !series.open[bar].is_nan() || !series.close[bar].is_nan())
                .map(|bar| series.dates[bar]);
        }
        let signal = acts.then(|| SignalPrices {
            close: transpose(&grown_by_asset, n_assets, n_sessions),
            close_by_asset: grown_by_asset.into(),
            growth,
        });
        let mut actions: Vec<Action> = by_asset
            .into_iter()
            .flatten()
            .map(|(action, _)| action)
            .collect();
        actions.sort_by_key(|action| (action.session, action.asset));
        let real_shares = (extras.real_shares)
            .then(|| real_shares(&order, &sessions))
            .flatten();
        let unknown = |series: &&PriceSeries| series.real_shares == RealShares::Unknown;
        let positive = |price: &f64| price.is_nan() || is_price(*price);
        let every_price_is_positive =
            open_by_asset.iter().all(positive) && close_by_asset.iter().all(positive);
        // One at a time: the tables of a large market are most of a program's memory.
        let open = transpose(&open_by_asset, n_assets, n_sessions);
        drop(open_by_asset);
        Ok(Market {
            symbols: order.iter().map(|series| series.symbol.clone()).collect(),
            open,
            close: transpose(&close_by_asset, n_assets, n_sessions),
            close_by_asset: close_by_asset.into(),
            months: sessions.iter().map(|&day| month_number(day)).collect(),
            sessions,
            first_price,
            last_bar,
            every_price_is_positive,
            own: own.finish(),
            real_shares,
            unknown_shares: order.iter().map(unknown).collect(),
            actions,
            signal,
            extras,
            series: Vec::new(),
        })
    }

    /// The same calendar and the same extras, with other prices.
    pub(crate) fn align_alike(&self, series: &[PriceSeries]) -> Result<Market, AlignError> {
        let market = Market::align_with(series, self.sessions.clone(), self.extras)?;
        Ok(market.with_series(self.series.clone()))
    }

    /// The same with series beside the prices: rates of interest, price indices.
    ///
    /// Dates of a series increase strictly; of two series of one name the first counts.
    #[must_use]
    pub fn with_series(self, series: Vec<Observations>) -> Market {
        debug_assert!((series.iter()).all(|series| series.dates.is_sorted_by(|a, b| a < b)));
        Market { series, ..self }
    }

    /// The series with this name.
    pub fn series(&self, name: &str) -> Option<&Observations> {
        self.series.iter().find(|series| series.name == name)
    }

    /// The series with this name, or the names of those that there are.
    pub(crate) fn known_series(&self, name: &str) -> Result<&Observations, BindError> {
        self.series(name).ok_or_else(|| BindError::UnknownSeries {
            series: name.to_owned(),
            known: self
                .series
                .iter()
                .map(|series| series.name.clone())
                .collect(),
        })
    }

    /// The series beside the prices.
    pub fn all_series(&self) -> &[Observations] {
        &self.series
    }

    /// The symbols, sorted; the position of one is its [`AssetId`].
    pub fn symbols(&self) -> &[String] {
        &self.symbols
    }

    /// The symbol of an asset.
    pub fn symbol(&self, asset: AssetId) -> &str {
        &self.symbols[asset.index()]
    }

    /// The asset with this symbol.
    pub fn asset(&self, symbol: &str) -> Option<AssetId> {
        let found = self
            .symbols
            .binary_search_by(|known| known.as_str().cmp(symbol));
        found.ok().map(|index| AssetId(index as u32))
    }

    /// How many assets there are.
    pub fn n_assets(&self) -> usize {
        self.symbols.len()
    }

    /// The calendar: one date per session, increasing.
    pub fn sessions(&self) -> &[Date] {
        &self.sessions
    }

    /// The month of each session, counted from year 0: `12 × year + month − 1`.
    pub fn months(&self) -> &[i32] {
        &self.months
    }

    /// The date of a session.
    pub fn date(&self, session: Session) -> Date {
        self.sessions[session.index()]
    }

    /// The moment of a mark.
    pub fn moment(&self, mark: Mark) -> Moment {
        let date = self.date(mark.session);
        match mark.at {
            At::Open => date.open(),
            At::Close => date.close(),
        }
    }

    /// The closes of one session, one per asset.
    pub fn closes(&self, session: Session) -> &[f64] {
        let n = self.symbols.len();
        &self.close[session.index() * n..(session.index() + 1) * n]
    }

    /// The opens of one session, one per asset.
    pub fn opens(&self, session: Session) -> &[f64] {
        let n = self.symbols.len();
        &self.open[session.index() * n..(session.index() + 1) * n]
    }

    /// The prices known at a mark, one per asset.
    pub fn prices(&self, mark: Mark) -> &[f64] {
        match mark.at {
            At::Open => self.opens(mark.session),
            At::Close => self.closes(mark.session),
        }
    }

    /// How many shares changed hands on the exchange for each share at the prices of one session, one
    /// per asset. `None` when that is one throughout.
    pub fn real_shares(&self, session: Session) -> Option<&[f64]> {
        let n = self.symbols.len();
        let table = self.real_shares.as_ref()?;
        Some(&table[session.index() * n..(session.index() + 1) * n])
    }

    /// Whether it is known how many shares of an asset changed hands on the exchange for each share
    /// at its prices.
    pub fn knows_real_shares(&self, asset: AssetId) -> bool {
        !self.unknown_shares[asset.index()]
    }

    /// The closes of one asset, one per session.
    pub fn close_history(&self, asset: AssetId) -> &[f64] {
        let n = self.sessions.len();
        &self.close_by_asset[asset.index() * n..(asset.index() + 1) * n]
    }

    /// Dividends and splits that are not in the prices, by session and then by asset.
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }

    /// The closes of one session as signals see them, one per asset: times the growth of a share whose
    /// dividends are reinvested and whose splits are kept, from the first session on.
    pub fn signal_closes(&self, session: Session) -> &[f64] {
        let Some(signal) = &self.signal else {
            return self.closes(session);
        };
        let n = self.symbols.len();
        &signal.close[session.index() * n..(session.index() + 1) * n]
    }

    /// The closes of one asset as signals see them, one per session.
    pub fn signal_history(&self, asset: AssetId) -> &[f64] {
        let Some(signal) = &self.signal else {
            return self.close_history(asset);
        };
        let n = self.sessions.len();
        &signal.close_by_asset[asset.index() * n..(asset.index() + 1) * n]
    }

    /// The price of an asset at a mark as signals see it.
    pub fn signal_price(&self, mark: Mark, asset: AssetId) -> f64 {
        let price = self.prices(mark)[asset.index()];
        match &self.signal {
            None => price,
            Some(signal) => price * signal.growth(asset, mark.session),
        }
    }

    /// The last `n` closes of an asset, as signals see them, from one session on and before another,
    /// oldest first; fewer when there are fewer.
    ///
    /// * `own_only`: those of its own bars; else one per session, the last price repeated where
    ///   there is no bar.
    pub fn closes_between(
        &self,
        asset: AssetId,
        from: Session,
        before: Session,
        n: u32,
        own_only: bool,
    ) -> &[f64] {
        if own_only && let Some(own) = self.own_closes(asset) {
            return own.last(n as usize, from, before);
        }
        let start = from.0.max(before.0.saturating_sub(n));
        if start >= before.0 {
            return &[];
        }
        &self.signal_history(asset)[start as usize..before.index()]
    }

    /// The closes of one asset from a session on. What comes after its last has no meaning.
    pub(crate) fn closes_ahead(&self, asset: AssetId, from: Session) -> &Tile {
        let start = asset.index() * self.sessions.len() + from.index();
        let ahead = self.close_by_asset[start..].first_chunk();
        ahead.expect("the table ends with a tile that is no asset's")
    }

    /// When an asset's first price is known; `None` when it has none on this calendar.
    pub fn first_price(&self, asset: AssetId) -> Option<Mark> {
        self.first_price[asset.index()]
    }

    /// The day of an asset's last bar with a price.
    pub fn last_bar(&self, asset: AssetId) -> Option<Date> {
        self.last_bar[asset.index()]
    }

    /// Whether every asset has an open and a close of its own at every session from its first price
    /// to the end of the calendar, so that nothing is filled forward.
    pub fn every_bar_exists(&self) -> bool {
        self.own.are_complete()
    }

    /// Whether the price of an asset at a mark is its own, and not one that is filled forward.
    ///
    /// The close of a bar that has an open only is its own.
    pub fn has_own_price(&self, mark: Mark, asset: AssetId) -> bool {
        self.own.has(mark, asset)
    }

    /// The first price of an asset's own at a mark or later, before a session.
    pub(crate) fn next_own_price(
        &self,
        asset: AssetId,
        from: Mark,
        before: Session,
    ) -> Option<Mark> {
        self.own.next(asset, from, before)
    }

    /// The closes of an asset's own; `None` when it has one at every session from its first on.
    pub(crate) fn own_closes(&self, asset: AssetId) -> Option<&OwnCloses> {
        self.own.closes(asset)
    }

    /// Whether some asset lacks a close after its first, so that one is filled forward.
    pub(crate) fn lacks_closes(&self) -> bool {
        self.own.lack_closes()
    }

    /// The session after an asset's last bar, which may be one past the calendar; `None` when the
    /// asset has no bar at all.
    pub(crate) fn session_after_last_bar(&self, asset: AssetId) -> Option<Session> {
        let last_bar = self.last_bar(asset)?;
        let n_until = self.sessions.partition_point(|day| *day <= last_bar);
        Some(Session(n_until as u32))
    }

    /// Whether no price of any asset is zero, negative or infinite. If so, no price needs to be checked.
    pub fn every_price_is_positive(&self) -> bool {
        self.every_price_is_positive
    }
}

/// A day's month, counted from year 0.
pub fn month_number(day: Date) -> i32 {
    day.year() * 12 + day.month() as i32 - 1
}

/// Whether something can be bought and sold at this: it is neither missing, nor zero, nor negative,
/// nor infinite.
#[inline(always)]
pub(crate) fn is_price(price: f64) -> bool {
    price > 0.0 && price < f64::INFINITY
}

/// The days on which at least one of the series has a bar, increasing.
pub fn days_with_a_bar<'a>(series: impl IntoIterator<Item = &'a PriceSeries>) -> Vec<Date> {
    let mut days: Vec<Date> = Vec::new();
    for series in series {
        if days.is_empty() {
            days.extend_from_slice(&series.dates);
        } else if days != series.dates {
            days.extend_from_slice(&series.dates);
            days.sort_unstable();
            days.dedup();
        }
    }
    days
}

/// Every Monday to Friday from one day to another, both included.
pub fn weekdays_between(from: Date, to: Date) -> Vec<Date> {
    (from.epoch_days()..=to.epoch_days())
        .filter_map(Date::from_epoch_days)
        .filter(|day| day.is_weekday())
        .collect()
}

fn check_columns(series: &PriceSeries) -> Result<(), AlignError> {
    let (dates, opens, closes) = (series.dates.len(), series.open.len(), series.close.len());
    let is_ragged = |numbers: &RealShares| match numbers {
        RealShares::ByDay(numbers) => numbers.len() != dates,
        RealShares::Same | RealShares::Unknown => false,
    };
    if dates != opens || dates != closes || is_ragged(&series.real_shares) {
        let symbol = series.symbol.clone();
        return Err(AlignError::RaggedColumns {
            symbol,
            dates,
            opens,
            closes,
        });
    }
    if let Some(pair) = series.dates.windows(2).find(|pair| pair[0] >= pair[1]) {
        return Err(AlignError::OutOfOrder {
            symbol: series.symbol.clone(),
            date: pair[1],
            previous: pair[0],
        });
    }
    let mut actions = series.actions.windows(2);
    match actions.find(|pair| pair[0].date >= pair[1].date) {
        None => Ok(()),
        Some(pair) => Err(AlignError::ActionsOutOfOrder {
            symbol: series.symbol.clone(),
            date: pair[1].date,
            previous: pair[0].date,
        }),
    }
}

/// * `placed`: the actions of the series. A price that is repeated over one is what it is worth after it.
fn fill_forward(
    series: &PriceSeries,
    sessions: &[Date],
    placed: &[Placed],
    opens: &mut [f64],
    closes: &mut [f64],
    own: &mut OwnBarsBuilder,
) {
    let or_last = |price: f64, last: f64| if price.is_nan() { last } else { price };
    let mut last = f64::NAN;
    let mut bar = 0;
    let mut placed = placed.iter().peekable();
    let mut after_actions = |last: f64, bar: usize| {
        let mut last = last;
        while let Some(action) = placed.next_if(|action| action.bar == bar) {
            last /= action.growth;
        }
        last
    };
    for (session, &day) in sessions.iter().enumerate() {
        while bar < series.dates.len() && series.dates[bar] < day {
            last = after_actions(last, bar);
            last = or_last(series.close[bar], or_last(series.open[bar], last));
            bar += 1;
        }
        if bar < series.dates.len() && series.dates[bar] == day {
            last = after_actions(last, bar);
            opens[session] = or_last(series.open[bar], last);
            closes[session] = or_last(series.close[bar], opens[session]);
            last = closes[session];
            let has_open = !series.open[bar].is_nan();
            own.set(session, has_open, has_open || !series.close[bar].is_nan());
            bar += 1;
        } else {
            opens[session] = last;
            closes[session] = last;
        }
    }
}

/// The numbers of shares as traded, by session and asset; that of the last day that has one is
/// repeated. `None` when all are one.
fn real_shares(order: &[&PriceSeries], sessions: &[Date]) -> Option<Box<[f64]>> {
    let by_day = |series: &PriceSeries| matches!(series.real_shares, RealShares::ByDay(_));
    if !order.iter().any(|series| by_day(series)) {
        return None;
    }
    let mut by_asset = vec![1.0; order.len() * sessions.len()];
    for (series, row) in order.iter().zip(by_asset.chunks_mut(sessions.len())) {
        let RealShares::ByDay(numbers) = &series.real_shares else {
            continue;
        };
        let (mut last, mut day) = (1.0, 0);
        for (number, date) in row.iter_mut().zip(sessions) {
            while day < series.dates.len() && series.dates[day] <= *date {
                if is_price(numbers[day]) {
                    last = numbers[day];
                }
                day += 1;
            }
            *number = last;
        }
    }
    Some(transpose(&by_asset, order.len(), sessions.len()))
}

/// From one row per asset to one row per session, in blocks that fit the first cache.
fn transpose(by_asset: &[f64], n_assets: usize, n_sessions: usize) -> Box<[f64]> {
    const BLOCK: usize = 32;
    let mut by_session = vec![0.0; by_asset.len()];
    for sessions in (0..n_sessions).step_by(BLOCK) {
        for assets in (0..n_assets).step_by(BLOCK) {
            for asset in assets..(assets + BLOCK).min(n_assets) {
                for session in sessions..(sessions + BLOCK).min(n_sessions) {
                    by_session[session * n_assets + asset] = by_asset[asset * n_sessions + session];
                }
            }
        }
    }
    by_session.into()
}
