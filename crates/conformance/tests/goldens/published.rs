//! Every number that a paper prints and that can be computed, to its last printed digit.

use ::statistics::SharpeEstimate;
use ::statistics::autocorrelation_factor;
use ::statistics::normal;
use statistics::splits::{Combinatorial, binomial};
use verdict::overfitting::haircut::{self, LargestP};
use verdict::overfitting::selection;

/// Half a unit of the last printed decimal, and the rounding of the printed decimal itself.
#[track_caller]
fn check(what: &str, printed: f64, decimals: i32, ours: f64) {
    let half = 0.5 * 0.1f64.powi(decimals) * (1.0 + 1e-9);
    assert!(
        (printed - ours).abs() <= half,
        "{what}: {printed} is printed, {ours} computed"
    );
}

fn estimate(ratio: f64, n: usize, skewness: f64, kurtosis: f64) -> SharpeEstimate {
    SharpeEstimate {
        ratio,
        n,
        skewness,
        kurtosis,
    }
}

/// Bailey and López de Prado (2012), "The Sharpe Ratio Efficient Frontier", Journal of Risk 15(2),
/// section 5: 24 monthly returns.
#[test]
fn probabilistic_sharpe_ratio() {
    let normal = estimate(0.458, 24, 0.0, 3.0);
    let skewed = estimate(0.458, 24, -2.448, 10.164);
    check("normal", 0.982, 3, normal.probabilistic(0.0).unwrap());
    check("skewed", 0.913, 3, skewed.probabilistic(0.0).unwrap());
}

/// The same paper: years needed to tell an annual Sharpe ratio of 2 from 1 at 95 %, and, from zero,
/// those of two funds whose 134 monthly returns the paper describes.
#[test]
fn minimum_track_record() {
    let rows = [
        ("daily", 252.0, 0.0, 3.0, 2.73),
        ("weekly", 52.0, 0.0, 3.0, 2.83),
        ("monthly", 12.0, 0.0, 3.0, 3.24),
        ("monthly, hedge funds", 12.0, -0.72, 5.78, 4.99),
    ];
    for (name, periods, skewness, kurtosis, printed) in rows {
        let root = f64::sqrt(periods);
        let needed = estimate(2.0 / root, 2, skewness, kurtosis)
            .min_track_record(1.0 / root, 0.95)
            .unwrap();
        check(name, printed, 2, needed / periods);
    }
    let funds = [
        ("A", 0.7079, -0.225, 2.957, 0.7152),
        ("B", 0.8183, -1.4455, 7.0497, 1.1593),
    ];
    for (name, ratio, skewness, kurtosis, printed) in funds {
        let fund = estimate(ratio, 134, skewness, kurtosis);
        let months = fund.min_track_record(0.0, 0.95).unwrap();
        check(name, printed, 4, months / 12.0);
    }
}

/// Bailey and López de Prado (2014), "The Deflated Sharpe Ratio", Journal of Portfolio Management
/// 40(5), pages 9 and 10 of the preprint.
#[test]
fn deflated_sharpe_ratio() {
    let (year, variance) = (250.0, 0.5 / 250.0);
    check("bar", 0.1132, 4, selection::luck_bar(100.0, variance));
    let rows = [
        (100.0, -3.0, 10.0, 0.9004),
        (46.0, -3.0, 10.0, 0.9505),
        (88.0, 0.0, 3.0, 0.9505),
    ];
    for (trials, skewness, kurtosis, printed) in rows {
        let best = estimate(2.5 / f64::sqrt(year), 1250, skewness, kurtosis);
        let ours = selection::deflated_sharpe(&best, trials, variance).unwrap();
        check(&format!("{trials} trials"), printed, 4, ours);
    }
}

/// Bailey, Borwein, López de Prado and Zhu (2014), "Pseudo-Mathematics and Financial Charlatanism",
/// Notices of the AMS 61(5).
#[test]
fn minimum_backtest_length() {
    check("best of 10", 1.57, 2, selection::expected_best(10.0));
    check(
        "45 trials",
        5.0,
        0,
        selection::min_backtest_years(45.0, 1.0),
    );
    check("7 trials", 2.0, 0, selection::min_backtest_years(7.0, 1.0));
}

/// Harvey and Liu (2015), "Backtesting", Journal of Portfolio Management 42(1): six p-values.
#[test]
fn adjusted_p_values() {
    let p = [0.005, 0.009, 0.0128, 0.0135, 0.045, 0.06];
    let holm = [0.03, 0.045, 0.0512, 0.0512, 0.09, 0.09];
    for (printed, ours) in holm.into_iter().zip(haircut::holm(&p)) {
        check("Holm", printed, 4, ours);
    }
    let yekutieli = [0.0496, 0.0496, 0.0496, 0.0496, 0.06, 0.06];
    let ours = haircut::benjamini_yekutieli(&p, LargestP::AsItIs);
    for (printed, ours) in yekutieli.into_iter().zip(ours) {
        check("Benjamini, Hochberg and Yekutieli", printed, 4, ours);
    }
}

