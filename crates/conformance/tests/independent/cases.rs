//! Random markets and strategies, each from a seed.

use backtest::conventions as switches;
use backtest::conventions::Conventions;
use backtest::date::{Date, Moment, Spell, Weekday};
use backtest::market::{CorporateAction, Observations, PriceSeries, RealShares};
use backtest::strategy::{
    Alpha, Cash, CashFlow, Costs, Delisted, Every, Fees, Indexation, Members, Optimiser, Rate,
    RiskFreeRate, RiskModel, Schedule, SessionsPerYear, Sizing, Strategy, Trade, Universe,
};
use backtest::{alpha, costs, optimiser, risk, schedule, sizing};
use statistics::random::SplitMix64;

struct Random(SplitMix64);

impl Random {
    fn chance(&mut self, probability: f64) -> bool {
        self.0.uniform() < probability
    }

    fn from(&mut self, low: u32, high: u32) -> u32 {
        low + self.0.below(u64::from(high - low + 1)) as u32
    }

    fn of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.0.below(values.len() as u64) as usize]
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.0.uniform()
    }
}

/// A case: prices, and a strategy over them.
pub(crate) fn case(seed: u64) -> (Vec<PriceSeries>, Strategy) {
    let random = &mut Random(SplitMix64::new(seed));
    // Of its own, so that the prices and strategies of a seed stay those that they are.
    let of_shares = &mut Random(SplitMix64::new(!seed));
    let first = Date::new(2019, 1, 1)
        .unwrap()
        .plus_days(random.from(0, 400) as i32);
    let calendar_days = random.from(60, 330) as i32;
    let n = random.from(1, 6) as usize;
    let gaps = random.of(&[0.0, 0.02, 0.3]);
    let missing = random.of(&[0.0, 0.02, 0.2]);
    let unsettled = random.of(&[0.01, 0.03, 0.12]);
    let mut symbols = ["MM", "A", "ZED", "KA", "B", "QUE"][..n].to_vec();
    if random.chance(0.5) {
        symbols.reverse();
    }
    let mut series = Vec::new();
    let mut enters = Vec::new();
    let mut leaves = Vec::new();
    let mut delisted = Delisted::Error;
    for symbol in &symbols {
        let every_day = random.chance(0.1);
        let begins = if random.chance(0.15) {
            random.from(1, 60) as i32
        } else {
            0
        };
        let ends = if random.chance(0.15) {
            calendar_days - random.from(1, 50) as i32
        } else {
            calendar_days
        };
        let mut price = random.of(&[3.0, 40.0, 900.0]);
        let mut one = PriceSeries {
            symbol: (*symbol).to_owned(),
            ..PriceSeries::default()
        };
        for day in begins..=ends.max(begins + 1) {
            let date = first.plus_days(day);
            let first_bar = one.dates.is_empty();
            if !first_bar && ((!every_day && !date.is_weekday()) || random.chance(gaps)) {
                continue;
            }
            let open = price * (unsettled * random.0.normal()).exp();
            price = open * (unsettled * random.0.normal()).exp();
            let what = random.0.uniform();
            one.dates.push(date);
            one.open.push(if what < missing && !first_bar {
                f64::NAN
            } else {
                open
            });
            let no_close = (missing..missing * 1.2).contains(&what);
            one.close.push(if no_close { f64::NAN } else { price });
        }
        one.real_shares = match of_shares.from(0, 5) {
            0 => RealShares::Unknown,
            1..=2 => {
                let day = |_: &Date| of_shares.of(&[1.0, 0.5, 0.031, f64::NAN]);
                RealShares::ByDay(one.dates.iter().map(day).collect())
            }
            _ => RealShares::Same,
        };
        act(&mut one, of_shares);
        series.push(one);
        let day = |random: &mut Random| {
            let day = first.plus_days(random.from(0, calendar_days as u32) as i32);
            day.at_second(0)
        };
        let may_be_refused = random.chance(0.05);
        if begins > 0 || (n > 1 && random.chance(0.1)) {
            enters.push(((*symbol).to_owned(), day(random)));
        }
        let enters_late = enters.iter().any(|(entered, _)| entered == symbol);
        if !enters_late && random.chance(0.12) {
            leaves.push(((*symbol).to_owned(), day(random)));
        } else if ends < calendar_days && !may_be_refused {
            delisted = random.of(&[
                Delisted::LastClose,
                Delisted::Worthless,
                Delisted::Return(-0.3),
            ]);
        }
    }
    // The strategy may name less than there is, in an order of its own.
    let mut assets: Vec<String> = symbols.iter().map(|symbol| (*symbol).to_owned()).collect();
    let place = random.0.below(n as u64) as usize;
    assets.rotate_left(place);
    if n > 2 && random.chance(0.3) {
        let gone = assets.remove(0);
        enters.retain(|(symbol, _)| *symbol != gone);
        leaves.retain(|(symbol, _)| *symbol != gone);
    }

    let long_short = random.chance(0.4);
    let weights = |random: &mut Random| {
        let mut weights: Vec<(String, f64)> = Vec::new();
        for symbol in &assets {
            if weights.is_empty() || random.chance(0.7) {
                let low = if long_short { -0.6 } else { 0.0 };
                weights.push((symbol.clone(), random.between(low, 0.6)));
            }
        }
        weights
    };
    let lookback = random.of(&[1, 2, 5, 12, 21]);
    let alpha = match random.from(0, 8) {
        0 => Alpha::FixedWeights(alpha::FixedWeights {
            weights: weights(random),
        }),
        1 => Alpha::EqualWeight,
        2 => Alpha::SingleSignal(alpha::SingleSignal {
            signal: random.of(&[1.0, 0.2, if long_short { -0.4 } else { 0.7 }]),
        }),
        3 => Alpha::TopNMomentum(alpha::TopNMomentum {
            lookback,
            top_n: random.from(1, 4),
        }),
        4 if long_short || random.chance(0.3) => {
            Alpha::MomentumWeighted(alpha::MomentumWeighted { lookback })
        }
        5 if long_short => Alpha::LongShortMomentum(alpha::LongShortMomentum {
            lookback,
            top_n: random.from(1, 3),
            bottom_n: random.from(1, 3),
        }),
        6 => Alpha::InverseVolatility(alpha::InverseVolatility { lookback }),
        7 => Alpha::ScheduledWeights(alpha::ScheduledWeights::new((0..3).map(|row| {
            let from = first.plus_days(row * calendar_days / 3 + 9).at_second(0);
            (from, weights(random))
        }))),
        _ => {
            let fast = random.from(1, 9);
            Alpha::SmaCrossover(alpha::SmaCrossover {
                fast,
                slow: fast + random.from(1, 14),
                short: long_short,
            })
        }
    };
    let sizing = if long_short {
        Sizing::LongShort(sizing::LongShort {
            gross_leverage: random.of(&[0.5, 1.0, 1.5, 6.0]),
        })
    } else {
        Sizing::LongOnly(sizing::LongOnly {
            cash_buffer: random.of(&[0.0, 0.01, 0.05]),
        })
    };
    let schedule = match random.from(0, 4) {
        0 => Schedule::BuyAndHold,
        1 => Schedule::Daily,
        2 => Schedule::Weekly(schedule::Weekly {
            weekday: random.of(&[Weekday::Mon, Weekday::Wed, Weekday::Fri, Weekday::Sun]),
        }),
        3 => Schedule::EndOfMonth,
        _ => Schedule::EndOfQuarter,
    };
    let costs = Costs {
        fees: match random.from(0, 2) {
            0 => Fees::Zero,
            1 => Fees::Percent(costs::Percent {
                commission: random.of(&[0.0, 0.001]),
                tax: random.of(&[0.0, 0.002]),
            }),
            _ => Fees::PerShare(costs::PerShare {
                per_share: random.of(&[0.0, 0.01, 0.2]),
                minimum: random.of(&[0.0, 1.0, 15.0]),
            }),
        },
        slippage_bps: random.of(&[0.0, 3.0, 20.0]),
        half_spread_bps: random.of(&[0.0, 0.0, 2.5]),
    };
    let risk = match random.from(0, 8) {
        0 => Some(RiskModel::Cap(risk::Cap { max_weight: 0.3 })),
        1 => Some(RiskModel::Scale(risk::Scale { factor: 0.7 })),
        2 => Some(RiskModel::Floor(risk::Floor { min_weight: 0.15 })),
        _ => None,
    };
    let optimiser = if random.chance(0.2) {
        Optimiser::EqualWeight(optimiser::EqualWeight {
            scale: random.of(&[1.0, 0.8, 1.4]),
        })
    } else {
        Optimiser::FixedWeight
    };
    let mut start = first.plus_days(random.of(&[0, 0, 3, 20]));
    // Most often a day with a bar.
    for _ in 0..random.of(&[0, 7, 7]) {
        if !series.iter().any(|one| one.dates.contains(&start)) {
            start = start.plus_days(1);
        }
    }
    let start = random.of(&[
        start.open(),
        start.open(),
        start.open(),
        start.at_second(0),
        start.at_second(57_600),
        start.close(),
    ]);
    let end = first.plus_days(calendar_days - random.of(&[0, 0, 2, 15]));
    let burn_in = random
        .chance(0.3)
        .then(|| start.date().plus_days(random.from(0, 35) as i32).open());
    let mut conventions = conventions(random);
    if of_shares.chance(0.2) {
        conventions.fee_shares = switches::FeeShares::AsPriced;
    }
    if of_shares.chance(0.1) {
        conventions.corporate_actions = switches::CorporateActions::Ignored;
    }
    if of_shares.chance(0.3) {
        conventions.signal_history = switches::SignalHistory::Membership;
    }
    let strategy = Strategy {
        conventions,
        initial_cash: random.of(&[700.0, 20_000.0, 1_000_000.0]),
        burn_in,
        sessions_per_year: SessionsPerYear::Number(random.of(&[252.0, 365.0])),
        universe: Universe {
            assets,
            enters,
            leaves,
            delisted,
            ..Universe::default()
        },
        alpha,
        risk,
        optimiser,
        sizing,
        schedule,
        trade: random.of(&[Trade::Always, Trade::Always, Trade::OnChange]),
        costs,
        ..Strategy::new("case", start, end.at_second(86_399))
    };
    (series, strategy)
}

