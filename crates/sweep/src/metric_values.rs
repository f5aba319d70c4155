//! The numbers of a row of results: those of the catalogue of metrics that a sweep can compute.

use backtest::batch::Record;
use backtest::date::Date;
use statistics::catalogue::{Account, Activity, Measured, Metric, N_COLUMNS, Value, columns};
use statistics::period_sums::PeriodSums;

/// The numbers of one backtest, by the position of their column; undefined ones are absent.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricValues {
    /// Bit `i` is set when cell `i` has a value.
    pub(crate) present: u128,
    pub(crate) bits: Box<[u64]>,
    /// When the account lost everything, if it did: no ratio is defined then.
    pub ruined: Option<Date>,
    /// Sums over periods of the curve; `None` when it has no return, or ends in ruin.
    pub period_sums: Option<PeriodSums>,
}

const _: () = assert!(N_COLUMNS <= 128, "the mask of a row has 128 bits");

impl MetricValues {
    pub(crate) fn of(record: &Record) -> MetricValues {
        let activity = Activity {
            trades: record.trades as u64,
            traded_value: record.traded_value,
            turnover: record.turnover,
            commission: record.commission,
            slippage: record.slippage,
            cuts: Some(record.cuts as u64),
            time_in_market: record.time_in_market,
            mean_invested: None,
        };
        let account = Account {
            final_equity: record.final_equity,
            ..Account::default()
        };
        let measured = Measured {
            summary: record.summary.as_ref(),
            activity: Some(&activity),
            account: Some(&account),
            digest: Some(record.digest()),
            ruined: record.ruined.is_some(),
            ..Measured::default()
        };
        let mut present = 0;
        let cell = |(at, metric): (usize, &&Metric)| {
            let bits = match metric.value(&measured)? {
                Value::Number(number) => number.to_bits(),
                Value::Count(bits) | Value::Digest(bits) => bits,
                Value::Day(_) | Value::Interval(..) | Value::Period(_) => return None,
            };
            present |= 1 << at;
            Some(bits)
        };
        let bits = columns().iter().enumerate().map(cell);
        let bits: Vec<u64> = bits.map(Option::unwrap_or_default).collect();
        MetricValues {
            present,
            bits: bits.into(),
            ruined: record.ruined,
            period_sums: record
                .period_sums
                .clone()
                .filter(|_| record.ruined.is_none()),
        }
    }

    /// A number by the key of its metric.
    pub fn float(&self, key: &str) -> Option<f64> {
        let at = columns().iter().position(|metric| metric.key == key)?;
        self.get(at).map(f64::from_bits)
    }

    /// The bits of a number by its position in [`columns`]; `None` when it is undefined.
    pub fn get(&self, at: usize) -> Option<u64> {
        (self.present >> at & 1 == 1).then(|| self.bits[at])
    }
}
