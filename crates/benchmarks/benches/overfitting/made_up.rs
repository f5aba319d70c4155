//! Made-up markets, and sweeps on them, with a known skill or none.

use statistics::random::SplitMix64;

/// The returns of a sweep's trials and of its yardsticks, session by session.
pub(crate) struct Made {
    pub(crate) trials: Vec<Vec<f64>>,
    pub(crate) yardsticks: Vec<Vec<f64>>,
}

const TRIALS: usize = 72;
const ASSETS: usize = 9;
const BURN_IN: usize = 252;

/// Sessions between two decisions.
const MONTH: usize = 21;

/// Sessions before the first decision of a crossover.
pub(crate) const LONGEST: usize = 272;

/// A value with the tails of Student's distribution with five degrees of freedom, of variance 1.
fn tailed(random: &mut SplitMix64) -> f64 {
    let squares: f64 = (0..5)
        .map(|_| random.normal())
        .map(|value| value * value)
        .sum();
    random.normal() / (squares / 5.0).sqrt() * 0.6f64.sqrt()
}

fn uniform(random: &mut SplitMix64, from: f64, to: f64) -> f64 {
    from + (to - from) * random.uniform()
}

/// Returns of a price whose Sharpe ratio is 0.5 a year.
pub(crate) fn drift(random: &mut SplitMix64, n: usize) -> Vec<f64> {
    let mean = 0.5 / 252f64.sqrt() * 0.01;
    (0..n).map(|_| mean + 0.01 * tailed(random)).collect()
}

/// Returns of nine assets, session by session, and of the factor that they share.
///
/// * `skill`: the correlation of an asset's own return of the next month with that of the last 126
///   sessions, standardised over assets.
fn market(random: &mut SplitMix64, n: usize, skill: f64) -> (Vec<[f64; ASSETS]>, Vec<f64>) {
    let factor = drift(random, n);
    let betas: [f64; ASSETS] = std::array::from_fn(|_| uniform(random, 0.5, 1.5));
    let deviations: [f64; ASSETS] = std::array::from_fn(|_| uniform(random, 0.007, 0.013));
    let mut own: Vec<[f64; ASSETS]> = (0..n)
        .map(|_| deviations.map(|deviation| deviation * tailed(random)))
        .collect();
    if skill > 0.0 {
        for month in (BURN_IN..n).step_by(MONTH) {
            let past: [f64; ASSETS] = std::array::from_fn(|asset| {
                let sum: f64 = own[month - 126..month].iter().map(|row| row[asset]).sum();
                sum / deviations[asset]
            });
            let mean = past.iter().sum::<f64>() / ASSETS as f64;
            let squares = past.iter().map(|value| (value - mean) * (value - mean));
            let spread = (squares.sum::<f64>() / ASSETS as f64).sqrt();
            for row in own[month..].iter_mut().take(MONTH) {
                for asset in 0..ASSETS {
                    let z = (past[asset] - mean) / spread;
                    row[asset] += skill * z * deviations[asset] / (MONTH as f64).sqrt();
                }
            }
        }
    }
    let rows = own.iter().zip(&factor);
    let rows = rows.map(|(own, factor)| std::array::from_fn(|a| betas[a] * factor + own[a]));
    (rows.collect(), factor)
}

/// Returns after the first decision of a portfolio that is brought to weights every month.
///
/// * `weights`: of each decision, from session [`BURN_IN`] on.
/// * `cost`: of what is traded.
fn portfolio(market: &[[f64; ASSETS]], weights: &[[f64; ASSETS]], cost: f64) -> Vec<f64> {
    let (mut held, mut cash) = ([0.0; ASSETS], 1.0);
    let (mut before, mut returns) = (1.0, Vec::new());
    for (session, row) in market.iter().enumerate().skip(BURN_IN) {
        if session > BURN_IN {
            for (held, value) in held.iter_mut().zip(row) {
                *held *= 1.0 + value;
            }
        }
        let mut value = cash + held.iter().sum::<f64>();
        let since = session - BURN_IN;
        if let Some(wanted) = weights
            .get(since / MONTH)
            .filter(|_| since.is_multiple_of(MONTH))
        {
            let traded: f64 = (wanted.iter().zip(&held))
                .map(|(weight, held)| (weight * value - held).abs())
                .sum();
            value -= cost * traded;
            held = wanted.map(|weight| weight * value);
            cash = value - held.iter().sum::<f64>();
        }
        if session > BURN_IN {
            returns.push(value / before - 1.0);
        }
        before = value;
    }
    returns
}

