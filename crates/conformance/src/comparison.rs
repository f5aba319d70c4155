//! Compares QSTrader's statistics with ours.

use backtest::statistics::qstrader::Statistics;
use serde_json::Value;

use crate::oracle::number;

/// The largest difference between QSTrader's statistics and ours, and where it is. Differences of
/// at most 1e-12 count as none, absolutely or relative to the value.
pub fn statistics_difference(theirs: &Value, ours: &Statistics) -> Option<String> {
    let check = |name: &str, theirs: f64, ours: f64| {
        let error = (theirs - ours).abs();
        let small = error <= 1e-12 || error <= 1e-12 * theirs.abs();
        let same = theirs == ours || (theirs.is_nan() && ours.is_nan());
        (!small && !same).then(|| format!("{name}: {theirs} but {ours}"))
    };
    let scalars = [
        ("max_drawdown", ours.max_drawdown),
        ("max_drawdown_duration", ours.max_drawdown_duration as f64),
        ("mean_returns", ours.mean_returns),
        ("stdev_returns", ours.stdev_returns),
        ("cagr", ours.cagr),
        ("annualised_vol", ours.annualised_vol),
        ("sharpe", ours.sharpe),
        ("sortino", ours.sortino),
    ];
    let scalars = scalars
        .iter()
        .map(|(key, ours)| check(key, number(&theirs[*key]), *ours));
    let series = [
        ("returns", &ours.returns),
        ("cum_returns", &ours.cum_returns),
        ("drawdowns", &ours.drawdowns),
    ];
    let series = series.iter().flat_map(|(key, ours)| {
        let theirs = theirs
            .get(*key)
            .map_or(&[][..], |theirs| theirs.as_array().unwrap());
        // Goldens of long curves keep the last values only, or none.
        let ours = &ours[ours.len() - theirs.len()..];
        // QSTrader writes 0 for NaN in series.
        let ours = ours
            .iter()
            .map(|value| if value.is_nan() { 0.0 } else { *value });
        theirs
            .iter()
            .zip(ours)
            .map(|(theirs, ours)| check(key, number(&theirs[1]), ours))
    });
    let monthly = theirs.get("monthly_agg_returns");
    let monthly = monthly.map_or(&[][..], |theirs| theirs.as_array().unwrap());
    assert!(monthly.is_empty() || monthly.len() == ours.monthly.len());
    let monthly = monthly
        .iter()
        .zip(&ours.monthly)
        .map(|(theirs, (year, month, value))| {
            assert_eq!(theirs[0], serde_json::json!([year, month]));
            check("monthly_agg_returns", number(&theirs[1]), *value)
        });
    let yearly = theirs["yearly_agg_returns"].as_array().unwrap();
    assert_eq!(yearly.len(), ours.yearly.len());
    let yearly = yearly
        .iter()
        .zip(&ours.yearly)
        .map(|(theirs, (year, value))| {
            assert_eq!(theirs[0], *year);
            check("yearly_agg_returns", number(&theirs[1]), *value)
        });
    let quantiles = [
        ("daily", ours.daily_quantiles),
        ("monthly", ours.monthly_quantiles),
        ("yearly", ours.yearly_quantiles),
    ];
    let quantiles = quantiles.iter().flat_map(|(period, ours)| {
        let theirs = &theirs["returns_quantiles"][*period];
        let keys = ["min", "lq", "med", "uq", "max"];
        keys.into_iter()
            .zip(ours.to_array())
            .map(move |(key, ours)| check(&format!("{period} {key}"), number(&theirs[key]), ours))
    });
    scalars
        .chain(series)
        .chain(monthly)
        .chain(yearly)
        .chain(quantiles)
        .flatten()
        .next()
}
