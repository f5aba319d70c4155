//! Optima against second, plain, slow computations.

use optimisers::optimisers::{
    MaxDiversification, MaxSharpe, MeanVariance, MinVariance, RiskParity,
};
use optimisers::{Constraints, Covariance, Group, Problem};
use statistics::random::SplitMix64;

use crate::{
    check_near, dot, long_only, problem, random_covariance, random_returns, random_weights,
    singular_covariance, solve,
};

/// The nearest point of the simplex: Held, Wolfe and Crowder (1974), with a sort.
fn project(point: &mut [f64]) {
    let mut sorted = point.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let mut sum = 0.0;
    let mut shift = 0.0;
    for (i, value) in sorted.iter().enumerate() {
        sum += value;
        let candidate = (sum - 1.0) / (i + 1) as f64;
        if value - candidate > 0.0 {
            shift = candidate;
        }
    }
    for value in point {
        *value = (*value - shift).max(0.0);
    }
}

/// Minimum variance by projected gradients.
fn least_variance(covariance: &Covariance) -> f64 {
    let n = covariance.assets();
    let trace: f64 = (0..n).map(|i| covariance.row(i)[i]).sum();
    let mut weights = vec![1.0 / n as f64; n];
    for _ in 0..20_000 {
        let gradient: Vec<f64> = (0..n).map(|i| dot(covariance.row(i), &weights)).collect();
        for (weight, gradient) in weights.iter_mut().zip(&gradient) {
            *weight -= gradient / trace;
        }
        project(&mut weights);
    }
    covariance.variance(&weights)
}

#[test]
fn minimum_variance_is_where_projected_gradients_lead() {
    let mut random = SplitMix64::new(1);
    for n in [2, 3, 5, 8] {
        for singular in [false, true] {
            let covariance = match singular {
                false => random_covariance(&mut random, n),
                true => singular_covariance(&mut random, n),
            };
            let weights = long_only(&MinVariance, &covariance);
            let plain = least_variance(&covariance);
            let variance = covariance.variance(&weights);
            assert!(
                variance <= plain * (1.0 + 1e-12) + 1e-18,
                "{variance:e} {plain:e}"
            );
            assert!(
                plain <= variance * (1.0 + 1e-6) + 1e-10,
                "{variance:e} {plain:e}"
            );
        }
    }
}

/// By how much a linear program over bounds and a sum beats some weights: the gap of Frank and Wolfe
/// (1956), which bounds how far a convex objective is from its optimum.
fn gap(gradient: &[f64], weights: &[f64], constraints: &Constraints) -> f64 {
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|a, b| gradient[*a].total_cmp(&gradient[*b]));
    let mut rest = constraints.net - constraints.lower.iter().sum::<f64>();
    let mut best = dot(gradient, &constraints.lower);
    for i in order {
        let room = (constraints.upper[i] - constraints.lower[i]).min(rest);
        best += gradient[i] * room;
        rest -= room;
    }
    dot(gradient, weights) - best
}

/// Bounds, some of them below zero, that leave room for a sum of 1.
fn random_bounds(random: &mut SplitMix64, n: usize) -> Constraints {
    let mut constraints = Constraints::long_only(n);
    for i in 0..n {
        constraints.lower[i] = (0.6 * random.uniform() - 0.5) / n as f64;
        constraints.upper[i] = (1.05 + 2.0 * random.uniform()) / n as f64;
    }
    constraints
}

