//! How much of a result is the choice of its days: the same strategy on other days of its schedule, and
//! begun later.
//!
//! The first is known as rebalance timing luck: C. Hoffstein, D. Sibears and N. Faber, "Rebalance Timing
//! Luck: The Difference between Hired and Fired", Journal of Index Investing 10(1), 2019.

use std::sync::Arc;

use crate::alpha::{AlphaError, AlphaModel};
use crate::backtest::Backtest;
use crate::market::{Mark, Market, Session};
use crate::run_error::RunError;
use crate::schedule;
use crate::strategy::Strategy;

/// A result among those of the same strategy on other days.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct TimingLuck {
    /// On the schedule's other days; `None` where it leaves no choice, as `daily` and `buy-and-hold`.
    pub offsets: Option<Alternatives>,
    /// Begun later, in steps of a month through the first year; `None` where less than two years are
    /// recorded.
    pub starts: Option<Alternatives>,
}

/// Runs that differ in their days only.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Alternatives {
    /// The runs, in the order of their days. Those that stopped are left out.
    pub runs: Vec<Alternative>,
    /// Which of them is the strategy as it is.
    pub own: usize,
}

/// A run on other days.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Alternative {
    /// Its days: `day -3` for the third session from the end of each month, or the first day.
    pub days: String,
    /// Equity at the last close, in currency units; 0 for an account that lost everything.
    pub final_equity: f64,
    /// A fraction a year; -1 for an account that lost everything, `None` when there is no return.
    pub cagr: Option<f64>,
    /// The Sharpe ratio.
    pub sharpe: Option<f64>,
}

/// The range of one number over some runs.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Spread {
    /// The strategy as it is; `None` where it is undefined.
    pub own: Option<f64>,
    /// The lowest.
    pub low: f64,
    /// The median.
    pub median: f64,
    /// The highest.
    pub high: f64,
}

/// Starts that are compared: the own one, and eleven later ones.
const STARTS: u32 = 12;

/// What makes the alpha model of each run.
type Make<'a> = dyn FnMut() -> Result<Box<dyn AlphaModel>, AlphaError> + 'a;

impl Strategy {
    /// Runs the strategy on the other days of its schedule, and from later starts.
    ///
    /// On other days of the schedule, every run begins with the strategy's own first decision for which
    /// its model has enough history, so that all are invested from then on, and continues on its own days.
    /// A later start moves the burn-in by as many sessions.
    ///
    /// * `market`: this strategy's own.
    ///
    /// Neither is there for a model that is not built in: [`Strategy::timing_luck_with`].
    pub fn timing_luck(&self, market: &Market) -> TimingLuck {
        let found = self.alternatives(market, None);
        found.unwrap_or_default()
    }

    /// As [`Strategy::timing_luck`], with a custom alpha model in place of the strategy's.
    ///
    /// * `make`: makes the model of each run.
    ///
    /// # Errors
    ///
    /// What `make` and its models report.
    pub fn timing_luck_with(
        &self,
        market: &Market,
        mut make: impl FnMut() -> Result<Box<dyn AlphaModel>, AlphaError>,
    ) -> Result<TimingLuck, AlphaError> {
        self.alternatives(market, Some(&mut make))
    }

    fn alternatives(
        &self,
        market: &Market,
        mut make: Option<&mut Make<'_>>,
    ) -> Result<TimingLuck, AlphaError> {
        let Ok(own) = self.bind(market) else {
            return Ok(TimingLuck::default());
        };
        Ok(TimingLuck {
            offsets: self.offsets(&own, &mut make)?,
            starts: self.starts(&own, &mut make)?,
        })
    }

    fn offsets(
        &self,
        own: &Backtest<'_>,
        make: &mut Option<&mut Make<'_>>,
    ) -> Result<Option<Alternatives>, AlphaError> {
        let Some((schedules, own_place)) = self.schedule.offsets() else {
            return Ok(None);
        };
        let Some(first) = own.first_warm_decision() else {
            return Ok(None);
        };
        let mut found = Found::default();
        for (place, schedule) in schedules.iter().enumerate() {
            let mut varied = own.clone();
            if place != own_place {
                let Strategy {
                    start,
                    end,
                    burn_in,
                    ref conventions,
                    ..
                } = *self;
                let window = own.window();
                let market = own.market();
                let decisions =
                    schedule::decisions(schedule, conventions, market, window, start, end, burn_in);
                let mut all = vec![first];
                all.extend(decisions.into_iter().filter(|mark| *mark > first));
                Arc::make_mut(&mut varied.frame).decisions = all;
            }
            found.add(&varied, schedule.position(), place == own_place, make)?;
        }
        Ok(found.alternatives())
    }

