//! The textbook statistics against 50-digit arithmetic: the golden values beside the definitions.

use backtest::date::Date;
use serde_json::Value;
use statistics::{
    Relative, SharpeEstimate, Summary, TailRisk, autocorrelation_factor, drawdown_episodes,
};

use conformance::oracle::number;

use crate::golden;

fn curve(series: &Value) -> (Vec<f64>, Vec<Date>) {
    let equity = series["equity"]
        .as_array()
        .unwrap()
        .iter()
        .map(number)
        .collect();
    let dates = series["dates"].as_array().unwrap().iter();
    (
        equity,
        dates
            .map(|date| date.as_str().unwrap().parse().unwrap())
            .collect(),
    )
}

/// The goldens are computed from returns, ours from the wealth that they compound to, so beside
/// the relative tolerance of 1e-12 there is room for the rounding of a wealth value, which a
/// skewness of zero shows in full.
#[track_caller]
fn check(name: &str, key: &str, theirs: &Value, ours: Option<f64>) {
    match (theirs.is_null(), ours) {
        (true, None) => {}
        (false, Some(ours)) => {
            let theirs = number(theirs);
            let error = (theirs - ours).abs();
            assert!(
                error <= 2e-12 * theirs.abs() + 2e-14,
                "{name} {key}: {theirs} but {ours}"
            );
        }
        (_, ours) => panic!("{name} {key}: {theirs} but {ours:?}"),
    }
}

pub(crate) fn the_textbook_statistics_agree_with_fifty_digit_arithmetic() {
    let series = golden("series.json");
    let expected = golden("perf_expected.json");
    for (name, series) in series["series"].as_object().unwrap() {
        let theirs = &expected["expected"][name]["textbook"];
        let (wealth, dates) = curve(series);
        let ours = Summary::of(&wealth, &dates, 252.0).unwrap();
        let tails = TailRisk::of(&wealth).unwrap();
        let drawdowns = ours.drawdowns;
        let some = Some;
        let statistics = [
            ("n", some(ours.n as f64)),
            ("calendar_days", some(f64::from(ours.calendar_days))),
            ("total_return", some(ours.total_return)),
            ("ann_vol", ours.volatility),
            ("ann_return_arith", some(ours.arithmetic_return)),
            ("cagr_calendar_365_25", ours.cagr),
            ("sharpe", ours.sharpe),
            ("sortino", ours.sortino),
            ("downside_dev_ann", some(ours.downside_deviation)),
            ("max_drawdown", some(-drawdowns.max)),
            ("avg_drawdown_all_bars", some(-drawdowns.mean)),
            ("ulcer_index", some(drawdowns.ulcer_index)),
            ("underwater_fraction", some(drawdowns.underwater)),
            (
                "longest_drawdown_bars_peak_to_recovery",
                some(drawdowns.longest_sessions as f64),
            ),
            (
                "longest_drawdown_calendar_days_peak_to_recovery",
                some(f64::from(drawdowns.longest_days)),
            ),
            ("omega_0", ours.profit_factor),
            ("win_rate_nonzero", ours.positive_sessions),
            ("avg_win", ours.mean_gain),
            ("avg_loss", ours.mean_loss),
            ("payoff_ratio", ours.payoff),
            ("var_hist_5pct", some(tails.value_at_risk_5)),
            ("es_hist_5pct_acerbi", some(tails.expected_shortfall_5)),
            ("var_hist_1pct", some(tails.value_at_risk_1)),
            ("es_hist_1pct_acerbi", some(tails.expected_shortfall_1)),
        ];
        for (key, ours) in statistics {
            check(name, key, &theirs[key], ours);
        }
        // The reference divides a growth rate by sessions; ours is by calendar days.
        let over = |depth: &str| {
            let (growth, depth) = (&theirs["cagr_calendar_365_25"], &theirs[depth]);
            let (growth, depth) = (growth.as_f64()?, depth.as_f64()?.abs());
            (depth > 0.0).then(|| growth / depth)
        };
        for (key, theirs, ours) in [
            ("mar", over("max_drawdown"), ours.mar),
            ("martin", over("ulcer_index"), ours.martin),
        ] {
            check(name, key, &serde_json::json!(theirs), ours);
        }
        // Where returns do not vary, the rounding of the wealth curve is all their shape.
        if ours.sharpe.is_some() && name != "flat_zero" {
            let shape = [
                ("skew_biased_g1", ours.skewness_biased),
                ("kurtosis_biased_pearson", ours.kurtosis_biased),
                ("skew_adjusted_G1", ours.skewness),
                ("excess_kurtosis_adjusted_G2", ours.excess_kurtosis),
                ("tail_ratio_95_5", tails.tail_ratio),
                ("autocorr_lag1_biased", ours.autocorrelation),
                ("sharpe_lo_ar1", ours.sharpe_autocorrelation_adjusted),
            ];
            for (key, ours) in shape {
                check(name, key, theirs.get(key).unwrap_or(&Value::Null), ours);
            }
        }
        let episodes = drawdown_episodes(&wealth);
        check(
            name,
            "n_drawdowns",
            &theirs["n_drawdowns"],
            Some(episodes.len() as f64),
        );
        if let Some(deepest) = episodes.iter().max_by(|a, b| a.depth.total_cmp(&b.depth)) {
            let position = |at: usize| Some(at as f64);
            check(
                name,
                "peak",
                &theirs["max_drawdown_peak_idx"],
                position(deepest.peak),
            );
            check(
                name,
                "valley",
                &theirs["max_drawdown_valley_idx"],
                position(deepest.valley),
            );
            let recovery = deepest.recovery.and_then(position);
            check(
                name,
                "recovery",
                &theirs["max_drawdown_recovery_idx"],
                recovery,
            );
        }
    }
}