#[test]
fn under_bounds_no_linear_program_improves_the_optimum() {
    let mut random = SplitMix64::new(2);
    for n in [2, 3, 5, 11, 20] {
        for _ in 0..20 {
            let covariance = random_covariance(&mut random, n);
            let constraints = random_bounds(&mut random, n);
            let expected = random_returns(&mut random, n, 3e-4);
            let problem = Problem {
                expected_returns: &expected,
                ..problem(&covariance, &constraints)
            };
            let slope = |w: &[f64]| {
                (0..n)
                    .map(|i| dot(covariance.row(i), w))
                    .collect::<Vec<_>>()
            };
            let size = covariance.row(0)[0];

            let weights = solve(&MinVariance, &problem).unwrap();
            let gap = gap(&slope(&weights), &weights, &constraints);
            assert!(gap.abs() <= 1e-12 * size, "minimum variance: {gap:e}");

            let aversion = 10.0;
            let optimiser = MeanVariance {
                risk_aversion: aversion,
            };
            let weights = solve(&optimiser, &problem).unwrap();
            let gradient = slope(&weights).into_iter().zip(&expected);
            let gradient: Vec<f64> = gradient.map(|(s, m)| aversion * s - m).collect();
            let gap = self::gap(&gradient, &weights, &constraints);
            assert!(gap.abs() <= 1e-12 * 4e-4, "mean-variance: {gap:e}");

            // Where a ratio is greatest its gradient is that of `variance · a - (a'w) Sw`.
            let Ok(weights) = solve(&MaxSharpe::default(), &problem) else {
                continue;
            };
            let risk = slope(&weights);
            let factor = dot(&expected, &weights) / dot(&risk, &weights);
            let gradient = risk.iter().zip(&expected);
            let gradient: Vec<f64> = gradient.map(|(s, m)| factor * s - m).collect();
            let gap = self::gap(&gradient, &weights, &constraints);
            assert!(gap.abs() <= 1e-11 * 4e-4, "maximum Sharpe: {gap:e}");
        }
    }
}

/// Every combination of constraints for three assets: no point of a grid is better.
#[test]
fn under_all_constraints_no_point_of_a_grid_is_better() {
    const STEPS: i32 = 75;
    let mut random = SplitMix64::new(3);
    let mut solved = 0;
    for round in 0..60 {
        let covariance = random_covariance(&mut random, 3);
        let expected = random_returns(&mut random, 3, 3e-4);
        let current = random_weights(&mut random, 3);
        let mut constraints = Constraints::long_only(3);
        if round % 2 == 0 {
            constraints.lower = vec![-0.4; 3];
            constraints.gross = 1.1 + 0.5 * random.uniform();
        }
        constraints.upper = vec![0.5 + 0.5 * random.uniform(); 3];
        if round % 3 == 0 {
            constraints.groups.push(Group {
                members: vec![0, 2],
                lower: 0.2 + 0.4 * random.uniform(),
                upper: 0.7,
            });
        }
        if round % 4 < 2 {
            constraints.turnover_limit = 0.1 + 0.6 * random.uniform();
        }
        if round % 5 < 2 {
            constraints.turnover_penalty = 1e-4 * random.uniform();
        }
        let problem = Problem {
            covariance: &covariance,
            expected_returns: &expected,
            current: &current,
            constraints: &constraints,
        };
        let penalty = |w: &[f64]| {
            let changes = w.iter().zip(&current).map(|(w, c)| (w - c).abs());
            constraints.turnover_penalty * changes.sum::<f64>()
        };
        let optimiser = MeanVariance { risk_aversion: 8.0 };
        let utility = |w: &[f64]| dot(&expected, w) - 4.0 * covariance.variance(w) - penalty(w);
        let variance = |w: &[f64]| -covariance.variance(w) - penalty(w);
        let answers = [
            (
                solve(&MinVariance, &problem),
                &variance as &dyn Fn(&[f64]) -> f64,
            ),
            (solve(&optimiser, &problem), &utility),
        ];
        for (weights, value) in answers {
            let Ok(weights) = weights else {
                continue;
            };
            solved += 1;
            let violation = constraints.greatest_violation(&weights, &current);
            assert!(violation <= 1e-12, "{round}: {violation:e}");
            let ours = value(&weights);
            let mut feasible = 0;
            for a in -STEPS..=2 * STEPS {
                for b in -STEPS..=2 * STEPS {
                    let (a, b) = (
                        f64::from(a) / f64::from(STEPS),
                        f64::from(b) / f64::from(STEPS),
                    );
                    // Near the optimum as well as far away.
                    for near in [1.0, 0.02] {
                        let point = [
                            weights[0] + near * (a - weights[0]),
                            weights[1] + near * (b - weights[1]),
                            weights[2] + near * (1.0 - a - b - weights[2]),
                        ];
                        if constraints.are_kept(&point, &current) {
                            feasible += 1;
                            let theirs = value(&point);
                            assert!(theirs <= ours + 1e-15, "{round}: {point:?} {weights:?}");
                        }
                    }
                }
            }
            assert!(feasible > 10, "{round}: {feasible} points");
        }
    }
    assert!(solved > 80, "{solved} problems have a solution");
}

