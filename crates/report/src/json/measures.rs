//! The textbook statistics, named and grouped. Fractions, not per cent; undefined is `null`.

use backtest::date::Date;
use backtest::statistics::{SharpeEvidence, Summary, TailRisk};
use serde::Serialize;
use statistics::SharpeBootstrap;

use super::Text;
use crate::report::Side;

/// The statistics of one side.
#[derive(Serialize)]
pub(super) struct Measures {
    returns: Option<Returns>,
    risk: Option<Risk>,
    ratios: Option<Ratios>,
    drawdown: Option<DrawdownMeasures>,
    periods: Periods,
    trading: TradingMeasures,
}

#[derive(Serialize)]
struct Returns {
    n: usize,
    calendar_days: i32,
    total: f64,
    cagr: Option<f64>,
    cagr_calendar: Option<f64>,
    arithmetic: f64,
}

#[derive(Serialize)]
struct Risk {
    volatility: Option<f64>,
    downside_deviation: f64,
    value_at_risk_5: Option<f64>,
    expected_shortfall_5: Option<f64>,
    value_at_risk_1: Option<f64>,
    expected_shortfall_1: Option<f64>,
    skewness: Option<f64>,
    excess_kurtosis: Option<f64>,
    skewness_biased: Option<f64>,
    kurtosis_biased: Option<f64>,
    autocorrelation: Option<f64>,
}

#[derive(Serialize)]
struct Ratios {
    sharpe: Option<f64>,
    sharpe_interval_95: Option<[f64; 2]>,
    sharpe_bootstrap_interval_95: Option<[f64; 2]>,
    sharpe_bootstrap_block: Option<f64>,
    sharpe_probability_positive: Option<f64>,
    sharpe_min_track_record_years: Option<f64>,
    sharpe_autocorrelation_adjusted: Option<f64>,
    sortino: Option<f64>,
    mar: Option<f64>,
    martin: Option<f64>,
    profit_factor: Option<f64>,
    payoff: Option<f64>,
    tail_ratio: Option<f64>,
}

#[derive(Serialize)]
struct DrawdownMeasures {
    max: f64,
    peak: Option<Text<Date>>,
    valley: Option<Text<Date>>,
    recovery: Option<Text<Date>>,
    sessions: Option<usize>,
    days: Option<i32>,
    mean: f64,
    ulcer_index: f64,
    underwater: f64,
    longest_sessions: usize,
    longest_days: i32,
}

#[derive(Serialize)]
struct Periods {
    best_session: Option<f64>,
    worst_session: Option<f64>,
    positive_sessions: Option<f64>,
    mean_gain: Option<f64>,
    mean_loss: Option<f64>,
    best_month: Option<Period>,
    worst_month: Option<Period>,
    positive_months: Option<f64>,
    best_year: Option<Period>,
    worst_year: Option<Period>,
}

/// `2008-10` or `2008`, and its return.
#[derive(Serialize)]
struct Period {
    period: String,
    #[serde(rename = "return")]
    change: f64,
}

#[derive(Serialize)]
struct TradingMeasures {
    trades: usize,
    traded_value: f64,
    turnover: Option<f64>,
    time_in_market: f64,
    mean_invested: f64,
    round_trips: usize,
    win_rate: Option<f64>,
    payoff: Option<f64>,
    expectancy: Option<f64>,
}

/// The strategy against its benchmark.
#[derive(Serialize)]
pub(super) struct Against {
    pub(super) beta: Option<f64>,
    pub(super) alpha: Option<f64>,
    pub(super) correlation: Option<f64>,
    pub(super) tracking_error: Option<f64>,
    pub(super) information_ratio: Option<f64>,
    pub(super) treynor: Option<f64>,
    pub(super) up_capture: Option<f64>,
    pub(super) down_capture: Option<f64>,
}

impl Measures {
    pub(super) fn of(side: &Side) -> Measures {
        let summary = side.summary.as_ref();
        Measures {
            returns: summary.map(Returns::of),
            risk: summary.map(|summary| Risk::of(side, summary)),
            ratios: summary.map(|summary| Ratios::of(side, summary)),
            drawdown: summary.map(|summary| DrawdownMeasures::of(side, summary)),
            periods: Periods::of(side),
            trading: TradingMeasures {
                trades: side.trading.trades,
                traded_value: side.trading.traded_value,
                turnover: side.trading.turnover,
                time_in_market: side.trading.time_in_market,
                mean_invested: side.trading.mean_invested,
                round_trips: side.trading.round_trips,
                win_rate: side.trading.win_rate,
                payoff: side.trading.payoff,
                expectancy: side.trading.expectancy,
            },
        }
    }
}