pub(crate) fn statistics_against_a_benchmark_agree_with_fifty_digit_arithmetic() {
    let series = golden("series.json");
    let expected = golden("perf_expected.json");
    let theirs = &expected["expected"]["base_5y_vs_bench_5y"];
    let theirs = theirs.get("textbook").unwrap_or(theirs);
    let (wealth, _) = curve(&series["series"]["base_5y"]);
    let (benchmark, _) = curve(&series["series"]["bench_5y"]);
    let ours = Relative::of(&wealth, &benchmark, None, 252.0).unwrap();
    let statistics = [
        ("beta", ours.beta),
        ("alpha_jensen_ann_arith", ours.alpha),
        ("correlation", ours.correlation),
        ("tracking_error_ann", ours.tracking_error),
        ("information_ratio_ann", ours.information_ratio),
        ("treynor_ann_arith", ours.treynor),
    ];
    for (key, ours) in statistics {
        check("base_5y_vs_bench_5y", key, &theirs[key], ours);
    }
}

/// The rows of the golden closed forms whose benchmark is zero.
pub(crate) fn the_worth_of_a_sharpe_ratio_agrees_with_the_closed_forms() {
    let closed = golden("closed_form.json");
    let against_zero = |key: &str| -> Vec<Value> {
        let rows = closed[key].as_array().unwrap().iter();
        rows.filter(|row| number(&row["sr0"]) == 0.0)
            .cloned()
            .collect()
    };
    let evidence = |row: &Value, n: usize| {
        let of = |key: &str| number(&row[key]);
        let estimate = SharpeEstimate {
            ratio: of("sr"),
            n,
            skewness: of("g3"),
            kurtosis: of("g4"),
        };
        estimate.evidence(1.0).unwrap()
    };
    for row in against_zero("psr") {
        let ours = evidence(&row, number(&row["T"]) as usize).probabilistic;
        assert!((ours - number(&row["psr"])).abs() <= 1e-12, "{row}: {ours}");
    }
    for row in against_zero("min_trl_observations") {
        assert_eq!(row["prob"], 0.95);
        let ours = evidence(&row, 100).min_track_record_years.unwrap();
        assert!(
            (ours / number(&row["value"]) - 1.0).abs() <= 1e-12,
            "{row}: {ours}"
        );
    }
    for row in closed["lo_eta_ar1"].as_array().unwrap() {
        let ours = autocorrelation_factor(number(&row["rho"]), number(&row["q"])).unwrap();
        assert!(
            (ours / number(&row["eta"]) - 1.0).abs() <= 1e-12,
            "{row}: {ours}"
        );
    }
}
