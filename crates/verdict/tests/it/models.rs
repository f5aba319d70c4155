//! Verdicts on sweeps whose alpha models this process cannot make.

use std::sync::Arc;

use backtest::alpha::{AlphaError, AlphaModel, AsOf, Weights};
use backtest::market::Market;
use backtest::strategy::Strategy;
use results::ResultsError;
use sweep::{Models, Sweep, SweepError};
use verdict::Verdict;
use verdict::union::Union;

use crate::fixture::{python_model, run};

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
fn a_verdict_without_them_leaves_out_what_has_to_run_again() {
    let fixture = python_model();
    let mut sweep = fixture.sweep("out").unwrap();
    sweep.set_models(Arc::new(HoldsOne));
    assert!(run(&sweep, 2).finished);
    assert!(
        Verdict::evaluate(&sweep, 1, &Union::default())
            .unwrap()
            .verdict
            .walk_forward
            .is_some()
    );
    let without = Sweep::open(&fixture.path("out")).unwrap();
    let luck = Verdict::evaluate(&without, 1, &Union::default())
        .unwrap()
        .verdict;
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
