//! One backtest, run, and what came out of it as columns.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use backtest::Fill;
use backtest::alpha::AlphaModel;
use diagnostics::write_atomically;
use documents::Content;
use documents::Report;
use documents::tearsheet::Tearsheet;
use gridfolio::sweep::Trial;
use gridfolio::{Backtest, Error};
use numpy::{IntoPyArray, PyArray1};
use pyo3::prelude::*;
use verdict::timing_luck::TimingLuck;

use crate::arrays;
use crate::errors::{ModelError, detached, not_asked};
use crate::market::Market;
use crate::model::PythonModel;
use crate::strategy::Strategy;

/// A strategy that has been run on a market, and its benchmark.
#[pyclass(frozen, module = "gridfolio._gridfolio")]
pub(crate) struct Run(Backtest);

/// Runs a strategy, with a Python object as its alpha model if one is given.
#[pyfunction]
pub(crate) fn run(
    py: Python<'_>,
    strategy: &Strategy,
    market: &Market,
    model: Option<Py<PyAny>>,
) -> PyResult<Run> {
    let context = market.0.context(&strategy.0);
    let aligned = Arc::new(detached(py, || context.aligned())?);
    let mut model =
        model.map(|object| PythonModel::new(object, Arc::clone(&aligned), context.strategy));
    let model = (model.as_mut()).map(|model| model as &mut (dyn AlphaModel + Send));
    let notices = market.0.notices();
    let run = || Backtest::run_with(&context, aligned, model, notices);
    detached(py, run).map(Run)
}

impl Run {
    /// Runs a trial of the sweep in a folder.
    pub(crate) fn of_trial(
        py: Python<'_>,
        dir: &Path,
        trial: &Trial,
        model: Option<Py<PyAny>>,
    ) -> PyResult<Run> {
        let (strategy, market) = (&trial.file.strategy, &trial.market);
        let mut model = model.map(|object| PythonModel::new(object, Arc::clone(market), strategy));
        let model = (model.as_mut()).map(|model| model as &mut (dyn AlphaModel + Send));
        detached(py, || Backtest::of_trial(dir, trial, model)).map(Run)
    }

    fn report<T: Send>(
        &self,
        py: Python<'_>,
        read: impl FnOnce(&Report<'_>) -> T + Send,
    ) -> PyResult<T> {
        detached(py, || self.0.report(read))
    }
}

/// The columns of the trades: seconds since 1970, positions in the market's symbols, quantities,
/// prices and commissions.
type Transactions<'py> = (
    Bound<'py, PyArray1<i64>>,
    Bound<'py, PyArray1<i64>>,
    Bound<'py, PyArray1<f64>>,
    Bound<'py, PyArray1<f64>>,
    Bound<'py, PyArray1<f64>>,
);

/// The target weights as a table: the day of each decision, the positions of the columns' assets in
/// the market's symbols, and the weights row by row, NaN where there is none.
type Allocations<'py> = (
    Bound<'py, PyArray1<i64>>,
    Vec<usize>,
    Bound<'py, PyArray1<f64>>,
);

#[pymethods]
impl Run {
    #[getter]
    fn name(&self) -> &str {
        &self.0.strategy().name
    }

    #[getter]
    fn initial_cash(&self) -> f64 {
        self.0.outcome().initial_cash
    }

    #[getter]
    fn final_cash(&self) -> f64 {
        self.0.outcome().cash
    }

