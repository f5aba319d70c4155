//! Estimators of covariances, from their definitions.

use optimisers::estimators::{Ewma, LedoitWolf, Sample};
use optimisers::optimisers::RiskParity;
use optimisers::{Constraints, Covariance, Estimator, Failure, Returns};
use statistics::random::SplitMix64;

use crate::{check_near, problem, solve};

/// Returns of correlated assets, one row a period.
fn rows(random: &mut SplitMix64, periods: usize, assets: usize) -> Vec<f64> {
    let mut rows = Vec::new();
    for _ in 0..periods {
        let market = 0.008 * random.normal();
        for asset in 0..assets {
            rows.push(3e-4 + market + 0.002 * (asset + 1) as f64 * random.normal());
        }
    }
    rows
}

fn estimate(estimator: &dyn Estimator, assets: usize, rows: &[f64]) -> Result<Covariance, Failure> {
    let mut returns = Returns::default();
    returns.set(assets, rows)?;
    let mut covariance = Covariance::default();
    estimator.estimate(&returns, &mut covariance)?;
    Ok(covariance)
}

fn column(rows: &[f64], assets: usize, asset: usize) -> Vec<f64> {
    rows.iter().skip(asset).step_by(assets).copied().collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The mean product of deviations.
fn moment(a: &[f64], b: &[f64]) -> f64 {
    let (mean_a, mean_b) = (mean(a), mean(b));
    let products = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b));
    mean(&products.collect::<Vec<_>>())
}

fn matrix(assets: usize, entry: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    (0..assets * assets)
        .map(|at| entry(at / assets, at % assets))
        .collect()
}

#[test]
fn the_sample_covariance() {
    let mut random = SplitMix64::new(51);
    for (periods, assets) in [(2, 1), (2, 3), (60, 4), (10, 20)] {
        let rows = rows(&mut random, periods, assets);
        let columns: Vec<_> = (0..assets).map(|i| column(&rows, assets, i)).collect();
        let factor = periods as f64 / (periods - 1) as f64;
        let expected = matrix(assets, |i, j| factor * moment(&columns[i], &columns[j]));
        let covariance = estimate(&Sample, assets, &rows).unwrap();
        check_near(covariance.entries(), &expected, 1e-17);
    }
}

#[test]
fn exponential_weights_by_the_recursion() {
    let rows = rows(&mut SplitMix64::new(52), 100, 3);
    let columns: Vec<_> = (0..3).map(|i| column(&rows, 3, i)).collect();
    let decay: f64 = 0.94;
    let expected = matrix(3, |i, j| {
        let mut value = 0.0;
        let mut remaining = 1.0;
        for (a, b) in columns[i].iter().zip(&columns[j]) {
            value = decay * value + (1.0 - decay) * a * b;
            remaining *= decay;
        }
        value / (1.0 - remaining)
    });
    let covariance = estimate(&Ewma { decay }, 3, &rows).unwrap();
    check_near(covariance.entries(), &expected, 1e-18);
}

#[test]
fn a_half_life_halves_a_weight() {
    let decay = Ewma::half_life(40.0).decay;
    let forty: f64 = std::iter::repeat_n(decay, 40).product();
    assert!((forty - 0.5).abs() <= 1e-14, "{forty}");
}

/// Ledoit and Wolf (2004) word by word, with sums over matrices of single days.
#[test]
fn shrinkage_towards_the_mean_variance() {
    let mut random = SplitMix64::new(53);
    for (periods, assets) in [(60, 4), (10, 20), (252, 1)] {
        let rows = rows(&mut random, periods, assets);
        let columns: Vec<_> = (0..assets).map(|i| column(&rows, assets, i)).collect();
        let sample = matrix(assets, |i, j| moment(&columns[i], &columns[j]));
        let trace: f64 = (0..assets).map(|i| sample[i * assets + i]).sum();
        let target = matrix(
            assets,
            |i, j| if i == j { trace / assets as f64 } else { 0.0 },
        );
        let norm = |a: &[f64], b: &[f64]| -> f64 {
            let squares = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b));
            squares.sum::<f64>() / assets as f64
        };
        let distance = norm(&sample, &target);
        let means: Vec<f64> = columns.iter().map(|column| mean(column)).collect();
        let mut noise = 0.0;
        for row in rows.chunks_exact(assets) {
            let day = |i: usize| row[i] - means[i];
            noise += norm(&matrix(assets, |i, j| day(i) * day(j)), &sample);
        }
        let noise = (noise / (periods * periods) as f64).min(distance);
        let shrinkage = if distance > 0.0 {
            noise / distance
        } else {
            0.0
        };
        let both = sample.iter().zip(&target);
        let expected: Vec<f64> = both
            .map(|(s, t)| (1.0 - shrinkage) * s + shrinkage * t)
            .collect();
        let covariance = estimate(&LedoitWolf, assets, &rows).unwrap();
        check_near(covariance.entries(), &expected, 1e-17);
    }
}

