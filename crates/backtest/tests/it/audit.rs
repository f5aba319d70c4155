//! The look-ahead audit: what it catches, what it lets pass, and what is left of a result.

use std::cell::Cell;
use std::rc::Rc;

use backtest::alpha::{AlphaError, AlphaModel, AsOf, Weights};
use backtest::audit::{Audit, Change, Future, What, audit, audit_with};
use backtest::conventions::{Conventions, FillTime, Shares, WarmUp};
use backtest::date::Date;
use backtest::market::PriceSeries;
use backtest::strategy::{Alpha, Costs, Fees, Schedule, Sizing, Strategy, Universe};
use backtest::{alpha, costs, sizing};
use expect_test::{Expect, expect};
use proptest::prelude::*;

use crate::invariants::case;
use crate::markets::{over, random_walks_with_gaps, table};
use crate::own_alpha_model::example;

/// Holds the first asset when it will rise by the next close, by a table of its closes.
struct Peeking {
    closes: Vec<f64>,
}

impl AlphaModel for Peeking {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        let next = as_of.closes_seen() as usize;
        let rises = (self.closes.get(next)).is_some_and(|close| *close > self.closes[next - 1]);
        weights.set(as_of.assets()[0], if rises { 1.0 } else { 0.0 });
        Ok(())
    }
}

/// Holds the first asset when it is cheaper than on average over all time, the future included.
struct FullSampleMean {
    mean: f64,
}

impl AlphaModel for FullSampleMean {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        let asset = as_of.assets()[0];
        let cheap = as_of.price(asset) < self.mean;
        weights.set(asset, if cheap { 1.0 } else { 0.0 });
        Ok(())
    }
}

/// Holds the first asset every other time that any object of its kind is asked.
struct Forgetful {
    asked: Rc<Cell<u32>>,
}

impl AlphaModel for Forgetful {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        self.asked.set(self.asked.get() + 1);
        weights.set(as_of.assets()[0], f64::from(self.asked.get() % 2));
        Ok(())
    }
}

fn walk() -> (Vec<PriceSeries>, Strategy) {
    let series = random_walks_with_gaps(7, 1, 250, 0.0);
    let strategy = Strategy {
        schedule: Schedule::Daily,
        ..over(&series)
    };
    (series, strategy)
}

/// How many looks of each kind found something.
fn found(audit: &Audit) -> (usize, usize) {
    let n = |future| {
        audit
            .found
            .iter()
            .filter(|found| found.future == future)
            .count()
    };
    (n(Future::CutOff), n(Future::Altered))
}

/// By hand: the only rises are from 4 to 5 January and from 8 to 9 January. Cut off after the 4th,
/// the close of the 5th is that of the 4th, so the model holds nothing; the same after the 8th.
#[test]
fn a_model_that_knows_the_next_close_is_caught_where_it_matters() {
    let series = table(
        "             AAA
         2024-01-02   10
         2024-01-03   10
         2024-01-04   10
         2024-01-05   11
         2024-01-08   11
         2024-01-09   12
         2024-01-10   12",
    );
    let strategy = Strategy {
        schedule: Schedule::Daily,
        ..over(&series)
    };
    let audit = audit_with(&strategy, &series, &[], 100, |series, _| {
        let closes = series[0].close.clone();
        Ok(Box::new(Peeking { closes }))
    })
    .unwrap();
    assert!(!audit.passed());
    let findings: Vec<String> = (audit.found.iter())
        .filter(|found| found.future == Future::CutOff)
        .map(|found| match &found.difference.what {
            What::Weight {
                symbol,
                before,
                after,
            } => {
                let when = found.difference.when;
                format!("{when} {symbol} {} -> {}", before.unwrap(), after.unwrap())
            }
            other => format!("{other:?}"),
        })
        .collect();
    let expected = [
        "2024-01-04 21:00:00+00:00 AAA 1 -> 0",
        "2024-01-08 21:00:00+00:00 AAA 1 -> 0",
    ];
    assert_eq!(findings, expected);
    // All closes but the last, which has no future.
    assert_eq!(audit.dates.len(), 6);
}

