//! Verdicts, haircuts and picks that can be followed on paper.

use expect_test::expect;
use verdict::overfitting::cscv::{Folds, Overfitting};
use verdict::overfitting::haircut::{Haircut, p_of_sharpe};
use verdict::{Light, TestResult};

fn tests(p: f64, deflated: f64, low: f64) -> [TestResult; 3] {
    [
        TestResult::reality_check(Some(p)),
        TestResult::deflated_sharpe(Some(deflated)),
        TestResult::out_of_sample(Some((low, 1.2))),
    ]
}

#[test]
fn green_only_if_every_test_passes_and_a_threshold_belongs_to_the_better_side() {
    let light = |p, deflated, low| Light::of(&tests(p, deflated, low));
    assert_eq!(light(0.05, 0.95, 0.01), Light::Green);
    assert_eq!(light(0.051, 0.95, 0.01), Light::Amber);
    assert_eq!(light(0.05, 0.949, 0.01), Light::Amber);
    assert_eq!(light(0.05, 0.95, 0.0), Light::Amber);
    assert_eq!(light(0.051, 0.95, -0.1), Light::Red);
}

#[test]
fn each_test_says_what_it_compared() {
    let sentences = |tests: &[TestResult]| {
        let test = |test: &TestResult| {
            let (name, passed) = (test.name.name(), test.passed);
            format!("{name}: {passed}, {}\n", test.sentence)
        };
        tests.iter().map(test).collect::<String>()
    };
    expect![[r#"
        reality check: true, p = 0.012, at most 0.05
        deflated Sharpe ratio: true, 0.970, at least 0.95
        out of sample: true, the 95 % interval begins at 0.31, above 0
    "#]]
    .assert_eq(&sentences(&tests(0.012, 0.97, 0.31)));
    expect![[r#"
        reality check: false, p = 0.200, above 0.05
        deflated Sharpe ratio: false, 0.400, below 0.95
        out of sample: false, the 95 % interval begins at -0.31, not above 0
    "#]]
    .assert_eq(&sentences(&tests(0.2, 0.4, -0.31)));
}

#[test]
fn the_names_in_json_are_those_of_the_terminal() {
    for test in tests(0.01, 0.97, 0.3) {
        let json = serde_json::to_value(test.name).unwrap();
        assert_eq!(json, test.name.name());
    }
    for light in [Light::Green, Light::Amber, Light::Red] {
        assert_eq!(serde_json::to_value(light).unwrap(), light.name());
    }
}

#[test]
fn what_could_not_be_computed_has_not_passed() {
    let tests = [
        TestResult::reality_check(None),
        TestResult::deflated_sharpe(None),
        TestResult::out_of_sample(None),
    ];
    assert!(
        tests
            .iter()
            .all(|test| !test.passed && test.sentence == "not computed")
    );
}

#[test]
fn a_trial_that_is_best_everywhere_is_never_overfitted() {
    // Two trials over four folds of ten days: one earns more in each.
    let mut folds = Folds::new(vec![10; 4]);
    folds.push([(0.2, 0.01), (0.3, 0.01), (0.2, 0.01), (0.1, 0.01)].into_iter());
    folds.push([(0.1, 0.01), (0.2, 0.01), (0.1, 0.01), (0.0, 0.01)].into_iter());
    let found = Overfitting::of(&folds.picks(&folds.splits())).unwrap();
    assert_eq!(
        (found.n_splits, found.probability, found.loss),
        (6, 0.0, 0.0)
    );
    assert_eq!(found.rank, 2.0 / 3.0);
}

#[test]
fn a_trial_that_never_trades_ranks_as_one_that_earned_nothing() {
    let mut folds = Folds::new(vec![10; 2]);
    folds.push([(0.1, 0.01), (-0.1, 0.01)].into_iter());
    folds.push([(0.0, 0.0), (0.0, 0.0)].into_iter());
    folds.push([(-0.1, 0.01), (0.1, 0.01)].into_iter());
    let picks = folds.picks(&folds.splits());
    // What won in one half lost in the other, below the one that did nothing.
    assert_eq!(
        picks.iter().map(|pick| pick.trial).collect::<Vec<_>>(),
        [0, 2]
    );
    assert!(
        picks
            .iter()
            .all(|pick| pick.rank == 0.25 && pick.out_of_sample < 0.0)
    );
    assert_eq!(Overfitting::of(&picks).unwrap().probability, 1.0);
}

#[test]
fn a_haircut_grows_with_trials_that_are_not_at_hand() {
    let ratios = [0.08, 0.02, -0.05];
    let few = Haircut::of_best(&ratios, 3, 1000.0).unwrap();
    let many = Haircut::of_best(&ratios, 300, 1000.0).unwrap();
    assert!(0.08 > few.bonferroni && few.bonferroni > many.bonferroni);
    // Three times the p-value of the best is that of what is left.
    let p = 3.0 * p_of_sharpe(0.08, 1000.0);
    assert!((p_of_sharpe(few.bonferroni, 1000.0) / p - 1.0).abs() < 1e-9);
    // 1 + 1/2 + 1/3 times as much, since the second best is no better.
    let p = 5.5 * p_of_sharpe(0.08, 1000.0);
    assert!((p_of_sharpe(few.bhy, 1000.0) / p - 1.0).abs() < 1e-9);
    assert_eq!(Haircut::of_best(&[-0.1, 0.0], 2, 1000.0), None);
}
