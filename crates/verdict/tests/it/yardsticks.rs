//! Sweeps that are only what one could have held instead, and other sweeps that nothing can be said of.

use expect_test::expect;
use verdict::{Light, Verdict};

use crate::fixture::{Fixture, GRID, MOMENTUM};
use crate::sweeps::evaluated;

fn judged(strategy: &str) -> Verdict {
    let fixture = Fixture::new(strategy);
    evaluated(&fixture, "out", 2, None).0.verdict
}

#[track_caller]
fn check(verdict: &Verdict, expected: &str) {
    assert_ne!(verdict.light, Some(Light::Green));
    assert_eq!(verdict.headline(), expected);
}

const ONE: &str = "\n[sweep.axes]\n\"alpha.top_n\" = [3]\n";
const BUFFER: &str = "\n[sweep.axes]\n\"portfolio.cash_buffer\" = [0.0]\n";

const BENCHMARK: &str = "\n[benchmark]\nassets = { EQUITY = 1.0 }\n";

#[test]
fn cash_buffers_of_equal_weights_are_their_yardstick() {
    let strategy = MOMENTUM
        .replace("top-n-momentum", "equal-weight")
        .replace("lookback = 126\ntop_n = 3\n", "");
    let axes =
        "[sweep.axes]\n\"portfolio.cash_buffer\" = { from = 0.05, to = 0.95, step = 0.05 }\n";
    let verdict = judged(&format!("{strategy}{BENCHMARK}{axes}"));
    assert_eq!((verdict.following, verdict.compared), (19, 19));
    assert_eq!(verdict.reality_check.as_ref().unwrap().p, 1.0);
    check(
        &verdict,
        "red: All 19 trials are their yardsticks, EQUITY and equal weights, at most mixed with \
         cash; the best is 0.05 of equal weights and 0.95 of cash. There is nothing to test.",
    );
}

#[test]
fn a_mix_of_benchmark_and_universe_is_its_yardsticks() {
    let strategy = MOMENTUM
        .replace("top-n-momentum", "fixed-weights")
        .replace(
            "lookback = 126\ntop_n = 3\n",
            "weights = { EQUITY = 0.6, BONDS = 0.4 }\n",
        )
        .replace(
            "[\"EQUITY\", \"BONDS\", \"TECH\", \"HEALTH\", \"ENERGY\", \"POWER\"]",
            "[\"EQUITY\", \"BONDS\"]",
        );
    let verdict = judged(&format!("{strategy}{BENCHMARK}{BUFFER}"));
    assert_eq!((verdict.following, verdict.compared), (1, 1));
    check(
        &verdict,
        "red: This is its yardstick: 0.20 of EQUITY and 0.80 of equal weights. There is nothing to \
         test.",
    );
}

#[test]
fn a_strategy_that_is_its_benchmark_is_nothing_to_test() {
    let strategy = MOMENTUM
        .replace("top-n-momentum", "fixed-weights")
        .replace(
            "lookback = 126\ntop_n = 3\n",
            "weights = { EQUITY = 1.0 }\n",
        )
        .replace("cash_buffer = 0.01", "cash_buffer = 0.0");
    check(
        &judged(&format!("{strategy}{BENCHMARK}{BUFFER}")),
        "red: This is its yardstick: 1.00 of EQUITY. There is nothing to test.",
    );
}

#[test]
fn one_trial_is_tested_by_itself() {
    let verdict = judged(&format!("{MOMENTUM}{BENCHMARK}{ONE}"));
    assert_eq!(verdict.compared, 1);
    assert_eq!(verdict.deflated.as_ref().unwrap().luck_bar, 0.0);
    assert_eq!(verdict.min_backtest_years, None);
    check(
        &verdict,
        "red: Nothing here beats EQUITY and equal weights by more than luck: the trial is not \
         ahead of them per unit of risk. The Sharpe ratio of equal weights, 0.71, is above that \
         of every trial, 0.51 at best.",
    );
}

#[test]
fn identical_trials_are_one_trial_and_none_of_them_is_picked() {
    // What annualising goes by changes no return.
    let axes = "[sweep.axes]\n\"backtest.sessions_per_year\" = [251, 252, 253]\n";
    let several = judged(&format!("{MOMENTUM}{BENCHMARK}{axes}"));
    let one = judged(&format!("{MOMENTUM}{BENCHMARK}{ONE}"));
    let p = |verdict: &Verdict| verdict.reality_check.as_ref().unwrap().p;
    assert_eq!((several.compared, p(&several)), (3, p(&one)));
    assert_eq!(several.pick_bias, None);
    assert_eq!(several.deflated.as_ref().unwrap().spread, 0.0);
    assert_ne!(several.light, Some(Light::Green));
}

#[test]
fn trials_that_never_trade_are_nothing_to_judge() {
    // The moving averages need more history than there is.
    let strategy = MOMENTUM
        .replace("top-n-momentum", "sma-crossover")
        .replace("lookback = 126\ntop_n = 3\n", "fast = 10\nslow = 5000\n");
    let verdict = judged(&format!(
        "{strategy}\n[sweep.axes]\n\"alpha.fast\" = [10, 20]\n"
    ));
    check(
        &verdict,
        "There is nothing to judge: no trial has returns that vary.",
    );
}

