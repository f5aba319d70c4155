//! All trials together: merging, and what it does to the tests.

use proptest::prelude::*;
use statistics::random::SplitMix64;
use verdict::overfitting::sign_flips::{Extremes, Flips, TrialSums};
use verdict::union::{Sessions, SweepTrials, Union};

const STRETCHES: usize = 16;

fn sessions(first_day: i32) -> Sessions {
    Sessions {
        first_day,
        n: 320,
        stretches: STRETCHES as u64,
    }
}

/// Trials without skill, and the digests of those with the numbers of `which`.
fn sweep(which: std::ops::Range<u64>) -> (Extremes, Vec<(u64, f64)>) {
    let sums: Vec<Vec<f64>> = (which.clone())
        .map(|seed| {
            let mut random = SplitMix64::new(seed);
            (0..STRETCHES).map(|_| random.normal()).collect()
        })
        .collect();
    let trials: Vec<TrialSums<'_>> = (sums.iter())
        .map(|sums| TrialSums {
            sums,
            squares: 16.0,
        })
        .collect();
    let mut extremes = Extremes::none();
    extremes.add(&Flips::new(1, STRETCHES), 320, &trials);
    let ratios = which
        .zip(&trials)
        .map(|(seed, trial)| (seed, trial.statistic() / 20.0));
    (extremes, ratios.collect())
}

fn union(sweeps: &[(i32, std::ops::Range<u64>)]) -> Union {
    let mut union = Union::default();
    for (first_day, which) in sweeps {
        let (extremes, ratios) = sweep(which.clone());
        let kept = SweepTrials::new(sessions(*first_day), extremes.maxima(), &ratios);
        let name = format!("{first_day} {which:?}");
        union.add(&name, which.end - which.start, Some(&kept));
    }
    union
}

fn best(which: std::ops::Range<u64>) -> (Extremes, f64) {
    let (extremes, ratios) = sweep(which);
    let highest = ratios
        .iter()
        .map(|(_, ratio)| ratio * 20.0)
        .fold(0.0, f64::max);
    (extremes, highest)
}

#[test]
fn tries_over_the_same_sessions_are_one_large_sweep() {
    let (own, statistic) = best(0..20);
    let (whole, _) = sweep(0..60);
    let p = union(&[(1, 20..60)]).p(&sessions(1), own.maxima(), statistic);
    assert_eq!(p, whole.p_of(statistic));
    assert!(p >= own.p_of(statistic));
}

#[test]
fn tries_over_other_sessions_count_as_independent_ones() {
    let (own, statistic) = best(0..20);
    let (other, _) = sweep(20..60);
    let p = union(&[(2, 20..60)]).p(&sessions(1), own.maxima(), statistic);
    let (a, b) = (own.p_of(statistic), other.p_of(statistic));
    assert!((p - (1.0 - (1.0 - a) * (1.0 - b))).abs() < 1e-15);
    // Never above the sum of the shares, and below one with any number of sweeps.
    assert!(p <= a + b);
    let many: Vec<_> = (2..40).map(|day| (day, 20..60)).collect();
    let p = union(&many).p(&sessions(1), own.maxima(), 1.5 * statistic);
    let (a, b) = (own.p_of(1.5 * statistic), other.p_of(1.5 * statistic));
    assert!((p - (1.0 - (1.0 - a) * (1.0 - b).powi(38))).abs() < 1e-12);
    assert!(b > 0.0 && p < 1.0 && p < a + 38.0 * b);
}

#[test]
fn a_trial_counts_once() {
    let (_, own) = sweep(0..20);
    assert_eq!(union(&[(1, 10..30)]).trials_beside(&own), 10);
    assert_eq!(union(&[(1, 10..30), (1, 20..40)]).trials_beside(&own), 20);
    let (_, all) = sweep(0..40);
    let apart = union(&[(1, 10..30), (1, 20..40)]).variance_with(&own);
    let together = Union::default().variance_with(&all);
    assert!((apart / together - 1.0).abs() < 1e-12);
}

#[test]
fn a_sweep_without_maxima_is_named_as_such() {
    let mut all = union(&[(1, 0..20)]);
    all.add("older", 500, None);
    assert_eq!(all.without_maxima(), (1, 500));
    assert_eq!(all.trials_beside(&[]), 520);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Ledgers merge in any order, any number of times.
    #[test]
    fn merging_is_commutative_associative_and_idempotent(
        sweeps in proptest::collection::vec((0i32..3, 0u64..40, 1u64..12), 3..6), cut in 1usize..3,
    ) {
        let sweeps: Vec<_> = (sweeps.into_iter())
            .map(|(day, start, n)| (day, start..start + n))
            .collect();
        let whole = union(&sweeps);
        let (a, b) = (union(&sweeps[..cut]), union(&sweeps[cut..]));
        let merged = |first: &Union, second: &Union| {
            let mut merged = first.clone();
            merged.merge(second);
            merged
        };
        prop_assert_eq!(&merged(&a, &b), &whole);
        prop_assert_eq!(&merged(&b, &a), &whole);
        prop_assert_eq!(&merged(&whole, &a), &whole);
        prop_assert_eq!(&merged(&whole, &whole), &whole);
    }
}
