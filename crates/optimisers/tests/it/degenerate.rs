//! Inputs that are singular, extreme or without an answer.

use optimisers::optimisers::{
    HierarchicalRiskParity, InverseVolatility, MaxDiversification, MaxSharpe, MeanVariance,
    MinVariance, RiskParity,
};
use optimisers::{Constraints, Failure, Optimiser, Problem, target_volatility};
use statistics::random::SplitMix64;

use crate::{alike, check_near, covariance, long_only, problem, random_covariance, solve};

fn all() -> [Box<dyn Optimiser>; 7] {
    [
        Box::new(InverseVolatility),
        Box::new(RiskParity::default()),
        Box::new(MinVariance),
        Box::new(MaxSharpe::default()),
        Box::new(MeanVariance { risk_aversion: 3.0 }),
        Box::new(MaxDiversification),
        Box::new(HierarchicalRiskParity::default()),
    ]
}

#[test]
fn one_asset_is_held_alone() {
    let covariance = alike(&[0.01], 0.0);
    let constraints = Constraints::long_only(1);
    let problem = Problem {
        expected_returns: &[1e-4],
        ..problem(&covariance, &constraints)
    };
    for optimiser in all() {
        assert_eq!(
            solve(&*optimiser, &problem).unwrap(),
            [1.0],
            "{}",
            optimiser.name()
        );
    }
}

#[test]
fn assets_that_never_move_are_named_by_methods_that_divide_by_their_risk() {
    let covariance = alike(&[0.0, 0.02, 0.0, 0.01], 0.3);
    for optimiser in all() {
        if ["min-variance", "mean-variance"].contains(&optimiser.name()) {
            continue;
        }
        let constraints = Constraints::long_only(4);
        let problem = Problem {
            expected_returns: &[1e-4; 4],
            ..problem(&covariance, &constraints)
        };
        let failure = solve(&*optimiser, &problem).unwrap_err();
        assert_eq!(failure, Failure::ZeroVariance { assets: vec![0, 2] });
        assert_eq!(failure.to_string(), "no variance: assets 0 and 2");
    }
}

#[test]
fn minimum_variance_holds_what_never_moves() {
    let covariance = alike(&[0.0, 0.02, 0.0, 0.01], 0.3);
    assert_eq!(long_only(&MinVariance, &covariance), [0.5, 0.0, 0.5, 0.0]);
    let mut constraints = Constraints::long_only(4);
    constraints.upper = vec![0.4; 4];
    let weights = solve(&MinVariance, &problem(&covariance, &constraints)).unwrap();
    assert_eq!((weights[0], weights[2]), (0.4, 0.4));
    let third = covariance.variance(&weights);
    // The rest is the mix of the other two with the least risk.
    let rest = alike(&[0.02, 0.01], 0.3);
    let least = 0.04 * rest.variance(&long_only(&MinVariance, &rest));
    assert!((third - least).abs() <= 1e-12 * least, "{third} {least}");
}

#[test]
fn nothing_moves() {
    let covariance = alike(&[0.0; 3], 0.0);
    check_near(
        &long_only(&MinVariance, &covariance),
        &[1.0 / 3.0; 3],
        1e-15,
    );
    let mut constraints = Constraints::long_only(3);
    constraints.upper = vec![0.5; 3];
    constraints.lower[0] = 0.4;
    let weights = solve(&MinVariance, &problem(&covariance, &constraints)).unwrap();
    assert!(constraints.are_kept(&weights, &[]), "{weights:?}");
    let mut weights = [1.0 / 3.0; 3];
    let failure = target_volatility(&covariance, &mut weights, 0.1, 252.0, 1.0).unwrap_err();
    assert_eq!(failure, Failure::ZeroRisk);
}

#[test]
fn a_perfect_hedge_has_no_risk() {
    let covariance = covariance(2, &[1e-4, -2e-4, -2e-4, 4e-4]);
    let weights = long_only(&MinVariance, &covariance);
    check_near(&weights, &[2.0 / 3.0, 1.0 / 3.0], 1e-12);
    let constraints = Constraints::long_only(2);
    let problem = Problem {
        expected_returns: &[1e-4; 2],
        ..problem(&covariance, &constraints)
    };
    for optimiser in [&MaxSharpe::default() as &dyn Optimiser, &MaxDiversification] {
        assert_eq!(solve(optimiser, &problem).unwrap_err(), Failure::ZeroRisk);
    }
}

