//! What cash earns from session to session, what borrowing costs, and what returns are held against.

use std::sync::Arc;

use ::statistics::RiskFree;

use crate::bind_error::BindError;
use crate::date::Date;
use crate::declaration::Bounds;
use crate::frame::{Frame, LATE};
use crate::market::{Mark, Market, Session, is_price};
use crate::observations::Observations;
use crate::strategy::{Cash, Rate, RiskFreeRate, Strategy};

/// Interest as a strategy's `[cash]` and `[statistics]` have it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Financing {
    /// What the account's cash earns and pays; `None` without a table `[cash]`.
    pub(crate) interest: Option<Arc<Interest>>,
    /// By recorded session; `None` when it is zero.
    pub(crate) risk_free: Option<RiskFree>,
}

/// What becomes of cash, by session of the market.
#[derive(Clone, Debug)]
pub(crate) struct Interest {
    /// What the night before a session makes of a unit of cash: from the close before to the open.
    credit: Box<[f64]>,
    /// The same for borrowed cash.
    debit: Box<[f64]>,
    /// What the time from the open to the close makes of a unit of cash, where cash earns the return
    /// of an asset.
    intraday: Option<Box<[f64]>>,
    /// The part of its value that a short position costs in the night; `None` when it is free.
    short_fee: Option<Box<[f64]>>,
}

/// What one account earned and paid in a night or a day, in currency units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Accrual {
    /// Interest on cash; negative at negative rates.
    pub interest: f64,
    /// Interest on borrowed cash, positive when paid.
    pub margin_interest: f64,
    /// The fee for borrowed shares.
    pub short_fee: f64,
}

/// Days of a year, by which interest of a night is counted.
const DAYS_A_YEAR: f64 = 365.0;

/// What `rate` a year makes of a unit of cash in a night.
fn night(rate: f64, days: f64) -> f64 {
    1.0 + rate * days / DAYS_A_YEAR
}

impl Interest {
    /// Whether borrowed shares cost something.
    pub(crate) fn charges_shorts(&self) -> bool {
        self.short_fee.is_some()
    }

    /// What the night before a session leaves of an account's cash.
    ///
    /// * `shorts`: the value of the short positions at the close before, a positive number.
    #[inline(always)]
    pub(crate) fn overnight(&self, session: usize, cash: f64, shorts: f64) -> f64 {
        let factor = if cash < 0.0 {
            self.debit[session]
        } else {
            self.credit[session]
        };
        match &self.short_fee {
            Some(fee) if shorts > 0.0 => cash * factor - shorts * fee[session],
            _ => cash * factor,
        }
    }

    /// What the time from the open of a session to its close leaves of an account's cash.
    #[inline(always)]
    pub(crate) fn intraday(&self, session: usize, cash: f64) -> f64 {
        match &self.intraday {
            Some(intraday) => cash * intraday[session],
            None => cash,
        }
    }

    /// Cash at the closes of the sessions from `first` on, from what it was at the close before, in
    /// an account without short positions. Its sign does not change.
    #[inline(always)]
    pub(crate) fn follow(&self, first: usize, mut cash: f64, closes: &mut [f64]) -> f64 {
        let sessions = first..first + closes.len();
        let nights = match cash < 0.0 {
            true => &self.debit[sessions.clone()],
            false => &self.credit[sessions.clone()],
        };
        match &self.intraday {
            None => {
                for (close, night) in closes.iter_mut().zip(nights) {
                    cash *= night;
                    *close = cash;
                }
            }
            Some(intraday) => {
                let days = &intraday[sessions];
                for (close, (night, day)) in closes.iter_mut().zip(nights.iter().zip(days)) {
                    cash = cash * night * day;
                    *close = cash;
                }
            }
        }
        cash
    }

    /// What a night brought, for the records.
    pub(crate) fn accrual(&self, session: usize, cash: f64, shorts: f64) -> Accrual {
        Accrual {
            short_fee: (self.short_fee.as_ref()).map_or(0.0, |fee| shorts * fee[session]),
            ..Accrual::of(cash, self.overnight(session, cash, 0.0))
        }
    }
}

