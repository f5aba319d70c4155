//! A strategy: the text of its file, read by the reader that the command line uses.

use std::path::PathBuf;

use backtest::alpha;
use backtest::strategy::{Alpha, Parameter};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use strategy_file::{Form, Override};

use crate::errors::detached;

/// A strategy and the period of its backtest.
#[pyclass(frozen, module = "gridfolio._gridfolio")]
pub(crate) struct Strategy(pub(crate) gridfolio::Strategy);

#[pymethods]
impl Strategy {
    /// Reads a file.
    #[staticmethod]
    fn from_file(py: Python<'_>, file: PathBuf, overrides: Vec<String>) -> PyResult<Strategy> {
        let read = || {
            let overrides = gridfolio::overrides(&overrides, "override")?;
            gridfolio::Strategy::from_file(&file, &overrides)
        };
        detached(py, read).map(Strategy)
    }

    /// Reads a text; `file` is its name in messages, `name` the strategy's when it gives none.
    #[staticmethod]
    fn from_text(
        py: Python<'_>,
        text: String,
        file: PathBuf,
        name: &str,
        overrides: Vec<String>,
    ) -> PyResult<Strategy> {
        let read = || {
            let overrides = gridfolio::overrides(&overrides, "override")?;
            gridfolio::Strategy::from_text(text, &file, name, &overrides)
        };
        detached(py, read).map(Strategy)
    }

    #[getter]
    fn name(&self) -> &str {
        &self.0.definition().name
    }

    #[getter]
    fn text(&self) -> &str {
        self.0.text()
    }

    #[getter]
    fn file(&self) -> PathBuf {
        self.0.file().to_owned()
    }

    #[getter]
    fn overrides(&self) -> Vec<&str> {
        self.0.overrides().iter().map(Override::text).collect()
    }

    /// The folder of prices that it names, relative to its file's folder.
    #[getter]
    fn data_dir(&self) -> Option<PathBuf> {
        self.0.data_dir()
    }

    #[getter]
    fn adjusted(&self) -> bool {
        self.0.adjusted()
    }

    /// What becomes of files that have closes and no opens, as `Market.from_folder` takes it.
    #[getter]
    fn opens(&self) -> Option<&'static str> {
        crate::market::name_of(self.0.opens())
    }

    /// The symbols that are only read, by signals and models.
    #[getter]
    fn only_read(&self) -> Vec<String> {
        self.0.definition().symbols_only_read()
    }

    /// Every symbol that a backtest needs, those of the benchmark too.
    #[getter]
    fn symbols(&self) -> Vec<String> {
        self.0.definition().symbols()
    }

    /// `module:Class` and the parameters of a Python alpha model; `None` for one that is built in.
    fn python_model<'py>(&self, py: Python<'py>) -> PyResult<Option<(String, Bound<'py, PyDict>)>> {
        let Alpha::External(alpha::External { class, parameters }) = &self.0.definition().alpha
        else {
            return Ok(None);
        };
        Ok(Some((class.clone(), keywords(py, parameters)?)))
    }

    /// The complete strategy file, every default written out.
    fn to_toml(&self) -> String {
        self.0.to_toml()
    }
}

/// The keywords of a strategy in the order of the file: name, table, form, what it means.
#[pyfunction]
pub(crate) fn strategy_keywords() -> Vec<(&'static str, String, &'static str, &'static str)> {
    let form = |form| match form {
        Form::Table => "table",
        Form::Moment => "moment",
        Form::Moments => "moments",
        Form::Dates => "dates",
        Form::Spells => "spells",
        Form::Value => "value",
    };
    let keywords = strategy_file::keywords().into_iter();
    keywords
        .map(|keyword| (keyword.name, keyword.table, form(keyword.form), keyword.doc))
        .collect()
}

/// Parameters as keyword arguments.
pub(crate) fn keywords<'py>(
    py: Python<'py>,
    parameters: &[(String, Parameter)],
) -> PyResult<Bound<'py, PyDict>> {
    let keywords = PyDict::new(py);
    for (name, parameter) in parameters {
        match parameter {
            Parameter::Integer(integer) => keywords.set_item(name, integer)?,
            Parameter::Number(number) => keywords.set_item(name, number)?,
            Parameter::Flag(flag) => keywords.set_item(name, flag)?,
            Parameter::Text(text) => keywords.set_item(name, text)?,
        }
    }
    Ok(keywords)
}