/// Gives some cases a list of members, with one that is there from the start.
pub(crate) fn members(seed: u64, strategy: &mut Strategy) {
    let random = &mut Random(SplitMix64::new(seed ^ 0x3e_3b_e4));
    if !random.chance(0.3) {
        return;
    }
    let universe = &mut strategy.universe;
    let (first, last) = (strategy.start.date(), strategy.end.date());
    let days = (last.epoch_days() - first.epoch_days()) as u32;
    let day = |random: &mut Random| first.plus_days(random.from(0, days) as i32).at_second(0);
    let date_in = |table: &[(String, Moment)], symbol: &str| {
        let entry = table.iter().find(|(name, _)| name == symbol);
        entry.map(|(_, moment)| *moment)
    };
    let mut members: Vec<(String, Vec<Spell>)> = Vec::new();
    for symbol in &universe.assets {
        let from = date_in(&universe.enters, symbol);
        let to = date_in(&universe.leaves, symbol);
        let mut spells = vec![Spell {
            from: from.unwrap_or(first.plus_days(-400).at_second(0)),
            to,
        }];
        if to.is_none_or(|to| to <= spells[0].from) || members.is_empty() {
            spells[0].to = None;
        }
        if members.is_empty() {
            spells[0].from = first.plus_days(-3).at_second(0);
        } else if random.chance(0.5) {
            // Leaving and coming back.
            let mut dates = [day(random), day(random), day(random)];
            dates.sort();
            let [left, back, gone] = dates;
            let from = spells[0].from;
            if from < left && left < back {
                let to = (back < gone && random.chance(0.5)).then_some(gone);
                spells = vec![
                    Spell {
                        from,
                        to: Some(left),
                    },
                    Spell { from: back, to },
                ];
            }
        }
        members.push((symbol.clone(), spells));
    }
    // Whoever has left long before.
    members.push((
        "OLD".to_owned(),
        vec![Spell {
            from: first.plus_days(-900).at_second(0),
            to: Some(first.plus_days(-800).at_second(0)),
        }],
    ));
    universe.members = Some(Members::new(members));
    universe.enters.clear();
    universe.leaves.clear();
    let names_assets = matches!(
        strategy.alpha,
        Alpha::FixedWeights(_) | Alpha::ScheduledWeights(_)
    );
    if !names_assets && random.chance(0.7) {
        universe.assets.clear();
    }
}

