//! Dividends and splits, each on a market small enough to follow by hand.

use backtest::AlphaError;
use backtest::alpha::{AlphaModel, AsOf, Weights};
use backtest::conventions::{Conventions, CorporateActions, FillTime, Shares};
use backtest::date::Date;
use backtest::ledger::PositionLedger;
use backtest::market::{CorporateAction, Entitlement, PriceSeries};
use backtest::outcome::Outcome;
use backtest::positions::Booking;
use backtest::strategy::{Alpha, Schedule, Sizing, Strategy};
use backtest::{alpha, sizing};

use crate::markets::{over, random_walks, run, table, with_actions};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn action(date: &str, split: f64, dividend: f64) -> CorporateAction {
    let date = day(date);
    CorporateAction {
        date,
        split,
        dividend,
    }
}

/// Prices from a table, with the actions of its first asset.
fn prices(text: &str, actions: &[CorporateAction]) -> Vec<PriceSeries> {
    let mut series = table(text);
    series[0].actions = actions.to_vec();
    series
}

fn held(series: &[PriceSeries]) -> Strategy {
    Strategy {
        schedule: Schedule::BuyAndHold,
        ..over(series)
    }
}

/// A weight for each asset, short where it is negative.
fn weighted(series: &[PriceSeries], weights: &[f64]) -> Strategy {
    let symbols = series.iter().map(|series| series.symbol.clone());
    Strategy {
        alpha: Alpha::FixedWeights(alpha::FixedWeights {
            weights: symbols.zip(weights.iter().copied()).collect(),
        }),
        sizing: Sizing::LongShort(sizing::LongShort {
            gross_leverage: 1.0,
        }),
        ..held(series)
    }
}

fn equity(strategy: &Strategy, series: &[PriceSeries]) -> Vec<f64> {
    run(strategy, series).unwrap().1.equity
}

const SPLIT: &str = "
                ABC
    2024-01-02  10/10
    2024-01-03  10/12
    2024-01-04  3/3.5
    2024-01-05  3.5/4
";

#[test]
fn a_split_changes_the_number_of_shares() {
    let series = prices(SPLIT, &[action("2024-01-04", 4.0, 0.0)]);
    let (_, outcome) = run(&held(&series), &series).unwrap();
    assert_eq!(outcome.equity, [1000.0, 1200.0, 1400.0, 1600.0]);
    assert_eq!(outcome.holdings[0].quantity, 400.0);
    let [split] = outcome.entitlements[..] else {
        panic!("{:?}", outcome.entitlements);
    };
    assert_eq!((split.before, split.holding), (100.0, 400.0));
    assert_eq!((split.in_lieu, split.paid, split.cash), (0.0, 0.0, 0.0));
}

#[test]
fn a_dividend_is_paid_in_cash_on_what_was_held_at_the_close_before() {
    let actions = [
        action("2024-01-02", 1.0, 5.0),
        action("2024-01-04", 1.0, 0.5),
    ];
    let series = prices(SPLIT, &actions);
    // Bought at the open of the first day, on which there is a dividend for those who held before.
    let (_, outcome) = run(&held(&series), &series).unwrap();
    assert_eq!(outcome.equity, [1000.0, 1200.0, 400.0, 450.0]);
    assert_eq!(outcome.cash, 50.0);
    // Decided at the close of the third, bought at the open of the fourth, the ex-date.
    let mut late = held(&prices(SPLIT, &[action("2024-01-05", 1.0, 0.5)]));
    late.start = day("2024-01-04").close();
    let (_, outcome) = run(&late, &series).unwrap();
    assert_eq!(outcome.entitlements, []);
}

#[test]
fn a_dividend_is_charged_to_a_short_position() {
    let series = prices(SPLIT, &[action("2024-01-04", 4.0, 0.25)]);
    let (_, outcome) = run(&weighted(&series, &[-0.5]), &series).unwrap();
    // 50 shares at 10 sold short; then 200, for each of which 0.25 is owed.
    let end = 1000.0 + 50.0 * 10.0 - 200.0 * 0.25 - 200.0 * 4.0;
    assert_eq!(outcome.equity.last(), Some(&end));
    assert_eq!(outcome.entitlements[0].paid, -50.0);
}