#[test]
fn a_model_that_has_seen_all_prices_is_caught() {
    let (series, strategy) = walk();
    let audit = audit_with(&strategy, &series, &[], 50, |series, _| {
        let closes = &series[0].close;
        let mean = closes.iter().sum::<f64>() / closes.len() as f64;
        Ok(Box::new(FullSampleMean { mean }))
    })
    .unwrap();
    let (cut_off, altered) = found(&audit);
    assert!(
        cut_off > 10 && altered > 10,
        "{cut_off} and {altered} of 50"
    );
}

/// The same model, but its mean is that of prices that the audit cannot alter.
#[test]
fn a_model_with_prices_from_elsewhere_does_not_follow_prices() {
    let (series, strategy) = walk();
    let closes = series[0].close.clone();
    let audit = audit_with(&strategy, &series, &[], 50, |_, _| {
        let closes = closes.clone();
        Ok(Box::new(Peeking { closes }))
    })
    .unwrap();
    assert_eq!(found(&audit), (0, 0));
    assert!(!audit.follows_prices);
}

#[test]
fn a_model_that_remembers_earlier_runs_cannot_be_audited() {
    let (series, strategy) = walk();
    let asked = Rc::new(Cell::new(0));
    // An odd number of decisions, so that the second run begins with the other answer.
    let strategy = Strategy {
        end: series[0].dates[248].close(),
        ..strategy
    };
    let audit = audit_with(&strategy, &series, &[], 50, |_, _| {
        let asked = Rc::clone(&asked);
        Ok(Box::new(Forgetful { asked }))
    })
    .unwrap();
    assert!(!audit.passed());
    assert!(audit.not_repeated.is_some());
    assert_eq!(audit.dates, []);
}

#[test]
fn a_model_that_fails_without_its_future_is_caught() {
    struct Demanding {
        n: usize,
    }
    impl AlphaModel for Demanding {
        fn weights(&mut self, _: AsOf<'_>, _: &mut Weights) -> Result<(), AlphaError> {
            match self.n {
                250 => Ok(()),
                n => Err(format!("{n} bars are too few").into()),
            }
        }
    }
    let (series, strategy) = walk();
    let audit = audit_with(&strategy, &series, &[], 50, |series, _| {
        let n = series[0].dates.len();
        Ok(Box::new(Demanding { n }))
    })
    .unwrap();
    assert!(matches!(audit.found[0].difference.what, What::Stopped(_)));
    assert_eq!(audit.dates.len(), 1, "it would fail at the others, too");
}

#[test]
fn the_example_of_a_custom_model_passes() {
    let audit = example::audit().unwrap();
    assert!(audit.passed(), "{:?}", audit.found);
    assert_eq!(audit.dates.len(), 100);
    assert!(audit.follows_prices);
}

#[test]
fn filling_at_the_deciding_close_is_reported() {
    let (series, mut strategy) = walk();
    assert!(
        !audit(&strategy, &series, &[], 5)
            .unwrap()
            .fills_at_the_deciding_close
    );
    strategy.conventions.fill = FillTime::SameClose;
    let audit = audit(&strategy, &series, &[], 5).unwrap();
    assert!(audit.passed() && audit.fills_at_the_deciding_close);
}

#[test]
fn without_a_second_close_there_is_no_future_to_take_away() {
    let series = table(
        "             AAA
         2024-01-02   10",
    );
    let audit = audit(&over(&series), &series, &[], 100).unwrap();
    assert!(audit.passed());
    assert_eq!(audit.dates, []);
}

