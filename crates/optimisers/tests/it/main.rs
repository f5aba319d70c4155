//! Optimisers and estimators of covariances against plain computations, by properties, and on
//! inputs that break other libraries.

mod constraints;
mod degenerate;
mod estimators;
mod hierarchical;
mod input;
mod optimum;
mod properties;

use optimisers::{Constraints, Covariance, Failure, Optimiser, Problem, Workspace};
use statistics::random::SplitMix64;

fn covariance(assets: usize, entries: &[f64]) -> Covariance {
    let mut covariance = Covariance::default();
    covariance.set(assets, entries).unwrap();
    covariance
}

/// The covariance of assets with these volatilities and one correlation.
fn alike(volatilities: &[f64], correlation: f64) -> Covariance {
    let n = volatilities.len();
    let entry = |at: usize| {
        let (i, j) = (at / n, at % n);
        let risk = volatilities[i] * volatilities[j];
        if i == j { risk } else { correlation * risk }
    };
    covariance(n, &(0..n * n).map(entry).collect::<Vec<_>>())
}

fn entries(random: &mut SplitMix64, assets: usize, factors: usize) -> Vec<f64> {
    let mut loadings = Vec::new();
    for _ in 0..assets {
        let volatility = 0.005 + 0.02 * random.uniform();
        for factor in 0..factors {
            let own = if factor == 0 { 0.7 } else { 0.0 };
            loadings.push(volatility * (own + 0.6 * random.normal()));
        }
    }
    let mut entries = vec![0.0; assets * assets];
    for i in 0..assets {
        for j in 0..=i {
            let mut sum = 0.0;
            for factor in 0..factors {
                sum += loadings[i * factors + factor] * loadings[j * factors + factor];
            }
            entries[i * assets + j] = sum;
            entries[j * assets + i] = sum;
        }
    }
    entries
}

/// A random covariance of full rank, of daily size.
fn random_covariance(random: &mut SplitMix64, assets: usize) -> Covariance {
    let mut entries = entries(random, assets, 3);
    for i in 0..assets {
        entries[i * assets + i] *= 1.2 + random.uniform();
    }
    covariance(assets, &entries)
}

/// A random covariance of lower rank: some portfolios have no risk.
fn singular_covariance(random: &mut SplitMix64, assets: usize) -> Covariance {
    covariance(assets, &entries(random, assets, assets.div_ceil(2)))
}

/// Numbers around `mean`.
fn random_returns(random: &mut SplitMix64, assets: usize, mean: f64) -> Vec<f64> {
    (0..assets).map(|_| mean + 4e-4 * random.normal()).collect()
}

/// Positive numbers that sum to 1.
fn random_weights(random: &mut SplitMix64, assets: usize) -> Vec<f64> {
    let weights: Vec<f64> = (0..assets).map(|_| 0.01 + random.uniform()).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

fn problem<'a>(covariance: &'a Covariance, constraints: &'a Constraints) -> Problem<'a> {
    Problem {
        covariance,
        expected_returns: &[],
        current: &[],
        constraints,
    }
}

fn solve(optimiser: &dyn Optimiser, problem: &Problem<'_>) -> Result<Vec<f64>, Failure> {
    let mut weights = vec![f64::NAN; problem.covariance.assets()];
    let mut workspace = Workspace::default();
    optimiser.weights(problem, &mut workspace, &mut weights)?;
    Ok(weights)
}

/// The weights of a problem that has no constraint but the usual ones.
fn long_only(optimiser: &dyn Optimiser, covariance: &Covariance) -> Vec<f64> {
    let constraints = Constraints::long_only(covariance.assets());
    solve(optimiser, &problem(covariance, &constraints)).unwrap()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[track_caller]
fn check_near(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (a, b) in found.iter().zip(expected) {
        let is_near = (a - b).abs() <= tolerance;
        assert!(is_near, "{found:?} instead of {expected:?}");
    }
}
