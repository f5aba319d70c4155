//! The layout of QSTrader's JSON file, so that scripts written for it read ours unchanged.
//!
//! Two differences, both for the better: dates are midnight UTC whatever the machine's time zone,
//! and an undefined number is `null`, where QSTrader writes `NaN`, which is not JSON.

use backtest::date::Date;
use backtest::market::AssetId;
use backtest::statistics::qstrader::{Quantiles, Statistics};
use serde::Serialize;
use serde::ser::Serializer;

use crate::milliseconds::midnight;
use crate::run::Run;

/// The block of the strategy or of the benchmark.
#[derive(Serialize)]
pub struct Block<'a> {
    equity_curve: Series<'a>,
    returns: Series<'a>,
    cum_returns: Series<'a>,
    monthly_agg_returns: Vec<((i32, u32), f64)>,
    monthly_agg_returns_hc: Vec<(u32, usize, f64)>,
    yearly_agg_returns: &'a [(i32, f64)],
    yearly_agg_returns_hc: Vec<f64>,
    returns_quantiles: NamedQuantiles,
    returns_quantiles_hc: [[f64; 5]; 3],
    drawdowns: Series<'a>,
    max_drawdown: f64,
    max_drawdown_duration: usize,
    mean_returns: f64,
    stdev_returns: f64,
    cagr: f64,
    annualised_vol: f64,
    sharpe: f64,
    sortino: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_allocations: Option<Vec<Allocation<'a>>>,
}

impl<'a> Block<'a> {
    /// * `equity`: one value per date.
    /// * `statistics`: of that equity.
    /// * `allocations`: the strategy's; the benchmark's block has none.
    pub fn new(
        dates: &'a [Date],
        equity: &'a [f64],
        statistics: &'a Statistics,
        allocations: Option<Vec<Allocation<'a>>>,
    ) -> Block<'a> {
        let series = |values| Series { dates, values };
        let quantiles = [
            statistics.daily_quantiles,
            statistics.monthly_quantiles,
            statistics.yearly_quantiles,
        ];
        let [daily, monthly, yearly] = quantiles.map(FiveNumbers::from);
        Block {
            equity_curve: series(equity),
            returns: series(&statistics.returns),
            cum_returns: series(&statistics.cum_returns),
            monthly_agg_returns: (statistics.monthly.iter())
                .map(|&(year, month, value)| ((year, month), value))
                .collect(),
            monthly_agg_returns_hc: month_by_month(statistics),
            yearly_agg_returns: &statistics.yearly,
            yearly_agg_returns_hc: statistics
                .yearly
                .iter()
                .map(|year| year.1 * 100.0)
                .collect(),
            returns_quantiles: NamedQuantiles {
                daily,
                monthly,
                yearly,
            },
            returns_quantiles_hc: quantiles.map(|five| five.to_array().map(|value| value * 100.0)),
            drawdowns: series(&statistics.drawdowns),
            max_drawdown: statistics.max_drawdown,
            max_drawdown_duration: statistics.max_drawdown_duration,
            mean_returns: statistics.mean_returns,
            stdev_returns: statistics.stdev_returns,
            cagr: statistics.cagr,
            annualised_vol: statistics.annualised_vol,
            sharpe: statistics.sharpe,
            sortino: statistics.sortino,
            target_allocations: allocations,
        }
    }
}

/// All Januaries, then all Februaries: month from 0, position of the year, per cent.
fn month_by_month(statistics: &Statistics) -> Vec<(u32, usize, f64)> {
    let years: Vec<i32> = statistics.yearly.iter().map(|year| year.0).collect();
    let mut months: Vec<(u32, usize, f64)> = (statistics.monthly.iter())
        .filter_map(|&(year, month, value)| {
            let position = years.iter().position(|known| *known == year)?;
            Some((month - 1, position, value * 100.0))
        })
        .collect();
    months.sort_by_key(|&(month, year, _)| (month, year));
    months
}

/// `[[milliseconds, value], ...]`; NaN is written as zero.
struct Series<'a> {
    dates: &'a [Date],
    values: &'a [f64],
}

impl Serialize for Series<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let point = |(date, &value): (&Date, &f64)| {
            (midnight(*date), if value.is_nan() { 0.0 } else { value })
        };
        serializer.collect_seq(self.dates.iter().zip(self.values).map(point))
    }
}

#[derive(Serialize)]
struct NamedQuantiles {
    daily: FiveNumbers,
    monthly: FiveNumbers,
    yearly: FiveNumbers,
}

#[derive(Serialize)]
struct FiveNumbers {
    min: f64,
    lq: f64,
    med: f64,
    uq: f64,
    max: f64,
}

impl From<Quantiles> for FiveNumbers {
    fn from(quantiles: Quantiles) -> FiveNumbers {
        let [min, lq, med, uq, max] = quantiles.to_array();
        FiveNumbers {
            min,
            lq,
            med,
            uq,
            max,
        }
    }
}

/// The target weight of one asset at each recorded close.
#[derive(Serialize)]
pub struct Allocation<'a> {
    name: &'a str,
    data: Vec<(i64, f64)>,
}

/// The target weights of all decisions as a table, scaled as they are traded; under QSTrader's
/// scaling as they were named.
pub struct Allocations {
    /// The assets, in the order in which decisions first had them.
    pub columns: Vec<AssetId>,
    /// A row for each decision; `None` where the asset was not there.
    pub rows: Vec<(Date, Vec<Option<f64>>)>,
}

impl Allocations {
    pub(crate) fn of(run: &Run<'_>) -> Allocations {
        let market = run.market();
        let mut columns: Vec<AssetId> = Vec::new();
        let mut column_of = vec![usize::MAX; market.n_assets()];
        let mut rows = Vec::with_capacity(run.outcome.allocations.len());
        for allocation in run.outcome.allocations.iter() {
            let mut row = vec![None; columns.len()];
            for (asset, weight) in run.backtest.scaled_allocation(allocation) {
                let column = &mut column_of[asset.index()];
                if *column == usize::MAX {
                    *column = columns.len();
                    columns.push(asset);
                    row.push(None);
                }
                row[*column] = Some(weight);
            }
            rows.push((market.date(allocation.mark.session), row));
        }
        for (_, row) in &mut rows {
            row.resize(columns.len(), None);
        }
        Allocations { columns, rows }
    }

    /// One point per date: the weight of the last decision on or before it, 0 where it had none.
    pub(crate) fn by_asset<'r>(&self, run: &Run<'r>) -> Vec<Allocation<'r>> {
        let dates = run.outcome.dates(run.backtest.market());
        let mut series: Vec<Allocation<'r>> = (self.columns.iter())
            .map(|asset| Allocation {
                name: run.backtest.market().symbol(*asset),
                data: Vec::with_capacity(dates.len()),
            })
            .collect();
        let mut decisions = self.rows.iter().peekable();
        let mut current: Option<&[Option<f64>]> = None;
        for &date in dates {
            while let Some((_, row)) = decisions.next_if(|(decided, _)| *decided <= date) {
                current = Some(row);
            }
            for (column, series) in series.iter_mut().enumerate() {
                let weight = current.and_then(|row| row[column]).unwrap_or(0.0);
                series.data.push((midnight(date), weight));
            }
        }
        series
    }
}
