//! One backtest, run, and what came out of it as columns.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use backtest::Backtest;
use backtest::Fill;
use backtest::alpha::AlphaModel;
use backtest::market;
use backtest::outcome::Outcome;
use backtest::strategy;
use documents::Content;
use documents::Report;
use documents::tearsheet::Tearsheet;
use failure::{Context, Failure, Role};
use market_data::{WriteError, write_atomically};
use numpy::{IntoPyArray, PyArray1};
use pyo3::prelude::*;

use crate::arrays;
use crate::errors::{raised, stopped};
use crate::market::Market;
use crate::model::PythonModel;
use crate::strategy::Strategy;

const PROGRAM: &str = concat!("gridfolio ", env!("CARGO_PKG_VERSION"));

/// What a backtest was made of and what came out.
#[pyclass(frozen, module = "gridfolio._gridfolio")]
pub(crate) struct Run {
    strategy: strategy::Strategy,
    market: Arc<market::Market>,
    outcome: Outcome,
    benchmark: Option<Outcome>,
    notices: Vec<String>,
}

/// Runs a strategy, with a Python object as its alpha model if one is given.
#[pyfunction]
pub(crate) fn run(
    py: Python<'_>,
    strategy: &Strategy,
    market: &Market,
    model: Option<Py<PyAny>>,
) -> PyResult<Run> {
    let context = Context {
        file: &strategy.file,
        dir: &market.dir,
        strategy: &strategy.read.strategy,
        series: &market.series,
        role: Role::Strategy,
    };
    let aligned = py.detach(|| {
        let symbols = context.strategy.symbols();
        let named = market.series.iter().filter(|s| symbols.contains(&s.symbol));
        let named: Vec<market::PriceSeries> = named.cloned().collect();
        context.strategy.market(&named)
    });
    let aligned = aligned.map_err(|error| raised(py, &context.not_aligned(&error)))?;
    Run::of(py, &context, Arc::new(aligned), model, &market.notices)
}

impl Run {
    /// Runs the strategy of `context`, and its benchmark.
    pub(crate) fn of(
        py: Python<'_>,
        context: &Context<'_>,
        market: Arc<market::Market>,
        model: Option<Py<PyAny>>,
        notices: &[String],
    ) -> PyResult<Run> {
        let mut model =
            model.map(|object| PythonModel::new(object, Arc::clone(&market), context.strategy));
        let model = (model.as_mut()).map(|model| model as &mut (dyn AlphaModel + Send));
        let outcome = outcome(py, context, &market, model)?;
        let benchmark = match context.strategy.benchmark_strategy() {
            Some(strategy) => {
                let context = Context {
                    strategy: &strategy,
                    role: Role::Benchmark,
                    ..*context
                };
                Some(self::outcome(py, &context, &market, None)?)
            }
            None => None,
        };
        Ok(Run {
            strategy: context.strategy.clone(),
            market,
            outcome,
            benchmark,
            notices: notices.to_vec(),
        })
    }

    fn report<T>(&self, py: Python<'_>, tell: impl FnOnce(&Report<'_>) -> T + Send) -> PyResult<T>
    where
        T: Send,
    {
        let context = Context {
            file: Path::new(&self.strategy.name),
            dir: Path::new(""),
            strategy: &self.strategy,
            series: &[],
            role: Role::Strategy,
        };
        let told = py.detach(|| {
            let backtest = self.strategy.bind(&self.market)?;
            Ok(tell(&Report::new(documents::Run {
                program: PROGRAM,
                strategy: &self.strategy,
                backtest: &backtest,
                outcome: &self.outcome,
                benchmark: self.benchmark.as_ref(),
                notices: &self.notices,
            })))
        });
        told.map_err(|error| raised(py, &context.not_bound(&error)))
    }
}

