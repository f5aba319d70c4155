//! The same strategy on other days.

use backtest::PriceSeries;
use backtest::alpha::TopNMomentum;
use backtest::date::Date;
use backtest::schedule::OnDates;
use backtest::strategy::{Schedule, Strategy, Universe};
use backtest::timing_luck::Alternatives;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Three assets that take turns, over three years of weekdays.
fn series() -> Vec<PriceSeries> {
    let days = (0..).map(|at| day("2019-12-30").plus_days(at));
    let dates: Vec<Date> = days.filter(|day| day.is_weekday()).take(800).collect();
    let price = |asset: usize, at: usize| {
        let phase = (at * (asset + 2)) as f64 / 31.0 + asset as f64;
        100.0 + 20.0 * phase.sin() + 0.01 * at as f64
    };
    let one = |(asset, symbol): (usize, &str)| PriceSeries {
        symbol: symbol.to_owned(),
        dates: dates.clone(),
        open: (0..800).map(|at| price(asset, at.max(1) - 1)).collect(),
        close: (0..800).map(|at| price(asset, at)).collect(),
        ..PriceSeries::default()
    };
    ["A", "B", "C"].into_iter().enumerate().map(one).collect()
}

fn momentum(schedule: Schedule) -> Strategy {
    let assets = ["A", "B", "C"].map(str::to_owned).to_vec();
    let (lookback, top_n) = (30, 1);
    Strategy {
        universe: Universe {
            assets,
            ..Universe::default()
        },
        alpha: TopNMomentum { lookback, top_n }.into(),
        schedule,
        ..Strategy::new("turns", day("2020-01-01").open(), day("2022-12-30").close())
    }
}

fn equities(found: &Alternatives) -> Vec<f64> {
    found.runs.iter().map(|run| run.final_equity).collect()
}

/// The other days by a schedule that names them: the first decision after thirty closes, then the
/// third session from the end of each month after it.
#[test]
fn every_offset_begins_with_the_same_decision_and_continues_on_its_own_days() {
    let (strategy, series) = (momentum(Schedule::EndOfMonth), series());
    let market = strategy.market(&series).unwrap();
    let found = strategy.timing_luck(&market).offsets.unwrap();
    assert_eq!((found.runs.len(), found.own), (21, 0));
    assert_eq!(found.runs[2].days, "day -3");

    let days = market.sessions();
    let month = |day: &Date| (day.year(), day.month());
    let months = days.chunk_by(|a, b| month(a) == month(b));
    let third = months.filter_map(|own| Some(own[own.len().checked_sub(3)?]));
    let first = day("2020-02-28");
    let later = third.filter(|third| *third > first && *third <= day("2022-12-30"));
    let dates: Vec<Date> = std::iter::once(first).chain(later).collect();
    let named = momentum(OnDates { dates }.into());
    let backtest = named.bind(&market).unwrap();
    assert_eq!(
        backtest.record().unwrap().final_equity,
        found.runs[2].final_equity
    );

    // As it is, to the bit; and the days make a difference.
    let own = strategy.bind(&market).unwrap().record().unwrap();
    assert_eq!(own.final_equity, found.runs[0].final_equity);
    assert_eq!(own.summary.unwrap().sharpe, found.runs[0].sharpe);
    let mut all = equities(&found);
    all.sort_by(f64::total_cmp);
    assert!(all[20] > 1.02 * all[0], "{all:?}");
    let spread = found.spread(|run| Some(run.final_equity)).unwrap();
    assert_eq!(
        (spread.low, spread.median, spread.high),
        (all[0], all[10], all[20])
    );
    let better = all
        .iter()
        .filter(|equity| **equity > own.final_equity)
        .count();
    assert_eq!(found.rank(), Some(better + 1));
}

#[test]
fn later_starts_are_the_strategy_with_a_later_start() {
    let (strategy, series) = (momentum(Schedule::Daily), series());
    let market = strategy.market(&series).unwrap();
    let found = strategy.timing_luck(&market);
    assert_eq!(found.offsets, None);
    let starts = found.starts.unwrap();
    assert_eq!((starts.runs.len(), starts.own), (12, 0));
    // A month of a year of 252 sessions.
    assert_eq!(starts.runs[1].days, "2020-01-30");
    let later = Strategy {
        start: day("2020-01-30").open(),
        ..strategy.clone()
    };
    let record = later.bind(&market).unwrap().record().unwrap();
    assert_eq!(record.final_equity, starts.runs[1].final_equity);

    // With a burn-in, it moves, too.
    let strategy = Strategy {
        burn_in: Some(day("2020-03-02").open()),
        ..strategy
    };
    let starts = strategy.timing_luck(&market).starts.unwrap();
    let (start, burn_in) = (day("2020-01-30").open(), day("2020-03-31").open());
    let later = Strategy {
        start,
        burn_in: Some(burn_in),
        ..strategy
    };
    let record = later.bind(&market).unwrap().record().unwrap();
    assert_eq!(record.final_equity, starts.runs[1].final_equity);
    assert_eq!(starts.runs[1].days, "2020-03-31");
}

#[test]
fn on_prices_that_stand_still_no_day_is_better() {
    let mut series = series();
    for one in &mut series {
        (one.open, one.close) = (vec![10.0; 800], vec![10.0; 800]);
    }
    let strategy = momentum(Schedule::EndOfQuarter);
    let market = strategy.market(&series).unwrap();
    let found = strategy.timing_luck(&market).offsets.unwrap();
    assert_eq!(found.runs.len(), 3);
    assert_eq!(found.rank(), Some(1));
    assert_eq!(equities(&found), [1e6; 3]);
}

#[test]
fn short_backtests_and_single_decisions_leave_nothing_to_compare() {
    let series = series();
    let bought = momentum(Schedule::BuyAndHold);
    let market = bought.market(&series).unwrap();
    assert_eq!(bought.timing_luck(&market).offsets, None);
    let short = Strategy {
        end: day("2021-06-30").close(),
        ..momentum(Schedule::EndOfMonth)
    };
    assert_eq!(short.timing_luck(&market).starts, None);
    let none = Strategy {
        end: day("2020-01-20").close(),
        ..momentum(Schedule::EndOfMonth)
    };
    assert_eq!(none.timing_luck(&market).offsets, None);
}
