//! Well-known strategies as strategy files, against results that other hands computed in plain Python.

use std::fs;

use conformance::reference_folder;
use market_data::Adjustment::ByCloseRatio;
use serde_json::Value;

/// The frame of a reference strategy as a file. The rest of the file is its rule.
struct Frame {
    data: &'static str,
    assets: &'static str,
    start: &'static str,
    burn_in: &'static str,
    end: &'static str,
    rest: &'static str,
}

const SECTORS: Frame = Frame {
    data: "yahoo_2025_01",
    assets: r#""XLB", "XLE", "XLF", "XLI", "XLK", "XLP", "XLU", "XLV", "XLY""#,
    start: "1998-12-22",
    burn_in: "1999-12-31",
    end: "2024-12-31",
    rest: "",
};

const FUNDS: Frame = Frame {
    data: "av_2020_12",
    assets: "",
    start: "",
    burn_in: "",
    end: "2020-11-30",
    rest: "",
};

/// Runs a strategy and compares every number that the reference has.
fn check(name: &str, frame: &Frame) {
    let path = reference_folder("strategies").join("references.json");
    let all: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let expected = &all[name];
    let text = format!(
        "[backtest]\nstart = {}\nburn_in = {}\nend = {}\ninitial_cash = 100000.0\n\
         [universe]\nassets = [{}]\n\
         [costs]\nslippage_bps = 3\nfees = {{ model = \"percent\", commission = 0.0005 }}\n{}",
        frame.start, frame.burn_in, frame.end, frame.assets, frame.rest
    );
    let file = strategy_file::parse(&text, &[], name);
    let strategy = match file {
        Ok(file) => file.strategy,
        Err(problems) => panic!("{}", problems.render(name, &text, false)),
    };
    let folder = reference_folder("data").join(frame.data);
    let series = market_data::load(&folder, &strategy.symbols(), ByCloseRatio)
        .unwrap()
        .series;
    let market = strategy.market(&series).unwrap();
    let outcome = strategy.bind(&market).unwrap().run().unwrap();
    let dates = outcome.dates(&market);
    assert_eq!(dates.len() as u64, expected["sessions"].as_u64().unwrap());
    let number = |value: &Value| value.as_f64().unwrap();
    let close = |ours: f64, theirs: f64, what: &str| {
        let relative = (ours / theirs - 1.0).abs();
        assert!(
            relative < 1e-9,
            "{name}, {what}: {ours}, and by the reference {theirs}"
        );
    };
    for point in expected["points"].as_array().unwrap() {
        let date = point["date"].as_str().unwrap();
        let at = dates
            .iter()
            .position(|own| own.to_string() == date)
            .unwrap();
        close(outcome.equity[at], number(&point["equity"]), date);
    }
    let mean = outcome.equity.iter().sum::<f64>() / dates.len() as f64;
    close(mean, number(&expected["mean_equity"]), "mean equity");
    assert_eq!(
        outcome.fills.len() as u64,
        expected["trades"].as_u64().unwrap(),
        "{name}"
    );
    let fills = &outcome.fills;
    let traded: f64 = fills
        .iter()
        .map(|fill| (fill.quantity * fill.price).abs())
        .sum();
    close(traded, number(&expected["traded_value"]), "traded value");
    for (fill, theirs) in fills
        .iter()
        .zip(expected["first_fills"].as_array().unwrap())
    {
        assert_eq!(
            market.symbol(fill.asset),
            theirs["asset"].as_str().unwrap(),
            "{name}"
        );
        assert_eq!(fill.quantity, number(&theirs["quantity"]), "{name}");
        close(fill.price, number(&theirs["price"]), "price");
    }
}

const MONTHLY: &str = "[rebalance]\nschedule = \"end-of-month\"\n[portfolio]\ncash_buffer = 0.01\n";

fn with(rule: &str) -> &'static str {
    format!("{MONTHLY}{rule}").leak()
}

pub(crate) fn faber_timing() {
    let rest = with("[alpha]\nmodel = \"rules\"\nfilter = \"close > sma(10, every = 'month')\"\n");
    check(
        "faber_timing",
        &Frame {
            assets: r#""SPY", "EFA", "IEF", "VNQ", "DBC""#,
            start: "2006-02-06",
            burn_in: "2006-12-29",
            rest,
            ..FUNDS
        },
    );
}

pub(crate) fn dual_momentum() {
    let rest = with(
        r#"
        [signals]
        year = "return(12, every = 'month')"
        [alpha]
        model = "rules"
        among = ["SPY", "EFA"]
        score = "year"
        select = { top = 1 }
        gate = { open = "year['SPY'] > year['SHY']" }
        replace = { with = ["AGG"] }
        "#,
    );
    check(
        "dual_momentum",
        &Frame {
            assets: r#""SPY", "EFA", "AGG", "SHY""#,
            start: "2003-09-30",
            burn_in: "2004-09-30",
            rest,
            ..FUNDS
        },
    );
}

pub(crate) fn accelerating_dual_momentum() {
    let rest = with(
        r#"
        [signals]
        momentum = "mean(return(1, every = 'month'), return(3, every = 'month'), return(6, every = 'month'))"
        [alpha]
        model = "rules"
        score = "momentum"
        select = { top = 1 }
        require = "momentum > 0"
        replace = { with = ["TLT"] }
        "#,
    );
    check(
        "accelerating_dual_momentum",
        &Frame {
            assets: r#""SPY", "EFA", "TLT""#,
            start: "2002-07-31",
            burn_in: "2003-01-31",
            rest,
            ..FUNDS
        },
    );
}