/// Runs one strategy with the lock of Python released; a Python model takes it when it is asked.
pub(crate) fn outcome(
    py: Python<'_>,
    context: &Context<'_>,
    market: &market::Market,
    model: Option<&mut (dyn AlphaModel + Send)>,
) -> PyResult<Outcome> {
    let backtest: Backtest<'_> = py
        .detach(|| context.strategy.bind(market))
        .map_err(|error| raised(py, &context.not_bound(&error)))?;
    let outcome = py.detach(|| match model {
        Some(model) => backtest.run_with(model),
        None => backtest.run(),
    });
    outcome.map_err(|error| stopped(py, &error, &context.not_run(&error)))
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
        &self.strategy.name
    }

    #[getter]
    fn initial_cash(&self) -> f64 {
        self.outcome.initial_cash
    }

    #[getter]
    fn final_cash(&self) -> f64 {
        self.outcome.cash
    }

    /// The days of the recorded closes, since 1970.
    fn days<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        arrays::days(py, self.outcome.dates(&self.market))
    }

    fn equity<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.outcome.equity.clone().into_pyarray(py)
    }

    fn cash<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.outcome.cash_curve.clone().into_pyarray(py)
    }

    /// The benchmark's days and equity; `None` without a benchmark.
    #[expect(clippy::type_complexity, reason = "two arrays")]
    fn benchmark<'py>(
        &self,
        py: Python<'py>,
    ) -> Option<(Bound<'py, PyArray1<i64>>, Bound<'py, PyArray1<f64>>)> {
        let benchmark = self.benchmark.as_ref()?;
        let days = arrays::days(py, benchmark.dates(&self.market));
        Some((days, benchmark.equity.clone().into_pyarray(py)))
    }

    /// The market's symbols, which other columns point into.
    #[getter]
    fn symbols(&self) -> Vec<String> {
        self.market.symbols().to_vec()
    }

    fn transactions<'py>(&self, py: Python<'py>) -> Transactions<'py> {
        let fills = &self.outcome.fills;
        let column = |value: fn(&Fill) -> f64| {
            let values: Vec<f64> = fills.iter().map(value).collect();
            values.into_pyarray(py)
        };
        let seconds = fills.iter().map(|fill| self.market.moment(fill.mark));
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
        let held = self.outcome.holdings.iter();
        held.map(|held| (self.market.symbol(held.asset), held.quantity))
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

    /// The tear sheet, a page of HTML that needs nothing else.
    fn tearsheet(&self, py: Python<'_>) -> PyResult<Vec<u8>> {
        self.report(py, |report| {
            Tearsheet::of(report, &report.detail()).to_html()
        })
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

    /// Writes the files of `gridfolio run --out` into a folder, each of them whole or not at all.
    fn write(&self, py: Python<'_>, dir: PathBuf) -> PyResult<()> {
        let written = self.report(py, |report| write(&dir, report))?;
        written.map_err(|error| raised(py, &Failure::not_written(&error)))
    }
}

/// Writes a file, whole or not at all.
#[pyfunction]
pub(crate) fn write_file(py: Python<'_>, path: PathBuf, content: Vec<u8>) -> PyResult<()> {
    let written = py.detach(|| write_atomically(&path, |file| file.write_all(&content)));
    written.map_err(|error| raised(py, &Failure::not_written(&error)))
}

fn write(dir: &Path, report: &Report<'_>) -> Result<(), WriteError> {
    std::fs::create_dir_all(dir).map_err(|source| WriteError {
        path: dir.to_owned(),
        source,
    })?;
    let put = |name: &str, content: Vec<u8>| {
        write_atomically(&dir.join(name), |file| file.write_all(&content))
    };
    let detail = report.detail();
    put("equity_curve.csv", report.equity_csv())?;
    put("transactions.csv", report.transactions_csv())?;
    put("target_allocations.csv", report.target_allocations_csv())?;
    put("statistics.json", report.statistics_json(&detail))?;
    put("tearsheet.html", Tearsheet::of(report, &detail).to_html())
}
