//! What the catalogue says of one metric.

use super::form::Form;
use super::measured::{Account, Activity, Measured, RoundTrips, Value};
use crate::relative::Relative;
use crate::sharpe::SharpeEvidence;
use crate::summary::Summary;
use crate::tail_risk::TailRisk;

/// One metric. Entries are made by `Group::metric` and the builders here, in constants.
#[derive(Clone, Copy)]
pub struct Metric {
    /// Its name: the column of `results.parquet`, and what `--sort` and `--where` take.
    pub key: &'static str,
    /// What it is called in tables, as in `Max drawdown`.
    pub title: &'static str,
    /// Under which heading it stands.
    pub group: Group,
    /// Its unit and how it is written.
    pub form: Form,
    /// Which values are the better ones.
    pub better: Better,
    /// Whether it is a rate per year that says nothing about less than a year of data.
    pub is_yearly: bool,
    /// Its definition, a sentence.
    pub doc: &'static str,
    /// Its formula: `r` are the returns, `W` wealth, `n` the number of returns, `P` sessions a year.
    pub formula: Option<&'static str>,
    /// Where the definition comes from, as in `Martin (1987)`.
    pub source: Option<&'static str>,
    /// Its name within [`Group::json`] in `statistics.json`. `None` where it is not written.
    pub json: Option<&'static str>,
    /// Its position among the metrics of `results.parquet`. Files are read by name, but their bytes
    /// depend on the order: a new column takes the next number. `None` where a sweep has no such
    /// number.
    pub column: Option<u8>,
    /// Where it is shown without being asked for.
    pub prominence: Prominence,
    /// The panel of a sweep's report that maps it over the axes, where one is drawn beforehand.
    pub map: Option<&'static str>,
    pub(super) of: Source,
}

/// A heading of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// What was earned.
    Return,
    /// How much returns vary.
    Risk,
    /// Return for its risk.
    Ratio,
    /// Falls from the highest wealth so far.
    Drawdown,
    /// Sessions, months and years.
    Periods,
    /// Orders, positions and exposure.
    Trading,
    /// Money: costs and what is left.
    Account,
    /// The strategy against its benchmark.
    Relative,
    /// Sums from which other numbers are computed.
    Folds,
}

/// Which values of a metric are the better ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// High ones.
    Higher,
    /// Low ones.
    Lower,
    /// Those close to zero.
    CloserToZero,
    /// None: it describes, and high values come first.
    Neither,
}

/// Where a metric is shown without being asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Prominence {
    /// In every table of trials.
    Headline,
    /// In the report of a sweep.
    Report,
    /// Nowhere.
    OnRequest,
}

/// Where a metric comes from.
#[derive(Clone, Copy)]
pub(super) enum Source {
    Summary(fn(&Summary) -> Option<f64>),
    SummaryCount(fn(&Summary) -> u64),
    Sharpe(fn(&SharpeEvidence) -> Option<f64>),
    Tails(fn(&TailRisk) -> Option<f64>),
    Activity(fn(&Activity) -> Option<f64>),
    ActivityCount(fn(&Activity) -> u64),
    RoundTrips(fn(&RoundTrips) -> Option<f64>),
    Account(fn(&Account) -> Option<f64>),
    Relative(fn(&Relative) -> Option<f64>),
    Measured(fn(&Measured<'_>) -> Option<Value>),
}

impl Group {
    /// An entry of this group, to which the builders of [`Metric`] add the rest.
    pub(super) const fn metric(
        self,
        key: &'static str,
        title: &'static str,
        form: Form,
        better: Better,
        of: Source,
        doc: &'static str,
    ) -> Metric {
        Metric {
            key,
            title,
            group: self,
            form,
            better,
            is_yearly: false,
            doc,
            formula: None,
            source: None,
            json: None,
            column: None,
            prominence: Prominence::OnRequest,
            map: None,
            of,
        }
    }
}

impl Metric {
    pub(super) const fn yearly(mut self) -> Metric {
        self.is_yearly = true;
        self
    }

    pub(super) const fn formula(mut self, formula: &'static str) -> Metric {
        self.formula = Some(formula);
        self
    }

    pub(super) const fn source(mut self, source: &'static str) -> Metric {
        self.source = Some(source);
        self
    }

    pub(super) const fn json(mut self, name: &'static str) -> Metric {
        self.json = Some(name);
        self
    }

    pub(super) const fn column(mut self, position: u8) -> Metric {
        self.column = Some(position);
        self
    }

    pub(super) const fn headline(mut self) -> Metric {
        self.prominence = Prominence::Headline;
        self
    }

    pub(super) const fn report(mut self) -> Metric {
        self.prominence = Prominence::Report;
        self
    }

    pub(super) const fn mapped(mut self, panel: &'static str) -> Metric {
        self.map = Some(panel);
        self
    }

    /// Its value; `None` where it is undefined or not measured. Never NaN.
    pub fn value(&self, measured: &Measured<'_>) -> Option<Value> {
        let number = match self.of {
            Source::Summary(of) => of(measured.summary?),
            Source::SummaryCount(of) => return Some(Value::Count(of(measured.summary?))),
            Source::Sharpe(of) => of(measured.summary?.sharpe_evidence.as_ref()?),
            Source::Tails(of) => of(measured.tails?),
            Source::Activity(of) => of(measured.activity?),
            Source::ActivityCount(of) => return Some(Value::Count(of(measured.activity?))),
            Source::RoundTrips(of) => of(measured.round_trips?),
            Source::Account(of) => of(measured.account?),
            Source::Relative(of) => of(measured.relative?),
            Source::Measured(of) => return of(measured),
        };
        number.filter(|number| !number.is_nan()).map(Value::Number)
    }

    /// Its place in `statistics.json`, as in `drawdown.max`.
    pub fn path(&self) -> Option<String> {
        Some(format!("{}.{}", self.group.json(), self.json?))
    }

    /// Its definition with its source.
    pub fn definition(&self) -> String {
        match self.source {
            Some(source) => format!("{} {source}.", self.doc),
            None => self.doc.to_owned(),
        }
    }
}

impl std::fmt::Debug for Metric {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Metric").field(&self.key).finish()
    }
}

impl Group {
    /// Its heading.
    pub const fn title(self) -> &'static str {
        match self {
            Group::Return => "Return",
            Group::Risk => "Risk",
            Group::Ratio => "Ratio",
            Group::Drawdown => "Drawdown",
            Group::Periods => "Periods",
            Group::Trading => "Trading",
            Group::Account => "Account",
            Group::Relative => "Against the benchmark",
            Group::Folds => "Sums over time",
        }
    }

    /// The object of `statistics.json` that holds it: of a side, or with `run` and `relative` of the
    /// run.
    pub const fn json(self) -> &'static str {
        match self {
            Group::Return => "returns",
            Group::Risk => "risk",
            Group::Ratio => "ratios",
            Group::Drawdown => "drawdown",
            Group::Periods => "periods",
            Group::Trading => "trading",
            Group::Account => "run",
            Group::Relative => "relative",
            Group::Folds => "folds",
        }
    }
}

impl Better {
    /// How good a value is: of two, the better has the higher merit.
    pub fn merit(self, value: f64) -> f64 {
        match self {
            Better::Higher | Better::Neither => value,
            Better::Lower => -value,
            Better::CloserToZero => -value.abs(),
        }
    }

    /// In a word or two.
    pub const fn name(self) -> &'static str {
        match self {
            Better::Higher => "higher",
            Better::Lower => "lower",
            Better::CloserToZero => "closer to zero",
            Better::Neither => "neither",
        }
    }
}
