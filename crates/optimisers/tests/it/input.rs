//! Input that is refused, and how.

use optimisers::optimisers::{MaxSharpe, MeanVariance, MinVariance, RiskParity};
use optimisers::{Constraints, Covariance, Failure, Group, Optimiser, Problem, cap};

use crate::{alike, problem, solve};

#[track_caller]
fn check_matrix(assets: usize, entries: &[f64], expected: &str) {
    let failure = Covariance::default().set(assets, entries).unwrap_err();
    assert_eq!(failure.to_string(), expected);
    assert_eq!(failure.name(), "bad-input");
}

#[test]
fn matrices_that_are_no_covariances() {
    check_matrix(0, &[], "there are no assets");
    check_matrix(
        2,
        &[1.0; 3],
        "covariance matrix: 4 numbers are needed, found 3",
    );
    check_matrix(
        2,
        &[1.0, 0.0, f64::NAN, 1.0],
        "covariance matrix: the number of asset 1 is NaN",
    );
    check_matrix(
        2,
        &[1.0, 0.5, 0.4, 1.0],
        "the covariance of assets 1 and 0 is not symmetric: 0.4 and 0.5",
    );
    check_matrix(
        2,
        &[1.0, 0.0, 0.0, -1e-9],
        "the variance of asset 1 is -0.000000001",
    );
    check_matrix(
        2,
        &[1.0, 1.5, 1.5, 1.0],
        "the correlation of assets 1 and 0 is 1.5",
    );
    check_matrix(
        2,
        &[0.0, 1e-9, 1e-9, 1.0],
        "the correlation of assets 1 and 0 is inf",
    );
    let c = -0.9;
    check_matrix(
        3,
        &[1.0, c, c, c, 1.0, c, c, c, 1.0],
        "the covariance matrix is not positive semidefinite: assets 0 to 2 already give some \
         portfolio a negative variance",
    );
}

#[test]
fn settings_out_of_range() {
    let covariance = alike(&[0.01, 0.02], 0.3);
    let constraints = Constraints::long_only(2);
    let problem = Problem {
        expected_returns: &[1e-4, 2e-4],
        ..problem(&covariance, &constraints)
    };
    for risk_aversion in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let failure = solve(&MeanVariance { risk_aversion }, &problem).unwrap_err();
        let expected = format!("the risk aversion is {risk_aversion}; it has to be positive");
        assert_eq!(failure.to_string(), expected);
    }
    for (budgets, expected) in [
        (
            vec![1.0, 0.0],
            "the risk budget of asset 1 is 0; budgets have to be positive",
        ),
        (
            vec![-1.0, 2.0],
            "the risk budget of asset 0 is -1; budgets have to be positive",
        ),
        (vec![1.0], "risk budgets: 2 numbers are needed, found 1"),
    ] {
        let failure = solve(&RiskParity { budgets }, &problem).unwrap_err();
        assert_eq!(failure.to_string(), expected);
    }
    let failure = solve(
        &MaxSharpe {
            risk_free: f64::NAN,
        },
        &problem,
    )
    .unwrap_err();
    assert!(matches!(failure, Failure::Setting { .. }), "{failure:?}");
}

#[test]
fn expectations_that_are_missing_or_no_numbers() {
    let covariance = alike(&[0.01, 0.02], 0.3);
    let constraints = Constraints::long_only(2);
    let methods: [&dyn Optimiser; 2] =
        [&MaxSharpe::default(), &MeanVariance { risk_aversion: 1.0 }];
    for method in methods {
        assert!(method.needs_expected_returns());
        let missing = solve(method, &problem(&covariance, &constraints)).unwrap_err();
        assert_eq!(
            missing.to_string(),
            "expected returns: 2 numbers are needed, found 0"
        );
        let problem = Problem {
            expected_returns: &[1e-4, f64::INFINITY],
            ..problem(&covariance, &constraints)
        };
        let bad = solve(method, &problem).unwrap_err();
        assert_eq!(bad.assets(), [1]);
    }
}

#[track_caller]
fn check_constraints(change: impl FnOnce(&mut Constraints), expected: &str) {
    let covariance = alike(&[0.01, 0.02, 0.03], 0.3);
    let mut constraints = Constraints::long_only(3);
    change(&mut constraints);
    let problem = Problem {
        current: &[0.5, f64::NAN, 0.5],
        ..problem(&covariance, &constraints)
    };
    let failure = solve(&MinVariance, &problem).unwrap_err();
    assert_eq!(failure.to_string(), expected);
}

#[test]
fn constraints_that_are_no_numbers() {
    check_constraints(
        |c| c.lower.truncate(2),
        "lower bounds: 3 numbers are needed, found 2",
    );
    check_constraints(
        |c| c.upper[1] = f64::NAN,
        "upper bounds: the number of asset 1 is NaN",
    );
    check_constraints(
        |c| c.net = f64::INFINITY,
        "the net exposure is inf; it has to be a finite number",
    );
    check_constraints(
        |c| c.gross = -1.0,
        "the limit of gross exposure is -1; it has to be 0 or more",
    );
    check_constraints(
        |c| c.turnover_limit = f64::NAN,
        "the turnover limit is NaN; it has to be 0 or more",
    );
    check_constraints(
        |c| c.turnover_penalty = -0.1,
        "the turnover penalty is -0.1; it has to be 0 or more",
    );
    check_constraints(
        |c| c.turnover_limit = 0.5,
        "current weights: the number of asset 1 is NaN",
    );
    let group = |members: &[usize]| Group {
        members: members.to_vec(),
        lower: 0.0,
        upper: 0.5,
    };
    check_constraints(
        |c| c.groups = vec![group(&[0, 3])],
        "a member of a group is 3; it has to be an asset that the group names once",
    );
    check_constraints(
        |c| c.groups = vec![group(&[1, 1])],
        "a member of a group is 1; it has to be an asset that the group names once",
    );
}

#[test]
fn caps_after_the_fact() {
    let mut weights = [0.5, 0.3, 0.2, 0.0];
    assert_eq!(cap(&mut weights, &[0.4; 4], 1.0), 0.0);
    assert!((weights[1] - 0.36).abs() < 1e-15 && (weights[2] - 0.24).abs() < 1e-15);
    assert_eq!((weights[0], weights[3]), (0.4, 0.0));
    // A cap that is only exceeded by what another leaves.
    let mut weights = [0.6, 0.3, 0.1];
    assert_eq!(cap(&mut weights, &[0.5, 0.31, 0.4], 1.0), 0.0);
    assert_eq!(weights[..2], [0.5, 0.31]);
    assert!((weights[2] - 0.19).abs() < 1e-15);
    let mut weights = [0.5, 0.5, 0.0];
    let left = cap(&mut weights, &[0.4; 3], 1.0);
    assert!((left - 0.2).abs() < 1e-15);
    assert_eq!(weights, [0.4, 0.4, 0.0]);
    assert_eq!(cap(&mut [0.0; 2], &[0.0; 2], 0.0), 0.0);
}
