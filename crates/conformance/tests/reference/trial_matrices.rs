//! Matrices of trials: deflated ratios, effective trials, cross-validation, data snooping and the
//! bootstrap, against the reference implementation and the libraries that agree with it.

use serde_json::Value;
use statistics::SharpeEstimate;
use statistics::block_length::block_length;
use statistics::bootstrap::Resamples;
use statistics::{SharpeBootstrap, sharpe_interval};
use verdict::overfitting::Returns;
use verdict::overfitting::cscv::{Folds, Overfitting};
use verdict::overfitting::effective_trials::{effective_by_correlation, effective_trials};
use verdict::overfitting::reality_check::{Maxima, Scale, hansen_error, step_down};
use verdict::overfitting::selection::{deflated_sharpe, luck_bar};

use crate::{check_absolute, check_relative, golden, number, numbers, statistics_folder};

const MATRICES: [&str; 3] = ["null_1024x40", "edge_1024x40", "ragged_1003x12"];

fn matrix(name: &str) -> (Vec<f64>, usize) {
    let bytes = std::fs::read(statistics_folder().join(format!("{name}.f64le"))).unwrap();
    let values = bytes
        .as_chunks()
        .0
        .iter()
        .map(|bytes| f64::from_le_bytes(*bytes));
    let n_trials = name.rsplit('x').next().unwrap().parse().unwrap();
    (values.collect(), n_trials)
}