#[test]
fn the_answer_names_a_yardstick_that_is_better_than_every_trial() {
    let costly = format!("{MOMENTUM}\n[costs]\nhalf_spread_bps = 100.0\n{BENCHMARK}{GRID}");
    check(
        &judged(&costly),
        "red: Nothing here beats EQUITY and equal weights by more than luck: the best of 72 is not \
         ahead of them per unit of risk. The Sharpe ratio of equal weights, 0.6681, is above that \
         of every trial, 0.6673 at best.",
    );
}

#[test]
fn each_trial_is_held_against_equal_weights_at_its_own_costs() {
    let axes = "[sweep.axes]\n\"costs.half_spread_bps\" = [0.0, 50.0]\n\"alpha.top_n\" = [1, 6]\n";
    let strategy = format!("{MOMENTUM}{axes}").replace("cash_buffer = 0.01", "cash_buffer = 0.0");
    let verdict = judged(&strategy);
    // Momentum of six assets of six in equal weights is equal weights, at either price.
    assert_eq!((verdict.following, verdict.compared), (2, 4));
    assert_ne!(verdict.light, Some(Light::Green));
}

/// The text of a whole verdict, as the terminal shows it.
#[test]
fn a_verdict_reads_from_the_answer_to_the_details() {
    let verdict = judged(&format!("{MOMENTUM}{BENCHMARK}{GRID}"));
    expect![[r#"
        is it luck? red

          Nothing here beats EQUITY and equal weights by more than luck: the best of 72 is 0.46 a year
          ahead per unit of risk, and luck alone does as well in 64 of 100 cases.

          test                                       value  asked for       result
          reality check                              0.645  at most 0.025   failed
          deflated Sharpe ratio                      0.405  at least 0.5    failed
          walk-forward                              -0.347  above 0         failed
          Sharpe ratio above the yardsticks'         0.130  above 0         passed

          furthest ahead     trial 14: 2.5 % a year beyond its yardsticks (95 % interval -1.2 % to 6.1 %),
                             a residual Sharpe ratio of 0.46 (95 % interval -0.23 to 1.15); beta 0.02 to
                             EQUITY and 1.05 to equal weights
          nothing hedged     2.2 % a year over EQUITY (95 % interval -3.4 % to 7.8 %); 10.3 % a year over
                             cash (95 % interval 2.3 % to 18.3 %)
          yardsticks         EQUITY: Sharpe ratio 0.64, 8.1 % a year; equal weights: Sharpe ratio 0.71,
                             7.3 % a year; 12 of 72 trials are only these, at most mixed with cash: they
                             have no residual
          power              9.0 years of data; the reality check sees a residual Sharpe ratio of 1.29
                             four times in five, and one of 0.2 after 373 years; minimum backtest length
                             for a Sharpe ratio of 1 with 72 trials: 5.8 years
          best of 72         trial 14, Sharpe ratio 0.84 (95 % interval 0.19 to 1.49, as a single trial);
                             minimum track record: 3.8 years
          luck bar           without skill, the best of these trials has a residual Sharpe ratio of 0.57
                             on average and of less than 1.02 in 95 of 100 cases; the best of 72
                             independent ones 0.80 on average
          reality check      p = 0.645: the probability of a residual this good by luck alone; Hansen's
                             test: 0.645; 0 of 72 trials survive the step-down test (Romano-Wolf); 128
                             stretches of time
          deflated Sharpe    0.405 with 72 trials; at least 0.5 with up to 27 trials; by their
                             correlation, 72 trials are equivalent to 33 independent ones, which is not
                             counted here
          haircut residual   0.00 (Bonferroni, Holm, BHY) after correction for multiple testing
          plateau            9 neighbouring trials, itself included: median 0.68, minimum 0.50
          timing luck        trial 14 on other days of its schedule: CAGR 6.26 % to 10.25 %, Sharpe ratio
                             0.56 to 0.85, final equity 1,726,301 to 2,404,167; by CAGR, this one is 2nd
                             of 21; begun up to a year later: CAGR 9.99 % to 11.94 %, Sharpe ratio 0.84 to
                             0.98, final equity 2,284,892 to 2,486,192; by CAGR, this one is the worst of
                             12
          walk-forward       Sharpe ratio 0.44 (95 % interval -0.32 to 1.19) over 12 windows; residual
                             Sharpe ratio -0.35 (95 % interval -1.10 to 0.41); efficiency 49 % of the
                             in-sample return; rank correlation of trials where they are selected with the
                             test: 0.00
          selection          the best trial of one half of the time has a mean Sharpe ratio of 0.99 there
                             and of 0.44 in the other half, where 9 % of selections lose money;
                             probability of backtest overfitting 0.75 (near one half also on a flat
                             plateau, where selection adds nothing)
    "#]].assert_eq(&verdict.to_text());
}