/// The same paper. The example in the text takes the normal distribution for Student's: a Sharpe
/// ratio of 0.75 over 20 years, the best of 200.
#[test]
fn haircut_in_the_text() {
    let single = 2.0 * normal::upper_tail(0.75 * 20f64.sqrt());
    let many = haircut::sidak(single, 200.0);
    check("p", 0.0008, 4, single);
    check("p of 200", 0.15, 2, many);
    let left = normal::upper_quantile(many / 2.0) / 20f64.sqrt();
    check("Sharpe ratio", 0.32, 2, left);
}

/// The same paper, exhibit 5: ten years of monthly returns with an autocorrelation of 0.1, a Sharpe
/// ratio of 1, the best of 100.
#[test]
fn haircut_of_exhibit_5() {
    let corrected = autocorrelation_factor(0.1, 12.0).unwrap() / 12f64.sqrt();
    check("corrected Sharpe ratio", 0.912, 3, corrected);
    let p = haircut::bonferroni(haircut::p_of_sharpe(corrected / 12f64.sqrt(), 120.0), 100.0);
    check("p", 0.465, 3, p);
    let left = haircut::sharpe_of_p(p, 120.0) * 12f64.sqrt();
    check("Sharpe ratio", 0.232, 3, left);
    check("haircut", 0.746, 3, 1.0 - left / corrected);
}

/// The same paper, exhibit 4: the least mean return in percent a month that is significant at 5 %,
/// by months and annual volatility, of one test and of the best of 300.
#[test]
fn profit_hurdles_of_exhibit_4() {
    let rows = [
        (120.0, 0.05, 0.258, 0.496),
        (120.0, 0.10, 0.516, 0.992),
        (120.0, 0.15, 0.775, 1.488),
        (240.0, 0.05, 0.183, 0.351),
        (240.0, 0.10, 0.365, 0.702),
        (240.0, 0.15, 0.548, 1.052),
        (480.0, 0.05, 0.129, 0.248),
        (480.0, 0.10, 0.258, 0.496),
        (480.0, 0.15, 0.387, 0.744),
        (1000.0, 0.05, 0.089, 0.172),
        (1000.0, 0.10, 0.179, 0.344),
        (1000.0, 0.15, 0.268, 0.516),
    ];
    for (months, volatility, single, bonferroni) in rows {
        let unit = 100.0 * volatility / 12f64.sqrt() / f64::sqrt(months);
        let hurdle = |level: f64| unit * normal::upper_quantile(level / 2.0);
        let what = format!("{months} months, volatility {volatility}");
        check(&what, single, 3, hurdle(0.05));
        check(&what, bonferroni, 3, hurdle(0.05 / 300.0));
    }
}

/// Lo (2002), "The Statistics of Sharpe Ratios", Financial Analysts Journal 58(4), table 2: the
/// factor that annualises a Sharpe ratio, by autocorrelation and returns per year.
#[test]
fn annualisation_factors() {
    let periods = [2.0, 3.0, 4.0, 6.0, 12.0, 24.0, 36.0, 48.0, 125.0, 250.0];
    #[rustfmt::skip]
    let rows = [
        ( 0.9, [1.03, 1.05, 1.07, 1.10, 1.21, 1.41,  1.60,  1.77,  2.67,  3.70]),
        ( 0.5, [1.15, 1.28, 1.39, 1.60, 2.12, 2.91,  3.53,  4.06,  6.49,  9.15]),
        ( 0.2, [1.29, 1.52, 1.73, 2.07, 2.88, 4.04,  4.93,  5.68,  9.14, 12.92]),
        ( 0.0, [1.41, 1.73, 2.00, 2.45, 3.46, 4.90,  6.00,  6.93, 11.18, 15.81]),
        (-0.2, [1.58, 1.99, 2.33, 2.90, 4.17, 5.95,  7.31,  8.45, 13.67, 19.35]),
        (-0.5, [2.00, 2.45, 3.02, 3.84, 5.69, 8.26, 10.21, 11.84, 19.26, 27.31]),
    ];
    for (autocorrelation, printed) in rows {
        for (periods, printed) in periods.into_iter().zip(printed) {
            let ours = autocorrelation_factor(autocorrelation, periods).unwrap();
            check(&format!("{autocorrelation}, {periods}"), printed, 2, ours);
        }
    }
}

/// López de Prado, Lipton and Zoonekynd (2025), "Sharpe Ratio Inference", SSRN 5520741: the fund of
/// 2012 with its mean and deviation.
#[test]
fn probabilistic_sharpe_ratio_of_2025() {
    let fund = estimate(0.036 / 0.079, 24, -2.448, 10.164);
    check("0", 0.987, 3, fund.probabilistic_2025(0.0).unwrap());
    check("0.1", 0.939, 3, fund.probabilistic_2025(0.1).unwrap());
}

/// López de Prado (2018), "Advances in Financial Machine Learning", chapter 12; Bailey, Borwein,
/// López de Prado and Zhu (2017), "The Probability of Backtest Overfitting".
#[test]
fn numbers_of_splits_and_paths() {
    let scheme = Combinatorial {
        folds: 6,
        test_folds: 2,
        purge: 0,
        embargo: 0,
    };
    assert_eq!((scheme.n_splits(), scheme.n_paths()), (15, 5));
    assert_eq!(binomial(16, 8), 12_870);
}
