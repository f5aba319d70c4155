//! What metrics are computed from, and what they come to.

use crate::relative::Relative;
use crate::sharpe_bootstrap::SharpeBootstrap;
use crate::summary::Summary;
use crate::tail_risk::TailRisk;

/// All that was measured of a run. A sweep keeps no curve: what needs one is `None` there, and so
/// is what the run does not have, such as a benchmark.
#[derive(Clone, Copy, Debug, Default)]
pub struct Measured<'a> {
    /// The textbook statistics of the curve.
    pub summary: Option<&'a Summary>,
    /// The tails of its returns.
    pub tails: Option<&'a TailRisk>,
    /// The bootstrap of its Sharpe ratio, and the sessions a year by which it is annualised.
    pub bootstrap: Option<(&'a SharpeBootstrap, f64)>,
    /// Its deepest drawdown.
    pub worst_drawdown: Option<WorstDrawdown>,
    /// Its months and years.
    pub periods: Option<&'a Periods>,
    /// What was traded.
    pub activity: Option<&'a Activity>,
    /// Positions opened and closed again.
    pub round_trips: Option<&'a RoundTrips>,
    /// Money at the beginning and the end.
    pub account: Option<&'a Account>,
    /// The curve against its benchmark's.
    pub relative: Option<&'a Relative>,
    /// Whether the account lost everything: then no ratio is defined.
    pub ruined: bool,
    /// A digest of the run's numbers.
    pub digest: Option<u64>,
}

impl Measured<'_> {
    /// A statistic of the curve, which has a value also where everything was lost.
    pub(crate) fn unless_ruined(&self, of: fn(&Summary) -> f64, lost: f64) -> Option<Value> {
        let of_curve = self.summary.map(of);
        let value = of_curve.or_else(|| self.ruined.then_some(lost));
        value.map(Value::Number)
    }
}

/// The value of a metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A number in the unit of its form; not NaN.
    Number(f64),
    /// A whole number.
    Count(u64),
    /// 64 bits.
    Digest(u64),
    /// Days since 1970-01-01.
    Day(i32),
    /// Low and high end.
    Interval(f64, f64),
    /// A month or a year.
    Period(Period),
}

/// A month or a year and its return.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Period {
    /// The year.
    pub year: i32,
    /// The month, 1 to 12; `None` for the whole year.
    pub month: Option<u32>,
    /// Its return, as a fraction.
    pub change: f64,
}

/// The months and years of a curve, in order of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Periods {
    /// The return of each month.
    pub months: Vec<Period>,
    /// The return of each year.
    pub years: Vec<Period>,
}

/// The deepest drawdown of a curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorstDrawdown {
    /// The last day at the peak, as days since 1970-01-01.
    pub peak: i32,
    /// The lowest day.
    pub valley: i32,
    /// The day on which the peak was reached again; `None` when it was not.
    pub recovery: Option<i32>,
    /// Sessions from the peak to the recovery, or to the end.
    pub sessions: u64,
    /// Calendar days from the peak to the recovery, or to the end.
    pub days: u64,
}

/// What was traded.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Activity {
    /// Orders filled.
    pub trades: u64,
    /// Value of all trades at the prices paid, in currency units.
    pub traded_value: f64,
    /// Half of the traded value over mean equity, a year, as a fraction.
    pub turnover: Option<f64>,
    /// Commission and tax paid, in currency units.
    pub commission: f64,
    /// Lost to slippage and spread, in currency units.
    pub slippage: f64,
    /// Buys cut down to the cash there was; `None` where it was not counted.
    pub cuts: Option<u64>,
    /// Sessions with a position at the close over all sessions.
    pub time_in_market: f64,
    /// Mean share of the equity that was not in cash at the close; `None` where it was not measured.
    pub mean_invested: Option<f64>,
}

/// Positions opened and closed again.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RoundTrips {
    /// How many.
    pub n: u64,
    /// Those with a profit over all.
    pub win_rate: Option<f64>,
    /// Mean profit of those with one over mean loss of the others, absolute values.
    pub payoff: Option<f64>,
    /// Mean profit, in currency units.
    pub expectancy: Option<f64>,
}

/// Money at the beginning and the end, in currency units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Account {
    /// Starting capital; `None` where it is not known.
    pub initial_cash: Option<f64>,
    /// Equity at the last close.
    pub final_equity: f64,
    /// Cash at the end; `None` where it was not kept.
    pub final_cash: Option<f64>,
    /// Dividends booked in cash; `None` where they were not kept.
    pub dividends: Option<f64>,
    /// Interest on cash; `None` where it was not kept.
    pub interest_earned: Option<f64>,
    /// Interest paid on borrowed cash; `None` where it was not kept.
    pub margin_interest: Option<f64>,
    /// Fees paid for borrowed shares; `None` where they were not kept.
    pub short_fees: Option<f64>,
    /// Paid in after the starting capital; `None` where it was not kept.
    pub paid_in: Option<f64>,
    /// Withdrawn; `None` where it was not kept.
    pub withdrawn: Option<f64>,
    /// The internal rate of return a year; `None` where it was not kept.
    pub money_weighted_return: Option<f64>,
}