pub(crate) fn hybrid_allocation() {
    let rest = with(
        r#"
        [signals]
        momentum = "mean(return(1, every = 'month'), return(3, every = 'month'), return(6, every = 'month'), return(12, every = 'month'))"
        [alpha]
        model = "rules"
        among = ["SPY", "IWM", "EFA", "EEM", "VNQ", "DBC", "IEF", "TLT"]
        score = "momentum"
        select = { top = 4 }
        require = "momentum > 0"
        replace = { with = ["SHY", "IEF"] }
        gate = { canaries = ["TIP"], good = "momentum > 0" }
        "#,
    );
    check(
        "hybrid_allocation",
        &Frame {
            assets: r#""SPY", "IWM", "EFA", "EEM", "VNQ", "DBC", "IEF", "TLT", "TIP", "SHY""#,
            start: "2006-02-28",
            burn_in: "2007-02-28",
            rest,
            ..FUNDS
        },
    );
}

pub(crate) fn momentum_with_hysteresis() {
    let rest = with(
        r#"
        [alpha]
        model = "rules"
        score = "return(252, skip = 21)"
        select = { top = 3, keep_within = 5 }
        "#,
    );
    check("momentum_with_hysteresis", &Frame { rest, ..SECTORS });
}

pub(crate) fn return_over_volatility() {
    let rest = with(
        r#"
        [alpha]
        model = "rules"
        score = "return(126) / volatility(126)"
        select = { top = 3 }
        "#,
    );
    let burn_in = "1999-06-30";
    check(
        "return_over_volatility",
        &Frame {
            burn_in,
            rest,
            ..SECTORS
        },
    );
}

pub(crate) fn low_volatility() {
    let rest = r#"
        [rebalance]
        schedule = "end-of-quarter"
        [portfolio]
        cash_buffer = 0.01
        [alpha]
        model = "rules"
        score = "-volatility(252)"
        select = { top = 3 }
        "#;
    check("low_volatility", &Frame { rest, ..SECTORS });
}

const ON_CHANGE: &str =
    "[rebalance]\nschedule = \"daily\"\ntrade = \"on-change\"\n[portfolio]\ncash_buffer = 0.01\n";

pub(crate) fn rsi_reversion() {
    let rule = r#"
        [alpha]
        model = "rules"
        enter = "rsi(14) < 30"
        exit = "rsi(14) > 55"
        "#;
    check(
        "rsi_reversion",
        &Frame {
            assets: r#""SPY", "QQQ", "IWM", "EFA""#,
            start: "2001-08-17",
            burn_in: "2002-01-02",
            rest: format!("{ON_CHANGE}{rule}").leak(),
            ..FUNDS
        },
    );
}

pub(crate) fn trend_with_a_band() {
    let rule = r#"
        [alpha]
        model = "rules"
        enter = "close > 1.02 * sma(200)"
        exit = "close < 0.98 * sma(200)"
        "#;
    check(
        "trend_with_band",
        &Frame {
            assets: r#""SPY", "EFA", "GLD""#,
            start: "2004-11-18",
            burn_in: "2005-09-06",
            rest: format!("{ON_CHANGE}{rule}").leak(),
            ..FUNDS
        },
    );
}

pub(crate) fn inverse_variance() {
    let rest = with(
        r#"
        [alpha]
        model = "rules"
        score = "1 / (volatility(63) * volatility(63))"
        weigh = "score"
        "#,
    );
    check(
        "inverse_variance",
        &Frame {
            assets: r#""SPY", "EFA", "TLT", "GLD", "VNQ""#,
            start: "2004-11-18",
            burn_in: "2005-02-28",
            rest,
            ..FUNDS
        },
    );
}

/// Momentum at a volatility of 10 %, with factors up to a highest one.
fn volatility_target(name: &str, highest: f64, sizing: &str) {
    let rest = format!(
        r#"
        [rebalance]
        schedule = "end-of-month"
        [alpha]
        model = "rules"
        score = "return(126)"
        select = {{ top = 3 }}
        [risk]
        model = "target-volatility"
        target = 0.1
        highest = {highest:?}
        [portfolio]
        {sizing}
        "#
    );
    check(
        name,
        &Frame {
            assets: r#""SPY", "EFA", "TLT", "IEF", "GLD", "VNQ""#,
            start: "2004-11-18",
            burn_in: "2005-05-31",
            rest: rest.leak(),
            ..FUNDS
        },
    );
}

pub(crate) fn volatility_target_unlevered() {
    volatility_target("volatility_target_unlevered", 1.0, "cash_buffer = 0.0");
}

pub(crate) fn volatility_target_levered() {
    volatility_target("volatility_target_levered", 1.5, "sizing = \"leveraged\"");
}

pub(crate) fn volatility_target_levered_at_interest() {
    volatility_target(
        "volatility_target_levered_at_interest",
        1.5,
        "sizing = \"leveraged\"\n[cash]\nmargin_spread = 0.05",
    );
}
