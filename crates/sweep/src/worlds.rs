//! Null worlds: the prices of a sweep with their days in another order, so that nothing that depends on
//! the order is left, and everything else is: drift, correlation, tails, the share of the night.
//!
//! A session's row, the night before it and the day itself of all series together, moves as a whole. Rows
//! move within stretches in which the same series are there: never across the first or the last bar of
//! one, the first recorded session or the hold-out period. So each series ends every stretch at the
//! price that it has in truth.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use backtest::date::Date;
use backtest::market::{CorporateAction, PriceSeries};
use backtest::strategy::Alpha;
use statistics::random::{SplitMix64, mix_all};

use crate::batching::{Stop, compute};
use crate::error::SweepError;
use crate::folder::Sweep;
use crate::group_data::GroupData;
use crate::prices::Prices;
use crate::shard::Row;

/// What is kept together when days are shuffled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shuffle {
    /// Each session by itself.
    Days,
    /// Blocks of 21 sessions, in which the order stays.
    Blocks,
}

/// Sessions of a block.
const BLOCK: usize = 21;

impl Shuffle {
    /// Its name in file names.
    pub fn name(self) -> &'static str {
        match self {
            Shuffle::Days => "days",
            Shuffle::Blocks => "blocks",
        }
    }
}

/// A sweep in a world of its own: the same trials on shuffled prices.
#[derive(Debug)]
pub struct World(Sweep);

impl Sweep {
    /// A null world. It follows from the sweep's seed and the number of the world alone.
    ///
    /// * `recorded_from`: the first session that trials record; what is before it is shuffled by itself.
    ///
    /// `None` for prices that cannot be shuffled: a close that is missing or not above zero.
    pub fn world(&self, shuffle: Shuffle, number: u64, recorded_from: Date) -> Option<World> {
        let seed = self
            .plan
            .strategies
            .first()
            .and_then(|first| first.sweep.as_ref());
        let seed = seed.map_or(0, |sweep| sweep.seed);
        let holdout = self.trials.validation.holdout;
        let groups = self.prices.groups().iter().enumerate();
        let groups = groups.map(|(group, data)| {
            let counters = [seed, shuffle as u64, number, group as u64];
            let mut random = SplitMix64::new(mix_all(counters));
            let cuts = [Some(recorded_from), holdout];
            let prices = shuffled(
                &data.prices,
                shuffle,
                cuts.into_iter().flatten(),
                &mut random,
            )?;
            // What cash earns is no price, and stays where it is.
            let rates = data.rates.clone();
            Some(GroupData { prices, rates })
        });
        Some(World(Sweep {
            dir: self.dir().to_owned(),
            plan: self.plan.clone(),
            digest: self.digest,
            trials: self.trials.clone(),
            prices: Prices::new(groups.collect::<Option<_>>()?),
        }))
    }

    /// Whether this process can run all of its trials again.
    pub fn can_run(&self) -> bool {
        self.trials.models.is_some() || !self.asks_models()
    }

    /// How many decisions a trial makes: 0 for one that cannot be run.
    pub fn decisions_of(&self, trial: u64) -> u64 {
        let Ok(trial) = self.trial(trial) else {
            return 0;
        };
        if matches!(trial.file.strategy.alpha, Alpha::External(_)) {
            return u64::MAX;
        }
        let bound = trial.file.strategy.bind(&trial.market);
        bound.map_or(0, |backtest| backtest.decisions().len() as u64)
    }
}

impl World {
    /// The sweep on the prices of this world. Its folder is that of the true one.
    pub fn sweep(&self) -> &Sweep {
        &self.0
    }

    /// The rows of all trials, in the order of their numbers. `None` when `stop` was set meanwhile.
    ///
    /// # Errors
    ///
    /// Alpha models that this process cannot make.
    pub fn rows(&self, stop: &AtomicBool) -> Result<Option<Vec<Row>>, SweepError> {
        let (sweep, is_stopped) = (&self.0, || stop.load(Ordering::Relaxed));
        let numbers = 0..sweep.plan.numbers;
        match compute(
            &sweep.trials,
            &sweep.prices,
            numbers,
            &mut None,
            &is_stopped,
        ) {
            Ok(rows) => Ok(Some(rows)),
            Err(Stop::Interrupted) => Ok(None),
            Err(Stop::NoModels) => Err(SweepError::NoModels),
        }
    }
}

