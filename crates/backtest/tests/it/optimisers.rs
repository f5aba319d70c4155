//! Optimisers that look at prices: their windows, what they weigh, and what is held when they have
//! no answer.

use backtest::alpha::{EqualWeight, FixedWeights};
use backtest::market::{Mark, Market, PriceSeries};
use backtest::optimiser::{
    CovarianceEstimator, Fallback, GroupLimit, Hierarchical, MaxSharpe, MinVariance, RiskParity,
};
use backtest::outcome::Outcome;
use backtest::strategy::{Optimiser, Schedule, Strategy};
use optimisers::estimators::{LedoitWolf, Sample};
use optimisers::{Constraints, Covariance, Estimator, Problem, Returns, Workspace};
use statistics::random::SplitMix64;

use crate::markets::{over, run};

const SYMBOLS: [&str; 4] = ["AAA", "BBB", "CCC", "DDD"];

const LOOKBACK: u32 = 20;

/// Prices of four assets on weekdays; of the last from the tenth day on.
fn prices(days: usize) -> Vec<PriceSeries> {
    let mut random = SplitMix64::new(7);
    let first: backtest::date::Date = "2024-01-01".parse().unwrap();
    let weekdays = (0..).map(|day| first.plus_days(day));
    let weekdays = weekdays.enumerate().filter(|(day, _)| day % 7 < 5);
    let weekdays: Vec<_> = weekdays.map(|(_, date)| date).take(days).collect();
    let mut last = [100.0; 4];
    let mut series = SYMBOLS.map(|symbol| PriceSeries {
        symbol: symbol.to_owned(),
        ..PriceSeries::default()
    });
    for date in weekdays {
        let market = 0.01 * random.normal();
        for (i, (series, last)) in series.iter_mut().zip(&mut last).enumerate() {
            *last *= 1.0 + 1e-3 + market + 0.004 * (i + 1) as f64 * random.normal();
            series.dates.push(date);
            series.open.push(*last);
            series.close.push(*last);
        }
    }
    series.into()
}

fn strategy(series: &[PriceSeries], optimiser: impl Into<Optimiser>) -> Strategy {
    Strategy {
        alpha: EqualWeight.into(),
        optimiser: optimiser.into(),
        schedule: Schedule::Daily,
        initial_cash: 1e6,
        ..over(series)
    }
}

fn risk_parity() -> RiskParity {
    RiskParity {
        lookback: LOOKBACK,
        covariance: CovarianceEstimator::LedoitWolf,
        decay: 0.94,
        fallback: Fallback::Error,
        budgets: Vec::new(),
    }
}

fn min_variance() -> MinVariance {
    MinVariance {
        lookback: LOOKBACK,
        covariance: CovarianceEstimator::Sample,
        decay: 0.94,
        fallback: Fallback::Error,
        min_weight: 0.0,
        max_weight: 0.4,
        min_weights: Vec::new(),
        max_weights: Vec::new(),
        groups: None,
        max_gross: None,
        max_turnover: None,
        turnover_penalty: 0.0,
    }
}

/// The weights that each decision wanted, in the order of the symbols.
fn decisions(market: &Market, outcome: &Outcome) -> Vec<(Mark, Vec<f64>)> {
    let weight = |weights: &[_], symbol| {
        let asset = market.asset(symbol).unwrap();
        let found = weights.iter().find(|(other, _)| *other == asset);
        found.map_or(0.0, |(_, weight)| *weight)
    };
    let all = outcome.allocations.iter().map(|allocation| {
        let weights = SYMBOLS.map(|symbol| weight(allocation.weights, symbol));
        (allocation.mark, weights.to_vec())
    });
    all.collect()
}

/// What an optimiser of the crate makes of the closes up to a session.
fn expected(
    series: &[PriceSeries],
    session: usize,
    estimator: &dyn Estimator,
    optimiser: &dyn optimisers::Optimiser,
    constraints: &Constraints,
) -> Vec<f64> {
    let window =
        |series: &PriceSeries| series.close[session - LOOKBACK as usize..=session].to_vec();
    let windows: Vec<_> = series.iter().map(window).collect();
    let mut returns = Returns::default();
    returns
        .set_closes(windows.iter().map(Vec::as_slice))
        .unwrap();
    let mut covariance = Covariance::default();
    estimator.estimate(&returns, &mut covariance).unwrap();
    let mut weights = vec![0.0; series.len()];
    let problem = Problem {
        covariance: &covariance,
        expected_returns: &[],
        current: &[],
        constraints,
    };
    optimiser
        .weights(&problem, &mut Workspace::default(), &mut weights)
        .unwrap();
    weights
}

