//! Payments into the account and withdrawals, session by session.

use std::sync::Arc;

use crate::bind_error::BindError;
use crate::date::Date;
use crate::frame::Frame;
use crate::market::{Mark, Market, Session, is_price};
use crate::observations::Observations;
use crate::strategy::{CashFlow, Every, Indexation, Strategy};

/// What is paid in at the open of one session, or withdrawn when negative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PlannedFlow {
    pub(crate) session: Session,
    /// In currency units.
    amount: f64,
    /// As a fraction of the equity at the close before.
    fraction: f64,
}

impl PlannedFlow {
    pub(crate) fn may_withdraw(&self) -> bool {
        self.amount < 0.0 || self.fraction < 0.0
    }

    /// In currency units.
    #[inline(always)]
    pub(crate) fn of(&self, equity: f64) -> f64 {
        self.amount + self.fraction * equity
    }
}

/// Money that was paid into an account, or withdrawn when negative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MovedCash {
    /// When.
    pub mark: Mark,
    /// In currency units.
    pub amount: f64,
    /// The equity at this open without it.
    pub equity_before: f64,
    /// From here on, the value of one unit of the account, which no flow changes, over its equity; one
    /// before the first flow.
    pub unit: f64,
}

/// Days of a year, over which amounts grow.
const DAYS_A_YEAR: f64 = 365.25;

/// Every flow of a strategy that falls into a backtest, by session.
pub(crate) fn bind(
    strategy: &Strategy,
    frame: &Frame,
    market: &Market,
) -> Result<Arc<[PlannedFlow]>, BindError> {
    let mut flows: Vec<PlannedFlow> = Vec::new();
    for flow in &strategy.cash_flows {
        let factor = Growth::of(flow, frame, market)?;
        for session in sessions_of(flow, strategy, frame, market) {
            let factor = factor.at(session, market)?;
            flows.push(PlannedFlow {
                session,
                amount: flow.amount.unwrap_or(0.0) * factor,
                fraction: flow.percent.unwrap_or(0.0) / 100.0,
            });
        }
    }
    // Those of one session in the order of the strategy.
    flows.sort_by_key(|flow| flow.session);
    flows.dedup_by(|later, kept| {
        let same = later.session == kept.session;
        if same {
            kept.amount += later.amount;
            kept.fraction += later.fraction;
        }
        same
    });
    Ok(flows.into())
}

/// The sessions at whose open it moves.
fn sessions_of(
    flow: &CashFlow,
    strategy: &Strategy,
    frame: &Frame,
    market: &Market,
) -> Vec<Session> {
    let (first, last) = (frame.window.recorded_from, frame.window.last);
    let day = |session: u32| market.date(Session(session));
    if let Some(date) = flow.date {
        let date = date.date();
        // Days before the account exists belong to no session of it.
        let opened = strategy.burn_in.unwrap_or(strategy.start).date();
        let session = (first.0..=last.0).find(|session| day(*session) >= date);
        let session = session.filter(|_| date >= opened);
        return session.map(Session).into_iter().collect();
    }
    let Some(every) = flow.every else {
        return Vec::new();
    };
    let from = flow.from.map(|from| from.date());
    let until = flow.until.map(|until| until.date());
    let repeats = |session: &u32| {
        let now = day(*session);
        every.period(now) != every.period(day(session - 1))
            && from.is_none_or(|from| now >= from)
            && until.is_none_or(|until| now <= until)
    };
    let sessions = (first.0 + 1..=last.0).filter(repeats);
    sessions.map(Session).collect()
}

impl Every {
    /// A number that the days of one period share.
    fn period(self, day: Date) -> i32 {
        let month = crate::market::month_number(day);
        match self {
            // 1970-01-01 was a Thursday.
            Every::Week => (day.epoch_days() + 3).div_euclid(7),
            Every::Month => month,
            Every::Quarter => month.div_euclid(3),
            Every::Year => month.div_euclid(12),
        }
    }
}

/// How an amount grows.
enum Growth<'a> {
    None,
    Rate {
        rate: f64,
        since: Date,
    },
    Series {
        series: &'a Observations,
        base: f64,
        since: Date,
    },
}

impl<'a> Growth<'a> {
    fn of(flow: &CashFlow, frame: &Frame, market: &'a Market) -> Result<Growth<'a>, BindError> {
        let opened = market.date(frame.window.recorded_from);
        let since = flow.from.map_or(opened, |from| from.date().max(opened));
        Ok(match &flow.indexed {
            None => Growth::None,
            Some(Indexation::Rate(rate)) => Growth::Rate { rate: *rate, since },
            Some(Indexation::Series(source)) => {
                let name = &source.series;
                let series = market.known_series(name)?;
                let known = series.known_on(since);
                let (_, base) = known.ok_or_else(|| BindError::SeriesBegins {
                    series: name.clone(),
                    first: series.dates.first().copied(),
                    needed: since,
                })?;
                index_value(series, since, base)?;
                Growth::Series {
                    series,
                    base,
                    since,
                }
            }
        })
    }

    /// What one unit of the amount is worth at a session: by what was known at the close before.
    fn at(&self, session: Session, market: &Market) -> Result<f64, BindError> {
        let today = market.date(session);
        Ok(match self {
            Growth::None => 1.0,
            Growth::Rate { rate, since } => {
                let days = f64::from(today.epoch_days() - since.epoch_days());
                libm::pow(1.0 + rate, days / DAYS_A_YEAR)
            }
            Growth::Series {
                series,
                base,
                since,
            } => {
                // At the beginning itself nothing has grown.
                let before = market
                    .date(Session(session.0.saturating_sub(1)))
                    .max(*since);
                let known = series.known_on(before);
                let value = known.map_or(*base, |(_, value)| value);
                index_value(series, before, value)? / base
            }
        })
    }
}

/// A value of an index, which is positive.
fn index_value(series: &Observations, date: Date, value: f64) -> Result<f64, BindError> {
    match is_price(value) {
        true => Ok(value),
        false => Err(BindError::BadIndex {
            series: series.name.clone(),
            date,
            value,
        }),
    }
}