    fn starts(
        &self,
        own: &Backtest<'_>,
        make: &mut Option<&mut Make<'_>>,
    ) -> Result<Option<Alternatives>, AlphaError> {
        let (market, window) = (own.market(), own.window());
        let per_year = own.sessions_per_year();
        let month = (per_year / f64::from(STARTS)).round().max(1.0) as u32;
        if (window.recorded() as f64) < 2.0 * per_year {
            return Ok(None);
        }
        let mut found = Found::default();
        for later in (0..STARTS).map(|at| at * month) {
            let moved = |session: Session| market.date(Session(session.0 + later)).open();
            let varied = match later {
                0 => self.clone(),
                _ => Strategy {
                    start: moved(window.first),
                    burn_in: self.burn_in.map(|_| moved(window.recorded_from)),
                    ..self.clone()
                },
            };
            let Ok(varied) = varied.bind(market) else {
                continue;
            };
            let first = market.date(varied.window().recorded_from);
            found.add(&varied, first.to_string(), later == 0, make)?;
        }
        Ok(found.alternatives())
    }
}

impl Backtest<'_> {
    /// The first decision for which the alpha model has enough history.
    fn first_warm_decision(&self) -> Option<Mark> {
        let decisions = self.decisions();
        let warm_up = self
            .alpha
            .history()
            .map_or(0, |history| history.warm_up_under(self.conventions.warm_up));
        let is_warm = |mark: &Mark| {
            let after = Session(mark.session.0 + 1);
            self.frame.closes_seen_before(after) >= warm_up
        };
        decisions.iter().copied().find(is_warm)
    }
}

#[derive(Default)]
struct Found {
    runs: Vec<Alternative>,
    own: Option<usize>,
}

impl Found {
    fn add(
        &mut self,
        backtest: &Backtest<'_>,
        days: String,
        is_own: bool,
        make: &mut Option<&mut Make<'_>>,
    ) -> Result<(), AlphaError> {
        let record = match make {
            Some(make) => backtest.record_with(&mut *make()?),
            None => backtest.record(),
        };
        let record = match (record, make.is_some()) {
            (Ok(record), _) => record,
            (Err(RunError::Alpha { source, .. }), true) => return Err(source),
            (Err(_), _) => return Ok(()),
        };
        if is_own {
            self.own = Some(self.runs.len());
        }
        let summary = record.summary.as_ref();
        self.runs.push(Alternative {
            days,
            final_equity: record.final_equity,
            cagr: match record.ruined {
                Some(_) => Some(-1.0),
                None => summary.and_then(|summary| summary.cagr),
            },
            sharpe: summary.and_then(|summary| summary.sharpe),
        });
        Ok(())
    }

    /// `None` without the strategy's own run and another.
    fn alternatives(self) -> Option<Alternatives> {
        let own = self.own.filter(|_| self.runs.len() > 1)?;
        let runs = self.runs;
        Some(Alternatives { runs, own })
    }
}

impl Alternatives {
    /// The place of the strategy as it is by its CAGR, from 1 for the highest; `None` where that is
    /// undefined.
    pub fn rank(&self) -> Option<usize> {
        let own = self.runs[self.own].cagr?;
        let better = self.runs.iter().filter_map(|run| run.cagr);
        Some(1 + better.filter(|cagr| *cagr > own).count())
    }

    /// The range of one of their numbers; `None` where it is undefined for all.
    pub fn spread(&self, of: impl Fn(&Alternative) -> Option<f64>) -> Option<Spread> {
        let mut values: Vec<f64> = self.runs.iter().filter_map(&of).collect();
        values.sort_by(f64::total_cmp);
        Some(Spread {
            own: of(&self.runs[self.own]),
            low: *values.first()?,
            median: ::statistics::quantile(&values, 0.5),
            high: *values.last()?,
        })
    }
}
