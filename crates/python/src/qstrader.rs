//! What `gridfolio.qstrader` asks of the engine: sessions under QSTrader's conventions, its
//! statistics, signals and rebalance days.

use std::path::Path;
use std::sync::Arc;

use backtest::Backtest;
use backtest::alpha::AlphaModel;
use backtest::conventions::{Conventions, FractionalBuys};
use backtest::date::{Date, Moment, Weekday};
use backtest::ledger::PositionLedger;
use backtest::market;
use backtest::outcome::Outcome;
use backtest::schedule::weekday_calendar;
use backtest::statistics::qstrader::{Quantiles, Statistics};
use backtest::strategy::{Alpha, Costs, Fees, Schedule, Sizing, Strategy, Universe};
use backtest::{alpha, costs, schedule, sizing};
use gridfolio::explain::{Context, Role};
use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::arrays;
use crate::errors::{detached, raised};
use crate::market::Market;
use crate::model::PythonModel;

/// A session, in names and seconds since 1970.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Spec {
    name: String,
    start: i64,
    end: i64,
    burn_in: Option<i64>,
    initial_cash: f64,
    /// Each asset with the second from which it is of the universe, if it enters it.
    universe: Vec<(String, Option<i64>)>,
    schedule: String,
    weekday: Option<String>,
    long_only: bool,
    /// The cash buffer of a long-only portfolio, the gross leverage of a long/short one.
    size: f64,
    /// Commission and tax as fractions.
    fees: Option<(f64, f64)>,
    /// Fixed weights, if that is the model.
    weights: Option<Vec<(String, f64)>>,
    /// The number for every asset, if that is the model.
    signal: Option<f64>,
}

fn moment(seconds: i64) -> PyResult<Moment> {
    Moment::from_epoch_seconds(seconds)
        .ok_or_else(|| PyValueError::new_err(format!("timestamp {seconds} is out of range")))
}

fn schedule(name: &str, weekday: Option<&str>) -> PyResult<Schedule> {
    let unknown = || PyValueError::new_err(format!("`{name}` is not a rebalance schedule"));
    Ok(match (name, weekday) {
        ("buy_and_hold", _) => Schedule::BuyAndHold,
        ("daily", _) => Schedule::Daily,
        ("end_of_month", _) => Schedule::EndOfMonth,
        ("weekly", Some(day)) => Schedule::Weekly(schedule::Weekly {
            weekday: match day {
                "MON" => Weekday::Mon,
                "TUE" => Weekday::Tue,
                "WED" => Weekday::Wed,
                "THU" => Weekday::Thu,
                "FRI" => Weekday::Fri,
                _ => return Err(unknown()),
            },
        }),
        _ => return Err(unknown()),
    })
}

impl Spec {
    fn strategy(self) -> PyResult<Strategy> {
        let enters = |(symbol, seconds): &(String, Option<i64>)| {
            let seconds = (*seconds)?;
            Some(moment(seconds).map(|moment| (symbol.clone(), moment)))
        };
        let enters = self.universe.iter().filter_map(enters);
        let universe = Universe {
            enters: enters.collect::<PyResult<_>>()?,
            assets: self
                .universe
                .iter()
                .map(|(symbol, _)| symbol.clone())
                .collect(),
            ..Universe::default()
        };
        let fees = match self.fees {
            Some((commission, tax)) => Fees::Percent(costs::Percent { commission, tax }),
            None => Fees::Zero,
        };
        Ok(Strategy {
            conventions: Conventions::QSTRADER,
            burn_in: self.burn_in.map(moment).transpose()?,
            initial_cash: self.initial_cash,
            universe,
            alpha: match (self.weights, self.signal) {
                (Some(weights), _) => Alpha::FixedWeights(alpha::FixedWeights { weights }),
                (None, Some(signal)) => Alpha::SingleSignal(alpha::SingleSignal { signal }),
                (None, None) => Alpha::External(alpha::External {
                    // The script's own object is asked; the name is never looked up.
                    class: "gridfolio.qstrader:AlphaModel".to_owned(),
                    parameters: Vec::new(),
                }),
            },
            sizing: match self.long_only {
                true => Sizing::LongOnly(sizing::LongOnly {
                    cash_buffer: self.size,
                }),
                false => Sizing::LongShort(sizing::LongShort {
                    gross_leverage: self.size,
                }),
            },
            schedule: schedule(&self.schedule, self.weekday.as_deref())?,
            costs: Costs {
                fees,
                ..Costs::NONE
            },
            ..Strategy::new(&self.name, moment(self.start)?, moment(self.end)?)
        })
    }
}

