//! The test by sign flips: its exactness, and that parts make the whole.

use proptest::prelude::*;
use statistics::random::SplitMix64;
use verdict::overfitting::sign_flips::{DRAWS, Extremes, Flips, TrialSums};

fn squares(sums: &[f64]) -> f64 {
    sums.iter().map(|sum| sum * sum).sum()
}

fn trials(sums: &[Vec<f64>]) -> Vec<TrialSums<'_>> {
    let trial = |sums: &Vec<f64>| squares(sums);
    sums.iter()
        .map(|own| TrialSums {
            sums: own,
            squares: trial(own),
        })
        .collect()
}

fn noise(seed: u64, n_trials: usize, stretches: usize, edge: f64) -> Vec<Vec<f64>> {
    let mut random = SplitMix64::new(seed);
    let common: Vec<f64> = (0..stretches).map(|_| random.normal()).collect();
    (0..n_trials)
        .map(|_| {
            common
                .iter()
                .map(|c| 0.7 * c + 0.7 * random.normal() + edge)
                .collect()
        })
        .collect()
}

/// With two stretches and one trial that earned in both, four signs give four sums: of each four
/// draws one reaches what was observed.
#[test]
fn one_in_four_histories_of_two_stretches_is_as_good_as_the_best() {
    let sums = vec![vec![1.0, 2.0]];
    let mut extremes = Extremes::none();
    extremes.add(&Flips::new(1, 2), 2, &trials(&sums));
    let p = extremes.p_values();
    assert_eq!((p.reality_check, p.spa_consistent), (0.25, 0.25));
}

#[test]
fn a_loss_has_a_p_value_of_one() {
    let sums = vec![vec![-1.0, -2.0, 0.5], vec![0.0, 0.0, 0.0]];
    let mut extremes = Extremes::none();
    extremes.add(&Flips::new(1, 3), 3, &trials(&sums));
    assert_eq!(extremes.p_values().reality_check, 1.0);
}

/// Under the null hypothesis the level is met to the Monte-Carlo error of 2,000 sweeps: 0.5 points.
#[test]
fn skill_less_sweeps_are_rejected_at_the_nominal_rate() {
    let (mut rejected, mut powerful) = ([0; 2], 0);
    const SWEEPS: u64 = 400;
    for seed in 0..SWEEPS {
        let flips = Flips::new(seed, 64);
        let sums = noise(1000 + seed, 30, 64, 0.0);
        let mut extremes = Extremes::none();
        extremes.add(&flips, 64, &trials(&sums));
        let p = extremes.p_values();
        let each = [p.reality_check, p.spa_consistent];
        for (rejected, p) in rejected.iter_mut().zip(each) {
            *rejected += u64::from(p <= 0.05);
        }
        let skilled = noise(1000 + seed, 30, 64, 0.5);
        let mut extremes = Extremes::none();
        extremes.add(&flips, 64, &trials(&skilled));
        powerful += u64::from(extremes.p_values().reality_check <= 0.05);
    }
    // Twenty of 400 are expected, give or take three times 4.4.
    assert!(
        rejected.iter().all(|rejected| (7..=33).contains(rejected)),
        "{rejected:?}"
    );
    assert!(powerful > SWEEPS * 8 / 10, "{powerful}");
}

#[test]
fn survivors_are_those_above_the_bar() {
    let mut sums = noise(5, 50, 100, 0.0);
    for value in &mut sums[17] {
        *value += 1.0;
    }
    let flips = Flips::new(9, 100);
    let mut extremes = Extremes::none();
    extremes.add(&flips, 100, &trials(&sums));
    let bar = extremes.survival_bar(0.05);
    for (at, trial) in trials(&sums).iter().enumerate() {
        assert_eq!(extremes.survives(trial.statistic(), 0.05), at == 17);
        assert_eq!(
            extremes.survives(trial.statistic(), 0.05),
            trial.statistic() > bar
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn parts_in_any_order_make_the_whole(seed in 0u64..1000, cut in 0usize..30) {
        let sums = noise(seed, 30, 40, 0.1);
        let all = trials(&sums);
        let flips = Flips::new(seed, 40);
        let mut whole = Extremes::none();
        whole.add(&flips, 40, &all);
        let mut parts = Extremes::none();
        parts.add(&flips, 40, &all[cut..]);
        let mut first = Extremes::none();
        first.add(&flips, 40, &all[..cut]);
        parts.merge(&first);
        prop_assert_eq!(&whole, &parts);
    }

    /// Draws are what their definition says: each a choice of signs, the first all positive, and
    /// two stretches agree in half of them.
    #[test]
    fn draws_are_sums_with_signs(seed in 0u64..1000, stretches in 2usize..200) {
        let flips = Flips::new(seed, stretches);
        // A trial with all it earns in one stretch: half of the draws have it, half its negative.
        let mut sums = vec![vec![0.0; stretches]];
        sums[0][stretches / 2] = 1.0;
        let mut extremes = Extremes::none();
        extremes.add(&flips, stretches, &trials(&sums));
        prop_assert_eq!(extremes.p_values().reality_check, 0.5);
        sums[0][0] = 1.0;
        let mut extremes = Extremes::none();
        extremes.add(&flips, stretches, &trials(&sums));
        let expected = if stretches / 2 == 0 { 0.5 } else { 0.25 };
        prop_assert_eq!(extremes.p_values().reality_check, expected);
        prop_assert!(DRAWS.is_power_of_two());
    }
}