/// The same series with their rows in another order.
fn shuffled(
    series: &[PriceSeries],
    shuffle: Shuffle,
    cuts: impl Iterator<Item = Date>,
    random: &mut SplitMix64,
) -> Option<Vec<PriceSeries>> {
    let days: BTreeSet<Date> = series
        .iter()
        .flat_map(|one| one.dates.iter().copied())
        .collect();
    let days: Vec<Date> = days.into_iter().collect();
    let order = order(series, &days, shuffle, cuts, random);
    series
        .iter()
        .map(|one| rebuilt(one, &days, &order))
        .collect()
}

/// For each day the one whose row it gets.
fn order(
    series: &[PriceSeries],
    days: &[Date],
    shuffle: Shuffle,
    cuts: impl Iterator<Item = Date>,
    random: &mut SplitMix64,
) -> Vec<usize> {
    let place = |date: Date| days.partition_point(|day| *day < date);
    let mut edges: BTreeSet<usize> = cuts.map(place).collect();
    for one in series {
        if let (Some(first), Some(last)) = (one.dates.first(), one.dates.last()) {
            // The first bar of a series has none before it, and stays.
            edges.extend([place(*first), place(*first) + 1, place(*last) + 1]);
        }
    }
    edges.extend([0, days.len()]);
    let edges: Vec<usize> = edges
        .into_iter()
        .filter(|edge| *edge <= days.len())
        .collect();
    let mut order: Vec<usize> = Vec::with_capacity(days.len());
    for pair in edges.windows(2) {
        let (start, end) = (pair[0], pair[1]);
        let size = match shuffle {
            Shuffle::Days => 1,
            Shuffle::Blocks => BLOCK,
        };
        // Where blocks begin is drawn, too.
        let lead = random.below(size as u64) as usize;
        let mut blocks = Vec::new();
        let mut at = start;
        while at < end {
            let length = if at == start && lead > 0 { lead } else { size };
            let next = end.min(at + length);
            blocks.push(at..next);
            at = next;
        }
        for at in (1..blocks.len()).rev() {
            blocks.swap(at, random.below(at as u64 + 1) as usize);
        }
        order.extend(blocks.into_iter().flatten());
    }
    order
}

/// One series, whose day `i` gets the night and the day of day `order[i]`. Days without a bar move with
/// their row, and so do dividends and splits.
fn rebuilt(one: &PriceSeries, days: &[Date], order: &[usize]) -> Option<PriceSeries> {
    let is_price = |price: &f64| price.is_finite() && *price > 0.0;
    if !one.close.iter().all(is_price) {
        return None;
    }
    let mut bar_of = vec![None; days.len()];
    let mut at = 0;
    for (bar, date) in one.dates.iter().enumerate() {
        while days[at] < *date {
            at += 1;
        }
        bar_of[at] = Some(bar);
    }
    let mut made = PriceSeries {
        dates: Vec::with_capacity(one.dates.len()),
        open: Vec::with_capacity(one.dates.len()),
        close: Vec::with_capacity(one.dates.len()),
        actions: Vec::new(),
        symbol: one.symbol.clone(),
        // By day as they are: what a fee is charged on does not depend on the order of returns.
        real_shares: one.real_shares.clone(),
    };
    let actions = actions_by_bar(one);
    let mut last = None;
    for (day, from) in order.iter().enumerate() {
        let Some(bar) = bar_of[*from] else { continue };
        let before = bar.checked_sub(1).map(|before| one.close[before]);
        let factor: f64 = match (last, before) {
            (Some(last), Some(before)) => last / before,
            _ => 1.0,
        };
        let close = one.close[bar] * factor;
        made.dates.push(days[day]);
        made.open.push(one.open[bar] * factor);
        made.close.push(close);
        last = Some(close);
        made.actions
            .extend(actions.get(&bar).map(|action| CorporateAction {
                date: days[day],
                dividend: action.dividend * factor,
                ..*action
            }));
    }
    Some(made)
}

