//! Which prices a sweep needs: one group for each data folder.

use std::path::{Path, PathBuf};

use backtest::conventions::FillTime;
use backtest::date::{Date, Moment};
use backtest::market::Observations;
use backtest::market::{PriceSeries, RealShares};
use backtest::strategy::Strategy;
use market_data::{Adjustment, LoadError, Notice, Opens};
use strategy_file::{AxisKind, Space, StrategyFile};

use crate::error::SweepError;
use crate::group_data::GroupData;
use crate::members::Membership;
use crate::trials::Source;

/// Values of an axis that are searched for symbols.
const MOST_SEARCHED: u64 = 100_000;

/// Strategies that share a data folder share its prices.
pub(crate) struct PriceGroup {
    pub(crate) dir: PathBuf,
    pub(crate) adjusted: bool,
    opens: Opens,
    traded: Vec<String>,
    /// Symbols that are only read, by all of the strategies.
    beside: Vec<String>,
    /// Members of universes, which may be left out where they have no prices.
    memberships: Vec<Membership>,
    /// Series beside the prices.
    pub(crate) series: Vec<String>,
    /// The days of their backtests; `None` when an axis may change them.
    days: Option<(Date, Date)>,
    /// Whether a trial may charge fees per share.
    fees_per_share: bool,
}

impl PriceGroup {
    /// Whether a strategy may name a symbol.
    pub(crate) fn wants(&self, symbol: &String) -> bool {
        let mut members = self.memberships.iter().map(|members| &members.symbols);
        self.traded.contains(symbol)
            || self.beside.contains(symbol)
            || members.any(|members| members.contains(symbol))
    }

    /// The symbols whose prices are to be loaded, sorted.
    fn to_load(&self) -> Result<Vec<String>, LoadError> {
        let mut symbols = [&self.traded[..], &self.beside[..]].concat();
        for membership in &self.memberships {
            let left_out = membership.left_out(&self.dir)?;
            let members = membership.symbols.iter();
            symbols.extend(members.filter(|symbol| !left_out.contains(symbol)).cloned());
        }
        symbols.sort_unstable();
        symbols.dedup();
        Ok(symbols)
    }

    /// Makes the snapshot smaller.
    pub(crate) fn drop_what_no_trial_reads(&self, series: &mut [PriceSeries]) {
        if !self.fees_per_share {
            for series in series {
                series.real_shares = RealShares::Same;
            }
        }
    }
}

/// The first and the last moment that there are.
const ALWAYS: (Moment, Moment) = (Moment::MIN, Moment::MAX);