fn decisions(n: usize) -> impl Iterator<Item = usize> {
    (BURN_IN..n - 1).step_by(MONTH)
}

fn with_yardsticks(
    market: &[[f64; ASSETS]],
    factor: &[f64],
    trials: Vec<Vec<f64>>,
    cost: f64,
) -> Made {
    let equal = vec![[1.0 / ASSETS as f64; ASSETS]; decisions(market.len()).count()];
    Made {
        trials,
        yardsticks: vec![
            factor[BURN_IN + 1..].to_vec(),
            portfolio(market, &equal, cost),
        ],
    }
}

/// Months in the best assets of the last months: 12 lookbacks, 6 numbers of assets.
pub(crate) fn momentum(random: &mut SplitMix64, n: usize, skill: f64, cost: f64) -> Made {
    let (market, factor) = market(random, n + BURN_IN + 1, skill);
    let mut levels = vec![[0.0; ASSETS]];
    for row in &market {
        let last = levels[levels.len() - 1];
        levels.push(std::array::from_fn(|asset| last[asset] + row[asset]));
    }
    let mut trials = Vec::new();
    for lookback in (1..=12).map(|months| months * MONTH) {
        let orders: Vec<Vec<usize>> = decisions(market.len())
            .map(|at| {
                let gain = |asset: usize| levels[at + 1][asset] - levels[at + 1 - lookback][asset];
                let mut order: Vec<usize> = (0..ASSETS).collect();
                order.sort_by(|a, b| gain(*b).total_cmp(&gain(*a)));
                order
            })
            .collect();
        for top in 1..=6 {
            let weights: Vec<[f64; ASSETS]> = (orders.iter())
                .map(|order| {
                    let mut weights = [0.0; ASSETS];
                    for asset in &order[..top] {
                        weights[*asset] = 1.0 / top as f64;
                    }
                    weights
                })
                .collect();
            trials.push(portfolio(&market, &weights, cost));
        }
    }
    with_yardsticks(&market, &factor, trials, cost)
}

/// Months in three assets drawn at random, without costs.
pub(crate) fn dice(random: &mut SplitMix64, n: usize) -> Made {
    let (market, factor) = market(random, n + BURN_IN + 1, 0.0);
    let mut trials = Vec::new();
    for _ in 0..TRIALS {
        let weights: Vec<[f64; ASSETS]> = decisions(market.len())
            .map(|_| {
                let mut weights = [0.0; ASSETS];
                let mut drawn = 0;
                while drawn < 3 {
                    let asset = random.below(ASSETS as u64) as usize;
                    drawn += u32::from(weights[asset] == 0.0);
                    weights[asset] = 1.0 / 3.0;
                }
                weights
            })
            .collect();
        trials.push(portfolio(&market, &weights, 0.0));
    }
    with_yardsticks(&market, &factor, trials, 0.0)
}

/// Long while the fast average is above the slow one, in cash otherwise.
///
/// * `places`: fast and slow lengths.
pub(crate) fn crossovers_of(price: &[f64], places: &[(usize, usize)], cost: f64) -> Made {
    let (mut level, mut sum) = (0.0, 0.0);
    let mut sums = vec![0.0];
    for value in price {
        level += value;
        sum += level;
        sums.push(sum);
    }
    let average = |end: usize, length: usize| (sums[end] - sums[end - length]) / length as f64;
    let trial = |(fast, slow): &(usize, usize)| {
        let mut before = 0.0;
        (LONGEST..price.len())
            .map(|session| {
                // Decided on the levels up to the session before.
                let is_up = average(session, *fast) > average(session, *slow);
                let position = if is_up { 1.0 } else { 0.0 };
                let traded: f64 = position - before;
                before = position;
                position * price[session] - cost * traded.abs()
            })
            .collect()
    };
    Made {
        trials: places.iter().map(trial).collect(),
        yardsticks: vec![price[LONGEST..].to_vec()],
    }
}