#[test]
fn estimates_are_symmetric_to_the_bit_and_semidefinite() {
    let mut random = SplitMix64::new(54);
    let estimators: [&dyn Estimator; 3] = [&Sample, &LedoitWolf, &Ewma { decay: 0.9 }];
    for (periods, assets) in [(5, 12), (30, 12), (252, 3)] {
        let rows = rows(&mut random, periods, assets);
        for estimator in estimators {
            let covariance = estimate(estimator, assets, &rows).unwrap();
            let entries = covariance.entries();
            for i in 0..assets {
                for j in 0..assets {
                    assert_eq!(entries[i * assets + j], entries[j * assets + i]);
                }
            }
            // `set` refuses what is not semidefinite.
            Covariance::default().set(assets, entries).unwrap();
        }
    }
}

/// Rounding leaves a variance of a constant return; it is not one.
#[test]
fn an_asset_that_never_moves_has_no_variance_and_is_named() {
    let mut rows = rows(&mut SplitMix64::new(55), 61, 3);
    for row in rows.chunks_exact_mut(3) {
        row[1] = 0.001;
    }
    let covariance = estimate(&Sample, 3, &rows).unwrap();
    assert_eq!(covariance.row(1), [0.0; 3]);
    assert_eq!(covariance.volatilities()[1], 0.0);
    // Shrinkage gives it a variance, from which no weight should follow.
    let shrunk = estimate(&LedoitWolf, 3, &rows).unwrap();
    assert!(shrunk.volatilities()[1] > 0.0);
    for covariance in [covariance, shrunk] {
        let constraints = Constraints::long_only(3);
        let failure = solve(&RiskParity::default(), &problem(&covariance, &constraints));
        assert_eq!(failure, Err(Failure::ZeroVariance { assets: vec![1] }));
    }
}

#[test]
fn closes_give_simple_returns() {
    let mut returns = Returns::default();
    let closes: [&[f64]; 2] = [&[100.0, 110.0, 99.0], &[50.0, 50.0, 75.0]];
    returns.set_closes(closes.into_iter()).unwrap();
    assert_eq!((returns.assets(), returns.periods()), (2, 2));
    let rows: Vec<_> = returns.rows().flatten().copied().collect();
    check_near(&rows, &[0.1, 0.0, -0.1, 0.5], 1e-15);
    let mut means = [0.0; 2];
    returns.means(&mut means);
    check_near(&means, &[0.0, 0.25], 1e-15);
}

#[test]
fn windows_that_say_nothing_are_refused() {
    let too_few = |needed, found| Err(Failure::TooFewReturns { needed, found });
    let outcome = |estimator: &dyn Estimator, rows: &[f64]| estimate(estimator, 2, rows).map(drop);
    assert_eq!(outcome(&Sample, &[0.01, 0.02]), too_few(2, 1));
    assert_eq!(outcome(&LedoitWolf, &[]), too_few(2, 0));
    assert_eq!(outcome(&Ewma { decay: 0.9 }, &[]), too_few(1, 0));
    for decay in [0.0, 1.0, -0.5, f64::NAN] {
        let failure = outcome(&Ewma { decay }, &[0.01, 0.02]).unwrap_err();
        assert!(matches!(failure, Failure::Setting { .. }), "{failure:?}");
    }
    let huge = [1e200, 0.0, -1e200, 0.0, 1e200, 0.0];
    let failure = outcome(&Sample, &huge).unwrap_err();
    assert!(
        matches!(failure, Failure::NotFinite { asset: 0, .. }),
        "{failure:?}"
    );
}

#[test]
fn bad_closes_are_named() {
    let mut returns = Returns::default();
    let mut outcome = |closes: [&[f64]; 2]| returns.set_closes(closes.into_iter());
    let failure = outcome([&[1.0, 2.0], &[1.0, f64::NAN]]).unwrap_err();
    assert!(
        matches!(failure, Failure::NotFinite { asset: 1, .. }),
        "{failure:?}"
    );
    let failure = outcome([&[1.0, 0.0], &[1.0, 2.0]]).unwrap_err();
    let expected = Failure::CloseNotPositive {
        asset: 0,
        close: 0.0,
    };
    assert_eq!(failure, expected);
    let failure = outcome([&[1.0, 2.0], &[1.0]]).unwrap_err();
    assert!(
        matches!(failure, Failure::WrongLength { .. }),
        "{failure:?}"
    );
    let failure = outcome([&[1e-300, 1e300], &[1.0, 1.0]]).unwrap_err();
    assert!(
        matches!(failure, Failure::NotFinite { asset: 0, .. }),
        "{failure:?}"
    );
}
