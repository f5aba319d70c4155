//! Hedges: by closed forms, and by what least squares must satisfy.

use proptest::prelude::*;
use statistics::random::SplitMix64;
use verdict::overfitting::hedge::{
    HedgeSums, Yardsticks, are_long_enough, halve, hedged, variance_ratio,
};

fn noise(seed: u64, n: usize) -> Vec<f64> {
    let mut random = SplitMix64::new(seed);
    (0..n).map(|_| 0.01 * random.normal() + 0.0003).collect()
}

fn mix(terms: &[(f64, &[f64])]) -> Vec<f64> {
    let value = |at: usize| terms.iter().map(|(factor, own)| factor * own[at]).sum();
    (0..terms[0].1.len()).map(value).collect()
}

/// Both yardsticks and the rest move on different days, so that the least squares can be read off.
#[test]
fn what_moves_on_its_own_days_is_taken_out_to_the_last_digit() {
    let first = [1.0, -1.0, 0.0, 0.0, 0.0, 0.0];
    let second = [0.0, 0.0, 2.0, -2.0, 0.0, 0.0];
    let rest = [0.25, 0.25, 0.25, 0.25, 4.25, -3.75];
    let trial = mix(&[(0.5, &first), (-1.5, &second), (1.0, &rest)]);
    let (hedge, residual) = hedged(&trial, &[&first, &second]);
    assert_eq!(hedge.betas, [0.5, -1.5]);
    assert_eq!(residual, rest);
    // The mean is the question, and stays: 1.5 over 6. The variation is around it: 2 times 16.
    assert_eq!((hedge.variation, hedge.follows), (32.0, false));
    assert_eq!(hedge.sharpe(1.5, 6), 0.25 / (32.0f64 / 5.0).sqrt());
}

#[test]
fn a_mix_of_yardsticks_and_cash_has_no_residual() {
    let (first, second) = (noise(1, 500), noise(2, 500));
    let trial = mix(&[(0.6, &first), (0.3, &second)]);
    let (hedge, residual) = hedged(&trial, &[&first, &second]);
    assert!(hedge.follows && residual.iter().all(|value| *value == 0.0));
    assert!((hedge.betas[0] - 0.6).abs() < 1e-12 && (hedge.betas[1] - 0.3).abs() < 1e-12);
    // A twentieth of the volatility is the limit: less is drift between two rebalances.
    let other = noise(3, 500);
    let near = |share| hedged(&mix(&[(1.0, &first), (share, &other)]), &[&first]).0;
    assert!(near(0.04).follows && !near(0.06).follows);
}

#[test]
fn a_yardstick_that_the_other_explains_or_that_does_not_move_is_left_out() {
    let first = noise(1, 300);
    let twice = mix(&[(2.0, &first)]);
    let flat = vec![0.001; 300];
    let kept = |series: &[&[f64]]| Yardsticks::new(series, std::iter::once(300)).kept();
    assert_eq!(kept(&[&first, &twice]), [true, false]);
    assert_eq!(kept(&[&flat, &first]), [false, true]);
    assert_eq!(kept(&[&flat, &flat]), [false, false]);
    assert_eq!(kept(&[&first, &noise(2, 300)]), [true, true]);
    assert_eq!(kept(&[&first]), [true, false]);
}

/// Prices that do not move leave a constant return, which is no skill.
#[test]
fn returns_without_a_spread_are_nothing_to_test() {
    let flat = vec![0.0001; 300];
    assert!(hedged(&flat, &[&noise(1, 300)]).0.follows);
    assert!(hedged(&flat, &[&flat]).0.follows);
    assert!(hedged(&[0.0; 300], &[&noise(1, 300)]).0.follows);
}

/// Ten returns that come in pairs: sums over pairs have twice the variance of independent ones.
#[test]
fn the_variance_ratio_tells_autocorrelation() {
    let returns = [1.0, 1.0, -1.0, -1.0, 1.0, 1.0, -1.0, -1.0];
    let pairs: Vec<f64> = returns.chunks(2).map(|pair| pair.iter().sum()).collect();
    // Four sums of 2 and -2: their squares are 16, times 4/3, over a variation of 8.
    assert_eq!(variance_ratio(&pairs, 8.0, 8), 16.0 * 4.0 / 3.0 / 8.0);
    assert!(are_long_enough(64, 1280, 2.0) && !are_long_enough(64, 1280, 2.1));
    assert!(are_long_enough(8, 100, 50.0));
    let mut sums = vec![1.0, 2.0, 3.0, 4.0, 10.0, 20.0, 30.0, 40.0];
    halve(&mut sums, 4);
    assert_eq!(sums, [3.0, 7.0, 30.0, 70.0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Least squares: the residual is uncorrelated with each yardstick, whatever the numbers.
    #[test]
    fn the_residual_is_uncorrelated_with_the_yardsticks(
        seed in 0u64..10_000, a in -2.0f64..2.0, b in -2.0f64..2.0, n in 60usize..400,
    ) {
        let (first, other, own) = (noise(seed, n), noise(seed + 1, n), noise(seed + 2, n));
        let second = mix(&[(0.7, &first), (0.5, &other)]);
        let trial = mix(&[(a, &first), (b, &second), (1.0, &own)]);
        let (hedge, residual) = hedged(&trial, &[&first, &second]);
        prop_assert!(!hedge.follows);
        let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
        let covariance = |x: &[f64], y: &[f64]| {
            let (mx, my) = (mean(x), mean(y));
            x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum::<f64>()
        };
        let scale = covariance(&trial, &trial);
        for yardstick in [&first, &second] {
            prop_assert!(covariance(&residual, yardstick).abs() < 1e-12 * scale.max(1e-3));
        }
        let variation = covariance(&residual, &residual);
        prop_assert!((hedge.variation / variation - 1.0).abs() < 1e-9);
        // From sums over stretches as from the returns.
        let ends: Vec<usize> = (1..=8).map(|k| k * n / 8).collect();
        let shared = Yardsticks::new(&[&first, &second], ends.iter().copied());
        let mut start = 0;
        let sums_of = |x: &[f64]| -> Vec<f64> {
            start = 0;
            ends.iter().map(|end| {
                let sum = x[start..*end].iter().sum();
                start = *end;
                sum
            }).collect()
        };
        let mut sums_of = sums_of;
        let product = |y: &[f64]| trial.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
        let stretches = sums_of(&trial);
        let from_sums = shared.hedge(&HedgeSums {
            stretches: &stretches,
            squares: product(&trial),
            products: [product(&first), product(&second)],
        });
        let mut found = vec![0.0; 8];
        shared.residual_sums(&from_sums, &stretches, &mut found);
        for (found, expected) in found.iter().zip(sums_of(&residual)) {
            prop_assert!((found - expected).abs() < 1e-12);
        }
    }
}