impl Accrual {
    /// Interest that brought cash from one amount to another.
    pub(crate) fn of(before: f64, after: f64) -> Accrual {
        let earned = after - before;
        let borrowed = before < 0.0;
        Accrual {
            interest: if borrowed { 0.0 } else { earned },
            margin_interest: if borrowed { -earned } else { 0.0 },
            short_fee: 0.0,
        }
    }

    /// Both.
    #[must_use]
    pub fn plus(self, other: Accrual) -> Accrual {
        Accrual {
            interest: self.interest + other.interest,
            margin_interest: self.margin_interest + other.margin_interest,
            short_fee: self.short_fee + other.short_fee,
        }
    }
}

impl Financing {
    pub(crate) fn bind(
        strategy: &Strategy,
        frame: &Frame,
        market: &Market,
    ) -> Result<Financing, BindError> {
        let binding = Binding { frame, market };
        let interest = strategy.cash.as_ref().map(|cash| binding.interest(cash));
        let interest = interest.transpose()?.map(Arc::new);
        let first = frame.window.recorded_from.index();
        let last = frame.window.last.index();
        let risk_free = match (strategy.risk_free_rate(), &interest) {
            (RiskFreeRate::Cash, None) => None,
            (RiskFreeRate::Cash, Some(interest)) => {
                let change = |session| interest.intraday(session, interest.credit[session]) - 1.0;
                Some((first..=last).map(change).collect::<Vec<f64>>())
            }
            (RiskFreeRate::Number(0.0), _) => None,
            (RiskFreeRate::Number(rate), _) => Some(binding.returns_of(|_| Ok(rate))?),
            (RiskFreeRate::Series(source), _) => {
                let rates = binding.rates(&source.series)?;
                Some(binding.returns_of(rates)?)
            }
        };
        Ok(Financing {
            interest,
            risk_free: risk_free.map(RiskFree::new),
        })
    }
}

/// A market and the sessions of a backtest on it.
#[derive(Clone, Copy)]
struct Binding<'a> {
    frame: &'a Frame,
    market: &'a Market,
}

impl<'a> Binding<'a> {
    fn interest(self, cash: &Cash) -> Result<Interest, BindError> {
        let n = self.frame.window.last.index() + 1;
        let mut interest = Interest {
            credit: vec![1.0; n].into(),
            debit: vec![1.0; n].into(),
            intraday: None,
            short_fee: None,
        };
        match &cash.rate {
            Rate::Number(rate) => self.fill(&mut interest, cash.margin_spread, |_| Ok(*rate))?,
            Rate::Of(source) => match (&source.series, &source.symbol) {
                (Some(series), _) => {
                    self.fill(&mut interest, cash.margin_spread, self.rates(series)?)?;
                }
                (None, symbol) => {
                    let symbol = symbol.as_deref().unwrap_or_default();
                    self.follow_asset(&mut interest, cash.margin_spread, symbol)?;
                }
            },
        }
        if cash.short_fee > 0.0 {
            let mut fees = vec![0.0; n];
            for (session, _, days) in self.nights() {
                fees[session] = cash.short_fee * days / DAYS_A_YEAR;
            }
            interest.short_fee = Some(fees.into());
        }
        Ok(interest)
    }