/// A session that has been run.
#[pyclass(frozen, module = "gridfolio._gridfolio")]
pub(crate) struct Session {
    strategy: Strategy,
    market: Arc<market::Market>,
    outcome: Outcome,
}

/// Runs a session. A Python model is called with a view of the market and the second.
#[pyfunction]
pub(crate) fn run_session(
    py: Python<'_>,
    market: &Market,
    spec: Spec,
    model: Option<Py<PyAny>>,
) -> PyResult<Session> {
    let strategy = spec.strategy()?;
    let context = Context {
        file: Path::new(&strategy.name),
        dir: market.0.dir(),
        strategy: &strategy,
        series: market.0.series(),
        rates: market.0.rates(),
        role: Role::Strategy,
    };
    let align = || (strategy.market(market.0.series())).map_err(|error| context.not_aligned(error));
    let aligned = Arc::new(detached(py, align)?);
    let mut model =
        model.map(|object| PythonModel::of_session(object, Arc::clone(&aligned), &strategy));
    let model = model
        .as_mut()
        .map(|model| model as &mut (dyn AlphaModel + Send));
    let outcome = detached(py, || context.outcome(&aligned, model))?;
    Ok(Session {
        market: aligned,
        outcome,
        strategy,
    })
}

impl Session {
    fn backtest(&self, py: Python<'_>) -> PyResult<Backtest<'_>> {
        let context = Context {
            file: Path::new(&self.strategy.name),
            dir: Path::new(""),
            strategy: &self.strategy,
            series: &[],
            rates: &[],
            role: Role::Strategy,
        };
        let bound = self.strategy.bind(&self.market);
        bound.map_err(|error| raised(py, &context.not_bound(error)))
    }
}

/// An asset and a number.
type Named = (String, f64);

/// One trade: second, symbol, quantity, price, commission, cash after.
type Trade = (i64, String, f64, f64, f64, f64);

#[pymethods]
impl Session {
    /// The days that were stepped through, since 1970; those of the burn-in too.
    fn simulated_days<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<i64>>> {
        let window = self.backtest(py)?.window();
        let days = &self.market.sessions()[window.first.index()..=window.last.index()];
        Ok(arrays::days(py, days))
    }

    /// The days of the recorded closes, since 1970.
    fn days<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        arrays::days(py, self.outcome.dates(&self.market))
    }

    fn equity<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.outcome.equity.clone().into_pyarray(py)
    }

    /// The second of each decision and the weights of all assets that it was about.
    fn decisions(&self, py: Python<'_>) -> PyResult<Vec<(i64, Vec<Named>)>> {
        let backtest = self.backtest(py)?;
        let named = |(asset, weight)| (self.market.symbol(asset).to_owned(), weight);
        let decision = |allocation: backtest::outcome::Allocation<'_>| {
            let second = self.market.moment(allocation.mark).epoch_seconds();
            let weights = backtest.target_allocation(allocation);
            (second, weights.into_iter().map(named).collect())
        };
        Ok(self.outcome.allocations.iter().map(decision).collect())
    }

    fn trades(&self) -> Vec<Trade> {
        let trade = |fill: &backtest::Fill| {
            (
                self.market.moment(fill.mark).epoch_seconds(),
                self.market.symbol(fill.asset).to_owned(),
                fill.quantity,
                fill.price,
                fill.commission,
                fill.cash,
            )
        };
        self.outcome.fills.iter().map(trade).collect()
    }

    /// Orders of the last decision that no session was left to fill.
    fn open_orders(&self) -> Vec<Named> {
        let order =
            |order: &backtest::Order| (self.market.symbol(order.asset).to_owned(), order.quantity);
        self.outcome.open_orders.iter().map(order).collect()
    }

    #[getter]
    fn cash(&self) -> f64 {
        self.outcome.cash
    }

    /// What is held at the end, in the order in which it was opened, and the realised and unrealised
    /// profit of all of it.
    fn positions<'py>(&self, py: Python<'py>) -> PyResult<(Vec<Bound<'py, PyDict>>, f64, f64)> {
        let mut ledger = PositionLedger::new(self.outcome.initial_cash, FractionalBuys::CashOnly);
        for fill in &self.outcome.fills {
            ledger.trade(fill.asset, fill.quantity, fill.price, fill.commission);
        }
        let last = self.market.closes(*self.outcome.sessions().end());
        for holding in &self.outcome.holdings {
            (ledger.mark(holding.asset, last[holding.asset.index()]))
                .map_err(|error| PyValueError::new_err(error.to_string()))?;
        }
        let fields = |position: &backtest::ledger::Position| {
            let fields = PyDict::new(py);
            fields.set_item("asset", self.market.symbol(position.asset))?;
            fields.set_item("current_price", position.price)?;
            fields.set_item("buy_quantity", position.bought)?;
            fields.set_item("sell_quantity", position.sold)?;
            fields.set_item("avg_bought", position.average_bought)?;
            fields.set_item("avg_sold", position.average_sold)?;
            fields.set_item("buy_commission", position.buy_commission)?;
            fields.set_item("sell_commission", position.sell_commission)?;
            fields.set_item("net_quantity", position.quantity())?;
            fields.set_item("market_value", position.market_value())?;
            fields.set_item("avg_price", position.average_price())?;
            fields.set_item("realised_pnl", position.realised_profit())?;
            fields.set_item("unrealised_pnl", position.unrealised_profit())?;
            Ok(fields)
        };
        let positions = ledger.positions().iter().map(fields);
        Ok((
            positions.collect::<PyResult<_>>()?,
            ledger.realised_profit_of_open_positions(),
            ledger.unrealised_profit(),
        ))
    }
}

