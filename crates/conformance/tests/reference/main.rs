//! The crates against reference material that cannot be part of the project: QSTrader's results on
//! real prices, values of reference implementations, downloads.
//! Every test is ignored where the material is absent.

mod against;
mod closed_form;
mod dividends;
mod layout;
mod modules;
mod optimisers;
mod pandas;
mod prices;
mod qstrader;
mod real_sweeps;
mod splits;
mod strategies;
mod strategy_files;
mod sweep;
mod textbook;
mod trial_matrices;

#[path = "../../../strategy-file/tests/it/schema_validator.rs"]
mod schema_validator;

use std::path::PathBuf;
use std::process::ExitCode;

use conformance::{REFERENCE_MATERIAL, Test, reference_folder, tests};
use serde_json::Value;

const TESTS: &[Test] = tests![
    against::studentised_sums_of_forty_trials_and_their_p_values,
    against::hedges_by_one_and_by_two_yardsticks_from_sums,
    against::deflated_ratios_of_residuals,
    against::stretches_grow_with_the_autocorrelation,
    against::a_whole_sweep,
    closed_form::the_normal_distribution_and_its_inverse,
    closed_form::the_expected_best_of_many,
    closed_form::the_probabilistic_sharpe_ratio_of_2012_and_of_2025,
    closed_form::the_minimum_track_record,
    closed_form::the_deflated_sharpe_ratio_and_its_bar,
    closed_form::the_minimum_backtest_length_lies_below_its_bound,
    closed_form::the_correction_for_autocorrelation,
    closed_form::corrected_p_values,
    closed_form::haircut_sharpe_ratios,
    closed_form::profit_hurdles,
    dividends::booked_and_reinvested_they_give_the_return_of_adjusted_prices,
    dividends::a_year_of_a_bond_fund_has_twelve,
    layout::a_hand_made_curve_is_told_as_qstrader_tells_it,
    layout::five_years_are_told_as_qstrader_tells_them,
    modules::decision_days_are_those_of_pandas_date_range,
    modules::order_sizes_are_the_same_share_for_share,
    modules::ledgers_keep_the_same_accounts_step_for_step,
    modules::statistics_of_every_kind_of_curve_agree,
    modules::signals_agree_to_the_last_bit,
    modules::commissions_round_the_trade_to_whole_units_first,
    modules::prices_are_filled_forward_as_qstrader_looks_them_up,
    optimisers::weights_in_inverse_proportion_to_risk,
    optimisers::risk_parity_with_equal_and_given_budgets,
    optimisers::minimum_variance_under_all_constraints,
    optimisers::mean_variance_under_all_constraints,
    optimisers::maximum_sharpe_ratios_and_diversification,
    optimisers::hierarchical_risk_parity_of_all_linkages,
    optimisers::caps_and_targets_of_volatility,
    optimisers::covariances_by_all_estimators,
    prices::numbers_are_rounded_correctly,
    prices::real_downloads_load_without_a_notice_and_are_clean,
    prices::bad_files_that_only_look_bad_load_as_the_good_one,
    prices::bad_files_are_refused_with_their_place,
    prices::the_calendar_agrees_with_a_real_download,
    qstrader::every_spec_that_needs_no_look_ahead_gives_the_same_bits,
    qstrader::the_examples_and_the_tutorial_on_real_prices_give_the_same_bits,
    qstrader::cells_of_the_momentum_sweep_on_real_prices_give_the_same_bits,
    qstrader::specs_that_fail_in_qstrader_are_refused_with_a_reason,
    real_sweeps::dice_are_green_in_at_most_two_of_forty_sweeps,
    real_sweeps::momentum_of_sector_funds_is_luck,
    real_sweeps::mixes_and_cash_buffers_are_their_yardsticks,
    splits::combinatorial_splits_and_paths_are_those_of_skfolio,
    splits::walk_forward_windows_are_those_of_skfolio,
    splits::neighbourhoods_of_a_grid_with_a_spike_and_a_hole,
    strategies::faber_timing,
    strategies::dual_momentum,
    strategies::accelerating_dual_momentum,
    strategies::hybrid_allocation,
    strategies::momentum_with_hysteresis,
    strategies::return_over_volatility,
    strategies::low_volatility,
    strategies::rsi_reversion,
    strategies::trend_with_a_band,
    strategies::inverse_variance,
    strategies::volatility_target_unlevered,
    strategies::volatility_target_levered,
    strategies::volatility_target_levered_at_interest,
    strategy_files::the_cases_of_the_oracle_are_accepted_but_for_those_that_qstrader_refuses,
    sweep::the_cells_of_the_tutorials_sweep_end_with_qstraders_equity,
    textbook::the_textbook_statistics_agree_with_fifty_digit_arithmetic,
    textbook::statistics_against_a_benchmark_agree_with_fifty_digit_arithmetic,
    textbook::the_worth_of_a_sharpe_ratio_agrees_with_the_closed_forms,
    trial_matrices::sharpe_ratios_and_the_deflated_one_of_the_best,
    trial_matrices::effective_numbers_of_trials,
    trial_matrices::the_probability_of_overfitting_exactly,
    trial_matrices::reality_check_spa_and_step_down_exactly,
    trial_matrices::bootstrap_intervals_and_block_lengths,
    trial_matrices::the_usual_interval_takes_the_block_length_that_suits_the_returns,
];

fn main() -> ExitCode {
    conformance::run(&[(REFERENCE_MATERIAL, TESTS)])
}

/// The folder of the reference values of statistics.
fn statistics_folder() -> PathBuf {
    reference_folder("statistics")
}

fn golden(name: &str) -> Value {
    let text = std::fs::read_to_string(statistics_folder().join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is not a number"))
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

#[track_caller]
fn check_relative(what: &str, expected: f64, found: f64, tolerance: f64) {
    let error = (expected - found).abs();
    assert!(
        error <= tolerance * expected.abs(),
        "{what}: {expected} but {found}"
    );
}

#[track_caller]
fn check_absolute(what: &str, expected: f64, found: f64, tolerance: f64) {
    let error = (expected - found).abs();
    assert!(error <= tolerance, "{what}: {expected} but {found}");
}
