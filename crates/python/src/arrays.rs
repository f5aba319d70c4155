//! NumPy arrays: columns out without a copy, and views of a market's prices.

use std::sync::Arc;

use backtest::date::Date;
use backtest::market;
use numpy::ndarray::ArrayView1;
use numpy::{IntoPyArray, PyArray1, PyArrayMethods};
use pyo3::prelude::*;

/// Days since 1970-01-01, as NumPy's `datetime64[D]` counts them.
pub(crate) fn days<'py>(py: Python<'py>, dates: &[Date]) -> Bound<'py, PyArray1<i64>> {
    let days: Vec<i64> = (dates.iter())
        .map(|date| i64::from(date.epoch_days()))
        .collect();
    days.into_pyarray(py)
}

/// Keeps a market alive while Python looks at its prices. Has nothing that Python could ask for.
#[pyclass(frozen)]
pub(crate) struct Prices {
    pub(crate) market: Arc<market::Market>,
}

/// A read-only array over some closes of an asset, without a copy. Nothing outside of them
/// can be reached from it: its base is the opaque [`Prices`], and NumPy makes no array writeable
/// whose base offers no writeable buffer.
#[expect(
    unsafe_code,
    reason = "NumPy cannot see that the market outlives the array; the comment proves it"
)]
pub(crate) fn closes<'py>(
    prices: &Bound<'py, Prices>,
    closes_of: impl Fn(&market::Market) -> &[f64],
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let market = &prices.get().market;
    let closes = ArrayView1::from(closes_of(market));
    // SAFETY: the array keeps `prices` alive, which is frozen and so keeps its `Arc<Market>`. A
    // market behind an `Arc` is never changed: its tables have no interior
    // mutability, so they neither move nor change while one `Arc` is left. The array is made
    // read-only before Python sees it.
    let array = unsafe { PyArray1::borrow_from_array(&closes, prices.clone().into_any()) };
    array.try_readwrite()?.make_nonwriteable();
    Ok(array)
}
