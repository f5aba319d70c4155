//! Errors as Python exceptions: the classes are those of `gridfolio.errors`, the words those of the
//! command line.

use backtest::{AlphaError, RunError};
use gridfolio::{Code, Error};
use pyo3::exceptions::{PyException, PyKeyboardInterrupt};
use pyo3::prelude::*;
use pyo3::types::PyTraceback;

/// The exception for an error. What a Python alpha model raised is its cause, and an interruption is
/// raised as it is.
pub(crate) fn raised(py: Python<'_>, error: &Error) -> PyErr {
    if let Some(raised_by_model) = error.downcast_ref::<ModelError>() {
        let cause = raised_by_model.error.clone_ref(py);
        if is_interruption(py, &cause) {
            return cause;
        }
        let error = exception(py, "ModelError", &error.to_string());
        error.set_cause(py, Some(cause));
        return error;
    }
    let class = match error.code() {
        Code::Strategy => "StrategyError",
        Code::Data => "DataError",
        Code::Output => "OutputError",
        // A sweep too short for a cluster is refused with `No`.
        Code::Usage | Code::No => "UsageError",
        Code::Cluster => "ClusterError",
        _ => "Error",
    };
    exception(py, class, &error.to_string())
}

/// Does something with the lock of Python released; an error is an exception.
pub(crate) fn detached<T: Send, E>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T, E> + Send,
) -> PyResult<T>
where
    Error: From<E>,
{
    let done: Result<T, Error> = py.detach(|| work().map_err(Error::from));
    done.map_err(|error| raised(py, &error))
}

/// An exception of `gridfolio.errors`.
pub(crate) fn exception(py: Python<'_>, class: &str, text: &str) -> PyErr {
    let made = (py.import("gridfolio.errors"))
        .and_then(|errors| errors.getattr(class))
        .and_then(|class| class.call1((text,)));
    match made {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    }
}

/// The interruption that stopped a run, if it was one.
pub(crate) fn interruption(py: Python<'_>, error: &RunError) -> Option<PyErr> {
    let RunError::Alpha { source, .. } = error else {
        return None;
    };
    let cause = source.downcast_ref::<ModelError>()?.error.clone_ref(py);
    is_interruption(py, &cause).then_some(cause)
}

/// What kept a model from being asked, outside of a run.
pub(crate) fn not_asked(py: Python<'_>, error: AlphaError) -> PyErr {
    let text = error.to_string();
    let cause = error.downcast::<ModelError>().ok().map(|found| found.error);
    match cause.filter(|cause| is_interruption(py, cause)) {
        Some(cause) => cause,
        None => exception(py, "ModelError", &text),
    }
}

fn is_interruption(py: Python<'_>, error: &PyErr) -> bool {
    !error.is_instance_of::<PyException>(py) || error.is_instance_of::<PyKeyboardInterrupt>(py)
}

/// What a Python alpha model raised.
#[derive(Debug)]
pub(crate) struct ModelError {
    /// The exception.
    error: PyErr,
    /// Its message, and the last lines of its traceback.
    text: String,
}

impl ModelError {
    pub(crate) fn new(py: Python<'_>, error: PyErr) -> ModelError {
        let name = (error.get_type(py).name()).map_or_else(|_| String::new(), |n| n.to_string());
        let message = error.value(py).to_string();
        let message = match (name.as_str(), message.as_str()) {
            // This module's own refusals need no class in front.
            ("ModelError", message) => message.to_owned(),
            (name, "") => name.to_owned(),
            (name, message) => format!("{name}: {message}"),
        };
        let at = error
            .traceback(py)
            .and_then(|traceback| last_frames(&traceback).ok())
            .unwrap_or_default();
        ModelError {
            text: message + &at,
            error,
        }
    }
}

/// The last two places of a traceback, the innermost first, each on a line of its own.
fn last_frames(traceback: &Bound<'_, PyTraceback>) -> PyResult<String> {
    let frames = (traceback.py().import("traceback")?).call_method1("extract_tb", (traceback,))?;
    let mut text = String::new();
    let mut frames: Vec<Bound<'_, PyAny>> = frames.try_iter()?.collect::<PyResult<_>>()?;
    frames.reverse();
    for frame in frames.into_iter().take(2) {
        let (file, line): (String, Option<u32>) = (
            frame.getattr("filename")?.extract()?,
            frame.getattr("lineno")?.extract()?,
        );
        let (function, code): (String, Option<String>) = (
            frame.getattr("name")?.extract()?,
            frame.getattr("line")?.extract()?,
        );
        let (line, code) = (line.unwrap_or_default(), code.unwrap_or_default());
        text += &format!("\n  at {file}, line {line}, in {function}: {code}");
    }
    Ok(text)
}

impl std::fmt::Display for ModelError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for ModelError {}
