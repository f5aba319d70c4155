//! QSTrader's modules one by one: the oracle's `golden/unit`.

use backtest::conventions::{Conventions, FeeBasis};
use backtest::date::Weekday;
use backtest::ledger::PositionLedger;
use backtest::market::{AssetId, Mark, Market, Session};
use backtest::schedule;
use backtest::signal;
use backtest::sizing::{Lanes, Quoted, Target, Terms, size};
use backtest::statistics::qstrader::Statistics;
use backtest::strategy::{Costs, Fees, Schedule, Sizing};
use backtest::{costs, sizing};
use serde_json::Value;

use conformance::oracle::{self, moment, number};

use crate::pandas;

fn unit(name: &str) -> Value {
    oracle::read(&oracle::folder().join(format!("golden/unit/{name}.json.gz")))
}

fn cases(golden: &Value) -> &[Value] {
    golden.as_array().unwrap()
}

pub(crate) fn decision_days_are_those_of_pandas_date_range() {
    let golden = unit("calendars");
    for case in cases(&golden) {
        let start = moment(case["start"].as_str().unwrap());
        let end = moment(case["end"].as_str().unwrap());
        let weekday = match case["weekday"].as_str().unwrap() {
            "MON" => Weekday::Mon,
            "TUE" => Weekday::Tue,
            "WED" => Weekday::Wed,
            "THU" => Weekday::Thu,
            _ => Weekday::Fri,
        };
        let schedules = [
            ("eom", Schedule::EndOfMonth),
            ("weekly", Schedule::Weekly(schedule::Weekly { weekday })),
            ("daily", Schedule::Daily),
        ];
        for (key, schedule) in schedules {
            let Some(theirs) = case[key]["ok"].as_array() else {
                continue;
            };
            let theirs: Vec<&str> = theirs.iter().map(|t| &t.as_str().unwrap()[..10]).collect();
            let ours = schedule::weekday_calendar(&schedule, start, end);
            let ours: Vec<String> = ours.iter().map(|day| day.to_string()).collect();
            assert_eq!(ours, theirs, "{key} {start} {end}");
        }
        if let Some(theirs) = case["sim"]["ok"].as_array() {
            let stamp = |event: &Value| match event {
                Value::Array(event) => event[0].as_str().unwrap()[..10].to_owned(),
                event => event.as_str().unwrap()[..10].to_owned(),
            };
            let mut theirs: Vec<String> = theirs.iter().map(stamp).collect();
            theirs.dedup();
            let ours = schedule::simulated_weekdays(start, end);
            let ours: Vec<String> = ours.iter().map(|day| day.to_string()).collect();
            assert_eq!(ours, theirs, "simulated {start} {end}");
        }
    }
}

pub(crate) fn order_sizes_are_the_same_share_for_share() {
    let golden = unit("order_sizers");
    for case in cases(&golden) {
        let pairs = |key: &str| -> Vec<(String, f64)> {
            let pairs = case[key].as_array().unwrap().iter();
            pairs
                .map(|pair| (pair[0].as_str().unwrap().to_owned(), number(&pair[1])))
                .collect()
        };
        let prices = pairs("prices");
        let price = |symbol: &str| prices.iter().find(|(named, _)| named == symbol).unwrap().1;
        let weights = pairs("weights");
        // Assets are numbered as they come: the sum of the weights is taken in that order.
        let mut targets: Vec<Target<1>> = (0..)
            .zip(&weights)
            .map(|(id, (_, weight))| Target {
                asset: AssetId(id),
                weight: Lanes([*weight]),
                quantity: Lanes([0.0]),
            })
            .collect();
        let by_asset: Vec<f64> = weights.iter().map(|(symbol, _)| price(symbol)).collect();
        let param = number(&case["param"]);
        let sizing = match case["kind"].as_str().unwrap() {
            "dollar" => Sizing::LongOnly(sizing::LongOnly { cash_buffer: param }),
            _ => Sizing::LongShort(sizing::LongShort {
                gross_leverage: param,
            }),
        };
        let fees = match case["fee"][0].is_null() {
            true => Fees::Zero,
            false => Fees::Percent(costs::Percent {
                commission: number(&case["fee"][0]),
                tax: number(&case["fee"][1]),
            }),
        };
        let equity = number(&case["equity"]);
        let sized = size(
            &mut targets,
            &Terms::of([(
                sizing,
                &Costs {
                    fees,
                    ..Costs::NONE
                },
            )]),
            &Conventions::QSTRADER,
            Lanes([equity]),
            Quoted {
                prices: &by_asset,
                real_shares: None,
            },
        );
        match case["result"]["ok"].as_object() {
            None => assert!(sized.is_err(), "{case}"),
            Some(theirs) => {
                sized.unwrap_or_else(|error| panic!("{error:?}: {case}"));
                for ((symbol, _), target) in weights.iter().zip(&targets) {
                    assert_eq!(
                        Lanes([number(&theirs[symbol])]),
                        target.quantity,
                        "{symbol} in {case}"
                    );
                }
            }
        }
    }
}

