//! Alpha models written in Python, and the view of the market that they are handed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use backtest::alpha;
use backtest::alpha::{AlphaError, AlphaModel, Weights};
use backtest::conventions::MomentumArithmetic;
use backtest::date::Moment;
use backtest::market::{self, AssetId, At, Mark, Session};
use backtest::signal;
use backtest::strategy::{self, Alpha};
use numpy::{IntoPyArray, PyArray1};
use pyo3::exceptions::{PyKeyError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyDateTime, PyDict, PyString, PyTuple, PyType, PyTzInfo};

use crate::arrays::{self, Prices};
use crate::errors::{ModelError, exception};
use crate::strategy::keywords;

/// A Python object with `weights(as_of)`, as an alpha model of one run.
pub(crate) struct PythonModel {
    object: Py<PyAny>,
    asked: Asked,
    market: Arc<market::Market>,
    momentum: MomentumArithmetic,
    /// Set when the run is to end.
    stop: Arc<AtomicBool>,
    /// What all decisions of the run share; made at the first.
    shared: Option<Arc<Shared>>,
    /// The members of the last decision and their symbols.
    members: Arc<[AssetId]>,
    symbols: Option<Py<PyTuple>>,
}

/// How a model is asked.
#[derive(Clone, Copy)]
enum Asked {
    /// Its method `weights` is called with the view.
    Weights,
    /// It is called itself, with the view and the second since 1970.
    Session,
}

struct Shared {
    prices: Py<Prices>,
    /// By asset: the first session of its history.
    since: Box<[Session]>,
    /// Whether a history is of an asset's own bars.
    own_only: bool,
    momentum: MomentumArithmetic,
    sessions_per_year: f64,
}

impl PythonModel {
    pub(crate) fn new(
        object: Py<PyAny>,
        market: Arc<market::Market>,
        strategy: &strategy::Strategy,
    ) -> PythonModel {
        PythonModel {
            object,
            asked: Asked::Weights,
            market,
            momentum: strategy.conventions.momentum,
            stop: Arc::default(),
            shared: None,
            members: Arc::from([]),
            symbols: None,
        }
    }

    /// A callable that is handed the view and the second.
    pub(crate) fn of_session(
        object: Py<PyAny>,
        market: Arc<market::Market>,
        strategy: &strategy::Strategy,
    ) -> PythonModel {
        PythonModel {
            asked: Asked::Session,
            ..PythonModel::new(object, market, strategy)
        }
    }

    fn as_of(&mut self, py: Python<'_>, as_of: &backtest::alpha::AsOf<'_>) -> PyResult<AsOf> {
        let shared = match &self.shared {
            Some(shared) => Arc::clone(shared),
            None => {
                let market = Arc::clone(&self.market);
                let shared = Arc::new(Shared {
                    prices: Py::new(py, Prices { market })?,
                    since: as_of.histories_begin().into(),
                    own_only: as_of.own_only(),
                    momentum: self.momentum,
                    sessions_per_year: as_of.sessions_per_year(),
                });
                self.shared = Some(Arc::clone(&shared));
                shared
            }
        };
        let symbols = match &self.symbols {
            Some(symbols) if *self.members == *as_of.assets() => symbols.clone_ref(py),
            _ => {
                self.members = as_of.assets().into();
                let symbols = self.members.iter().map(|&asset| as_of.symbol(asset));
                let symbols = PyTuple::new(py, symbols.collect::<Vec<_>>())?.unbind();
                self.symbols = Some(symbols.clone_ref(py));
                symbols
            }
        };
        Ok(AsOf {
            shared,
            mark: as_of.mark(),
            closes_seen: as_of.closes_seen(),
            members: Arc::clone(&self.members),
            symbols,
        })
    }

    fn ask(
        &mut self,
        py: Python<'_>,
        as_of: &backtest::alpha::AsOf<'_>,
        weights: &mut Weights,
    ) -> PyResult<()> {
        let view = Py::new(py, self.as_of(py, as_of)?)?;
        let object = self.object.bind(py);
        let answer = match self.asked {
            Asked::Weights => object.call_method1(intern!(py, "weights"), (view,))?,
            Asked::Session => object.call1((view, as_of.moment().epoch_seconds()))?,
        };
        read_weights(&answer, as_of, weights)
    }
}

