//! A run allocates nothing per day and nothing per decision: once the buffers of a [`Simulation`]
//! have grown, all that is left is the alpha model and its own buffers, once.

#![expect(
    unsafe_code,
    reason = "counting allocations takes a global allocator, and that trait is unsafe"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use backtest::conventions::{Conventions, Entry};
use backtest::date::Date;
use backtest::market::PriceSeries;
use backtest::optimiser::{CovarianceEstimator, Fallback, FixedWeight, MinVariance, RiskParity};
use backtest::simulation::Simulation;
use backtest::strategy::{Alpha, Optimiser, Schedule, Sizing, Strategy, Universe};
use backtest::{alpha, sizing};

/// The system's allocator, counting the calls that ask for memory.
struct Counting;

thread_local! {
    // By thread: the test harness allocates on others.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count_one() {
    ALLOCATIONS.set(ALLOCATIONS.get() + 1);
}

// SAFETY: every method hands its arguments on to `System`, which upholds the contract. Counting
// does not allocate: the cell is initialised at compile time and has no destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count_one();
        // SAFETY: the caller's promises are those that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count_one();
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count_one();
        // SAFETY: as above; `old` came from `System`.
        unsafe { System.realloc(old, layout, size) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as above; `memory` came from `System`.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const SYMBOLS: [&str; 5] = ["A", "B", "C", "D", "E"];

/// Prices that swing, each asset at its own pace, so that rankings and averages keep changing.
fn swings(n_days: usize) -> Vec<PriceSeries> {
    let first = Date::new(2000, 1, 3).unwrap();
    let days = (0..).map(|day| first.plus_days(day));
    let days: Vec<Date> = days.filter(|day| day.is_weekday()).take(n_days).collect();
    let swing = |asset: usize, day: usize| {
        let pace = 40 + 17 * asset;
        let position = day % (2 * pace);
        100.0 + position.min(2 * pace - position) as f64
    };
    let series = |(asset, symbol): (usize, &&str)| {
        let prices: Vec<f64> = (0..n_days).map(|day| swing(asset, day)).collect();
        PriceSeries {
            symbol: (*symbol).to_owned(),
            dates: days.clone(),
            open: prices.clone(),
            close: prices,
            ..PriceSeries::default()
        }
    };
    SYMBOLS.iter().enumerate().map(series).collect()
}

/// Allocations of a second run over `years` of daily decisions, and the trades of the first.
fn second_run(
    alpha: &Alpha,
    optimiser: &Optimiser,
    conventions: Conventions,
    years: usize,
) -> (usize, usize) {
    let prices = swings(252 * years);
    let days = &prices[0].dates;
    let strategy = Strategy {
        conventions,
        universe: Universe {
            assets: SYMBOLS.map(str::to_owned).to_vec(),
            ..Universe::default()
        },
        alpha: alpha.clone(),
        optimiser: optimiser.clone(),
        sizing: match alpha {
            Alpha::FixedWeights(_) => Sizing::LongOnly(sizing::LongOnly { cash_buffer: 0.01 }),
            _ => Sizing::LongShort(sizing::LongShort {
                gross_leverage: 1.0,
            }),
        },
        schedule: Schedule::Daily,
        ..Strategy::new("counted", days[0].open(), days[days.len() - 1].close())
    };
    let market = strategy.market(&prices).unwrap();
    let backtest = strategy.bind(&market).unwrap();
    let trades = backtest.run().unwrap().fills.len();
    let mut simulation = Simulation::<1>::default();
    let mut run = || {
        let mut model = backtest.alpha_model();
        simulation.run(&backtest, &mut *model, &mut ()).unwrap();
    };
    run();
    let before = ALLOCATIONS.get();
    run();
    (ALLOCATIONS.get() - before, trades)
}

/// Asserts that ten and twenty years both take exactly these allocations.
#[track_caller]
fn check_under(
    conventions: Conventions,
    alpha: Alpha,
    optimiser: impl Into<Optimiser>,
    expected: usize,
) {
    let optimiser = optimiser.into();
    let (ten, trades_in_ten) = second_run(&alpha, &optimiser, conventions, 10);
    let (twenty, trades_in_twenty) = second_run(&alpha, &optimiser, conventions, 20);
    // Otherwise nothing would have been tried.
    assert!(trades_in_ten > 100 && trades_in_twenty > trades_in_ten + 100);
    assert_eq!((ten, twenty), (expected, expected));
}

#[track_caller]
fn check(alpha: Alpha, expected: usize) {
    check_under(Conventions::STANDARD, alpha, FixedWeight, expected);
}

/// The box that a model with fields is handed out in.
const BOX: usize = 1;
/// A ranking's momenta, keys, partitioned keys and chosen positions.
const RANKING: usize = 4;

fn halves(first: &str, second: &str) -> Vec<(String, f64)> {
    vec![(first.to_owned(), 0.5), (second.to_owned(), 0.5)]
}

#[test]
fn the_counter_counts() {
    let before = ALLOCATIONS.get();
    drop(std::hint::black_box(Box::new(7)));
    assert_eq!(ALLOCATIONS.get() - before, 1);
}

#[test]
fn fixed_weights_allocate_their_box() {
    check(
        Alpha::FixedWeights(alpha::FixedWeights {
            weights: halves("A", "B"),
        }),
        BOX,
    );
}

#[test]
fn equal_weights_allocate_nothing() {
    // A model without fields is a box of nothing.
    check(Alpha::EqualWeight, 0);
}

#[test]
fn a_single_signal_allocates_its_box() {
    check(
        Alpha::SingleSignal(alpha::SingleSignal { signal: 0.2 }),
        BOX,
    );
}

#[test]
fn top_n_momentum_allocates_its_box_and_its_ranking() {
    check(
        Alpha::TopNMomentum(alpha::TopNMomentum {
            lookback: 21,
            top_n: 2,
        }),
        BOX + RANKING,
    );
}

#[test]
fn momentum_weights_allocate_their_box_and_their_momenta() {
    check(
        Alpha::MomentumWeighted(alpha::MomentumWeighted { lookback: 21 }),
        BOX + 1,
    );
}

#[test]
fn long_short_momentum_allocates_its_box_and_its_ranking() {
    let alpha = Alpha::LongShortMomentum(alpha::LongShortMomentum {
        lookback: 21,
        top_n: 2,
        bottom_n: 2,
    });
    check(alpha, BOX + RANKING);
}

#[test]
fn a_crossover_allocates_its_box_and_two_averages() {
    check(
        Alpha::SmaCrossover(alpha::SmaCrossover {
            fast: 10,
            slow: 50,
            short: true,
        }),
        BOX + 2,
    );
}

#[test]
fn a_crossover_of_true_crossings_allocates_its_box_two_averages_and_what_it_has_seen() {
    let conventions = Conventions {
        entry: Entry::Cross,
        ..Conventions::STANDARD
    };
    let alpha = Alpha::SmaCrossover(alpha::SmaCrossover {
        fast: 10,
        slow: 50,
        short: true,
    });
    // What has been seen grows asset by asset: room for four, then for eight.
    check_under(conventions, alpha, FixedWeight, BOX + 4);
}

#[test]
fn inverse_volatility_allocates_its_box_and_its_volatilities() {
    check(
        Alpha::InverseVolatility(alpha::InverseVolatility { lookback: 21 }),
        BOX + 1,
    );
}

#[test]
fn scheduled_weights_allocate_their_box() {
    let from = |year| Date::new(year, 1, 3).unwrap().open();
    let table = vec![
        (from(2000), halves("A", "B")),
        (from(2005), halves("C", "D")),
    ];
    check(
        Alpha::ScheduledWeights(alpha::ScheduledWeights::new(table)),
        BOX,
    );
}

#[test]
fn optimisers_allocate_nothing_once_their_memory_has_grown() {
    let parity = RiskParity {
        lookback: 63,
        covariance: CovarianceEstimator::LedoitWolf,
        decay: 0.94,
        fallback: Fallback::Error,
        budgets: Vec::new(),
    };
    check_under(Conventions::STANDARD, Alpha::EqualWeight, parity, 0);
    let variance = MinVariance {
        lookback: 63,
        covariance: CovarianceEstimator::LedoitWolf,
        decay: 0.94,
        fallback: Fallback::Error,
        min_weight: 0.0,
        max_weight: 0.4,
        min_weights: Vec::new(),
        max_weights: Vec::new(),
        groups: None,
        max_gross: None,
        max_turnover: None,
        turnover_penalty: 1e-6,
    };
    check_under(Conventions::STANDARD, Alpha::EqualWeight, variance, 0);
}