pub(crate) fn ledgers_keep_the_same_accounts_step_for_step() {
    let golden = unit("portfolio");
    let conventions = Conventions::QSTRADER;
    for case in cases(&golden) {
        let cash = number(&case["starting_cash"]);
        let mut ledger = PositionLedger::new(cash, conventions.fractional_buys);
        let mut symbols: Vec<String> = Vec::new();
        for step in case["ops"].as_array().unwrap() {
            let symbol = step["asset"].as_str().unwrap().to_owned();
            if !symbols.contains(&symbol) {
                symbols.push(symbol.clone());
            }
            let asset = AssetId(symbols.iter().position(|s| *s == symbol).unwrap() as u32);
            let price = number(&step["price"]);
            if step["op"] == "txn" {
                let (quantity, fee) = (number(&step["quantity"]), number(&step["commission"]));
                ledger.trade(asset, quantity, price, fee);
            } else {
                assert_eq!(
                    ledger.mark(asset, price).is_err(),
                    !step["error"].is_null(),
                    "{step}"
                );
            }
            let after = &step["after"];
            let totals = [
                ("cash", ledger.cash()),
                ("tmv", ledger.market_value()),
                ("equity", ledger.equity()),
                ("upnl", ledger.unrealised_profit()),
                ("rpnl", ledger.realised_profit_of_open_positions()),
            ];
            for (key, value) in totals {
                assert_eq!(number(&after[key]), value, "{key} after {step}");
            }
            let theirs = after["positions"].as_array().unwrap();
            assert_eq!(theirs.len(), ledger.positions().len(), "{step}");
            for (theirs, ours) in theirs.iter().zip(ledger.positions()) {
                assert_eq!(theirs[0], symbols[ours.asset.index()], "{step}");
                let accounts = [
                    (1, ours.quantity()),
                    (2, ours.market_value()),
                    (3, ours.unrealised_profit()),
                    (4, ours.realised_profit()),
                    (6, ours.price),
                    (7, ours.average_price()),
                    (8, ours.bought),
                    (9, ours.sold),
                    (10, ours.average_bought),
                    (11, ours.average_sold),
                    (12, ours.buy_commission),
                    (13, ours.sell_commission),
                ];
                for (column, value) in accounts {
                    assert_eq!(
                        number(&theirs[column]),
                        value,
                        "column {column} after {step}"
                    );
                }
            }
        }
    }
}

pub(crate) fn statistics_of_every_kind_of_curve_agree() {
    let golden = unit("statistics");
    for case in cases(&golden) {
        let dates: Vec<_> = case["dates"].as_array().unwrap().iter().collect();
        let dates: Vec<_> = dates
            .iter()
            .map(|d| d.as_str().unwrap().parse().unwrap())
            .collect();
        let equity: Vec<f64> = case["equity"]
            .as_array()
            .unwrap()
            .iter()
            .map(number)
            .collect();
        for (key, periods) in [("periods_252", 252.0), ("periods_12", 12.0)] {
            let Some(theirs) = case[key].get("ok") else {
                continue;
            };
            let ours = Statistics::of(&equity, &dates, &Conventions::QSTRADER, periods).unwrap();
            let difference = conformance::statistics_difference(theirs, &ours);
            assert_eq!(difference, None, "{} {} {key}", case["kind"], equity.len());
        }
    }
}