impl Returns {
    fn of(summary: &Summary) -> Returns {
        Returns {
            n: summary.n,
            calendar_days: summary.calendar_days,
            total: summary.total_return,
            cagr: summary.cagr,
            cagr_calendar: summary.cagr_calendar,
            arithmetic: summary.arithmetic_return,
        }
    }
}

impl Risk {
    fn of(side: &Side, summary: &Summary) -> Risk {
        let tail = |of: fn(&TailRisk) -> f64| side.tails.as_ref().map(of);
        Risk {
            volatility: summary.volatility,
            downside_deviation: summary.downside_deviation,
            value_at_risk_5: tail(|tails| tails.value_at_risk_5),
            expected_shortfall_5: tail(|tails| tails.expected_shortfall_5),
            value_at_risk_1: tail(|tails| tails.value_at_risk_1),
            expected_shortfall_1: tail(|tails| tails.expected_shortfall_1),
            skewness: summary.skewness,
            excess_kurtosis: summary.excess_kurtosis,
            skewness_biased: summary.skewness_biased,
            kurtosis_biased: summary.kurtosis_biased,
            autocorrelation: summary.autocorrelation,
        }
    }
}

impl Ratios {
    fn of(side: &Side, summary: &Summary) -> Ratios {
        let evidence = |of: fn(&SharpeEvidence) -> f64| summary.sharpe_evidence.as_ref().map(of);
        let bootstrap = SharpeBootstrap::of(&side.wealth.returns());
        let annualised = side.sessions_per_year.sqrt();
        Ratios {
            sharpe: summary.sharpe,
            sharpe_interval_95: (summary.sharpe_evidence.as_ref())
                .map(|evidence| evidence.interval.into()),
            sharpe_bootstrap_interval_95: (bootstrap.as_ref())
                .map(|found| [found.interval.0, found.interval.1].map(|end| end * annualised)),
            sharpe_bootstrap_block: bootstrap.map(|found| found.block),
            sharpe_probability_positive: evidence(|evidence| evidence.probabilistic),
            sharpe_min_track_record_years: (summary.sharpe_evidence.as_ref())
                .and_then(|evidence| evidence.min_track_record_years),
            sharpe_autocorrelation_adjusted: summary.sharpe_autocorrelation_adjusted,
            sortino: summary.sortino,
            mar: summary.mar,
            martin: summary.martin,
            profit_factor: summary.profit_factor,
            payoff: summary.payoff,
            tail_ratio: side.tails.as_ref().and_then(|tails| tails.tail_ratio),
        }
    }
}

impl DrawdownMeasures {
    fn of(side: &Side, summary: &Summary) -> DrawdownMeasures {
        let worst = side.worst_drawdown;
        let total = &summary.drawdowns;
        DrawdownMeasures {
            max: total.max,
            peak: worst.map(|worst| Text(worst.peak)),
            valley: worst.map(|worst| Text(worst.valley)),
            recovery: worst.and_then(|worst| worst.recovery).map(Text),
            sessions: worst.map(|worst| worst.sessions),
            days: worst.map(|worst| worst.days),
            mean: total.mean,
            ulcer_index: total.ulcer_index,
            underwater: total.underwater,
            longest_sessions: total.longest_sessions,
            longest_days: total.longest_days,
        }
    }
}

impl Periods {
    fn of(side: &Side) -> Periods {
        let summary = side.summary.as_ref();
        let months = || {
            (side.monthly.iter())
                .map(|&((year, month), change)| (format!("{year:04}-{month:02}"), change))
        };
        let years = || (side.yearly.iter()).map(|&(year, change)| (format!("{year:04}"), change));
        Periods {
            best_session: summary.map(|summary| summary.best_session),
            worst_session: summary.map(|summary| summary.worst_session),
            positive_sessions: summary.and_then(|summary| summary.positive_sessions),
            mean_gain: summary.and_then(|summary| summary.mean_gain),
            mean_loss: summary.and_then(|summary| summary.mean_loss),
            best_month: Period::first(months(), |a, b| a > b),
            worst_month: Period::first(months(), |a, b| a < b),
            positive_months: side.positive_months(),
            best_year: Period::first(years(), |a, b| a > b),
            worst_year: Period::first(years(), |a, b| a < b),
        }
    }
}

impl Period {
    /// The first period that no other beats.
    fn first(
        periods: impl Iterator<Item = (String, f64)>,
        beats: impl Fn(f64, f64) -> bool,
    ) -> Option<Period> {
        periods
            .reduce(|best, next| if beats(next.1, best.1) { next } else { best })
            .map(|(period, change)| Period { period, change })
    }
}
