//! Prices that models read and nothing trades.

use backtest::alpha::{AlphaError, AlphaModel, AsOf, Weights};
use backtest::conventions::{Conventions, OutsideUniverse};
use backtest::strategy::{Schedule, Strategy};

use crate::markets::{over, table};

/// Holds the first asset while fear is below 20, and wants to hold fear itself always.
struct Calm;

impl AlphaModel for Calm {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        let fear = as_of.asset("FEAR").ok_or("no FEAR")?;
        let calm = as_of
            .closes(fear, 1)
            .last()
            .is_some_and(|last| *last < 20.0);
        weights.set(as_of.assets()[0], f64::from(u8::from(calm)));
        weights.set(fear, 0.5);
        Ok(())
    }
}

/// FEAR is quoted on a day on which nothing is traded, and not on the last.
const PRICES: &str = "
                SHARE  FEAR
    2024-01-02  10     15
    2024-01-03  10     25
    2024-01-04  -      26
    2024-01-05  10     12
    2024-01-08  10     -
";

fn strategy() -> Strategy {
    let mut strategy = over(&table(PRICES));
    strategy.universe.assets.truncate(1);
    strategy.also = vec!["FEAR".to_owned()];
    strategy.schedule = Schedule::Daily;
    strategy
}

/// What was traded: day, symbol and shares.
fn trades(strategy: &Strategy) -> Vec<(String, String, f64)> {
    let market = strategy.market(&table(PRICES)).unwrap();
    let outcome = strategy.bind(&market).unwrap().run_with(&mut Calm).unwrap();
    let fills = outcome.fills.iter().map(|fill| {
        let day = market.date(fill.mark.session).to_string();
        (day, market.symbol(fill.asset).to_owned(), fill.quantity)
    });
    fills.collect()
}

#[test]
fn a_model_reads_them_and_never_trades_them() {
    let trade = |day: &str, shares| (day.to_owned(), "SHARE".to_owned(), shares);
    let expected = vec![
        trade("2024-01-03", 100.0),
        trade("2024-01-05", -100.0),
        trade("2024-01-08", 100.0),
    ];
    assert_eq!(trades(&strategy()), expected);

    // Where what is outside of the universe is traded, this is not.
    let mut strategy = strategy();
    strategy.conventions.outside_universe = OutsideUniverse::Traded;
    assert_eq!(trades(&strategy), expected);
}

#[test]
fn their_days_are_no_sessions() {
    let market = strategy().market(&table(PRICES)).unwrap();
    let days: Vec<String> = market.sessions().iter().map(ToString::to_string).collect();
    let expected = ["2024-01-02", "2024-01-03", "2024-01-05", "2024-01-08"];
    assert_eq!(days, expected);
}

#[test]
fn their_history_begins_with_the_simulation_or_their_first_price() {
    struct Histories(Vec<Vec<f64>>);
    impl AlphaModel for Histories {
        fn weights(&mut self, as_of: AsOf<'_>, _: &mut Weights) -> Result<(), AlphaError> {
            let fear = as_of.asset("FEAR").ok_or("no FEAR")?;
            self.0.push(as_of.closes(fear, 10).to_vec());
            Ok(())
        }
    }
    let histories = |prices: &str| {
        let mut strategy = strategy();
        strategy.start = "2024-01-03".parse::<backtest::Date>().unwrap().open();
        let market = strategy.market(&table(prices)).unwrap();
        let mut model = Histories(Vec::new());
        strategy
            .bind(&market)
            .unwrap()
            .run_with(&mut model)
            .unwrap();
        model.0
    };
    // By the standard rules only closes of its own count: none on the last day.
    let expected = [vec![25.0], vec![25.0, 12.0], vec![25.0, 12.0]];
    assert_eq!(histories(PRICES), expected);

    let late = PRICES
        .replace("15\n", "-\n")
        .replace("25\n", "-\n")
        .replace("26\n", "-\n");
    assert_eq!(histories(&late), [vec![], vec![12.0], vec![12.0]]);
}

#[test]
fn a_run_that_reads_them_and_one_without_them_have_the_same_bits() {
    let prices = table(PRICES);
    let with = strategy();
    let without = Strategy {
        also: Vec::new(),
        ..strategy()
    };
    for conventions in [Conventions::STANDARD, Conventions::QSTRADER] {
        let equity = |strategy: &Strategy| {
            let strategy = Strategy {
                conventions,
                ..strategy.clone()
            };
            let market = strategy.market(&prices).unwrap();
            let outcome = strategy.bind(&market).unwrap().run().unwrap();
            outcome.equity
        };
        assert_eq!(equity(&with), equity(&without));
    }
}

#[test]
fn what_is_traded_is_not_only_read() {
    let mut both = strategy();
    both.also.push("SHARE".to_owned());
    both.also.push("FEAR".to_owned());
    let mistakes: Vec<String> = both.check().iter().map(ToString::to_string).collect();
    let expected = [
        "`FEAR` is listed twice",
        "`SHARE` is in the universe, whose prices signals read",
    ];
    assert_eq!(mistakes, expected);
}
