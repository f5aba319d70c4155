//! A covariance matrix that optimisers can rely on.

use crate::failure::Failure;
use crate::linear::Cholesky;

/// Eigenvalues of a correlation matrix may be this far below zero: matrices that were printed with
/// 13 digits are.
const SEMIDEFINITE: f64 = 1e-9;

/// A covariance matrix of simple returns of one period, with its volatilities and correlations.
///
/// It is symmetric to the bit, finite and positive semidefinite. A value is filled again and again:
/// after the first matrix of a size nothing is allocated.
#[derive(Clone, Debug, Default)]
pub struct Covariance {
    assets: usize,
    entries: Vec<f64>,
    volatilities: Vec<f64>,
    correlations: Vec<f64>,
    /// Whether an asset has no variance, or had none before shrinkage.
    still: Vec<bool>,
    /// What an estimator computes with.
    pub(crate) scratch: Vec<f64>,
    cholesky: Cholesky,
}

impl Covariance {
    /// Takes over a matrix: `assets` × `assets` numbers, row after row.
    ///
    /// # Errors
    ///
    /// No assets; a wrong length; NaN or infinity; a negative variance; entries of a pair that
    /// differ by more than 1e-12 of the greater; a correlation beyond ±(1 + 1e-9); an eigenvalue of
    /// the correlation matrix below about -1e-9. Nothing is repaired.
    pub fn set(&mut self, assets: usize, entries: &[f64]) -> Result<(), Failure> {
        if assets == 0 {
            return Err(Failure::NoAssets);
        }
        if entries.len() != assets * assets {
            return Err(Failure::WrongLength {
                what: "covariance matrix",
                expected: assets * assets,
                found: entries.len(),
            });
        }
        if let Some(at) = entries.iter().position(|entry| !entry.is_finite()) {
            return Err(Failure::NotFinite {
                what: "covariance matrix",
                asset: at / assets,
                value: entries[at],
            });
        }
        for i in 0..assets {
            if entries[i * assets + i] < 0.0 {
                return Err(Failure::NegativeVariance {
                    asset: i,
                    variance: entries[i * assets + i],
                });
            }
            for j in 0..i {
                let pair = [entries[i * assets + j], entries[j * assets + i]];
                if (pair[0] - pair[1]).abs() > 1e-12 * pair[0].abs().max(pair[1].abs()) {
                    return Err(Failure::NotSymmetric {
                        assets: [i, j],
                        entries: pair,
                    });
                }
            }
        }
        self.begin(assets);
        self.entries.copy_from_slice(entries);
        self.finish();
        self.check()
    }

    /// Makes room for a matrix, all zero, that the estimator then fills below the diagonal.
    pub(crate) fn begin(&mut self, assets: usize) -> &mut [f64] {
        self.assets = assets;
        self.entries.clear();
        self.entries.resize(assets * assets, 0.0);
        self.still.clear();
        self.still.resize(assets, false);
        &mut self.entries
    }

    /// The entries and what an estimator may compute with.
    pub(crate) fn parts(&mut self) -> (&mut [f64], &mut Vec<f64>) {
        (&mut self.entries, &mut self.scratch)
    }

    /// Says that an asset did not move in the window, whatever the estimator makes of it.
    pub(crate) fn mark_still(&mut self, asset: usize) {
        self.still[asset] = true;
    }

    /// Mirrors what stands below the diagonal and derives volatilities and correlations.
    pub(crate) fn finish(&mut self) {
        let n = self.assets;
        self.volatilities.clear();
        self.correlations.clear();
        self.correlations.resize(n * n, 0.0);
        for i in 0..n {
            let variance = self.entries[i * n + i];
            self.volatilities.push(variance.sqrt());
            self.still[i] |= variance == 0.0;
        }
        for i in 0..n {
            for j in 0..i {
                let entry = self.entries[i * n + j];
                self.entries[j * n + i] = entry;
                let risk = self.volatilities[i] * self.volatilities[j];
                let correlation = if entry == 0.0 { 0.0 } else { entry / risk };
                self.correlations[i * n + j] = correlation;
                self.correlations[j * n + i] = correlation;
            }
            self.correlations[i * n + i] = if self.volatilities[i] == 0.0 {
                0.0
            } else {
                1.0
            };
        }
    }

    fn check(&mut self) -> Result<(), Failure> {
        let n = self.assets;
        for i in 0..n {
            for j in 0..i {
                let correlation = self.correlations[i * n + j];
                if !(-1.0 - SEMIDEFINITE..=1.0 + SEMIDEFINITE).contains(&correlation) {
                    return Err(Failure::CorrelationOutOfRange {
                        assets: [i, j],
                        correlation,
                    });
                }
            }
        }
        self.cholesky.begin(n);
        for i in 0..n {
            let row = &self.correlations[i * n..=i * n + i];
            if !self.cholesky.push(row, SEMIDEFINITE, 0.0) {
                return Err(Failure::NotSemidefinite { asset: i });
            }
        }
        Ok(())
    }

    /// How many assets there are.
    pub fn assets(&self) -> usize {
        self.assets
    }

    /// The matrix, row after row.
    pub fn entries(&self) -> &[f64] {
        &self.entries
    }

    /// The covariances of one asset with all.
    pub fn row(&self, asset: usize) -> &[f64] {
        &self.entries[asset * self.assets..(asset + 1) * self.assets]
    }

    /// The standard deviation of each asset's return in one period.
    pub fn volatilities(&self) -> &[f64] {
        &self.volatilities
    }

    /// The correlation matrix, row after row: `S_ij / (s_i s_j)` off the diagonal and 1 on it. The
    /// row and the column of an asset without variance are zero.
    pub fn correlations(&self) -> &[f64] {
        &self.correlations
    }

    /// The variance `w'Sw` of a portfolio in one period.
    ///
    /// # Panics
    ///
    /// If there is not one weight per asset.
    pub fn variance(&self, weights: &[f64]) -> f64 {
        assert_eq!(weights.len(), self.assets, "one weight per asset");
        let mut sum = 0.0;
        for (row, weight) in self.entries.chunks_exact(self.assets.max(1)).zip(weights) {
            sum += weight * crate::linear::dot(row, weights);
        }
        sum
    }

    /// An error that names the assets which never moved, if there are any.
    pub(crate) fn all_move(&self) -> Result<(), Failure> {
        if !self.still.contains(&true) {
            return Ok(());
        }
        let assets = (0..self.assets).filter(|asset| self.still[*asset]);
        Err(Failure::ZeroVariance {
            assets: assets.collect(),
        })
    }
}
