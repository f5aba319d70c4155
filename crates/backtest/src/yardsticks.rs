//! What one could have held in place of a strategy: its benchmark, and its universe in equal weights.

use std::collections::VecDeque;
use std::sync::Arc;

use ::statistics::period_sums::YardstickReturns;

use crate::alpha::EqualWeight;
use crate::market::Market;
use crate::optimiser::Optimiser;
use crate::sizing::LongOnly;
use crate::strategy::{Strategy, Trade};

/// The returns of a strategy's yardsticks, one for each of its recorded sessions, over the risk-free ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Yardsticks {
    /// Of the benchmark, from the first decision of the strategy's schedule on: 0 until then. `None` when
    /// there is none, or it does not run to its end.
    pub benchmark: Option<Vec<f64>>,
    /// Of the universe in equal weights; `None` when that does not run to its end.
    pub equal_weights: Option<Vec<f64>>,
}

impl Yardsticks {
    /// The benchmark first. `None` when there is neither, or they differ in their sessions.
    pub fn into_returns(self) -> Option<YardstickReturns> {
        let series = [self.benchmark, self.equal_weights];
        YardstickReturns::new(series.into_iter().flatten().collect())
    }
}

impl Strategy {
    /// The universe in equal weights as a strategy of its own: long-only and fully invested, at each
    /// decision of this one's schedule, with its fills and costs.
    #[must_use]
    pub fn equal_weights_strategy(&self) -> Strategy {
        Strategy {
            name: "equal weights".to_owned(),
            alpha: EqualWeight.into(),
            signals: Vec::new(),
            risk: None,
            optimiser: Optimiser::FixedWeight,
            sizing: LongOnly { cash_buffer: 0.0 }.into(),
            trade: Trade::Always,
            benchmark: None,
            ..self.clone()
        }
    }

    /// Runs what one could have held instead.
    ///
    /// * `market`: this strategy's own, whose sessions all are marked on.
    pub fn yardsticks(&self, market: &Market) -> Yardsticks {
        let run = |strategy: Strategy| {
            let backtest = strategy.bind(market).ok()?;
            let outcome = backtest.run().ok()?;
            let is_whole = outcome.ruin.is_none();
            let returns = is_whole.then(|| outcome.excess_returns())?;
            let first = backtest.decisions().first().map(|first| first.session);
            Some((returns, first, backtest.window().recorded_from))
        };
        let equal_weights = run(self.equal_weights_strategy());
        let first = equal_weights.as_ref().and_then(|(_, first, from)| {
            let first = (*first)?;
            Some((first.index() + 1).saturating_sub(from.index()))
        });
        let benchmark = self.benchmark_strategy().and_then(run);
        Yardsticks {
            benchmark: benchmark.map(|(mut returns, ..)| {
                // Until its first decision the strategy holds cash, and so does what it is held against.
                let waiting = first.unwrap_or(0).min(returns.len());
                returns[..waiting].fill(0.0);
                returns
            }),
            equal_weights: equal_weights.map(|(returns, ..)| returns),
        }
    }
}

/// Whether two strategies on one market could have been replaced by the same.
fn have_same_yardsticks(a: &Strategy, b: &Strategy) -> bool {
    // Every field is named, so that a new one is thought of here.
    let Strategy {
        name: _,
        conventions,
        also: _,
        start,
        end,
        burn_in,
        initial_cash,
        sessions_per_year: _,
        universe,
        alpha: _,
        optimiser: _,
        sizing: _,
        schedule,
        trade: _,
        risk: _,
        costs,
        cash,
        risk_free,
        benchmark,
        cash_flows,
        signals: _,
    } = a;
    *conventions == b.conventions
        && (*start, *end, *burn_in) == (b.start, b.end, b.burn_in)
        && *initial_cash == b.initial_cash
        && *universe == b.universe
        && *schedule == b.schedule
        && *costs == b.costs
        && *cash == b.cash
        && *risk_free == b.risk_free
        && *benchmark == b.benchmark
        && *cash_flows == b.cash_flows
}

/// The yardsticks of strategies on one market, remembered: most trials of a sweep have the same.
#[derive(Debug, Default)]
pub struct YardstickCache {
    market: Option<Arc<Market>>,
    /// The latest used first.
    known: VecDeque<(Strategy, Option<Arc<YardstickReturns>>)>,
}

/// Yardsticks remembered: a hundred of twenty years are 8 MB.
const REMEMBERED: usize = 100;

impl YardstickCache {
    /// The yardsticks of a strategy; `None` when none of them runs.
    pub fn of(
        &mut self,
        strategy: &Strategy,
        market: &Arc<Market>,
    ) -> Option<Arc<YardstickReturns>> {
        let known = self.market.as_ref();
        if !known.is_some_and(|known| Arc::ptr_eq(known, market)) {
            self.market = Some(Arc::clone(market));
            self.known.clear();
        }
        let mut known = self.known.iter();
        match known.position(|(known, _)| have_same_yardsticks(known, strategy)) {
            Some(0) => {}
            Some(at) => {
                let found = self.known.remove(at);
                if let Some(found) = found {
                    self.known.push_front(found);
                }
            }
            None => {
                let found = strategy.yardsticks(market).into_returns().map(Arc::new);
                self.known.truncate(REMEMBERED - 1);
                self.known.push_front((strategy.clone(), found));
            }
        }
        self.known.front().and_then(|(_, found)| found.clone())
    }
}
