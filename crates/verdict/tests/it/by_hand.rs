//! Verdicts, haircuts and picks that can be followed on paper.

use expect_test::expect;
use verdict::overfitting::cscv::{Folds, Overfitting};
use verdict::overfitting::haircut::{Haircut, p_of_sharpe};
use verdict::overfitting::rank_correlation::rank_correlation;
use verdict::overfitting::selection::{detectable_ratio, years_to_detect};
use verdict::{Light, Test, TestResult};

fn tests(p: f64, deflated: f64, walk_forward: f64, higher: f64) -> [TestResult; 4] {
    [
        TestResult::of(Test::RealityCheck, Some(p)),
        TestResult::of(Test::DeflatedSharpe, Some(deflated)),
        TestResult::of(Test::WalkForward, Some(walk_forward)),
        TestResult::of(Test::HigherSharpe, Some(higher)),
    ]
}

#[test]
fn green_only_if_every_test_passes_and_red_unless_luck_is_rare() {
    let light = |p, deflated, walk, higher| Light::of(&tests(p, deflated, walk, higher));
    assert_eq!(light(0.025, 0.5, 0.01, 0.01), Light::Green);
    assert_eq!(light(0.026, 0.5, 0.01, 0.01), Light::Amber);
    assert_eq!(light(0.05, 0.5, 0.01, 0.01), Light::Amber);
    assert_eq!(light(0.025, 0.499, 0.01, 0.01), Light::Amber);
    assert_eq!(light(0.025, 0.5, 0.0, 0.01), Light::Amber);
    assert_eq!(light(0.025, 0.5, 0.01, 0.0), Light::Amber);
    assert_eq!(light(0.05, 0.1, -1.0, -1.0), Light::Amber);
    assert_eq!(light(0.051, 0.99, 1.0, 1.0), Light::Red);
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
        reality check: true, 0.012, at most 0.025
        deflated Sharpe ratio: true, 0.970, at least 0.5
        walk-forward: true, 0.310, above 0
        Sharpe ratio above the yardsticks': true, 0.100, above 0
    "#]]
    .assert_eq(&sentences(&tests(0.012, 0.97, 0.31, 0.1)));
    expect![[r#"
        reality check: false, 0.200, not at most 0.025
        deflated Sharpe ratio: false, 0.400, not at least 0.5
        walk-forward: false, -0.310, not above 0
        Sharpe ratio above the yardsticks': false, -0.100, not above 0
    "#]]
    .assert_eq(&sentences(&tests(0.2, 0.4, -0.31, -0.1)));
}

#[test]
fn the_names_in_json_are_those_of_the_terminal() {
    for test in tests(0.01, 0.97, 0.3, 0.1) {
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
        Test::RealityCheck,
        Test::DeflatedSharpe,
        Test::WalkForward,
        Test::HigherSharpe,
    ];
    let tests = tests.map(|test| TestResult::of(test, None));
    assert!(
        tests
            .iter()
            .all(|test| !test.passed && test.sentence == "not computed")
    );
    assert_eq!(Light::of(&tests), Light::Red);
}

/// Spearman's coefficient of five pairs without ties is 1 - 6 Σd² / (n³ - n).
#[test]
fn ranks_are_correlated() {
    let (a, b) = ([0.1, 0.9, 0.3, 0.5, 0.7], [2.0, 8.0, 1.0, 9.0, 3.0]);
    // Ranks 0 4 1 2 3 and 1 3 0 4 2: differences 1 1 1 2 1.
    let expected = 1.0 - 6.0 * 8.0 / 120.0;
    assert!((rank_correlation(&a, &b).unwrap() - expected).abs() < 1e-15);
    assert_eq!(rank_correlation(&a, &a), Some(1.0));
    // Equal values share the mean of their ranks: 0.5 0.5 2 and 0 1 2.
    let tied = rank_correlation(&[1.0, 1.0, 2.0], &[1.0, 2.0, 3.0]).unwrap();
    assert!((tied - 1.5 / (1.5f64 * 2.0).sqrt()).abs() < 1e-15);
    assert_eq!(rank_correlation(&[1.0; 3], &[1.0, 2.0, 3.0]), None);
    assert_eq!(rank_correlation(&[1.0, 2.0], &[1.0, 2.0]), None);
}

/// A test at 0.025 of one trial needs 1.96 standard errors, and 0.84 more for a power of 0.8.
#[test]
fn skill_is_seen_from_this_size_on() {
    let critical = 1.959_963_984_540_054;
    assert!((detectable_ratio(critical, 25.0) - 2.801585218 / 5.0).abs() < 1e-9);
    assert!((years_to_detect(critical, 0.2) - 196.2219934).abs() < 1e-6);
}

/// One trial needs 1.96 standard errors, and 0.84 more: 2.80 over the root of 25 years, and 196 years for 0.2.
#[test]
fn before_a_sweep_it_is_known_what_skill_it_could_show() {
    let expected = [
        "  in 25.0 years, with residuals that are correlated by 0.5, the verdict sees a residual Sharpe\n",
        "  ratio of 0.56 four times in five, and one of 0.2 after 196 years\n",
    ];
    assert_eq!(verdict::power_in_advance(25.0, 1), expected.concat());
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