/// What money costs in a case: changes the strategy, and adds the fund whose return cash may earn.
pub(crate) fn money(
    seed: u64,
    series: &mut Vec<PriceSeries>,
    strategy: &mut Strategy,
) -> Vec<Observations> {
    let random = &mut Random(SplitMix64::new(seed ^ 0x0c_a5_4b));
    let first = series.iter().map(|one| one.dates[0]).min().unwrap();
    let last = series
        .iter()
        .map(|one| one.dates[one.dates.len() - 1])
        .max()
        .unwrap();
    let mut rates = Observations {
        name: "TB".to_owned(),
        ..Observations::default()
    };
    let mut fund = PriceSeries {
        symbol: "FUND".to_owned(),
        ..PriceSeries::default()
    };
    let mut price = 90.0;
    for day in -9..=last.epoch_days() - first.epoch_days() {
        let date = first.plus_days(day);
        if day == -9 || random.chance(0.4) {
            rates.dates.push(date);
            rates.values.push(random.between(-0.8, 9.0));
        }
        let open = price * (1.0 + random.between(-0.0002, 0.0004));
        price = open * (1.0 + random.between(-0.0002, 0.0004));
        if day == -9 || (date.is_weekday() && random.chance(0.95)) {
            fund.dates.push(date);
            fund.open
                .push(if random.chance(0.9) { open } else { f64::NAN });
            fund.close
                .push(if random.chance(0.9) { price } else { f64::NAN });
        }
    }
    // The first bar has a price.
    fund.close[0] = price;
    act(&mut fund, &mut Random(SplitMix64::new(!seed ^ 0x0c_a5_4b)));
    if random.chance(0.6) {
        strategy.cash = Some(Cash {
            rate: match random.from(0, 2) {
                0 => Rate::Number(random.between(-0.02, 0.2)),
                1 => Rate::series("TB"),
                _ => Rate::symbol("FUND"),
            },
            margin_spread: random.of(&[0.0, 0.015, 0.3]),
            short_fee: random.of(&[0.0, 0.005, 0.4]),
        });
    }
    strategy.risk_free = match random.from(0, 4) {
        0 => Some(RiskFreeRate::Number(0.02)),
        1 => Some(RiskFreeRate::series("TB")),
        2 if strategy.cash.is_some() => Some(RiskFreeRate::Cash),
        _ => None,
    };
    series.push(fund);
    let index = Observations {
        name: "CPI".to_owned(),
        dates: rates.dates.clone(),
        values: (rates.dates.iter())
            .map(|_| random.between(90.0, 140.0))
            .collect(),
    };
    if random.chance(0.4) {
        let scale = strategy.initial_cash;
        for _ in 0..random.from(1, 3) {
            strategy.cash_flows.push(flow(random, scale, first, last));
        }
    }
    vec![rates, index]
}