/// Adds what a strategy needs to the group of its data folder; returns the group's position.
///
/// * `data_dir`: replaces the folder that the strategy file names.
pub(crate) fn add_to_group(
    groups: &mut Vec<PriceGroup>,
    data_dir: Option<&Path>,
    file: &Path,
    example: &StrategyFile,
    source: &Source,
) -> Result<usize, SweepError> {
    let beside = file.parent().unwrap_or(Path::new(""));
    let own = example.data.dir.as_ref().map(|dir| beside.join(dir));
    let dir = data_dir.map(Path::to_owned).or(own);
    let dir = dir.ok_or_else(|| SweepError::NoDataFolder {
        file: file.to_owned(),
    })?;
    // A folder that is not there is the loader's to tell.
    let dir = std::fs::canonicalize(&dir).unwrap_or(dir);
    let adjusted = example.data.adjusted;
    let mut axes = source.space.iter().flat_map(|space| space.axes());
    let opens = match (
        opens_of(example),
        axes.any(|axis| axis.name() == "execution.fill"),
    ) {
        (Opens::Unused, true) => Opens::Required,
        (opens, _) => opens,
    };
    let same =
        |group: &PriceGroup| group.dir == dir && group.adjusted == adjusted && group.opens == opens;
    let at = groups.iter().position(same).unwrap_or_else(|| {
        groups.push(PriceGroup {
            dir: dir.clone(),
            adjusted,
            opens,
            traded: Vec::new(),
            beside: Vec::new(),
            memberships: Vec::new(),
            series: Vec::new(),
            days: Some(days(&example.strategy, source.space.as_ref())),
            fees_per_share: false,
        });
        groups.len() - 1
    });
    let mut traded = source.document.symbols();
    let mut series = source.document.series();
    for axis in source.space.iter().flat_map(|space| space.axes()) {
        // A number has no symbols in it, but its key may.
        let searched = match axis.kind() {
            AxisKind::Text => axis.n_values().min(MOST_SEARCHED),
            _ => 1,
        };
        for position in 0..searched {
            let document = source.document.with(&[axis.setting(position)]);
            traded.extend(document.symbols());
            series.extend(document.series());
        }
    }
    let group = &mut groups[at];
    group.traded.extend(traded);
    group.traded.sort_unstable();
    group.traded.dedup();
    group.beside.extend(source.document.symbols_beside());
    group.beside.retain(|symbol| !group.traded.contains(symbol));
    group.beside.sort_unstable();
    group.beside.dedup();
    group.series.extend(series);
    group.series.sort_unstable();
    group.series.dedup();
    let axes = || source.space.iter().flat_map(|space| space.axes());
    let varies_days = axes().any(|axis| table_of(axis.name()) == "backtest");
    let mut whole = example.strategy.clone();
    if varies_days {
        // A member of any time may be one during a trial.
        (whole.start, whole.end) = ALWAYS;
    }
    group.memberships.extend(Membership::of(&whole));
    group.fees_per_share |= example.strategy.costs.fees.are_per_share()
        || axes().any(|axis| table_of(axis.name()) == "costs");
    let own = (!varies_days).then(|| days(&example.strategy, source.space.as_ref()));
    group.days = group
        .days
        .zip(own)
        .map(|(a, b)| (a.0.min(b.0), a.1.max(b.1)));
    Ok(at)
}

/// What a strategy does about files that have closes and no opens.
pub fn opens_of(file: &StrategyFile) -> Opens {
    match (file.data.opens, file.strategy.conventions.fill) {
        (Some(strategy_file::Opens::PreviousClose), _) => Opens::PreviousClose,
        (None, FillTime::SameClose) => Opens::Unused,
        (None, _) => Opens::Required,
    }
}

/// The days around the backtests of a strategy, whose schedules may be varied.
fn days(strategy: &Strategy, space: Option<&Space>) -> (Date, Date) {
    const OF_SCHEDULES: [&str; 3] = ["schedule", "day", "month"];
    let (first, last) = strategy.days_around();
    let mut axes = space.into_iter().flat_map(Space::axes);
    let is_varied = axes.any(|axis| {
        let (table, key) = axis.name().split_once('.').unwrap_or((axis.name(), ""));
        table == "benchmark" || (table == "rebalance" && OF_SCHEDULES.contains(&key))
    });
    match is_varied {
        true => (first.plus_days(-A_YEAR), last.plus_days(A_YEAR)),
        false => (first, last),
    }
}

/// Days in which a schedule counts sessions, at most.
const A_YEAR: i32 = 366;

/// The table of the key that an axis varies: `backtest` for when a backtest begins and ends.
fn table_of(axis: &str) -> &str {
    axis.split('.').next().unwrap_or(axis)
}

/// Loads the prices of each group, and the series beside them.
pub(crate) fn load(groups: &[PriceGroup]) -> Result<(Vec<GroupData>, Vec<Notice>), SweepError> {
    let mut data = Vec::new();
    let mut notices = Vec::new();
    for group in groups {
        let adjustment = Adjustment::of(group.adjusted);
        let fail = |source| SweepError::Load {
            dir: group.dir.clone(),
            source,
        };
        let loaded = market_data::load_around(
            &group.dir,
            &group.to_load().map_err(fail)?,
            &group.beside,
            adjustment,
            group.opens,
            group.days,
        );
        let loaded = loaded.map_err(fail)?;
        let rates = market_data::load_series(&group.dir, &group.series).map_err(fail)?;
        let around = |series: Observations| match group.days {
            Some((first, last)) => series.around(first, last),
            None => series,
        };
        data.push(GroupData {
            prices: loaded.series,
            rates: rates.series.into_iter().map(around).collect(),
        });
        notices.extend(loaded.notices);
        notices.extend(rates.notices);
    }
    Ok((data, notices))
}