#[test]
fn each_asset_contributes_its_budget_of_the_risk() {
    let mut random = SplitMix64::new(4);
    for n in [1, 2, 3, 7, 20, 60] {
        for singular in [false, true] {
            let covariance = match singular {
                false => random_covariance(&mut random, n),
                true => singular_covariance(&mut random, n),
            };
            let budgets = random_weights(&mut random, n);
            let optimiser = RiskParity {
                budgets: budgets.iter().map(|budget| 7.0 * budget).collect(),
            };
            let constraints = Constraints::long_only(n);
            let Ok(weights) = solve(&optimiser, &problem(&covariance, &constraints)) else {
                // Of opposite assets a mix without risk is ever better.
                assert!(singular);
                continue;
            };
            let variance = covariance.variance(&weights);
            for (i, budget) in budgets.iter().enumerate() {
                let share = weights[i] * dot(covariance.row(i), &weights) / variance;
                assert!((share - budget).abs() <= 1e-11, "{share} {budget}");
            }
        }
    }
}

/// The ratio is greatest where it is greatest along every line to a single asset.
#[test]
fn no_shift_towards_a_single_asset_improves_a_ratio() {
    let mut random = SplitMix64::new(5);
    for n in [2, 5, 11] {
        let covariance = random_covariance(&mut random, n);
        let constraints = Constraints::long_only(n);
        let expected = random_returns(&mut random, n, 5e-4);
        let problem = Problem {
            expected_returns: &expected,
            ..problem(&covariance, &constraints)
        };
        let sharpe = MaxSharpe { risk_free: 1e-4 };
        let excess: Vec<f64> = expected.iter().map(|m| m - 1e-4).collect();
        for (weights, numerator) in [
            (solve(&sharpe, &problem).unwrap(), excess.as_slice()),
            (
                solve(&MaxDiversification, &problem).unwrap(),
                covariance.volatilities(),
            ),
        ] {
            let ratio = |w: &[f64]| dot(numerator, w) / covariance.variance(w).sqrt();
            let ours = ratio(&weights);
            for i in 0..n {
                for step in [0.5, 0.01, 1e-4, 1e-6] {
                    let mut point: Vec<f64> = weights.iter().map(|w| w * (1.0 - step)).collect();
                    point[i] += step;
                    assert!(ratio(&point) <= ours * (1.0 + 1e-14), "{i} {step}");
                }
            }
        }
    }
}

#[test]
fn without_limits_minimum_variance_is_where_all_assets_have_the_same_covariance_with_it() {
    let mut random = SplitMix64::new(6);
    for n in [1, 2, 6, 30] {
        let covariance = random_covariance(&mut random, n);
        let constraints = Constraints::long_short(n);
        let weights = solve(&MinVariance, &problem(&covariance, &constraints)).unwrap();
        let variance = covariance.variance(&weights);
        let covariances: Vec<f64> = (0..n).map(|i| dot(covariance.row(i), &weights)).collect();
        check_near(&covariances, &vec![variance; n], 1e-12 * variance.max(1e-5));
    }
}