/// Money paid in or withdrawn.
fn flow(random: &mut Random, scale: f64, first: Date, last: Date) -> CashFlow {
    let days = (last.epoch_days() - first.epoch_days()) as u32;
    let mut day = || first.plus_days(random.from(0, days) as i32).at_second(0);
    let (once, from, until) = (day(), day(), day());
    let mut flow = CashFlow::default();
    if random.chance(0.3) {
        flow.date = Some(once);
    } else {
        flow.every = Some(random.of(&[Every::Week, Every::Month, Every::Month, Every::Quarter]));
        flow.from = random.chance(0.3).then_some(from);
        flow.until = (random.chance(0.3) && from <= until).then_some(until);
    }
    if random.chance(0.3) {
        flow.percent = Some(random.between(-8.0, 8.0));
    } else {
        let share = random.of(&[-2.0, -0.05, -0.01, 0.01, 0.1]);
        flow.amount = Some(scale * share * random.between(0.5, 1.0));
        flow.indexed = match random.from(0, 3) {
            0 => Some(Indexation::Rate(random.between(-0.1, 0.3))),
            1 => Some(Indexation::series("CPI")),
            _ => None,
        };
    }
    flow
}

/// Gives a series dividends and splits, at which its prices fall. Some are of days without a bar.
fn act(series: &mut PriceSeries, random: &mut Random) {
    let often = random.of(&[0.0, 0.02, 0.1]);
    for bar in 1..series.dates.len() {
        if !random.chance(often) {
            continue;
        }
        let earlier = (0..bar).rev();
        let mut prices = earlier.flat_map(|bar| [series.close[bar], series.open[bar]]);
        let Some(before) = prices.find(|price| !price.is_nan()) else {
            continue;
        };
        let split = random.of(&[1.0, 1.0, 1.0, 2.0, 1.5, 0.25, 1.05]);
        let dividend = before / split * random.of(&[0.0, 0.01, 0.002, 0.3]);
        let days = (series.dates[bar].epoch_days() - series.dates[bar - 1].epoch_days()) as u32;
        series.actions.push(CorporateAction {
            date: series.dates[bar - 1].plus_days(random.from(1, days) as i32),
            split,
            dividend,
        });
        let factor = (before / split - dividend) / before;
        for later in bar..series.dates.len() {
            series.open[later] *= factor;
            series.close[later] *= factor;
        }
    }
}