impl AlphaModel for PythonModel {
    fn weights(
        &mut self,
        as_of: backtest::alpha::AsOf<'_>,
        weights: &mut Weights,
    ) -> Result<(), AlphaError> {
        if self.stop.load(Ordering::Relaxed) {
            return Err("interrupted".into());
        }
        Python::attach(|py| {
            self.ask(py, &as_of, weights)
                .map_err(|error| ModelError::new(py, error).into())
        })
    }
}

/// What a model answered: a mapping from symbols to weights, or a number for each of
/// `as_of.assets`.
pub(crate) fn read_weights(
    answer: &Bound<'_, PyAny>,
    as_of: &backtest::alpha::AsOf<'_>,
    weights: &mut Weights,
) -> PyResult<()> {
    let py = answer.py();
    if let Ok(answer) = answer.cast::<PyDict>() {
        for (symbol, weight) in answer {
            set(&symbol, &weight, as_of, weights)?;
        }
        return Ok(());
    }
    let is_text = answer.is_instance_of::<PyString>();
    if let (false, Ok(items)) = (is_text, answer.call_method0(intern!(py, "items"))) {
        for item in items.try_iter()? {
            let (symbol, weight): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item?.extract()?;
            set(&symbol, &weight, as_of, weights)?;
        }
        return Ok(());
    }
    let numbers: Vec<f64> = answer.extract().map_err(|_| {
        let kind = answer.get_type();
        let text = format!(
            "the alpha model returned {kind}; it must return a dict of weights by symbol, or a \
             number for each of `as_of.assets`"
        );
        exception(py, "ModelError", &text)
    })?;
    if numbers.len() != as_of.assets().len() {
        let (n, assets) = (numbers.len(), as_of.assets().len());
        let text = format!("the alpha model returned {n} weights for {assets} assets");
        return Err(exception(py, "ModelError", &text));
    }
    for (&asset, &weight) in as_of.assets().iter().zip(&numbers) {
        weights.set(asset, weight);
    }
    Ok(())
}

fn set(
    symbol: &Bound<'_, PyAny>,
    weight: &Bound<'_, PyAny>,
    as_of: &backtest::alpha::AsOf<'_>,
    weights: &mut Weights,
) -> PyResult<()> {
    let py = symbol.py();
    let name = symbol.cast::<PyString>().map_err(|_| {
        let text = format!("the alpha model returned a weight for {symbol}, which is not a symbol");
        exception(py, "ModelError", &text)
    })?;
    let name = name.to_cow()?;
    let asset = as_of.asset(&name).ok_or_else(|| {
        let text = format!(
            "the alpha model returned a weight for `{name}`, which is not in the market data"
        );
        exception(py, "ModelError", &text)
    })?;
    let weight = weight.extract::<f64>().map_err(|_| {
        let text = format!("the weight of `{name}` is {weight}, which is not a number");
        exception(py, "ModelError", &text)
    })?;
    weights.set(asset, weight);
    Ok(())
}

/// One past the last session whose close is known.
fn end_of(mark: Mark) -> u32 {
    match mark.at {
        At::Open => mark.session.0,
        At::Close => mark.session.0 + 1,
    }
}

/// The market as known at one decision.
#[pyclass(frozen, module = "gridfolio")]
pub(crate) struct AsOf {
    shared: Arc<Shared>,
    mark: Mark,
    closes_seen: u32,
    members: Arc<[AssetId]>,
    symbols: Py<PyTuple>,
}

impl AsOf {
    fn market(&self) -> &market::Market {
        &self.shared.prices.get().market
    }

    fn moment(&self) -> Moment {
        self.market().moment(self.mark)
    }

    fn asset(&self, symbol: &str) -> PyResult<AssetId> {
        let found = self.market().asset(symbol);
        found.ok_or_else(|| PyKeyError::new_err(format!("`{symbol}` is not in the market data")))
    }

