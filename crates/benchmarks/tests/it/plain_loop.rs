//! The plain loop and the engine are two programs for one set of rules.

use std::sync::Arc;

use benchmarks::cases::{self, Part, Ready};
use benchmarks::plain_loop;

#[track_caller]
fn check(name: &str) {
    let case = cases::named(name).unwrap();
    let made = (case.make)();
    let market = Arc::new(made.strategy.market(&made.prices).unwrap());
    let engine = Ready::new(Part::Run, &made, &market).unwrap();
    let plain = plain_loop::equity_curve(&made.strategy, &made.prices);
    assert_eq!(engine.equity().len(), plain.len());
    for (day, (engine, plain)) in engine.equity().iter().zip(&plain).enumerate() {
        let difference = (engine - plain).abs() / plain;
        assert!(difference <= 1e-9, "day {day}: {engine} and {plain}");
    }
}

#[test]
fn sixty_forty_is_the_same_in_both() {
    check("sixty-forty");
}

#[test]
fn sector_momentum_is_the_same_in_both() {
    check("sector-momentum");
}

#[test]
fn a_crossover_is_the_same_in_both() {
    check("crossover");
}

#[test]
fn twenty_assets_rebalanced_daily_are_the_same_in_both() {
    check("daily-20");
}

#[test]
fn fifty_of_five_hundred_assets_are_the_same_in_both() {
    check("top-50-of-500");
}
