//! Constraints: what they mean, and which of them exclude each other.

use optimisers::optimisers::{
    HierarchicalRiskParity, InverseVolatility, MaxSharpe, MinVariance, RiskParity,
};
use optimisers::{Conflict, Constraint, Constraints, Failure, Group, Optimiser, Problem};
use statistics::random::SplitMix64;

use crate::{alike, check_near, problem, random_covariance, random_weights, solve};

fn conflict(constraints: &Constraints, current: &[f64]) -> Conflict {
    let n = constraints.lower.len();
    let covariance = random_covariance(&mut SplitMix64::new(31), n);
    let problem = Problem {
        current,
        ..problem(&covariance, constraints)
    };
    match solve(&MinVariance, &problem) {
        Err(Failure::Infeasible(conflict)) => conflict,
        other => panic!("{other:?}"),
    }
}

fn group(members: &[usize], lower: f64, upper: f64) -> Group {
    Group {
        members: members.to_vec(),
        lower,
        upper,
    }
}

#[test]
fn bounds_that_exclude_each_other_are_named() {
    let mut constraints = Constraints::long_only(5);
    constraints.upper = vec![0.19; 5];
    let found = conflict(&constraints, &[]);
    assert!(
        matches!(found, Conflict::UpperBelowNet { net: 1.0, .. }),
        "{found:?}"
    );
    assert_eq!(
        Failure::Infeasible(found).to_string(),
        "no portfolio keeps the constraints: the upper bounds sum to 0.95, below the net exposure 1"
    );

    let mut constraints = Constraints::long_only(4);
    constraints.lower = vec![0.3; 4];
    let found = conflict(&constraints, &[]);
    assert_eq!(found, Conflict::LowerAboveNet { sum: 1.2, net: 1.0 });

    constraints.lower[2] = 0.9;
    constraints.upper[2] = 0.5;
    let expected = Conflict::Bounds {
        asset: 2,
        lower: 0.9,
        upper: 0.5,
    };
    assert_eq!(conflict(&constraints, &[]), expected);
    assert_eq!(Failure::Infeasible(expected).assets(), [2]);
}

#[test]
fn gross_exposure_is_at_least_net_exposure() {
    let constraints = Constraints {
        gross: 0.9,
        ..Constraints::long_short(3)
    };
    let expected = Conflict::GrossBelowNet {
        gross: 0.9,
        net: 1.0,
    };
    assert_eq!(conflict(&constraints, &[]), expected);
}

#[test]
fn a_group_is_held_against_the_bounds_of_its_members() {
    let mut constraints = Constraints::long_only(4);
    constraints.upper = vec![0.3; 4];
    constraints.groups = vec![group(&[0, 1], 0.0, 1.0), group(&[2, 3], 0.7, 1.0)];
    let expected = Conflict::GroupOutOfReach {
        group: 1,
        lower: 0.7,
        most: 0.6,
    };
    assert_eq!(conflict(&constraints, &[]), expected);

    constraints.lower = vec![0.2; 4];
    constraints.groups = vec![group(&[1, 2, 3], 0.0, 0.5)];
    let found = conflict(&constraints, &[]);
    assert!(
        matches!(found, Conflict::GroupOverfull { group: 0, .. }),
        "{found:?}"
    );

    constraints.groups = vec![group(&[1], 0.3, 0.2)];
    let found = conflict(&constraints, &[]);
    assert!(
        matches!(found, Conflict::GroupBounds { group: 0, .. }),
        "{found:?}"
    );
}

#[test]
fn a_turnover_limit_that_does_not_lead_into_the_bounds_says_what_does() {
    let mut constraints = Constraints::long_only(5);
    constraints.upper = vec![0.5; 5];
    constraints.turnover_limit = 0.2;
    let expected = Conflict::TurnoverTooSmall {
        limit: 0.2,
        needed: 1.0,
    };
    assert_eq!(conflict(&constraints, &[1.0, 0.0, 0.0, 0.0, 0.0]), expected);
}

