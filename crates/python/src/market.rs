//! Prices, loaded from files or taken from arrays.

use std::path::PathBuf;

use backtest::date::{Date, Moment};
use backtest::market::{CorporateAction, Observations, PriceSeries, RealShares};
use market_data::{Adjustment, FileError, Finding, FrameBars, FrameDates, Opens, Table};
use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;

use crate::arrays;
use crate::errors::{detached, exception};

/// Daily prices of some symbols, not yet on a calendar: that is the strategy's.
#[pyclass(frozen, module = "gridfolio._gridfolio")]
pub(crate) struct Market(pub(crate) gridfolio::Market);

/// One symbol's columns: its name, days since 1970, opens, closes and perhaps adjusted closes, dividends,
/// splits and capital gains.
type Columns<'py> = (
    String,
    PyReadonlyArray1<'py, i64>,
    PyReadonlyArray1<'py, f64>,
    PyReadonlyArray1<'py, f64>,
    Option<PyReadonlyArray1<'py, f64>>,
    Option<PyReadonlyArray1<'py, f64>>,
    Option<PyReadonlyArray1<'py, f64>>,
    Option<PyReadonlyArray1<'py, f64>>,
);

/// A series beside the prices: its name, days since 1970, and values.
type SeriesColumns<'py> = (
    String,
    PyReadonlyArray1<'py, i64>,
    PyReadonlyArray1<'py, f64>,
);

#[pymethods]
impl Market {
    /// Reads the files of a folder; all of its symbols when none are given.
    #[staticmethod]
    #[pyo3(signature = (dir, symbols, rates, adjusted, opens = None, only_read = Vec::new()))]
    fn load(
        py: Python<'_>,
        dir: PathBuf,
        symbols: Option<Vec<String>>,
        rates: Option<Vec<String>>,
        adjusted: bool,
        opens: Option<&str>,
        only_read: Vec<String>,
    ) -> PyResult<Market> {
        let opens = opens_named(py, opens)?;
        let (symbols, rates) = (symbols.as_deref(), rates.as_deref());
        let load =
            || gridfolio::Market::from_folder(&dir, symbols, rates, adjusted, opens, &only_read);
        detached(py, load).map(Market)
    }

    /// Copies the columns of tables, adjusting opens and closes where there are adjusted closes.
    ///
    /// * `only_read`: symbols at whose prices nothing is traded; they need no opens.
    #[staticmethod]
    fn of_frames(
        py: Python<'_>,
        frames: Vec<Frame<'_>>,
        adjusted: bool,
        opens: Option<&str>,
        only_read: Vec<String>,
    ) -> PyResult<Market> {
        let opens = opens_named(py, opens)?;
        let opens_of = |symbol: &str| match only_read.iter().any(|one| one == symbol) {
            true => Opens::Unused,
            false => opens,
        };
        let mut tables = Vec::with_capacity(frames.len());
        for frame in frames {
            let bars = bars_of(frame).1;
            let table = bars.and_then(|bars| bars.load(Adjustment::of(adjusted), &opens_of));
            tables.push(table.map_err(|error| data_error(py, &error))?);
        }
        Ok(Market(gridfolio::Market::of_tables(tables)))
    }

    /// Copies columns: adjusted by the adjusted closes, or as they are, with dividends and splits.
    #[staticmethod]
    fn of_columns(py: Python<'_>, columns: Vec<Columns<'_>>, adjusted: bool) -> PyResult<Market> {
        let mut series = Vec::with_capacity(columns.len());
        let mut notices = Vec::new();
        for columns in columns {
            let (one, found) = read_columns(py, columns, Adjustment::of(adjusted))?;
            series.push(one);
            notices.extend(found);
        }
        Ok(Market(gridfolio::Market::of_series(series, notices)))
    }

