//! The look-ahead audit.

use std::path::Path;
use std::sync::Arc;

use backtest::alpha::{self, AlphaError, AlphaModel};
use backtest::audit;
use backtest::market::{self, PriceSeries};
use backtest::strategy::Alpha;
use diagnostics::Code;

use crate::error::Error;
use crate::explain::Context;

pub use backtest::audit::Audit;

/// Audits a strategy whose alpha model is built in.
///
/// * `dates`: at how many dates the future is removed.
///
/// # Errors
///
/// A strategy that does not run, or whose alpha model is a Python class.
pub fn audit(context: &Context<'_>, dates: usize) -> Result<Audit, Error> {
    if let Alpha::External(alpha::External { class, .. }) = &context.strategy.alpha {
        return Err(is_python(context.file, class));
    }
    let found = audit::audit(context.strategy, context.series, context.rates, dates);
    found.map_err(|error| context.not_audited(error))
}

/// Audits a strategy whose alpha model is not built in.
///
/// * `make`: makes the model of one run from the run's prices: as bars, and on the calendar.
///
/// # Errors
///
/// A strategy that does not run; what `make` and its models report.
pub fn audit_with(
    context: &Context<'_>,
    dates: usize,
    make: impl FnMut(&[PriceSeries], &Arc<market::Market>) -> Result<Box<dyn AlphaModel>, AlphaError>,
) -> Result<Audit, Error> {
    let found = audit::audit_with(context.strategy, context.series, context.rates, dates, make);
    found.map_err(|error| context.not_audited(error))
}

fn is_python(file: &Path, class: &str) -> Error {
    let file = file.display();
    Error::new(Code::Strategy, format!("`{file}` cannot be audited here"))
        .cause(format!("`{class}` is a Python class"))
        .hint(format!("run `python -m gridfolio audit {file}`"))
}
