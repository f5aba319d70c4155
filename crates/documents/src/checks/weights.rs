//! Weights that are not traded as they were named.

use backtest::alpha::Weigh;
use backtest::conventions::{Shares, WeightScaling};
use backtest::market::AssetId;
use backtest::outcome::{Allocation, Outcome};
use backtest::strategy::{Alpha, Optimiser, Sizing, Strategy};

use crate::run::Run;
use crate::warning::Warning;

/// Weights above this may be meant in per cent.
const HIGH_WEIGHT: f64 = 1.5;

/// How far a sum of weights may exceed one by rounding.
const ROUNDING: f64 = 1e-9;

/// Weights that are too high, by themselves or together.
pub(super) fn of(run: &Run<'_>) -> Vec<Warning> {
    let (strategy, market) = (run.strategy, run.market());
    let mut warnings = Vec::new();
    let sides = [(false, Some(run.outcome)), (true, run.benchmark)];
    for (is_benchmark, outcome) in sides {
        let Some(outcome) = outcome else { continue };
        if !is_benchmark && names_proportions(strategy) {
            continue;
        }
        let weights = outcome.allocations.iter().flat_map(|one| one.weights);
        let highest = weights
            .copied()
            .filter(|(_, weight)| *weight > HIGH_WEIGHT)
            .reduce(|highest, next| if next.1 > highest.1 { next } else { highest });
        if let Some((asset, weight)) = highest {
            warnings.push(Warning::HighWeight {
                is_benchmark,
                symbol: market.symbol(asset).to_owned(),
                weight,
            });
        }
        let is_long_only = is_benchmark || !strategy.sizing.allows_shorts();
        if is_long_only && strategy.conventions.weight_scaling == WeightScaling::AboveOne {
            warnings.extend(scaled_down(run, outcome, is_benchmark));
        }
    }
    warnings
}

/// Whether the weights are raw signals, made to be scaled.
fn names_proportions(strategy: &Strategy) -> bool {
    let is_raw = match &strategy.alpha {
        Alpha::InverseVolatility(_) | Alpha::MomentumWeighted(_) => true,
        Alpha::Rules(rules) => rules.weigh == Weigh::Raw,
        _ => false,
    };
    is_raw && strategy.optimiser == Optimiser::FixedWeight
}

fn scaled_down(run: &Run<'_>, outcome: &Outcome, is_benchmark: bool) -> Option<Warning> {
    let sum = |one: &Allocation<'_>| one.weights.iter().map(|(_, weight)| weight).sum::<f64>();
    let above = |one: &Allocation<'_>| sum(one) > 1.0 + ROUNDING;
    let mut scaled = outcome.allocations.iter().filter(above);
    let first = scaled.next()?;
    let (n_scaled, sum) = scaled.fold((1, sum(&first)), |(n, most), one| {
        (n + 1, most.max(sum(&one)))
    });
    Some(Warning::ScaledDown {
        is_benchmark,
        sum,
        n_scaled,
        n_decisions: outcome.allocations.len(),
        first: run.market().date(first.mark.session),
    })
}

/// When the strategy's cash buffer leaves nothing to buy with.
pub(super) fn buffer_leaves_nothing(run: &Run<'_>) -> Option<Warning> {
    match run.strategy.sizing {
        Sizing::LongOnly(long_only) => buffer(run, run.outcome, long_only.cash_buffer, false),
        _ => None,
    }
}

/// When the benchmark's cash buffer leaves nothing to buy with.
pub(super) fn benchmark_buys_nothing(run: &Run<'_>) -> Option<Warning> {
    let cash_buffer = run.strategy.benchmark.as_ref()?.cash_buffer;
    buffer(run, run.benchmark?, cash_buffer, true)
}

/// When nothing was bought, and would have been without the buffer.
fn buffer(
    run: &Run<'_>,
    outcome: &Outcome,
    cash_buffer: f64,
    is_benchmark: bool,
) -> Option<Warning> {
    let is_whole = run.strategy.conventions.shares == Shares::Whole;
    let pays = |one: Allocation<'_>| {
        let prices = run.market().prices(one.mark);
        let total: f64 = one.weights.iter().map(|(_, weight)| weight).sum();
        let shares = |asset: AssetId, weight: f64| {
            let price = prices[asset.index()];
            match price > 0.0 {
                true => one.equity * weight / total.max(1.0) / price,
                false => 0.0,
            }
        };
        (one.weights.iter()).any(|&(asset, weight)| match is_whole {
            true => shares(asset, weight) >= 1.0,
            false => shares(asset, weight) > 0.0,
        })
    };
    let bought = !outcome.fills.is_empty() || !outcome.open_orders.is_empty();
    let to_blame = cash_buffer > 0.0 && !bought && outcome.allocations.iter().any(pays);
    to_blame.then_some(Warning::BufferLeavesNothing {
        is_benchmark,
        cash_buffer,
    })
}

/// The assets whose weights came to no whole share.
pub(super) fn too_dear(run: &Run<'_>) -> Option<Warning> {
    if run.strategy.conventions.shares == Shares::Fractional {
        return None;
    }
    let market = run.market();
    let mut counts = vec![0; market.n_assets()];
    for allocation in run.outcome.allocations.iter() {
        let prices = market.prices(allocation.mark);
        let weights = run.backtest.target_allocation(allocation);
        let shares = run.backtest.target_shares(allocation);
        for ((asset, weight), (_, quantity)) in weights.into_iter().zip(shares) {
            let is_dear = weight != 0.0 && quantity == 0.0 && prices[asset.index()] > 0.0;
            counts[asset.index()] += usize::from(is_dear && allocation.equity > 0.0);
        }
    }
    let mut assets: Vec<(String, usize)> = (market.symbols().iter().zip(counts))
        .filter(|(_, count)| *count > 0)
        .map(|(symbol, count)| (symbol.clone(), count))
        .collect();
    // Stable: by symbol among equals.
    assets.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    (!assets.is_empty()).then(|| Warning::TooDear {
        assets,
        n_decisions: run.outcome.allocations.len(),
        is_all: run.outcome.fills.is_empty() && run.outcome.open_orders.is_empty(),
    })
}