    /// The prices, for [`Market::of_state`].
    fn state<'py>(&self, py: Python<'py>) -> Vec<State<'py>> {
        let state = |series: &PriceSeries| {
            let column = |values: Vec<f64>| values.into_pyarray(py);
            let (shares, by_day) = match &series.real_shares {
                RealShares::Same => (SAME, Vec::new()),
                RealShares::Unknown => (UNKNOWN, Vec::new()),
                RealShares::ByDay(numbers) => (BY_DAY, numbers.clone()),
            };
            let actions = series.actions.iter();
            (
                series.symbol.clone(),
                arrays::days(py, &series.dates),
                column(series.open.clone()),
                column(series.close.clone()),
                shares.to_owned(),
                column(by_day),
                actions
                    .map(|action| {
                        let day = i64::from(action.date.epoch_days());
                        (day, action.split, action.dividend)
                    })
                    .collect(),
            )
        };
        self.0.series().iter().map(state).collect()
    }

    /// The prices of another market, copied.
    #[staticmethod]
    fn of_state(py: Python<'_>, state: Vec<StateRead<'_>>) -> PyResult<Market> {
        let series = state.into_iter().map(|state| restored(py, state));
        let series = series.collect::<PyResult<_>>()?;
        Ok(Market(gridfolio::Market::of_series(series, Vec::new())))
    }

    /// The same with series beside the prices: of each its name, days since 1970, and values. NaN is a
    /// day without one.
    fn with_rates(&self, py: Python<'_>, rates: Vec<SeriesColumns<'_>>) -> PyResult<Market> {
        let rates = rates.into_iter().map(|columns| observations(py, columns));
        let rates = rates.collect::<PyResult<_>>()?;
        Ok(Market(self.0.clone().with_rates(rates)))
    }

    /// The names of the series beside the prices.
    #[getter]
    fn rates(&self) -> Vec<&str> {
        let rates = self.0.rates().iter();
        rates.map(|series| series.name.as_str()).collect()
    }

    /// Days since 1970 and values of a series, as copies; `None` when it is not there.
    #[expect(clippy::type_complexity, reason = "two arrays")]
    fn rate<'py>(
        &self,
        py: Python<'py>,
        name: &str,
    ) -> Option<(Bound<'py, PyArray1<i64>>, Bound<'py, PyArray1<f64>>)> {
        let series = self.0.rates().iter().find(|series| series.name == name)?;
        let days = arrays::days(py, &series.dates);
        Some((days, series.values.clone().into_pyarray(py)))
    }

    /// The same prices under other symbols.
    fn renamed(&self, prefix: &str) -> Market {
        Market(self.0.renamed(prefix))
    }

    /// These prices and those of another market; where both have a symbol, these count.
    fn joined(&self, other: &Market) -> Market {
        Market(self.0.joined(&other.0))
    }

    #[getter]
    fn symbols(&self) -> Vec<&str> {
        let series = self.0.series().iter();
        series.map(|series| series.symbol.as_str()).collect()
    }

    /// The folder they came from; empty for prices in memory.
    #[getter]
    fn dir(&self) -> PathBuf {
        self.0.dir().to_owned()
    }

    #[getter]
    fn notices(&self) -> Vec<String> {
        self.0.notices().to_vec()
    }

    /// Whether a file had no adjusted closes and was taken as adjusted.
    #[getter]
    fn taken_as_adjusted(&self) -> bool {
        self.0.taken_as_adjusted()
    }

    /// The last price known at a second since 1970, opens at 14:30 and closes at 21:00; NaN before the
    /// first and for a symbol that is not there.
    fn price_at(&self, symbol: &str, seconds: i64) -> f64 {
        let found = self
            .0
            .series()
            .iter()
            .find(|series| series.symbol == symbol);
        let (Some(series), Some(now)) = (found, Moment::from_epoch_seconds(seconds)) else {
            return f64::NAN;
        };
        let known = series.dates.partition_point(|date| date.open() <= now);
        let closes = (0..known).rev().flat_map(|bar| {
            let close = (series.dates[bar].close() <= now).then_some(series.close[bar]);
            [close, Some(series.open[bar])]
        });
        let mut prices = closes.flatten();
        prices.find(|price| !price.is_nan()).unwrap_or(f64::NAN)
    }

    /// Days since 1970, opens and closes of a symbol, as copies; `None` when it is not there.
    #[expect(clippy::type_complexity, reason = "three arrays")]
    fn columns<'py>(
        &self,
        py: Python<'py>,
        symbol: &str,
    ) -> Option<(
        Bound<'py, PyArray1<i64>>,
        Bound<'py, PyArray1<f64>>,
        Bound<'py, PyArray1<f64>>,
    )> {
        let series = self
            .0
            .series()
            .iter()
            .find(|series| series.symbol == symbol)?;
        Some((
            arrays::days(py, &series.dates),
            series.open.clone().into_pyarray(py),
            series.close.clone().into_pyarray(py),
        ))
    }
}