    /// The recorded sessions that a night lies before: each with the close before and the calendar
    /// days since.
    fn nights(self) -> impl Iterator<Item = (usize, Date, f64)> + 'a {
        let window = self.frame.window;
        let sessions = self.market.sessions();
        (window.recorded_from.index() + 1..=window.last.index()).map(move |session| {
            let (before, now) = (sessions[session - 1], sessions[session]);
            let days = f64::from(now.epoch_days() - before.epoch_days());
            (session, before, days)
        })
    }

    /// Fills in what a rate makes of cash.
    ///
    /// * `rate`: of the night that begins on a day.
    fn fill(
        self,
        interest: &mut Interest,
        spread: f64,
        mut rate: impl FnMut(Date) -> Result<f64, BindError>,
    ) -> Result<(), BindError> {
        for (session, before, days) in self.nights() {
            let rate = rate(before)?;
            interest.credit[session] = night(rate, days);
            interest.debit[session] = night(rate + spread, days);
        }
        Ok(())
    }

    /// Fills in the return of an asset: from close to open in the night, and from open to close.
    fn follow_asset(
        self,
        interest: &mut Interest,
        spread: f64,
        symbol: &str,
    ) -> Result<(), BindError> {
        let (market, window) = (self.market, self.frame.window);
        let asset = market.asset(symbol).ok_or_else(|| {
            let symbol = symbol.to_owned();
            BindError::UnknownAsset { symbol }
        })?;
        let needed = Mark::close(window.recorded_from);
        let first = market.first_price(asset);
        if first.is_none_or(|first| first > needed) {
            return Err(BindError::NoPriceYet {
                symbol: symbol.to_owned(),
                needed: market.date(needed.session),
                first: first.map(|first| market.date(first.session)),
            });
        }
        let ended = market.session_after_last_bar(asset);
        if let (Some(ended), Some(last_bar)) = (ended, market.last_bar(asset))
            && ended.0 + LATE <= window.last.0
        {
            return Err(BindError::Ends {
                symbol: symbol.to_owned(),
                last_bar,
                end: market.date(window.last),
            });
        }
        let price = |mark: Mark| {
            let price = market.prices(mark)[asset.index()];
            match is_price(price) {
                // Its dividends are of its return.
                true => Ok(market.signal_price(mark, asset)),
                false => Err(BindError::BadRatePrice {
                    symbol: symbol.to_owned(),
                    date: market.date(mark.session),
                    price,
                }),
            }
        };
        let mut days = vec![1.0; interest.credit.len()];
        let mut last = price(needed)?;
        for (session, _, d) in self.nights() {
            let at = Session(session as u32);
            let (open, close) = (price(Mark::open(at))?, price(Mark::close(at))?);
            interest.credit[session] = open / last;
            interest.debit[session] = open / last + spread * d / DAYS_A_YEAR;
            days[session] = close / open;
            last = close;
        }
        interest.intraday = Some(days.into());
        Ok(())
    }

    /// The rate of a series that was known on a day, as a fraction a year.
    fn rates(
        self,
        name: &str,
    ) -> Result<impl FnMut(Date) -> Result<f64, BindError> + use<'a>, BindError> {
        let market = self.market;
        let series = market.known_series(name)?;
        let needed = market.date(self.frame.window.recorded_from);
        if self.nights().next().is_some() && series.known_on(needed).is_none() {
            return Err(BindError::SeriesBegins {
                series: name.to_owned(),
                first: series.dates.first().copied(),
                needed,
            });
        }
        let mut at = 0;
        Ok(move |day: Date| rate_on(series, &mut at, day))
    }

    /// What a rate earns in each recorded session. The first has no night.
    fn returns_of(
        self,
        mut rate: impl FnMut(Date) -> Result<f64, BindError>,
    ) -> Result<Vec<f64>, BindError> {
        let mut returns = vec![0.0];
        for (_, before, days) in self.nights() {
            returns.push(night(rate(before)?, days) - 1.0);
        }
        Ok(returns)
    }
}

/// The last observation on a day or before it, as a fraction.
///
/// * `at`: where the search begins; days increase from call to call.
fn rate_on(series: &Observations, at: &mut usize, day: Date) -> Result<f64, BindError> {
    while series.dates.get(*at + 1).is_some_and(|date| *date <= day) {
        *at += 1;
    }
    let rate = series.values[*at] / 100.0;
    match Bounds::Interest.contain(rate) {
        true => Ok(rate),
        false => Err(BindError::BadRate {
            series: series.name.clone(),
            date: series.dates[*at],
            value: series.values[*at],
        }),
    }
}
