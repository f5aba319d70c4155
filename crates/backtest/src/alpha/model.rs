//! The trait that users implement.

use super::as_of::AsOf;
use super::weights::Weights;

/// What a user's alpha model may fail with.
pub type AlphaError = Box<dyn std::error::Error + Send + Sync>;

/// Turns what is known at a decision into target weights. The one thing a user implements.
///
/// ```
/// use backtest::alpha::{AlphaError, AlphaModel, AsOf, Weights};
///
/// /// Holds whatever is above its average of the last 200 closes, in equal parts.
/// struct AboveAverage;
///
/// impl AlphaModel for AboveAverage {
///     fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
///         let n = as_of.assets().len() as f64;
///         for &asset in as_of.assets() {
///             let above = as_of.price(asset) > as_of.moving_average(asset, 200);
///             weights.set(asset, if above { 1.0 / n } else { 0.0 });
///         }
///         Ok(())
///     }
/// }
/// ```
pub trait AlphaModel {
    /// Writes target weights, as fractions of the equity; what is not written is not held.
    ///
    /// Called once per decision, in order of time. `weights` is empty at each call.
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError>;
}