/// No two of these exclude each other: it takes a linear program to see that all three do.
#[test]
fn groups_that_together_allow_too_little_are_named() {
    let mut constraints = Constraints::long_only(5);
    constraints.groups = vec![
        group(&[0, 1], 0.0, 0.3),
        group(&[2, 3, 4], 0.0, 0.6),
        group(&[0, 4], 0.0, 0.9),
    ];
    let expected = Conflict::Together {
        constraints: vec![
            Constraint::Net,
            Constraint::GroupUpper(0),
            Constraint::GroupUpper(1),
        ],
    };
    let found = conflict(&constraints, &[]);
    assert_eq!(found, expected);
    assert_eq!(
        found.to_string(),
        "the net exposure, the upper limit of group 0 and the upper limit of group 1 exclude each \
         other"
    );
}

/// A group far from what is held and little turnover.
#[test]
fn a_group_out_of_reach_of_the_turnover_is_named() {
    let constraints = Constraints {
        groups: vec![group(&[0, 1], 0.8, 1.0)],
        turnover_limit: 0.5,
        ..Constraints::long_only(4)
    };
    let found = conflict(&constraints, &[0.1, 0.1, 0.4, 0.4]);
    let Conflict::Together { constraints } = found else {
        panic!("{found:?}");
    };
    assert!(
        constraints.contains(&Constraint::GroupLower(0)),
        "{constraints:?}"
    );
    assert!(
        constraints.contains(&Constraint::Turnover),
        "{constraints:?}"
    );
}

#[test]
fn without_turnover_the_current_weights_stay() {
    let mut random = SplitMix64::new(32);
    for n in [2, 5, 11] {
        let covariance = random_covariance(&mut random, n);
        let current = random_weights(&mut random, n);
        let constraints = Constraints {
            turnover_limit: 0.0,
            ..Constraints::long_only(n)
        };
        let problem = Problem {
            current: &current,
            ..problem(&covariance, &constraints)
        };
        check_near(&solve(&MinVariance, &problem).unwrap(), &current, 1e-12);
    }
}

#[test]
fn turnover_counts_purchases_and_sales_and_two_is_no_limit() {
    let mut random = SplitMix64::new(33);
    let covariance = random_covariance(&mut random, 6);
    let current = random_weights(&mut random, 6);
    let weights = |turnover_limit| {
        let constraints = Constraints {
            turnover_limit,
            ..Constraints::long_only(6)
        };
        let problem = Problem {
            current: &current,
            ..problem(&covariance, &constraints)
        };
        solve(&MinVariance, &problem).unwrap()
    };
    let turnover = |weights: &[f64]| -> f64 {
        weights
            .iter()
            .zip(&current)
            .map(|(w, c)| (w - c).abs())
            .sum()
    };
    let free = weights(f64::INFINITY);
    assert_eq!(weights(2.0), free);
    let half = 0.5 * turnover(&free);
    assert!((turnover(&weights(half)) - half).abs() <= 1e-13);
}

/// A penalty moves nothing if it exceeds every gain, and as much as no penalty if it is tiny.
#[test]
fn a_turnover_penalty_is_a_price_of_trades() {
    let mut random = SplitMix64::new(34);
    let covariance = random_covariance(&mut random, 6);
    let current = random_weights(&mut random, 6);
    let weights = |turnover_penalty| {
        let constraints = Constraints {
            turnover_penalty,
            ..Constraints::long_only(6)
        };
        let problem = Problem {
            current: &current,
            ..problem(&covariance, &constraints)
        };
        solve(&MinVariance, &problem).unwrap()
    };
    check_near(&weights(1.0), &current, 1e-13);
    check_near(&weights(1e-14), &weights(0.0), 1e-8);
}

