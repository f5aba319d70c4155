//! The metrics of `statistics.json`, as the catalogue groups and names them. Fractions, not per
//! cent; undefined is `null`.

use backtest::date::Date;
use serde::ser::{Serialize, SerializeMap, Serializer};
use statistics::SharpeBootstrap;
use statistics::catalogue::{
    Activity, Group, Measured, Metric, Period, Periods, RoundTrips, Value, WorstDrawdown, metrics,
};

use crate::report::Side;

/// The metrics of one side.
pub(super) struct Measures(Vec<(Group, Option<Fields>)>);

/// The metrics of the strategy against its benchmark.
pub(super) struct Against(Fields);

/// Metrics and their values.
struct Fields(Vec<(&'static Metric, Option<Value>)>);

/// The groups of a side. Those before [`Group::Periods`] describe returns, and are `null` where
/// there are none.
const GROUPS: [Group; 6] = [
    Group::Return,
    Group::Risk,
    Group::Ratio,
    Group::Drawdown,
    Group::Periods,
    Group::Trading,
];

impl Measures {
    pub(super) fn of(side: &Side) -> Measures {
        let bootstrap = SharpeBootstrap::of(&side.excess_returns);
        let trading = &side.trading;
        let activity = Activity {
            trades: trading.trades as u64,
            traded_value: trading.traded_value,
            turnover: trading.turnover,
            commission: trading.commission,
            slippage: trading.slippage,
            cuts: None,
            time_in_market: trading.time_in_market,
            mean_invested: Some(trading.mean_invested),
        };
        let round_trips = RoundTrips {
            n: trading.round_trips as u64,
            win_rate: trading.win_rate,
            payoff: trading.payoff,
            expectancy: trading.expectancy,
        };
        let periods = periods(side);
        let measured = Measured {
            summary: side.summary.as_ref(),
            tails: side.tails.as_ref(),
            bootstrap: (bootstrap.as_ref()).map(|found| (found, side.sessions_per_year)),
            worst_drawdown: side.worst_drawdown.map(|worst| WorstDrawdown {
                peak: worst.peak.epoch_days(),
                valley: worst.valley.epoch_days(),
                recovery: worst.recovery.map(Date::epoch_days),
                sessions: worst.sessions as u64,
                days: worst.days.max(0) as u64,
            }),
            ruined: side.ruined,
            periods: Some(&periods),
            activity: Some(&activity),
            round_trips: Some(&round_trips),
            ..Measured::default()
        };
        let fields = |group| {
            let of_returns = !matches!(group, Group::Periods | Group::Trading);
            let is_there = side.summary.is_some() || side.ruined || !of_returns;
            (group, is_there.then(|| Fields::of(group, &measured)))
        };
        Measures(GROUPS.map(fields).into())
    }
}

impl Against {
    pub(super) fn of(relative: &statistics::Relative) -> Against {
        let measured = Measured {
            relative: Some(relative),
            ..Measured::default()
        };
        Against(Fields::of(Group::Relative, &measured))
    }
}

impl Fields {
    fn of(group: Group, measured: &Measured<'_>) -> Fields {
        let written = metrics().filter(|metric| metric.group == group && metric.json.is_some());
        Fields(
            written
                .map(|metric| (metric, metric.value(measured)))
                .collect(),
        )
    }
}

fn periods(side: &Side) -> Periods {
    Periods {
        months: (side.monthly.iter())
            .map(|&((year, month), change)| Period {
                year,
                month: Some(month),
                change,
            })
            .collect(),
        years: (side.yearly.iter())
            .map(|&(year, change)| Period {
                year,
                month: None,
                change,
            })
            .collect(),
    }
}

impl Serialize for Measures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(group, fields)| (group.json(), fields)))
    }
}

impl Serialize for Against {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = self.0.iter();
        serializer.collect_map(fields.map(|(metric, value)| (metric.json, value.map(Written))))
    }
}

/// A value as JSON has it.
struct Written(Value);

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Number(number) => serializer.serialize_f64(number),
            Value::Count(count) => serializer.serialize_u64(count),
            Value::Digest(bits) => serializer.collect_str(&format_args!("{bits:016x}")),
            Value::Day(day) => match Date::from_epoch_days(day) {
                Some(date) => serializer.collect_str(&date),
                None => serializer.serialize_none(),
            },
            Value::Interval(low, high) => [low, high].serialize(serializer),
            Value::Period(period) => {
                let name = match period.month {
                    Some(month) => format!("{:04}-{month:02}", period.year),
                    None => format!("{:04}", period.year),
                };
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("period", &name)?;
                map.serialize_entry("return", &period.change)?;
                map.end()
            }
        }
    }
}