#[test]
fn fractions_of_a_share_are_paid_out_at_the_open() {
    let text = "
                    ABC
        2024-01-02  10/10
        2024-01-03  6/7
    ";
    let series = prices(text, &[action("2024-01-03", 1.5, 0.1)]);
    let mut strategy = held(&series);
    strategy.initial_cash = 1010.0;
    // 101 shares become 151 and a half; the half is worth 3, and 151 have a dividend.
    let (_, outcome) = run(&strategy, &series).unwrap();
    let one = outcome.entitlements[0];
    assert_eq!((one.before, one.holding, one.in_lieu), (101.0, 151.0, 3.0));
    assert!((outcome.cash - (3.0 + 15.1)).abs() < 1e-12);
    // A short account pays for the fraction.
    let (_, short) = run(&weighted(&series, &[-1.0]), &series).unwrap();
    assert_eq!(short.entitlements[0].in_lieu, 0.0);
    strategy.conventions.shares = Shares::Fractional;
    let (_, outcome) = run(&strategy, &series).unwrap();
    assert_eq!(outcome.holdings[0].quantity, 151.5);
}

#[test]
fn a_reverse_split_may_leave_no_share() {
    let text = "
                    ABC
        2024-01-02  10/10
        2024-01-03  100/110
    ";
    let series = prices(text, &[action("2024-01-03", 0.1, 0.0)]);
    let mut strategy = held(&series);
    strategy.initial_cash = 70.0;
    let (_, outcome) = run(&strategy, &series).unwrap();
    assert_eq!(outcome.holdings, []);
    assert!((outcome.cash - 70.0).abs() < 1e-12);
    let round_trip = backtest::statistics::round_trips(&outcome)[0];
    assert!(round_trip.profit.abs() < 1e-12);
    // 300 shares at 1:30, which no double is, are ten whole ones.
    let series = prices(text, &[action("2024-01-03", 1.0 / 30.0, 0.0)]);
    strategy.initial_cash = 3000.0;
    let (_, outcome) = run(&strategy, &series).unwrap();
    assert_eq!(outcome.holdings[0].quantity, 10.0);
    assert_eq!(outcome.entitlements[0].in_lieu, 0.0);
}

#[test]
fn orders_that_were_decided_before_a_split_are_split() {
    let series = prices(SPLIT, &[action("2024-01-04", 4.0, 0.0)]);
    // 83 shares at 12, decided at the close of the third, are 332 at the open of the fourth.
    let mut strategy = held(&series);
    strategy.start = day("2024-01-03").close();
    let (_, outcome) = run(&strategy, &series).unwrap();
    assert_eq!(outcome.fills[0].quantity, 332.0);
    assert_eq!(outcome.fills[0].price, 3.0);
    assert_eq!(outcome.entitlements, []);
}

#[test]
fn orders_that_wait_for_a_bar_are_split() {
    let text = "
                    ABC    ZED
        2024-01-02  10/10  5
        2024-01-03  -      5
        2024-01-04  2/2    5
        2024-01-05  2/3    5
    ";
    let series = prices(text, &[action("2024-01-04", 5.0, 0.0)]);
    let mut strategy = weighted(&series, &[0.5, 0.5]);
    strategy.start = day("2024-01-02").close();
    let (_, outcome) = run(&strategy, &series).unwrap();
    let fill = outcome.fills.iter().find(|fill| fill.asset.0 == 0).unwrap();
    assert_eq!((fill.quantity, fill.price), (250.0, 2.0));
}

#[test]
fn an_action_on_a_day_without_a_bar_is_booked_at_the_next() {
    let text = "
                    ABC    ZED
        2024-01-02  10/10  5
        2024-01-03  -      5
        2024-01-04  9/9    5
        2024-01-05  9/9    5
    ";
    let mut series = prices(text, &[action("2024-01-03", 1.0, 1.0)]);
    series[0].dates.insert(1, day("2024-01-03"));
    series[0].open.insert(1, f64::NAN);
    series[0].close.insert(1, f64::NAN);
    series[0].open[2] = f64::NAN;
    let mut strategy = weighted(&series, &[1.0, 0.0]);
    strategy.end = day("2024-01-05").close();
    let (market, outcome) = run(&strategy, &series).unwrap();
    assert_eq!(outcome.equity, [1000.0, 1000.0, 1000.0, 1000.0]);
    let one = outcome.entitlements[0];
    assert_eq!(market.date(one.session), day("2024-01-04"));
    // An open that repeats the last price repeats what that is worth without the dividend.
    assert_eq!(market.opens(one.session)[0], 9.0);
    // After its last bar, nothing is paid.
    series[0].actions = vec![action("2024-01-08", 1.0, 1.0)];
    assert!(run(&strategy, &series).unwrap().1.entitlements.is_empty());
}

