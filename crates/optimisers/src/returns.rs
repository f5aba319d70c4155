//! A window of returns: what covariances are estimated from.

use crate::failure::Failure;

/// Simple returns of assets over a window, oldest first. A value is filled again and again: after
/// the first window of a size nothing is allocated.
#[derive(Clone, Debug, Default)]
pub struct Returns {
    assets: usize,
    /// One row a period.
    values: Vec<f64>,
}

impl Returns {
    /// Takes over returns: one row a period, one number per asset in each.
    ///
    /// # Errors
    ///
    /// No assets; a length that is no multiple of their number; a number that is not finite.
    pub fn set(&mut self, assets: usize, rows: &[f64]) -> Result<(), Failure> {
        if assets == 0 {
            return Err(Failure::NoAssets);
        }
        if !rows.len().is_multiple_of(assets) {
            return Err(Failure::WrongLength {
                what: "returns",
                expected: rows.len().next_multiple_of(assets),
                found: rows.len(),
            });
        }
        if let Some(at) = rows.iter().position(|value| !value.is_finite()) {
            return Err(Failure::NotFinite {
                what: "returns",
                asset: at % assets,
                value: rows[at],
            });
        }
        self.assets = assets;
        self.values.clear();
        self.values.extend_from_slice(rows);
        Ok(())
    }

    /// Computes the returns `P_t / P_(t-1) - 1` of closes: a slice per asset, all of one length,
    /// oldest first. `n + 1` closes give `n` returns.
    ///
    /// # Errors
    ///
    /// No assets; slices of different lengths; a close that is NaN, infinite, zero or negative.
    pub fn set_closes<'a>(
        &mut self,
        closes: impl ExactSizeIterator<Item = &'a [f64]>,
    ) -> Result<(), Failure> {
        let assets = closes.len();
        if assets == 0 {
            return Err(Failure::NoAssets);
        }
        self.assets = assets;
        self.values.clear();
        for (asset, closes) in closes.enumerate() {
            let periods = closes.len().saturating_sub(1);
            if asset == 0 {
                self.values.resize(periods * assets, 0.0);
            } else if periods * assets != self.values.len() {
                return Err(Failure::WrongLength {
                    what: "closes of an asset",
                    expected: self.values.len() / assets + 1,
                    found: closes.len(),
                });
            }
            if let Some(&close) = closes.iter().find(|close| !close.is_finite()) {
                return Err(Failure::NotFinite {
                    what: "closes",
                    asset,
                    value: close,
                });
            }
            if let Some(&close) = closes.iter().find(|close| **close <= 0.0) {
                return Err(Failure::CloseNotPositive { asset, close });
            }
            for (period, pair) in closes.windows(2).enumerate() {
                let value = pair[1] / pair[0] - 1.0;
                if !value.is_finite() {
                    return Err(Failure::NotFinite {
                        what: "returns",
                        asset,
                        value,
                    });
                }
                self.values[period * assets + asset] = value;
            }
        }
        Ok(())
    }

    /// How many assets there are.
    pub fn assets(&self) -> usize {
        self.assets
    }

    /// How many returns each asset has.
    pub fn periods(&self) -> usize {
        self.values.len().checked_div(self.assets).unwrap_or(0)
    }

    /// The returns of all assets in each period, oldest first.
    pub fn rows(&self) -> std::slice::ChunksExact<'_, f64> {
        self.values.chunks_exact(self.assets.max(1))
    }

    /// The arithmetic mean of each asset's returns: what a mean-variance optimiser expects of a
    /// period if nothing better is known. NaN where there are no returns.
    ///
    /// # Panics
    ///
    /// If `means` has not one place per asset.
    pub fn means(&self, means: &mut [f64]) {
        assert_eq!(means.len(), self.assets, "one mean per asset");
        means.fill(0.0);
        for row in self.rows() {
            for (sum, value) in means.iter_mut().zip(row) {
                *sum += value;
            }
        }
        let periods = self.periods() as f64;
        for mean in means {
            *mean /= periods;
        }
    }
}
