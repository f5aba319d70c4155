//! Every number that a paper prints and that can be computed: all 123.

use backtest::statistics::autocorrelation_factor;
use overfitting::haircut::{self, LargestP};
use overfitting::sharpe::Estimate;
use overfitting::splits::{Combinatorial, binomial};
use overfitting::{normal, selection};
use serde_json::Value;

use crate::{golden, number, numbers};

/// The number that the entry is about, computed by us.
fn ours(id: &str, given: &Value) -> f64 {
    let of = |key: &str| number(&given[key]);
    let or = |key: &str, default: f64| given.get(key).map_or(default, number);
    let estimate = |ratio: f64, n: f64| Estimate {
        ratio,
        n: n as usize,
        skewness: or("g3", 0.0),
        kurtosis: or("g4", 3.0),
    };
    let p_of = |sharpe: f64, months: f64| haircut::p_of_sharpe(sharpe / 12f64.sqrt(), months);
    let left_of = |p: f64, months: f64| haircut::sharpe_of_p(p, months) * 12f64.sqrt();
    // Harvey and Liu's example in the text takes the normal distribution for Student's.
    let text_p = 2.0 * normal::upper_tail(0.75 * 20f64.sqrt());
    let text_many = haircut::sidak(text_p, 200.0);
    // Their exhibit 5: ten years of monthly returns, a Sharpe ratio of 1, 100 tests.
    let corrected = autocorrelation_factor(0.1, 12.0).unwrap() / 12f64.sqrt();
    let exhibit = haircut::bonferroni(p_of(corrected, 120.0), 100.0);
    match id {
        // The second entry is about the fund of the first.
        _ if id.starts_with("psr2025") => {
            let fund = Estimate {
                ratio: 0.036 / 0.079,
                n: 24,
                skewness: -2.448,
                kurtosis: 10.164,
            };
            fund.probabilistic_2025(of("sr0")).unwrap()
        }
        _ if id.starts_with("psr_") => estimate(of("sr"), of("T"))
            .probabilistic(of("sr0"))
            .unwrap(),
        _ if id.starts_with("mintrl_fund") => {
            let needed = estimate(of("sr"), 2.0)
                .min_track_record(of("sr0"), 0.95)
                .unwrap();
            needed / 12.0
        }
        _ if id.starts_with("mintrl") => {
            let root = of("periods").sqrt();
            let estimate = estimate(of("sr_ann") / root, 2.0);
            let needed = estimate
                .min_track_record(of("sr0_ann") / root, of("prob"))
                .unwrap();
            needed / of("periods")
        }
        "dsr_sr0" => selection::luck_bar(of("N"), of("var_sr_ann") / of("periods")),
        _ if id.starts_with("dsr") => {
            let estimate = estimate(of("sr_ann") / of("periods").sqrt(), of("T"));
            let variance = of("var_sr_ann") / of("periods");
            selection::deflated_sharpe(&estimate, of("N"), variance).unwrap()
        }
        _ if id.starts_with("emax") => selection::expected_best(of("N")),
        _ if id.starts_with("minbtl") => selection::min_backtest_years(of("N"), of("target")),
        _ if id.starts_with("hl_holm") => haircut::holm(&numbers(&given["p"]))[rank(id)],
        _ if id.starts_with("hl_bhy") => {
            haircut::benjamini_yekutieli(&numbers(&given["p"]), LargestP::AsItIs)[rank(id)]
        }
        "hl_text_p_single" => text_p,
        "hl_text_pM" => text_many,
        "hl_text_hsr" => normal::upper_quantile(text_many / 2.0) / 20f64.sqrt(),
        "hl_exhibit5_ac_corrected_sr" => {
            of("sr") * autocorrelation_factor(of("rho"), of("q")).unwrap() / of("q").sqrt()
        }
        "hl_exhibit5_bonf_p" => exhibit,
        "hl_exhibit5_bonf_hsr" => left_of(exhibit, 120.0),
        "hl_exhibit5_bonf_haircut" => 1.0 - left_of(exhibit, 120.0) / corrected,
        _ if id.starts_with("hl_exhibit4") => {
            let level = if id.ends_with("single") {
                0.05
            } else {
                0.05 / of("N")
            };
            let unit = 100.0 * of("vol") / 12f64.sqrt() / of("T").sqrt();
            unit * normal::upper_quantile(level / 2.0)
        }
        _ if id.starts_with("lo_table2") => {
            // The table's factor is for the sum of q returns, which is what annualising is.
            autocorrelation_factor(of("rho"), of("q")).unwrap()
        }
        "cpcv_6_2_splits" | "cpcv_6_2_paths" => {
            let scheme = Combinatorial {
                folds: of("N") as usize,
                test_folds: of("k") as usize,
                purge: 0,
                embargo: 0,
            };
            let paths = id.ends_with("paths");
            (if paths {
                scheme.n_paths()
            } else {
                scheme.n_splits()
            }) as f64
        }
        "cscv_combos_S16" => binomial(of("S") as u64, of("S") as u64 / 2) as f64,
        _ => panic!("nothing computes `{id}`"),
    }
}

fn rank(id: &str) -> usize {
    id.rsplit('_').next().unwrap().parse::<usize>().unwrap() - 1
}

pub(crate) fn every_published_number_is_met_to_its_last_digit() {
    let all = golden("published_numbers.json");
    let mut wrong = Vec::new();
    let entries = all["exact"].as_array().unwrap();
    for entry in entries {
        let id = entry["id"].as_str().unwrap();
        let published = number(&entry["published"]);
        let ours = ours(id, &entry["inputs"]);
        let half = 0.5
            / [1.0, 10.0, 100.0, 1e3, 1e4][entry["printed_decimals"].as_u64().unwrap() as usize];
        // Half a unit, and the rounding of the printed decimal itself.
        if (published - ours).abs() > half * (1.0 + 1e-9) {
            wrong.push(format!("{id}: {published} but {ours}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(entries.len(), 123);
}
