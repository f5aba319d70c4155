//! A fence around a batch: a panic in one strategy fails that trial and no other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use backtest::batch::{Batch, BatchError, Record};
use backtest::market::Market;
use backtest::strategy::Strategy;
use statistics::period_sums::BoundariesFn;

use diagnostics::chain;

/// Runs strategies on a market in one batch. After a panic each runs by itself, and the one that
/// panics fails.
pub(crate) fn run_batch(
    market: Arc<Market>,
    batch: &mut Option<Batch>,
    strategies: &[Strategy],
    boundaries_fn: &BoundariesFn,
) -> Vec<Result<Record, String>> {
    // After a panic nothing of the batch is used again.
    let known = batch
        .take()
        .filter(|batch| Arc::ptr_eq(batch.market(), &market));
    let new = || Batch::new(Arc::clone(&market)).with_period_sums(Arc::clone(boundaries_fn));
    let mut now = known.unwrap_or_else(new);
    let records = catch_unwind(AssertUnwindSafe(|| now.run(strategies)));
    if records.is_ok() {
        *batch = Some(now);
    }
    let records = match records {
        Ok(records) => records,
        Err(panic) if strategies.len() == 1 => {
            let message = (panic.downcast_ref::<String>().map(String::as_str))
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("unknown");
            return vec![Err(format!("a bug of this program: {message}"))];
        }
        // Each by itself, to find the culprit.
        Err(_) => {
            let each = strategies.chunks(1);
            return each
                .flat_map(|one| run_batch(Arc::clone(&market), batch, one, boundaries_fn))
                .collect();
        }
    };
    let outcome = |record: Result<Record, _>| record.map_err(|error: BatchError| chain(&error));
    records.into_iter().map(outcome).collect()
}