/// For each matrix its name, its values and what is expected of it.
fn each(mut check: impl FnMut(&str, &Returns<'_>, &Value)) {
    let expected = golden("sweep_matrices.json");
    for name in MATRICES {
        let (values, n_trials) = matrix(name);
        let returns = Returns::new(&values, n_trials).unwrap();
        check(name, &returns, &expected["expected"][name]);
    }
}

pub(crate) fn sharpe_ratios_and_the_deflated_one_of_the_best() {
    each(|name, returns, expected| {
        let estimates: Vec<SharpeEstimate> = (0..returns.n_trials())
            .map(|trial| SharpeEstimate::of(&returns.trial(trial)).unwrap())
            .collect();
        let theirs = numbers(&expected["sharpe_per_obs_ddof1"]);
        for (theirs, ours) in theirs.iter().zip(&estimates) {
            check_absolute(name, *theirs, ours.ratio, 1e-14);
        }
        let mean = estimates.iter().map(|e| e.ratio).sum::<f64>() / estimates.len() as f64;
        let squares = estimates
            .iter()
            .map(|e| (e.ratio - mean) * (e.ratio - mean));
        let variance = squares.sum::<f64>() / (estimates.len() - 1) as f64;
        let dsr = &expected["dsr"];
        check_relative(name, number(&dsr["var_sr_ddof1"]), variance, 1e-12);
        let best = &estimates[expected["best"].as_u64().unwrap() as usize];
        check_absolute(name, number(&dsr["g3_biased"]), best.skewness, 1e-12);
        check_absolute(name, number(&dsr["g4_biased"]), best.kurtosis, 1e-12);
        check_absolute(
            name,
            number(&dsr["psr0"]),
            best.probabilistic(0.0).unwrap(),
            1e-12,
        );
        let n = returns.n_trials() as f64;
        check_absolute(name, number(&dsr["sr0_N"]), luck_bar(n, variance), 1e-12);
        let deflated = |n| deflated_sharpe(best, n, variance).unwrap();
        check_absolute(name, number(&dsr["dsr_N_all"]), deflated(n), 1e-12);
        let effective = number(&expected["n_eff"]["avg_corr"]);
        check_absolute(
            name,
            number(&dsr["dsr_Neff_avgcorr"]),
            deflated(effective),
            1e-12,
        );
        let needed = best.min_track_record(0.0, 0.95).unwrap();
        check_relative(name, number(&dsr["min_trl_vs0_95"]), needed, 1e-11);
    });
}

pub(crate) fn effective_numbers_of_trials() {
    each(|name, returns, expected| {
        let ours = effective_trials(returns).unwrap();
        let theirs = |key: &str| number(&expected["n_eff"][key]);
        check_relative(name, theirs("mean_corr"), ours.mean_correlation, 1e-11);
        check_relative(name, theirs("avg_corr"), ours.by_correlation, 1e-11);
        check_relative(name, theirs("participation"), ours.participation, 1e-11);
        check_relative(name, theirs("entropy_rank"), ours.entropy, 1e-11);
        check_relative(name, theirs("nyholt"), ours.nyholt, 1e-11);
        check_relative(name, theirs("galwey"), ours.galwey, 1e-9);
        // The fractions of eigenvalues jump at whole numbers.
        check_absolute(name, theirs("li_ji"), ours.li_ji, 1e-6);
        assert_eq!(theirs("n_pc_95"), ours.components_95 as f64);
        let trials: Vec<Vec<f64>> = (0..returns.n_trials()).map(|t| returns.trial(t)).collect();
        let in_one_pass = effective_by_correlation(trials.iter().map(Vec::as_slice)).unwrap();
        check_relative(name, theirs("avg_corr"), in_one_pass, 1e-11);
    });
}

pub(crate) fn the_probability_of_overfitting_exactly() {
    each(|name, returns, expected| {
        for (label, expected) in expected["pbo"].as_object().unwrap() {
            let what = format!("{name} {label}");
            let folds = Folds::of(returns, label[1..].parse().unwrap());
            let splits = folds.splits();
            // Wherever the splits are divided.
            let (one, two) = splits.split_at(splits.len() / 3);
            let picks = [folds.picks(one), folds.picks(two)].concat();
            let ours = Overfitting::of(&picks).unwrap();
            let theirs = |key: &str| number(&expected[key]);
            assert_eq!(theirs("n_combos"), ours.n_splits as f64, "{what}");
            assert_eq!(theirs("pbo_le0"), ours.probability, "{what}");
            assert_eq!(theirs("prob_oos_loss"), ours.loss, "{what}");
            check_absolute(&what, theirs("logit_mean"), ours.logit_mean, 1e-12);
            check_absolute(&what, theirs("logit_median"), ours.logit_median, 1e-12);
            check_relative(&what, theirs("slope"), ours.slope.unwrap(), 1e-10);
            check_relative(&what, theirs("intercept"), ours.intercept.unwrap(), 1e-10);
            check_relative(&what, theirs("r2"), ours.r_squared.unwrap(), 1e-10);
            check_relative(&what, theirs("is_mean"), ours.in_sample, 1e-11);
            check_relative(&what, theirs("oos_mean"), ours.out_of_sample, 1e-11);
            check_relative(&what, theirs("mean_oos_rank"), ours.rank, 1e-12);
            let first = numbers(&expected["first5_logits"]);
            for (theirs, ours) in first.iter().zip(&picks) {
                check_absolute(&what, *theirs, ours.logit(), 1e-12);
            }
            assert_eq!(ours.logit_counts.iter().sum::<u64>(), ours.n_splits as u64);
        }
    });
}

pub(crate) fn reality_check_spa_and_step_down_exactly() {
    let all = golden("bootstrap.json");
    for (name, expected) in all["spa"].as_object().unwrap() {
        let (values, n_trials) = matrix(name);
        let returns = Returns::new(&values, n_trials).unwrap();
        let block = number(&expected["mean_block"]);
        let draws = number(&expected["reps"]) as usize;
        let seed = expected["seed"].as_u64().unwrap();
        let resamples = Resamples::stationary(seed, returns.n(), draws, block);
        check_indices(name, &resamples, expected);
        let omega = numbers(&expected["hansen_omega2_first3"]);
        for (trial, theirs) in omega.iter().enumerate() {
            let error = hansen_error(&returns, trial, block);
            check_relative(name, *theirs, error * error, 1e-12);
        }
        for (scale, key) in [
            (Scale::Studentised, "studentized"),
            (Scale::Plain, "unstudentized"),
        ] {
            let theirs = &expected[format!("ref_{key}")];
            let mut maxima = Maxima::of(&returns, 0..n_trials / 3, &resamples, block, scale);
            let rest = Maxima::of(&returns, n_trials / 3..n_trials, &resamples, block, scale);
            maxima.merge(&rest);
            check_relative(name, number(&theirs["stat"]), maxima.observed, 1e-12);
            assert_eq!(
                maxima.best,
                theirs["best"].as_u64().map(|best| best as usize)
            );
            let p = maxima.p_values();
            let found = [p.lower, p.consistent, p.upper];
            let expected_p = ["lower", "consistent", "upper"].map(|key| number(&theirs[key]));
            assert_eq!(expected_p, found, "{name} {key}");

            let theirs = &expected[format!("ref_stepm_{key}")];
            let ours = step_down(&returns, &resamples, block, scale, 0.05);
            let survivors: Vec<f64> = ours.survivors.iter().map(|s| *s as f64).collect();
            assert_eq!(numbers(&theirs["rejected"]), survivors, "{name} {key}");
            let lowest = ours.adjusted.iter().copied().fold(1.0, f64::min);
            assert_eq!(number(&theirs["min_adj_p"]), lowest, "{name} {key}");
            if let Some(first) = theirs.get("romano_wolf_adj_p_first5") {
                assert_eq!(numbers(first), ours.adjusted[..5], "{name} {key}");
            }
        }
    }
}

#[track_caller]
fn check_indices(name: &str, resamples: &Resamples, expected: &Value) {
    let first: Vec<f64> = resamples
        .indices(0)
        .take(10)
        .map(|index| index as f64)
        .collect();
    assert_eq!(numbers(&expected["first10_idx"]), first, "{name}");
    let sum: usize = (0..resamples.len())
        .map(|draw| resamples.indices(draw).sum::<usize>())
        .sum();
    assert_eq!(
        expected["idx_sum"].as_u64().unwrap() as usize,
        sum,
        "{name}"
    );
}

pub(crate) fn bootstrap_intervals_and_block_lengths() {
    let (all, series) = (golden("bootstrap.json"), golden("series.json"));
    let returns_of = |name: &str| numbers(&series["series"][name]["returns"]);
    for (name, expected) in all["sharpe_bootstrap_ci_fixed_indices"]
        .as_object()
        .unwrap()
    {
        let returns = returns_of(name);
        let draws = number(&expected["reps"]) as usize;
        let seed = expected["seed"].as_u64().unwrap();
        let block = number(&expected["mean_block"]);
        let resamples = Resamples::stationary(seed, returns.len(), draws, block);
        check_indices(name, &resamples, expected);
        let ours = sharpe_interval(&returns, &resamples, 0.95).unwrap();
        let year = 252f64.sqrt();
        let check_pair = |key: &str, (low, high): (f64, f64)| {
            let theirs = numbers(&expected[key]);
            check_relative(name, theirs[0], low * year, 1e-10);
            check_relative(name, theirs[1], high * year, 1e-10);
        };
        check_pair("percentile", ours.percentile);
        check_pair("basic", ours.basic);
        check_relative(name, number(&expected["se"]), ours.error * year, 1e-10);
        assert_eq!(number(&expected["prob_le0"]), ours.not_positive);
    }
    for (name, expected) in all["optimal_block_length_arch_8.0.0"].as_object().unwrap() {
        let returns = returns_of(name);
        let squared: Vec<f64> = returns.iter().map(|value| value * value).collect();
        for (values, key) in [(returns, "returns"), (squared, "returns_squared")] {
            let ours = block_length(&values).unwrap();
            let theirs = &expected[key];
            check_relative(name, number(&theirs["stationary"]), ours.stationary, 1e-9);
            check_relative(name, number(&theirs["circular"]), ours.circular, 1e-9);
        }
    }
}

/// `base_5y` is independent and normal, so the interval must be about that of the formula; `ar1_10y`
/// asks for longer blocks than the shortest, by the outside block length.
pub(crate) fn the_usual_interval_takes_the_block_length_that_suits_the_returns() {
    let (all, series) = (golden("bootstrap.json"), golden("series.json"));
    let lengths = &all["optimal_block_length_arch_8.0.0"];
    let usual = |name: &str| {
        let returns = numbers(&series["series"][name]["returns"]);
        let asked = number(&lengths[name]["returns"]["stationary"]);
        let usual = SharpeBootstrap::of(&returns).unwrap();
        check_relative(name, asked.max(5.0), usual.block, 1e-9);
        (SharpeEstimate::of(&returns).unwrap(), usual.interval)
    };
    let (estimate, (low, high)) = usual("base_5y");
    let reach = 1.96 * estimate.error().unwrap();
    check_absolute("low", estimate.ratio - reach, low, 0.2 * reach);
    check_absolute("high", estimate.ratio + reach, high, 0.2 * reach);
    // Positive autocorrelation makes the ratio less certain than the formula knows.
    let (estimate, (low, high)) = usual("ar1_10y");
    let reach = 1.96 * estimate.error().unwrap();
    assert!(high - low > 2.2 * reach, "{low} to {high}, {reach}");
}
