//! Ratios are of the returns over the risk-free ones, against plain formulas.

use statistics::random::SplitMix64;
use statistics::{Performance, Relative, RiskFree, Summary, simple_returns};

use crate::check_relative;

/// Wealth that changes around a drift, and the risk-free return of each of its returns.
fn drawn(n: usize, seed: u64) -> (Vec<f64>, Vec<f64>) {
    let mut random = SplitMix64::new(seed);
    let mut wealth = vec![100.0];
    let mut free = Vec::new();
    for _ in 0..n {
        let rate = 2e-4 * random.uniform();
        let change = 3e-4 + 0.01 * random.normal();
        wealth.push(wealth[wealth.len() - 1] * (1.0 + change));
        free.push(rate);
    }
    (wealth, free)
}

fn excess(wealth: &[f64], free: &[f64]) -> Vec<f64> {
    let returns = simple_returns(wealth);
    returns.iter().zip(free).map(|(r, f)| r - f).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (values.len() - 1) as f64).sqrt()
}

#[test]
fn ratios_are_of_the_returns_over_the_risk_free_ones() {
    let n = 900;
    let (wealth, free) = drawn(n, 5);
    let days: Vec<i32> = (0..=n as i32).collect();
    let risk_free = RiskFree::new(free.clone());
    let found = Summary::over(Some(risk_free), &wealth, &days, 252.0).unwrap();
    let plain = Summary::of(&wealth, &days, 252.0).unwrap();
    let excess = excess(&wealth, &free);
    let per_year = 252_f64.sqrt();
    let sharpe = mean(&excess) / deviation(&excess) * per_year;
    check_relative("Sharpe", sharpe, found.sharpe.unwrap(), 1e-10);
    let losses: f64 = excess.iter().map(|value| value.min(0.0).powi(2)).sum();
    let sortino = mean(&excess) / (losses / n as f64).sqrt() * per_year;
    check_relative("Sortino", sortino, found.sortino.unwrap(), 1e-10);
    let growth: f64 = free.iter().map(|free| 1.0 + free).product();
    let over_years = 365.25 / n as f64;
    let cagr = (wealth[n] / wealth[0]).powf(over_years) - growth.powf(over_years);
    let martin = cagr / plain.drawdowns.ulcer_index;
    check_relative("Martin", martin, found.martin.unwrap(), 1e-10);
    // What describes the curve itself stays.
    assert_eq!(found.volatility, plain.volatility);
    assert_eq!(found.cagr, plain.cagr);
    assert_eq!(found.downside_deviation, plain.downside_deviation);
    assert_eq!(found.mar, plain.mar);
    // Higher moments are those of the excess returns.
    let (mean, n) = (mean(&excess), n as f64);
    let moment = |power: i32| excess.iter().map(|e| (e - mean).powi(power)).sum::<f64>() / n;
    let g1 = moment(3) / moment(2).powf(1.5);
    check_relative("g1", g1, found.skewness_biased.unwrap(), 1e-9);
    let g1 = g1 * (n * (n - 1.0)).sqrt() / (n - 2.0);
    check_relative("G1", g1, found.skewness.unwrap(), 1e-9);
    let pairs = excess.windows(2).map(|e| (e[0] - mean) * (e[1] - mean));
    let rho = pairs.sum::<f64>() / n / moment(2);
    check_relative("rho", rho, found.autocorrelation.unwrap(), 1e-9);
    let sum: f64 = found.folds.iter().map(|fold| fold.sum).sum();
    check_relative("folds", excess.iter().sum(), sum, 1e-10);
}

#[test]
fn a_risk_free_return_of_zero_changes_no_bit() {
    let (wealth, _) = drawn(700, 9);
    let days: Vec<i32> = (0..=700).collect();
    let zero = RiskFree::new(vec![0.0; 700]);
    let found = Summary::over(Some(zero), &wealth, &days, 252.0);
    assert_eq!(found, Summary::of(&wealth, &days, 252.0));
}

#[test]
fn statistics_over_a_risk_free_return_do_not_depend_on_the_pieces() {
    let (wealth, free) = drawn(777, 3);
    let days: Vec<i32> = (0..777).collect();
    let whole = |piece: usize| {
        let risk_free = Some(RiskFree::new(free.clone()));
        let mut performance = Performance::start(wealth[0], 777).over(risk_free);
        for piece in wealth[1..].chunks(piece) {
            performance.push(piece, &days);
        }
        performance.finish(&days, 252.0)
    };
    for piece in [1, 7, 144, 300] {
        assert_eq!(whole(piece), whole(778));
    }
}

/// A strategy that borrows at the risk-free rate to hold twice the benchmark has a beta of two and no
/// alpha; against a rate of zero the cost of borrowing is a negative alpha.
#[test]
fn borrowing_at_the_risk_free_rate_earns_no_alpha() {
    let (benchmark, free) = drawn(500, 4);
    let mut wealth = vec![50.0];
    for (change, free) in simple_returns(&benchmark).iter().zip(&free) {
        wealth.push(wealth[wealth.len() - 1] * (1.0 + 2.0 * change - free));
    }
    let risk_free = RiskFree::new(free);
    let over = Relative::of(&wealth, &benchmark, Some(&risk_free), 252.0).unwrap();
    check_relative("beta", 2.0, over.beta.unwrap(), 1e-12);
    assert!(over.alpha.unwrap().abs() < 1e-12);
    let plain = Relative::of(&wealth, &benchmark, None, 252.0).unwrap();
    assert!(plain.alpha.unwrap() < -0.02);
}
