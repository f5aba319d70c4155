//! What has to hold for every covariance.

use optimisers::optimisers::{
    HierarchicalRiskParity, InverseVariance, InverseVolatility, MaxDiversification, MaxSharpe,
    MeanVariance, MinVariance, RiskParity,
};
use optimisers::{Constraints, Covariance, Group, Optimiser, Problem, Workspace, cap};
use statistics::random::SplitMix64;

use crate::{
    alike, check_near, covariance, dot, long_only, problem, random_covariance, random_returns,
    random_weights, solve,
};

/// All methods; whether the order of the assets matters to them.
fn all() -> Vec<(Box<dyn Optimiser>, bool)> {
    vec![
        (Box::new(InverseVolatility), false),
        (Box::new(InverseVariance), false),
        (Box::new(RiskParity::default()), false),
        (Box::new(MinVariance), false),
        (Box::new(MaxSharpe::default()), false),
        (Box::new(MeanVariance { risk_aversion: 5.0 }), false),
        (Box::new(MaxDiversification), false),
        (Box::new(HierarchicalRiskParity::default()), true),
    ]
}

fn permuted(covariance: &Covariance, order: &[usize]) -> Covariance {
    let mut entries = Vec::new();
    for i in order {
        entries.extend(order.iter().map(|j| covariance.row(*i)[*j]));
    }
    self::covariance(order.len(), &entries)
}

fn scaled(covariance: &Covariance, factor: f64) -> Covariance {
    let entries: Vec<f64> = covariance.entries().iter().map(|s| s * factor).collect();
    self::covariance(covariance.assets(), &entries)
}

#[test]
fn weights_are_positive_and_sum_to_the_net_exposure() {
    let mut random = SplitMix64::new(11);
    for n in [1, 2, 5, 11, 40] {
        let covariance = random_covariance(&mut random, n);
        let mut expected = random_returns(&mut random, n, 3e-4);
        expected[0] = 5e-4;
        for net in [1.0, 0.6, 1.5] {
            let constraints = Constraints {
                net,
                ..Constraints::long_only(n)
            };
            let problem = Problem {
                expected_returns: &expected,
                ..problem(&covariance, &constraints)
            };
            for (optimiser, _) in all() {
                let weights = solve(&*optimiser, &problem).unwrap();
                let sum: f64 = weights.iter().sum();
                assert!((sum - net).abs() <= 1e-14, "{}: {sum}", optimiser.name());
                let least = weights.iter().copied().fold(f64::INFINITY, f64::min);
                assert!(least >= 0.0, "{}: {least}", optimiser.name());
            }
        }
    }
}

#[test]
fn the_order_of_the_assets_does_not_matter_but_to_the_hierarchical_method() {
    let mut random = SplitMix64::new(12);
    let order = [4, 2, 0, 5, 1, 3];
    for _ in 0..10 {
        let covariance = random_covariance(&mut random, 6);
        let expected = random_returns(&mut random, 6, 6e-4);
        let turned = permuted(&covariance, &order);
        let turned_expected = order.map(|i| expected[i]);
        let constraints = Constraints::long_only(6);
        for (optimiser, is_ordered) in all() {
            let weights = |covariance, expected_returns| {
                let problem = Problem {
                    expected_returns,
                    ..problem(covariance, &constraints)
                };
                solve(&*optimiser, &problem)
            };
            let (Ok(first), Ok(second)) = (
                weights(&covariance, &expected),
                weights(&turned, &turned_expected),
            ) else {
                continue;
            };
            if !is_ordered {
                check_near(&second, &order.map(|i| first[i]), 1e-11);
            }
        }
    }
}