    /// The days of the recorded closes, since 1970.
    fn days<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        arrays::days(py, self.0.outcome().dates(self.0.market()))
    }

    fn equity<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.0.outcome().equity.clone().into_pyarray(py)
    }

    fn cash<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.0.outcome().cash_curve.clone().into_pyarray(py)
    }

    /// The benchmark's days and equity; `None` without a benchmark.
    #[expect(clippy::type_complexity, reason = "two arrays")]
    fn benchmark<'py>(
        &self,
        py: Python<'py>,
    ) -> Option<(Bound<'py, PyArray1<i64>>, Bound<'py, PyArray1<f64>>)> {
        let benchmark = self.0.benchmark()?;
        let days = arrays::days(py, benchmark.dates(self.0.market()));
        Some((days, benchmark.equity.clone().into_pyarray(py)))
    }

    /// The market's symbols, which other columns point into.
    #[getter]
    fn symbols(&self) -> Vec<String> {
        self.0.market().symbols().to_vec()
    }

    fn transactions<'py>(&self, py: Python<'py>) -> Transactions<'py> {
        let fills = &self.0.outcome().fills;
        let column = |value: fn(&Fill) -> f64| {
            let values: Vec<f64> = fills.iter().map(value).collect();
            values.into_pyarray(py)
        };
        let seconds = fills.iter().map(|fill| self.0.market().moment(fill.mark));
        let seconds: Vec<i64> = seconds.map(|moment| moment.epoch_seconds()).collect();
        let assets: Vec<i64> = (fills.iter()).map(|fill| i64::from(fill.asset.0)).collect();
        (
            seconds.into_pyarray(py),
            assets.into_pyarray(py),
            column(|fill| fill.quantity),
            column(|fill| fill.price),
            column(|fill| fill.commission),
        )
    }

    fn target_allocations<'py>(&self, py: Python<'py>) -> PyResult<Allocations<'py>> {
        let (days, assets, weights) = self.report(py, |report| {
            let table = report.target_allocations();
            let days: Vec<i64> = (table.rows.iter())
                .map(|(day, _)| i64::from(day.epoch_days()))
                .collect();
            let assets: Vec<usize> = table.columns.iter().map(|asset| asset.index()).collect();
            let weights = table.rows.iter().flat_map(|(_, row)| row);
            let weights: Vec<f64> = weights.map(|w| w.unwrap_or(f64::NAN)).collect();
            (days, assets, weights)
        })?;
        Ok((days.into_pyarray(py), assets, weights.into_pyarray(py)))
    }

    /// Symbol and shares of what is held at the end.
    #[getter]
    fn holdings(&self) -> Vec<(&str, f64)> {
        let held = self.0.outcome().holdings.iter();
        held.map(|held| (self.0.market().symbol(held.asset), held.quantity))
            .collect()
    }

    /// The statistics and how they came about, as JSON without the long series.
    fn summary_json(&self, py: Python<'_>) -> PyResult<String> {
        let json = self.report(py, |report| report.summary_json())?;
        Ok(String::from_utf8_lossy(&json).into_owned())
    }

    /// The few lines that the command line prints.
    fn summary(&self, py: Python<'_>) -> PyResult<String> {
        self.report(py, |report| report.summary())
    }

    /// The strategy on other days of its schedule, and begun later, as JSON.
    ///
    /// * `make`: makes the model of each run; `None` for a model that is built in.
    fn timing_luck(&self, py: Python<'_>, make: Option<Py<PyAny>>) -> PyResult<String> {
        let backtest = &self.0;
        let found = py.detach(|| {
            let Some(make) = &make else {
                return Ok(backtest.strategy().timing_luck(backtest.market()));
            };
            let market = backtest.shared_market();
            let strategy = backtest.strategy();
            strategy.timing_luck_with(market, || {
                let made = Python::attach(|py| {
                    let made = make.bind(py).call0();
                    made.map(Bound::unbind)
                        .map_err(|error| ModelError::new(py, error))
                })?;
                let model: Box<dyn AlphaModel> =
                    Box::new(PythonModel::new(made, Arc::clone(market), strategy));
                Ok(model)
            })
        });
        let found = found.map_err(|error| not_asked(py, error))?;
        Ok(TimingLuck::from(found).to_json())
    }

    /// The tear sheet, a page of HTML that needs nothing else.
    fn tearsheet(&self, py: Python<'_>) -> PyResult<Vec<u8>> {
        detached(py, || Ok::<_, Error>(self.0.tearsheet()?.to_html()))
    }

    /// The growth of the strategy and its benchmark, a picture: a file of SVG.
    fn growth_svg(&self, py: Python<'_>) -> PyResult<Vec<u8>> {
        self.report(py, |report| {
            let tearsheet = Tearsheet::of(report, &report.detail());
            let panels = tearsheet.panels();
            let growth = panels.iter().find_map(|panel| match &panel.content {
                Content::Figure(figure) if panel.id == "growth" => {
                    let scene = figure.scene().captioned(&panel.title, &panel.note);
                    Some(scene.to_svg_file())
                }
                _ => None,
            });
            growth.unwrap_or_default()
        })
    }

    /// Writes the files of `gridfolio run --out` into a folder, all of them or none.
    fn write(&self, py: Python<'_>, dir: PathBuf) -> PyResult<()> {
        detached(py, || self.0.write(&dir))
    }
}

/// Writes a file, whole or not at all.
#[pyfunction]
pub(crate) fn write_file(py: Python<'_>, path: PathBuf, content: Vec<u8>) -> PyResult<()> {
    detached(py, || {
        write_atomically(&path, |file| file.write_all(&content))
    })
}
