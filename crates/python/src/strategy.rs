//! A strategy: the text of its file, read by the reader that the command line uses.

use std::path::{Path, PathBuf};

use backtest::alpha;
use backtest::strategy::{Alpha, Parameter};
use failure::{Code, Failure, STYLED};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use strategy_file::{Form, Override, StrategyFile};

use crate::errors::raised;

/// A strategy and the backtest it is put through.
#[pyclass(frozen, module = "gridfolio._gridfolio")]
pub(crate) struct Strategy {
    pub(crate) read: StrategyFile,
    pub(crate) text: String,
    /// The file, or what the strategy is called.
    pub(crate) file: PathBuf,
    pub(crate) overrides: Vec<Override>,
}

#[pymethods]
impl Strategy {
    /// Reads a file.
    #[staticmethod]
    fn from_file(py: Python<'_>, file: PathBuf, overrides: Vec<String>) -> PyResult<Strategy> {
        let text = failure::read_strategy_file(&file).map_err(|failure| raised(py, &failure))?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let name = name.into_owned();
        Strategy::from_text(py, text, file, &name, overrides)
    }

    /// Reads a text; `file` is how messages call it, `name` the strategy's when it gives none.
    #[staticmethod]
    fn from_text(
        py: Python<'_>,
        text: String,
        file: PathBuf,
        name: &str,
        overrides: Vec<String>,
    ) -> PyResult<Strategy> {
        let overrides = overrides.iter().map(|text| Override::parse(text));
        let overrides = overrides
            .collect::<Result<Vec<_>, _>>()
            .map_err(|problems| {
                let shown = problems.render("override", "", STYLED);
                raised(py, &Failure::rendered(Code::Usage, shown))
            })?;
        let read = strategy_file::parse(&text, &overrides, name).map_err(|problems| {
            let shown = problems.render(&file.display().to_string(), &text, STYLED);
            raised(py, &Failure::rendered(Code::Strategy, shown))
        })?;
        Ok(Strategy {
            read,
            text,
            file,
            overrides,
        })
    }

    #[getter]
    fn name(&self) -> &str {
        &self.read.strategy.name
    }

    #[getter]
    fn text(&self) -> &str {
        &self.text
    }

    #[getter]
    fn file(&self) -> PathBuf {
        self.file.clone()
    }

    #[getter]
    fn overrides(&self) -> Vec<&str> {
        self.overrides.iter().map(Override::text).collect()
    }

    /// The folder of prices that it names, found from its file's folder.
    #[getter]
    fn data_dir(&self) -> Option<PathBuf> {
        let beside = self.file.parent().unwrap_or(Path::new(""));
        self.read.data.dir.as_ref().map(|dir| beside.join(dir))
    }

    #[getter]
    fn adjusted(&self) -> bool {
        self.read.data.adjusted
    }

    /// Every symbol that a backtest needs, those of the benchmark too.
    #[getter]
    fn symbols(&self) -> Vec<String> {
        self.read.strategy.symbols()
    }

    /// `module:Class` and the parameters of a Python alpha model; `None` for one that is built in.
    fn python_model<'py>(&self, py: Python<'py>) -> PyResult<Option<(String, Bound<'py, PyDict>)>> {
        let Alpha::External(alpha::External { class, parameters }) = &self.read.strategy.alpha
        else {
            return Ok(None);
        };
        Ok(Some((class.clone(), keywords(py, parameters)?)))
    }

    /// The complete strategy file, every default written out.
    fn to_toml(&self) -> String {
        strategy_file::to_toml(&self.read)
    }
}

/// The keywords of a strategy in the order of the file: name, table, form, what it means.
#[pyfunction]
pub(crate) fn strategy_keywords() -> Vec<(&'static str, String, &'static str, &'static str)> {
    let form = |form| match form {
        Form::Table => "table",
        Form::Moment => "moment",
        Form::Moments => "moments",
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