/// The standard ones, each switch of the account turned with a probability of its own.
fn conventions(random: &mut Random) -> Conventions {
    let mut conventions = Conventions::STANDARD;
    let turned = random.of(&[0.0, 0.15, 0.5]);
    let mut turn = || random.chance(turned);
    if turn() {
        conventions.fill = switches::FillTime::SameClose;
    }
    if turn() {
        conventions.shares = switches::Shares::Fractional;
    }
    if turn() {
        conventions.cash = switches::CashRule::AllowNegative;
    }
    if turn() {
        conventions.cash = switches::CashRule::Reject;
    }
    if turn() {
        conventions.entry = switches::Entry::Cross;
    }
    if turn() {
        conventions.weight_scaling = switches::WeightScaling::Always;
    }
    if turn() {
        conventions.long_short_rounding = switches::LongShortRounding::MoneyThenShares;
    }
    if turn() {
        conventions.fee_reserve = switches::FeeReserve::TargetValue;
    }
    if turn() {
        conventions.fee_basis = switches::FeeBasis::WholeUnits;
    }
    if turn() {
        conventions.risk_model = switches::RiskModelUse::Ignored;
    }
    if turn() {
        conventions.outside_universe = switches::OutsideUniverse::Traded;
    }
    if turn() {
        conventions.momentum = switches::MomentumArithmetic::Compounded;
    }
    if turn() {
        conventions.fill_bars = switches::FillBars::FilledForward;
    }
    if turn() {
        conventions.signal_bars = switches::SignalBars::Sessions;
    }
    if turn() {
        conventions.warm_up = switches::WarmUp::Closes;
    }
    if turn() {
        conventions.after_last_bar = switches::AfterLastBar::Traded;
    }
    if turn() {
        conventions.ruin = switches::Ruin::TradedOn;
    }
    if turn() {
        conventions.fractional_buys = switches::FractionalBuys::CashOnly;
    }
    conventions
}
