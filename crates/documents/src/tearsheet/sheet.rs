//! One backtest as a tear sheet has it: from a report, or read from its file.

use backtest::date::Date;
use serde::Deserialize;
use serde_json::Value;

use crate::detail::Detail;
use crate::milliseconds::increasing_dates;
use crate::panel::Table;
use crate::report::Report;
use crate::wealth::Wealth;

/// What is drawn of one backtest.
#[derive(Clone, Debug)]
pub struct Tearsheet {
    /// The strategy's name.
    pub name: String,
    /// The benchmark's, if there is one.
    pub benchmark_name: Option<String>,
    /// The strategy's wealth, its starting capital first.
    pub strategy: Wealth,
    /// The benchmark's.
    pub benchmark: Option<Wealth>,
    /// The object `statistics` of `statistics.json`.
    pub statistics: Value,
    /// The object `run` of `statistics.json`.
    pub run: Value,
    /// Exposure, trading and other costs.
    pub detail: Detail,
}

/// Why a `statistics.json` cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum NotStatistics {
    /// No JSON, or not with these keys.
    #[error("it is not the statistics.json of a backtest: {0}")]
    Json(#[from] serde_json::Error),
    /// Values that do not fit together.
    #[error("it is not the statistics.json of a backtest: {0}")]
    Inconsistent(String),
}

#[derive(Deserialize)]
struct Document {
    strategy: Option<Side>,
    benchmark: Option<Side>,
    strategy_name: String,
    benchmark_name: Option<String>,
    statistics: Value,
    run: Value,
    detail: Detail,
}

#[derive(Deserialize)]
struct Side {
    equity_curve: Vec<(i64, Option<f64>)>,
}

#[derive(Deserialize)]
struct Short {
    statistics: Value,
    run: Value,
}

impl Tearsheet {
    /// Of a run, and the detail that [`Report::detail`] gave.
    pub fn of(report: &Report<'_>, detail: &Detail) -> Tearsheet {
        let short: Short = serde_json::from_slice(&report.summary_json())
            .expect("`summary_json` writes this object");
        Tearsheet {
            name: report.run.strategy.name.clone(),
            benchmark_name: report.run.benchmark_name(),
            strategy: report.strategy.wealth.clone(),
            benchmark: report.benchmark.as_ref().map(|side| side.wealth.clone()),
            statistics: short.statistics,
            run: short.run,
            detail: detail.clone(),
        }
    }

    /// From the content of a `statistics.json`.
    ///
    /// # Errors
    ///
    /// Something else, or a file of a version that did not write `detail` yet.
    pub fn from_json(json: &[u8]) -> Result<Tearsheet, NotStatistics> {
        let document: Document = serde_json::from_slice(json)?;
        let initial_cash = document.run["initial_cash"].as_f64().unwrap_or(f64::NAN);
        let wealth = |of: &str, side: Option<&Side>, unit_curve: &[f64]| {
            let points = side.map_or(&[][..], |side| &side.equity_curve);
            let times = points.iter().map(|(time, _)| *time);
            let dates = increasing_dates(&format!("{of}.equity_curve"), times)?;
            let values = points.iter().map(|(_, value)| value.unwrap_or(f64::NAN));
            let mut values: Vec<f64> = values.collect();
            // Where money has moved, returns are not those of the equity.
            if unit_curve.len() == values.len() {
                values = unit_curve.to_vec();
            }
            Ok::<Wealth, String>(Wealth::from_equity(values, dates, initial_cash))
        };
        let both = (|| {
            document.detail.check()?;
            let benchmark = document.benchmark.as_ref();
            let unit_curve = &document.detail.benchmark_unit_curve;
            let benchmark = benchmark.map(|side| wealth("benchmark", Some(side), unit_curve));
            let unit_curve = &document.detail.unit_curve;
            Ok((
                wealth("strategy", document.strategy.as_ref(), unit_curve)?,
                benchmark.transpose()?,
            ))
        })();
        let (strategy, benchmark) = both.map_err(NotStatistics::Inconsistent)?;
        Ok(Tearsheet {
            strategy,
            benchmark,
            name: document.strategy_name,
            benchmark_name: document.benchmark_name,
            statistics: document.statistics,
            run: document.run,
            detail: document.detail,
        })
    }

    /// The warnings, a sentence each.
    pub fn warnings(&self) -> Vec<String> {
        let all = self.run["warnings"].as_array();
        let texts = all.into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    }

    pub(super) fn sessions_per_year(&self) -> f64 {
        self.run["sessions_per_year"].as_f64().unwrap_or(252.0)
    }

    /// What the benchmark is called.
    pub(super) fn against(&self) -> &str {
        self.benchmark_name.as_deref().unwrap_or("benchmark")
    }

    /// A table with these columns and one for each side.
    pub(super) fn table(&self, header: &[&str]) -> Table {
        let benchmark = self.benchmark.as_ref().map(|_| self.against());
        Table::new(header).with(std::iter::once(self.name.as_str()).chain(benchmark))
    }

    /// A number of `statistics.json`, by its path.
    pub(super) fn number(&self, path: &str) -> Option<f64> {
        at(&self.statistics, path).as_f64()
    }

    pub(super) fn first_date(&self) -> Option<Date> {
        self.strategy.dates.first().copied()
    }

    pub(super) fn last_date(&self) -> Option<Date> {
        self.strategy.dates.last().copied()
    }
}

/// The value at a path of names with points between them; null when there is none.
pub(super) fn at<'v>(value: &'v Value, path: &str) -> &'v Value {
    path.split('.').fold(value, |value, key| &value[key])
}
