//! When a strategy runs and decides, and what its trades cost.

use backtest::conventions::Calendar;
use backtest::date::Moment;
use backtest::strategy::{Costs, Fees, Schedule, Trade};

use super::Context;
use crate::keys::{self, Key, SCHEDULES, TRADES, costs, fees, file, rebalance};
use crate::problem::Problem;
use crate::section::Section;

/// The simulated time and the starting capital.
pub(super) struct Period {
    pub(super) start: Moment,
    pub(super) end: Moment,
    pub(super) burn_in: Option<Moment>,
    pub(super) initial_cash: f64,
    pub(super) sessions_per_year: f64,
}

pub(super) fn period(root: &Section<'_>) -> Option<Period> {
    let section = root.table(&file::BACKTEST)?;
    let start = section.moment(&keys::period::START);
    let end = section.moment(&keys::period::END);
    let burn_in = section.moment(&keys::period::BURN_IN);
    let initial_cash = section.number(&keys::period::INITIAL_CASH);
    let sessions_per_year = section.number(&keys::period::SESSIONS_PER_YEAR);

    let ordered = |early: &Key, late: &Key, message: &str, label: &str, related: &str| {
        let problem = Problem::new(section.place_of(late), message, label);
        section
            .found
            .report(problem.related(section.place_of(early), related));
    };
    if let (Some(start), Some(end)) = (start, end)
        && end < start
    {
        let message = format!("the backtest ends before it starts, on {}", start.date());
        ordered(
            &keys::period::START,
            &keys::period::END,
            &message,
            "the end",
            "the start",
        );
    } else if let (Some(burn_in), Some(end)) = (burn_in, end)
        && burn_in > end
    {
        let message = format!("the burn-in lasts beyond the end, {}", end.date());
        ordered(
            &keys::period::END,
            &keys::period::BURN_IN,
            &message,
            "the burn-in",
            "the end",
        );
    }
    Some(Period {
        start: start?,
        end: end?,
        burn_in,
        initial_cash: initial_cash?,
        sessions_per_year: sessions_per_year?,
    })
}

pub(super) fn rebalance(root: &Section<'_>, context: &Context<'_>) -> Option<(Schedule, Trade)> {
    let section = root.table(&file::REBALANCE)?;
    let trade = section.choice(&rebalance::TRADE, TRADES);
    let schedule = schedule(&section, &rebalance::SCHEDULE, &rebalance::WEEKDAY, context);
    Some((schedule?, trade?))
}

/// A schedule and, when it is weekly, its day.
pub(super) fn schedule(
    section: &Section<'_>,
    schedule: &Key,
    weekday: &Key,
    context: &Context<'_>,
) -> Option<Schedule> {
    let Schedule::Weekly(_) = section.choice(schedule, SCHEDULES)? else {
        return section.choice(schedule, SCHEDULES);
    };
    let day = section.weekday(weekday)?;
    let weekend = day.number_from_monday() > 5;
    if weekend && context.conventions.calendar == Calendar::Weekdays {
        let message = format!("`{}` is on a weekend", section.path_to(weekday));
        let problem = Problem::new(section.place_of(weekday), message, "must be mon to fri");
        (section.found)
            .report(problem.help("the calendar `weekdays` has no weekends; `sessions` may have"));
    }
    Some(Schedule::Weekly(day))
}

/// Nothing, where nothing (or nonsense, which has been reported) is given.
pub(super) fn costs(section: &Section<'_>) -> Costs {
    let number = |key| section.number(key).unwrap_or_default();
    let fees = section.table(&costs::FEES);
    Costs {
        fees: fees.map_or(Fees::Zero, |section| read_fees(&section)),
        slippage_bps: number(&costs::SLIPPAGE_BPS),
        half_spread_bps: number(&costs::HALF_SPREAD_BPS),
    }
}

fn read_fees(section: &Section<'_>) -> Fees {
    let number = |key| section.number(key).unwrap_or_default();
    match section.name(&fees::MODEL) {
        Some("percent") => Fees::Percent {
            commission: number(&fees::COMMISSION),
            tax: number(&fees::TAX),
        },
        Some("per-share") => Fees::PerShare {
            per_share: number(&fees::PER_SHARE),
            minimum: number(&fees::MINIMUM),
        },
        _ => Fees::Zero,
    }
}