/// What happens to the shares at each bar: on its day, or on a day without a bar before it.
fn actions_by_bar(one: &PriceSeries) -> BTreeMap<usize, CorporateAction> {
    let mut by_bar: BTreeMap<usize, CorporateAction> = BTreeMap::new();
    for action in &one.actions {
        let bar = one.dates.partition_point(|date| *date < action.date);
        let together = match by_bar.get(&bar) {
            // The earlier dividend is of a share before the later split.
            Some(earlier) => CorporateAction {
                date: action.date,
                split: earlier.split * action.split,
                dividend: earlier.dividend / action.split + action.dividend,
            },
            None => *action,
        };
        by_bar.insert(bar, together);
    }
    by_bar
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: i32) -> Date {
        Date::from_epoch_days(n).expect("a small number is a day")
    }

    fn series(symbol: &str, first: i32, closes: &[f64]) -> PriceSeries {
        PriceSeries {
            symbol: symbol.to_owned(),
            dates: (first..).take(closes.len()).map(day).collect(),
            open: closes.iter().map(|close| close * 0.75).collect(),
            close: closes.to_vec(),
            ..PriceSeries::default()
        }
    }

    fn ratios(one: &PriceSeries) -> Vec<f64> {
        let mut ratios: Vec<f64> = one.close.windows(2).map(|pair| pair[1] / pair[0]).collect();
        ratios.sort_by(f64::total_cmp);
        ratios
    }

    /// Powers of two, so that every product is exact.
    fn both() -> Vec<PriceSeries> {
        let powers =
            |exponents: &[i32]| exponents.iter().map(|e| 2f64.powi(*e)).collect::<Vec<_>>();
        vec![
            series("A", 0, &powers(&[0, 1, 3, 2, 6, 5, 9, 8, 4, 6, 7, 3])),
            series("B", 4, &powers(&[2, 4, 3, 7, 6, 5, 9, 1])),
        ]
    }

    #[test]
    fn rows_move_as_a_whole_and_every_stretch_ends_at_its_price() {
        let original = both();
        for (shuffle, seed) in [(Shuffle::Days, 1), (Shuffle::Days, 2), (Shuffle::Blocks, 3)] {
            let mut random = SplitMix64::new(seed);
            let cuts = [day(8)].into_iter();
            let world = shuffled(&original, shuffle, cuts, &mut random).expect("they are prices");
            for (own, made) in original.iter().zip(&world) {
                assert_eq!(made.dates, own.dates);
                assert_eq!(ratios(made), ratios(own));
                // Before B begins, its first bar, up to the cut, and the end.
                for date in [day(3), day(4), day(7), day(11)] {
                    let price = |one: &PriceSeries| {
                        one.dates
                            .iter()
                            .position(|own| *own == date)
                            .map(|at| one.close[at])
                    };
                    assert_eq!(price(made), price(own));
                }
                let night = |one: &PriceSeries, at: usize| one.open[at] / one.close[at];
                assert!((0..made.close.len()).all(|at| night(made, at) == 0.75));
            }
            // What moved together still does.
            let pairs = |series: &[PriceSeries]| {
                let mut pairs: Vec<(u64, u64)> = (1..series[1].close.len())
                    .map(|at| {
                        let ratio =
                            |one: &PriceSeries, at: usize| one.close[at] / one.close[at - 1];
                        (
                            ratio(&series[0], at + 4).to_bits(),
                            ratio(&series[1], at).to_bits(),
                        )
                    })
                    .collect();
                pairs.sort_unstable();
                pairs
            };
            assert_eq!(pairs(&world), pairs(&original));
        }
    }

    /// A dividend is the same share of the price before it wherever its row goes, and a split the same split.
    #[test]
    fn dividends_and_splits_move_with_their_rows() {
        let mut original = both();
        let action = |at: i32, split, dividend| CorporateAction {
            date: day(at),
            split,
            dividend,
        };
        original[0].actions = vec![action(2, 1.0, 0.25), action(6, 2.0, 0.0)];
        let shown = |one: &PriceSeries| {
            let show = |action: &CorporateAction| {
                let at = one.dates.iter().position(|date| *date == action.date);
                let at = at.expect("it has a bar");
                let ratio = one.close[at] / one.close[at - 1];
                (action.split, action.dividend / one.close[at - 1], ratio)
            };
            let mut shown: Vec<_> = one.actions.iter().map(show).collect();
            shown.sort_by(|a, b| a.0.total_cmp(&b.0));
            shown
        };
        let mut dates = BTreeSet::new();
        for seed in 1..20 {
            let mut random = SplitMix64::new(seed);
            let none = std::iter::empty();
            let world = shuffled(&original, Shuffle::Days, none, &mut random).expect("prices");
            assert_eq!(shown(&world[0]), shown(&original[0]));
            dates.extend(world[0].actions.iter().map(|action| action.date));
        }
        assert!(dates.len() > 4, "{dates:?}");
    }

    #[test]
    fn a_seed_gives_one_world_and_another_gives_another() {
        let world = |seed| {
            let mut random = SplitMix64::new(seed);
            shuffled(&both(), Shuffle::Days, std::iter::empty(), &mut random)
        };
        assert_eq!(world(1), world(1));
        assert_ne!(world(1), world(2));
    }

    #[test]
    fn prices_that_are_no_prices_have_no_world() {
        let broken = vec![series("A", 0, &[1.0, 0.0, 2.0])];
        let mut random = SplitMix64::new(1);
        assert_eq!(
            shuffled(&broken, Shuffle::Days, std::iter::empty(), &mut random),
            None
        );
    }
}
