//! What a row of results says of a backtest: names, types, and where each number comes from.

use std::sync::LazyLock;

use backtest::batch::Record;
use backtest::statistics::{FOLDS, Fold, SharpeEvidence, Summary};
use statistics::period_sums::PeriodSums;

/// One number of a row.
pub struct Metric {
    /// The name of its column.
    pub name: String,
    /// How its 64 bits are to be read.
    pub kind: MetricKind,
    source: Source,
}

/// How a number's 64 bits are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// A float.
    Float,
    /// A number of things.
    Count,
    /// Sixteen hexadecimal digits.
    Digest,
}

enum Source {
    Record(fn(&Record) -> Option<f64>),
    Summary(fn(&Summary) -> Option<f64>),
    Evidence(fn(&SharpeEvidence) -> Option<f64>),
    RecordCount(fn(&Record) -> u64),
    SummaryCount(fn(&Summary) -> u64),
    Fold(usize, fn(&Fold) -> f64),
    FoldCount(usize),
    Digest,
}

/// The numbers of one backtest, by the position of their metric; undefined ones are absent.
#[derive(Clone, Debug, PartialEq)]
pub struct Cells {
    /// Bit `i` is set when cell `i` has a value.
    pub(crate) present: u128,
    pub(crate) bits: Box<[u64]>,
    /// Sums over periods of the curve; `None` when it has no return.
    pub period_sums: Option<PeriodSums>,
}

/// The numbers of a row, in the order of their columns.
pub static METRICS: LazyLock<Vec<Metric>> = LazyLock::new(metrics);

impl Cells {
    pub(crate) fn of(record: &Record) -> Cells {
        let mut present = 0;
        let cell = |(at, metric): (usize, &Metric)| match metric.bits(record) {
            Some(bits) => {
                present |= 1 << at;
                bits
            }
            None => 0,
        };
        let bits = METRICS.iter().enumerate().map(cell).collect();
        Cells {
            present,
            bits,
            period_sums: record.period_sums.clone(),
        }
    }

    /// A number by its name.
    pub fn float(&self, name: &str) -> Option<f64> {
        let at = METRICS.iter().position(|metric| metric.name == name)?;
        self.get(at).map(f64::from_bits)
    }

    /// The bits of a number by its position in [`METRICS`]; `None` when it is undefined.
    pub fn get(&self, at: usize) -> Option<u64> {
        (self.present >> at & 1 == 1).then(|| self.bits[at])
    }
}

impl Metric {
    fn bits(&self, record: &Record) -> Option<u64> {
        let summary = record.summary.as_ref();
        let float = match &self.source {
            Source::RecordCount(of) => return Some(of(record)),
            Source::SummaryCount(of) => return summary.map(of),
            Source::FoldCount(fold) => {
                return summary.map(|summary| summary.folds[*fold].n as u64);
            }
            Source::Digest => return Some(record.digest()),
            Source::Record(of) => of(record),
            Source::Summary(of) => summary.and_then(of),
            Source::Evidence(of) => {
                summary.and_then(|summary| of(summary.sharpe_evidence.as_ref()?))
            }
            Source::Fold(fold, of) => summary.map(|summary| of(&summary.folds[*fold])),
        };
        float.filter(|float| !float.is_nan()).map(f64::to_bits)
    }
}

