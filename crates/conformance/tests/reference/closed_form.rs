//! Formulas against 50-digit arithmetic.

use serde_json::Value;
use statistics::SharpeEstimate;
use statistics::normal;
use verdict::overfitting::haircut::{self, LargestP};
use verdict::overfitting::selection;

use crate::{check_absolute, check_relative, golden, number, numbers};

fn rows(name: &str) -> Vec<Value> {
    golden("closed_form.json")[name].as_array().unwrap().clone()
}

fn estimate(row: &Value) -> SharpeEstimate {
    SharpeEstimate {
        ratio: number(&row["sr"]),
        n: row["T"].as_u64().unwrap_or(100) as usize,
        skewness: number(&row["g3"]),
        kurtosis: number(&row["g4"]),
    }
}

pub(crate) fn the_normal_distribution_and_its_inverse() {
    for row in rows("norm_cdf") {
        let x = number(&row["x"]);
        check_relative(
            &format!("cdf {x}"),
            number(&row["y"]),
            normal::cdf(x),
            1e-14,
        );
    }
    for row in rows("norm_ppf") {
        let p = number(&row["p"]);
        let (theirs, ours) = (number(&row["x"]), normal::quantile(p));
        check_absolute(&format!("quantile {p}"), theirs, ours, 1e-14 * theirs.abs());
    }
}

pub(crate) fn the_expected_best_of_many() {
    for row in rows("expected_max_z_gumbel_approx") {
        let n = number(&row["N"]);
        let (theirs, ours) = (number(&row["value"]), selection::expected_best(n));
        check_absolute(&format!("{n}"), theirs, ours, 1e-14 * theirs);
    }
    for row in rows("expected_max_z_exact_quadrature") {
        let n = row["N"].as_u64().unwrap();
        let ours = selection::expected_best_exact(n);
        check_relative(&format!("{n}"), number(&row["value"]), ours, 1e-12);
    }
}

pub(crate) fn the_probabilistic_sharpe_ratio_of_2012_and_of_2025() {
    for row in rows("psr") {
        let (estimate, against) = (estimate(&row), number(&row["sr0"]));
        let ours = estimate.probabilistic(against).unwrap();
        check_absolute(&row.to_string(), number(&row["psr"]), ours, 1e-12);
        let ours = estimate.probabilistic_2025(against).unwrap();
        check_absolute(
            &row.to_string(),
            number(&row["psr2025_null_variance"]),
            ours,
            1e-12,
        );
    }
}

pub(crate) fn the_minimum_track_record() {
    for row in rows("min_trl_observations") {
        let found = estimate(&row).min_track_record(number(&row["sr0"]), number(&row["prob"]));
        check_relative(
            &row.to_string(),
            number(&row["value"]),
            found.unwrap(),
            1e-12,
        );
    }
}

pub(crate) fn the_deflated_sharpe_ratio_and_its_bar() {
    for row in rows("dsr") {
        let periods = number(&row["periods"]);
        let estimate = SharpeEstimate {
            ratio: number(&row["sr_annual"]) / periods.sqrt(),
            n: row["T"].as_u64().unwrap() as usize,
            skewness: number(&row["g3"]),
            kurtosis: number(&row["g4"]),
        };
        let (n, variance) = (number(&row["N"]), number(&row["var_sr_annual"]) / periods);
        let bar = selection::luck_bar(n, variance);
        check_absolute(&row.to_string(), number(&row["sr0_per_obs"]), bar, 1e-14);
        let annual = bar * periods.sqrt();
        check_absolute(&row.to_string(), number(&row["sr0_annual"]), annual, 1e-13);
        let deflated = selection::deflated_sharpe(&estimate, n, variance).unwrap();
        check_absolute(&row.to_string(), number(&row["dsr"]), deflated, 1e-12);
    }
}

pub(crate) fn the_minimum_backtest_length_lies_below_its_bound() {
    for row in rows("min_btl_years") {
        let (n, target) = (number(&row["N"]), number(&row["target_sharpe"]));
        let years = selection::min_backtest_years(n, target);
        check_relative(&row.to_string(), number(&row["value"]), years, 1e-13);
        assert!(years < number(&row["upper_bound_2lnN"]));
    }
}

pub(crate) fn the_correction_for_autocorrelation() {
    for row in rows("lo_eta_ar1") {
        let found = statistics::autocorrelation_factor(number(&row["rho"]), number(&row["q"]));
        check_relative(&row.to_string(), number(&row["eta"]), found.unwrap(), 1e-13);
    }
}

pub(crate) fn corrected_p_values() {
    let all = golden("closed_form.json");
    let row = &all["p_adjust"];
    let p = numbers(&row["p"]);
    let check = |name: &str, found: Vec<f64>| {
        for (theirs, ours) in numbers(&row[name]).into_iter().zip(found) {
            check_relative(name, theirs, ours, 1e-13);
        }
    };
    let each = |of: fn(f64, f64) -> f64| p.iter().map(|p_of| of(*p_of, p.len() as f64)).collect();
    check("bonferroni", each(haircut::bonferroni));
    check("sidak_statsmodels", each(haircut::sidak));
    check("holm", haircut::holm(&p));
    check("holm_statsmodels", haircut::holm(&p));
    check(
        "bhy_harvey_liu",
        haircut::benjamini_yekutieli(&p, LargestP::AsItIs),
    );
    check(
        "by_standard",
        haircut::benjamini_yekutieli(&p, LargestP::Scaled),
    );
    check(
        "by_statsmodels",
        haircut::benjamini_yekutieli(&p, LargestP::Scaled),
    );
}

pub(crate) fn haircut_sharpe_ratios() {
    for row in rows("harvey_liu") {
        let (months, n) = (number(&row["T_months"]), number(&row["N"]));
        let monthly = number(&row["sr_annual"]) / 12f64.sqrt();
        let t = monthly * months.sqrt();
        let method = row["method"].as_str().unwrap();
        let is_normal = method.contains("normal");
        let single = match is_normal {
            true => 2.0 * normal::upper_tail(t),
            false => haircut::p_of_sharpe(monthly, months),
        };
        check_relative(method, number(&row["p_single"]), single, 1e-11);
        let adjusted = match method.starts_with("bonferroni") {
            true => haircut::bonferroni(single, n),
            false => haircut::sidak(single, n),
        };
        check_relative(method, number(&row["p_adj"]), adjusted, 1e-11);
        let left = match is_normal {
            true => normal::upper_quantile(adjusted / 2.0) / months.sqrt(),
            false => haircut::sharpe_of_p(adjusted, months),
        };
        let annual = left * 12f64.sqrt();
        // A Sharpe ratio of nothing comes out as the root of a rounding error.
        check_absolute(method, number(&row["haircut_sharpe"]), annual, 1e-11);
    }
}

pub(crate) fn profit_hurdles() {
    for row in rows("profit_hurdle_pct_month") {
        let unit = 100.0 * number(&row["vol"]) / 12f64.sqrt() / number(&row["T"]).sqrt();
        let single = unit * normal::upper_quantile(0.025);
        check_relative("single", number(&row["single"]), single, 1e-13);
        let many = unit * normal::upper_quantile(0.05 / number(&row["N"]) / 2.0);
        check_relative("bonferroni", number(&row["bonferroni"]), many, 1e-13);
    }
}