fn observations(py: Python<'_>, columns: SeriesColumns<'_>) -> PyResult<Observations> {
    let (name, days, values) = columns;
    let refused = |text: String| exception(py, "DataError", &text);
    let mut observations = Observations {
        name,
        ..Observations::default()
    };
    let name = &observations.name;
    for (day, value) in days.as_array().iter().zip(values.as_array()) {
        let date = i32::try_from(*day).ok().and_then(Date::from_epoch_days);
        let date = date.ok_or_else(|| {
            refused(format!(
                "the series `{name}` has a day that is not a date: {day}"
            ))
        })?;
        if value.is_nan() {
            continue;
        }
        if value.is_infinite() {
            return Err(refused(format!("the series `{name}` is {value} on {date}")));
        }
        if let Some(before) = observations.dates.last().filter(|before| **before >= date) {
            return Err(refused(format!(
                "the series `{name}`: {date} does not come after {before}\n hint: sort by date, and keep one row per day"
            )));
        }
        observations.dates.push(date);
        observations.values.push(*value);
    }
    match observations.dates.is_empty() {
        true => Err(refused(format!("the series `{name}` has no value"))),
        false => Ok(observations),
    }
}

/// One table in memory: its layout; the symbol, or what messages call it; whether that symbol alone is wanted;
/// its dates; the symbol of each row; the columns of numbers.
pub(crate) type Frame<'py> = (
    Bound<'py, FrameLayout>,
    String,
    bool,
    Days<'py>,
    Option<Vec<String>>,
    Vec<PyReadonlyArray1<'py, f64>>,
);