/// 73 crossovers of a price with drift.
///
/// * `skill`: what a session brings more while the price is above its level 100 sessions before, and less
///   while it is below, in standard deviations.
pub(crate) fn crossovers(random: &mut SplitMix64, n: usize, skill: f64, cost: f64) -> Made {
    let mut price = drift(random, n + LONGEST);
    let mut levels = vec![0.0];
    for at in 0..price.len() {
        if skill > 0.0 && at >= 100 {
            let is_up = levels[at] > levels[at - 100];
            price[at] += if is_up { 0.01 * skill } else { -0.01 * skill };
        }
        levels.push(levels[at] + price[at]);
    }
    let slow = [20, 35, 50, 75, 100, 125, 150, 175, 200, 250];
    let places: Vec<(usize, usize)> = ([2, 5, 10, 15, 20, 30, 40, 50].into_iter())
        .flat_map(|fast| slow.into_iter().map(move |slow| (fast, slow)))
        .filter(|(fast, slow)| fast < slow)
        .collect();
    crossovers_of(&price, &places, cost)
}

/// A price with drift, 5 to 95 % of it in cash, brought back every month.
pub(crate) fn cash_buffers(random: &mut SplitMix64, n: usize) -> Made {
    let price = drift(random, n);
    let trial = |share: f64| {
        let mut held = share;
        (price.iter().enumerate())
            .map(|(session, value)| {
                if session.is_multiple_of(MONTH) {
                    held = share;
                }
                // The cash does not move: the share of the price drifts within the month.
                let earned = held * value;
                held = held * (1.0 + value) / (1.0 + earned);
                earned
            })
            .collect()
    };
    Made {
        trials: (1..20)
            .map(|twentieths| trial(f64::from(twentieths) / 20.0))
            .collect(),
        yardsticks: vec![price.clone()],
    }
}

/// Trials that follow a market, each with its beta, and have residuals without skill.
pub(crate) fn around_market(
    random: &mut SplitMix64,
    n: usize,
    residuals: fn(&mut SplitMix64, usize) -> Vec<Vec<f64>>,
) -> Made {
    let market = drift(random, n);
    let trials = residuals(random, n);
    let trials = trials.into_iter().map(|own| {
        let beta = uniform(random, 0.5, 1.2);
        let pairs = market.iter().zip(own);
        pairs
            .map(|(market, own)| beta * market + 0.006 * own)
            .collect()
    });
    let trials = trials.collect();
    let other = market.iter().map(|value| value + 0.002 * random.normal());
    Made {
        trials,
        yardsticks: vec![market.clone(), other.collect()],
    }
}

/// Independent of each other.
pub(crate) fn noise(random: &mut SplitMix64, n: usize) -> Vec<Vec<f64>> {
    (0..TRIALS)
        .map(|_| (0..n).map(|_| tailed(random)).collect())
        .collect()
}

/// Each return is `rho` times the one before and something new, half of which all trials share.
pub(crate) fn autocorrelated(random: &mut SplitMix64, n: usize, rho: f64) -> Vec<Vec<f64>> {
    const BEFORE: usize = 200;
    let shared: Vec<f64> = (0..n + BEFORE).map(|_| random.normal()).collect();
    let (half, fresh) = (0.5f64.sqrt(), (1.0 - rho * rho).sqrt());
    (0..TRIALS)
        .map(|_| {
            let mut last = 0.0;
            let all: Vec<f64> = (shared.iter())
                .map(|shared| {
                    last = rho * last + fresh * half * (shared + random.normal());
                    last
                })
                .collect();
            all[BEFORE..].to_vec()
        })
        .collect()
}

/// A small gain on most days, and a loss of twenty standard deviations on one in `every`, on the same
/// days in all trials; zero on average.
pub(crate) fn crashes(random: &mut SplitMix64, n: usize, every: f64) -> Vec<Vec<f64>> {
    const LOSS: f64 = 20.0;
    let days: Vec<bool> = (0..n).map(|_| random.uniform() < 1.0 / every).collect();
    (0..TRIALS)
        .map(|_| {
            let day = |crash: &bool| {
                let loss = if *crash { -LOSS } else { 0.0 };
                random.normal() + LOSS / every + loss
            };
            days.iter().map(day).collect()
        })
        .collect()
}