/// Notes the closes and the price that it is shown.
struct Notes {
    closes: Vec<f64>,
    price: f64,
}

impl AlphaModel for Notes {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        weights.cover_universe();
        let asset = as_of.assets()[0];
        self.closes = as_of.closes(asset, 100).to_vec();
        self.price = as_of.price(asset);
        Ok(())
    }
}

#[test]
fn signals_see_closes_whose_ratios_are_those_of_adjusted_prices() {
    let actions = [
        action("2024-01-04", 4.0, 0.0),
        action("2024-01-05", 1.0, 0.5),
    ];
    let series = prices(SPLIT, &actions);
    let mut strategy = held(&series);
    strategy.schedule = Schedule::Daily;
    let market = strategy.market(&series).unwrap();
    let mut notes = Notes {
        closes: Vec::new(),
        price: 0.0,
    };
    let backtest = strategy.bind(&market).unwrap();
    backtest.run_with(&mut notes).unwrap();
    // A share of the first day is four from the third on; reinvested at the price without it, 3, the
    // dividend of 0.5 makes 3.5 / 3 of each.
    let grown = 4.0 * 3.5 / 3.0;
    let expected = [10.0, 12.0, 14.0, 4.0 * grown];
    for (close, expected) in notes.closes.iter().zip(expected) {
        assert!((close / expected - 1.0).abs() < 1e-15, "{:?}", notes.closes);
    }
    assert_eq!(notes.price, notes.closes[3]);
}

#[test]
fn momentum_and_averages_are_those_of_adjusted_prices() {
    for seed in 0..20 {
        let raw = with_actions(random_walks(seed, 4, 90), seed);
        // The prices that they came from are adjusted, up to one factor for each asset.
        let adjusted = random_walks(seed, 4, 90);
        for alpha in [
            Alpha::TopNMomentum(alpha::TopNMomentum {
                lookback: 7,
                top_n: 2,
            }),
            Alpha::InverseVolatility(alpha::InverseVolatility { lookback: 9 }),
            Alpha::SmaCrossover(alpha::SmaCrossover {
                fast: 3,
                slow: 8,
                short: false,
            }),
        ] {
            let strategy = Strategy {
                alpha,
                schedule: Schedule::Daily,
                ..over(&raw)
            };
            let weights = |series: &[PriceSeries]| {
                let (_, outcome) = run(&strategy, series).unwrap();
                let decisions = outcome.allocations.iter();
                decisions
                    .map(|one| one.weights.to_vec())
                    .collect::<Vec<_>>()
            };
            for (ours, theirs) in weights(&raw).into_iter().zip(weights(&adjusted)) {
                for ((asset, weight), (other, expected)) in ours.iter().zip(&theirs) {
                    assert_eq!(asset, other, "seed {seed}");
                    assert!((weight / expected - 1.0).abs() < 1e-9 || weight == expected);
                }
            }
        }
    }
}

#[test]
fn reinvested_at_once_the_return_is_that_of_adjusted_prices() {
    for seed in 0..20 {
        let mut adjusted = random_walks(seed, 1, 160);
        // Without a move on the ex-date but the dividend's, cash that waits for the close loses nothing.
        adjusted[0].open = adjusted[0].close.clone();
        let mut raw = with_actions(adjusted.clone(), seed);
        for action in raw[0].actions.clone() {
            let bar = raw[0].dates.binary_search(&action.date).unwrap();
            let before = raw[0].close[bar - 1];
            let factor = (before / action.split - action.dividend) / raw[0].close[bar];
            let own = adjusted[0].close[bar - 1] / adjusted[0].close[bar];
            for later in bar..raw[0].dates.len() {
                raw[0].close[later] *= factor;
                adjusted[0].close[later] *= own;
            }
            raw[0].open = raw[0].close.clone();
            adjusted[0].open = adjusted[0].close.clone();
        }
        let mut strategy = held(&raw);
        strategy.schedule = Schedule::Daily;
        strategy.conventions.shares = Shares::Fractional;
        strategy.conventions.fill = FillTime::SameClose;
        let (ours, theirs) = (equity(&strategy, &raw), equity(&strategy, &adjusted));
        for (ours, theirs) in ours.iter().zip(&theirs) {
            assert!((ours / theirs - 1.0).abs() < 1e-12, "seed {seed}");
        }
    }
}

