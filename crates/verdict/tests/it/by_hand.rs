//! Verdicts, haircuts and picks that can be followed on paper.

use verdict::overfitting::cscv::{Folds, Overfitting};
use verdict::overfitting::haircut::{Haircut, p_of_sharpe};
use verdict::{Evidence, Light, Test};

#[test]
fn green_only_if_every_test_passes_and_the_failed_ones_are_named() {
    let good = Evidence {
        reality_check: Some(0.05),
        deflated_sharpe: Some(0.95),
        out_of_sample: Some((0.01, 1.2)),
    };
    assert_eq!(good.outcome().light, Light::Green);
    let lucky = Evidence {
        reality_check: Some(0.051),
        ..good
    };
    assert_eq!(lucky.outcome().light, Light::Amber);
    assert_eq!(lucky.outcome().failed, [Test::RealityCheck]);
    let bad = Evidence {
        out_of_sample: Some((-0.1, 1.2)),
        ..lucky
    };
    assert_eq!(bad.outcome().light, Light::Red);
    assert_eq!(
        bad.outcome().failed,
        [Test::RealityCheck, Test::OutOfSample]
    );
    // What could not be tested has not passed.
    assert_eq!(Evidence::default().outcome().failed.len(), 3);
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
