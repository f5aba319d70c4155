//! The samples of a series that functions of a window see: the asset's own bars, or the last of each
//! period among them.

use std::borrow::Cow;
use std::sync::Arc;

use super::node::Every;
use crate::date::Date;
use crate::market::{AssetId, Market, Session, month_number};

/// A series of an asset, by its bars.
pub(crate) struct Samples<'m> {
    market: &'m Market,
    values: Values<'m>,
    /// The sessions of the values, where they are not those of the calendar one after another.
    sessions: Option<Cow<'m, [Session]>>,
    /// The position of the first value of its history.
    begin: usize,
    /// The positions of the last value of each period, increasing; empty for every session.
    ends: Vec<usize>,
    every: Every,
}

enum Values<'m> {
    Market(&'m [f64]),
    Computed(Arc<[f64]>),
}

impl<'m> Samples<'m> {
    /// The closes of an asset from a session on.
    pub(crate) fn closes(
        market: &'m Market,
        asset: AssetId,
        since: Session,
        own_only: bool,
    ) -> Samples<'m> {
        match market.own_closes(asset).filter(|_| own_only) {
            Some(own) => Samples {
                market,
                values: Values::Market(own.closes()),
                sessions: Some(own.sessions().into()),
                begin: own.count_before(since),
                ends: Vec::new(),
                every: Every::Session,
            },
            None => Samples {
                market,
                values: Values::Market(market.signal_history(asset)),
                sessions: None,
                begin: since.index(),
                ends: Vec::new(),
                every: Every::Session,
            },
        }
    }

    /// Values by session, from a first session on, of which those count at which the asset has a bar.
    pub(crate) fn computed(
        market: &'m Market,
        asset: AssetId,
        (first, values): (Session, Arc<[f64]>),
        since: Session,
        own_only: bool,
    ) -> Samples<'m> {
        let own = market.own_closes(asset).filter(|_| own_only);
        let is_there = |session: &&Session| {
            **session >= first && session.index() - first.index() < values.len()
        };
        let sessions: Vec<Session> = match own {
            Some(own) => own.sessions().iter().filter(is_there).copied().collect(),
            None => (first.0..first.0 + values.len() as u32)
                .map(Session)
                .collect(),
        };
        let values = match own {
            Some(_) => {
                let at = |session: &Session| values[session.index() - first.index()];
                sessions.iter().map(at).collect()
            }
            None => values,
        };
        Samples {
            market,
            values: Values::Computed(values),
            begin: sessions.partition_point(|session| *session < since),
            sessions: Some(sessions.into()),
            ends: Vec::new(),
            every: Every::Session,
        }
    }

    /// Those at the end of each period.
    pub(crate) fn every(mut self, every: Every) -> Samples<'m> {
        self.every = every;
        if every != Every::Session {
            let period = |at: usize| self.period(at);
            let all = self.begin..self.values().len();
            let next = |at: &usize| {
                let next = at + 1;
                next < self.values().len() && period(*at) != period(next)
            };
            self.ends = all.filter(next).collect();
        }
        self
    }

    pub(crate) fn values(&self) -> &[f64] {
        match &self.values {
            Values::Market(values) => values,
            Values::Computed(values) => values,
        }
    }

    /// The session of a value.
    pub(crate) fn session(&self, at: usize) -> Session {
        match &self.sessions {
            Some(sessions) => sessions[at],
            None => Session(at as u32),
        }
    }

    /// The positions of the values that are known at the close of a session.
    pub(crate) fn known_at(&self, session: Session) -> std::ops::Range<usize> {
        let end = match &self.sessions {
            Some(sessions) => sessions.partition_point(|own| *own <= session),
            None => session.index() + 1,
        };
        self.begin.min(end)..end
    }

    /// The number of periods that had ended before the period of a value.
    pub(crate) fn ended_before(&self, at: usize) -> usize {
        let period = self.period(at);
        self.ends.partition_point(|end| self.period(*end) < period)
    }

    /// The positions of the last values of the periods that have a next one.
    pub(crate) fn ends(&self) -> &[usize] {
        &self.ends
    }

    pub(crate) fn is_sampled(&self) -> bool {
        self.every != Every::Session
    }

    /// How many samples make a year.
    pub(crate) fn per_year(&self, sessions_per_year: f64) -> f64 {
        match self.every {
            Every::Session => sessions_per_year,
            Every::Week => 52.0,
            Every::Month => 12.0,
            Every::Quarter => 4.0,
            Every::Year => 1.0,
        }
    }

    fn period(&self, at: usize) -> i32 {
        let date: Date = self.market.date(self.session(at));
        match self.every {
            Every::Session => at as i32,
            // The epoch's first Monday is its fifth day.
            Every::Week => (date.epoch_days() + 3).div_euclid(7),
            Every::Month => month_number(date),
            Every::Quarter => month_number(date).div_euclid(3),
            Every::Year => date.year(),
        }
    }
}
