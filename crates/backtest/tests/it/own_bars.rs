//! Assets that have no bar on some sessions, and assets that end.

use backtest::conventions::{AfterLastBar, FillBars, FillTime, SignalBars};
use backtest::date::Weekday;
use backtest::strategy::{Alpha, Delisted, Schedule, Strategy, Trade};
use backtest::{alpha, schedule};
use expect_test::expect;

use crate::markets::check;

fn weekly(weekday: Weekday) -> Schedule {
    Schedule::Weekly(schedule::Weekly { weekday })
}

/// A share that trades on weekdays beside a coin that trades every day.
const WEEKEND: &str = "
                COIN   SHARE
    2024-01-04  10/10  100/100
    2024-01-05  10/10  100/104
    2024-01-06  10/10  -
    2024-01-07  10/10  -
    2024-01-08  10/10  110/112
    2024-01-09  10/10  112/112
";

#[test]
fn an_order_waits_for_the_next_bar_of_its_asset() {
    check(
        WEEKEND,
        |s| s.schedule = weekly(Weekday::Fri),
        expect![[r#"
        2024-01-04 equity 1000
        2024-01-05 equity 1000
        2024-01-06 14:30:00+00:00 COIN +50 at 10
        2024-01-06 equity 1000
        2024-01-07 equity 1000
        2024-01-08 14:30:00+00:00 SHARE +4 at 110
        2024-01-08 equity 1008
        2024-01-09 equity 1008
    "#]],
    );
}

#[test]
fn an_order_may_be_filled_at_the_last_price_that_decided_it() {
    let filled = |s: &mut Strategy| {
        s.schedule = weekly(Weekday::Fri);
        s.conventions.fill_bars = FillBars::FilledForward;
    };
    check(
        WEEKEND,
        filled,
        expect![[r#"
        2024-01-04 equity 1000
        2024-01-05 equity 1000
        2024-01-06 14:30:00+00:00 COIN +50 at 10
        2024-01-06 14:30:00+00:00 SHARE +4 at 104
        2024-01-06 equity 1000
        2024-01-07 equity 1000
        2024-01-08 equity 1032
        2024-01-09 equity 1032
    "#]],
    );
}

#[test]
fn a_decision_that_trades_replaces_the_orders_that_wait() {
    check(
        WEEKEND,
        |_| {},
        expect![[r#"
        2024-01-04 equity 1000
        2024-01-05 14:30:00+00:00 COIN +50 at 10
        2024-01-05 14:30:00+00:00 SHARE +5 at 100
        2024-01-05 equity 1020
        2024-01-06 14:30:00+00:00 COIN +1 cut to 0
        2024-01-06 equity 1020
        2024-01-07 14:30:00+00:00 COIN +1 cut to 0
        2024-01-07 equity 1020
        2024-01-08 14:30:00+00:00 SHARE -1 at 110
        2024-01-08 14:30:00+00:00 COIN +1 at 10
        2024-01-08 equity 1058
        2024-01-09 14:30:00+00:00 COIN +1 at 10
        2024-01-09 equity 1058
    "#]],
    );
}

#[test]
fn a_bar_without_an_open_fills_at_its_close() {
    let prices = "
                    ABC
        2024-01-02  10/10
        2024-01-03  NaN/12
        2024-01-04  13/13
    ";
    check(
        prices,
        |_| {},
        expect![[r#"
        2024-01-02 equity 1000
        2024-01-03 21:00:00+00:00 ABC +100 cut to 83
        2024-01-03 21:00:00+00:00 ABC +83 at 12
        2024-01-03 equity 1000
        2024-01-04 equity 1083
    "#]],
    );
}

#[test]
fn an_order_for_a_close_without_a_bar_waits_for_the_next_open() {
    let same_close = |s: &mut Strategy| {
        s.schedule = weekly(Weekday::Sat);
        s.conventions.fill = FillTime::SameClose;
    };
    check(
        WEEKEND,
        same_close,
        expect![[r#"
        2024-01-04 equity 1000
        2024-01-05 equity 1000
        2024-01-06 21:00:00+00:00 COIN +50 at 10
        2024-01-06 equity 1000
        2024-01-07 equity 1000
        2024-01-08 14:30:00+00:00 SHARE +4 at 110
        2024-01-08 equity 1008
        2024-01-09 equity 1008
    "#]],
    );
}

#[test]
fn signals_look_at_the_bars_that_an_asset_has() {
    let volatility = |s: &mut Strategy| {
        s.alpha = Alpha::InverseVolatility(alpha::InverseVolatility { lookback: 2 });
    };
    let prices = "
                    COIN   SHARE
        2024-01-04  10/10  100/100
        2024-01-05  10/11  100/110
        2024-01-06  10/10  -
        2024-01-07  10/11  -
        2024-01-08  11/10  110/100
        2024-01-09  10/10  100/100
    ";
    check(
        prices,
        volatility,
        expect![[r#"
            2024-01-04 equity 1000
            2024-01-05 equity 1000
            2024-01-06 equity 1000
            2024-01-07 equity 1000
            2024-01-08 equity 1000
            2024-01-09 14:30:00+00:00 COIN +50 at 10
            2024-01-09 14:30:00+00:00 SHARE +5 at 100
            2024-01-09 equity 1000
        "#]],
    );
    let over_sessions = |s: &mut Strategy| {
        volatility(s);
        s.conventions.signal_bars = SignalBars::Sessions;
    };
    check(
        prices,
        over_sessions,
        expect![[r#"
        2024-01-04 equity 1000
        2024-01-05 equity 1000
        2024-01-06 equity 1000
        2024-01-07 14:30:00+00:00 COIN +34 at 10
        2024-01-07 equity 1034
        2024-01-08 14:30:00+00:00 COIN +28 at 11
        2024-01-08 equity 972
        2024-01-09 14:30:00+00:00 COIN -31 at 10
        2024-01-09 14:30:00+00:00 SHARE +6 at 100
        2024-01-09 equity 972
        never filled: COIN +17
        never filled: SHARE -2
    "#]],
    );
}

/// One asset ends long before the other.
const ENDS: &str = "
                GOES   STAYS
    2024-01-02  10/10  20/20
    2024-01-03  10/8   20/20
    2024-01-04  -      20/20
    2024-01-05  -      20/20
    2024-01-08  -      20/20
    2024-01-09  -      20/20
    2024-01-10  -      20/20
    2024-01-11  -      20/20
";

#[test]
fn an_asset_that_ends_is_an_error() {
    check(
        ENDS,
        |_| {},
        expect![[r#"
        error: `GOES` has no bar after 2024-01-03, and the backtest goes on to 2024-01-11
    "#]],
    );
}

#[test]
fn an_asset_that_ends_is_sold_at_its_last_close() {
    check(
        ENDS,
        |s| s.universe.delisted = Delisted::LastClose,
        expect![[r#"
            2024-01-02 equity 1000
            2024-01-03 14:30:00+00:00 GOES +50 at 10
            2024-01-03 14:30:00+00:00 STAYS +25 at 20
            2024-01-03 equity 900
            2024-01-04 14:30:00+00:00 GOES -50 at 8
            2024-01-04 14:30:00+00:00 STAYS -3 at 20
            2024-01-04 equity 900
            2024-01-05 14:30:00+00:00 STAYS +23 at 20
            2024-01-05 equity 900
            2024-01-08 equity 900
            2024-01-09 equity 900
            2024-01-10 equity 900
            2024-01-11 equity 900
        "#]],
    );
}

#[test]
fn an_asset_that_ends_is_worth_what_is_said() {
    check(
        ENDS,
        |s| s.universe.delisted = Delisted::Worthless,
        expect![[r#"
            2024-01-02 equity 1000
            2024-01-03 14:30:00+00:00 GOES +50 at 10
            2024-01-03 14:30:00+00:00 STAYS +25 at 20
            2024-01-03 equity 900
            2024-01-04 14:30:00+00:00 GOES -50 at 0
            2024-01-04 14:30:00+00:00 STAYS -3 at 20
            2024-01-04 equity 500
            2024-01-05 14:30:00+00:00 STAYS +3 at 20
            2024-01-05 equity 500
            2024-01-08 equity 500
            2024-01-09 equity 500
            2024-01-10 equity 500
            2024-01-11 equity 500
        "#]],
    );
    check(
        ENDS,
        |s| s.universe.delisted = Delisted::Return(-0.25),
        expect![[r#"
            2024-01-02 equity 1000
            2024-01-03 14:30:00+00:00 GOES +50 at 10
            2024-01-03 14:30:00+00:00 STAYS +25 at 20
            2024-01-03 equity 900
            2024-01-04 14:30:00+00:00 GOES -50 at 6
            2024-01-04 14:30:00+00:00 STAYS -3 at 20
            2024-01-04 equity 800
            2024-01-05 14:30:00+00:00 STAYS +18 at 20
            2024-01-05 equity 800
            2024-01-08 equity 800
            2024-01-09 equity 800
            2024-01-10 equity 800
            2024-01-11 equity 800
        "#]],
    );
}

#[test]
fn an_asset_that_is_said_to_leave_may_end() {
    let leaves = |s: &mut Strategy| {
        let day = "2024-02-01".parse::<backtest::date::Date>().unwrap();
        s.universe.leaves = vec![("GOES".to_owned(), day.at_second(0))];
    };
    check(
        ENDS,
        leaves,
        expect![[r#"
            2024-01-02 equity 1000
            2024-01-03 14:30:00+00:00 GOES +50 at 10
            2024-01-03 14:30:00+00:00 STAYS +25 at 20
            2024-01-03 equity 900
            2024-01-04 14:30:00+00:00 GOES -50 at 8
            2024-01-04 14:30:00+00:00 STAYS -3 at 20
            2024-01-04 equity 900
            2024-01-05 14:30:00+00:00 STAYS +23 at 20
            2024-01-05 equity 900
            2024-01-08 equity 900
            2024-01-09 equity 900
            2024-01-10 equity 900
            2024-01-11 equity 900
        "#]],
    );
}

#[test]
fn an_asset_that_has_ended_may_be_traded_on_at_its_last_price() {
    let traded = |s: &mut Strategy| {
        s.conventions.after_last_bar = AfterLastBar::Traded;
        s.conventions.fill_bars = FillBars::FilledForward;
    };
    check(
        ENDS,
        traded,
        expect![[r#"
        2024-01-02 equity 1000
        2024-01-03 14:30:00+00:00 GOES +50 at 10
        2024-01-03 14:30:00+00:00 STAYS +25 at 20
        2024-01-03 equity 900
        2024-01-04 14:30:00+00:00 STAYS -3 at 20
        2024-01-04 14:30:00+00:00 GOES +6 at 8
        2024-01-04 equity 900
        2024-01-05 equity 900
        2024-01-08 equity 900
        2024-01-09 equity 900
        2024-01-10 equity 900
        2024-01-11 equity 900
    "#]],
    );
}

#[test]
fn a_download_that_is_a_week_late_is_no_end() {
    let prices = "
                    LATE   STAYS
        2024-01-02  10/10  20/20
        2024-01-03  10/8   20/20
        2024-01-04  -      20/20
        2024-01-05  -      20/20
        2024-01-08  -      20/20
        2024-01-09  -      20/20
        2024-01-10  -      20/20
    ";
    check(
        prices,
        |s| s.schedule = Schedule::BuyAndHold,
        expect![[r#"
        2024-01-02 14:30:00+00:00 LATE +50 at 10
        2024-01-02 14:30:00+00:00 STAYS +25 at 20
        2024-01-02 equity 1000
        2024-01-03 equity 900
        2024-01-04 equity 900
        2024-01-05 equity 900
        2024-01-08 equity 900
        2024-01-09 equity 900
        2024-01-10 equity 900
    "#]],
    );
}

#[test]
fn an_asset_that_ended_before_the_backtest_is_not_of_the_universe() {
    let start = |s: &mut Strategy| {
        s.start = "2024-01-04".parse::<backtest::date::Date>().unwrap().open();
    };
    check(
        ENDS,
        start,
        expect![[r#"
        error: `GOES` has no bar after 2024-01-03, and the backtest goes on to 2024-01-11
    "#]],
    );
    let last_close = |s: &mut Strategy| {
        start(s);
        s.universe.delisted = Delisted::LastClose;
    };
    check(
        ENDS,
        last_close,
        expect![[r#"
        2024-01-04 equity 1000
        2024-01-05 14:30:00+00:00 STAYS +50 at 20
        2024-01-05 equity 1000
        2024-01-08 equity 1000
        2024-01-09 equity 1000
        2024-01-10 equity 1000
        2024-01-11 equity 1000
    "#]],
    );
}

#[test]
fn no_model_waits_for_an_asset_that_has_ended() {
    let momentum = |s: &mut Strategy| {
        s.universe.delisted = Delisted::LastClose;
        s.alpha = Alpha::TopNMomentum(alpha::TopNMomentum {
            lookback: 3,
            top_n: 1,
        });
    };
    check(
        ENDS,
        momentum,
        expect![[r#"
            2024-01-02 equity 1000
            2024-01-03 equity 1000
            2024-01-04 equity 1000
            2024-01-05 equity 1000
            2024-01-08 14:30:00+00:00 STAYS +50 at 20
            2024-01-08 equity 1000
            2024-01-09 equity 1000
            2024-01-10 equity 1000
            2024-01-11 equity 1000
        "#]],
    );
}

#[test]
fn an_order_that_waits_is_filled_before_the_close_that_decides_again() {
    let prices = "
                    ABC    XYZ
        2024-01-02  -      10/10
        2024-01-03  10/12  10/10
        2024-01-04  12/12  10/10
    ";
    let first = "
                    ABC    XYZ
        2024-01-01  10/10  10/10
    ";
    let whole = format!("{first}{}", prices.split_once("XYZ\n").unwrap().1);
    let same_close = |s: &mut Strategy| {
        s.conventions.fill = FillTime::SameClose;
        s.start = "2024-01-02".parse::<backtest::date::Date>().unwrap().open();
    };
    check(
        &whole,
        same_close,
        expect![[r#"
        2024-01-02 21:00:00+00:00 XYZ +50 at 10
        2024-01-02 equity 1000
        2024-01-03 14:30:00+00:00 ABC +50 at 10
        2024-01-03 21:00:00+00:00 ABC -5 at 12
        2024-01-03 21:00:00+00:00 XYZ +5 at 10
        2024-01-03 equity 1100
        2024-01-04 equity 1100
    "#]],
    );
}

#[test]
fn an_asset_that_ends_is_paid_out_before_the_close_that_decides_again() {
    let same_close = |s: &mut Strategy| {
        s.conventions.fill = FillTime::SameClose;
        s.universe.delisted = Delisted::Return(-0.25);
    };
    check(
        ENDS,
        same_close,
        expect![[r#"
        2024-01-02 21:00:00+00:00 GOES +50 at 10
        2024-01-02 21:00:00+00:00 STAYS +25 at 20
        2024-01-02 equity 1000
        2024-01-03 21:00:00+00:00 STAYS -3 at 20
        2024-01-03 21:00:00+00:00 GOES +6 at 8
        2024-01-03 equity 900
        2024-01-04 14:30:00+00:00 GOES -56 at 6
        2024-01-04 21:00:00+00:00 STAYS +17 at 20
        2024-01-04 equity 788
        2024-01-05 equity 788
        2024-01-08 equity 788
        2024-01-09 equity 788
        2024-01-10 equity 788
        2024-01-11 equity 788
    "#]],
    );
}

/// The coin is bought with what the share brings on Monday, not forgotten on Saturday.
#[test]
fn a_buy_waits_for_the_proceeds_of_a_sell_that_waits() {
    let rotation = |s: &mut Strategy| {
        let from = |day: &str, symbol: &str| alpha::WeightsFrom {
            from: day.parse::<backtest::date::Date>().unwrap().at_second(0),
            weights: vec![(symbol.to_owned(), 1.0)],
        };
        s.alpha = Alpha::ScheduledWeights(alpha::ScheduledWeights {
            table: vec![from("2024-01-01", "SHARE"), from("2024-01-05", "COIN")],
        });
        s.trade = Trade::OnChange;
    };
    check(
        WEEKEND,
        rotation,
        expect![[r#"
        2024-01-04 equity 1000
        2024-01-05 14:30:00+00:00 SHARE +10 at 100
        2024-01-05 equity 1040
        2024-01-06 14:30:00+00:00 COIN +104 cut to 0
        2024-01-06 equity 1040
        2024-01-07 equity 1040
        2024-01-08 14:30:00+00:00 SHARE -10 at 110
        2024-01-08 14:30:00+00:00 COIN +104 at 10
        2024-01-08 equity 1100
        2024-01-09 equity 1100
    "#]],
    );
}