    /// The last `n` closes of an asset's history.
    fn history(&self, asset: AssetId, n: u32) -> &[f64] {
        self.history_in(self.market(), asset, n)
    }

    fn history_in<'m>(&self, market: &'m market::Market, asset: AssetId, n: u32) -> &'m [f64] {
        let (since, end) = (self.shared.since[asset.index()], end_of(self.mark));
        market.closes_between(asset, since, Session(end), n, self.shared.own_only)
    }

    fn momentum_of(&self, asset: AssetId, lookback: u32) -> f64 {
        let closes = self.history(asset, lookback.saturating_add(1));
        match self.shared.momentum {
            MomentumArithmetic::Ratio => signal::momentum(closes),
            MomentumArithmetic::Compounded => signal::compounded_momentum(closes),
        }
    }

    fn each<'py>(
        &self,
        py: Python<'py>,
        number: impl Fn(AssetId) -> f64,
    ) -> Bound<'py, PyArray1<f64>> {
        let numbers: Vec<f64> = self.members.iter().map(|&asset| number(asset)).collect();
        numbers.into_pyarray(py)
    }
}

#[pymethods]
impl AsOf {
    /// The day of the decision, a `datetime.date`.
    #[getter]
    fn date<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDate>> {
        let date = self.moment().date();
        PyDate::new(py, date.year(), date.month() as u8, date.day() as u8)
    }

    /// The moment of the decision, a `datetime.datetime` in UTC.
    #[getter]
    fn time<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDateTime>> {
        let (date, second) = (self.moment().date(), self.moment().second_of_day());
        let (hour, minute) = ((second / 3600) as u8, (second / 60 % 60) as u8);
        let utc = PyTzInfo::utc(py)?;
        let (year, month, day) = (date.year(), date.month() as u8, date.day() as u8);
        PyDateTime::new(py, year, month, day, hour, minute, 0, 0, Some(&utc))
    }

    /// The symbols that may be held now, in the order that breaks ties.
    #[getter]
    fn assets<'py>(&self, py: Python<'py>) -> Bound<'py, PyTuple> {
        self.symbols.bind(py).clone()
    }

    /// How many closes there have been since the start of the simulation, this one included.
    #[getter]
    fn closes_seen(&self) -> u32 {
        self.closes_seen
    }

    /// The price now, in currency units; NaN before an asset's first price.
    fn price(&self, symbol: &str) -> PyResult<f64> {
        let asset = self.asset(symbol)?;
        Ok(self.market().signal_price(self.mark, asset))
    }

    /// The price now of each of `assets`.
    fn prices<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.each(py, |asset| self.market().signal_price(self.mark, asset))
    }

    /// The last `n` closes of an asset, oldest first, or its whole history: a read-only array that
    /// ends now and copies nothing. Shorter when the history is. History begins at the start of
    /// the simulation, or when the asset joined the universe.
    #[pyo3(signature = (symbol, n=None))]
    fn closes<'py>(
        &self,
        py: Python<'py>,
        symbol: &str,
        n: Option<i64>,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let n = match n.map(u32::try_from) {
            None => None,
            Some(Ok(n)) => Some(n),
            Some(Err(_)) => {
                let text = "`n` counts closes back from now: it must be 0 or more, for nothing \
                            after now can be seen";
                return Err(exception(py, "ModelError", text));
            }
        };
        let asset = self.asset(symbol)?;
        let n = n.unwrap_or(u32::MAX);
        let prices = self.shared.prices.bind(py);
        arrays::closes(prices, |market| self.history_in(market, asset, n))
    }

    /// The return over the last `lookback` sessions, or over as many as there are.
    fn momentum(&self, symbol: &str, lookback: u32) -> PyResult<f64> {
        Ok(self.momentum_of(self.asset(symbol)?, lookback))
    }

    /// The momentum of each of `assets`.
    fn momenta<'py>(&self, py: Python<'py>, lookback: u32) -> Bound<'py, PyArray1<f64>> {
        self.each(py, |asset| self.momentum_of(asset, lookback))
    }

    /// The mean of the last `lookback` closes, or of as many as there are; NaN without any.
    fn moving_average(&self, symbol: &str, lookback: u32) -> PyResult<f64> {
        Ok(signal::moving_average(
            self.history(self.asset(symbol)?, lookback),
        ))
    }

    /// The annualised volatility of the last `lookback` daily returns, or of as many as there are.
    fn volatility(&self, symbol: &str, lookback: u32) -> PyResult<f64> {
        let closes = self.history(self.asset(symbol)?, lookback.saturating_add(1));
        Ok(signal::volatility(closes, self.shared.sessions_per_year))
    }

    fn __repr__(&self) -> String {
        format!("<AsOf {}, {} assets>", self.moment(), self.members.len())
    }
}