/// The dates of a table, as the first of these that fits.
#[derive(FromPyObject)]
pub(crate) enum Days<'py> {
    /// Texts.
    Texts(Vec<String>),
    /// Seconds since 1970, the lowest number where one is missing, and the zone.
    Seconds(PyReadonlyArray1<'py, i64>, Option<String>),
    /// Whole numbers.
    Numbers(PyReadonlyArray1<'py, i64>),
}

fn dates(days: Days<'_>) -> FrameDates {
    match days {
        Days::Texts(texts) => FrameDates::Texts(texts),
        Days::Numbers(numbers) => FrameDates::Numbers(numbers.as_array().to_vec()),
        Days::Seconds(seconds, zone) => FrameDates::Seconds {
            values: seconds
                .as_array()
                .iter()
                .map(|second| (*second != i64::MIN).then_some(*second))
                .collect(),
            zone,
        },
    }
}

/// Which columns of a table are read.
#[pyclass(frozen, module = "gridfolio._gridfolio")]
pub(crate) struct FrameLayout(market_data::FrameLayout);

#[pymethods]
impl FrameLayout {
    /// * `levels`: the names of the columns, one list or two.
    /// * `is_number`: whether each column holds numbers.
    /// * `name`: what messages call the table.
    /// * `checked`: whether columns are read that only a check reads.
    #[staticmethod]
    #[pyo3(signature = (levels, is_number, name, checked = false))]
    fn of(
        py: Python<'_>,
        levels: Vec<Vec<String>>,
        is_number: Vec<bool>,
        name: &str,
        checked: bool,
    ) -> PyResult<FrameLayout> {
        let layout = market_data::FrameLayout::of(levels, &is_number, name);
        let layout = layout.map_err(|error| data_error(py, &error))?;
        Ok(FrameLayout(match checked {
            true => layout.for_check(),
            false => layout,
        }))
    }

    /// Columns of closes, beside a date.
    #[staticmethod]
    fn of_closes(names: Vec<String>, date: usize) -> FrameLayout {
        FrameLayout(market_data::FrameLayout::of_closes(&names, date))
    }

    #[getter]
    fn date(&self) -> usize {
        self.0.date()
    }

    #[getter]
    fn symbol(&self) -> Option<usize> {
        self.0.symbol()
    }

    /// Whether the table names its symbols.
    #[getter]
    fn names_symbols(&self) -> bool {
        self.0.names_symbols()
    }

    /// The columns of numbers.
    #[getter]
    fn columns(&self) -> Vec<usize> {
        self.0.columns()
    }
}

fn data_error(py: Python<'_>, error: &market_data::FileError) -> PyErr {
    exception(
        py,
        "DataError",
        &format!("{error}\n hint: {}", error.hint()),
    )
}

/// The column of dates among those of symbols, by their names.
#[pyfunction]
pub(crate) fn date_column(names: Vec<String>) -> Option<usize> {
    market_data::date_column(&names)
}

/// What a frame is called, and its bars.
fn bars_of(frame: Frame<'_>) -> (String, Result<FrameBars, FileError>) {
    let (layout, symbol, only, days, symbols, values) = frame;
    let copied = |column: &PyReadonlyArray1<'_, f64>| column.as_array().to_vec();
    let values = values.iter().map(copied).collect();
    let days = dates(days);
    let symbols = symbols.as_deref();
    let bars = market_data::read_frame(&layout.get().0, &symbol, only, &days, symbols, values);
    (symbol, bars)
}

/// What was found, as JSON and as text.
type Checked = (String, String);

fn checked(check: &market_data::Check) -> Checked {
    (check.to_json().to_string(), check.to_text())
}

/// Checks the files of a folder; all of its symbols when none are given.
#[pyfunction]
pub(crate) fn check_folder(
    py: Python<'_>,
    dir: PathBuf,
    symbols: Option<Vec<String>>,
) -> PyResult<Checked> {
    let check = || {
        let check = market_data::check(&dir, symbols.as_deref())?;
        Ok::<_, gridfolio::Error>(checked(&check))
    };
    detached(py, check)
}

/// Imports files into a folder with a Parquet file for each symbol; as JSON and as text.
#[pyfunction]
pub(crate) fn import_prices(py: Python<'_>, from: Vec<PathBuf>, out: PathBuf) -> PyResult<Checked> {
    let import = || {
        let imported = market_data::import(&from, &out)?;
        let json = imported.to_json().to_string();
        Ok::<_, gridfolio::Error>((json, imported.to_text(&out)))
    };
    detached(py, import)
}

/// Compares two downloads of the same prices; as JSON and as text.
#[pyfunction]
pub(crate) fn diff_prices(
    py: Python<'_>,
    old: PathBuf,
    new: PathBuf,
    symbols: Option<Vec<String>>,
) -> PyResult<Checked> {
    let compare = || {
        let diff = market_data::compare_vintages(&old, &new, symbols.as_deref())?;
        Ok::<_, gridfolio::Error>((diff.to_json().to_string(), diff.to_text()))
    };
    detached(py, compare)
}

/// Checks the bars of frames.
#[pyfunction]
pub(crate) fn check_frames(frames: Vec<Frame<'_>>) -> Checked {
    let bars = frames.into_iter().map(bars_of).collect();
    checked(&market_data::check_frames(bars))
}

fn opens_named(py: Python<'_>, name: Option<&str>) -> PyResult<Opens> {
    let Some(name) = name else {
        return Ok(Opens::Required);
    };
    let known = [Opens::PreviousClose, Opens::Unused];
    let found = known
        .into_iter()
        .find(|opens| name_of(*opens) == Some(name));
    found.ok_or_else(|| {
        let text = format!("`opens` is `{name}`\n hint: write `previous-close`, or leave it out");
        exception(py, "UsageError", &text)
    })
}

/// The name of a choice for files without opens; none for that they cannot be used.
pub(crate) fn name_of(opens: Opens) -> Option<&'static str> {
    match opens {
        Opens::Required => None,
        Opens::PreviousClose => Some("previous-close"),
        Opens::Unused => Some("unused"),
    }
}

/// A series as Python keeps it.
type State<'py> = (
    String,
    Bound<'py, PyArray1<i64>>,
    Bound<'py, PyArray1<f64>>,
    Bound<'py, PyArray1<f64>>,
    String,
    Bound<'py, PyArray1<f64>>,
    Vec<(i64, f64, f64)>,
);

type StateRead<'py> = (
    String,
    PyReadonlyArray1<'py, i64>,
    PyReadonlyArray1<'py, f64>,
    PyReadonlyArray1<'py, f64>,
    String,
    PyReadonlyArray1<'py, f64>,
    Vec<(i64, f64, f64)>,
);

