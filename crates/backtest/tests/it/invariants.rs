//! What must hold for every market and every strategy.

use backtest::Fill;
use backtest::conventions::{CashRule, Conventions, FractionalBuys, Shares};
use backtest::date::Date;
use backtest::market::{AssetId, CorporateAction, Entitlement, Mark, PriceSeries, Session};
use backtest::outcome::Outcome;
use backtest::strategy::{Alpha, Costs, Fees, Schedule, Sizing, Strategy, Trade};
use backtest::{alpha, costs, schedule, sizing};
use proptest::prelude::*;
use statistics::summation::pairwise_sum;

use crate::markets::{over, random_walks, random_walks_with_gaps, run, with_actions};

pub(crate) const ASSETS: usize = 5;
const DAYS: usize = 160;

/// A market of random walks and a random strategy over it.
pub(crate) fn case() -> impl Strategy_<Value = (Vec<PriceSeries>, Strategy)> {
    case_with_gaps(0.1)
}

/// The same, with a probability that an asset has no bar on a day.
fn case_with_gaps(gaps: f64) -> impl Strategy_<Value = (Vec<PriceSeries>, Strategy)> {
    let alpha = prop_oneof![
        Just(Alpha::EqualWeight),
        // From 2 on: after one close every momentum is zero, and ties break by declaration.
        (2u32..30, 1u32..4).prop_map(|(lookback, top_n)| Alpha::TopNMomentum(
            alpha::TopNMomentum { lookback, top_n }
        )),
        (1u32..30)
            .prop_map(|lookback| Alpha::InverseVolatility(alpha::InverseVolatility { lookback })),
        (1u32..10, 10u32..30).prop_map(|(fast, slow)| Alpha::SmaCrossover(alpha::SmaCrossover {
            fast,
            slow,
            short: false
        })),
        (2u32..30, 1u32..3, 1u32..3).prop_map(|(lookback, top_n, bottom_n)| {
            Alpha::LongShortMomentum(alpha::LongShortMomentum {
                lookback,
                top_n,
                bottom_n,
            })
        }),
    ];
    let schedule = prop_oneof![
        Just(Schedule::Daily),
        Just(Schedule::EndOfMonth),
        Just(Schedule::Weekly(schedule::Weekly {
            weekday: backtest::date::Weekday::Wed
        })),
        Just(Schedule::BuyAndHold),
    ];
    let fees = prop_oneof![
        Just(Fees::Zero),
        Just(Fees::Percent(costs::Percent {
            commission: 0.001,
            tax: 0.0005
        })),
        Just(Fees::PerShare(costs::PerShare {
            per_share: 0.01,
            minimum: 1.0
        })),
    ];
    let conventions = prop_oneof![Just(Conventions::STANDARD), Just(Conventions::QSTRADER)];
    (
        any::<u64>(),
        alpha,
        schedule,
        fees,
        conventions,
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(
            move |(seed, alpha, schedule, fees, conventions, on_change, fractional)| {
                let mut series = random_walks_with_gaps(seed, ASSETS, DAYS, gaps);
                if seed % 2 == 0 {
                    series = with_actions(series, seed);
                }
                let mut strategy = Strategy {
                    initial_cash: 65_536.0,
                    sizing: match alpha {
                        Alpha::LongShortMomentum(_) => Sizing::LongShort(sizing::LongShort {
                            gross_leverage: 1.5,
                        }),
                        _ => Sizing::LongOnly(sizing::LongOnly { cash_buffer: 0.02 }),
                    },
                    alpha,
                    schedule,
                    costs: Costs {
                        fees,
                        slippage_bps: 2.0,
                        half_spread_bps: 0.0,
                    },
                    conventions,
                    trade: if on_change {
                        Trade::OnChange
                    } else {
                        Trade::Always
                    },
                    ..over(&series)
                };
                if fractional {
                    strategy.conventions.shares = Shares::Fractional;
                    strategy.conventions.fractional_buys = FractionalBuys::Kept;
                }
                (series, strategy)
            },
        )
}

/// The base strategy with each of several parameters, so that lookbacks repeat.
pub(crate) fn variants(base: &Strategy, parameters: &[(u32, u32, u32)]) -> Vec<Strategy> {
    parameters
        .iter()
        .map(|&(small, few, large)| {
            let alpha = match &base.alpha {
                Alpha::TopNMomentum(_) => Alpha::TopNMomentum(alpha::TopNMomentum {
                    lookback: large,
                    top_n: few,
                }),
                Alpha::InverseVolatility(_) => {
                    Alpha::InverseVolatility(alpha::InverseVolatility { lookback: large })
                }
                Alpha::SmaCrossover(alpha::SmaCrossover { short, .. }) => {
                    Alpha::SmaCrossover(alpha::SmaCrossover {
                        fast: small,
                        slow: large,
                        short: *short,
                    })
                }
                Alpha::LongShortMomentum(_) => Alpha::LongShortMomentum(alpha::LongShortMomentum {
                    lookback: large,
                    top_n: few,
                    bottom_n: 2,
                }),
                other => other.clone(),
            };
            Strategy {
                alpha,
                ..base.clone()
            }
        })
        .collect()
}

use proptest::strategy::Strategy as Strategy_;

/// The dividends and splits up to a day.
fn known(actions: &[CorporateAction], last: Date) -> Vec<CorporateAction> {
    let known = actions.iter().filter(|action| action.date <= last);
    known.copied().collect()
}

fn outcome(strategy: &Strategy, series: &[PriceSeries]) -> Outcome {
    run(strategy, series).unwrap().1
}

/// Cash and shares after each trade, dividend and split, replayed from the record alone.
pub(crate) fn replay(outcome: &Outcome, until: Mark) -> (f64, [f64; ASSETS]) {
    let mut account = (outcome.initial_cash, [0.0; ASSETS]);
    for session in 0..=until.session.0 {
        let now = |one: &Entitlement| one.session.0 == session;
        for one in outcome.entitlements.iter().filter(|one| now(one)) {
            let shares = &mut account.1[one.asset.index()];
            account.0 += one.in_lieu + one.dividend * one.holding;
            *shares += one.holding - one.before;
        }
        let moved = outcome.moved_cash.iter();
        let moved = moved.filter(|moved| moved.mark.session.0 == session);
        account.0 += moved.map(|moved| moved.amount).sum::<f64>();
        let now = |fill: &Fill| fill.mark.session.0 == session && fill.mark <= until;
        for fill in outcome.fills.iter().filter(|fill| now(fill)) {
            account.0 -= fill.price * fill.quantity + fill.commission;
            account.1[fill.asset.index()] += fill.quantity;
        }
    }
    account
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cash_plus_holdings_is_equity_at_each_mark((series, strategy) in case()) {
        let (market, outcome) = run(&strategy, &series).unwrap();
        for (session, equity) in (outcome.sessions().start().0..).zip(&outcome.equity) {
            let session = Session(session);
            let (cash, shares) = replay(&outcome, Mark::close(session));
            let value: f64 = shares.iter().zip(market.closes(session)).map(|(q, p)| q * p).sum();
            prop_assert!((cash + value - equity).abs() <= 1e-9 * equity.abs().max(1.0));
        }
        let last_fill = outcome.fills.last().map(|fill| (fill.mark, fill.cash));
        let last_entitlement = outcome.entitlements.last();
        let last_entitlement = last_entitlement.map(|one| (Mark::open(one.session), one.cash));
        let last = match (last_fill, last_entitlement) {
            (Some(fill), Some(entitlement)) if entitlement.0 > fill.0 => Some(entitlement),
            (fill, _) => fill,
        };
        prop_assert_eq!(last.map_or(outcome.initial_cash, |(_, cash)| cash), outcome.cash);
    }

    /// Also where a purchase of less than a share only costs cash.
    #[test]
    fn a_replay_of_the_fills_gives_what_the_account_held(
        (series, mut strategy) in case(),
        cash_only in any::<bool>(),
    ) {
        if cash_only {
            strategy.conventions.shares = Shares::Fractional;
            strategy.conventions.fractional_buys = FractionalBuys::CashOnly;
        }
        let (market, outcome) = run(&strategy, &series).unwrap();
        let mut positions = outcome.positions();
        let cash = outcome.cash_curve.iter().zip(&outcome.equity);
        for (session, (cash, equity)) in (outcome.sessions().start().0..).map(Session).zip(cash) {
            positions.advance_through(Mark::close(session));
            let closes = market.closes(session);
            let values = positions.open().map(|(asset, open)| open.quantity * closes[asset.index()]);
            let (held, value) = (equity - cash, values.sum::<f64>());
            prop_assert!((value - held).abs() <= 1e-9 * equity.abs().max(1.0), "{} {}", value, held);
        }
        prop_assert!(positions.next_booking().is_none());
        for holding in &outcome.holdings {
            prop_assert_eq!(positions.held(holding.asset), holding.quantity);
        }
        prop_assert_eq!(positions.open().count(), outcome.holdings.len());
    }

    /// Random walks without gaps have no ties, so the order of declaration has nothing to decide.
    /// (Two assets without a bar on the same day have the same momentum over it: none.)
    #[test]
    fn the_order_of_the_assets_changes_nothing(
        (series, strategy) in case_with_gaps(0.0),
        order in Just((0..ASSETS).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let mut permuted = strategy.clone();
        permuted.universe.assets =
            order.iter().map(|&i| strategy.universe.assets[i].clone()).collect();
        let shuffled: Vec<PriceSeries> = order.iter().map(|&i| series[i].clone()).collect();
        let (ours, theirs) = (outcome(&strategy, &series), outcome(&permuted, &shuffled));
        prop_assert_eq!(ours.equity, theirs.equity);
        prop_assert_eq!(ours.fills, theirs.fills);
    }

    #[test]
    fn cutting_off_the_future_changes_nothing_before_it(
        (series, strategy) in case(),
        cut in 40usize..DAYS,
    ) {
        let last = series[0].dates[cut.min(series[0].dates.len() - 1)];
        let past: Vec<PriceSeries> = series
            .iter()
            .map(|series| {
                let n = series.dates.partition_point(|date| *date <= last);
                PriceSeries {
                    symbol: series.symbol.clone(),
                    dates: series.dates[..n].to_vec(),
                    open: series.open[..n].to_vec(),
                    close: series.close[..n].to_vec(),
                    actions: known(&series.actions, last),
                    ..PriceSeries::default()
                }
            })
            .collect();
        let (_, whole) = run(&strategy, &series).unwrap();
        let mut shorter = strategy.clone();
        shorter.end = last.at_second(86_399);
        let (market, cut) = run(&shorter, &past).unwrap();
        let n = cut.equity.len();
        prop_assert_eq!(&cut.equity[..], &whole.equity[..n]);
        let known = market.sessions().len() as u32;
        let before: Vec<_> = whole.fills.iter().filter(|f| f.mark.session.0 < known).collect();
        prop_assert_eq!(cut.fills.iter().collect::<Vec<_>>(), before);
    }

    #[test]
    fn changing_the_future_changes_nothing_before_it(
        (series, strategy) in case(),
        cut in 40usize..DAYS,
        factor in 0.5f64..2.0,
    ) {
        let last = series[0].dates[cut.min(series[0].dates.len() - 1)];
        let mut changed = series.clone();
        for series in &mut changed {
            let n = series.dates.partition_point(|date| *date <= last);
            series.open[n..].iter_mut().chain(&mut series.close[n..]).for_each(|p| *p *= factor);
            series.actions = known(&series.actions, last);
        }
        let (market, ours) = run(&strategy, &series).unwrap();
        let (_, theirs) = run(&strategy, &changed).unwrap();
        let n = market.sessions().partition_point(|date| *date <= last);
        prop_assert_eq!(&ours.equity[..n], &theirs.equity[..n]);
    }

    /// Doubling is exact in binary, so this holds to the last bit as long as no amount is rounded:
    /// shares may be fractions and fees are proportional.
    #[test]
    fn doubling_the_cash_doubles_everything((series, strategy) in case()) {
        let mut strategy = strategy;
        strategy.conventions = Conventions { shares: Shares::Fractional, ..Conventions::STANDARD };
        strategy.conventions.cash = CashRule::AllowNegative;
        strategy.costs.fees = Fees::Percent(costs::Percent { commission: 0.001, tax: 0.0 });
        let mut doubled = strategy.clone();
        doubled.initial_cash *= 2.0;
        let (ours, theirs) = (outcome(&strategy, &series), outcome(&doubled, &series));
        let twice: Vec<f64> = ours.equity.iter().map(|equity| 2.0 * equity).collect();
        prop_assert_eq!(twice, theirs.equity);
    }

    /// Prices in another currency unit: the shares halve, the money stays.
    #[test]
    fn doubling_all_prices_halves_the_shares_and_leaves_the_equity((series, strategy) in case()) {
        let mut strategy = strategy;
        strategy.conventions = Conventions { shares: Shares::Fractional, ..Conventions::STANDARD };
        strategy.conventions.cash = CashRule::AllowNegative;
        strategy.costs.fees = Fees::Zero;
        let mut dearer = series.clone();
        for series in &mut dearer {
            series.open.iter_mut().chain(&mut series.close).for_each(|price| *price *= 2.0);
            series.actions.iter_mut().for_each(|action| action.dividend *= 2.0);
        }
        let (ours, theirs) = (outcome(&strategy, &series), outcome(&strategy, &dearer));
        prop_assert_eq!(&ours.equity, &theirs.equity);
        for (ours, theirs) in ours.fills.iter().zip(&theirs.fills) {
            prop_assert_eq!(ours.quantity, 2.0 * theirs.quantity);
        }
    }

    #[test]
    fn fees_only_lower_the_equity_of_one_purchase(seed: u64) {
        let series = random_walks(seed, ASSETS, DAYS);
        let mut strategy = Strategy { schedule: Schedule::BuyAndHold, ..over(&series) };
        strategy.initial_cash = 1e6;
        strategy.sizing = Sizing::LongOnly(sizing::LongOnly { cash_buffer: 0.05 });
        let free = outcome(&strategy, &series);
        strategy.costs.fees = Fees::Percent(costs::Percent { commission: 0.002, tax: 0.0 });
        let paid = outcome(&strategy, &series);
        for (free, paid) in free.equity.iter().zip(&paid.equity) {
            prop_assert!(paid < free);
        }
    }

    #[test]
    fn no_purchase_of_a_long_only_account_is_on_credit_under_the_standard_conventions((series, strategy) in case()) {
        let mut strategy = strategy;
        let shares = strategy.conventions.shares;
        strategy.conventions = Conventions { shares, ..Conventions::STANDARD };
        prop_assume!(matches!(strategy.sizing, Sizing::LongOnly(_)));
        strategy.sizing = Sizing::LongOnly(sizing::LongOnly { cash_buffer: 0.0 });
        let outcome = outcome(&strategy, &series);
        for fill in outcome.fills.iter().filter(|fill| fill.quantity > 0.0) {
            prop_assert!(fill.cash >= 0.0, "{fill:?}");
        }
    }

    #[test]
    fn the_pairwise_sum_is_the_sum(values in prop::collection::vec(-1e6f64..1e6, 0..2000)) {
        let exact: f64 = values.iter().sum();
        let scale: f64 = values.iter().map(|value| value.abs()).sum();
        prop_assert!((pairwise_sum(&values) - exact).abs() <= 1e-12 * scale);
    }
}

#[test]
fn assets_are_numbered_by_symbol() {
    let series = random_walks(1, 3, 10);
    let reversed: Vec<PriceSeries> = series.iter().rev().cloned().collect();
    let market = over(&series).market(&reversed).unwrap();
    assert_eq!(market.symbols(), ["A00", "A01", "A02"]);
    assert_eq!(market.asset("A02"), Some(AssetId(2)));
}