/// QSTrader's statistics of an equity curve, one value per day; `None` when it is empty.
#[pyfunction]
pub(crate) fn statistics<'py>(
    py: Python<'py>,
    equity: PyReadonlyArray1<'_, f64>,
    days: PyReadonlyArray1<'_, i64>,
    periods: f64,
) -> PyResult<Option<Bound<'py, PyDict>>> {
    let equity: Vec<f64> = equity.as_array().iter().copied().collect();
    let date = |day: &i64| i32::try_from(*day).ok().and_then(Date::from_epoch_days);
    let dates = days
        .as_array()
        .iter()
        .map(date)
        .collect::<Option<Vec<Date>>>();
    let dates = dates.filter(|dates| dates.len() == equity.len());
    let dates =
        dates.ok_or_else(|| PyValueError::new_err("the curve needs a date for each value"))?;
    let statistics = Statistics::of(&equity, &dates, &Conventions::QSTRADER, periods);
    let Some(statistics) = statistics else {
        return Ok(None);
    };
    let fields = PyDict::new(py);
    fields.set_item("returns", statistics.returns.into_pyarray(py))?;
    fields.set_item("cum_returns", statistics.cum_returns.into_pyarray(py))?;
    fields.set_item("drawdowns", statistics.drawdowns.into_pyarray(py))?;
    fields.set_item("monthly", statistics.monthly)?;
    fields.set_item("yearly", statistics.yearly)?;
    for (name, quantiles) in [
        ("daily_quantiles", statistics.daily_quantiles),
        ("monthly_quantiles", statistics.monthly_quantiles),
        ("yearly_quantiles", statistics.yearly_quantiles),
    ] {
        fields.set_item(name, Quantiles::to_array(quantiles))?;
    }
    fields.set_item("max_drawdown", statistics.max_drawdown)?;
    fields.set_item("max_drawdown_duration", statistics.max_drawdown_duration)?;
    fields.set_item("mean_returns", statistics.mean_returns)?;
    fields.set_item("stdev_returns", statistics.stdev_returns)?;
    fields.set_item("cagr", statistics.cagr)?;
    fields.set_item("annualised_vol", statistics.annualised_vol)?;
    fields.set_item("sharpe", statistics.sharpe)?;
    fields.set_item("sortino", statistics.sortino)?;
    Ok(Some(fields))
}

/// The days of a schedule from one second to another, since 1970; empty for buy-and-hold.
#[pyfunction]
pub(crate) fn rebalance_days(
    name: &str,
    weekday: Option<&str>,
    start: i64,
    end: i64,
) -> PyResult<Vec<i32>> {
    let days = weekday_calendar(&schedule(name, weekday)?, moment(start)?, moment(end)?);
    Ok(days.into_iter().map(Date::epoch_days).collect())
}

/// The product of one plus each return, less one; NaN returns are left out, and none give 0.
#[pyfunction]
pub(crate) fn momentum(closes: Vec<f64>) -> f64 {
    backtest::signal::compounded_momentum(&closes)
}

/// The mean; NaN of nothing.
#[pyfunction]
pub(crate) fn moving_average(closes: Vec<f64>) -> f64 {
    backtest::signal::moving_average(&closes)
}

/// The standard deviation of the returns over 252 sessions a year; 0 without a return.
#[pyfunction]
pub(crate) fn volatility(closes: Vec<f64>) -> f64 {
    backtest::signal::volatility(&closes, 252.0)
}