#[test]
fn weights_are_those_of_the_window_that_ends_at_the_decision() {
    let series = prices(40);
    let (market, outcome) = run(&strategy(&series, risk_parity()), &series).unwrap();
    let simple = Constraints::long_only(4);
    let mut checked = 0;
    for (mark, weights) in decisions(&market, &outcome) {
        let session = mark.session.index();
        if session < LOOKBACK as usize {
            // Until the window is full all is cash.
            assert_eq!(weights, [0.0; 4], "{session}");
            continue;
        }
        let parity = optimisers::optimisers::RiskParity::default();
        let theirs = expected(&series, session, &LedoitWolf, &parity, &simple);
        assert_eq!(weights, theirs, "{session}");
        checked += 1;
    }
    assert!(checked > 15, "{checked}");

    let (market, outcome) = run(&strategy(&series, min_variance()), &series).unwrap();
    let capped = Constraints {
        upper: vec![0.4; 4],
        ..Constraints::long_only(4)
    };
    for (mark, weights) in decisions(&market, &outcome) {
        let session = mark.session.index();
        if session >= LOOKBACK as usize {
            let method = optimisers::optimisers::MinVariance;
            let theirs = expected(&series, session, &Sample, &method, &capped);
            assert_eq!(weights, theirs, "{session}");
        }
    }
}

#[test]
fn what_the_alpha_model_leaves_out_is_not_weighed_and_its_sum_is_kept() {
    let series = prices(30);
    let mut strategy = strategy(&series, risk_parity());
    let weights = [("AAA", 0.1), ("CCC", 0.5)].map(|(symbol, weight)| (symbol.to_owned(), weight));
    strategy.alpha = FixedWeights {
        weights: weights.into(),
    }
    .into();
    let (market, outcome) = run(&strategy, &series).unwrap();
    let pair = [series[0].clone(), series[2].clone()];
    let constraints = Constraints {
        net: 0.6,
        ..Constraints::long_only(2)
    };
    let (mark, weights) = decisions(&market, &outcome).pop().unwrap();
    let parity = optimisers::optimisers::RiskParity::default();
    let theirs = expected(
        &pair,
        mark.session.index(),
        &LedoitWolf,
        &parity,
        &constraints,
    );
    assert_eq!(weights, [theirs[0], 0.0, theirs[1], 0.0]);
}

#[test]
fn groups_are_sums_of_the_weights_of_those_that_are_weighed() {
    let series = prices(40);
    let group = |assets: &[&str], min_weight, max_weight| GroupLimit {
        assets: assets.iter().map(|symbol| (*symbol).to_owned()).collect(),
        min_weight,
        max_weight,
    };
    let optimiser = MinVariance {
        max_weight: 1.0,
        groups: Some(vec![
            group(&["CCC", "DDD"], Some(0.35), None),
            group(&["AAA", "CCC"], None, Some(0.5)),
        ]),
        ..min_variance()
    };
    let (market, outcome) = run(&strategy(&series, optimiser), &series).unwrap();
    let (_, weights) = decisions(&market, &outcome).pop().unwrap();
    assert!(
        (weights[2] + weights[3] - 0.35).abs() < 1e-12,
        "{weights:?}"
    );
    assert!(weights[0] + weights[2] < 0.5 + 1e-12, "{weights:?}");
}

#[test]
fn limits_that_make_no_sense_are_mistakes() {
    let series = prices(30);
    let mut strategy = strategy(
        &series,
        MinVariance {
            min_weight: -0.1,
            max_weights: vec![("EEE".to_owned(), 0.2)],
            groups: Some(vec![GroupLimit {
                assets: vec!["AAA".to_owned(), "AAA".to_owned()],
                min_weight: Some(0.5),
                max_weight: Some(0.4),
            }]),
            ..min_variance()
        },
    );
    let mistakes = |strategy: &Strategy| {
        let all = strategy.check();
        all.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        mistakes(&strategy),
        [
            "`portfolio.min_weight` is -0.1, in a long-only portfolio; it must be 0 or more",
            "`EEE` is not in `universe.assets`",
            "`AAA` is listed twice",
            "`portfolio.groups[0].max_weight` is 0.4; it must be at least `min_weight`, 0.5",
        ]
    );
    let budgets = vec![("AAA".to_owned(), 0.0)];
    strategy.optimiser = RiskParity {
        budgets,
        ..risk_parity()
    }
    .into();
    assert_eq!(
        mistakes(&strategy),
        ["`portfolio.budgets.AAA` is 0; it must be more than 0"]
    );
}