#[test]
fn caps_that_sum_to_one_leave_one_portfolio() {
    let covariance = random_covariance(&mut SplitMix64::new(35), 5);
    let mut constraints = Constraints::long_only(5);
    constraints.upper = vec![0.2; 5];
    let problem = Problem {
        expected_returns: &[4e-4; 5],
        ..problem(&covariance, &constraints)
    };
    check_near(&solve(&MinVariance, &problem).unwrap(), &[0.2; 5], 1e-13);
    check_near(
        &solve(&MaxSharpe::default(), &problem).unwrap(),
        &[0.2; 5],
        1e-13,
    );
}

#[test]
fn a_pinned_weight_is_what_it_is_pinned_to() {
    let covariance = random_covariance(&mut SplitMix64::new(36), 4);
    let mut constraints = Constraints::long_only(4);
    (constraints.lower[1], constraints.upper[1]) = (0.35, 0.35);
    let weights = solve(&MinVariance, &problem(&covariance, &constraints)).unwrap();
    assert_eq!(weights[1], 0.35);
}

#[test]
fn limits_are_reached_exactly() {
    let covariance = alike(&[0.01, 0.02, 0.03, 0.04], 0.5);
    let mut constraints = Constraints::long_only(4);
    constraints.upper = vec![0.4; 4];
    let weights = solve(&MinVariance, &problem(&covariance, &constraints)).unwrap();
    assert_eq!(weights[0], 0.4);
    assert_eq!(weights[1], 0.4);
    // Of what is not worth holding nothing is held.
    assert_eq!(weights[3], 0.0);
}

#[test]
fn methods_without_a_solver_refuse_what_they_cannot_keep() {
    let covariance = random_covariance(&mut SplitMix64::new(37), 3);
    let methods: [&dyn Optimiser; 3] = [
        &InverseVolatility,
        &RiskParity::default(),
        &HierarchicalRiskParity::default(),
    ];
    let mut constraints = Constraints::long_only(3);
    constraints.upper = vec![0.5; 3];
    for method in methods {
        let failure = solve(method, &problem(&covariance, &constraints)).unwrap_err();
        let expected = format!("{} knows no upper bounds", method.name());
        assert_eq!(failure.to_string(), expected);
    }
    // An upper bound that no weight can exceed is none.
    constraints.upper = vec![1.0; 3];
    for method in methods {
        assert!(solve(method, &problem(&covariance, &constraints)).is_ok());
    }
}

#[test]
fn of_the_sharpe_ratio_shorts_need_a_limit() {
    // The portfolio of the greatest ratio sums to less than nothing.
    let covariance = alike(&[0.01, 0.01], 0.0);
    let constraints = Constraints::long_short(2);
    let problem = Problem {
        expected_returns: &[-5e-4, 1e-4],
        ..problem(&covariance, &constraints)
    };
    let failure = solve(&MaxSharpe::default(), &problem).unwrap_err();
    assert_eq!(failure, Failure::Unbounded);
    let limited = Constraints {
        gross: 3.0,
        ..constraints.clone()
    };
    let problem = Problem {
        constraints: &limited,
        ..problem
    };
    check_near(
        &solve(&MaxSharpe::default(), &problem).unwrap(),
        &[-1.0, 2.0],
        1e-12,
    );
}

/// Caps can leave no portfolio with a positive expectation though one asset has one.
#[test]
fn the_best_expectation_is_named_if_it_is_not_positive() {
    let covariance = alike(&[0.01, 0.01, 0.01], 0.2);
    let mut constraints = Constraints::long_only(3);
    constraints.upper = vec![0.5; 3];
    let problem = Problem {
        expected_returns: &[1e-4, -3e-4, -5e-4],
        ..problem(&covariance, &constraints)
    };
    let failure = solve(&MaxSharpe::default(), &problem).unwrap_err();
    let Failure::NoPositiveExcessReturn { best } = failure else {
        panic!("{failure:?}");
    };
    assert!((best + 1e-4).abs() < 1e-12, "{best}");
}
