//! The statistics against their definitions in fifty digits: `goldens/statistics/make.py`.

use ::statistics::{Relative, SharpeEstimate, Summary, TailRisk, autocorrelation_factor, normal};
use backtest::date::Date;
use serde_json::Value;
use verdict::overfitting::selection::deflated_sharpe;

fn goldens() -> Value {
    let text = include_str!("../../goldens/statistics/goldens.json");
    serde_json::from_str(text).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    let values = value.as_array().unwrap().iter();
    values.map(|value| value.as_f64().unwrap()).collect()
}

#[track_caller]
fn check(what: &str, expected: f64, ours: f64, tolerance: f64) {
    let error = (expected - ours).abs();
    assert!(
        error <= tolerance * expected.abs().max(0.01),
        "{what}: {expected} but {ours}"
    );
}

/// Compares each value of an object of the goldens; none may be left out.
#[track_caller]
fn check_all(name: &str, expected: &Value, ours: &[(&str, Option<f64>)]) {
    let expected = expected.as_object().unwrap();
    let keys: Vec<&str> = ours.iter().map(|(key, _)| *key).collect();
    let mut missing = expected.keys().filter(|key| !keys.contains(&key.as_str()));
    assert_eq!(
        (missing.next(), keys.len()),
        (None, expected.len()),
        "{name}"
    );
    for (key, ours) in ours {
        let ours = ours.unwrap_or_else(|| panic!("{name} {key} is undefined"));
        check(
            &format!("{name} {key}"),
            expected[*key].as_f64().unwrap(),
            ours,
            1e-11,
        );
    }
}

/// The weekdays from a day on.
fn weekdays(first: Date, n: usize) -> Vec<Date> {
    let days = (0..).map(|days| first.plus_days(days));
    days.filter(|day| day.is_weekday()).take(n).collect()
}

#[test]
fn summaries_of_curves() {
    for (name, golden) in goldens()["curves"].as_object().unwrap() {
        let wealth = numbers(&golden["equity"]);
        let first = golden["first_day"].as_str().unwrap().parse().unwrap();
        let dates = weekdays(first, wealth.len());
        let ours = Summary::of(&wealth, &dates, 252.0).unwrap();
        let tails = TailRisk::of(&wealth).unwrap();
        let drawdowns = ours.drawdowns;
        let some = Some;
        let statistics = [
            ("total_return", some(ours.total_return)),
            ("cagr", ours.cagr),
            ("arithmetic_return", some(ours.arithmetic_return)),
            ("volatility", ours.volatility),
            ("sharpe", ours.sharpe),
            ("downside_deviation", some(ours.downside_deviation)),
            ("sortino", ours.sortino),
            ("max_drawdown", some(drawdowns.max)),
            ("mean_drawdown", some(drawdowns.mean)),
            ("ulcer_index", some(drawdowns.ulcer_index)),
            ("underwater", some(drawdowns.underwater)),
            ("mar", ours.mar),
            ("martin", ours.martin),
            ("profit_factor", ours.profit_factor),
            ("positive_sessions", ours.positive_sessions),
            ("mean_gain", ours.mean_gain),
            ("mean_loss", ours.mean_loss),
            ("payoff", ours.payoff),
            ("skewness_biased", ours.skewness_biased),
            ("kurtosis_biased", ours.kurtosis_biased),
            ("skewness", ours.skewness),
            ("excess_kurtosis", ours.excess_kurtosis),
            ("autocorrelation", ours.autocorrelation),
            (
                "sharpe_autocorrelation_adjusted",
                ours.sharpe_autocorrelation_adjusted,
            ),
            ("value_at_risk_5", some(tails.value_at_risk_5)),
            ("value_at_risk_1", some(tails.value_at_risk_1)),
            ("expected_shortfall_5", some(tails.expected_shortfall_5)),
            ("expected_shortfall_1", some(tails.expected_shortfall_1)),
            ("tail_ratio", tails.tail_ratio),
        ];
        check_all(name, &golden["summary"], &statistics);
    }
}

#[test]
fn comparisons_with_a_benchmark() {
    let goldens = goldens();
    let benchmark = numbers(&goldens["benchmark"]);
    for (name, golden) in goldens["curves"].as_object().unwrap() {
        let wealth = numbers(&golden["equity"]);
        let ours = Relative::of(&wealth, &benchmark[..wealth.len()], None, 252.0).unwrap();
        let statistics = [
            ("beta", ours.beta),
            ("alpha", ours.alpha),
            ("correlation", ours.correlation),
            ("tracking_error", ours.tracking_error),
            ("information_ratio", ours.information_ratio),
            ("treynor", ours.treynor),
        ];
        check_all(name, &golden["relative"], &statistics);
    }
}

#[test]
fn probabilities_of_sharpe_ratios() {
    for row in goldens()["sharpe_ratios"].as_array().unwrap() {
        let given = numbers(&row["given"]);
        let estimate = SharpeEstimate {
            ratio: given[0],
            n: given[2] as usize,
            skewness: given[3],
            kurtosis: given[4],
        };
        let ours = estimate.probabilistic(given[1]).unwrap();
        check(
            "probabilistic",
            row["probabilistic"].as_f64().unwrap(),
            ours,
            1e-12,
        );
        let ours = deflated_sharpe(&estimate, 50.0, 0.002).unwrap();
        check("deflated", row["deflated"].as_f64().unwrap(), ours, 1e-12);
        if let Some(expected) = row["min_track_record"].as_f64() {
            let ours = estimate.min_track_record(given[1], 0.95).unwrap();
            check("minimum track record", expected, ours, 1e-12);
        }
    }
}

#[test]
fn normal_distribution_and_annualisation() {
    let goldens = goldens();
    let rows = |name: &str| -> Vec<Vec<f64>> {
        goldens[name]
            .as_array()
            .unwrap()
            .iter()
            .map(numbers)
            .collect()
    };
    for row in rows("normal") {
        let ours = normal::cdf(row[0]);
        assert!((row[1] - ours).abs() <= 1e-14 * row[1], "{row:?} {ours}");
    }
    for row in rows("normal_quantile") {
        check("quantile", row[1], normal::quantile(row[0]), 1e-13);
    }
    for row in rows("annualisation_factor") {
        let ours = autocorrelation_factor(row[0], row[1]).unwrap();
        check("factor", row[2], ours, 1e-12);
    }
}