const SAME: &str = "same";
const UNKNOWN: &str = "unknown";
const BY_DAY: &str = "by-day";

fn date_of(day: i64) -> Option<Date> {
    i32::try_from(day).ok().and_then(Date::from_epoch_days)
}

// The arrays may be strided, as columns of a frame are; they are read where they lie.
fn copied(array: &PyReadonlyArray1<'_, f64>) -> Vec<f64> {
    array.as_array().iter().copied().collect()
}

fn restored(py: Python<'_>, state: StateRead<'_>) -> PyResult<PriceSeries> {
    let (symbol, days, open, close, shares, by_day, actions) = state;
    let refused = || exception(py, "DataError", "these are not the prices of a market");
    let dates = days.as_array().iter().map(|day| date_of(*day)).collect();
    let action = |(day, split, dividend): (i64, f64, f64)| {
        let date = date_of(day)?;
        Some(CorporateAction {
            date,
            split,
            dividend,
        })
    };
    let actions = actions.into_iter().map(action).collect();
    let (Some(dates), Some(actions)) = (dates, actions) else {
        return Err(refused());
    };
    Ok(PriceSeries {
        symbol,
        dates,
        open: copied(&open),
        close: copied(&close),
        real_shares: match shares.as_str() {
            SAME => RealShares::Same,
            UNKNOWN => RealShares::Unknown,
            BY_DAY => RealShares::ByDay(copied(&by_day)),
            _ => return Err(refused()),
        },
        actions,
    })
}

/// The series of some columns, and what is to be said about it.
fn read_columns(
    py: Python<'_>,
    columns: Columns<'_>,
    adjustment: Adjustment,
) -> PyResult<(PriceSeries, Vec<String>)> {
    let (symbol, days, open, close, adj_close, dividends, splits, gains) = columns;
    let refused = |text: String| exception(py, "DataError", &text);
    let date = |day: &i64| {
        date_of(*day)
            .ok_or_else(|| refused(format!("`{symbol}` has a day that is not a date: {day}")))
    };
    let dates = days.as_array().iter().map(date).collect::<PyResult<_>>()?;
    let some = |column: Option<PyReadonlyArray1<'_, f64>>| column.as_ref().map(copied);
    let table = Table {
        dates,
        open: copied(&open),
        close: copied(&close),
        adj_close: some(adj_close),
        dividends: some(dividends),
        splits: some(splits),
        gains: some(gains),
    };
    let n = table.dates.len();
    let others = [
        &table.adj_close,
        &table.dividends,
        &table.splits,
        &table.gains,
    ];
    let columns = others.into_iter().flatten();
    if ([&table.open, &table.close].into_iter().chain(columns)).any(|column| column.len() != n) {
        let (opens, closes) = (table.open.len(), table.close.len());
        let text = format!("`{symbol}` has {n} days, {opens} opens and {closes} closes");
        return Err(refused(text));
    }
    let mut prices = table.open.iter().chain(&table.close);
    if let Some(infinite) = prices.find(|price| price.is_infinite()) {
        return Err(refused(format!("`{symbol}` has a price of {infinite}")));
    }
    if let Some(pair) = table.dates.windows(2).find(|pair| pair[0] >= pair[1]) {
        let (before, date) = (pair[0], pair[1]);
        return Err(refused(format!(
            "`{symbol}`: {date} does not come after {before}\n hint: sort by date, and keep one row per day"
        )));
    }
    let dates = table.dates.clone();
    let (series, findings) = (table.series(&symbol, adjustment)).map_err(|(row, problem)| {
        let (date, hint) = (dates[row], problem.hint());
        refused(format!("`{symbol}`, {date}: {problem}\n hint: {hint}"))
    })?;
    if !(series.close.iter().chain(&series.open)).any(|price| price.is_finite()) {
        return Err(refused(format!("`{symbol}`: all prices are missing")));
    }
    let said = |finding: &Finding| match finding.row() {
        Some(row) => format!("`{symbol}`, {}: {finding}", dates[row]),
        None => format!("`{symbol}`: {finding}"),
    };
    Ok((series, findings.iter().map(said).collect()))
}