/// What the final equity is, for each change.
#[track_caller]
fn check(strategy: &Strategy, series: &[PriceSeries], expected: Expect) {
    let audit = audit(strategy, series, &[], 1).unwrap();
    let lines: String = (audit.variations.iter())
        .map(|variation| match &variation.record {
            Ok(record) => format!("{:?}: {:.2}\n", variation.change, record.final_equity),
            Err(error) => format!("{:?}: {error}\n", variation.change),
        })
        .collect();
    expected.assert_eq(&lines);
}

/// By hand: 1000 buy 100 shares at the open of the 2nd, which are worth 1600 in the end. Weights that
/// are fixed do not age. One session late they cost 8 and make 125 shares; two sessions, 12.5 and 80;
/// five, 16; and 21 sessions later there is no session left. A basis point more than 10 makes 99
/// shares, and what is left in cash is 1000 less 99 times the price.
#[test]
fn a_late_purchase_pays_a_later_price() {
    let series = table(
        "             AAA
         2024-01-02   10
         2024-01-03   8
         2024-01-04   12.5
         2024-01-05   14
         2024-01-08   15
         2024-01-09   16",
    );
    let strategy = Strategy {
        schedule: Schedule::BuyAndHold,
        ..over(&series)
    };
    check(
        &strategy,
        &series,
        expect![[r#"
            Nothing: 1600.00
            OldSignals(1): 1600.00
            OldSignals(2): 1600.00
            OldSignals(5): 1600.00
            OldSignals(21): 1600.00
            LateTrades(1): 2000.00
            LateTrades(2): 1280.00
            LateTrades(5): 1000.00
            LateTrades(21): 1000.00
            Slippage(5.0): 1593.51
            Slippage(10.0): 1593.01
            Slippage(20.0): 1592.02
            Slippage(50.0): 1589.05
        "#]],
    );
}

/// By hand. At the closes from the 2nd to the 9th the day's winner is AAA (by declaration: nothing has
/// moved yet), AAA, BBB, AAA, BBB and AAA.
///
/// As it is: AAA is bought at 20 on the 3rd (50 shares), sold at 16 on the 5th for BBB at 20 (40),
/// which is sold at 20 on the 8th for AAA at 32 (25), sold at 32 on the 9th for BBB at 40 (20): 800.
///
/// One session old, the winners are AAA, AAA, AAA, BBB, AAA: 50 shares of AAA are sold at 32 on the 8th
/// for BBB at 20 (80), sold at 40 on the 9th for AAA at 32: 3200. Older, AAA is held to the end, or to
/// its open, at 32: 1600.
///
/// One session late, AAA is bought at 16 on the 4th (62.5), sold at 32 on the 8th for BBB at 20 (100),
/// sold at 40 on the 9th: 4000. Two late, AAA is bought at 16 on the 5th and sold at 32 on the 9th:
/// 2000. Later, nothing is bought before the end.
#[test]
fn old_signals_and_late_trades_are_not_the_same() {
    let series = table(
        "             AAA    BBB
         2024-01-02   10     10
         2024-01-03   20/16  10
         2024-01-04   16     10/20
         2024-01-05   16/32  20
         2024-01-08   32     20/40
         2024-01-09   32     40",
    );
    let mut strategy = Strategy {
        schedule: Schedule::Daily,
        alpha: Alpha::TopNMomentum(alpha::TopNMomentum {
            lookback: 1,
            top_n: 1,
        }),
        ..over(&series)
    };
    strategy.conventions.shares = Shares::Fractional;
    strategy.conventions.warm_up = WarmUp::Closes;
    let audit = audit(&strategy, &series, &[], 1).unwrap();
    let equity = |change: &Change| {
        let found = audit.variations.iter().find(|one| one.change == *change);
        let equity = found.unwrap().record.as_ref().unwrap().final_equity;
        // Shares that are fractions round in the sixteenth digit.
        equity.round()
    };
    use Change::{LateTrades, Nothing, OldSignals};
    assert_eq!(equity(&Nothing), 800.0);
    let old = [1, 2, 5, 21].map(OldSignals);
    assert_eq!(
        old.map(|change| equity(&change)),
        [3200.0, 1600.0, 1600.0, 1600.0]
    );
    let late = [1, 2, 5, 21].map(LateTrades);
    assert_eq!(
        late.map(|change| equity(&change)),
        [4000.0, 2000.0, 1000.0, 1000.0]
    );
}

/// Twice the costs are what a strategy with twice the costs pays.
#[test]
fn costs_are_multiplied_where_there_are_any() {
    let (series, mut strategy) = walk();
    let costs = |factor: f64| Costs {
        fees: Fees::PerShare(costs::PerShare {
            per_share: 0.01 * factor,
            minimum: factor,
        }),
        slippage_bps: 2.0 * factor,
        half_spread_bps: factor,
    };
    strategy.costs = costs(1.0);
    let changed = audit(&strategy, &series, &[], 1).unwrap();
    let of = |change| {
        let found = changed.variations.iter().find(|one| one.change == change);
        found.unwrap().record.as_ref().unwrap().clone()
    };
    strategy.costs = costs(2.0);
    let market = strategy.market(&series).unwrap();
    let twice = strategy.bind(&market).unwrap().record().unwrap();
    assert_eq!(of(Change::CostsTimes(2.0)), twice);
    assert_eq!(of(Change::NoCosts).commission, 0.0);

    strategy.costs = Costs::NONE;
    let free = audit(&strategy, &series, &[], 1).unwrap();
    let changes: Vec<Change> = free.variations.iter().map(|one| one.change).collect();
    assert!(!changes.contains(&Change::CostsTimes(2.0)) && !changes.contains(&Change::NoCosts));
}

/// A commission is a fraction below one: where twice as much is none, the rest is still audited.
#[test]
fn costs_that_cannot_be_doubled_are_left_as_they_are() {
    let (series, mut strategy) = walk();
    strategy.costs.fees = Fees::Percent(costs::Percent {
        commission: 0.6,
        tax: 0.0,
    });
    let audited = audit(&strategy, &series, &[], 1).unwrap();
    let changes: Vec<Change> = audited.variations.iter().map(|one| one.change).collect();
    assert!(!changes.contains(&Change::CostsTimes(2.0)));
    assert!(changes.contains(&Change::NoCosts) && changes.contains(&Change::Slippage(50.0)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_model_of_the_strategy_file_passes((series, strategy) in case()) {
        let audit = audit(&strategy, &series, &[], 12).unwrap();
        prop_assert!(audit.passed(), "{:?}", audit.found);
        prop_assert_eq!(audit.dates.len(), 12);
    }
}

/// Those that the strategies above leave out, with short positions and an asset that joins late.
#[test]
fn long_short_models_and_late_assets_pass() {
    let mut series = random_walks_with_gaps(3, 3, 250, 0.05);
    let late = &mut series[2];
    let n = late.dates.len() / 2;
    late.dates.drain(..n);
    late.open.drain(..n);
    late.close.drain(..n);
    let base = Strategy {
        schedule: Schedule::Daily,
        sizing: Sizing::LongShort(sizing::LongShort {
            gross_leverage: 1.0,
        }),
        ..over(&series)
    };
    let half = |a: &str, b: &str| vec![(a.to_owned(), 0.5), (b.to_owned(), 0.5)];
    let mut models = vec![
        Alpha::FixedWeights(alpha::FixedWeights {
            weights: half("A00", "A01"),
        }),
        Alpha::SingleSignal(alpha::SingleSignal { signal: 0.3 }),
        Alpha::MomentumWeighted(alpha::MomentumWeighted { lookback: 10 }),
        Alpha::ScheduledWeights(alpha::ScheduledWeights::new(vec![
            (base.start, half("A00", "A01")),
            (series[0].dates[200].open(), half("A01", "A02")),
        ])),
    ];
    for short in [false, true] {
        models.push(Alpha::SmaCrossover(alpha::SmaCrossover {
            fast: 5,
            slow: 20,
            short,
        }));
    }
    for alpha in models {
        for conventions in [Conventions::STANDARD, Conventions::QSTRADER] {
            let mut strategy = Strategy {
                alpha: alpha.clone(),
                conventions,
                ..base.clone()
            };
            strategy.universe.enters = vec![("A02".to_owned(), strategy.start)];
            let audit = audit(&strategy, &series, &[], 40).unwrap();
            assert!(audit.passed(), "{alpha:?}: {:?}", audit.found);
        }
    }
}

/// Two assets whose prices rise and fall by a tenth at random.
fn coins() -> Vec<PriceSeries> {
    let mut random = statistics::random::SplitMix64::new(7);
    let mut asset = |symbol: &str| {
        let mut close = vec![100.0];
        for day in 1..400 {
            let factor = if random.uniform() < 0.5 {
                1.1
            } else {
                1.0 / 1.1
            };
            close.push(close[day - 1] * factor);
        }
        PriceSeries {
            symbol: symbol.to_owned(),
            dates: (0..400).map(|day| first().plus_days(day)).collect(),
            open: close.clone(),
            close,
            ..PriceSeries::default()
        }
    };
    vec![asset("A"), asset("B")]
}

fn first() -> Date {
    Date::new(2023, 1, 2).unwrap()
}

/// Holds what rises next, or what has risen last.
struct Riser {
    closes: [Vec<f64>; 2],
    later: usize,
}

impl AlphaModel for Riser {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        let now = as_of.closes_seen() as usize - 1;
        for (asset, closes) in as_of.assets().iter().zip(&self.closes) {
            let to = closes.get(now + self.later).unwrap_or(&0.0);
            let rises = now > 0 && *to > closes[now + self.later - 1];
            weights.set(*asset, if rises { 0.5 } else { 0.0 });
        }
        Ok(())
    }
}

fn audit_of_riser(later: usize) -> Audit {
    let series = coins();
    let strategy = Strategy {
        universe: Universe {
            assets: vec!["A".to_owned(), "B".to_owned()],
            ..Universe::default()
        },
        schedule: Schedule::Daily,
        ..Strategy::new("riser", first().open(), first().plus_days(399).close())
    };
    let closes = [series[0].close.clone(), series[1].close.clone()];
    let audited = audit_with(&strategy, &series, &[], 1, move |_, _| {
        let closes = closes.clone();
        Ok(Box::new(Riser { closes, later }) as Box<dyn AlphaModel>)
    });
    audited.unwrap()
}

/// Weights of a half before each rise, and of none before each fall, are the returns but for scale: a
/// correlation of one, but for the last decision, which has no next day.
#[test]
fn weights_that_know_the_next_return_are_correlated_with_it() {
    let foresight = audit_of_riser(1).foresight.unwrap();
    assert_eq!(foresight.decisions, 400);
    assert!(foresight.correlation > 0.99, "{foresight:?}");
    assert!(foresight.t > 20.0, "{foresight:?}");
    assert!(foresight.is_too_good());
}

/// Returns are independent, so that those of yesterday say nothing: the correlation over 800 pairs has a
/// standard error of 0.035.
#[test]
fn weights_that_know_the_last_return_are_not() {
    let audit = audit_of_riser(0);
    let foresight = audit.foresight.unwrap();
    assert!(foresight.correlation.abs() < 0.1, "{foresight:?}");
    assert!(foresight.t.abs() < 3.0, "{foresight:?}");
    assert!(!foresight.is_too_good());
    assert!(audit.weights_vary);
}

/// A day later the riser knows nothing any more.
#[test]
fn a_result_that_hangs_on_the_last_close_falls_with_old_signals() {
    let (own, old) = audit_of_riser(1).decay().unwrap();
    assert!(own > 1.5 && old < 0.5, "{own} {old}");
    assert_eq!(audit_of_riser(0).decay(), None);
}
