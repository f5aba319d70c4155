//! A batch gives the bits of each backtest run by itself.

use std::sync::Arc;

use backtest::batch::Batch;
use backtest::conventions::CashRule;
use backtest::market::Market;
use backtest::statistics::{FOLDS, Summary};
use backtest::strategy::{Alpha, Costs, Delisted, Fees, Schedule, Sizing, Strategy, Trade};
use backtest::{alpha, costs, schedule, sizing};
use proptest::prelude::*;

use crate::invariants::{ASSETS, case, variants};
use crate::markets::{over, random_walks, run};

/// Records of a batch, and of each strategy by itself.
fn check(market: &Market, strategies: &[Strategy]) {
    let mut batch = Batch::new(Arc::new(market.clone()));
    // Twice: the second time with the tables of the first.
    for _ in 0..2 {
        let together = batch.run(strategies);
        for (strategy, together) in strategies.iter().zip(together) {
            let alone = strategy.bind(market).unwrap().record();
            let together = together.map_err(|error| error.to_string());
            let alone = alone.map_err(|error| error.to_string());
            assert_eq!(together, alone, "{:?}", strategy.alpha);
        }
    }
}

fn cash_rule() -> impl proptest::strategy::Strategy<Value = CashRule> {
    prop::sample::select(vec![
        CashRule::AllowNegative,
        CashRule::Reject,
        CashRule::ScaleDown,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_batch_gives_what_each_strategy_gives_by_itself(
        (series, base) in case(),
        parameters in prop::collection::vec((2u32..6, 1u32..4, 6u32..9), 1..80),
    ) {
        let market = base.market(&series).unwrap();
        check(&market, &variants(&base, &parameters));
    }

    #[test]
    fn accounts_side_by_side_keep_numbers_of_their_own(
        (series, mut base) in case(),
        cash in cash_rule(),
        numbers in prop::collection::vec((0.0..0.2, 0.0..0.01, 0.0..500.0, 1e3..1e6), 8..30),
    ) {
        base.conventions.cash = cash;
        let strategies: Vec<Strategy> = numbers
            .iter()
            .map(|&(buffer, commission, slippage_bps, initial_cash)| Strategy {
                initial_cash,
                sizing: match base.sizing {
                    Sizing::LongOnly(_) => Sizing::LongOnly(sizing::LongOnly { cash_buffer: buffer }),
                    Sizing::LongShort(_) => Sizing::LongShort(sizing::LongShort { gross_leverage: 1.0 + buffer }),
                    other => other,
                },
                costs: Costs {
                    fees: match base.costs.fees {
                        Fees::Percent(_) => Fees::Percent(costs::Percent { commission, tax: buffer / 100.0 }),
                        Fees::PerShare(_) => Fees::PerShare(costs::PerShare {
                            per_share: commission,
                            minimum: buffer,
                        }),
                        other => other,
                    },
                    slippage_bps,
                    half_spread_bps: 0.0,
                },
                ..base.clone()
            })
            .collect();
        check(&base.market(&series).unwrap(), &strategies);
    }

    #[test]
    fn an_account_that_cannot_go_on_leaves_those_beside_it_alone(
        (mut series, base) in case(),
        day in 5usize..50,
        parameters in prop::collection::vec((2u32..6, 1u32..4, 6u32..9), 8..40),
    ) {
        // Signals read closes; a backtest that trades or holds it at this open has to stop.
        series[0].open[day] = -1.0;
        let market = base.market(&series).unwrap();
        check(&market, &variants(&base, &parameters));
    }

    #[test]
    fn crossovers_that_trade_on_change_skip_nothing_that_matters(
        seed: u64,
        pairs in prop::collection::vec((1u32..6, 6u32..12), 2..40),
        cross: bool,
        weekly: bool,
    ) {
        let series = random_walks(seed, 3, 120);
        let mut base = Strategy { trade: Trade::OnChange, schedule: Schedule::Daily, ..over(&series) };
        if weekly {
            base.schedule = Schedule::Weekly(schedule::Weekly { weekday: backtest::date::Weekday::Tue });
        }
        if cross {
            base.conventions.entry = backtest::conventions::Entry::Cross;
        }
        base.sizing = Sizing::LongShort(sizing::LongShort { gross_leverage: 1.0 });
        let strategies: Vec<Strategy> = pairs
            .iter()
            .map(|&(fast, slow)| {
                let alpha = Alpha::SmaCrossover(alpha::SmaCrossover { fast, slow, short: true });
                Strategy { alpha, ..base.clone() }
            })
            .collect();
        check(&base.market(&series).unwrap(), &strategies);
    }

    /// Also where an asset ends on the way.
    #[test]
    fn an_account_that_is_ruined_changes_no_other(
        seed: u64,
        leverages in prop::collection::vec(0.5f64..60.0, 8..20),
        n_bars in 20usize..160,
    ) {
        let mut series = random_walks(seed, ASSETS, 160);
        series[0].dates.truncate(n_bars);
        series[0].open.truncate(n_bars);
        series[0].close.truncate(n_bars);
        let mut base = Strategy { schedule: Schedule::Daily, ..over(&series) };
        base.universe.delisted = Delisted::Return(-0.3);
        base.alpha = Alpha::LongShortMomentum(alpha::LongShortMomentum {
            lookback: 5,
            top_n: 2,
            bottom_n: 2,
        });
        let leveraged = |gross_leverage: &f64| Strategy {
            sizing: Sizing::LongShort(sizing::LongShort { gross_leverage: *gross_leverage }),
            ..base.clone()
        };
        let strategies: Vec<Strategy> = leverages.iter().map(leveraged).collect();
        check(&base.market(&series).unwrap(), &strategies);
    }

    #[test]
    fn the_statistics_do_not_depend_on_how_the_curve_was_cut((series, strategy) in case()) {
        let (market, outcome) = run(&strategy, &series).unwrap();
        let record = strategy.bind(&market).unwrap().record().unwrap();
        let dates = outcome.dates(&market);
        let whole = Summary::of_equity(strategy.initial_cash, &outcome.equity, dates, 252.0);
        prop_assert_eq!(record.summary, whole);
        // Every session has a return, whatever was held by the first close.
        prop_assert!(whole.is_none_or(|whole| whole.n == outcome.equity.len()));
    }

    #[test]
    fn the_folds_add_up_to_the_whole((series, strategy) in case()) {
        let market = strategy.market(&series).unwrap();
        let record = strategy.bind(&market).unwrap().record().unwrap();
        let summary = record.summary.unwrap();
        prop_assert_eq!(summary.folds.iter().map(|fold| fold.n).sum::<usize>(), summary.n);
        let sum: f64 = summary.folds.iter().map(|fold| fold.sum).sum();
        prop_assert!((sum - summary.mean * summary.n as f64).abs() < 1e-12);
        let sizes = summary.folds.map(|fold| fold.n);
        prop_assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1);
    }
}

#[test]
fn a_strategy_that_fails_stops_no_other() {
    let series = random_walks(3, ASSETS, 60);
    let good = Strategy {
        schedule: Schedule::Daily,
        ..over(&series)
    };
    // Long-only, and the momentum of something is below zero before long.
    let negative = Strategy {
        alpha: Alpha::MomentumWeighted(alpha::MomentumWeighted { lookback: 1 }),
        ..good.clone()
    };
    let unknown = Strategy {
        start: good.end,
        end: good.start,
        ..good.clone()
    };
    let market = good.market(&series).unwrap();
    let records = Batch::new(Arc::new(market)).run(&[good.clone(), negative, unknown, good]);
    let words: Vec<String> = records
        .iter()
        .map(|record| match record {
            Ok(record) => format!("{} trades", record.trades),
            Err(error) => error.to_string(),
        })
        .collect();
    assert_eq!(words[0], words[3]);
    assert!(
        words[1].contains("holds no negative weights"),
        "{}",
        words[1]
    );
    assert!(words[2].contains("before it starts"), "{}", words[2]);
    assert_eq!(FOLDS, 16);
}