#[test]
fn qstrader_knows_no_actions() {
    let series = prices(SPLIT, &[action("2024-01-04", 4.0, 0.1)]);
    for conventions in [
        Conventions::QSTRADER,
        Conventions {
            corporate_actions: CorporateActions::Ignored,
            ..Conventions::STANDARD
        },
    ] {
        let mut strategy = held(&series);
        strategy.conventions = conventions;
        let with = run(&strategy, &series).unwrap().1;
        let without = run(&strategy, &table(SPLIT)).unwrap().1;
        assert_eq!(with.equity, without.equity);
        assert!(with.entitlements.is_empty());
    }
}

#[test]
fn actions_that_cannot_be_are_refused() {
    let message = |actions: &[CorporateAction]| {
        let series = prices(SPLIT, actions);
        run(&held(&series), &series).unwrap_err()
    };
    assert_eq!(
        message(&[action("2024-01-04", 1.0, 12.0)]),
        "`ABC`: the dividend on 2024-01-04 is 12, not less than the share's price before it, 12"
    );
    assert_eq!(
        message(&[action("2024-01-04", 1.0, -1.0)]),
        "`ABC`: the dividend on 2024-01-04 is -1"
    );
    assert_eq!(
        message(&[action("2024-01-04", 0.0, 0.0)]),
        "`ABC`: the split on 2024-01-04 is 0 new shares for each old one"
    );
    assert_eq!(
        message(&[
            action("2024-01-04", 1.0, 0.1),
            action("2024-01-03", 1.0, 0.1)
        ]),
        "`ABC`: the dividend or split of 2024-01-03 does not come after that of 2024-01-04"
    );
}

/// The profit of all positions, by the ledger, is what the equity gained.
#[test]
fn the_ledger_counts_dividends_and_splits() {
    for seed in 0..20 {
        let series = with_actions(random_walks(seed, 4, 160), seed);
        let mut strategy = over(&series);
        strategy.initial_cash = 100_000.0;
        strategy.schedule = Schedule::Daily;
        let (market, outcome) = run(&strategy, &series).unwrap();
        assert!(outcome.entitlements.len() > 10);
        let mut ledger =
            PositionLedger::new(outcome.initial_cash, strategy.conventions.fractional_buys);
        let mut positions = outcome.positions();
        while let Some((booking, _)) = positions.next_booking() {
            match booking {
                Booking::Fill(fill) => {
                    ledger.trade(fill.asset, fill.quantity, fill.price, fill.commission);
                }
                Booking::Entitlement(entitlement) => ledger.entitle(entitlement),
            }
        }
        for holding in &outcome.holdings {
            let close = market.closes(*outcome.sessions().end())[holding.asset.index()];
            ledger.mark(holding.asset, close).unwrap();
        }
        let gain = outcome.equity.last().unwrap() - outcome.initial_cash;
        let profit = ledger.realised_profit() + ledger.unrealised_profit();
        assert!(
            (gain - profit).abs() < 1e-6,
            "seed {seed}: {gain} and {profit}"
        );
        assert!((ledger.cash() - outcome.cash).abs() < 1e-6);
        let paid: f64 = outcome.entitlements.iter().map(|one| one.paid).sum();
        assert!(paid > 0.0);
    }
}

/// An asset that ends after an action is paid out on the shares that are there then.
#[test]
fn an_asset_that_ends_is_paid_out_after_its_splits() {
    let text = "
                    ABC    ZED
        2024-01-02  10/10  5
        2024-01-03  5/5    5
        2024-01-04  -      5
        2024-01-05  -      5
        2024-01-08  -      5
        2024-01-09  -      5
        2024-01-10  -      5
        2024-01-11  -      5
    ";
    let series = prices(text, &[action("2024-01-03", 2.0, 0.5)]);
    let mut strategy = weighted(&series, &[0.5, 0.5]);
    strategy.universe.delisted = backtest::strategy::Delisted::Return(-0.2);
    let (_, outcome): (_, Outcome) = run(&strategy, &series).unwrap();
    // 50 shares, 100 after the split with 50 of dividends, paid out at 4.
    let expected = 500.0 + 50.0 + 400.0;
    assert!((outcome.equity.last().unwrap() - expected).abs() < 1e-9);
    let Entitlement { paid, .. } = outcome.entitlements[0];
    assert_eq!(paid, 50.0);
}