/// Which of the classes that a sweep's folder names may be run. A folder may come from elsewhere, and a
/// class can do anything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trust {
    /// Every `gridfolio.AlphaModel`.
    pub(crate) alpha_models: bool,
    /// These classes, as `module:Class`, whatever they derive from: the caller has passed them.
    pub(crate) classes: Vec<String>,
}

impl Trust {
    /// What the caller's own strategy may run: its class, or one that its file names.
    pub(crate) fn of_caller(classes: Vec<String>) -> Trust {
        Trust {
            alpha_models: true,
            classes,
        }
    }

    /// Whether none may.
    pub(crate) fn is_none(&self) -> bool {
        !self.alpha_models && self.classes.is_empty()
    }

    /// The class behind `module:Class`, if it may be run.
    pub(crate) fn imported<'py>(
        &self,
        py: Python<'py>,
        class: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        if self.classes.iter().any(|known| known == class) {
            return imported(py, class);
        }
        if !self.alpha_models {
            return Err(PyTypeError::new_err(format!("`{class}` is not trusted")));
        }
        let found = imported(py, class)?;
        let alpha_model = py.import("gridfolio.model")?.getattr("AlphaModel")?;
        let derives = (found.cast::<PyType>()).is_ok_and(|found| {
            found.is_subclass(&alpha_model).unwrap_or(false) && !found.is(&alpha_model)
        });
        match derives {
            true => Ok(found),
            false => Err(PyTypeError::new_err(format!(
                "`{class}` is no `gridfolio.AlphaModel`, and a class that a file names must derive from it"
            ))),
        }
    }
}

/// Imports the classes that strategies name.
#[derive(Debug, Default)]
pub(crate) struct PythonModels {
    /// Set to end their runs at the next decision.
    pub(crate) stop: Arc<AtomicBool>,
    /// Which of them.
    pub(crate) trust: Trust,
}

impl sweep::Models for PythonModels {
    fn model(
        &self,
        strategy: &strategy::Strategy,
        market: &Arc<market::Market>,
    ) -> Result<Box<dyn AlphaModel>, AlphaError> {
        let Alpha::External(alpha::External { class, parameters }) = &strategy.alpha else {
            return Err("the strategy's alpha model is built in".into());
        };
        let model = Python::attach(|py| {
            let made = (self.trust.imported(py, class))
                .and_then(|class| class.call((), Some(&keywords(py, parameters)?)));
            match made {
                Ok(object) => Ok(PythonModel {
                    stop: Arc::clone(&self.stop),
                    ..PythonModel::new(object.unbind(), Arc::clone(market), strategy)
                }),
                Err(error) => Err(ModelError::new(py, error)),
            }
        })?;
        Ok(Box::new(model))
    }
}

/// The class behind `module:Class`.
fn imported<'py>(py: Python<'py>, class: &str) -> PyResult<Bound<'py, PyAny>> {
    let Some((module, path)) = class.split_once(':') else {
        return Err(PyTypeError::new_err(format!(
            "`{class}` is not `module:Class`"
        )));
    };
    let module = py.import(module)?.into_any();
    path.split('.')
        .try_fold(module, |object, name| object.getattr(name))
}