fn metrics() -> Vec<Metric> {
    use Source::{Evidence, Record, RecordCount, Summary, SummaryCount};
    let named: [(&str, Source); 47] = [
        ("final_equity", Record(|r| Some(r.final_equity))),
        ("total_return", Summary(|s| Some(s.total_return))),
        ("cagr", Summary(|s| s.cagr)),
        ("volatility", Summary(|s| s.volatility)),
        ("sharpe", Summary(|s| s.sharpe)),
        ("sortino", Summary(|s| s.sortino)),
        ("max_drawdown", Summary(|s| Some(s.drawdowns.max))),
        ("sessions", SummaryCount(|s| s.n as u64)),
        (
            "calendar_days",
            SummaryCount(|s| s.calendar_days.max(0) as u64),
        ),
        ("cagr_calendar", Summary(|s| s.cagr_calendar)),
        ("arithmetic_return", Summary(|s| Some(s.arithmetic_return))),
        (
            "downside_deviation",
            Summary(|s| Some(s.downside_deviation)),
        ),
        ("sharpe_interval_low", Evidence(|e| Some(e.interval.0))),
        ("sharpe_interval_high", Evidence(|e| Some(e.interval.1))),
        ("sharpe_probabilistic", Evidence(|e| Some(e.probabilistic))),
        (
            "sharpe_min_track_record_years",
            Evidence(|e| e.min_track_record_years),
        ),
        (
            "sharpe_autocorrelation_adjusted",
            Summary(|s| s.sharpe_autocorrelation_adjusted),
        ),
        ("mean_drawdown", Summary(|s| Some(s.drawdowns.mean))),
        ("ulcer_index", Summary(|s| Some(s.drawdowns.ulcer_index))),
        ("underwater", Summary(|s| Some(s.drawdowns.underwater))),
        (
            "longest_drawdown_sessions",
            SummaryCount(|s| s.drawdowns.longest_sessions as u64),
        ),
        (
            "longest_drawdown_days",
            SummaryCount(|s| s.drawdowns.longest_days.max(0) as u64),
        ),
        ("mar", Summary(|s| s.mar)),
        ("martin", Summary(|s| s.martin)),
        ("skewness", Summary(|s| s.skewness)),
        ("excess_kurtosis", Summary(|s| s.excess_kurtosis)),
        ("profit_factor", Summary(|s| s.profit_factor)),
        ("positive_sessions", Summary(|s| s.positive_sessions)),
        ("mean_gain", Summary(|s| s.mean_gain)),
        ("mean_loss", Summary(|s| s.mean_loss)),
        ("payoff", Summary(|s| s.payoff)),
        ("best_session", Summary(|s| Some(s.best_session))),
        ("worst_session", Summary(|s| Some(s.worst_session))),
        ("autocorrelation", Summary(|s| s.autocorrelation)),
        ("trades", RecordCount(|r| r.trades as u64)),
        ("traded_value", Record(|r| Some(r.traded_value))),
        ("turnover", Record(|r| r.turnover)),
        ("commission", Record(|r| Some(r.commission))),
        ("slippage", Record(|r| Some(r.slippage))),
        ("cost", Record(|r| Some(r.commission + r.slippage))),
        ("cuts", RecordCount(|r| r.cuts as u64)),
        ("time_in_market", Record(|r| Some(r.time_in_market))),
        ("digest", Source::Digest),
        ("return_mean", Summary(|s| Some(s.mean))),
        ("return_standard_deviation", Summary(standard_deviation)),
        ("return_skewness", Summary(|s| s.skewness_biased)),
        ("return_kurtosis", Summary(|s| s.kurtosis_biased)),
    ];
    let named = named
        .into_iter()
        .map(|(name, source)| (name.to_owned(), source));
    let folds = (0..FOLDS).flat_map(|fold| {
        let number = fold + 1;
        [
            (format!("fold_{number}_n"), Source::FoldCount(fold)),
            (
                format!("fold_{number}_sum"),
                Source::Fold(fold, |fold| fold.sum),
            ),
            (
                format!("fold_{number}_sum_squares"),
                Source::Fold(fold, |fold| fold.squares),
            ),
        ]
    });
    let metric = |(name, source)| Metric {
        name,
        kind: match source {
            Source::RecordCount(_) | Source::SummaryCount(_) | Source::FoldCount(_) => {
                MetricKind::Count
            }
            Source::Digest => MetricKind::Digest,
            _ => MetricKind::Float,
        },
        source,
    };
    let metrics: Vec<Metric> = named.chain(folds).map(metric).collect();
    debug_assert!(metrics.len() <= 128, "a row's mask has 128 bits");
    metrics
}

fn squares(summary: &Summary) -> f64 {
    summary.folds.iter().map(|fold| fold.squares).sum()
}

/// Of the daily returns, with the divisor `n`.
fn standard_deviation(summary: &Summary) -> Option<f64> {
    let variance = squares(summary) / summary.n as f64 - summary.mean * summary.mean;
    Some(variance.max(0.0).sqrt())
}
