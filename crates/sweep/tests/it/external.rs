//! Alpha models that the engine does not have.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use backtest::alpha::{AlphaError, AlphaModel, AsOf, Weights};
use backtest::market::Market;
use backtest::strategy::Strategy;
use results::ResultsError;
use sweep::{Models, RunOptions, SweepError};

use crate::fixture::{Fixture, GRID, MOMENTUM, python_model};

#[test]
fn nothing_is_computed_without_them() {
    let fixture = python_model();
    let sweep = fixture.sweep("out").unwrap();
    assert!(sweep.asks_models());
    let options = RunOptions {
        threads: 1,
        progress: &|_| {},
        stop: &AtomicBool::new(false),
    };
    let error = results::run(&sweep, &options).unwrap_err();
    assert!(
        matches!(error, ResultsError::Sweep(SweepError::NoModels)),
        "{error}"
    );
    // No row says that a trial fails because this program cannot run it.
    assert_eq!(
        sweep.shards().missing().unwrap().len() as u64,
        sweep.shards().n_shards()
    );
    assert!(
        !Fixture::new(&(MOMENTUM.to_owned() + GRID))
            .sweep("out")
            .unwrap()
            .asks_models()
    );
}

/// Models that hold nothing, the third of which is told to stop.
#[derive(Debug)]
struct StopsAtTheThird {
    made: AtomicUsize,
    stop: Arc<AtomicBool>,
}

struct Nothing;

impl AlphaModel for Nothing {
    fn weights(&mut self, _: AsOf<'_>, _: &mut Weights) -> Result<(), AlphaError> {
        Ok(())
    }
}

impl Models for StopsAtTheThird {
    fn model(&self, _: &Strategy, _: &Arc<Market>) -> Result<Box<dyn AlphaModel>, AlphaError> {
        if self.made.fetch_add(1, Ordering::Relaxed) == 2 {
            self.stop.store(true, Ordering::Relaxed);
        }
        Ok(Box::new(Nothing))
    }
}

#[test]
fn a_stop_is_heard_between_trials_and_leaves_no_half_shard() {
    let fixture = python_model();
    let mut sweep = fixture.sweep("out").unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let models = Arc::new(StopsAtTheThird {
        made: AtomicUsize::new(0),
        stop: Arc::clone(&stop),
    });
    sweep.set_models(models.clone());
    let options = RunOptions {
        threads: 1,
        progress: &|_| {},
        stop: &stop,
    };
    let report = results::run(&sweep, &options).unwrap();
    assert!(!report.finished);
    assert_eq!(models.made.load(Ordering::Relaxed), 3);
    assert!(sweep.shards().missing().unwrap().contains(&0));
    stop.store(false, Ordering::Relaxed);
    assert!(results::run(&sweep, &options).unwrap().finished);
}