pub(crate) fn signals_agree_to_the_last_bit() {
    let golden = unit("signals");
    let sequences = cases(&golden)
        .iter()
        .filter(|case| case.get("prices").is_some());
    for case in sequences {
        let prices: Vec<f64> = case["prices"]
            .as_array()
            .unwrap()
            .iter()
            .map(number)
            .collect();
        for (seen, theirs) in (1..).zip(case["sma_mom_vol"].as_array().unwrap()) {
            for (column, lookback) in case["lookbacks"].as_array().unwrap().iter().enumerate() {
                let lookback = lookback.as_u64().unwrap() as usize;
                let last = |n: usize| &prices[..seen][seen.saturating_sub(n)..];
                let ours = [
                    signal::moving_average(last(lookback)),
                    signal::compounded_momentum(last(lookback + 1)),
                    signal::volatility(last(lookback + 1), 252.0),
                ];
                for (kind, ours) in ours.into_iter().enumerate() {
                    let theirs = number(&theirs[kind][column]);
                    assert_eq!(
                        ours, theirs,
                        "signal {kind}, lookback {lookback}, {seen} closes"
                    );
                }
                let ratio = signal::momentum(last(lookback + 1));
                assert!((ratio - ours[1]).abs() <= 1e-13 * (1.0 + ratio.abs()));
            }
        }
    }
}

pub(crate) fn commissions_round_the_trade_to_whole_units_first() {
    let golden = unit("consideration_fees");
    let fees = Fees::Percent(costs::Percent {
        commission: 0.001,
        tax: 0.005,
    });
    for case in cases(&golden) {
        let (price, quantity) = (number(&case[0]), number(&case[1]));
        let ours = fees.of_trade(price, quantity, FeeBasis::WholeUnits);
        assert_eq!(ours, number(&case[3]), "{case}");
    }
}

/// QSTrader's look-ups before an asset's first point are its look-ahead: here there is NaN.
pub(crate) fn prices_are_filled_forward_as_qstrader_looks_them_up() {
    let (folder, golden) = (oracle::folder(), unit("prices"));
    let mut compared = 0;
    for case in cases(&golden) {
        let symbol = case["symbol"].as_str().unwrap().to_owned();
        let spec = serde_json::json!({
            "csv_dir": format!("golden/data/{}", case["set"].as_str().unwrap()),
            "adjust_prices": case["adjust"],
        });
        let series = pandas::prices(&folder, &spec, &[symbol]);
        let days = series[0].dates.clone();
        let calendar = (days[0].epoch_days()..=days[days.len() - 1].epoch_days() + 400)
            .map(|day| backtest::date::Date::from_epoch_days(day).unwrap())
            .collect();
        let market = Market::align(&series, calendar).unwrap();
        for query in case["queries"].as_array().unwrap() {
            let when = moment(query[0].as_str().unwrap());
            // The last open or close that is not after the query.
            let session = market.sessions().partition_point(|day| day.open() <= when);
            let Some(session) = session
                .checked_sub(1)
                .map(|session| Session(session as u32))
            else {
                continue;
            };
            let mark = match market.date(session).close() <= when {
                true => Mark::close(session),
                false => Mark::open(session),
            };
            let ours = market.prices(mark)[0];
            let theirs = number(&query[1]);
            if ours.is_nan()
                && market
                    .first_price(AssetId(0))
                    .is_some_and(|first| first > mark)
            {
                continue;
            }
            compared += 1;
            assert!(
                ours == theirs || (ours.is_nan() && theirs.is_nan()),
                "{case:.60} {query}"
            );
        }
    }
    assert!(compared > 2000, "only {compared} prices were compared");
}