#[test]
fn of_copies_the_first_is_held() {
    let covariance = alike(&[0.01, 0.01], 1.0);
    assert_eq!(long_only(&MinVariance, &covariance), [1.0, 0.0]);
    check_near(
        &long_only(&RiskParity::default(), &covariance),
        &[0.5; 2],
        1e-13,
    );
    // Of two that move together the calmer one.
    let covariance = alike(&[0.02, 0.01], 1.0);
    assert_eq!(long_only(&MinVariance, &covariance), [0.0, 1.0]);
}

/// The calmest asset comes in first and is a mix of the other two, which hedge each other.
#[test]
fn a_mix_that_hedges_better_takes_the_place_of_a_copy() {
    // A = f + g, B = f - g and C = f.
    let (f, g) = (1e-4, 4e-4);
    let covariance = covariance(3, &[f + g, f - g, f, f - g, f + g, f, f, f, f]);
    let weights = long_only(&MinVariance, &covariance);
    assert!(
        (covariance.variance(&weights) - f).abs() <= 1e-15 * f,
        "{weights:?}"
    );
}

#[test]
fn volatilities_from_a_millionth_to_ten() {
    let covariance = alike(&[1e-6, 1e-3, 1.0, 10.0], 0.3);
    assert_eq!(long_only(&MinVariance, &covariance), [1.0, 0.0, 0.0, 0.0]);
    // Under a floor for the wildest, all that can be is in the calmest.
    let mut constraints = Constraints::long_only(4);
    constraints.lower[3] = 0.1;
    constraints.upper[0] = 0.6;
    let weights = solve(&MinVariance, &problem(&covariance, &constraints)).unwrap();
    check_near(&weights, &[0.6, 0.3, 0.0, 0.1], 1e-12);
}

#[test]
fn equal_assets_have_equal_weights_but_in_halves_of_different_length() {
    let covariance = alike(&[0.01; 5], 0.5);
    let constraints = Constraints::long_only(5);
    let problem = Problem {
        expected_returns: &[1e-4; 5],
        ..problem(&covariance, &constraints)
    };
    for optimiser in all() {
        let weights = solve(&*optimiser, &problem).unwrap();
        if optimiser.name() == "hrp" {
            // Each asset joins to the left of the others. Two have a variance of 3/4 of one's,
            // three of 2/3.
            let two = 1.0 - (3.0 / 4.0) / (3.0 / 4.0 + 2.0 / 3.0);
            assert!(
                (weights[3] + weights[4] - two).abs() <= 1e-14,
                "{weights:?}"
            );
        } else {
            check_near(&weights, &[0.2; 5], 1e-13);
        }
    }
}

#[test]
fn the_worst_expectations_have_no_sharpe_ratio() {
    let covariance = random_covariance(&mut SplitMix64::new(41), 3);
    let constraints = Constraints::long_only(3);
    let problem = Problem {
        expected_returns: &[-1e-4, -5e-4, -2e-4],
        ..problem(&covariance, &constraints)
    };
    let failure = solve(&MaxSharpe::default(), &problem).unwrap_err();
    assert_eq!(failure, Failure::NoPositiveExcessReturn { best: -1e-4 });
    // The best equals the risk-free rate.
    let problem = Problem {
        expected_returns: &[1e-4; 3],
        ..problem
    };
    let failure = solve(&MaxSharpe { risk_free: 1e-4 }, &problem).unwrap_err();
    assert_eq!(failure, Failure::NoPositiveExcessReturn { best: 0.0 });
    // The utility of a bad lot is defined.
    assert!(solve(&MeanVariance { risk_aversion: 1.0 }, &problem).is_ok());
}

#[test]
fn volatilities_at_the_ends_of_the_numbers() {
    for exponent in [-498, -300, 300, 498_i64] {
        // A power of two, so that correlations are the same to the bit.
        let scale = f64::from_bits(((1023 + exponent) as u64) << 52);
        let covariance = alike(&[scale, 2.0 * scale, 3.0 * scale], 0.4);
        let usual = alike(&[1.0, 2.0, 3.0], 0.4);
        for optimiser in all() {
            if optimiser.name() == "mean-variance" || optimiser.name() == "max-sharpe" {
                continue;
            }
            let found = long_only(&*optimiser, &covariance);
            check_near(&found, &long_only(&*optimiser, &usual), 1e-12);
        }
    }
}

#[test]
fn risk_parity_of_opposite_assets_without_any_risk_does_not_converge() {
    let covariance = covariance(2, &[1e-4, -1e-4, -1e-4, 1e-4]);
    let constraints = Constraints::long_only(2);
    let failure = solve(&RiskParity::default(), &problem(&covariance, &constraints)).unwrap_err();
    assert_eq!(failure.name(), "no-convergence");
}