#[test]
fn the_scale_of_the_covariance_does_not_matter() {
    let mut random = SplitMix64::new(13);
    let covariance = random_covariance(&mut random, 7);
    let expected = random_returns(&mut random, 7, 5e-4);
    let mut capped = Constraints::long_only(7);
    capped.upper = vec![0.25; 7];
    for constraints in [Constraints::long_only(7), capped] {
        for (optimiser, _) in all() {
            // λ and expected returns go with the scale.
            if optimiser.name() == "mean-variance" {
                continue;
            }
            let weights = |covariance: &Covariance| {
                let problem = Problem {
                    expected_returns: &expected,
                    ..problem(covariance, &constraints)
                };
                solve(&*optimiser, &problem)
            };
            let Ok(usual) = weights(&covariance) else {
                continue;
            };
            for factor in [252.0, 1e4, 1e-12, 1e-300, 1e295] {
                check_near(
                    &weights(&scaled(&covariance, factor)).unwrap(),
                    &usual,
                    1e-11,
                );
            }
        }
        let weights = |factor: f64| {
            let covariance = scaled(&covariance, factor);
            let problem = Problem {
                expected_returns: &expected,
                ..problem(&covariance, &constraints)
            };
            let optimiser = MeanVariance {
                risk_aversion: 6.0 / factor,
            };
            solve(&optimiser, &problem).unwrap()
        };
        check_near(&weights(252.0), &weights(1.0), 1e-12);
        check_near(&weights(1e-20), &weights(1.0), 1e-11);
    }
}

#[test]
fn without_correlation_methods_are_closed_forms() {
    let volatilities = [0.01, 0.02, 0.03, 0.04];
    let covariance = alike(&volatilities, 0.0);
    let inverse_variance = long_only(&InverseVariance, &covariance);
    let inverse_volatility = long_only(&InverseVolatility, &covariance);
    check_near(&inverse_volatility, &[0.48, 0.24, 0.16, 0.12], 1e-15);
    check_near(
        &inverse_variance,
        &[144.0 / 205.0, 36.0 / 205.0, 16.0 / 205.0, 9.0 / 205.0],
        1e-15,
    );
    check_near(
        &long_only(&MinVariance, &covariance),
        &inverse_variance,
        1e-14,
    );
    check_near(
        &long_only(&RiskParity::default(), &covariance),
        &inverse_volatility,
        1e-12,
    );
    check_near(
        &long_only(&MaxDiversification, &covariance),
        &inverse_volatility,
        1e-14,
    );
}

#[test]
fn with_one_correlation_risk_parity_and_diversification_are_inverse_volatility() {
    for correlation in [-0.1, 0.3, 0.9, 0.999] {
        let covariance = alike(&[0.01, 0.02, 0.05, 0.03, 0.07], correlation);
        let expected = long_only(&InverseVolatility, &covariance);
        check_near(
            &long_only(&RiskParity::default(), &covariance),
            &expected,
            1e-11,
        );
        check_near(
            &long_only(&MaxDiversification, &covariance),
            &expected,
            1e-11,
        );
    }
}

#[test]
fn of_two_assets_risk_parity_is_inverse_volatility() {
    for correlation in [-0.99, -0.5, 0.0, 0.7, 1.0] {
        let covariance = alike(&[0.01, 0.03], correlation);
        check_near(
            &long_only(&RiskParity::default(), &covariance),
            &[0.75, 0.25],
            1e-12,
        );
    }
}

#[test]
fn risk_parity_lies_between_minimum_variance_and_equal_weights() {
    let mut random = SplitMix64::new(14);
    for n in [2, 5, 11] {
        for _ in 0..20 {
            let covariance = random_covariance(&mut random, n);
            let variance = |weights: &[f64]| covariance.variance(weights);
            let parity = variance(&long_only(&RiskParity::default(), &covariance));
            let least = variance(&long_only(&MinVariance, &covariance));
            let equal = variance(&vec![1.0 / n as f64; n]);
            assert!(
                least <= parity && parity <= equal,
                "{least} {parity} {equal}"
            );
        }
    }
}

#[test]
fn two_halves_of_an_asset_have_the_variance_of_the_whole() {
    let mut random = SplitMix64::new(15);
    for _ in 0..10 {
        let whole = random_covariance(&mut random, 4);
        let split = permuted(&whole, &[0, 1, 2, 3, 3]);
        let variance =
            |covariance: &Covariance| covariance.variance(&long_only(&MinVariance, covariance));
        let (whole, split) = (variance(&whole), variance(&split));
        assert!((whole - split).abs() <= 1e-13 * whole, "{whole} {split}");
    }
}

