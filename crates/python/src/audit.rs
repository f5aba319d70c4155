//! The look-ahead audit of a strategy, whose model may be Python's.

use std::sync::Arc;

use backtest::alpha::AlphaModel;
use backtest::audit::What;
use documents::AuditReport;
use pyo3::prelude::*;

use crate::errors::{ModelError, detached, interruption};
use crate::market::Market;
use crate::model::PythonModel;
use crate::strategy::Strategy;

/// What an audit found.
#[pyclass(frozen, module = "gridfolio._gridfolio")]
pub(crate) struct Audit {
    strategy: String,
    found: backtest::audit::Audit,
    own_model: bool,
}

/// Audits a strategy.
///
/// * `make`: is handed a run's prices and makes the run's model; `None` for a model that is built in.
#[pyfunction]
pub(crate) fn audit(
    py: Python<'_>,
    strategy: &Strategy,
    market: &Market,
    dates: usize,
    make: Option<Py<PyAny>>,
) -> PyResult<Audit> {
    let context = market.0.context(&strategy.0);
    let own = context.strategy;
    let found = detached(py, || match &make {
        None => gridfolio::audit::audit(&context, dates),
        Some(make) => gridfolio::audit::audit_with(&context, dates, |series, aligned| {
            let made = Python::attach(|py| {
                let prices = Market(gridfolio::Market::of_series(series.to_vec(), Vec::new()));
                let made = make.bind(py).call1((prices,));
                made.map(Bound::unbind)
                    .map_err(|error| ModelError::new(py, error))
            })?;
            let model: Box<dyn AlphaModel> =
                Box::new(PythonModel::new(made, Arc::clone(aligned), own));
            Ok(model)
        }),
    })?;
    if let Some(error) = interrupted(py, &found) {
        return Err(error);
    }
    Ok(Audit {
        strategy: own.name.clone(),
        found,
        own_model: make.is_some(),
    })
}

/// How many decisions a strategy takes on a market, and the day of the first, since 1970.
#[pyfunction]
pub(crate) fn decisions(
    py: Python<'_>,
    strategy: &Strategy,
    market: &Market,
) -> PyResult<(usize, Option<i32>)> {
    let context = market.0.context(&strategy.0);
    detached(py, || {
        let aligned = context.aligned()?;
        let bound = context.strategy.bind(&aligned);
        let backtest = bound.map_err(|error| context.not_bound(error))?;
        let decisions = backtest.decisions();
        let first = decisions.first().map(|mark| aligned.date(mark.session));
        let first = first.map(|date| date.epoch_days());
        Ok::<_, gridfolio::Error>((decisions.len(), first))
    })
}

/// What ended the audit early, if it was not the model's own mistake.
fn interrupted(py: Python<'_>, found: &backtest::audit::Audit) -> Option<PyErr> {
    let looks = found.found.iter().map(|look| &look.difference);
    let stopped =
        looks
            .chain(&found.not_repeated)
            .filter_map(|difference| match &difference.what {
                What::Stopped(error) => Some(error),
                _ => None,
            });
    let varied = (found.variations.iter()).filter_map(|variation| variation.record.as_ref().err());
    stopped
        .chain(varied)
        .find_map(|error| interruption(py, error))
}

#[pymethods]
impl Audit {
    /// Whether it passed, the few lines that the command line prints, and all of it as JSON.
    ///
    /// * `files_read`: the files that the model was seen to open; `prices_read`: those of them that hold
    ///   the strategy's prices; `data_reached`: what the model holds that reaches past the decisions.
    fn report(
        &self,
        files_read: Vec<String>,
        prices_read: Vec<String>,
        data_reached: Vec<String>,
    ) -> (bool, String, String) {
        let report = AuditReport {
            strategy: &self.strategy,
            audit: &self.found,
            own_model: self.own_model,
            files_read: &files_read,
            prices_read: &prices_read,
            data_reached: &data_reached,
        };
        let json = String::from_utf8_lossy(&report.json()).into_owned();
        (report.passed(), report.text(), json)
    }
}
