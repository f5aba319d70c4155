use std::fs;
use std::sync::atomic::AtomicBool;

use gridfolio::sweep::{Draft, Existing, Request, StrategyText, compute};
use gridfolio::{Backtest, Code, Sweep};

use crate::Desk;

fn planned(desk: &Desk) -> Sweep {
    let mut text = fs::read_to_string(desk.strategy()).unwrap();
    text += "\n[sweep.axes]\n\"portfolio.cash_buffer\" = [0.0, 0.05, 0.1]\n";
    fs::write(desk.strategy(), text).unwrap();
    let request = Request {
        strategies: vec![StrategyText::read(desk.strategy()).unwrap()],
        ..Request::default()
    };
    let draft = Draft::new(&request).unwrap();
    draft
        .into_folder(&desk.path("sweep"), Existing::Resume)
        .unwrap()
}

#[test]
fn a_stopped_sweep_is_interrupted_and_continues() {
    let desk = Desk::new();
    let sweep = planned(&desk);
    let error = compute(&sweep, 1, &|_| {}, &AtomicBool::new(true)).unwrap_err();
    assert_eq!(error.code(), Code::Interrupted);
    assert_eq!(
        error.to_string(),
        "interrupted after 0 of 3 trials\n hint: run the same command again to continue"
    );
    compute(&sweep, 1, &|_| {}, &AtomicBool::new(false)).unwrap();
    assert!(sweep.shards().missing().unwrap().is_empty());
}

#[test]
fn a_trial_is_a_backtest() {
    let desk = Desk::new();
    let sweep = planned(&desk);
    let trial = sweep.trial(1).unwrap();
    let backtest = Backtest::of_trial(sweep.dir(), &trial, None).unwrap();
    assert!(
        backtest
            .report(|report| report.summary())
            .unwrap()
            .contains("Sixty-forty")
    );
}