#[test]
fn the_greatest_sharpe_ratio_of_special_expectations_is_another_method() {
    let mut random = SplitMix64::new(16);
    let covariance = random_covariance(&mut random, 8);
    let constraints = Constraints::long_only(8);
    let sharpe = |expected_returns: &[f64]| {
        let problem = Problem {
            expected_returns,
            ..problem(&covariance, &constraints)
        };
        solve(&MaxSharpe::default(), &problem).unwrap()
    };
    let equal = sharpe(&[3e-4; 8]);
    check_near(&equal, &long_only(&MinVariance, &covariance), 1e-13);
    let proportional: Vec<f64> = covariance.volatilities().iter().map(|s| 0.05 * s).collect();
    let expected = long_only(&MaxDiversification, &covariance);
    check_near(&sharpe(&proportional), &expected, 1e-13);
}

/// The active set for long-only weights and the general solver come to the same.
#[test]
fn limits_that_do_not_bind_change_nothing() {
    let mut random = SplitMix64::new(17);
    for _ in 0..10 {
        let covariance = random_covariance(&mut random, 9);
        let expected = random_returns(&mut random, 9, 5e-4);
        let free = Constraints::long_only(9);
        // A lower bound that is never reached keeps the simple active set from being used.
        let mut loose = free.clone();
        loose.lower = vec![-1e-3; 9];
        loose.groups = (0..9)
            .map(|i| Group {
                members: vec![i],
                lower: 0.0,
                upper: 2.0,
            })
            .collect();
        loose.gross = 9.0;
        for (optimiser, _) in all() {
            if ![
                "min-variance",
                "max-sharpe",
                "max-diversification",
                "mean-variance",
            ]
            .contains(&optimiser.name())
            {
                continue;
            }
            let [first, second] = [&free, &loose].map(|constraints| {
                let problem = Problem {
                    expected_returns: &expected,
                    ..problem(&covariance, constraints)
                };
                solve(&*optimiser, &problem)
            });
            match (first, second) {
                (Ok(first), Ok(second)) => check_near(&second, &first, 1e-11),
                (Err(first), Err(second)) => assert_eq!(first.name(), second.name()),
                (first, second) => panic!("{}: {first:?} {second:?}", optimiser.name()),
            }
        }
    }
}

#[test]
fn the_optimum_under_caps_beats_caps_after_the_optimum() {
    let mut random = SplitMix64::new(18);
    for _ in 0..20 {
        let covariance = random_covariance(&mut random, 6);
        let mut after = long_only(&MinVariance, &covariance);
        assert_eq!(after.len(), 6);
        let left = cap(&mut after, &[0.4; 6], 1.0);
        let mut constraints = Constraints::long_only(6);
        constraints.upper = vec![0.4; 6];
        let weights = solve(&MinVariance, &problem(&covariance, &constraints)).unwrap();
        let variances = [&weights, &after].map(|w| covariance.variance(w));
        if left == 0.0 {
            assert!(
                variances[0] <= variances[1] * (1.0 + 1e-14),
                "{variances:?}"
            );
        }
    }
}

/// A workspace that was used for other problems gives the bits of a new one.
#[test]
fn nothing_remains_of_earlier_problems() {
    let mut random = SplitMix64::new(19);
    let mut workspace = Workspace::default();
    for n in [5, 2, 9, 1, 5, 12, 3] {
        let covariance = random_covariance(&mut random, n);
        let expected = random_returns(&mut random, n, 5e-4);
        let current = random_weights(&mut random, n);
        let mut limited = Constraints::long_only(n);
        limited.upper = vec![1.5 / n as f64; n];
        limited.turnover_limit = 0.9;
        for (optimiser, _) in all() {
            for constraints in [&Constraints::long_only(n), &limited] {
                let problem = Problem {
                    covariance: &covariance,
                    expected_returns: &expected,
                    current: &current,
                    constraints,
                };
                let mut weights = vec![0.0; n];
                let used = optimiser.weights(&problem, &mut workspace, &mut weights);
                match (used, solve(&*optimiser, &problem)) {
                    (Ok(()), Ok(new)) => assert_eq!(weights, new, "{}", optimiser.name()),
                    (used, new) => assert_eq!(used.err(), new.err(), "{}", optimiser.name()),
                }
            }
        }
    }
}

#[test]
fn contributions_of_a_portfolio_sum_to_its_variance() {
    let mut random = SplitMix64::new(20);
    let covariance = random_covariance(&mut random, 5);
    let weights = random_weights(&mut random, 5);
    let contributions = (0..5).map(|i| weights[i] * dot(covariance.row(i), &weights));
    let sum: f64 = contributions.sum();
    assert!((covariance.variance(&weights) / sum - 1.0).abs() <= 1e-14);
}
