//! Alpha models that somebody else makes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use backtest::alpha::{AlphaError, AlphaModel, AsOf, Weights};
use backtest::market::Market;
use backtest::strategy::Strategy;
use results::ResultsError;
use sweep::{Models, RunOptions, Sweep, SweepError};
use verdict::Verdict;

use crate::{GRID, MOMENTUM, Place, run};

/// The strategy with a Python class for its model, and an axis.
fn place() -> Place {
    let model = "model = \"top-n-momentum\"\nlookback = 126\ntop_n = 3";
    assert!(MOMENTUM.contains(model));
    let class = "model = \"python\"\nclass = \"my_models:Mine\"";
    let axis = "[sweep.axes]\n\"portfolio.cash_buffer\" = { from = 0.01, to = 0.2, step = 0.01 }";
    Place::new(&(MOMENTUM.replace(model, class) + axis))
}

#[test]
fn nothing_is_computed_without_them() {
    let place = place();
    let sweep = place.sweep("out").unwrap();
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
        !Place::new(&(MOMENTUM.to_owned() + GRID))
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
    let place = place();
    let mut sweep = place.sweep("out").unwrap();
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

/// Models that hold one asset.
#[derive(Debug)]
struct HoldsOne;

struct One;

impl AlphaModel for One {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        weights.set(as_of.assets()[0], 1.0);
        Ok(())
    }
}

impl Models for HoldsOne {
    fn model(&self, _: &Strategy, _: &Arc<Market>) -> Result<Box<dyn AlphaModel>, AlphaError> {
        Ok(Box::new(One))
    }
}

#[test]
fn a_sweep_is_judged_without_them_but_for_what_has_to_run_again() {
    let place = place();
    let mut sweep = place.sweep("out").unwrap();
    sweep.set_models(Arc::new(HoldsOne));
    assert!(run(&sweep, 2).finished);
    assert!(
        Verdict::evaluate(&sweep, 1, 0)
            .unwrap()
            .walk_forward
            .is_some()
    );
    let without = Sweep::open(&place.path("out")).unwrap();
    let luck = Verdict::evaluate(&without, 1, 0).unwrap();
    assert!(luck.walk_forward.is_none() && luck.reality_check.is_some());
    assert!(
        luck.notes
            .iter()
            .any(|note| note.contains("only Python can run")),
        "{:?}",
        luck.notes
    );
    let trial = without.trial(0).unwrap();
    assert!(matches!(
        results::rerun(&without, &trial),
        Err(ResultsError::Sweep(SweepError::NoModels))
    ));
}