#[test]
fn what_comes_later_changes_nothing() {
    let series = prices(40);
    let short: Vec<_> = series
        .iter()
        .map(|series| PriceSeries {
            symbol: series.symbol.clone(),
            dates: series.dates[..30].to_vec(),
            open: series.open[..30].to_vec(),
            close: series.close[..30].to_vec(),
            ..PriceSeries::default()
        })
        .collect();
    let hierarchical = Hierarchical {
        lookback: LOOKBACK,
        covariance: CovarianceEstimator::Ewma,
        decay: 0.9,
        fallback: Fallback::Error,
        linkage: backtest::optimiser::ClusterLinkage::Single,
        distance: backtest::optimiser::ClusterDistance::Correlation,
    };
    let wanted = |series: &[PriceSeries]| {
        let (market, outcome) = run(&strategy(series, hierarchical.clone()), series).unwrap();
        decisions(&market, &outcome)
    };
    let (long, short) = (wanted(&series), wanted(&short));
    assert!(short.len() > 8);
    assert_eq!(long[..short.len() - 1], short[..short.len() - 1]);
}

#[test]
fn turnover_is_limited_against_what_is_held() {
    let series = prices(40);
    let optimiser = MinVariance {
        max_turnover: Some(0.01),
        ..min_variance()
    };
    let (market, outcome) = run(&strategy(&series, optimiser), &series).unwrap();
    let mut limited = 0;
    for allocation in outcome.allocations.iter() {
        let prices = market.prices(allocation.mark);
        let mut change = 0.0;
        for (asset, weight) in allocation.weights {
            let held = allocation.held.iter().find(|held| held.asset == *asset);
            let held = held.map_or(0.0, |held| held.quantity * prices[asset.index()]);
            change += (weight - held / allocation.equity).abs();
        }
        // The first purchase is all that may exceed it.
        if !allocation.held.is_empty() {
            assert!(change <= 0.02 + 1e-9, "{change}");
            limited += usize::from(change > 0.02 - 1e-9);
        }
    }
    assert!(limited > 3, "{limited}");
}

#[test]
fn without_a_way_out_the_backtest_stops_and_says_why() {
    let series = prices(30);
    let optimiser = MinVariance {
        max_weight: 0.2,
        ..min_variance()
    };
    let error = run(&strategy(&series, optimiser), &series).unwrap_err();
    assert!(
        error.ends_with(
            "no portfolio keeps the constraints: the upper bounds sum to 0.8, below the net \
             exposure 1"
        ),
        "{error}"
    );
}

#[test]
fn an_asset_that_never_moves_is_named_or_the_way_out_is_taken() {
    let mut series = prices(40);
    series[1].open.fill(50.0);
    series[1].close.fill(50.0);
    let with = |fallback| RiskParity {
        fallback,
        ..risk_parity()
    };
    let error = run(&strategy(&series, with(Fallback::Error)), &series).unwrap_err();
    assert!(
        error.ends_with("no variance: asset 1; asset 1 is `BBB`"),
        "{error}"
    );
    // Nothing is held yet, and so nothing is bought.
    let (_, outcome) = run(&strategy(&series, with(Fallback::Hold)), &series).unwrap();
    assert!(outcome.fills.is_empty());
    // Inverse volatility fails by the same asset.
    let error = run(
        &strategy(&series, with(Fallback::InverseVolatility)),
        &series,
    );
    assert!(error.is_err());
}

#[test]
fn inverse_volatility_is_a_way_out() {
    let mut series = prices(40);
    // Everything falls: no portfolio has a positive return.
    for series in &mut series {
        for (day, (open, close)) in series.open.iter_mut().zip(&mut series.close).enumerate() {
            *close *= 0.98_f64.powi(day as i32);
            *open = *close;
        }
    }
    let optimiser = MaxSharpe {
        lookback: LOOKBACK,
        covariance: CovarianceEstimator::Sample,
        decay: 0.94,
        fallback: Fallback::InverseVolatility,
        min_weight: 0.0,
        max_weight: 1.0,
        min_weights: Vec::new(),
        max_weights: Vec::new(),
        groups: None,
        max_gross: None,
        max_turnover: None,
        session_rate: 0.0,
    };
    let (market, outcome) = run(&strategy(&series, optimiser), &series).unwrap();
    let (mark, weights) = decisions(&market, &outcome).pop().unwrap();
    let method = optimisers::optimisers::InverseVolatility;
    let simple = Constraints::long_only(4);
    let theirs = expected(&series, mark.session.index(), &Sample, &method, &simple);
    assert_eq!(weights, theirs);
}
